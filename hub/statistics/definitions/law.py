"""On what authority people are held: unsentenced, on remand, sentenced; courts; and who comes back."""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence
from hub.statistics.definitions.model import Indicator, Sort, Unit

_STATUS: Final = Sentence("Legal status on the files, with the order it came from")
_SENTENCES: Final = Sentence("Sentences as the courts imposed them, on the files")
_HEARINGS: Final = Sentence("The court diary")
_RETURNS: Final = Sentence(
    "Admissions and releases of the same person, files that were joined counted as one"
)
_ADMINISTRATIVE: Final = Sentence(
    "Civil prisoners and immigration detainees are in neither number: they are not held on a criminal matter."
)
_CONVICTED: Final = Sentence(
    "Who is convicted and waits for the sentence is counted apart, not among the unsentenced: the first decision on "
    "guilt has been made."
)
_CLOCK: Final = Sentence(
    "Counted from the day the present remand began without a break, and not from before the admission."
)

UNSENTENCED: Final = Indicator(
    "unsentenced_share",
    Sentence("Unsentenced detainees (SDG 16.3.2)"),
    Sentence(
        "People on remand in per cent of the prison population held on criminal matters, at the end of the period: "
        "untried, or waiting for the first decision on guilt."
    ),
    Sentence("People on remand / (population - civil prisoners - immigration detainees) × 100"),
    _STATUS,
    Unit.PERCENT,
    Sort.RATIO,
    (
        _ADMINISTRATIVE,
        _CONVICTED,
        Sentence("Who appeals against a sentence is sentenced."),
        Sentence("Who has no recorded status is in the population and not among the unsentenced."),
    ),
    (("SEX",), ("JUVENILE",), ("CITIZENSHIP",)),
)

UNSENTENCED_WIDE: Final = Indicator(
    "unsentenced_wide_share",
    Sentence("Not sentenced, with the convicted who wait for the sentence"),
    Sentence(
        "People on remand and people convicted and not yet sentenced, in per cent of the same population."
    ),
    Sentence("(Remand + convicted, not yet sentenced) / the same population × 100"),
    _STATUS,
    Unit.PERCENT,
    Sort.RATIO,
    (_ADMINISTRATIVE, Sentence("Given beside the SDG indicator, so that the mapping can be seen.")),
    (("SEX",),),
)

REMAND_MEDIAN: Final = Indicator(
    "remand_median_days",
    Sentence("Days on remand so far, median"),
    Sentence("Days that people on remand at the end of the period had been on remand: half of them longer."),
    Sentence("Median of whole days since the remand began"),
    _STATUS,
    Unit.DAYS,
    Sort.DURATION,
    (_CLOCK, Sentence("It is about who is held, not about how long a remand takes until it ends.")),
    (("SEX",), ("JUVENILE",)),
)

REMAND_P90: Final = Indicator(
    "remand_p90_days",
    Sentence("Days on remand so far, 90th percentile"),
    Sentence("One in ten of the people on remand at the end of the period had waited at least so long."),
    Sentence("The value at or below which nine in ten lie, without interpolation"),
    _STATUS,
    Unit.DAYS,
    Sort.DURATION,
    (_CLOCK,),
    (("SEX",),),
)

REMAND_OVER: Final = Indicator(
    "remand_over_limit",
    Sentence("On remand beyond the limit"),
    Sentence("People on remand at the end of the period for longer than the limit of the liberty docket."),
    Sentence("Number of people on remand for more days than the limit in force on that day"),
    _STATUS,
    Unit.PEOPLE,
    Sort.STOCK,
    (
        _CLOCK,
        Sentence("The limit is a figure with a date and an authority, shown on the docket's page of rules."),
    ),
    (("SEX",), ("JUVENILE",)),
)

SENTENCED: Final = Indicator(
    "sentenced",
    Sentence("Sentenced population by length of sentence"),
    Sentence(
        "People in custody under a sentence at the end of the period: sentenced, indeterminate or recalled."
    ),
    Sentence("Number of people with one of these statuses"),
    _SENTENCES,
    Unit.PEOPLE,
    Sort.STOCK,
    (
        Sentence("The length is that of the longest chain: consecutive terms added, concurrent ones not."),
        Sentence("Terms as imposed, before remission and credit; a month counts as a twelfth of a year."),
    ),
    (("SENTENCE",), ("SEX",), ("ICCS",)),
)


def _returned(years: int, words: Sentence) -> Indicator:
    return Indicator(
        f"returned_{years}y",
        words,
        Sentence(
            "Of the people released in the period, how many came back into custody within so many years, "
            "on any authority."
        ),
        Sentence("People with another admission within the time / people released in the period × 100"),
        _RETURNS,
        Unit.PERCENT,
        Sort.RATIO,
        (
            Sentence("Given once the whole time has passed for the last one released."),
            Sentence(
                "Who died, was deported or was handed to another country is not in it; custody elsewhere is not seen."
            ),
            Sentence("Each person counts once, from the last release of the period."),
        ),
        (("SEX",), ("JUVENILE",)),
    )


RETURNED: Final = (
    _returned(1, Sentence("Came back within 1 year")),
    _returned(2, Sentence("Came back within 2 years")),
    _returned(3, Sentence("Came back within 3 years")),
)

PRODUCED: Final = Indicator(
    "produced_share",
    Sentence("Brought before the court as fixed"),
    Sentence(
        "Court dates in the period for which the person was brought, in per cent of those with a known answer."
    ),
    Sentence("Dates with the person brought / dates of which it is known whether they were × 100"),
    _HEARINGS,
    Unit.PERCENT,
    Sort.RATIO,
    (Sentence("Dates by video count as brought when the person took part."),),
)

HEARINGS_OPEN: Final = Indicator(
    "hearings_unanswered",
    Sentence("Court dates without an answer"),
    Sentence("Court dates in the period of which nobody wrote whether the person was brought."),
    Sentence("Number of dates without an answer"),
    _HEARINGS,
    Unit.EVENTS,
    Sort.FLOW,
)

ALL: Final = (
    UNSENTENCED, UNSENTENCED_WIDE, REMAND_MEDIAN, REMAND_P90, REMAND_OVER, SENTENCED, *RETURNED, PRODUCED,
    HEARINGS_OPEN,
)  # fmt: skip
