"""The list of those who are out with permission, for the gate, the shift and the roll."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.absence import WHY, Why
from hub.custody.away import Away, people_away
from hub.custody.queries import person_by_number
from hub.custody.then import open_stays
from hub.movements.external.reading import away as away_by_person
from hub.sentences import Sentence
from hub.web.door import now, reading, writing
from hub.web.known import known_at, known_on
from hub.web.routes import Pages

pages = Pages("away", __name__, template_folder="templates")

NOBODY_SUCH: Final = Sentence("Nobody has this number. Look for the person by name under People.")


@pages.page("/away", Permission.SEE_PEOPLE)
def away() -> str:
    return _show(None)


@pages.page("/away/going", Permission.PLAN_MOVES)
def going() -> Response | tuple[str, int]:
    """From a number to the form on which somebody's going out is asked for."""
    with reading() as session:
        person = person_by_number(session, request.args.get("person", "")[:16])
    if person is None:
        return _show(NOBODY_SUCH), 404
    return redirect(url_for("external.new", person=person.number), 303)


def _show(problem: Sentence | None) -> str:
    known = known_at()
    # The look is committed before anything is shown: no page without its line in the trail.
    with writing() as session:
        everybody = people_away(session, now(), known)
        planned = away_by_person(session, now(), known)
        held = len(set(open_stays(session, known).values()))
        write_down(session, at=now(), actor=acting(), act="away.list", detail=f"{len(everybody)} out")
    wanted = request.args.get("why", "")
    shown = [one for one in everybody if wanted in ("", one.value.why.value)]
    out = len({one.person.id for one in everybody})
    return render_template(
        "away.html",
        shown=shown,
        trips={person: one.occurrence_id for person, one in planned.items() if one.occurrence_id},
        wanted=wanted if wanted in Why._value2member_map_ else "",
        by_why=_by_why(everybody),
        words=WHY,
        out=out,
        held=held,
        late=sum(one.overdue for one in everybody),
        problem=problem,
        typed=request.args.get("person", "")[:16],
        known=known_on(),
    )


def _by_why(everybody: Sequence[Away]) -> list[tuple[Why, int]]:
    counts = Counter(one.value.why for one in everybody)
    return [(why, counts[why]) for why in Why if counts[why]]
