"""How the prison's own work goes: moves, counts, the liberty docket."""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence
from hub.statistics.definitions.model import Indicator, Sort, Unit

_PASSES: Final = Sentence("Passes and what the checkpoints saw of them")
_COUNTS: Final = Sentence("The book of counts")

PASSES: Final = Indicator(
    "passes",
    Sentence("Passes"),
    Sentence("Moves with a pass that began in the period and were not called off or left unused."),
    Sentence("Number of such passes"),
    _PASSES,
    Unit.EVENTS,
    Sort.FLOW,
)

PASSES_IN_TIME: Final = Indicator(
    "passes_in_time_share",
    Sentence("Moves in time"),
    Sentence("Passes of the period that were never overdue, in per cent."),
    Sentence("(Passes - passes ever overdue or unaccounted for) / passes × 100"),
    _PASSES,
    Unit.PERCENT,
    Sort.RATIO,
)

COUNTS: Final = Indicator(
    "counts_cleared",
    Sentence("Headcounts cleared"),
    Sentence("Headcounts whose movement was to stop in the period and that the control room cleared."),
    Sentence("Number of such counts"),
    _COUNTS,
    Unit.EVENTS,
    Sort.FLOW,
)

COUNTS_FIRST: Final = Indicator(
    "counts_first_share",
    Sentence("Headcounts cleared without a recount"),
    Sentence("Cleared headcounts of the period that needed no recount and no further step, in per cent."),
    Sentence("Cleared without a recount / cleared × 100"),
    _COUNTS,
    Unit.PERCENT,
    Sort.RATIO,
)

COUNT_MINUTES: Final = Indicator(
    "counts_in_time_share",
    Sentence("Headcounts cleared within an hour"),
    Sentence("Cleared headcounts of the period that were cleared within 60 minutes of the stop of movement."),
    Sentence("Cleared within 60 minutes / cleared × 100"),
    _COUNTS,
    Unit.PERCENT,
    Sort.RATIO,
)

DOUBT_DAYS: Final = Indicator(
    "docket_days",
    Sentence("Days in doubt"),
    Sentence(
        "Days of the period on which somebody's authority to be held stood on the liberty docket, added up."
    ),
    Sentence("For each person the time with at least one open finding, in days; summed"),
    Sentence("The liberty docket"),
    Unit.PERSON_DAYS,
    Sort.DURATION,
    (Sentence("From the moment the docket found it, which may be later than the doubt began."),),
)

ALL: Final = (PASSES, PASSES_IN_TIME, COUNTS, COUNTS_FIRST, COUNT_MINUTES, DOUBT_DAYS)
