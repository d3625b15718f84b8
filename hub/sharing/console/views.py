"""The console of agencies, what went to each of them, the evidence of one delivery, and sending again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.records import Person
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.reading import agency_by_code
from hub.sharing.agreements.records import Agency
from hub.sharing.catalogue import EXCHANGES, PARTNER_KINDS, PURPOSES
from hub.sharing.console.reckoning import CHANNELS, PAGE, deliveries_of, lines, sums_of
from hub.sharing.outbox.advice import OF_RECEIVER, what_to_do
from hub.sharing.outbox.answers import OUTCOMES, Outcome
from hub.sharing.outbox.events import WORDS
from hub.sharing.outbox.noting import attempts_of
from hub.sharing.outbox.records import STATES, Delivery, DeliveryAttempt, DeliverySender, SharingEvent, State
from hub.sharing.outbox.replaying import MOST, Range, count_of, replay_one, replay_range
from hub.web.door import now, reading, writing
from hub.web.routes import Pages, number_in

pages = Pages("sharing_console", __name__, template_folder="templates")

_AGAIN: Final = (State.DEAD, State.STOPPED, State.SENT)
"""What may be sent again in one act."""


@pages.page("/sharing", Permission.SEE_SHARING)
def console() -> str:
    with reading() as session:
        found = lines(session, now())
    return render_template(
        "console.html",
        lines=found,
        kinds=PARTNER_KINDS,
        channels=CHANNELS,
        outcomes=OUTCOMES,
        advice=OF_RECEIVER,
    )


@pages.page("/sharing/agencies/<code>", Permission.SEE_SHARING)
def agency(code: str) -> str:
    state = next((one for one in State if one.value == request.args.get("state")), None)
    page = min(max(1, number_in(request.args.get("page", "1"))), 100_000)
    with reading() as session:
        held = _agency(session, code)
        shown = deliveries_of(session, code, state, page)
        line = next((one for one in lines(session, now()) if one.code == code), None)
        sums = sums_of(session, code)
    return render_template(
        "deliveries.html",
        agency=held,
        line=line,
        sums=sums,
        shown=shown,
        state=state,
        page=page,
        last=max(1, -(-shown.total // PAGE)),
        states=STATES,
        words=WORDS,
        outcomes=OUTCOMES,
        advice=OF_RECEIVER,
        channels=CHANNELS,
    )


@pages.page("/sharing/deliveries/<int:number>", Permission.SEE_SHARING)
def delivery(number: int) -> str:
    return _show(number, None)


@pages.page("/sharing/deliveries/<int:number>", Permission.REPLAY_DELIVERIES, methods=("POST",))
def send_again(number: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            replay_one(session, number, actor=acting(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 409
    return redirect(url_for("sharing_console.delivery", number=number), 303)


@pages.page("/sharing/agencies/<code>/again", Permission.REPLAY_DELIVERIES)
def ask_again(code: str) -> str:
    with reading() as session:
        held = _agency(session, code)
        wanted = _wanted(code)
        count = count_of(session, wanted)
    return render_template("again.html", agency=held, wanted=wanted, count=count, states=STATES, most=MOST)


@pages.page("/sharing/agencies/<code>/again", Permission.REPLAY_DELIVERIES, methods=("POST",))
def again(code: str) -> Response | tuple[str, int]:
    wanted = _wanted(code)
    try:
        with writing() as session:
            _agency(session, code)
            replay_range(session, wanted, actor=acting(), at=now())
    except RefusedError as error:
        with reading() as session:
            held, count = _agency(session, code), count_of(session, wanted)
        page = render_template(
            "again.html",
            agency=held,
            wanted=wanted,
            count=count,
            states=STATES,
            most=MOST,
            problem=error.message,
        )
        return page, 409
    return redirect(url_for("sharing_console.agency", code=code, state=State.WAITING.value), 303)


def _wanted(code: str) -> Range:
    asked = request.values
    chosen = tuple(one for one in _AGAIN if one.value in asked.getlist("state")) or (State.DEAD,)
    return Range(code, chosen, number_in(asked.get("first", "")), number_in(asked.get("last", "")))


def _agency(session: Session, code: str) -> Agency:
    held = agency_by_code(session, code)
    if held is None:
        abort(404)
    return held


def _came_of_it(row: Delivery, attempts: Sequence[DeliveryAttempt]) -> Sentence | None:
    """What the state does not say by itself; of an event that was given up, what its last try met with."""
    if row.state == State.DEAD:
        tries = [one.outcome for one in attempts if one.outcome not in (Outcome.GIVEN_UP, Outcome.AGAIN)]
        return OUTCOMES.get(Outcome(tries[-1])) if tries else None
    if row.state in (State.WAITING, State.OFFERED) and row.outcome in set(Outcome):
        return OUTCOMES.get(Outcome(row.outcome))
    return None


def _show(number: int, problem: Sentence | None) -> str:
    # The evidence names whom the event is about: the look is committed before it is shown.
    with writing() as session:
        row = session.get(Delivery, number)
        alone = None if row is None else session.get(DeliverySender, row.agency)
        if row is None:
            abort(404)
        event = session.get_one(SharingEvent, row.event_id)
        person = None if row.person_id is None else session.get(Person, row.person_id)
        held = _agency(session, row.agency)
        attempts = attempts_of(session, [row.id])[row.id]
        write_down(
            session,
            at=now(),
            actor=acting(),
            act="sharing.delivery",
            subject="" if person is None else person.number,
            detail=f"{row.agency} {row.sequence}",
        )
    return render_template(
        "delivery.html",
        row=row,
        event=event,
        person=person,
        agency=held,
        attempts=attempts,
        problem=problem,
        states=STATES,
        words=WORDS,
        outcomes=OUTCOMES,
        came_of_it=_came_of_it(row, attempts),
        what_to_do=what_to_do(row.state, row.outcome),
        exchanges=EXCHANGES,
        purposes=PURPOSES,
        # Whichever is later: the event's own pause, or the one that the whole agency is left alone for.
        next_at=max(row.next_at, (alone and alone.retry_at) or row.next_at),
        may_send=row.state in (*_AGAIN, State.OFFERED),
    )
