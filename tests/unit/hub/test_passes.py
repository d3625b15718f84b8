"""Passes: planned with what speaks against them, brought up to date by what is seen, watched by the clock."""

from __future__ import annotations

from dataclasses import replace as replace_gate
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.custody.absence import Why
from hub.custody.actions import assign_home, open_booking_of
from hub.custody.facts.actions import Statement
from hub.custody.facts.actions import state as state_fact
from hub.custody.facts.records import Fact
from hub.custody.life.keep_aparts import KeptApart, Part, Restriction, keep_apart
from hub.custody.life.visits import VISIT, Visit
from hub.custody.records import Person
from hub.custody.sentencing.holidays import accept_holiday, propose_holiday
from hub.custody.stays import RELEASE, Release, ReleaseReason
from hub.database import session_scope
from hub.movements.alarms.records import Alarm
from hub.movements.external.authorising import Trip, Wish, go_once
from hub.movements.external.leaving import Seen, come_back, expect_later, leave
from hub.movements.passages import Passage, Place, Somebody
from hub.movements.passes.anew import sign_for, spoken_against
from hub.movements.passes.changing import cancel_pass, change_times
from hub.movements.passes.escorting import AtGate, note_begun, note_ended, runs_of
from hub.movements.passes.planning import ClashesError, Draft, Override, make_passes
from hub.movements.passes.proving import note_passages
from hub.movements.passes.reading import open_passes, pass_of, steps_of
from hub.movements.passes.records import PassRow, PassSeries
from hub.movements.passes.rules import Escort, PassState, Reason
from hub.movements.passes.series import (
    SeriesDraft,
    add_people,
    begin_series,
    clashes_on,
    end_series,
    remove_person,
)
from hub.movements.passes.series_days import Times, days_ahead, leave_out, move_day
from hub.movements.passes.watch import PassWatch
from hub.movements.records import Zone
from hub.movements.rules import Decision, Proof
from hub.movements.site.files import read_site
from hub.movements.site.importing import import_site
from hub.movements.site.tree import load
from hub.sentences import RefusedError

from .site_world import NOON, SITE, World
from .test_external import OUTSIDE

SAM, SUE = Actor("sam", "10.0.0.1"), Actor("sue", "10.0.0.2")
MONDAY = date(2026, 11, 23)


@pytest.fixture
def inside(world: World) -> World:
    world.site()
    return world


def living(world: World, surname: str = "Novelo", zone: str = "block-a") -> Person:
    person = world.person(surname)
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        assign_home(session, booking, zone, effective_at=world.at, recorded_at=world.at, actor=SAM)
    return person


def zone(world: World, code: str) -> int:
    with session_scope(world.sessions, writes=False) as session:
        return session.scalars(select(Zone.id).where(Zone.code == code)).one()


