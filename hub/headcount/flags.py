"""What is odd about a slip. A flag accuses nobody: it says what a person has to look at. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hub.headcount.marking import Tally
from hub.headcount.values import BY_NAME, Limits, OutCount, Slip
from hub.sentences import Sentence

ON_PAPER: Final = "paper"
"""Stands in the place of the terminal of a slip that was written down while all was dark."""


class Flag(StrEnum):
    """One thing that is odd."""

    BEFORE = "before_announcement"
    CLOCK_UNSURE = "clock_unsure"
    TOO_FAST = "implausibly_fast"
    ONE_COUNTER = "one_counter"
    SAME_COUNTERS = "same_counters"
    ELSEWHERE = "counter_elsewhere"
    NO_LIFE = "no_signs_of_life"
    NOT_MARKS = "number_differs_from_marks"
    NOT_BLIND = "not_blind"
    TWO_SLIPS = "two_slips"
    OWN_OUT = "own_out_count"
    LATE = "late"


WORDS: Final = {
    Flag.BEFORE: Sentence("begun before the count was open"),
    Flag.CLOCK_UNSURE: Sentence("the terminal's clock was not sure"),
    Flag.TOO_FAST: Sentence("faster than anybody can look at so many people"),
    Flag.ONE_COUNTER: Sentence("one counter alone"),
    Flag.SAME_COUNTERS: Sentence("both counters are the same officer"),
    Flag.ELSEWHERE: Sentence("a counter signed in another unit at the same time"),
    Flag.NO_LIFE: Sentence("signs of life not confirmed"),
    Flag.NOT_MARKS: Sentence("the number is not the number of people marked"),
    Flag.NOT_BLIND: Sentence("counted or entered by somebody who could see what was expected"),
    Flag.TWO_SLIPS: Sentence("another slip of the same count says another number: recount"),
    Flag.OWN_OUT: Sentence("a counter has accepted elsewhere somebody of the unit that they counted"),
    Flag.LATE: Sentence("came after the count was cleared"),
}


def flags_of(
    slip: Slip,
    *,
    open_from: datetime | None,
    two_counters: bool,
    blind: bool = True,
    outs: Iterable[OutCount] = (),
    others: Iterable[Slip],
    tally: Tally | None,
    limits: Limits,
) -> tuple[Flag, ...]:
    """Everything odd about `slip`. `open_from` is when counting could begin; `others` are all slips of the count."""
    others = [other for other in others if other is not slip]
    on_paper = slip.moment.terminal == ON_PAPER  # a book has the hour alone, and nobody set its watch
    same = [o for o in others if (o.unit, o.recount, o.method) == (slip.unit, slip.recount, slip.method)]
    tests = {
        Flag.LATE: slip.late,
        Flag.BEFORE: open_from is not None and slip.began_at < open_from,
        Flag.CLOCK_UNSURE: not on_paper and not slip.clock_sure,
        Flag.TOO_FAST: not on_paper and slip.ended_at - slip.began_at < least_time(slip, limits),
        Flag.ONE_COUNTER: two_counters and len(slip.counters) < 2,
        Flag.SAME_COUNTERS: len(slip.counters) > 1 and len(set(slip.counters)) == 1,
        Flag.ELSEWHERE: any(_elsewhere(slip, other) for other in others),
        Flag.NO_LIFE: not slip.signs_of_life,
        Flag.NOT_MARKS: slip.method in BY_NAME and tally is not None and tally.number != slip.observed,
        Flag.NOT_BLIND: blind and slip.saw_totals and slip.recount == 0,
        Flag.OWN_OUT: any(out.unit == slip.unit and out.accepted_by in slip.counters for out in outs),
        Flag.TWO_SLIPS: any(other.observed != slip.observed for other in same),
    }
    return tuple(flag for flag, odd in tests.items() if odd)


def least_time(slip: Slip, limits: Limits) -> timedelta:
    """The shortest time in which this many people can have been looked at."""
    each = limits.per_person_named_ms if slip.method in BY_NAME else limits.per_person_number_ms
    return timedelta(milliseconds=each * slip.observed)


def _elsewhere(slip: Slip, other: Slip) -> bool:
    """One officer counting two units at once; a slip that begins as the other ends is a walk of nothing, not odd."""
    meet = slip.began_at < other.ended_at and other.began_at < slip.ended_at
    return other.unit != slip.unit and meet and bool(set(slip.counters) & set(other.counters))
