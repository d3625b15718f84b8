"""Counts reckoned by hand: each example says what was counted and what that comes to, and every figure is checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.headcount.beds import Bedding, compare
from hub.headcount.candidates import Why
from hub.headcount.expecting import expected, fold
from hub.headcount.flags import Flag
from hub.headcount.rules import reckon
from hub.headcount.states import LADDER, State, may_follow, needs_reason, rungs_left

from .count_values import facts, marks, out, proof, roster, said, slip

AB = roster("A:1 2 3", "B:4 5")


@dataclass(frozen=True)
class Example:
    """What was said, and for each unit: off, missing, extra, plus and minus left over; then who stands twice."""

    name: str
    facts: Any
    units: dict[str, tuple[object, ...]]
    agrees: bool = False
    twice: tuple[int, ...] = ()
    roll: int = 5


def told(*texts: str) -> list[Any]:
    return [mark for text in texts for mark in marks(text)]


EXAMPLES = [
    # A blind number: off, and no names
    Example("nothing counted yet", facts(AB), {"A": (None, (), (), 0, 0), "B": (None, (), (), 0, 0)}),
    Example("all agree", facts(AB, [slip("A 3"), slip("B 2")]), {"A": (0, (), (), 0, 0)}, agrees=True),
    Example("one unit is still counting", facts(AB, [slip("A 3")]), {"B": (None, (), (), 0, 0)}),
    Example("one short", facts(AB, [slip("A 2"), slip("B 2")]), {"A": (-1, (), (), 0, 1)}),
    Example("one too many", facts(AB, [slip("A 4"), slip("B 2")]), {"A": (1, (), (), 1, 0)}),
    Example(
        "plus and minus never cancel out",
        facts(AB, [slip("A 2"), slip("B 3")]),
        {"A": (-1, (), (), 0, 1), "B": (1, (), (), 1, 0)},
    ),
    Example("nobody there at all", facts(AB, [slip("A 0"), slip("B 2")]), {"A": (-3, (), (), 0, 3)}),
    Example(
        "an empty unit agrees with nobody",
        facts(roster("A:1", "B:"), [slip("A 1"), slip("B 0")]),
        {"B": (0, (), (), 0, 0)},
        agrees=True,
        roll=1,
    ),
    # Out-counts
    Example(
        "accepted elsewhere is not expected",
        facts(AB, [slip("A 2"), slip("B 2")], outs="3 A->clinic declared ann @1; 3 A->clinic accepted cy @2"),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "declared and not accepted stays expected",
        facts(AB, [slip("A 2"), slip("B 2")], outs="3 A->clinic declared ann @1"),
        {"A": (-1, (), (), 0, 1)},
    ),
    Example(
        "nobody hands somebody over to oneself",
        facts(AB, [slip("A 2"), slip("B 2")], outs="3 A->clinic declared ann @1; 3 A->clinic accepted ann @2"),
        {"A": (-1, (), (), 0, 1)},
    ),
    Example(
        "accepted in another unit is expected there",
        facts(AB, [slip("A 2"), slip("B 3")], outs="3 A->B declared ann @1; 3 A->B accepted cy @2"),
        {"A": (0, (), (), 0, 0), "B": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "accepted in another unit and not counted there",
        facts(AB, [slip("A 2"), slip("B 2")], outs="3 A->B declared ann @1; 3 A->B accepted cy @2"),
        {"A": (0, (), (), 0, 0), "B": (-1, (), (), 0, 1)},
    ),
    Example(
        "taken back before the count",
        facts(
            AB,
            [slip("A 3"), slip("B 2")],
            outs="3 A->clinic declared ann @1; 3 A->clinic accepted cy @2; 3 A->clinic withdrawn cy @3",
        ),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "declared anew after it was taken back needs a new yes",
        facts(
            AB,
            [slip("A 2"), slip("B 2")],
            outs="3 A->clinic accepted cy @1; 3 A->clinic withdrawn cy @2; 3 A->clinic declared ann @3",
        ),
        {"A": (-1, (), (), 0, 1)},
    ),
    Example(
        "accepted by an officer, declared by nobody",
        facts(AB, [slip("A 2"), slip("B 2")], outs="3 A->workshop accepted cy @1"),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "accepted before it was declared",
        facts(AB, [slip("A 2"), slip("B 2")], outs="3 A->clinic accepted cy @1; 3 A->clinic declared ann @2"),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    # Away, without a unit
    Example(
        "at court: on the roll and not expected",
        facts(roster("A:1 2", "B:4 5", away=[3]), [slip("A 2"), slip("B 2")]),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "without a unit: found nowhere, so nothing is cleared",
        facts(roster("A:1 2 3", "B:4", no_unit=[5]), [slip("A 3"), slip("B 1")]),
        {"A": (0, (), (), 0, 0)},
    ),
    Example(
        "without a unit, accepted in reception",
        facts(
            roster("A:1 2 3", "B:4", no_unit=[5]),
            [slip("A 3"), slip("B 1")],
            outs="5 ->reception accepted cy @1",
        ),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "without a unit, explained",
        facts(
            roster("A:1 2 3", "B:4", no_unit=[5]), [slip("A 3"), slip("B 1")],
            explanations=[replace(said("A PRESENT 5"), unit="")],
        ),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    # By name and by scan
    Example(
        "by name, everybody",
        facts(AB, [slip("A 3 name"), slip("B 2")], seen=told("A: 1 2 3")),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "by name, one missing",
        facts(AB, [slip("A 2 name"), slip("B 2")], seen=told("A: 1 3")),
        {"A": (-1, (2,), (), 0, 1)},
    ),
    Example(
        "by name, one extra whom nobody holds",
        facts(AB, [slip("A 4 name"), slip("B 2")], seen=told("A: 1 2 3 9")),
        {"A": (1, (), (9,), 1, 0)},
    ),
    Example(
        "by name, one misplaced: missing at home, extra here",
        facts(AB, [slip("A 4 name"), slip("B 1 name")], seen=told("A: 1 2 3 5", "B: 4")),
        {"A": (1, (), (5,), 1, 0), "B": (-1, (5,), (), 0, 1)},
    ),
    Example(
        "two mistakes in one unit cancel out in the number and not in the names",
        facts(AB, [slip("A 3 name"), slip("B 2")], seen=told("A: 1 2 9")),
        {"A": (0, (3,), (9,), 1, 1)},
    ),
    Example(
        "counted twice: in both units by name",
        facts(AB, [slip("A 3 name"), slip("B 3 name")], seen=told("A: 1 2 3", "B: 4 5 3")),
        {"A": (0, (), (), 0, 0), "B": (1, (), (3,), 1, 0)},
        twice=(3,),
    ),
    Example(
        "twice in one unit by scan, and a number that says so",
        facts(AB, [slip("A 4 scan"), slip("B 2")], seen=told("A: 1 2 3 1@900")),
        {"A": (1, (), (), 1, 0)},
        twice=(1,),
    ),
    Example(
        "the same finger pressed twice within a breath is one",
        facts(AB, [slip("A 3 scan"), slip("B 2")], seen=told("A: 1@10 1@12 2 3")),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "one hides and one is counted twice: two blind numbers that are right in sum",
        facts(AB, [slip("A 2"), slip("B 3")]),
        {"A": (-1, (), (), 0, 1), "B": (1, (), (), 1, 0)},
    ),
    Example(
        "and the recount by name says who: 2 hides, 5 was in two lines",
        facts(
            AB, [slip("A 2"), slip("B 3"), slip("A 2 name r1 @900"), slip("B 3 name r1 @900")],
            seen=told("A r1: 1 3", "B r1: 4 5 5@800"),
        ),
        {"A": (-1, (2,), (), 0, 1), "B": (1, (), (), 1, 0)},
        twice=(5,),
    ),
    Example(
        "and after 2 was found and the line walked once it agrees",
        facts(
            AB,
            [slip("A 2"), slip("B 3"), slip("A 3 name r2 @1900"), slip("B 2 name r2 @1900")],
            seen=told("A r1: 1 3", "B r1: 4 5 5@800", "A r2: 1 2 3", "B r2: 4 5"),
        ),
        {"A": (0, (), (), 0, 0), "B": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "a mark taken back does not count",
        facts(AB, [slip("A 3 name"), slip("B 2")], seen=told("A: 1 2 3 9 -9")),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "a mark taken back and set again counts",
        facts(AB, [slip("A 3 name"), slip("B 2")], seen=told("A: 1 2 -2 3 2")),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "somebody whom nobody knows",
        facts(AB, [slip("A 4 name"), slip("B 2")], seen=told("A: 1 2 3 ?")),
        {"A": (1, (), (), 1, 0)},
    ),
    Example(
        "a stranger in the place of one of ours is not agreement",
        facts(AB, [slip("A 3 name"), slip("B 2")], seen=told("A: 1 2 ?")),
        {"A": (0, (3,), (), 1, 1)},
    ),
    Example(
        "a number that is not the number of its names",
        facts(AB, [slip("A 4 name"), slip("B 2")], seen=told("A: 1 2 3")),
        {"A": (1, (), (), 1, 0)},
    ),
    Example(
        "somebody at court who is in the cell after all",
        facts(roster("A:1 2", "B:4 5", away=[3]), [slip("A 3 name"), slip("B 2")], seen=told("A: 1 2 3")),
        {"A": (1, (), (3,), 1, 0)},
    ),
    Example(
        "accepted in the clinic and counted at home as well",
        facts(
            AB, [slip("A 3 name"), slip("B 2")], seen=told("A: 1 2 3"),
            outs="3 A->clinic declared ann @1; 3 A->clinic accepted cy @2",
        ),
        {"A": (1, (), (3,), 1, 0)},
    ),
    # Explanations
    Example(
        "an accepted explanation makes a short number whole",
        facts(AB, [slip("A 2"), slip("B 2")], explanations=[said("A ABSENT 3")]),
        {"A": (-1, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "one that nobody accepted explains nothing",
        facts(AB, [slip("A 2"), slip("B 2")], explanations=[said("A ABSENT 3", accepted=False)]),
        {"A": (-1, (), (), 0, 1)},
    ),
    Example(
        "an explanation for one unit does not help the other",
        facts(AB, [slip("A 2"), slip("B 2")], explanations=[said("B ABSENT 4")]),
        {"A": (-1, (), (), 0, 1), "B": (0, (), (), 1, 0)},
    ),
    Example(
        "explaining more than is off is a difference as well",
        facts(AB, [slip("A 2"), slip("B 2")], explanations=[said("A ABSENT 3"), said("A ABSENT 2")]),
        {"A": (-1, (), (), 1, 0)},
    ),
    Example(
        "by name, an explanation for somebody else explains nothing",
        facts(
            AB, [slip("A 2 name"), slip("B 2")], seen=told("A: 1 3"), explanations=[said("A ABSENT 1")],
        ),
        {"A": (-1, (2,), (), 0, 1)},
    ),
    Example(
        "misplaced, both ends explained",
        facts(
            AB, [slip("A 4 name"), slip("B 1 name")], seen=told("A: 1 2 3 5", "B: 4"),
            explanations=[said("A PRESENT 5"), said("B ABSENT 5")],
        ),
        {"A": (1, (), (5,), 0, 0), "B": (-1, (5,), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "counted twice, and a person says which one counts",
        facts(
            AB, [slip("A 3 name"), slip("B 3 name")], seen=told("A: 1 2 3", "B: 4 5 3"),
            explanations=[said("B SET_ASIDE 3")],
        ),
        {"B": (1, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "a stranger explained",
        facts(
            AB, [slip("A 4 name"), slip("B 2")], seen=told("A: 1 2 3 ?"), explanations=[said("A PRESENT ?")],
        ),
        {"A": (1, (), (), 0, 0)},
        agrees=True,
    ),
    # Which slip counts
    Example(
        "a recount takes the place of the first number",
        facts(AB, [slip("A 2"), slip("A 3 r1 @900"), slip("B 2")]),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "an earlier recount that comes later does not",
        facts(AB, [slip("A 3 r2 @900"), slip("A 2 r1 @950"), slip("B 2")]),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "names of a recount count for nothing once a number came after it",
        facts(AB, [slip("A 2 name r1"), slip("A 3 r2 @900"), slip("B 2")], seen=told("A r1: 1 2")),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "empty beds are no number of people",
        facts(AB, [slip("A 3"), slip("A 7 beds r1 @900", vacant_beds=(("A-1", 7),)), slip("B 2")]),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "a slip signed before movement stopped was written before it was counted: it is none",
        facts(AB, [slip("A 3 @-60"), slip("B 2")]),
        {"A": (None, (), (), 0, 0)},
    ),
    # Scope
    Example(
        "one unit alone",
        facts(AB, [slip("A 3")], scope=["A"]),
        {"A": (0, (), (), 0, 0)},
        agrees=True,
    ),
    Example(
        "somebody of a unit that is not counted is misplaced here",
        facts(AB, [slip("A 4 name")], seen=told("A: 1 2 3 4"), scope=["A"]),
        {"A": (1, (), (4,), 1, 0)},
    ),
]  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_comes_to_what_was_reckoned_by_hand(example: Example) -> None:
    found = reckon(example.facts)
    for code, wanted in example.units.items():
        unit = found.unit(code)
        names = tuple(one.person for one in unit.missing), tuple(one.person for one in unit.extra)
        assert (unit.off, *names, unit.left_plus, unit.left_minus) == wanted, code
    assert tuple(one.person for one in found.twice) == example.twice
    assert found.roll == example.roll
    assert found.agrees is example.agrees


def test_there_are_at_least_forty_examples() -> None:
    assert len(EXAMPLES) >= 40


def test_candidates_of_a_short_number_stand_by_their_evidence() -> None:
    people = roster("A:1 2 3 4 5 6")
    found = reckon(
        facts(
            people,
            [slip("A 5")],
            outs="6 A->clinic declared ann @1",
            proofs=[
                proof(1, "A", -7200), proof(2, "B", -600), proof(3, None, -60, zone="yard"),
                proof(4, "A", -9000, sure=False),
            ],
        )
    )  # fmt: skip
    told_of = [(one.person, one.why) for one in found.unit("A").candidates]
    assert told_of == [
        (6, Why.NOT_ACCEPTED),
        (3, Why.ELSEWHERE),
        (2, Why.ELSEWHERE),
        (5, Why.NEVER),
        (4, Why.UNPROVEN),
        (1, Why.OLDEST),
    ]
    assert found.unit("A").missing == ()


def test_candidates_of_a_number_too_high_are_seen_here_or_next_door_and_belong_elsewhere() -> None:
    near = facts(
        roster("A:1", "B:2 3 4"),
        [slip("A 2"), slip("B 3")],
        proofs=[
            proof(1, "A", -5),
            proof(2, "A", -60),
            proof(3, None, -30, zone="corridor"),
            proof(4, "B", -9),
        ],
    )
    found = reckon(replace(near, beside=lambda unit, one: one.zone == "corridor"))
    told_of = [(one.person, one.why, one.unit) for one in found.unit("A").candidates]
    assert told_of == [(2, Why.HERE, "B"), (3, Why.BESIDE, "B")]


def test_a_number_that_agrees_keeps_the_doubts_of_what_was_proven_since() -> None:
    found = reckon(
        facts(
            AB, [slip("A 3"), slip("B 2")], proofs=[proof(1, "B", 30), proof(2, "B", -30), proof(4, "B", 30)]
        )
    )
    assert [one.person for one in found.unit("A").doubts] == [1]
    assert [one.person for one in found.unit("B").doubts] == [1]


@pytest.mark.parametrize(
    ("odd", "flag"),
    [
        (slip("A 3 @30", took_s=40), Flag.BEFORE),
        (slip("A 3", clock_sure=False), Flag.CLOCK_UNSURE),
        (slip("A 3", took_s=2), Flag.TOO_FAST),
        (slip("A 3 name", took_s=5), Flag.TOO_FAST),
        (slip("A 3", counters=("ann",)), Flag.ONE_COUNTER),
        (slip("A 3", counters=("ann", "ann")), Flag.SAME_COUNTERS),
        (slip("A 3", signs_of_life=False), Flag.NO_LIFE),
        (slip("A 3 name"), Flag.NOT_MARKS),
        (slip("A 3", saw_totals=True), Flag.NOT_BLIND),
        (slip("A 3", late=True), Flag.LATE),
    ],
    ids=lambda value: value.value if isinstance(value, Flag) else "",
)
def test_what_is_odd_about_a_slip_is_flagged(odd: Any, flag: Flag) -> None:
    found = reckon(facts(AB, [odd, slip("B 2", counters=("cy", "dee"))], seen=told("A: 1 2")))
    assert flag in dict(found.unit("A").flags)[odd]
    assert dict(found.unit("B").flags)[found.unit("B").slips[0]] == ()


def test_two_slips_of_one_count_that_disagree_are_both_kept_and_flagged() -> None:
    first, second = slip("A 3 @600"), slip("A 2 @700", sequence=2)
    found = reckon(facts(AB, [first, second, slip("B 2", counters=("cy", "dee"))])).unit("A")
    assert found.slip == second
    assert all(Flag.TWO_SLIPS in flags for _, flags in found.flags)
    wrong_then_right = [slip("A 2 @600"), slip("A 3 @700", sequence=2), slip("B 2")]
    found = reckon(facts(AB, wrong_then_right)).unit("A")
    assert (found.off, found.agrees) == (0, False), "whoever saw the totals signs the one that fits"
    assert reckon(facts(AB, [*wrong_then_right, slip("A 3 r1 @900")])).agrees


def test_whoever_counts_a_unit_and_accepts_its_people_elsewhere_is_looked_at() -> None:
    outs = "3 A->clinic declared dee @1; 3 A->clinic accepted ann @2"
    found = reckon(facts(AB, [slip("A 2"), slip("B 2", counters=("cy", "dee"))], outs=outs))
    assert Flag.OWN_OUT in dict(found.unit("A").flags)[found.unit("A").slips[0]]
    assert dict(found.unit("B").flags)[found.unit("B").slips[0]] == ()


def test_somebody_without_a_unit_holds_up_only_the_count_that_looks_for_them() -> None:
    lost = roster("A:1 2 3", "B:4", no_unit=[5])
    found = reckon(facts(lost, [slip("A 3")], scope=["A"], others=frozenset({5})))
    assert (found.agrees, found.unplaced, found.outside_scope, found.sum) == (True, frozenset(), 2, 5)
    named = reckon(
        facts(lost, [slip("A 3"), slip("B 1")], explanations=[replace(said("A PRESENT 5"), unit="")])
    )
    assert (named.agrees, named.found, named.sum, named.roll) == (True, 1, 5, 5)


def test_an_officer_cannot_count_two_units_at_once() -> None:
    slips = [slip("A 3 @600", took_s=60), slip("B 2 @630", took_s=60, counters=("bob", "cy"))]
    found = reckon(facts(AB, slips))
    assert all(Flag.ELSEWHERE in flags for unit in found.units for _, flags in unit.flags)
    after_it = [slips[0], slip("B 2 @660", took_s=60, counters=("bob", "cy"))]
    assert all(flags == () for unit in reckon(facts(AB, after_it)).units for _, flags in unit.flags)


def test_an_empty_bed_names_its_cell_and_who_lives_there() -> None:
    cells = [
        Bedding("A-1", 2, frozenset({1, 2})),
        Bedding("A-2", 2, frozenset({3})),
        Bedding("A-3", 2, frozenset({4, 5})),
        Bedding("A-4", 1, frozenset()),
    ]
    told_of = {"A-1": 1, "A-2": 1, "A-3": 1}
    found = compare(cells, {1, 2, 3, 4}, told_of)
    assert [(one.cell, one.off, one.residents) for one in found] == [("A-1", 1, (1, 2)), ("A-4", -1, ())]


# The ladder


def test_rungs_are_taken_in_order_or_with_a_reason() -> None:
    assert rungs_left([]) == LADDER
    assert not needs_reason(State.RECOUNT, [])
    assert needs_reason(State.BIOMETRIC, [State.RECOUNT])
    assert rungs_left([State.RECOUNT, State.BIOMETRIC]) == (State.EMERGENCY,)
    assert rungs_left([State.EMERGENCY]) == ()


def test_only_a_count_whose_slips_are_in_can_be_cleared_and_only_a_cleared_one_revised() -> None:
    before_clear = {state for state in State if may_follow(state, State.CLEARED)}
    assert before_clear == {State.RECONCILING, State.REVISED}
    assert {state for state in State if may_follow(state, State.REVISED)} == {State.CLEARED}
    assert not any(may_follow(State.CANCELLED, state) for state in State)


# Properties

PERSON = st.integers(1, 12)
UNITS = ("A", "B", "C")


@st.composite
def prisons(draw: st.DrawFn) -> Any:
    homes = draw(st.dictionaries(PERSON, st.sampled_from((*UNITS, "away", "nowhere")), min_size=1))
    where = {code: [p for p, home in homes.items() if home == code] for code in (*UNITS, "away", "nowhere")}
    return roster(
        *(f"{code}:{' '.join(map(str, where[code]))}" for code in UNITS),
        away=where["away"],
        no_unit=where["nowhere"],
    )


OUT = st.builds(
    lambda person, unit, place, step, officer, at: f"{person} {unit}->{place} {step} {officer} @{at}",
    PERSON,
    st.sampled_from(UNITS),
    st.sampled_from((*UNITS, "clinic", "yard")),
    st.sampled_from(("declared", "accepted", "withdrawn")),
    st.sampled_from(("ann", "bob")),
    st.integers(0, 50),
)
SLIP = st.builds(
    lambda unit, number, method, recount, at: f"{unit} {number} {method} r{recount} @{at}",
    st.sampled_from(UNITS),
    st.integers(0, 12),
    st.sampled_from(("number", "name", "scan", "beds")),
    st.integers(0, 3),
    st.integers(-50, 5000),
)
MARK = st.builds(
    lambda unit, recount, who, at: f"{unit} r{recount}: {who}@{at}",
    st.sampled_from(UNITS),
    st.integers(0, 3),
    st.one_of(PERSON.map(str), PERSON.map(lambda one: f"-{one}"), st.just("?")),
    st.integers(0, 5000),
)


@settings(max_examples=40)
@given(prisons(), st.lists(OUT, max_size=12))
def test_units_and_those_elsewhere_sum_to_the_roll(people: Any, outs: list[str]) -> None:
    found = reckon(facts(people, outs=";".join(outs)))
    assert found.expected + len(found.elsewhere) + len(found.away) + len(found.unplaced) == found.roll
    everybody = [person for unit in found.units for person in unit.expected]
    everybody += [*found.elsewhere, *found.away, *found.unplaced]
    assert len(everybody) == len(set(everybody)) == found.roll


@settings(max_examples=40)
@given(st.lists(OUT, max_size=10), st.randoms(use_true_random=False))
def test_out_counts_fold_the_same_in_any_order(outs: list[str], random: Any) -> None:
    steps = out(";".join(outs), UNITS)
    shuffled = list(steps)
    random.shuffle(shuffled)
    assert fold(steps) == fold(shuffled)
    assert expected(AB, fold(steps)) == expected(AB, fold(shuffled))


@settings(max_examples=40)
@given(prisons(), st.lists(SLIP, max_size=8), st.lists(MARK, max_size=20), st.randoms(use_true_random=False))
def test_slips_and_marks_come_to_the_same_in_any_order(
    people: Any, slips: list[str], seen: list[str], random: Any
) -> None:
    made = [slip(text, sequence=number) for number, text in enumerate(slips)]
    looks = [
        replace(one, moment=replace(one.moment, sequence=number))
        for number, text in enumerate(seen)
        for one in marks(text)
    ]
    first = reckon(facts(people, made, seen=looks))
    for pile in (made, looks):
        random.shuffle(pile)
    assert reckon(facts(people, made, seen=looks)) == first


@settings(max_examples=40)
@given(prisons(), st.lists(SLIP, min_size=1, max_size=6))
def test_a_late_slip_leaves_the_count_as_if_it_had_come_in_time_but_for_the_note(
    people: Any, slips: list[str]
) -> None:
    made = [slip(text, sequence=number) for number, text in enumerate(slips)]
    late = [*made[:-1], replace(made[-1], late=True)]
    in_time, afterwards = reckon(facts(people, made)), reckon(facts(people, late))
    assert [(u.off, u.left_plus, u.left_minus, u.expected) for u in in_time.units] == [
        (u.off, u.left_plus, u.left_minus, u.expected) for u in afterwards.units
    ]
    assert in_time.agrees is afterwards.agrees
    assert any(Flag.LATE in flags for unit in afterwards.units for _, flags in unit.flags)


@settings(max_examples=40)
@given(prisons(), st.lists(MARK, max_size=20))
def test_whoever_is_expected_is_marked_or_missing_and_never_both(people: Any, seen: list[str]) -> None:
    looks = [one for text in seen for one in marks(text)]
    found = reckon(facts(people, [slip(f"{code} 0 name r3") for code in UNITS], seen=looks))
    for unit in found.units:
        assert unit.named is not None
        assert {one.person for one in unit.missing} == unit.expected - set(unit.named.seen)
        assert {one.person for one in unit.extra} == set(unit.named.seen) - unit.expected
