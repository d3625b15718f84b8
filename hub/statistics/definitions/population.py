"""Who is held, who came and who went."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hub.sentences import Sentence
from hub.statistics.definitions.model import Indicator, Sort, Unit

_ROLL: Final = Sentence("Admissions, releases and absences on the files of this register")
_HELD: Final = Sentence(
    "People in custody at midnight at the end of the period's last day. Who is at court, in hospital or out with "
    "permission counts; who is unlawfully at large does not."
)
_CELLS: Final = Sentence("Certified places of the cells, each since the day that was said of it")

POPULATION: Final = Indicator(
    "population",
    Sentence("Prison population"),
    _HELD,
    Sentence("Number of people with an open stay who are not unlawfully at large"),
    _ROLL,
    Unit.PEOPLE,
    Sort.STOCK,
    (
        Sentence("Offence: the section of the ICCS with the lowest number among the charges that stand."),
        Sentence("A person of several nationalities counts as a citizen when one of them is this country's."),
        Sentence(
            "Age on that day, by the date of birth as it was written last; one that was estimated counts as written."
        ),
        Sentence(
            "Sex, citizenship and home as they were on that day; of the time before anything was said of them, as said "
            "first."
        ),
    ),
    (
        ("SEX",), ("AGE",), ("JUVENILE",), ("CITIZENSHIP",), ("DISTRICT",), ("LEGAL_STATUS",), ("ICCS",),
        ("SEX", "JUVENILE"), ("SEX", "LEGAL_STATUS"),
    ),
)  # fmt: skip

ARRIVED: Final = replace(POPULATION, code="arrived", sort=Sort.FLOW)
"""Who is held when the period ends and was not when it began, as they are at its end. No figure: no page gives it.

It is reckoned by every cut of the population, for whoever has the rolls of two months can reckon it as well.
"""
DEPARTED: Final = replace(POPULATION, code="departed", sort=Sort.FLOW)
"""Who was held when the period began and is not when it ends, as they were at its beginning."""

OPENING: Final = Indicator(
    "opening",
    Sentence("Population when the period began"),
    Sentence("People in custody at midnight at the beginning of the period's first day."),
    Sentence("Prison population at the end of the day before"),
    _ROLL,
    Unit.PEOPLE,
    Sort.STOCK,
)

ADMISSIONS: Final = Indicator(
    "admissions",
    Sentence("Admissions"),
    Sentence("Stays that began in the period. Somebody who came twice counts twice."),
    Sentence("Number of admissions with a time within the period"),
    _ROLL,
    Unit.EVENTS,
    Sort.FLOW,
    (
        Sentence("Legal status and order are the first of the stay, sex and citizenship as they were then."),
        Sentence("A return from court or from an absence is no admission."),
        Sentence(
            "A stay whose file has no entry of the admission counts at the time under which it was opened."
        ),
    ),
    (("SEX",), ("JUVENILE",), ("CITIZENSHIP",), ("LEGAL_STATUS",), ("ORDER",)),
)

RELEASES: Final = Indicator(
    "releases",
    Sentence("Releases"),
    Sentence("Stays that ended in the period, deaths among them."),
    Sentence("Number of releases with a time within the period"),
    _ROLL,
    Unit.EVENTS,
    Sort.FLOW,
    (
        Sentence("A release that was taken back is none."),
        Sentence("Of a stay with two releases the one with the later time counts, and counts once."),
        Sentence("Sex and citizenship as they were at the release."),
    ),
    (("SEX",), ("JUVENILE",), ("CITIZENSHIP",), ("REASON",)),
)

LEFT_UNLAWFULLY: Final = Indicator(
    "left_unlawfully",
    Sentence("Went unlawfully at large"),
    Sentence("Times that somebody in custody escaped, or did not come back from an absence."),
    Sentence("Number of entries of being at large that began within the period and within a stay"),
    _ROLL,
    Unit.EVENTS,
    Sort.FLOW,
    (Sentence("A release in error ended the stay and stands among the releases, unless it was taken back."),),
    (("SEX",), ("HOW",)),
)

RETAKEN: Final = Indicator(
    "retaken",
    Sentence("Came back from being at large"),
    Sentence("Times that somebody who was unlawfully at large was in custody again in the same stay."),
    Sentence("Number of entries of being at large that ended within the period and within a stay"),
    _ROLL,
    Unit.EVENTS,
    Sort.FLOW,
    (),
    (("SEX",),),
)

AVERAGE: Final = Indicator(
    "average_population",
    Sentence("Average daily population"),
    Sentence("The mean of the population at the end of each day of the period."),
    Sentence("Sum of the populations at midnight, divided by the days of the period"),
    _ROLL,
    Unit.PEOPLE,
    Sort.DURATION,
)

CAPACITY: Final = Indicator(
    "capacity",
    Sentence("Official capacity"),
    Sentence("Certified places of all cells that were in use at the end of the period."),
    Sentence("Sum of the certified numbers of cells not out of order"),
    _CELLS,
    Unit.PLACES,
    Sort.STOCK,
    (
        Sentence("A figure entered with its source for a day takes the place of the cells from that day on."),
        Sentence(
            "Where no day was said of a cell, its places count since they were recorded, and not before."
        ),
    ),
)

OCCUPANCY: Final = Indicator(
    "occupancy",
    Sentence("Occupancy"),
    Sentence("Prison population in per cent of the official capacity, at the end of the period."),
    Sentence("Prison population / official capacity × 100"),
    _CELLS,
    Unit.PERCENT,
    Sort.RATIO,
    (Sentence("More than 100 means overcrowding as a whole; single cells may be overcrowded below that."),),
)

STAY_DAYS: Final = Indicator(
    "stay_median_days",
    Sentence("Length of stay at release, median"),
    Sentence(
        "Days from admission to release of the stays that ended in the period: half of them took longer."
    ),
    Sentence("Median of whole days from admission to release"),
    _ROLL,
    Unit.DAYS,
    Sort.DURATION,
    (Sentence("Who is still held is not in it; in years of growth it therefore looks short."),),
    (("SEX",),),
)

ALL: Final = (
    POPULATION, OPENING, ADMISSIONS, RELEASES, LEFT_UNLAWFULLY, RETAKEN, AVERAGE, CAPACITY, OCCUPANCY, STAY_DAYS,
)  # fmt: skip
