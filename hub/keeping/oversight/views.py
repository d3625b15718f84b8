"""The trail as an auditor reads it, and the report that a person may have of their own file."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from flask import abort, render_template, request

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.audit_purposes import said_why
from hub.accounts.permissions import Permission
from hub.custody.queries import person_by_number
from hub.keeping.backup.standing import backup_standing
from hub.keeping.oversight.access import access_report
from hub.keeping.oversight.queries import Wanted, find_lines, how_far_sealed
from hub.keeping.oversight.words import known_act, role_words
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, writing
from hub.web.routes import Pages, number_in

pages = Pages("oversight", __name__, template_folder="templates")

_CODE: Final = re.compile(r"[A-Za-z]{1,4}-?[0-9]{1,9}\Z|[0-9a-f]{32}\Z|[0-9]{1,9}\Z")
"""What lines are about: numbers of people, incidents and visitors, keys of admissions."""


@pages.page("/audit", Permission.SEE_AUDIT)
def trail() -> str | tuple[str, int]:
    problem = None
    try:
        wanted = _wanted()
    except RefusedError as error:
        wanted, problem = Wanted(), error.message
    with writing() as session:
        lines, more = find_lines(session, wanted) if problem is None else ([], False)
        sealed = how_far_sealed(session)
        backup = backup_standing(session, now())
        write_down(session, at=now(), actor=acting(), act="audit.look", detail=_asked(wanted))
    page = render_template(
        "audit.html",
        lines=lines,
        wanted=wanted,
        asked=request.args,
        more=more,
        sealed=sealed,
        backup=backup,
        problem=problem,
        known_act=known_act,
        role_words=role_words,
        said_why=said_why,
    )
    return page if problem is None else (page, 400)


@pages.page("/people/<number>/access", Permission.PRINT_ACCESS_REPORT)
def access(number: str) -> str:
    with writing() as session:
        person = person_by_number(session, number)
        if person is None:
            abort(404)
        # Before it is made, so that this look stands in it.
        write_down(session, at=now(), actor=acting(), act="access.report", subject=person.number)
        session.flush()
        report = access_report(session, person, now())
    return render_template("access.html", report=report)


def _wanted() -> Wanted:
    asked = request.args
    return Wanted(
        subject=asked.get("subject", "").strip()[:64],
        actor=asked.get("actor", "").strip().lower()[:64],
        act=asked.get("act", "").strip()[:64],
        first_on=_day(asked.get("first_on", "")),
        last_on=_day(asked.get("last_on", "")),
        before=number_in(asked.get("before", "")),
    )


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise RefusedError("no_day", Sentence("Write the day as in 2026-11-22.")) from None


def _asked(wanted: Wanted) -> str:
    said = {
        # Whoever types a name where a number belongs must not have it kept for ever.
        "subject": wanted.subject if _CODE.match(wanted.subject) else "as typed" * bool(wanted.subject),
        "actor": wanted.actor,
        "act": wanted.act,
        "from": wanted.first_on,
        "to": wanted.last_on,
        "before": wanted.before,
    }
    return ", ".join(f"{name} {value}" for name, value in said.items() if value)
