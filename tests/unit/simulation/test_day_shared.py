"""What agencies and the prison hold of the same thing, laid beside each other."""

from __future__ import annotations

from simulation.day.moments import Moment
from simulation.day.shared import MOMENTS, ORDER, judge_moments


def test_what_both_hold_alike_is_noticed_and_what_never_came_is_not() -> None:
    truth = {"person": "P-000016", "order": ["RL 9/2026"]}
    found = judge_moments({ORDER: Moment(truth, dict(truth))})
    assert [name for name, one in found.items() if one.detected] == [ORDER]
    assert set(found) == set(MOMENTS)


def test_what_differs_is_named_with_both_values() -> None:
    [said] = judge_moments({ORDER: Moment({"order": ["RL 9"]}, {"order": []})})[ORDER].wrong
    assert said == "order is ['RL 9'], and [] is held of it"


def test_what_nobody_holds_is_wrong() -> None:
    assert not judge_moments({ORDER: Moment({"order": []}, {})})[ORDER].detected