def draft(world: World, person: Person, to: str = "workshop", *, hours: float = 2, **more: object) -> Draft:
    """May go now, is due there in ten minutes."""
    return Draft(
        person.id, zone(world, to), Reason.WORK, world.at, world.at + timedelta(minutes=10),
        world.at + timedelta(hours=hours), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def plan(world: World, *drafts: Draft, override: Override | None = None) -> list[int]:
    with session_scope(world.sessions) as session:
        return make_passes(session, drafts, override=override, actor=SAM, at=world.at)


def goes(
    world: World, person: Person, to: str, *, at: datetime | None = None, decision: Decision = "ADMIT"
) -> None:
    """Through a checkpoint, as ingest applies it."""
    world.passage(person, decision, "pass", to_zone=to, at=at)
    with session_scope(world.sessions) as session:
        proof = Proof("a-1", b"j" * 16, world.sequence, at or world.at, True)
        who = Somebody(person.id, person.number, person.surname)
        there = Place(zone(world, to), to)
        late = at is not None and at < world.at
        passage = Passage(proof, "w-in", there, there, decision, "pass", who, late=late)
        note_passages(session, [passage], at=world.at)


def state(world: World, number: int) -> str:
    with session_scope(world.sessions, writes=False) as session:
        return session.get_one(PassRow, number).state


def alarms(world: World) -> list[tuple[str, bool]]:
    """(code, over) of each, as they were raised."""
    with session_scope(world.sessions, writes=False) as session:
        return [
            (one.code, one.over_at is not None) for one in session.scalars(select(Alarm).order_by(Alarm.id))
        ]


def test_what_cannot_be_planned_is_refused_and_what_may_be_signed_for_needs_a_second_officer(
    inside: World,
) -> None:
    ana, bea = living(inside), living(inside, "Chan", "yard")
    with pytest.raises(ClashesError) as error:
        plan(inside, draft(inside, ana, "block-a"))
    assert [one.code for one in error.value.plan.found.of(0)] == ["same_zone"]
    first = plan(inside, draft(inside, ana))[0]
    with pytest.raises(ClashesError) as error:
        plan(inside, draft(inside, ana, "yard"), override=None)
    assert "two_at_once" in [one.code for one in error.value.plan.found.of(0)]
    with session_scope(inside.sessions) as session:
        value = KeptApart(
            other=bea.number, role=Part.VICTIM, other_role=Part.PERPETRATOR,
            restriction=Restriction.CELL, reason="threats",
        )  # fmt: skip
        keep_apart(session, session.merge(ana), value, actor=SUE, at=inside.at)
    with pytest.raises(ClashesError) as error:
        plan(inside, draft(inside, bea))
    assert [one.code for one in error.value.plan.found.of(0)] == ["keep_apart"]
    assert ana.number in str(error.value.plan.found.of(0)[0].words)
    number = plan(inside, draft(inside, bea), override=Override(SUE, "the other one is brought back first"))[
        0
    ]
    with session_scope(inside.sessions, writes=False) as session:
        assert [step.what for step in steps_of(session, number)] == ["MADE", "SIGNED"]
        found = pass_of(session, number, inside.at)
        assert found is not None
        assert (found.made_by, found.signed_by, found.state) == ("sam", "sue", "DUE")
        assert [one.id for one in open_passes(session, inside.at, people=[ana.id])] == [first]


def test_a_pass_follows_its_person_there_and_back(inside: World) -> None:
    ana = living(inside)
    number = plan(inside, draft(inside, ana))[0]
    watch = PassWatch(inside.sessions)
    inside.later(minutes=1)
    goes(inside, ana, "yard")
    assert state(inside, number) == PassState.DEPARTED
    inside.later(minutes=2)
    goes(inside, ana, "workshop")
    assert state(inside, number) == PassState.ARRIVED
    inside.later(hours=2)
    watch.tick(inside.at)
    goes(inside, ana, "yard")
    inside.later(minutes=1)
    goes(inside, ana, "block-a")
    assert state(inside, number) == PassState.RETURNED
    watch.tick(inside.at)
    with session_scope(inside.sessions, writes=False) as session:
        assert open_passes(session, inside.at) == []
        steps = [(step.what, step.evidence) for step in steps_of(session, number)]
        assert [what for what, _ in steps] == ["MADE", "DEPARTED", "ARRIVED", "LEFT", "RETURNED"]
        assert steps[1][1].startswith("a-1 "), "each step names the entry that proves it"
    assert alarms(inside) == []


def test_whoever_stays_for_the_next_hours_is_there_for_both_and_late_for_none(inside: World) -> None:
    ana = living(inside)
    signed = Override(SUE, "midday at the bench")
    morning = plan(inside, draft(inside, ana, hours=1))[0]
    start = inside.at + timedelta(hours=1, minutes=5)
    after = replace_gate(
        draft(inside, ana), from_at=start, there_at=start, until_at=start + timedelta(hours=2)
    )
    second = plan(inside, after, override=signed)[0]
    inside.later(minutes=2)
    goes(inside, ana, "workshop")
    watch = PassWatch(inside.sessions)
    inside.later(minutes=90)
    for _ in range(2):
        inside.later(seconds=2)
        watch.tick(inside.at)
    assert (state(inside, morning), state(inside, second)) == (PassState.ARRIVED, PassState.ARRIVED)
    inside.later(hours=1)
    goes(inside, ana, "block-a")
    assert (state(inside, morning), state(inside, second)) == (PassState.RETURNED, PassState.RETURNED)
    assert alarms(inside) == []


def test_time_alone_makes_somebody_on_the_way_overdue_and_then_unaccounted_for(inside: World) -> None:
    ana = living(inside)
    number = plan(inside, draft(inside, ana))[0]
    inside.later(minutes=1)
    goes(inside, ana, "yard")
    watch = PassWatch(inside.sessions)
    inside.later(minutes=30)
    watch.tick(inside.at)
    assert state(inside, number) == PassState.UNACCOUNTED or state(inside, number) == PassState.OVERDUE
    inside.later(minutes=30)
    watch.tick(inside.at)
    assert state(inside, number) == PassState.UNACCOUNTED
    assert ("pass_unaccounted", False) in alarms(inside)
    # The workshop's terminal was away, and tells now that she came there in time.
    goes(inside, ana, "workshop", at=inside.at - timedelta(minutes=57))
    assert state(inside, number) == PassState.ARRIVED
    assert ("pass_unaccounted", True) in alarms(inside), "the cause ended, and somebody still has to close it"
    with session_scope(inside.sessions, writes=False) as session:
        assert "FOUND" in [step.what for step in steps_of(session, number)]


def test_who_stays_at_home_is_on_the_board_and_rings_nothing(inside: World) -> None:
    ana = living(inside)
    goes(inside, ana, "block-a")
    number = plan(inside, draft(inside, ana, hours=0.5))[0]
    watch = PassWatch(inside.sessions)
    inside.later(minutes=20)
    watch.tick(inside.at)
    assert (state(inside, number), alarms(inside)) == (PassState.OVERDUE, [])
    inside.later(minutes=20)
    watch.tick(inside.at)
    assert (state(inside, number), alarms(inside)) == (PassState.NOT_USED, [])
    with pytest.raises(Exception, match="over already"), session_scope(inside.sessions) as session:
        cancel_pass(session, number, "no need", actor=SAM, at=inside.at)


def test_two_who_must_not_meet_are_told_of_before_they_do(inside: World) -> None:
    ana, bea = living(inside), living(inside, "Chan", "yard")
    for person in (ana, bea):
        plan(inside, draft(inside, person))
    with session_scope(inside.sessions) as session:
        value = KeptApart(
            other=bea.number, role=Part.VICTIM, other_role=Part.PERPETRATOR,
            restriction=Restriction.CELL, reason="threats",
        )  # fmt: skip
        keep_apart(session, session.merge(ana), value, actor=SUE, at=inside.at)
    goes(inside, bea, "workshop")
    inside.later(seconds=5)
    goes(inside, ana, "yard")
    watch = PassWatch(inside.sessions)
    watch.tick(inside.at)
    assert alarms(inside) == [("keep_apart_near", False)]
    inside.later(seconds=5)
    watch.tick(inside.at)
    assert alarms(inside) == [("keep_apart_near", False)], "one cause rings once"
    goes(inside, ana, "block-a")
    inside.later(seconds=5)
    watch.tick(inside.at)
    assert alarms(inside)[0] == ("keep_apart_near", True), "she turned back"


def test_a_series_makes_its_days_and_says_whom_it_left_out(inside: World) -> None:
    ana, bea = living(inside), living(inside, "Chan")
    today = date(2026, 11, 22)
    with session_scope(inside.sessions) as session:
        morning = SeriesDraft(
            "Carpentry", Reason.WORK, zone(inside, "workshop"), 28_800, 29_400, 43_200, frozenset(range(7)), today,
            escort=Escort.GROUP, officer="oto",
        )  # fmt: skip
        number = begin_series(session, morning, actor=SAM, at=inside.at)
        assert add_people(session, number, [ana.id, bea.id], actor=SAM, at=inside.at) == 2
        assert add_people(session, number, [ana.id], actor=SAM, at=inside.at) == 0
        other = SeriesDraft(
            "School", Reason.SCHOOL, zone(inside, "yard"), 32_400, 32_400, 46_800, frozenset({0}), today
        )
        school = begin_series(session, other, actor=SAM, at=inside.at)
        add_people(session, school, [bea.id], actor=SAM, at=inside.at)
    watch = PassWatch(inside.sessions)
    watch.tick(inside.at)
    with session_scope(inside.sessions, writes=False) as session:
        found = open_passes(session, inside.at)
        assert len({one.group for one in found if one.escort == "GROUP"}) == 1, "one group a day"
        assert {one.from_at.isoformat() for one in found} == {"2026-11-23T14:00:00+00:00"}, (
            "eight at the site"
        )
        left_out = [(clash.codes, person.id) for clash, person in clashes_on(session, date(2026, 11, 23))]
        assert left_out == [("two_at_once", bea.id)]
    inside.later(minutes=1)
    assert watch.tick(inside.at) == 0, "nothing is made twice"
    with session_scope(inside.sessions) as session:
        leave_out(session, number, date(2026, 11, 23), "holiday", actor=SAM, at=inside.at)
        end_series(session, school, "no teacher", actor=SAM, at=inside.at)
    with session_scope(inside.sessions, writes=False) as session:
        assert open_passes(session, inside.at) == []


def apart(world: World, one: Person, other: Person) -> None:
    with session_scope(world.sessions) as session:
        value = KeptApart(
            other=other.number, role=Part.VICTIM, other_role=Part.PERPETRATOR,
            restriction=Restriction.CELL, reason="threats",
        )  # fmt: skip
        keep_apart(session, session.merge(one), value, actor=SUE, at=world.at)


def test_what_was_signed_for_holds_of_a_series_and_nothing_else_does(inside: World) -> None:
    ana, bea = living(inside), living(inside, "Chan")
    apart(inside, ana, bea)
    with session_scope(inside.sessions) as session:
        shop = SeriesDraft(
            "Shop", Reason.WORK, zone(inside, "workshop"), 28_800, 29_400, 43_200, frozenset(range(7)), MONDAY
        )  # fmt: skip
        number = begin_series(session, shop, actor=SAM, at=inside.at)
        add_people(session, number, [ana.id], actor=SAM, at=inside.at)
    watch = PassWatch(inside.sessions)
    watch.tick(inside.at)
    with session_scope(inside.sessions) as session:
        with pytest.raises(ClashesError):
            add_people(session, number, [bea.id], actor=SAM, at=inside.at)
        signed = Override(SUE, "at two benches")
        add_people(session, number, [bea.id], override=signed, actor=SAM, at=inside.at)
    inside.later(seconds=31)
    watch.tick(inside.at)
    with session_scope(inside.sessions) as session:
        found = {one.person_id: one for one in open_passes(session, inside.at)}
        assert (found[ana.id].signed_by, found[bea.id].signed_by) == ("", "sue")
        assert spoken_against(session, inside.at, inside.at + timedelta(days=2)) == [], "both know of it"
        remove_person(session, number, bea.id, actor=SAM, at=inside.at)
        steps = [(step.what, step.by) for step in steps_of(session, found[bea.id].id)]
        assert steps[-1] == ("CANCELLED", "sam"), "gates hear of it by this step"
        add_people(session, number, [bea.id], override=signed, actor=SAM, at=inside.at)
        half = Times(28_800, 29_400, 36_000)
        move_day(session, number, date(2026, 11, 23), half, "market day", actor=SAM, at=inside.at)
    inside.later(seconds=31)
    watch.tick(inside.at)
    with session_scope(inside.sessions) as session:
        found = {one.person_id: one for one in open_passes(session, inside.at)}
        assert {one.until_at for one in found.values()} == {datetime(2026, 11, 23, 16, tzinfo=UTC)}
        assert set(found) == {ana.id, bea.id}, "whoever was taken off by mistake goes again"
        late = inside.at + timedelta(days=1)
        change_times(session, found[ana.id].id, found[ana.id].there_at, late, "late", actor=SAM, at=inside.at)


def test_a_holiday_is_no_day_of_work_and_other_times_meet_what_speaks_against_them(inside: World) -> None:
    ana, bea = living(inside), living(inside, "Chan")
    apart(inside, ana, bea)
    with session_scope(inside.sessions) as session:
        day = propose_holiday(
            session, date(2026, 11, 23), "A day of rest", "S.I. 1 of 2026", actor=SAM, at=inside.at
        )
        accept_holiday(session, day.id, actor=SUE, at=inside.at)
        shop = SeriesDraft(
            "Shop", Reason.WORK, zone(inside, "workshop"), 28_800, 29_400, 43_200, frozenset({0, 1}), date(2026, 11, 23)
        )  # fmt: skip
        number = begin_series(session, shop, actor=SAM, at=inside.at)
        row = session.get_one(PassSeries, number)
        days = days_ahead(session, row, date(2026, 11, 22))
        assert [(one.on.day, one.times is None) for one in days[:2]] == [(23, True), (24, False)]
        assert days[0].holiday == "A day of rest"
    one = plan(inside, draft(inside, ana, hours=1))[0]
    later = replace_gate(
        draft(inside, bea),
        from_at=inside.at + timedelta(hours=3),
        there_at=inside.at + timedelta(hours=3),
        until_at=inside.at + timedelta(hours=4),
    )
    other = plan(inside, later)[0]
    times = (inside.at + timedelta(minutes=10), inside.at + timedelta(hours=1))
    with pytest.raises(ClashesError), session_scope(inside.sessions) as session:
        change_times(session, other, *times, "sooner", actor=SAM, at=inside.at)
    with session_scope(inside.sessions) as session:
        change_times(
            session, other, *times, "sooner", override=Override(SUE, "two rooms"), actor=SAM, at=inside.at
        )
        found = pass_of(session, other, inside.at)
        assert found is not None
        assert found.signed_by == "sue"
        told = [
            (held.id, [clash.code for clash in why])
            for held, why in spoken_against(session, inside.at, times[1])
        ]
        assert told == [], "whoever signed for one of two knew of the other"
    cal = living(inside, "Requena")
    third = plan(inside, draft(inside, cal, hours=1))[0]
    apart(inside, ana, cal)
    with session_scope(inside.sessions) as session:
        heard = {
            held.id: [clash.about for clash in why]
            for held, why in spoken_against(session, inside.at, times[1])
        }
        assert heard == {one: [cal.number], third: [ana.number]}, "a keep-apart that came after the plan"
        with pytest.raises(RefusedError, match="another person"):
            sign_for(session, one, Override(SAM, "mine"), actor=SAM, at=inside.at)
        sign_for(session, one, Override(SUE, "two rooms"), actor=SAM, at=inside.at)
        assert spoken_against(session, inside.at, times[1]) == []


def test_whoever_is_to_go_out_has_a_pass_through_the_gates_that_follows_the_order(inside: World) -> None:
    with session_scope(inside.sessions) as session:
        import_site(session, read_site(SITE + OUTSIDE), actor=SAM, at=inside.at)
    ana = living(inside)
    goes(inside, ana, "block-a")
    with session_scope(inside.sessions) as session:
        today = date(2026, 11, 22)
        wish = Wish(ana.id, Why.COURT, "Belmopan", "W 7/2026", today, today)
        trip = Trip(inside.at + timedelta(minutes=30), inside.at + timedelta(hours=4), "Officer Cal")
        going = go_once(session, wish, trip, actor=SAM, at=inside.at)
    watch = PassWatch(inside.sessions)
    watch.tick(inside.at)
    with session_scope(inside.sessions) as session:
        (held,) = open_passes(session, inside.at)
        assert (held.going, held.escort, held.from_at) == (
            going,
            "OFFICER",
            inside.at - timedelta(minutes=30),
        )
        assert [load(session).zone(one).code for one in held.route] == ["block-a", "yard", "outside"]
        with pytest.raises(RefusedError, match="follows the going out"):
            cancel_pass(session, held.id, "no", actor=SAM, at=inside.at)
        expect_later(session, going, inside.at + timedelta(hours=5), "sits longer", actor=SAM, at=inside.at)
    inside.later(minutes=10)
    goes(inside, ana, "yard")
    inside.later(minutes=20)
    with session_scope(inside.sessions) as session:
        leave(session, going, Seen(inside.at), actor=SAM, at=inside.at)
    watch.tick(inside.at)
    assert state(inside, held.id) == PassState.ARRIVED
    inside.later(hours=6)
    watch.tick(inside.at)
    assert (state(inside, held.id), alarms(inside)) == (PassState.ARRIVED, []), (
        "late outside is told of there"
    )
    with session_scope(inside.sessions) as session:
        assert pass_of(session, held.id, inside.at).until_at == NOON + timedelta(hours=5)  # type: ignore[union-attr]
        come_back(session, going, Seen(inside.at), actor=SAM, at=inside.at)
    inside.later(seconds=2)
    watch.tick(inside.at)
    assert state(inside, held.id) == PassState.DEPARTED, "in the prison, and not yet at home"
    inside.later(hours=3)
    watch.tick(inside.at)
    assert alarms(inside) == [("pass_unaccounted", False)], "between the gate and the block somebody was lost"
    with session_scope(inside.sessions) as session:
        stay = open_booking_of(session, ana.id)
        assert stay is not None
        value = Release(inside.at, ReleaseReason.BAIL, "BO 7", "sam", "sue", "seen")
        said = Statement(RELEASE, value, inside.at, "BO 7", booking_id=stay.id)
        state_fact(session, ana.id, said, actor=SAM, at=inside.at)
    watch.tick(inside.at)
    inside.later(seconds=31)
    watch.tick(inside.at)
    assert (state(inside, held.id), alarms(inside)) == (PassState.CANCELLED, [("pass_unaccounted", True)])


def test_whoever_is_at_court_is_not_missed_on_a_pass(inside: World) -> None:
    ana = living(inside)
    signed = Override(SUE, "one of the two")
    numbers = plan(inside, draft(inside, ana, hours=1))
    numbers += plan(inside, draft(inside, ana, "yard", hours=9), override=signed)
    with session_scope(inside.sessions) as session:
        today = date(2026, 11, 22)
        wish = Wish(ana.id, Why.COURT, "Belmopan", "W 7/2026", today, today)
        trip = Trip(inside.at, inside.at + timedelta(hours=4))
        going = go_once(session, wish, trip, actor=SAM, at=inside.at)
        leave(session, going, Seen(inside.at), actor=SAM, at=inside.at)
    inside.later(minutes=40)
    PassWatch(inside.sessions).tick(inside.at)
    assert [state(inside, number) for number in numbers] == [PassState.CANCELLED, PassState.DUE]
    assert alarms(inside) == []


def test_a_booked_visit_becomes_a_pass_and_is_cancelled_with_it(inside: World) -> None:
    ana = living(inside)
    visits = b'[[zone]]\ncode = "visits"\nname = "Visits"\nkind = "VISITS"\n'
    with session_scope(inside.sessions) as session:
        import_site(session, read_site(SITE + visits), actor=SAM, at=inside.at)
        booking = open_booking_of(session, ana.id)
        assert booking is not None
        value = Visit(visitors=(), visit_at=inside.at + timedelta(hours=3))
        said = Statement(VISIT, value, value.visit_at, booking_id=booking.id)
        row = state_fact(session, ana.id, said, actor=SAM, at=inside.at).id
    watch = PassWatch(inside.sessions)
    watch.tick(inside.at)
    with session_scope(inside.sessions) as session:
        made = open_passes(session, inside.at)
        assert [(one.reason, one.there_at) for one in made] == [("VISITS", value.visit_at)]
        off = Statement(
            VISIT,
            replace(value, outcome="cancelled"),
            value.visit_at,
            booking_id=session.get_one(Fact, row).booking_id,
        )
        state_fact(session, ana.id, off, actor=SAM, at=inside.at, item=row)
    inside.later(minutes=1)
    watch.tick(inside.at)
    assert state(inside, made[0].id) == PassState.CANCELLED


def test_whoever_was_counted_in_and_not_through_is_told_of_by_number(inside: World) -> None:
    gate = AtGate(7, "w-in", "oto", ["P-000001", "P-000002"], "w-1", inside.at)
    with session_scope(inside.sessions) as session:
        note_begun(session, gate, inside.at)
        note_ended(session, replace_gate(gate, people=["P-000001"], missing=["P-000002"]), inside.at)
    assert alarms(inside) == [("escort_short", False)]
    with session_scope(inside.sessions) as session:
        alarm = session.scalars(select(Alarm)).one()
        assert (alarm.evidence["missing"], alarm.evidence["passed"]) == (["P-000002"], ["P-000001"])
        note_ended(session, replace_gate(gate, people=["P-000001", "P-000002"]), inside.at)
        assert [run.what for run in runs_of(session, 7)] == ["BEGUN", "ENDED", "ENDED"]
    assert alarms(inside) == [("escort_short", True)]
