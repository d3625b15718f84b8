"""Alarms in the control room's drawer, one or a whole storm: what happened, who has it, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from flask import abort, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.acting import acting
from hub.accounts.permissions import ALLOWED, Permission
from hub.accounts.records import Account
from hub.control_room.alarm_words import ESCALATED_TO, said, told
from hub.movements.alarms import handling
from hub.movements.alarms.codes import CLOSE_REASONS, CloseReason
from hub.movements.alarms.handling import Seen
from hub.movements.alarms.reading import OpenAlarm, alarms_with, steps_of
from hub.movements.alarms.rules import DIRECTOR, urgency
from hub.movements.posts import on_duty, posts
from hub.movements.site.tree import load
from hub.sentences import RefusedError, Sentence
from hub.web.door import is_fragment, now, reading, visitor, writing
from hub.web.routes import Pages

pages = Pages("alarms", __name__, template_folder="templates")

MOST_AT_ONCE: Final = 500


@pages.page("/control-room/alarms/<int:alarm>", Permission.HANDLE_ALARMS)
def one(alarm: int) -> str:
    return _show([alarm], None)


@pages.page("/control-room/alarms", Permission.HANDLE_ALARMS)
def several() -> str:
    return _show(request.args.getlist("id", type=int)[:MOST_AT_ONCE], None)


@pages.page("/control-room/alarms", Permission.HANDLE_ALARMS, methods=("POST",))
def act() -> str | tuple[str, int]:
    seen = _seen()
    do = _close if "close" in request.form else _ACTS.get(request.form.get("act", ""))
    if do is None or not seen:
        abort(400)
    try:
        with writing() as session:
            do(session, seen)
    except RefusedError as error:
        return _show([alarm.id for alarm in seen], error.message), 409
    return _show([alarm.id for alarm in seen], None)


def _seen() -> list[Seen]:
    """The alarms of the form, "number:count" each; those that cannot be read are left out."""
    found = []
    for typed in request.form.getlist("alarm")[:MOST_AT_ONCE]:
        number, _, count = typed.partition(":")
        if all(part.isascii() and part.isdigit() and len(part) < 16 for part in (number, count)):
            found.append(Seen(int(number), int(count)))
    return found


def _acknowledge(session: Session, seen: Sequence[Seen]) -> None:
    handling.acknowledge(session, seen, actor=acting(), at=now())


def _take(session: Session, seen: Sequence[Seen]) -> None:
    handling.assign(session, seen, visitor().login, actor=acting(), at=now())


def _assign(session: Session, seen: Sequence[Seen]) -> None:
    handling.assign(session, seen, request.form.get("login", ""), actor=acting(), at=now())


def _note(session: Session, seen: Sequence[Seen]) -> None:
    handling.note(session, seen, request.form.get("note", ""), actor=acting(), at=now())


def _escalate(session: Session, seen: Sequence[Seen]) -> None:
    handling.escalate(session, seen, request.form.get("note", ""), actor=acting(), at=now())


def _close(session: Session, seen: Sequence[Seen]) -> None:
    reason = request.form.get("close", "")
    if reason not in CLOSE_REASONS:
        raise RefusedError("reason", Sentence("Choose why it is closed."))
    words = request.form.get("note", "")
    handling.close(session, seen, CloseReason(reason), words, actor=acting(), at=now())


_ACTS: Final[Mapping[str, Callable[[Session, Sequence[Seen]], None]]] = {
    "acknowledge": _acknowledge,
    "take": _take,
    "assign": _assign,
    "note": _note,
    "escalate": _escalate,
}


def _show(numbers: Sequence[int], problem: Sentence | None) -> str:
    with reading() as session:
        found = alarms_with(session, numbers)
        if not found:
            abort(404)
        steps = steps_of(session, found[0].id) if len(found) == 1 else []
        officers = _officers(session)
        names = dict(officers)
        supervisors = on_duty(posts(session, now()), now())
        zones = {node.code: node.name for node in load(session).zones()}
    still = [alarm for alarm in found if alarm.closed_at is None]
    ended = [alarm for alarm in still if alarm.over_at is not None]
    return render_template(
        "alarm_panel.html" if is_fragment() else "alarm.html",
        alarms=found,
        still=still,
        ended=ended if len(ended) < len(still) else [],
        steps=steps,
        officers=officers,
        names=names,
        supervisors=supervisors,
        problem=problem,
        urgency=urgency,
        said=lambda step: said(step, names),
        told=lambda evidence: told(evidence, zones),
        reasons=CLOSE_REASONS,
        escalated_to=ESCALATED_TO,
        at_top=all(alarm.escalation >= DIRECTOR for alarm in still),
        places=_places(found),
        note=request.form.get("note", "") if problem else "",
    )


def _places(alarms: Sequence[OpenAlarm]) -> list[str]:
    named = (alarm.place or alarm.zone_name or alarm.terminal or "" for alarm in alarms)
    return [place for place in dict.fromkeys(named) if place]


def _officers(session: Session) -> list[tuple[str, str]]:
    """Login and name of everybody who can be sent or may decide."""
    roles = {role.value for role, may in ALLOWED.items() if not handling.LOOK_AFTER.isdisjoint(may)}
    wanted = select(Account.login, Account.name).where(Account.closed_at.is_(None), Account.role.in_(roles))
    return [(login, name or login) for login, name in session.execute(wanted.order_by(Account.login))]
