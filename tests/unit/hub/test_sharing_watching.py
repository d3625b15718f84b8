"""What does not reach an agency rings in the queue of alarms, once, and is said to be over when it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from hub.accounts.audit import Actor
from hub.custody.at_large import AT_LARGE, AtLarge, How
from hub.custody.facts.actions import Statement, state
from hub.custody.records import Person
from hub.database import session_scope
from hub.movements.alarms.records import Alarm
from hub.sharing.outbox.replaying import Range, replay_range
from hub.sharing.outbox.watching import CODES, EVERY, ExchangeWatch, troubles
from hub.sharing.partners.records import PartnerCertificate, PartnerClient, Webhook

from .outbox_world import RITA, Outbox
from .site_world import World
from .webhook_receiver import Receiver

DORA = Actor("dora", "10.0.0.2")


@pytest.fixture
def outbox(world: World) -> Iterator[Outbox]:
    made = Outbox(world)
    made.agree("police")
    yield made.begin()
    made.close()


@pytest.fixture
def watch(world: World) -> ExchangeWatch:
    return ExchangeWatch(world.sessions)


def escape(outbox: Outbox, person: Person) -> int:
    with session_scope(outbox.world.sessions) as session:
        value = AtLarge(how=How.ESCAPED, since_at=outbox.world.at, police="R 77")
        stay = person_stay(outbox, person)
        said = Statement(AT_LARGE, value, outbox.world.at, "Report 1", booking_id=stay)
        return state(session, person.id, said, actor=RITA, at=outbox.world.at).id


def person_stay(outbox: Outbox, person: Person) -> int:
    from hub.custody.records import Booking

    with session_scope(outbox.world.sessions, writes=False) as session:
        return session.scalars(select(Booking.id).where(Booking.person_id == person.id)).one()


def alarms(world: World) -> list[tuple[str, str, bool]]:
    with session_scope(world.sessions, writes=False) as session:
        rows = session.scalars(select(Alarm).where(Alarm.code.in_(CODES)).order_by(Alarm.id))
        return [(one.code, one.key, one.over_at is not None) for one in rows]


def look(outbox: Outbox, watch: ExchangeWatch) -> int:
    outbox.later(seconds=EVERY.total_seconds())
    return watch.tick(outbox.world.at)


def test_an_escape_that_the_police_do_not_take_rings_within_minutes(
    outbox: Outbox, watch: ExchangeWatch, tmp_path: Path
) -> None:
    with Receiver(tmp_path / "agency", outbox.keys) as receiver:
        outbox.hook("police", receiver)
        receiver.answer = lambda _events: (503, b"", {})
        escape(outbox, outbox.world.person())
        exchange = outbox.exchange()
        exchange.once()
        assert look(outbox, watch) == 0
        outbox.later(minutes=10)
        assert look(outbox, watch) == 1
        assert alarms(outbox.world) == [("escape_not_told", "police", False)]
        with session_scope(outbox.world.sessions, writes=False) as session:
            assert "An escape has not reached" in str(session.scalars(select(Alarm.words)).one())
        assert look(outbox, watch) == 0, "it rings once"
        receiver.answer = lambda _events: (204, b"", {})
        exchange.once()
        assert look(outbox, watch) == 1
        assert alarms(outbox.world) == [("escape_not_told", "police", True)]


def test_what_is_given_up_rings_until_it_is_sent_again(
    outbox: Outbox, watch: ExchangeWatch, tmp_path: Path
) -> None:
    with Receiver(tmp_path / "agency", outbox.keys) as receiver:
        outbox.hook("police", receiver)
        receiver.answer = lambda _events: (503, b"", {})
        outbox.admit(outbox.world.person())
        exchange = outbox.exchange()
        exchange.once()
        outbox.later(hours=26)
        look(outbox, watch)
        assert alarms(outbox.world) == [("agency_silent", "police", False)]
        outbox.later(days=7)
        exchange.once()
        look(outbox, watch)
        assert alarms(outbox.world)[1:] == [("agency_given_up", "police", False)]
        receiver.answer = lambda _events: (204, b"", {})
        with session_scope(outbox.world.sessions) as session:
            replay_range(session, Range("police"), actor=DORA, at=outbox.world.at)
        exchange.once()
        look(outbox, watch)
        assert [one[2] for one in alarms(outbox.world)] == [True, True]


def test_closed_while_it_goes_on_it_rings_again_the_next_day(outbox: Outbox, watch: ExchangeWatch) -> None:
    outbox.admit(outbox.world.person())
    outbox.exchange().once()
    outbox.later(hours=26)
    assert look(outbox, watch) == 1, "what lies ready and is not fetched is silence as well"
    with session_scope(outbox.world.sessions) as session:
        session.execute(update(Alarm).values(closed_at=outbox.world.at, closed_by="dora"))
    assert look(outbox, watch) == 0
    outbox.later(hours=25)
    assert look(outbox, watch) == 1


def test_an_agency_with_which_nothing_is_agreed_any_more_troubles_nobody(
    outbox: Outbox, watch: ExchangeWatch
) -> None:
    outbox.admit(outbox.world.person())
    outbox.exchange().once()
    outbox.suspend("police")
    outbox.later(hours=26)
    assert look(outbox, watch) == 0


def test_certificates_ring_two_weeks_before_they_run_out(
    outbox: Outbox, watch: ExchangeWatch, tmp_path: Path
) -> None:
    at = outbox.world.at
    with session_scope(outbox.world.sessions) as session:
        client = PartnerClient(
            client_id="police-1", agency="police", about="", registered_at=at, registered_by="ada"
        )
        client.certificates.append(issued(at, at + timedelta(days=13), "a"))
        session.add(client)
    look(outbox, watch)
    assert alarms(outbox.world) == [("agency_certificate", "police-1", False)]
    with session_scope(outbox.world.sessions) as session:
        client = session.scalars(select(PartnerClient)).one()
        client.certificates.append(issued(at, at + timedelta(days=300), "b"))
    look(outbox, watch)
    assert alarms(outbox.world) == [("agency_certificate", "police-1", True)]


def test_the_certificate_of_their_receiver_counts_too(outbox: Outbox, tmp_path: Path) -> None:
    with Receiver(tmp_path / "agency", outbox.keys) as receiver:
        outbox.hook("police", receiver)
        with session_scope(outbox.world.sessions, writes=False) as session:
            from datetime import UTC, datetime

            real = datetime.now(UTC)
            assert [one.code for one in troubles(session, real + timedelta(days=10))] == []
            assert [one.key for one in troubles(session, real + timedelta(days=20))] == ["to police"]


def test_what_waits_for_an_address_that_was_taken_away_lies_ready(
    outbox: Outbox, watch: ExchangeWatch, tmp_path: Path
) -> None:
    with Receiver(tmp_path / "agency", outbox.keys) as receiver:
        outbox.hook("police", receiver)
        outbox.admit(outbox.world.person())
        outbox.exchange().gather()
        with session_scope(outbox.world.sessions) as session:
            session.execute(update(Webhook).values(ended_at=outbox.world.at, ended_by="ada"))
        look(outbox, watch)
        assert outbox.deliveries() == [("offered", "no_address", "admitted", 0)]


def issued(at: object, until_at: object, name: str) -> PartnerCertificate:
    return PartnerCertificate(
        thumbprint=name * 43, serial=name, issued_at=at, issued_by="ada", expires_at=until_at
    )
