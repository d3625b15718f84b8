"""Leading a count: what holds the gates, what is hidden, what opens a cleared one again, and who may end it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.accounts.audit import Actor
from hub.database import session_scope
from hub.headcount import explaining, from_paper, leading, muster
from hub.headcount.explaining import Named
from hub.headcount.from_paper import PaperCount
from hub.headcount.leading import Asked, announce
from hub.headcount.limits import Rules, set_rules
from hub.headcount.loading import facts_of, roster
from hub.headcount.reading import Viewer, blind_units, counts_for, open_sessions, out_counts_for, session_view
from hub.headcount.records import Headcount, HeadcountSlip, Muster
from hub.headcount.rules import reckon
from hub.headcount.schedule import CountWatch, slots
from hub.headcount.states import State
from hub.headcount.values import What
from hub.movements.alarms.reading import open_alarms
from hub.movements.orders.actions import end
from hub.movements.whereabouts.places import places
from hub.sentences import RefusedError
from wire.happenings import CountKind, CountMethod, OutCountStep
from wire.unit import CountPhase

from .count_world import CORA, Prison, prison
from .site_world import World

OTTO = Actor("otto", "10.0.0.2")


@pytest.fixture
def inside(world: World) -> Prison:
    return prison(world)


def test_a_whole_count_with_one_hiding_and_one_counted_twice(world: World, inside: Prison) -> None:
    """Announced, frozen, counted blind, recounted by name, cleared; the gates are held until then and not a moment
    longer."""
    number = inside.announce()
    assert inside.orders() == []
    with pytest.raises(RefusedError, match="Freeze first"):
        inside.lead(number, "begin")
    inside.lead(number, "freeze")
    assert inside.orders() == ["HOLD"]
    with session_scope(world.sessions) as session, pytest.raises(RefusedError, match="clears or cancels"):
        end(session, 1, reason="let me through", actor=OTTO, now=world.at)
    inside.lead(number, "begin")
    world.later(seconds=60)
    inside.slip(number, "a", 2)
    assert inside.state(number) is State.COUNTING
    with pytest.raises(RefusedError, match="No slip yet of: b"):
        inside.lead(number, "clear")
    inside.slip(number, "b", 3)
    assert inside.state(number) is State.RECONCILING
    with pytest.raises(RefusedError, match="does not agree"):
        inside.lead(number, "clear")

    inside.recount(number, "a", "b")
    world.later(seconds=60)
    inside.named(number, "a", 1, 0, 2)
    assert inside.state(number) is State.RECOUNT
    inside.named(number, "b", 1, 3, 4, 0)
    with session_scope(world.sessions, writes=False) as session:
        found = reckon(facts_of(session, session.get_one(Headcount, number), world.at))
    assert [one.person for one in found.unit("a").missing] == [inside.people[1].id]
    assert [one.person for one in found.twice] == [inside.people[0].id]
    assert "count_missed" in inside.alarms()

    inside.recount(number, "a", "b")
    world.later(seconds=60)
    inside.named(number, "a", 2, 0, 1, 2)
    inside.named(number, "b", 2, 3, 4)
    inside.lead(number, "clear")
    assert (inside.state(number), inside.orders()) == (State.CLEARED, [])
    with session_scope(world.sessions, writes=False) as session:
        held = places(session, world.at, people=[inside.people[1].id])[inside.people[1].id]
    assert (held.source, held.proven_at) == ("count", world.at), "a mark by name proves the place"


def test_a_late_slip_opens_a_cleared_count_again_and_says_so(world: World, inside: Prison) -> None:
    number = inside.counting()
    inside.slip(number, "a", 3)
    inside.slip(number, "b", 2)
    inside.lead(number, "clear")
    counted_at = world.at - timedelta(seconds=5)
    world.later(minutes=30)
    inside.slip(number, "a", 2, told=inside.told(counted_at))
    assert inside.state(number) is State.REVISED
    assert "SLIP_LATE" in inside.steps(number)
    assert "count_revised" in inside.alarms()
    inside.slip(number, "a", 3, 1)
    inside.lead(number, "clear")
    assert inside.state(number) is State.CLEARED


def test_the_same_entry_twice_is_one_slip(world: World, inside: Prison) -> None:
    number, told = inside.counting(), inside.told()
    for _ in range(2):
        inside.slip(number, "a", 3, told=told)
    with session_scope(world.sessions, writes=False) as session:
        assert session.query(HeadcountSlip).count() == 1


def test_an_out_count_is_expected_at_home_until_another_officer_accepts(world: World, inside: Prison) -> None:
    number = inside.counting()
    inside.out(number, 0, "clinic", OutCountStep.DECLARED, "ann")
    inside.slip(number, "a", 2)
    inside.slip(number, "b", 2)
    with pytest.raises(RefusedError, match="does not agree"):
        inside.lead(number, "clear")
    with session_scope(world.sessions, writes=False) as session:
        first = session_view(session, number, Viewer("cora", True), world.at)
        assert first is not None
        assert first.reckoning is not None
        assert first.reckoning.unit("a").candidates[0].person == inside.people[0].id
        shown = out_counts_for(session, ["a"])
    assert [(one.person, one.accepted_by) for one in shown] == [(inside.people[0].number, "")]
    inside.out(number, 0, "clinic", OutCountStep.ACCEPTED, "nurse")
    inside.lead(number, "clear")
    assert inside.state(number) is State.CLEARED


def test_whoever_counts_sees_no_totals_until_the_first_slip(world: World, inside: Prison) -> None:
    number = inside.announce()
    officer = Viewer("ann", False)
    with session_scope(world.sessions, writes=False) as session:
        view = session_view(session, number, officer, world.at)
        assert view is not None
        assert view.reckoning is None
        assert all(unit.hidden and unit.reckoning is None for unit in view.units)
        assert blind_units(session) == {"a", "b"}
        assert [one.blind for one in counts_for(session, ["a"], world.at)] == [True]
    inside.slip(number, "a", 0)
    with session_scope(world.sessions, writes=False) as session:
        assert blind_units(session) == {"a", "b"}, (
            "a slip signed before movement stopped buys no look at the roll"
        )
        assert [(one.blind, one.slips) for one in counts_for(session, ["a"], world.at)] == [(True, 0)]
        view = session_view(session, number, officer, world.at)
        assert view is not None
        assert all(unit.hidden for unit in view.units)
    world.later(seconds=60)
    inside.lead(number, "freeze")
    inside.lead(number, "begin")
    world.later(seconds=60)
    inside.slip(number, "a", 2)
    with session_scope(world.sessions, writes=False) as session:
        assert blind_units(session) == {"b"}
        view = session_view(session, number, officer, world.at)
        assert view is not None
        assert [unit.hidden for unit in view.units] == [False, True]
        assert view.reckoning is None, "the sum would tell what is hidden"
        control = session_view(session, number, Viewer("cora", True), world.at)
        assert control is not None
        assert control.reckoning is not None


def test_a_terminal_is_told_of_its_recount_with_plus_minus_and_candidates(
    world: World, inside: Prison
) -> None:
    number = inside.counting()
    inside.slip(number, "a", 2)
    inside.slip(number, "b", 2)
    inside.recount(number, "a")
    with session_scope(world.sessions, writes=False) as session:
        (one,) = counts_for(session, ["a"], world.at)
        (other,) = counts_for(session, ["b"], world.at)
        (brief,) = open_sessions(session, world.at)
    assert (one.phase, one.recount, one.method, one.off) == (CountPhase.RECOUNT, 1, CountMethod.BY_NAME, -1)
    assert set(one.candidates) == {person.number for person in inside.people[:3]}
    assert (other.off, other.candidates) == (None, [])
    assert (brief.units_in, brief.off_plus, brief.off_minus, len(brief.recounts)) == (2, 0, 1, 1)


def test_a_rung_is_left_out_only_for_a_reason_and_the_count_knows_it(world: World, inside: Prison) -> None:
    number = inside.counting()
    inside.slip(number, "a", 2)
    inside.slip(number, "b", 2)
    with pytest.raises(RefusedError, match="left out"):
        inside.recount(number, "a", rung=State.BIOMETRIC)
    inside.recount(number, "a", rung=State.BIOMETRIC, reason="names are not known here")
    assert inside.state(number) is State.BIOMETRIC
    inside.recount(number, rung=State.EMERGENCY)
    assert inside.state(number) is State.EMERGENCY


def test_an_explanation_counts_when_somebody_else_accepted_it(world: World, inside: Prison) -> None:
    number = inside.counting()
    inside.slip(number, "a", 2)
    inside.slip(number, "b", 2)
    with session_scope(world.sessions) as session:
        count, person = session.get_one(Headcount, number), inside.people[2]
        with pytest.raises(RefusedError, match="what proves it"):
            explaining.explain(
                session, count, Named("a", What.ABSENT, person.id, "clinic", "nurse", ""), number=person.number,
                actor=CORA, at=world.at,
            )  # fmt: skip
        named = Named("a", What.ABSENT, person.id, "clinic", "nurse Requena", "seen in bed 3")
        row = explaining.explain(session, count, named, number=person.number, actor=CORA, at=world.at)
        with pytest.raises(RefusedError, match="Somebody else"):
            explaining.accept(session, count, row.id, actor=CORA, at=world.at)
        explaining.accept(session, count, row.id, actor=OTTO, at=world.at)
    inside.lead(number, "clear")
    assert inside.state(number) is State.CLEARED


def test_two_counts_never_hold_one_unit_and_a_cancelled_one_says_why(world: World, inside: Prison) -> None:
    number = inside.counting()
    with pytest.raises(RefusedError, match=f"being counted in count {number}"):
        inside.announce(CountKind.EMERGENCY)
    with pytest.raises(RefusedError, match="Write why"):
        inside.lead(number, "cancel", reason="")
    inside.lead(number, "cancel", reason="fire alarm in block A")
    assert inside.orders() == []
    second = inside.announce(CountKind.EMERGENCY)
    assert inside.state(second) is State.COUNTING
    assert inside.orders() == ["HOLD"]


def test_an_informal_count_holds_nobody_and_an_unannounced_slip_makes_one(
    world: World, inside: Prison
) -> None:
    number = inside.announce(CountKind.INFORMAL, units=("b",))
    assert (inside.state(number), inside.orders()) == (State.COUNTING, [])
    inside.slip(0, "a", 3)
    with session_scope(world.sessions, writes=False) as session:
        own = session.query(Headcount).order_by(Headcount.id.desc()).first()
        assert own is not None
        assert (own.kind, own.state, own.announced_by) == ("INFORMAL", "RECONCILING", "schedule")
    world.later(seconds=30)
    inside.slip(0, "b", 2)
    assert inside.state(number) is State.RECONCILING, "a slip without number is of the count that runs then"
    inside.announce(CountKind.FORMAL, units=("a",))  # what a unit counted by itself is in nobody's way


def test_the_roster_is_that_of_the_moment_when_movement_stopped(world: World, inside: Prison) -> None:
    number = inside.counting()
    world.later(minutes=5)
    world.person("Late", "Comer")
    with session_scope(world.sessions, writes=False) as session:
        found = reckon(facts_of(session, session.get_one(Headcount, number), world.at))
        assert (found.roll, found.expected) == (5, 5)
        now = roster(session, world.at)
        assert (now.roll, len(now.no_unit)) == (6, 1)


def test_the_schedule_says_what_was_not_held_once_and_warns_of_a_late_unit(
    world: World, inside: Prison
) -> None:
    watch = CountWatch(world.sessions)
    world.later(hours=1)
    assert watch.tick(world.at) == 0, "a schedule that nobody set is a proposal"
    with session_scope(world.sessions) as session, pytest.raises(RefusedError, match="four counts"):
        set_rules(session, Rules(hours=[]), effective_at=world.at, reason="too many", actor=CORA, at=world.at)
    with session_scope(world.sessions) as session:
        set_rules(session, Rules(), effective_at=world.at, reason="as ordered", actor=CORA, at=world.at)
    due = slots(Rules(), world.at, world.at + timedelta(days=1))
    assert len(due) == 4
    world.at = due[0].freeze_at + timedelta(seconds=901)
    for one in (watch, CountWatch(world.sessions)):
        world.later(seconds=6)
        one.tick(world.at)
    not_held = inside.alarms().count("count_not_held")
    assert not_held == 1, "not those of the hours before anybody set a schedule"
    watch.tick(world.at + timedelta(seconds=20))
    assert inside.alarms().count("count_not_held") == not_held
    with session_scope(world.sessions) as session:
        announce(session, Asked(CountKind.INFORMAL), actor=CORA, at=world.at)
    world.later(seconds=1_300)
    watch.tick(world.at)
    assert inside.alarms().count("count_late_unit") == 2
    with session_scope(world.sessions) as session:
        leading.cancel(session, session.get_one(Headcount, 1), reason="over", actor=CORA, at=world.at)
    number = inside.announce()
    for _ in range(3):
        world.later(seconds=Rules().announce_s)
        watch.tick(world.at)
    assert inside.alarms().count("count_not_frozen") == 1
    assert inside.steps(number)[-1] == "NOT_FROZEN"


def test_counts_on_paper_become_counts_of_that_hour_or_answer_the_one_that_was_open(
    world: World, inside: Prison
) -> None:
    dark = world.at + timedelta(hours=1)
    rows = [
        PaperCount("a", 3, ("ann", "bob"), dark, 1),
        PaperCount("b", 1, ("cy", "dee"), dark + timedelta(minutes=5), 2),
        PaperCount("yard", 4, ("cy", "dee"), dark, 3),
        PaperCount("a", 3, ("ann", "bob"), dark + timedelta(minutes=50), 4),
    ]
    world.later(hours=4)
    with session_scope(world.sessions) as session:
        made = from_paper.enter(session, b"p" * 16, "night book 12", rows, actor=CORA, at=world.at)
        first, second = session.get_one(Headcount, made[1]), session.get_one(Headcount, made[4])
        assert set(made) == {1, 2, 4}, "in the yard nobody counts"
        assert made[1] == made[2] != made[4], "a unit that comes twice is another count"
        assert (first.paper, first.state, first.effective_at) == ("night book 12", "RECONCILING", dark)
        found = reckon(facts_of(session, first, world.at))
        assert [unit.off for unit in found.units] == [0, -1]
        assert found.unit("a").flags[0][1] == (), "a book has no beginning to be too fast by"
        from_paper.take_back(session, b"p" * 16, "another night", actor=CORA, at=world.at)
        assert {first.state, second.state} == {"CANCELLED"}
    number = inside.counting()
    inside.slip(number, "b", 2)
    world.later(hours=2)
    late = [PaperCount("a", 3, ("ann", "bob"), world.at - timedelta(hours=1), 1)]
    with session_scope(world.sessions) as session:
        assert from_paper.enter(session, b"q" * 16, "page 13", late, actor=CORA, at=world.at) == {1: number}
    inside.lead(number, "clear")
    with (
        session_scope(world.sessions) as session,
        pytest.raises(RefusedError, match="was cleared with this batch"),
    ):
        from_paper.take_back(session, b"q" * 16, "another night", actor=CORA, at=world.at)


def test_a_muster_knows_who_was_inside_who_was_seen_and_who_was_not(world: World, inside: Prison) -> None:
    number = inside.counting()
    inside.named(number, "a", 0, 0, 1)
    with session_scope(world.sessions) as session:
        held = muster.begin(session, ["a"], "smoke", actor=CORA, at=world.at).id
    world.later(minutes=2)
    with session_scope(world.sessions) as session:
        row = session.get_one(Muster, held)
        found = muster.lists(session, row, world.at)
        inside_then = {one.person.surname: one.sure for one in found.was}
        assert inside_then == {"Alvarez": True, "Bol": True, "Cal": False}, (
            "Cal lives there and is proven nowhere"
        )
        assert len(found.not_seen) == 3
        muster.see(session, row, inside.people[0], "yard gate", back=False, actor=CORA, at=world.at)
    inside.named(0, "b", 0, 1)
    with session_scope(world.sessions) as session:
        row = session.get_one(Muster, held)
        found = muster.lists(session, row, world.at)
        assert {one.was.person.surname: one.place for one in found.seen} == {
            "Alvarez": "yard gate",
            "Bol": "Block B",
        }
        assert [one.person.surname for one in found.not_seen] == ["Cal"]
        with pytest.raises(RefusedError, match="1 people were not seen"):
            muster.end(session, row, "", actor=CORA, at=world.at)
        muster.see(session, row, inside.people[0], "", back=True, actor=CORA, at=world.at)
        assert len(muster.lists(session, row, world.at).not_seen) == 2
        (rung,) = [one for one in open_alarms(session, world.at) if one.code == "muster"]
        assert (rung.rank, rung.zone_name, rung.over_at is not None) == (1, "Block A", False)
        muster.end(session, row, "found at the kitchen", actor=CORA, at=world.at)
        assert [
            one.over_at is not None for one in open_alarms(session, world.at) if one.code == "muster"
        ] == [True]
