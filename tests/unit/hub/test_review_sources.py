"""Where what stands in the files came from, how good each source was, and what became of messages."""

from __future__ import annotations

from datetime import timedelta

from hub.custody.facts.actions import Statement, state
from hub.custody.legal import LEGAL_STATUS, LegalStatus, Status
from hub.database import session_scope
from hub.statistics.review.actions import make
from hub.statistics.review.content import read
from hub.statistics.review.evidence import Source
from hub.statistics.review.gathering import gather, span_of

from .inbox_world import RITA, Inbox, inbox, order
from .review_world import rows_of, year_world
from .site_world import World
from .statistics_world import at


def _messages(world: World) -> Inbox:
    """An order that became an entry, one that was refused, one that came twice, and one still open."""
    box = inbox(world)
    box.accept(box.send("order", order("o-1")).number)
    world.at += timedelta(hours=6)
    wrong = box.send("order", order("o-2", reference="RO 2"))
    world.at += timedelta(hours=2)
    box.refuse(wrong.number, "other")
    box.send("order", order("o-3", reference="RO 4"))
    box.send("order", order("o-4", reference="RO 4"))
    world.at += timedelta(days=2)
    return box


def test_messages_and_what_became_of_them(world: World) -> None:
    box = _messages(world)
    with session_scope(world.sessions, writes=False) as session:
        found = gather(session, span_of(2026, world.at))
    (courts,) = found.came_in
    assert (courts.agency, courts.exchange, courts.received) == ("courts", "order", 4)
    assert (courts.accepted, courts.refused, courts.doubles, courts.open) == (1, 1, 1, 1)
    assert courts.delay is not None
    assert courts.delay.p90_hours == 2
    quality = found.quality[Source.COURTS]
    assert quality.statements >= 1
    assert (quality.refused, quality.doubles) == (1, 1)
    with session_scope(world.sessions) as session:
        content = read(make(session, 2026, "", actor=RITA, at=world.at).content)
    assert rows_of(content, "messages")[0][2:8] == ["fewer than 5", *["–"] * 5], "four orders are four people"
    box.send("order", order("o-5", reference="RO 5"))
    with session_scope(world.sessions) as session:
        content = read(make(session, 2026, "", actor=RITA, at=world.at + timedelta(days=1)).content)
    assert rows_of(content, "messages")[0][2:8] == ["5", "1", "0", "1", "1", "2"]


def test_what_an_old_register_told_is_not_called_late(world: World) -> None:
    year = year_world(world)
    with session_scope(world.sessions) as session:
        for booking in year.bookings:
            state(
                session, booking.person_id,
                Statement(
                    LEGAL_STATUS, Status(status=LegalStatus.SENTENCED), at("2026-02-01"),
                    source="old book.csv, import 3 row 7", booking_id=booking.id,
                ),
                actor=RITA, at=at("2026-11-01"),
            )  # fmt: skip
    with session_scope(world.sessions, writes=False) as session:
        found = gather(session, span_of(2026, world.at))
    brought, officers = found.quality[Source.IMPORT], found.quality[Source.OFFICERS]
    assert (brought.statements, brought.delay) == (12, None)
    assert officers.delay is not None
    assert officers.corrected == 1
    assert found.delays["legal_status"].many == 13, "without those that came from the old register"
