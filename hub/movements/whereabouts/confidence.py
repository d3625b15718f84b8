"""How sure the hub is of where somebody is, now. Pure; nobody unproven is ever called absent."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from hub.movements.whereabouts.fold import Held, Nested, rivals
from hub.movements.whereabouts.limits import Holds, Limits
from hub.movements.whereabouts.proofs import Proven


class Confidence(StrEnum):
    """From a proof that holds, by one that is old, to none that counts."""

    PROVEN = "proven"
    LIKELY = "likely"
    UNPROVEN = "unproven"


class DoubtCode(StrEnum):
    """Why a last proof is not simply believed."""

    IMPOSSIBLE_TRAVEL = "impossible_travel"
    TWO_PLACES = "two_places"
    CLOCK_UNSURE = "clock_unsure"
    AREA_RESET = "area_reset"


@dataclass(frozen=True)
class Doubt:
    """One reason; `other` is the proof that speaks against the last one. An impossible way tells both times."""

    code: DoubtCode
    other: Proven | None = None
    elapsed_s: float | None = None
    fastest_s: float | None = None


LONGEST_WAY_S: Final = 3_600
"""Who was not seen for so long can have got anywhere."""
DECIDE_NOTHING: Final = frozenset({DoubtCode.IMPOSSIBLE_TRAVEL, DoubtCode.TWO_PLACES, DoubtCode.AREA_RESET})
"""With one of these the last proof says where somebody may be, and no more."""


def confidence(
    last: Proven,
    kind: str,
    doubts: Collection[Doubt],
    limits: Limits,
    now: datetime,
    *,
    locked_at_night: bool = False,
) -> Confidence:
    """How well the last proof tells where somebody is at `now`, in a zone of this kind."""
    if any(doubt.code in DECIDE_NOTHING for doubt in doubts):
        return Confidence.UNPROVEN
    holds = limits.of(kind, locked_at_night=locked_at_night, source=last.source, now=now)
    if any(doubt.code is DoubtCode.CLOCK_UNSURE for doubt in doubts):
        holds = holds._replace(proven_s=0)
    return by_age(last.earliest_at, holds, now)


def by_age(earliest_at: datetime, holds: Holds, now: datetime) -> Confidence:
    """By age alone, reckoned from the earliest time that the proof can be of."""
    age_s = (now - earliest_at).total_seconds()
    if 0 < holds.proven_s >= age_s:
        return Confidence.PROVEN
    return Confidence.LIKELY if age_s <= holds.likely_s else Confidence.UNPROVEN


Fastest = Callable[[int, int], float | None]
"""Seconds of the fastest known way between two zones, None where none is known."""


def doubts_of(
    held: Held, limits: Limits, nested: Nested, fastest: Fastest, reset_at: datetime | None
) -> tuple[Doubt, ...]:
    """What speaks against the last proof; `reset_at` is when its zone was last reset."""
    last = held.last
    found = [Doubt(DoubtCode.TWO_PLACES, one) for one in rivals(held, nested)]
    if not found and (too_fast := _too_fast(held, limits, nested, fastest)) is not None:
        found.append(too_fast)
    if not last.sure:
        found.append(Doubt(DoubtCode.CLOCK_UNSURE))
    if reset_at is not None and last.earliest_at < reset_at:
        found.append(Doubt(DoubtCode.AREA_RESET))
    return tuple(found)


def _too_fast(held: Held, limits: Limits, nested: Nested, fastest: Fastest) -> Doubt | None:
    last, before = held.last, held.basis.before
    if before is None:
        return None
    elapsed_s = longest_between_s(before, last, limits)
    if elapsed_s > LONGEST_WAY_S:
        return None
    between = way(before, last, nested)
    fastest_s = None if between is None else fastest(*between)
    if fastest_s is None or elapsed_s * 100 >= fastest_s * limits.fast_percent:
        return None
    return Doubt(DoubtCode.IMPOSSIBLE_TRAVEL, before, elapsed_s, fastest_s)


def longest_between_s(before: Proven, last: Proven, limits: Limits) -> float:
    """Seconds that can at most lie between two proofs, with what the clocks of two terminals may differ by."""
    slack_s = 0 if last.terminal == before.terminal else limits.clock_slack_s
    return (last.latest_at - before.earliest_at).total_seconds() + slack_s


def way(before: Proven, last: Proven, nested: Nested) -> tuple[int, int] | None:
    """The zones between which somebody must have gone unseen from one proof to the next; None where no way is needed.

    Who passes a checkpoint stood on its near side just before, and who is refused there was on that side as well.
    """
    into = last.zone_id if last.from_zone_id is None else last.from_zone_id
    if nested(before.zone_id, into) or nested(before.zone_id, last.zone_id):
        return None
    return before.zone_id, into
