"""What happens in custody and what agencies hear of it: an absence is never a release, an escape goes to its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from hub.custody.absence import ABSENCE, Absence, Why
from hub.custody.at_large import AT_LARGE, AtLarge, How
from hub.custody.facts.actions import end
from hub.custody.facts.kinds import Kind, V
from hub.custody.facts.records import Fact
from hub.custody.legal import HEARING, Hearing
from hub.custody.records import Booking, Person
from hub.custody.sentencing.records import ReckoningRow, Signature, SignatureAct
from hub.database import session_scope

from .docket_world import RITA, record
from .outbox_world import Outbox
from .site_world import World
from .webhook_receiver import Receiver

TOLD = (
    ("custody_status", "court_listing", ("admitted", "released", "transferred", "release_date_verified")),
)
ALL = (
    ("release_notice", "custody_notice", ("released",)),
    ("transfer_notice", "custody_notice", ("transferred",)),
    ("escape_notice", "public_protection", ("escaped",)),
    ("recapture_notice", "public_protection", ("recaptured",)),
)


@pytest.fixture
def outbox(world: World) -> Iterator[Outbox]:
    made = Outbox(world)
    made.agree("police", grants=ALL)
    made.agree("courts", grants=TOLD)
    yield made.begin()
    made.close()


def ended(outbox: Outbox, fact: Fact, kind: Kind[V]) -> None:
    with session_scope(outbox.world.sessions) as session:
        held = session.get_one(Fact, fact.id)
        end(session, held, kind, effective_at=outbox.world.at, reason="back", actor=RITA, at=outbox.world.at)


def told(outbox: Outbox, agency: str = "police") -> list[str]:
    outbox.exchange().gather()
    return [one[2] for one in outbox.deliveries(agency)]


@pytest.mark.parametrize("why", [one for one in Why if one is not Why.TRANSFER])
def test_somebody_at_court_or_in_hospital_is_told_to_nobody(outbox: Outbox, why: Why) -> None:
    person = outbox.world.person()
    out = record(outbox.world, person, ABSENCE, absence(outbox, why))
    outbox.later(hours=5)
    ended(outbox, out, ABSENCE)
    assert (told(outbox), told(outbox, "courts")) == ([], [])


def test_a_transfer_is_no_release_either(outbox: Outbox) -> None:
    record(outbox.world, outbox.world.person(), ABSENCE, absence(outbox, Why.TRANSFER))
    assert (told(outbox), told(outbox, "courts")) == (["transferred"], ["transferred"])


def test_an_escape_and_the_recapture_arrive_one_after_the_other(outbox: Outbox, tmp_path: Path) -> None:
    with Receiver(tmp_path / "agency", outbox.keys) as receiver:
        outbox.hook("police", receiver)
        exchange = outbox.exchange()
        person = outbox.world.person()
        value = AtLarge(how=How.ESCAPED, since_at=outbox.world.at, police="R 77")
        gone = record(outbox.world, person, AT_LARGE, value)
        exchange.once()
        outbox.later(hours=3)
        ended(outbox, gone, AT_LARGE)
        exchange.once()
        assert [one["type"] for one in receiver.got] == ["pims.custody.escaped", "pims.custody.recaptured"]
        assert {one["subject"] for one in receiver.got} == {stay_of(outbox, person)[1]}
        assert [one[:2] for one in outbox.deliveries()] == [("sent", "received")] * 2


def test_a_release_date_is_told_once_two_officers_signed_it(outbox: Outbox) -> None:
    person = outbox.world.person()
    reckoning = signed(outbox, person, None)
    assert told(outbox, "courts") == [], "one signature is a calculation"
    second(outbox, reckoning, SignatureAct.VERIFIED)
    assert told(outbox, "courts") == ["release_date_verified"]
    outbox.later(minutes=1)
    assert told(outbox, "courts") == ["release_date_verified"], "and once"
    assert told(outbox) == [], "the police have no agreement about it"


def test_a_date_that_the_second_officer_refused_is_told_to_nobody(outbox: Outbox) -> None:
    signed(outbox, outbox.world.person(), SignatureAct.REFUSED)
    assert told(outbox, "courts") == []


def test_a_date_signed_before_the_agreement_began_is_history(outbox: Outbox) -> None:
    outbox.agree("forensic", grants=TOLD, starts_on=outbox.world.at.date() + timedelta(days=1))
    signed(outbox, outbox.world.person(), SignatureAct.VERIFIED)
    outbox.later(days=2)
    assert told(outbox, "courts") == ["release_date_verified"]
    assert told(outbox, "forensic") == []


def test_whether_somebody_was_brought_is_told_before_the_court_has_decided(outbox: Outbox) -> None:
    outbox.agree("forensic", grants=(("production_outcome", "court_listing", ("production_outcome",)),))
    outbox.begin()
    person = outbox.world.person()
    when = outbox.world.at
    date_of = record(outbox.world, person, HEARING, Hearing(court="Corozal", hearing_at=when, purpose="plea"))
    assert told(outbox, "forensic") == []
    missed = Hearing(
        court="Corozal", hearing_at=when, purpose="plea", produced=False, not_produced_because="no van"
    )
    record(outbox.world, person, HEARING, missed, item=date_of.id)
    assert told(outbox, "forensic") == ["production_outcome"]


def absence(outbox: Outbox, why: Why) -> Absence:
    return Absence(why=why, where="Belmopan", due_back_at=outbox.world.at + timedelta(hours=8))


def stay_of(outbox: Outbox, person: Person) -> tuple[int, str]:
    with session_scope(outbox.world.sessions, writes=False) as session:
        held = session.query(Booking).filter_by(person_id=person.id).one()
        return held.id, held.number


def signed(outbox: Outbox, person: Person, act: SignatureAct | None) -> int:
    """A date that one officer reckoned, and the word of the second."""
    row = ReckoningRow(
        booking_id=stay_of(outbox, person)[0],
        digest="d",
        inputs="{}",
        result="{}",
        outcome="dated",
        release_on=date(2027, 5, 1),
        full_term_on=None,
        reckoned_by="rita",
        reckoned_at=outbox.world.at,
    )
    with session_scope(outbox.world.sessions) as session:
        session.add(row)
        session.flush()
        number = row.id
    if act is not None:
        second(outbox, number, act)
    return number


def second(outbox: Outbox, reckoning: int, act: SignatureAct) -> None:
    with session_scope(outbox.world.sessions) as session:
        session.add(
            Signature(reckoning_id=reckoning, act=act.value, by="sonia", at=outbox.world.at, reason="")
        )
