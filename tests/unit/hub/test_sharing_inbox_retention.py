"""What was sent about people who never came goes after the agreement's days, and leaves a trace."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.sharing.inbox import deciding, forgetting
from hub.sharing.inbox.desk import InboxDesk
from hub.sharing.inbox.messages import Subject, write_message
from hub.sharing.inbox.records import InboundBody, InboundMessage, InboxItem

from .inbox_world import RITA, Inbox, inbox, order
from .site_world import World

NOBODY = Subject(surname="Tzulquin", given="Marvin", reference="RB 9981", born_on=date(1988, 7, 2), sex="M")


@pytest.fixture
def desk(world: World) -> Inbox:
    return inbox(world)


def rows(desk: Inbox, table: type[Any]) -> list[Any]:
    with session_scope(desk.world.sessions, writes=False) as session:
        return list(session.scalars(select(table).order_by(table.id)))


def everything(desk: Inbox) -> str:
    tables = ("inbound_messages", "inbound_bodies", "inbox_items", "inbox_steps")
    with session_scope(desk.world.sessions, writes=False) as session:
        return str([session.execute(text(f"SELECT * FROM {one}")).all() for one in tables])


def keep(desk: Inbox, number: str) -> None:
    with session_scope(desk.world.sessions) as session:
        deciding.keep(session, number, desk.read(number).item.version, actor=RITA, at=desk.world.at)


def test_refused_kept_and_sent_twice_are_deleted_after_the_agreements_days(desk: Inbox) -> None:
    refused = desk.send("order", order("o-1", subject=NOBODY)).number
    desk.send("order", order("o-2", subject=NOBODY, reference="RO o-1"))
    kept = desk.send("order", order("o-3", subject=NOBODY, reference="RO 3")).number
    ours = desk.send("order", order("o-4")).number
    desk.refuse(refused, "unknown_person", "Nobody by that name")
    keep(desk, kept)
    work = InboxDesk(desk.world.sessions)
    desk.world.later(days=364)
    work.tick(desk.world.at)
    assert "tzulquin" in everything(desk).casefold()
    desk.world.later(days=2)
    assert work.tick(desk.world.at) >= 3
    left = everything(desk).casefold()
    assert not any(word in left for word in ("tzulquin", "rb 9981", "1988"))
    assert desk.receipt(kept).state.value == "expired"
    assert desk.receipt(refused).reason_code == "unknown_person"
    assert [one.number for one in rows(desk, InboundMessage)][-1] == ours
    assert len(rows(desk, InboundBody)) == 1, "what is about somebody on file stays with the file"
    acts = [one.act for one in rows(desk, AuditEntry)]
    assert acts.count("inbox.cleared") == 3
    assert acts.count("inbox.expired") == 1
    assert work.tick(desk.world.at + timedelta(minutes=2)) == 0


def test_the_page_says_that_it_was_deleted_and_keeps_the_hash(desk: Inbox) -> None:
    message = order("o-1", subject=NOBODY)
    number = desk.send("order", message).number
    desk.refuse(number, "unknown_person")
    desk.world.later(days=366)
    InboxDesk(desk.world.sessions).tick(desk.world.at)
    rita = desk.world.browser("rita", Role.RECORDS_OFFICER)
    page = rita.get(f"/inbox/{number}").text
    assert "What it said of somebody was deleted on" in page
    assert hashlib.sha256(write_message(message)).hexdigest() in page
    assert "deleted in time" in rita.get("/inbox?part=done").text
    assert "Tzulquin" not in page


def test_the_database_deletes_nothing_that_is_not_cleared_or_of_somebody(desk: Inbox) -> None:
    desk.send("order", order("o-1", subject=NOBODY))
    with pytest.raises(DBAPIError, match="append-only"), session_scope(desk.world.sessions) as session:
        session.execute(text("DELETE FROM inbound_bodies"))
    with pytest.raises(DBAPIError, match="append-only"), session_scope(desk.world.sessions) as session:
        session.execute(text("UPDATE inbound_bodies SET body = ''"))
    number = desk.send("order", order("o-2")).number
    desk.accept(number)
    with session_scope(desk.world.sessions) as session:
        item = session.scalars(select(InboxItem).where(InboxItem.person_id.is_not(None))).one()
        item.cleared_at = desk.world.at
        mine = item.id
    with pytest.raises(DBAPIError, match="append-only"), session_scope(desk.world.sessions) as session:
        session.execute(text("DELETE FROM inbound_bodies WHERE id = :id"), {"id": mine})


def test_what_was_kept_for_somebody_who_is_here_now_waits_for_an_officer(desk: Inbox) -> None:
    kept = desk.send("order", order("o-1", subject=NOBODY)).number
    keep(desk, kept)
    desk.world.later(days=366)
    desk.person("Tzulquin", "Marvin", date(1988, 7, 2))
    InboxDesk(desk.world.sessions).tick(desk.world.at)
    assert desk.receipt(kept).state.value == "kept"
    assert desk.read(kept).message is not None


def test_those_who_wait_for_an_officer_do_not_hold_up_what_is_behind_them(
    desk: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    first = [
        desk.send("order", order(f"o-{n}", subject=NOBODY, reference=f"RO {n}")).number for n in range(3)
    ]
    behind = Subject(surname="Quetzin", given="Rufus", born_on=date(1971, 3, 9))
    last = desk.send("order", order("o-9", subject=behind, reference="RO 9")).number
    for number in (*first, last):
        keep(desk, number)
    desk.world.later(days=366)
    desk.person("Tzulquin", "Marvin", date(1988, 7, 2))
    InboxDesk(desk.world.sessions).tick(desk.world.at)
    assert {desk.receipt(number).state.value for number in first} == {"kept"}
    assert desk.receipt(last).state.value == "expired"
