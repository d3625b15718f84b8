"""Each thing of the day is detected only when the hub said it of the very person, pair, pass or terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from simulation.day.detected import JUDGES, judge
from simulation.day.told import Alarm, Answer, Counted, Out, Reckoned
from simulation.day.truth import Convoy, Count, Death, Heard, Loitering, NearMiss, Played

T0 = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
ANN, BEN, LATE, HIDER, TWICE, RIDER, OTHER = (f"P{n}" for n in range(1, 8))


def at(seconds: int) -> datetime:
    return T0 + timedelta(seconds=seconds)


PLAYED = Played(
    near_miss=NearMiss(ANN, BEN, "workshop", at(10), "REFUSE"),
    loitering=Loitering(LATE, 7, at(20), at(90)),
    death=Death("visits", at(100)),
    count=Count(1, HIDER, "block-a", "workshop", TWICE, ("block-a", "block-b"), "cora"),
    convoy=Convoy(3, (RIDER,), ("ADMIT",)),
)
NEAR = Alarm(1, "keep_apart_near", "pair:1-2", "", (ANN, BEN), at(12))
OVERDUE = Alarm(2, "pass_overdue", "pass:7", "", (LATE,), at(80))
DOWN = Alarm(3, "terminal_down", "visits", "visits", (), at(106))
REFUSED = Answer("workshop", 41, BEN, "keep_apart", "REFUSE", at(15))
OUT = Out(RIDER, "COURT", 3, True, at(40))
BLIND = Counted(
    1,
    "COUNTING",
    {
        "block-a": Reckoned(0, 6, 7, -1, candidates=(HIDER, OTHER)),
        "block-b": Reckoned(0, 8, 7, 1),
    },
    {},
    (RIDER,),
    False,
    15,
)
NAMED = replace(
    BLIND,
    state="RECOUNT",
    units={
        "block-a": Reckoned(1, 6, 7, -1, missing=(HIDER,)),
        "block-b": Reckoned(1, 8, 7, 1, extra=(TWICE,)),
    },
    twice={TWICE: ("block-a", "block-b")},
)
CLEARED = replace(
    BLIND,
    state="CLEARED",
    units={"block-a": Reckoned(2, 7, 7, 0), "block-b": Reckoned(2, 7, 7, 0)},
    agrees=True,
    cleared_by="cora",
    cleared_at=at(300),
)
HEARD = Heard(
    alarms=[NEAR, OVERDUE, DOWN],
    answers=[REFUSED],
    out={RIDER: OUT},
    out_at_count={RIDER: OUT},
    count_blind=BLIND,
    count_named=NAMED,
    count_cleared=CLEARED,
)


def heard(**changes: object) -> Heard:
    return replace(HEARD, **changes)  # type: ignore[arg-type]


def with_alarms(*changed: Alarm, without: Alarm | None = None) -> Heard:
    return heard(alarms=[one for one in HEARD.alarms if one is not without] + list(changed))


def with_unit(count: Counted, code: str, **changes: object) -> Counted:
    return replace(count, units={**count.units, code: replace(count.units[code], **changes)})  # type: ignore[arg-type]


def test_a_day_on_which_everything_was_said_of_the_right_ones() -> None:
    assert {name: found.wrong for name, found in judge(PLAYED, HEARD).items()} == dict.fromkeys(JUDGES, ())


def test_what_never_came_about_was_not_detected() -> None:
    assert not any(found.detected for found in judge(Played(), HEARD).values())


DIFFERENT: dict[str, dict[str, Heard]] = {
    "keep_apart": {
        "no alarm": with_alarms(without=NEAR),
        "of another pair": with_alarms(replace(NEAR, people=(ANN, OTHER)), without=NEAR),
        "before it was so": with_alarms(replace(NEAR, raised_at=at(5)), without=NEAR),
        "another pair as well": with_alarms(replace(NEAR, number=9, people=(LATE, OTHER))),
        "not refused": heard(answers=[]),
        "refused by another rule": heard(answers=[replace(REFUSED, rule="no_pass")]),
        "refused to another": heard(answers=[replace(REFUSED, person=OTHER)]),
        "another refused as well": heard(answers=[REFUSED, replace(REFUSED, person=OTHER)]),
        "nobody could say": heard(answers=[REFUSED, replace(REFUSED, rule="keep_apart_unknown")]),
    },
    "overdue": {
        "no alarm": with_alarms(without=OVERDUE),
        "of another pass": with_alarms(replace(OVERDUE, key="pass:8"), without=OVERDUE),
        "of another person": with_alarms(replace(OVERDUE, people=(OTHER,)), without=OVERDUE),
        "after they were found": with_alarms(replace(OVERDUE, raised_at=at(91)), without=OVERDUE),
        "another as well": with_alarms(replace(OVERDUE, number=9, key="pass:8", people=(OTHER,))),
        "another unaccounted for": with_alarms(Alarm(9, "pass_unaccounted", "pass:9", "", (OTHER,), at(50))),
    },
    "terminal_down": {
        "no alarm": with_alarms(without=DOWN),
        "of another": with_alarms(replace(DOWN, key="clinic", terminal="clinic"), without=DOWN),
        "before it died": with_alarms(replace(DOWN, raised_at=at(99)), without=DOWN),
        "said to be back": with_alarms(replace(DOWN, over_at=at(120)), without=DOWN),
        "another as well": with_alarms(replace(DOWN, number=9, key="clinic", terminal="clinic")),
    },
    "hidden_person": {
        "number agreed": heard(count_blind=with_unit(BLIND, "block-a", off=0)),
        "not a candidate": heard(count_blind=with_unit(BLIND, "block-a", candidates=(OTHER,))),
        "not named": heard(count_named=with_unit(NAMED, "block-a", missing=())),
        "another named": heard(count_named=with_unit(NAMED, "block-a", missing=(OTHER,))),
        "another named as well": heard(count_named=with_unit(NAMED, "block-b", missing=(OTHER,))),
        "never counted": heard(count_blind=None),
        "never cleared": heard(count_cleared=replace(CLEARED, state="RECOUNT")),
        "cleared by another": heard(count_cleared=replace(CLEARED, cleared_by="sam")),
    },
    "double_counted": {
        "not named": heard(count_named=replace(NAMED, twice={})),
        "another named": heard(count_named=replace(NAMED, twice={OTHER: ("block-a", "block-b")})),
        "another named as well": heard(
            count_named=replace(NAMED, twice={**NAMED.twice, OTHER: ("block-a", "block-b")})
        ),
        "in one unit": heard(count_named=replace(NAMED, twice={TWICE: ("block-a",)})),
        "another over": heard(count_named=with_unit(NAMED, "block-a", extra=(OTHER,))),
        "cleared with it": heard(count_cleared=replace(CLEARED, agrees=False)),
    },
    "court_convoy_out_not_released": {
        "not out": heard(out={}),
        "not out at the count": heard(out_at_count={}),
        "for another reason": heard(out={RIDER: replace(OUT, why="HOSPITAL")}),
        "on another convoy": heard(out={RIDER: replace(OUT, convoy=4)}),
        "released": heard(out={RIDER: replace(OUT, held=False)}),
        "released meanwhile": heard(out_at_count={RIDER: replace(OUT, held=False)}),
        "another out as well": heard(out={RIDER: OUT, OTHER: replace(OUT, person=OTHER)}),
        "missed by the count": heard(count_named=with_unit(NAMED, "block-b", missing=(RIDER,))),
        "not away for the count": heard(count_named=replace(NAMED, away=())),
        "said to have broken out": with_alarms(Alarm(9, "left_without_authority", "person:6", "", (RIDER,), at(41))),
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said"), [(name, said) for name, cases in DIFFERENT.items() for said in cases]
)
def test_another_word_of_the_hub_is_no_detection(name: str, said: str) -> None:
    found = judge(PLAYED, DIFFERENT[name][said])
    assert not found[name].detected
    assert all(isinstance(one, str) and one for one in found[name].wrong)


TRULY: dict[str, Callable[[], Played]] = {
    "keep_apart": lambda: replace(PLAYED, near_miss=replace(PLAYED.near_miss, lamp="ADMIT")),  # type: ignore[type-var]
    "court_convoy_out_not_released": lambda: replace(
        PLAYED,
        convoy=replace(PLAYED.convoy, lamps=("REFUSE",)),  # type: ignore[type-var]
    ),
}


@pytest.mark.parametrize("name", TRULY)
def test_a_gate_that_truly_did_otherwise_is_no_detection(name: str) -> None:
    assert not judge(TRULY[name](), HEARD)[name].detected


def test_a_gate_on_the_way_that_asks_an_officer_hides_nothing_that_was_noticed() -> None:
    asked = replace(REFUSED, terminal="block-a-out", rule="keep_apart_unknown", decision="REFER")
    found = judge(PLAYED, heard(answers=[REFUSED, asked]))["keep_apart"]
    assert found.detected
    assert [one["terminal"] for one in found.hub["asked_an_officer"]] == ["block-a-out"]
    assert not judge(PLAYED, heard(answers=[asked]))["keep_apart"].detected
