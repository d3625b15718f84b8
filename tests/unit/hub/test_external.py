"""Out and back: allowed by somebody, planned, proved, watched; and never a release."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.control_room.watching import Watch
from hub.custody.absence import Why
from hub.custody.actions import assign_home, open_booking_of
from hub.custody.hearing_outcomes import HearingOutcome
from hub.custody.legal import Hearing
from hub.custody.life.keep_aparts import KeptApart, Part, Restriction, keep_apart
from hub.custody.records import Booking, Person
from hub.database import session_scope
from hub.docket.diary.acts import Outcome, fix_date, record_outcome
from hub.docket.diary.reading import appointments_of
from hub.docket.diary.trips import CourtTrips
from hub.movements import feed
from hub.movements.alarms.records import Alarm
from hub.movements.crossing import cross
from hub.movements.external.authorising import Trip, Wish, ask, call_off, decide, go_once, plan_trip
from hub.movements.external.convoys import (
    KeptApartError,
    Signed,
    Vehicle,
    change_convoy,
    convoy_back,
    convoy_leaves,
    join_convoy,
    leave_convoy,
    make_convoy,
)
from hub.movements.external.knowing import what_to_know
from hub.movements.external.leaving import Seen, come_back, expect_later, leave
from hub.movements.external.reading import away, convoys, going_with, goings
from hub.movements.external.records import Occurrence
from hub.movements.external.rules import Consent, Going
from hub.movements.external.watch import AbsenceWatch
from hub.movements.passages import Passage, Place, Somebody
from hub.movements.records import Movement, Zone
from hub.movements.rules import Proof
from hub.movements.site.files import read_site
from hub.movements.site.importing import import_site
from hub.movements.site.tree import load
from hub.movements.whereabouts.places import places
from hub.sentences import RefusedError

from .site_world import SITE, World

SAM, DORA = Actor("sam", "10.0.0.1"), Actor("dora", "10.0.0.2")
TODAY = date(2026, 11, 22)
OUTSIDE = b"""
[[zone]]
code = "outside"
name = "Outside"
kind = "OUTSIDE"
[[checkpoint]]
code = "gate-out"
name = "Main gate, out"
from_zone = "yard"
to_zone = "outside"
[[checkpoint]]
code = "gate-in"
name = "Main gate, in"
from_zone = "outside"
to_zone = "yard"
"""


@pytest.fixture
def inside(world: World) -> World:
    with session_scope(world.sessions) as session:
        import_site(session, read_site(SITE + OUTSIDE), actor=SAM, at=world.at)
    return world


def wish(person: Person, why: Why = Why.COURT, **more: object) -> Wish:
    plain: dict[str, object] = {
        "where_to": "Belmopan",
        "reference": "W 7/2026",
        "from_on": TODAY,
        "until_on": TODAY,
    }
    return Wish(person.id, why, **{**plain, **more})  # type: ignore[arg-type]


def trip(world: World, leave: float = 1, back: float = 4) -> Trip:
    return Trip(world.at + timedelta(hours=leave), world.at + timedelta(hours=back), "Officer Cal")


def to_court(world: World, person: Person) -> int:
    with session_scope(world.sessions) as session:
        return go_once(session, wish(person), trip(world), actor=SAM, at=world.at)


def goes_out(world: World, number: int) -> None:
    with session_scope(world.sessions) as session:
        leave(session, number, Seen(world.at), actor=SAM, at=world.at)


def state(world: World, number: int) -> str:
    with session_scope(world.sessions, writes=False) as session:
        found = going_with(session, number, world.at)
        assert found is not None
        return found.state


def alarms(world: World) -> list[tuple[str, bool]]:
    with session_scope(world.sessions, writes=False) as session:
        return [
            (one.code, one.over_at is not None) for one in session.scalars(select(Alarm).order_by(Alarm.id))
        ]


def scan(world: World, person: Person, start: str, to: str, at: datetime | None = None) -> None:
    world.sequence += 1
    with session_scope(world.sessions) as session:
        zones = {row.code: row.id for row in session.scalars(select(Zone))}
        proof = Proof("gate", b"j" * 16, world.sequence, at or world.at, True)
        who = Somebody(person.id, person.number, person.surname)
        passage = Passage(
            proof, "gate-out", Place(zones[start], start), Place(zones[to], to), "ADMIT", "expected", who
        )
        feed.append(session, cross(session, [passage], at=world.at))


def moved(world: World) -> list[tuple[str, str]]:
    with session_scope(world.sessions, writes=False) as session:
        rows = session.scalars(select(Movement).order_by(Movement.occurred_at, Movement.id))
        return [(row.type, row.direction) for row in rows]


def refused(code: str):  # type: ignore[no-untyped-def]
    return pytest.raises(RefusedError, check=lambda error: error.code == code)


def test_nobody_leaves_before_somebody_else_than_who_asked_has_approved(inside: World) -> None:
    ana = inside.person()
    with session_scope(inside.sessions) as session:
        number = ask(session, wish(ana, Why.FUNERAL), actor=SAM, at=inside.at)
        going = plan_trip(session, number, trip(inside), actor=SAM, at=inside.at)
        with refused("not_approved"):
            leave(session, going, Seen(inside.at), actor=SAM, at=inside.at)
        with refused("own_wish"):
            decide(session, number, Consent.APPROVED, "", actor=SAM, at=inside.at)
        with refused("no_reason"):
            decide(session, number, Consent.DENIED, " ", actor=DORA, at=inside.at)
        decide(session, number, Consent.APPROVED, "", actor=DORA, at=inside.at)
        decide(session, number, Consent.PAUSED, "storm", actor=DORA, at=inside.at)
        with refused("not_approved"):
            leave(session, going, Seen(inside.at), actor=SAM, at=inside.at)
        decide(session, number, Consent.CANCELLED, "storm goes on", actor=DORA, at=inside.at)
        with refused("decided"):
            decide(session, number, Consent.APPROVED, "", actor=DORA, at=inside.at)
    assert state(inside, going) == Going.CANCELLED


def test_a_day_in_court_is_no_release_and_the_roll_counts_them_out(inside: World) -> None:
    ana = inside.person()
    number = to_court(inside, ana)
    with session_scope(inside.sessions) as session:
        with refused("trip_twice"):
            go_once(session, wish(ana), trip(inside, 2, 3), actor=SAM, at=inside.at)
        with refused("not_left"):
            come_back(session, number, Seen(inside.at), actor=SAM, at=inside.at)
    inside.passage(ana, to_zone="yard")
    inside.later(hours=1)
    goes_out(inside, number)
    with session_scope(inside.sessions, writes=False) as session:
        out = away(session, inside.at)[ana.id]
        assert (out.why, out.where, out.occurrence_id, out.overdue) == (Why.COURT, "Belmopan", number, False)
        assert session.scalars(select(Booking.released_at)).all() == [None], "the stay goes on"
        assert open_booking_of(session, ana.id) is not None
        moved = session.scalars(select(Movement).where(Movement.type == "CRT")).one()
        assert (moved.direction, moved.reason) == ("OUT", "court")
    inside.later(hours=1)
    with session_scope(inside.sessions) as session:
        come_back(session, number, Seen(inside.at), actor=SAM, at=inside.at)
        assert away(session, inside.at) == {}
        directions = session.scalars(
            select(Movement.direction).where(Movement.type == "CRT").order_by(Movement.id)
        )
        assert directions.all() == ["OUT", "IN"]
    assert state(inside, number) == Going.COMPLETED
    assert alarms(inside) == []


def test_the_clock_tells_who_has_not_left_who_is_late_and_who_is_lost(inside: World) -> None:
    ana = inside.person()
    number = to_court(inside, ana)
    watch = AbsenceWatch(inside.sessions)
    inside.later(hours=1, minutes=20)
    watch.tick(inside.at)
    assert alarms(inside) == [("absence_not_left", False)]
    goes_out(inside, number)
    assert alarms(inside) == [("absence_not_left", True)]
    inside.later(hours=2, minutes=50)
    watch.tick(inside.at)
    assert state(inside, number) == Going.IN_PROGRESS, "a quarter of an hour is nothing"
    inside.later(minutes=10)
    watch.tick(inside.at)
    assert (state(inside, number), alarms(inside)[-1]) == (Going.OVERDUE, ("absence_overdue", False))
    with session_scope(inside.sessions) as session:
        expect_later(
            session, number, inside.at + timedelta(hours=1), "the court sits longer", actor=SAM, at=inside.at
        )
    assert (state(inside, number), alarms(inside)[-1]) == (Going.IN_PROGRESS, ("absence_overdue", True))
    inside.later(hours=4)
    for _ in range(2):
        inside.later(seconds=2)
        watch.tick(inside.at)
    assert ("absence_unaccounted", False) in alarms(inside)
    count = len(alarms(inside))
    inside.later(seconds=2)
    watch.tick(inside.at)
    assert len(alarms(inside)) == count, "told once"


def test_the_gate_begins_and_ends_an_absence_and_tells_of_one_that_nobody_allowed(inside: World) -> None:
    ana, bea = inside.person(), inside.person("Chan")
    number = to_court(inside, ana)
    inside.later(hours=1)
    scan(inside, ana, "yard", "outside")
    assert state(inside, number) == Going.IN_PROGRESS
    inside.later(hours=1)
    scan(inside, ana, "outside", "yard")
    assert state(inside, number) == Going.COMPLETED
    assert alarms(inside) == []
    assert moved(inside) == [("CRT", "OUT"), ("CRT", "IN")], "one crossing is one movement"
    scan(inside, bea, "yard", "outside")
    assert alarms(inside) == [("left_without_authority", False)]
    scan(inside, bea, "outside", "yard")
    assert alarms(inside) == [("left_without_authority", True)]


def test_whom_nobody_had_seen_is_away_all_the_same(inside: World) -> None:
    ana = inside.person()
    number = to_court(inside, ana)
    goes_out(inside, number)
    assert moved(inside) == [("CRT", "OUT")]
    with session_scope(inside.sessions, writes=False) as session:
        place = places(session, inside.at, people=[ana.id])[ana.id]
        assert (load(session).zone(place.zone_id).code, place.source) == ("outside", "court_list")


def test_a_leaving_that_is_heard_of_after_the_return_leaves_nobody_away(inside: World) -> None:
    ana, bea = inside.person(), inside.person("Chan")
    number = to_court(inside, ana)
    inside.later(hours=5)
    for one in (ana, bea):
        scan(inside, one, "outside", "yard")
    inside.later(hours=1)
    for one in (ana, bea):
        scan(inside, one, "yard", "outside", inside.at - timedelta(hours=5))
    assert state(inside, number) == Going.COMPLETED
    with session_scope(inside.sessions, writes=False) as session:
        assert away(session, inside.at) == {}
    assert alarms(inside) == [("left_without_authority", True)], "of Chan, and over"


def test_whoever_is_out_by_the_record_and_passes_inside_is_rung_for(inside: World) -> None:
    ana = inside.person()
    number = to_court(inside, ana)
    inside.later(hours=1)
    goes_out(inside, number)
    inside.later(minutes=1)
    scan(inside, ana, "yard", "block-a")
    assert alarms(inside) == [], "what was typed may be wrong by minutes"
    inside.later(minutes=30)
    scan(inside, ana, "block-a", "yard", inside.at - timedelta(hours=1))
    assert alarms(inside) == [], "it was before they left"
    scan(inside, ana, "block-a", "yard")
    assert alarms(inside) == [("inside_while_away", False)]
    assert Watch(inside.sessions).tick(inside.at) == 0
    with session_scope(inside.sessions) as session:
        come_back(session, number, Seen(inside.at), actor=SAM, at=inside.at)
    Watch(inside.sessions).tick(inside.at)
    assert alarms(inside) == [("inside_while_away", True)]


def test_those_who_must_be_kept_apart_travel_in_one_vehicle_only_with_a_second_signature(
    inside: World,
) -> None:
    ana, bea, cy = inside.person(), inside.person("Chan"), inside.person("Cal")
    about = Vehicle("Court, morning", "Bus 2", "Ed Paz", "Two officers")
    trips = [to_court(inside, one) for one in (ana, bea, cy)]
    with session_scope(inside.sessions) as session:
        value = KeptApart(
            other=bea.number, role=Part.VICTIM, other_role=Part.PERPETRATOR,
            restriction=Restriction.BLOCK, reason="threats",
        )  # fmt: skip
        keep_apart(session, session.merge(ana), value, actor=SAM, at=inside.at)
        with pytest.raises(KeptApartError, match="must be kept apart"):
            make_convoy(session, trips, about, actor=SAM, at=inside.at)
        signed = Signed(DORA, "two cages")
        convoy = make_convoy(session, trips, about, signed=signed, actor=SAM, at=inside.at)
        with refused("convoy_changed"):
            make_convoy(session, trips[:1], about, actor=SAM, at=inside.at)
    inside.later(hours=1)
    with session_scope(inside.sessions) as session:
        stayed = convoy_leaves(session, convoy, trips[:2], inside.at, actor=SAM, at=inside.at)
        assert stayed == [trips[2]]
        assert set(away(session, inside.at)) == {ana.id, bea.id}
        assert [line.out for line in convoys(session, inside.at)] == [2]
    inside.later(hours=1)
    with session_scope(inside.sessions) as session:
        missing = convoy_back(session, convoy, trips[:1], inside.at, actor=SAM, at=inside.at)
        assert missing == [trips[1]], "who is not on board is asked for by name"
        about = Vehicle("", "Van 1", "Ed Paz", "Officer Lin")
        with refused("convoy_left"):
            join_convoy(session, convoy, [trips[2]], actor=SAM, at=inside.at)
        change_convoy(session, convoy, about, "the bus broke down", actor=SAM, at=inside.at)
        other = make_convoy(session, [trips[2]], about, actor=SAM, at=inside.at)
        with refused("no_reason"):
            leave_convoy(session, other, [trips[2]], " ", actor=SAM, at=inside.at)
        leave_convoy(session, other, [trips[2]], "ill", actor=SAM, at=inside.at)
        with refused("convoy_left"):
            join_convoy(session, other, [trips[2]], actor=SAM, at=inside.at)
        assert [line.row.vehicle for line in convoys(session, inside.at)] == ["Van 1"]


def test_a_transfer_needs_another_site_a_place_there_and_then_a_cell(inside: World) -> None:
    ana = inside.person()
    with session_scope(inside.sessions) as session:
        with refused("one_site"):
            go_once(session, wish(ana, Why.TRANSFER), trip(inside), actor=SAM, at=inside.at)
        other = b'\n[[site]]\ncode = "south"\nname = "South"\n[[zone]]\ncode = "s-gate"\nname = "Gate"\n'
        more = other + b'kind = "MOVEMENT_AREA"\nsite = "south"\n'
        import_site(session, read_site(SITE + OUTSIDE + more), actor=SAM, at=inside.at)
        number = go_once(session, wish(ana, Why.TRANSFER), trip(inside), actor=SAM, at=inside.at)
        row = session.get_one(Occurrence, number)
        decide(session, row.authorisation_id, Consent.APPROVED, "", actor=DORA, at=inside.at)
    inside.passage(ana, to_zone="yard")
    inside.later(hours=1)
    goes_out(inside, number)
    inside.later(hours=1)
    with session_scope(inside.sessions) as session:
        with refused("no_arrival"):
            come_back(session, number, Seen(inside.at), actor=SAM, at=inside.at)
        gate = session.scalars(select(Zone.id).where(Zone.code == "s-gate")).one()
        come_back(session, number, Seen(inside.at), zone_id=gate, actor=SAM, at=inside.at)
        found = going_with(session, number, inside.at)
        assert found is not None
        assert what_to_know(session, found).needs_home, "the old cell is still theirs by the file"
        booking = open_booking_of(session, ana.id)
        assert booking is not None
        inside.later(minutes=5)
        assign_home(session, booking, "s-gate", effective_at=inside.at, recorded_at=inside.at, actor=SAM)
        assert not what_to_know(session, found).needs_home


def test_leave_that_comes_again_is_planned_day_by_day_until_it_expires(inside: World) -> None:
    ana = inside.person()
    with session_scope(inside.sessions) as session:
        week = TODAY + timedelta(days=1)
        number = ask(
            session,
            wish(ana, Why.WORK, until_on=week, weekdays=frozenset(range(7)), leave_s=25_200, back_s=57_600),
            actor=SAM, at=inside.at,
        )  # fmt: skip
        decide(session, number, Consent.APPROVED, "", actor=DORA, at=inside.at)
    watch = AbsenceWatch(inside.sessions)
    watch.tick(inside.at)
    with session_scope(inside.sessions, writes=False) as session:
        assert [one.leave_at.isoformat() for one in goings(session, inside.at)] == [
            "2026-11-23T13:00:00+00:00"
        ]
    inside.later(days=2)
    watch.tick(inside.at)
    with session_scope(inside.sessions, writes=False) as session:
        assert goings(session, inside.at)[0].consent is Consent.EXPIRED


def test_a_date_in_the_court_diary_is_a_going_out_and_is_called_off_with_it(inside: World) -> None:
    ana, bea = inside.person(), inside.person("Chan")
    sits_at = inside.at + timedelta(hours=20)
    with session_scope(inside.sessions) as session:
        booking = open_booking_of(session, ana.id)
        assert booking is not None
        for video, case in ((False, "C 7/26"), (True, "C 8/26")):
            hearing = Hearing(court="Belmopan", hearing_at=sits_at, purpose="trial", case=case, video=video)
            fix_date(session, ana.id, booking.id, hearing, "notice 3", actor=SAM, at=inside.at)
        ill = open_booking_of(session, bea.id)
        assert ill is not None
        day = Hearing(court="Belmopan", hearing_at=sits_at, purpose="plea")
        fix_date(session, bea.id, ill.id, day, "notice 4", actor=SAM, at=inside.at)
        stays = Trip(inside.at, inside.at + timedelta(days=3), "Officer Lin")
        week = wish(bea, Why.HOSPITAL, until_on=TODAY + timedelta(days=3))
        ward = go_once(session, week, stays, actor=SAM, at=inside.at)
    trips = CourtTrips(inside.sessions)
    assert trips.tick(inside.at) == 1, "a date by video needs nobody to travel"
    assert alarms(inside) == [("court_no_way", False)], "in hospital on the day of the court"
    inside.later(minutes=1)
    assert trips.tick(inside.at) == 0
    with session_scope(inside.sessions) as session:
        call_off(session, ward, "sent back", actor=SAM, at=inside.at)
    inside.later(minutes=1)
    assert trips.tick(inside.at) == 1
    assert alarms(inside) == [("court_no_way", True)]
    with session_scope(inside.sessions, writes=False) as session:
        planned = goings(session, inside.at, people=[ana.id])
        assert [(one.where, one.reference, one.consent) for one in planned] == [
            ("Belmopan", "C 7/26", Consent.APPROVED)
        ]
        assert planned[0].leave_at == sits_at - timedelta(minutes=90)
    with session_scope(inside.sessions) as session:
        court_day = next(one for one in appointments_of(session, [ana.id]) if not one.hearing.video)
        inside.later(days=1)
        said = Outcome(
            outcome=HearingOutcome.NOT_PRODUCED, reference="", not_produced_because="no vehicle",
            next_at=inside.at + timedelta(days=9),
        )  # fmt: skip
        record_outcome(session, court_day, said, seen=court_day.held.row.id, actor=SAM, at=inside.at)
    assert trips.tick(inside.at) == 1
    with session_scope(inside.sessions, writes=False) as session:
        assert goings(session, inside.at, people=[ana.id]) == []
