"""Those who travel together: planning, changing, leaving, coming back, and the sheet that goes along."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.life.alerts import ALERT_TYPES, alerts_of
from hub.movements import typed_moves as typed
from hub.movements.external.convoys import (
    Signed,
    Vehicle,
    apart_in,
    change_convoy,
    convoy_back,
    convoy_leaves,
    join_convoy,
    leave_convoy,
    make_convoy,
)
from hub.movements.external.reading import goings, goings_of_convoy
from hub.movements.external.records import Convoy
from hub.movements.external.steps import CONVOY, steps_of
from hub.movements.external.views import gate_code, list_page
from hub.movements.external.words import words
from hub.movements.site.tree import choices, load
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, writing
from hub.web.routes import Pages, number_in

_NEAR: Final = timedelta(hours=12)
"""Whoever leaves so long before or after might travel along."""

pages = Pages("convoys", __name__, template_folder="templates")


@pages.page("/external/convoys", Permission.PLAN_MOVES, methods=("POST",))
def plan_convoy() -> Response | tuple[str, int]:
    try:
        second = typed.signer()
        signed = None if second is None else Signed(second, typed.text("override_reason"))
        about = Vehicle(*(typed.text(name, 200) for name in ("name", "vehicle", "driver", "escorts")))
        chosen = {number_in(one) for one in request.form.getlist("trip")}
        with writing() as session:
            number = make_convoy(session, chosen, about, signed=signed, actor=acting(), at=now())
    except RefusedError as error:
        return list_page(error.message), 409
    return redirect(url_for("convoys.convoy", number=number), 303)


@pages.page("/external/convoys/<int:number>", Permission.SEE_MOVES)
def convoy(number: int) -> str:
    return _convoy(number, None)


@pages.page("/external/convoys/<int:number>", Permission.PLAN_MOVES, methods=("POST",))
def move_convoy(number: int) -> Response | tuple[str, int]:
    try:
        second = typed.signer()
        signed = None if second is None else Signed(second, typed.text("override_reason"))
        with writing() as session:
            if session.get(Convoy, number) is None:
                abort(404)
            _act(session, number, signed)
    except RefusedError as error:
        return _convoy(number, error.message), 409
    return redirect(url_for("convoys.convoy", number=number), 303)


def _act(session: Session, number: int, signed: Signed | None) -> None:
    """What the button said."""
    act, at, by = request.form.get("act"), now(), acting()
    ticked = {number_in(one) for one in request.form.getlist("trip")}
    reason = typed.text("reason")
    if act == "leave":
        convoy_leaves(session, number, ticked, typed.moment("at"), actor=by, at=at)
    elif act == "out":
        leave_convoy(session, number, ticked, reason, actor=by, at=at)
    elif act == "join":
        join_convoy(session, number, ticked, signed=signed, actor=by, at=at)
    elif act == "change":
        about = Vehicle(*(typed.text(name, 200) for name in ("name", "vehicle", "driver", "escorts")))
        change_convoy(session, number, about, reason, actor=by, at=at)
    elif act == "back":
        zone = typed.zone_if_any("zone", load(session))
        convoy_back(session, number, ticked, typed.moment("at"), zone_id=zone, actor=by, at=at)
    else:
        raise RefusedError("no_choice", Sentence("Choose one of what is listed."))


def _convoy(number: int, problem: Sentence | None) -> str:
    with writing() as session:
        row = session.get(Convoy, number)
        if row is None:
            abort(404)
        people = goings_of_convoy(session, number, now())
        ids = [one.person_id for one in people]
        detail = " ".join(one.number for one in people)
        write_down(
            session, at=now(), actor=acting(), act="convoy.look", subject=str(number), detail=detail[:480]
        )
        alerts = alerts_of(session, ids, now())
        shown = {
            "apart": apart_in(session, set(ids), now()),
            "steps": steps_of(session, CONVOY, number),
            "places": choices(session),
            "gate": gate_code(session),
            "others": [
                one
                for one in goings(session, now())
                if one.convoy_id is None and one.left_at is None and abs(one.leave_at - row.leave_at) < _NEAR
            ],
        }
    return render_template(
        "convoy.html",
        one=row,
        people=people,
        alerts={person: [ALERT_TYPES[held.value.type] for held in found] for person, found in alerts.items()},
        waiting=[one for one in people if one.left_at is None and not one.is_over],
        ticked=request.form.getlist("trip"),
        out=[one for one in people if one.is_out],
        local=typed.local,
        at=now(),
        typed=request.form,
        problem=problem,
        **shown,
        **words(),
    )
