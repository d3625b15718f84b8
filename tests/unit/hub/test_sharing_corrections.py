"""What was told and proved wrong: everybody who holds it hears of it, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from hub.custody.facts.actions import Statement, correct, state, withdraw
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY, Identity
from hub.custody.legal import CHARGE, Charge
from hub.custody.rules import Sex
from hub.database import session_scope
from hub.sharing.catalogue import EXCHANGES, About, Direction, Way
from hub.sharing.corrections.depending import ALSO, OF_NO_FACT
from hub.sharing.corrections.records import Correction, CorrectionHearer
from hub.sharing.gate import share
from hub.sharing.outbox.events import cloud_event
from hub.sharing.outbox.records import Delivery, SharingEvent

from .outbox_world import RITA, Outbox
from .sharing_world import PURPOSE, SharingWorld, sharing_world
from .site_world import World

BORN = "nc:PersonBirthDate"


@pytest.fixture
def outbox(world: World) -> Iterator[Outbox]:
    made = Outbox(world)
    yield made
    made.close()


@pytest.fixture
def who(outbox: Outbox) -> SharingWorld:
    made = sharing_world(outbox.world)
    with session_scope(outbox.world.sessions) as session:
        value = Identity(surname="Novelo", given="Ana", sex=Sex.FEMALE, born_on=date(1990, 1, 2))
        said = Statement(IDENTITY, value, outbox.world.at, "Card")
        state(session, made.person, said, actor=RITA, at=outbox.world.at)
    outbox.begin()
    return made


def told(outbox: Outbox, who: SharingWorld, agency: str, exchange: str, *wanted: str) -> None:
    """Let something out a minute later."""
    outbox.later(minutes=1)
    with session_scope(outbox.world.sessions) as session:
        share(
            session, agency=agency, exchange=exchange, purpose=PURPOSE[exchange], person=who.person,
            at=outbox.world.at, actor=RITA, way=Way.PULL, wanted=wanted or None, reference=who.number,
        )  # fmt: skip


def newest(outbox: Outbox, who: SharingWorld, kind: str) -> Fact:
    with session_scope(outbox.world.sessions, writes=False) as session:
        wanted = select(Fact).where(Fact.person_id == who.person, Fact.kind == kind)
        return session.scalars(wanted.order_by(Fact.id.desc())).first() or Fact()


def born(outbox: Outbox, who: SharingWorld, day: int, *, spread: bool = True) -> None:
    """Correct the birth an hour later, and have it spread."""
    outbox.later(hours=1)
    value = Identity(surname="Novelo", given="Ana", sex=Sex.FEMALE, born_on=date(1990, 1, day))
    with session_scope(outbox.world.sessions) as session:
        wrong = session.get_one(Fact, newest(outbox, who, "identity").id)
        said = Statement(IDENTITY, value, wrong.effective_at, "Birth certificate")
        correct(session, wrong, said, reason="misread", actor=RITA, at=outbox.world.at)
    if spread:
        outbox.exchange().gather()


def hearers(outbox: Outbox) -> list[tuple[str, str, str, str]]:
    """Agency, exchange, fields and duty of everybody who is to hear."""
    with session_scope(outbox.world.sessions, writes=False) as session:
        rows = session.scalars(select(CorrectionHearer).order_by(CorrectionHearer.id))
        return [(row.agency, row.exchange, row.fields, row.duty) for row in rows]


def test_whoever_fetched_the_wrong_field_hears_and_nobody_else(outbox: Outbox, who: SharingWorld) -> None:
    told(outbox, who, "courts", "custody_status")
    told(outbox, who, "police", "admission_notice", "j:BookingAgencyRecordIdentification", "nc:PersonSurName")
    born(outbox, who, 3)
    assert hearers(outbox) == [("courts", "custody_status", BORN, "notice")]
    assert [one[2] for one in outbox.deliveries("courts")] == ["corrected"]
    assert outbox.deliveries("police") == []


def test_what_was_told_after_the_correction_was_right(outbox: Outbox, who: SharingWorld) -> None:
    """However long the process that tells of corrections was down."""
    told(outbox, who, "courts", "custody_status")
    born(outbox, who, 3, spread=False)
    outbox.later(minutes=10)
    told(outbox, who, "courts", "custody_status")
    outbox.exchange().gather()
    assert hearers(outbox) == []


def test_a_fact_of_another_kind_made_none_of_it_wrong(outbox: Outbox, who: SharingWorld) -> None:
    told(outbox, who, "courts", "custody_status", BORN)
    outbox.later(hours=1)
    with session_scope(outbox.world.sessions) as session:
        wrong = session.get_one(Fact, newest(outbox, who, "charge").id)
        said = Statement(
            CHARGE, Charge(iccs="0501", offence="Burglary", case="C 7"), wrong.effective_at, "C 7"
        )
        correct(session, wrong, said, reason="other charge", actor=RITA, at=outbox.world.at)
    outbox.exchange().gather()
    assert hearers(outbox) == []


def test_a_correction_that_was_wrong_is_told_to_who_heard_the_first(
    outbox: Outbox, who: SharingWorld
) -> None:
    told(outbox, who, "courts", "custody_status")
    born(outbox, who, 3)
    born(outbox, who, 4)
    assert [one[0] for one in hearers(outbox)] == ["courts", "courts"]


def test_when_the_first_value_comes_back_who_fetched_the_second_is_told(
    outbox: Outbox, who: SharingWorld
) -> None:
    told(outbox, who, "courts", "custody_status")
    born(outbox, who, 3)
    told(outbox, who, "courts", "custody_status")
    outbox.later(hours=1)
    with session_scope(outbox.world.sessions) as session:
        row = session.get_one(Fact, newest(outbox, who, "identity").id)
        withdraw(session, row, IDENTITY, reason="the card was right", actor=RITA, at=outbox.world.at)
    outbox.exchange().gather()
    assert len(hearers(outbox)) == 2  # they hold the 3rd, which is wrong again
    with session_scope(outbox.world.sessions, writes=False) as session:
        assert [row.sort for row in session.scalars(select(Correction).order_by(Correction.id))] == [
            "corrected",
            "withdrawn",
        ]


def test_after_the_time_that_they_may_keep_it_nobody_is_told(outbox: Outbox, who: SharingWorld) -> None:
    told(outbox, who, "courts", "custody_status")
    outbox.later(days=366)
    born(outbox, who, 3)
    assert hearers(outbox) == [("courts", "custody_status", BORN, "lapsed")]
    assert outbox.deliveries("courts") == []


def test_without_an_agreement_nothing_is_sent_and_the_duty_stays(outbox: Outbox, who: SharingWorld) -> None:
    told(outbox, who, "courts", "custody_status")
    suspend(outbox, "courts-2026")
    born(outbox, who, 3)
    assert hearers(outbox) == [("courts", "custody_status", BORN, "by_hand")]
    assert outbox.deliveries("courts") == []
    with session_scope(outbox.world.sessions, writes=False) as session:
        assert session.scalars(select(CorrectionHearer.why)).all() == ["suspended"]


def test_the_notice_is_thin_and_what_it_says_is_fetched(outbox: Outbox, who: SharingWorld) -> None:
    told(outbox, who, "courts", "custody_status")
    born(outbox, who, 3)
    with session_scope(outbox.world.sessions) as session:
        event, row = session.execute(
            select(SharingEvent, Delivery).join(Delivery, Delivery.event_id == SharingEvent.id)
        ).one()
        sent = cloud_event(event, api="https://hub", sequence=1)
        assert sent["data"]["further"] == {"correction": "C-000001"}
        shared = share(
            session, agency="courts", exchange=row.exchange, purpose=row.purpose, person=event.person_id,
            at=outbox.world.at, actor=RITA, way=Way.PULL, given=json.loads(event.data),
        )  # fmt: skip
    said = shared.values
    assert said["pims:CorrectedFieldName"] == [BORN]
    assert said["pims:CorrectedRecordAddress"] == [f"/v1/custody/{who.number}"]
    assert said["pims:CorrectionID"] == "C-000001"
    assert "1990" not in json.dumps(said)


def test_every_field_says_of_what_it_is_made() -> None:
    """A field that neither names its facts nor stands in the table could be wrong and nobody would hear of it."""
    for exchange in EXCHANGES.values():
        if exchange.direction is Direction.IN or exchange.about is About.FIGURES:
            continue
        for field in exchange.fields:
            brought = field.read.__qualname__.startswith("_brought")
            assert brought or field.kinds or field.place in ALSO or field.place in OF_NO_FACT, (
                exchange.name,
                field.name,
            )


def suspend(outbox: Outbox, code: str) -> None:
    from hub.sharing.agreements.actions import suspend as act

    with session_scope(outbox.world.sessions) as session:
        act(session, code, "breach", actor=RITA, at=outbox.world.at)


def test_a_notice_is_sent_once(outbox: Outbox, who: SharingWorld) -> None:
    told(outbox, who, "courts", "custody_status")
    born(outbox, who, 3)
    outbox.later(minutes=1)
    outbox.exchange().gather()
    assert len(outbox.deliveries("courts")) == 1
