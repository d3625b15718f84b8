"""A person in the control room's drawer. Each look is written down before anything is shown."""

from __future__ import annotations

from datetime import date

from flask import abort, render_template, request

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.control_room.somebody import somebody
from hub.control_room.words import CERTAINTIES
from hub.custody.absence import WHY
from hub.custody.queries import person_by_number
from hub.movements.passes.words import REASONS, STATES
from hub.movements.site.tree import load
from hub.movements.whereabouts.words import CONFIDENCES, DOUBTS, SOURCES
from hub.reception.words import DECISIONS, RULES, in_words
from hub.web.door import is_fragment, now, reading, writing
from hub.web.routes import Pages

pages = Pages("somebody", __name__, template_folder="templates")


@pages.page("/control-room/people/<number>", Permission.SEE_PEOPLE)
def panel(number: str) -> str:
    with writing() as session:
        person = person_by_number(session, number)
        if person is None:
            abort(404)
        write_down(
            session, at=now(), actor=acting(), act="person.trail", subject=person.number, detail=_detail()
        )
    with reading() as session:
        shown = somebody(session, person, _day(), now())
        zones = load(session).zones()
    return render_template(
        "somebody.html" if is_fragment() else "somebody_page.html",
        shown=shown,
        names={node.id: node.name for node in zones},
        whys=WHY,
        reasons=REASONS,
        states=STATES,
        sources=SOURCES,
        decisions=DECISIONS,
        rules=RULES,
        confidences=CONFIDENCES,
        doubt_words=DOUBTS,
        certainties=CERTAINTIES,
        in_words=in_words,
    )


def _detail() -> str:
    day = _day()
    return "" if day is None else day.isoformat()


def _day() -> date | None:
    """The day of the address; None for today, and for what is no day."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None
