"""Whether somebody may go out: what is asked for, and who decides on it."""

from __future__ import annotations

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.records import Person
from hub.movements import typed_moves as typed
from hub.movements.external.authorising import decide
from hub.movements.external.reading import goings
from hub.movements.external.records import Authorisation
from hub.movements.external.rules import MOVES_TO, Consent
from hub.movements.external.steps import AUTHORISATION, steps_of
from hub.movements.external.words import words
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, writing
from hub.web.routes import Pages

pages = Pages("external_consents", __name__, template_folder="templates")


@pages.page("/external/consents/<int:number>", Permission.SEE_MOVES)
def consent(number: int) -> str:
    return _consent(number, None)


@pages.page("/external/consents/<int:number>", Permission.APPROVE_ABSENCE, methods=("POST",))
def decide_on(number: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            wanted = typed.choice("consent", Consent)
            decide(session, number, wanted, typed.text("reason"), actor=acting(), at=now())
    except RefusedError as error:
        return _consent(number, error.message), 409
    return redirect(url_for("external_consents.consent", number=number), 303)


def _consent(number: int, problem: Sentence | None) -> str:
    with writing() as session:
        row = session.get(Authorisation, number)
        if row is None:
            abort(404)
        person = session.get_one(Person, row.person_id)
        write_down(
            session, at=now(), actor=acting(), act="absence.look", subject=person.number, detail=f"A{number}"
        )
        planned = [
            one for one in goings(session, now(), people=[person.id]) if one.authorisation_id == number
        ]
        steps = steps_of(session, AUTHORISATION, number)
    return render_template(
        "external_consent.html",
        one=row,
        person=person,
        planned=planned,
        steps=steps,
        weekdays=typed.WEEKDAYS,
        clock_of=typed.clock_of,
        consent_choices=_choices(row),
        problem=problem,
        **words(),
    )


def _choices(row: Authorisation) -> list[Consent]:
    """What may be decided by hand from here."""
    return [one for one in Consent if one in MOVES_TO[Consent(row.state)] and one is not Consent.EXPIRED]
