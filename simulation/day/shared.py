"""What passes between the prison and agencies on the day: what truly happened beside what either side holds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulation.day.detected import NEVER, Finding
from simulation.day.moments import Moment

MOMENTS: Final = (
    "order_accepted_and_court_told",
    "release_told_to_police",
    "court_date_in_the_diary",
    "correction_fetched_by_whoever_was_told",
    "census_differences_alone",
    "identity_told_after_an_officer_looked",
    "figures_reckoned_by_the_observatory",
)
"""Keys of the report, in the order in which they happen."""
ORDER, RELEASE, HEARING, CORRECTION, CENSUS, IDENTITY, FIGURES = MOMENTS


def judge_moments(moments: Mapping[str, Moment]) -> dict[str, Finding]:
    """What was noticed of each, by the key of the report."""
    return {name: _found(moments.get(name)) for name in MOMENTS}


def _found(moment: Moment | None) -> Finding:
    if moment is None:
        return NEVER
    wrong = tuple(
        f"{name} is {true}, and {moment.hub.get(name)} is held of it"
        for name, true in moment.truth.items()
        if moment.hub.get(name) != true
    )
    return Finding(dict(moment.truth), dict(moment.hub), wrong)
