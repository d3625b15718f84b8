"""Keep-aparts: two people who must not meet, written on one file and shown on both."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.facts.actions import FactFaultsError, end
from hub.custody.life import keep_aparts
from hub.custody.life.keep_aparts import KEEP_APART, PARTS, RESTRICTIONS, KeptApart, Part, Restriction
from hub.custody.queries import names
from hub.custody.records import Person
from hub.reception.file.subject import actor, person_of
from hub.reception.life import typed
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, writing
from hub.web.routes import Pages, number_in

pages = Pages("safety", __name__, template_folder="templates")


@pages.page("/people/<number>/keep-apart", Permission.DECIDE_SANCTIONS)
def apart(number: str) -> str:
    return _show(number, None)


@pages.page("/people/<number>/keep-apart", Permission.DECIDE_SANCTIONS, methods=("POST",))
def act(number: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            _act(session, person_of(session, number))
    except FactFaultsError as error:
        return _show(number, next(iter(error.faults.values()))), 400
    except RefusedError as error:
        return _show(number, error.message), 400
    return redirect(url_for("safety.apart", number=number), 303)


def _act(session: Session, person: Person) -> None:
    form, at, who = request.form, now(), actor()
    match form.get("act"):
        case "open":
            wanted = KeptApart(
                other=typed.text("other", 16),
                role=typed.choice("role", Part),
                other_role=typed.choice("other_role", Part),
                restriction=typed.choice("restriction", Restriction),
                reason=typed.text("reason", 500),
                authorised_by=typed.text("authorised_by", 80),
            )
            keep_aparts.keep_apart(session, person, wanted, actor=who, at=at)
        case "close":
            item = number_in(form.get("item", ""))
            for one in keep_aparts.keep_aparts_of(session, [person.id]):
                if one.held.item == item:
                    reason = typed.text("reason")
                    end(session, one.held.row, KEEP_APART, effective_at=at, reason=reason, actor=who, at=at)
                    return
            raise RefusedError(
                "closed_already",
                Sentence("This was closed already. Load the page again to see how it stands."),
            )
        case _:
            abort(400)


def _show(number: str, problem: Sentence | None) -> str:
    with writing() as session:
        person = person_of(session, number)
        write_down(session, at=now(), actor=actor(), act="keep_apart.look", subject=person.number)
        found = keep_aparts.keep_aparts_of(session, [person.id])
        people = names(session, {one.other_id for one in found})
    return render_template(
        "life/keep_apart.html",
        person=person,
        found=found,
        people=people,
        parts=PARTS,
        restrictions=RESTRICTIONS,
        problem=problem,
        typed=request.form,
    )
