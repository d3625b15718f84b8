"""What lies too long and somebody's liberty hangs on it rings; accepted definitions are read; bytes are kept."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from hub.custody.legal import HEARING, RELEASE_ORDER
from hub.database import session_scope
from hub.movements.alarms.records import Alarm
from hub.sharing.inbox import deciding
from hub.sharing.inbox.definitions import InForce, in_force
from hub.sharing.inbox.desk import InboxDesk
from hub.sharing.inbox.messages import (
    BailMessage,
    BailOutcome,
    Definition,
    DefinitionsMessage,
    DueOn,
    write_message,
)
from hub.sharing.inbox.receiving import receive
from hub.sharing.inbox.records import InboundBody, InboundMessage

from .inbox_world import ANA, RITA, SENT, Inbox, inbox, order
from .sharing_world import COURTS, OBSERVATORY
from .site_world import World


@pytest.fixture
def desk(world: World) -> Inbox:
    return inbox(world)


def bail(message_id: str = "b-1", outcome: BailOutcome = BailOutcome.MET, **parts: Any) -> BailMessage:
    told: dict[str, Any] = {
        "issued_at": SENT, "subject": ANA, "court": "Belize City", "case": "C 7",
        "reference": f"B {message_id}", "issued_on": date(2026, 11, 20), "amount_cents": 500_000,
        "conditions": "Reports every Monday",
    }  # fmt: skip
    return BailMessage(message_id=message_id, outcome=outcome, **(told | parts))


def alarms(desk: Inbox) -> list[tuple[str, str, int, bool]]:
    with session_scope(desk.world.sessions, writes=False) as session:
        wanted = select(Alarm).where(Alarm.code.startswith("inbox")).order_by(Alarm.id)
        return [(one.code, one.key, one.rank, one.over_at is not None) for one in session.scalars(wanted)]


def test_bail_that_nobody_decided_on_for_an_hour_rings_once_until_it_is_decided(desk: Inbox) -> None:
    number = desk.send("bail", bail()).number
    held = desk.send("order", order("o-1")).number
    work = InboxDesk(desk.world.sessions)
    desk.world.later(minutes=59)
    assert work.tick(desk.world.at) == 0
    desk.world.later(minutes=2)
    assert work.tick(desk.world.at) == 1
    desk.world.later(minutes=2)
    assert work.tick(desk.world.at) == 0
    assert alarms(desk) == [("inbox_liberty_overdue", number, 2, False)]
    desk.refuse(number, "incomplete", "The page is missing")
    desk.world.later(hours=8)
    assert work.tick(desk.world.at) == 2
    assert alarms(desk) == [("inbox_liberty_overdue", number, 2, True), ("inbox_overdue", held, 3, False)]


def test_an_alarm_that_was_closed_without_a_decision_rings_anew(desk: Inbox) -> None:
    desk.send("bail", bail())
    work = InboxDesk(desk.world.sessions)
    desk.world.later(hours=2)
    work.tick(desk.world.at)
    with session_scope(desk.world.sessions) as session:
        session.query(Alarm).one().closed_at = desk.world.at
    desk.world.later(minutes=30)
    assert work.tick(desk.world.at) == 0
    desk.world.later(minutes=40)
    assert work.tick(desk.world.at) == 1
    assert len(alarms(desk)) == 2


def test_the_amount_of_bail_stands_where_the_gate_reads_it(desk: Inbox) -> None:
    number = desk.send("bail", bail()).number
    desk.accept(number)
    (release,) = desk.held(RELEASE_ORDER)
    assert release.conditions == "Bail 5,000.00: Reports every Monday"
    number = desk.send("bail", bail("b-2", BailOutcome.GRANTED, conditions="x" * 500)).number
    desk.accept(number)
    granted = [one for one in desk.held(HEARING) if one.outcome == "bail_granted"]
    assert granted[0].purpose.startswith("Bail 5,000.00: xxx")


def definitions(message_id: str, **parts: Any) -> DefinitionsMessage:
    return DefinitionsMessage(message_id=message_id, issued_at=SENT, **parts)


def test_accepted_definitions_are_in_force_and_others_are_not(desk: Inbox) -> None:
    def now() -> InForce:
        with session_scope(desk.world.sessions, writes=False) as session:
            return in_force(session, desk.world.at)

    assert now() == InForce()
    first = desk.send("definitions", definitions("d-1", smallest=5), OBSERVATORY).number
    assert now().smallest is None, "nobody has accepted it"
    desk.accept(first, [])
    assert (now().smallest, now().number) == (5, first)
    desk.world.later(days=1)
    days = (DueOn(on=date(2027, 3, 1), what="Quarter"), DueOn(on=date(2026, 12, 1), what="Review"))
    told = (Definition(code="remand_days", words="From admission"),)
    second = desk.send("definitions", definitions("d-2", calendar=days, definitions=told), OBSERVATORY).number
    desk.accept(second, [])
    found = now()
    assert (found.smallest, found.number, found.definitions) == (5, first, told)
    assert [one.what for one in found.due(date(2026, 11, 30))] == ["Review", "Quarter"]
    desk.world.later(minutes=1)
    with session_scope(desk.world.sessions) as session:
        deciding.take_back(session, first, 2, "A slip of theirs", actor=RITA, at=desk.world.at)
    assert now().smallest is None


def test_the_bytes_that_were_sent_are_kept_and_hashed(desk: Inbox) -> None:
    message = order("o-1")
    raw = b"\n  " + write_message(message).replace(b":", b" : ", 1)
    with session_scope(desk.world.sessions) as session:
        receive(
            session, agency=COURTS, exchange="order", message=message, message_id="o-1",
            at=desk.world.at, raw=raw,
        )  # fmt: skip
    with session_scope(desk.world.sessions, writes=False) as session:
        assert session.query(InboundBody).one().sent == raw
        assert session.query(InboundMessage).one().body_hash == hashlib.sha256(raw).hexdigest()
    assert desk.read("IN-000001").message == message
