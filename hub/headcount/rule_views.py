"""The page of hours and limits of counts: what holds, what held, and setting it anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.headcount.limits import Hour, Rules, history, rules_at, set_rules
from hub.headcount.words import KINDS
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, writing
from hub.web.routes import Pages, number_in
from wire.happenings import CountKind

pages = Pages("count_rules", __name__, template_folder="templates")

NUMBERS: Final = {
    "announce_s": Sentence("Seconds from the announcement until movement stops"),
    "freeze_late_s": Sentence("Seconds after which movement that nobody has stopped is asked after"),
    "unit_due_s": Sentence("Seconds after which a unit without a slip is asked after"),
    "not_held_s": Sentence("Seconds after which a count of the schedule is said not to be held"),
    "per_person_number_ms": Sentence("Milliseconds that a look at one person takes at the least, by number"),
    "per_person_named_ms": Sentence("Milliseconds that a look at one person takes at the least, by name"),
    "same_scan_s": Sentence("Seconds within which two scans of one person are one"),
    "paper_together_s": Sentence("Seconds within which counts of one batch from paper are one count"),
}
MOST_HOURS: Final = 12


@pages.page("/counts/rules", Permission.SEE_COUNTS)
def rules() -> str:
    return _show(None)


@pages.page("/counts/rules", Permission.SET_LOCATION_RULES, methods=("POST",))
def set_them() -> Response | tuple[str, int]:
    try:
        found = rules_in(request.form)
        with writing() as session:
            reason, at = request.form.get("reason", ""), now()
            set_rules(session, found, effective_at=at, reason=reason, actor=acting(), at=at)
    except RefusedError as error:
        return _show(error.message), 409
    return redirect(url_for("count_rules.rules"), 303)


def rules_in(form: Mapping[str, str]) -> Rules:
    """Rules as typed; RefusedError for an hour or a number that is none."""
    hours = []
    for place in range(MOST_HOURS):
        text, kind = form.get(f"at-{place}", "").strip(), form.get(f"kind-{place}", "")
        if not text:
            continue
        if kind not in KINDS:
            raise RefusedError("kind", Sentence("Choose a kind for each hour."))
        hours.append(Hour(_minute(text), CountKind(kind), form.get(f"name-{place}", "").strip()[:60]))
    typed = {name: number_in(form.get(name, ""), none=-1) for name in NUMBERS}
    shifts = sorted({_minute(one) for one in form.get("shifts", "").replace(",", " ").split()})
    made = {
        "hours": [msgspec.to_builtins(hour) for hour in sorted(hours, key=lambda hour: hour.minute)],
        "announces_itself": form.get("announces_itself") == "yes",
        "shifts": shifts or [0],
        **typed,
    }
    try:
        return msgspec.convert(made, Rules)
    except msgspec.ValidationError:
        raise RefusedError(
            "numbers", Sentence("Write whole numbers: seconds up to a day, milliseconds up to a minute.")
        ) from None


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    found = number_in(hour, none=-1) * 60 + number_in(minute, none=-9999)
    if not 0 <= found < 24 * 60 or not 0 <= number_in(minute, none=99) < 60:
        raise RefusedError("hour", Sentence("Write the time as in 06:00."))
    return found


def _show(problem: Sentence | None) -> str:
    with reading() as session:
        held, past = rules_at(session, now()), history(session)
    typed = request.form if problem else None
    return render_template(
        "count_rules.html",
        rules=held,
        past=past,
        kinds=KINDS,
        numbers=NUMBERS,
        problem=problem,
        typed=typed,
        places=range(MOST_HOURS),
    )
