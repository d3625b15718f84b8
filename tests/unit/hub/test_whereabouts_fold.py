"""The fold over proofs, doubts and ageing, as plain rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.movements.whereabouts.confidence import (
    Confidence,
    Doubt,
    DoubtCode,
    by_age,
    confidence,
    doubts_of,
)
from hub.movements.whereabouts.fold import Held, add, fold, rivals
from hub.movements.whereabouts.learning import Crossing, learn
from hub.movements.whereabouts.limits import DEFAULTS, Holds
from hub.movements.whereabouts.proofs import Proven

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
"""Noon at the site."""
YARD, BLOCK, CELL, SHOP = 1, 2, 3, 4


def nested(one: int, other: int) -> bool:
    return one == other or {one, other} == {BLOCK, CELL}


def proof(
    at_s: float,
    zone: int = YARD,
    *,
    terminal: str = "gate-1",
    sequence: int = 1,
    before_s: float = 0,
    after_s: float = 0,
    sure: bool = True,
    came_from: int | None = None,
    source: str = "scan",
) -> Proven:
    at = NOON + timedelta(seconds=at_s)
    early, late = timedelta(seconds=before_s), timedelta(seconds=after_s)
    return Proven(
        at, sure, terminal, b"j" * 16, sequence, b"", zone, source, at - early, at + late, came_from
    )


def held(*proofs: Proven) -> Held:
    found = fold(proofs)
    assert found is not None
    return found


def fastest(one: int, other: int) -> float | None:
    return {(BLOCK, SHOP): 60.0, (SHOP, YARD): 20.0, (YARD, SHOP): 20.0}.get((one, other))


def codes(one: Held, reset_at: datetime | None = None) -> list[str]:
    return [doubt.code.value for doubt in doubts_of(one, DEFAULTS, nested, fastest, reset_at)]


_PROOFS = st.builds(
    proof,
    st.integers(0, 40),
    st.sampled_from([YARD, BLOCK, CELL, SHOP]),
    terminal=st.sampled_from(["gate-1", "gate-2", "gate-3"]),
    sequence=st.integers(1, 4),
    before_s=st.sampled_from([0, 0, 0, 5, 30]),
    after_s=st.sampled_from([0, 0, 0, 5, 30]),
    sure=st.booleans(),
)


@given(st.lists(_PROOFS, min_size=1, max_size=9), st.randoms(use_true_random=False), st.integers(0, 3))
def test_any_order_and_any_repetition_end_the_same(proofs: list[Proven], rng: object, again: int) -> None:
    shuffled = [*proofs, *proofs[:again]]
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled) == fold(proofs)


@given(st.lists(_PROOFS, min_size=1, max_size=9))
def test_the_fold_is_what_looking_at_all_proofs_at_once_says(proofs: list[Proven]) -> None:
    found = held(*proofs)
    ordered = sorted(set(proofs), key=lambda one: one.order)
    assert found.last.order == ordered[-1].order
    assert (found.basis.before is None) == (len(ordered) == 1)
    since_at = max(one.earliest_at for one in proofs)
    elsewhere = {one.zone_id for one in proofs if one.latest_at >= since_at}
    assert {one.zone_id for one in found.basis.open} == elsewhere


def test_no_proof_at_all_is_no_place() -> None:
    assert fold([]) is None


def test_a_later_proof_is_the_place_whichever_came_first() -> None:
    early, late = proof(0, YARD), proof(9, BLOCK, terminal="gate-2")
    assert held(late, early).last == held(early, late).last == late
    assert held(late, early).basis.before == early


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (proof(0, BLOCK), proof(30, SHOP, terminal="gate-2"), ["impossible_travel"]),
        (proof(0, BLOCK), proof(60, SHOP, terminal="gate-2"), []),
        (proof(0, BLOCK), proof(34, SHOP, terminal="gate-2"), []),  # 34 s and 2 s of clocks are 60 % of a minute
        (proof(0, BLOCK), proof(33, SHOP, terminal="gate-2"), ["impossible_travel"]),
        (proof(0, YARD), proof(1, SHOP, terminal="gate-2", came_from=YARD), []),
        (proof(0, SHOP), proof(3, BLOCK, terminal="gate-2", came_from=YARD), ["impossible_travel"]),
        (proof(0, BLOCK), proof(3, CELL, terminal="gate-2"), []),
        (proof(0, CELL), proof(3, SHOP, terminal="gate-2"), []),  # no way is known: nothing is said
        (proof(0, BLOCK), proof(0, SHOP, terminal="gate-2"), ["two_places"]),
        (proof(0, BLOCK), proof(9, SHOP, terminal="gate-2", sure=False, before_s=20), ["two_places", "clock_unsure"]),
        (proof(0, BLOCK, after_s=60), proof(9, SHOP, terminal="gate-2"), ["two_places"]),
        (proof(0, BLOCK, after_s=60), proof(9, CELL, terminal="gate-2"), []),
        (proof(0, BLOCK, after_s=60), proof(9, SHOP, sequence=2), ["impossible_travel"]),
        (proof(0, BLOCK, after_s=8), proof(90, SHOP, terminal="gate-2"), []),
    ],
)  # fmt: skip
def test_proofs_that_contradict_each_other_are_a_doubt(
    first: Proven, second: Proven, told: list[str]
) -> None:
    assert codes(held(first, second)) == codes(held(second, first)) == told


def test_both_proofs_stand_beside_a_doubt() -> None:
    first, second = proof(0, BLOCK), proof(30, SHOP, terminal="gate-2")
    doubt = doubts_of(held(first, second), DEFAULTS, nested, fastest, None)[0]
    assert (doubt.other, doubt.elapsed_s, doubt.fastest_s) == (first, 32.0, 60.0)


def test_a_doubt_ends_with_the_next_proof_that_fits() -> None:
    both = held(proof(0, BLOCK), proof(0, SHOP, terminal="gate-2"))
    assert codes(both) == ["two_places"]
    assert codes(add(both, proof(600, YARD, terminal="gate-3"))) == []


def test_a_wide_span_of_an_unsure_clock_is_a_rival_until_something_surer_is_later() -> None:
    wide = proof(0, BLOCK, terminal="old", before_s=3600, after_s=3600, sure=False)
    one = held(proof(60, SHOP), wide)
    assert [rival.zone_id for rival in rivals(one, nested)] == [BLOCK]
    assert rivals(add(one, proof(3601, SHOP, sequence=2)), nested) == []


def test_an_area_that_was_reset_proves_nothing_from_before() -> None:
    one = held(proof(0, BLOCK))
    assert codes(one, NOON + timedelta(seconds=1)) == ["area_reset"]
    assert codes(one, NOON - timedelta(seconds=1)) == []


@pytest.mark.parametrize(
    ("age_s", "sure"),
    [
        (0, Confidence.PROVEN),
        (100, Confidence.PROVEN),
        (101, Confidence.LIKELY),
        (300, Confidence.LIKELY),
        (301, Confidence.UNPROVEN),
    ],
)
def test_a_proof_ages(age_s: int, sure: Confidence) -> None:
    assert by_age(NOON - timedelta(seconds=age_s), Holds(100, 300), NOON) is sure


def _sure(
    one: Proven, kind: str, hours: float, *, locked: bool = False, doubts: tuple[Doubt, ...] = ()
) -> str:
    now = NOON + timedelta(hours=hours)
    return confidence(one, kind, doubts, DEFAULTS, now, locked_at_night=locked).value


@pytest.mark.parametrize(
    ("kind", "source", "hours", "locked", "said"),
    [
        ("MOVEMENT_AREA", "scan", 0.1, False, "proven"),
        ("MOVEMENT_AREA", "scan", 0.4, False, "likely"),
        ("MOVEMENT_AREA", "scan", 0.6, False, "unproven"),
        ("CELL", "scan", 1.9, True, "proven"),
        ("CELL", "scan", 9.9, True, "proven"),  # locked for the night since 19:00
        ("CELL", "scan", 9.9, False, "unproven"),
        ("CELL", "scan", 19, True, "unproven"),
        ("CELL", "paper", 0.5, False, "likely"),
        ("CELL", "paper", 2.6, False, "unproven"),
        ("COURT", "court_list", 2.0, False, "likely"),
        ("COURT", "scan", 5.0, False, "proven"),
        ("OUTSIDE", "scan", 23.0, False, "likely"),
    ],
)
def test_how_long_a_proof_holds_depends_on_place_source_and_night(
    kind: str, source: str, hours: float, locked: bool, said: str
) -> None:
    assert _sure(proof(0, CELL, source=source), kind, hours, locked=locked) == said


@pytest.mark.parametrize("code", [DoubtCode.TWO_PLACES, DoubtCode.IMPOSSIBLE_TRAVEL, DoubtCode.AREA_RESET])
def test_with_such_a_doubt_nothing_is_proven(code: DoubtCode) -> None:
    assert _sure(proof(0), "CELL", 0, doubts=(Doubt(code),)) == "unproven"


def test_an_unsure_clock_ages_from_the_earliest_time_it_can_mean() -> None:
    wide = proof(0, CELL, before_s=3 * 3600, sure=False)
    assert _sure(wide, "CELL", 0, doubts=(Doubt(DoubtCode.CLOCK_UNSURE),)) == "likely"
    assert _sure(proof(0, CELL, sure=False), "CELL", 0, doubts=(Doubt(DoubtCode.CLOCK_UNSURE),)) == "likely"


def _crossings(person: int, *steps: tuple[int, int, float]) -> list[Crossing]:
    return [Crossing(person, start, end, NOON + timedelta(seconds=at_s)) for start, end, at_s in steps]


def test_ways_are_learnt_from_leaving_to_entering_through_corridors() -> None:
    went = [
        one
        for person, took in enumerate((40, 50, 60, 70, 300))
        for one in _crossings(person, (BLOCK, YARD, 0), (YARD, SHOP, took))
    ]
    found = learn(went, frozenset({YARD}))
    assert set(found) == {(BLOCK, SHOP)}
    way = found[BLOCK, SHOP]
    assert (way.fastest_ms, way.median_ms, way.p90_ms, way.measured) == (40_000, 60_000, 300_000, 5)


def test_time_spent_somewhere_is_no_way() -> None:
    stayed = _crossings(1, (BLOCK, SHOP, 0), (SHOP, CELL, 600))
    lost = _crossings(2, (BLOCK, YARD, 0), (CELL, SHOP, 60))
    back = _crossings(3, (BLOCK, YARD, 0), (YARD, BLOCK, 60))
    slow = _crossings(4, (BLOCK, YARD, 0), (YARD, SHOP, 4_000))
    assert learn([*stayed, *lost, *back, *slow], frozenset({YARD})) == {}
