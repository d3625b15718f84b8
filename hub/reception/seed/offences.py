"""Offences as courts here try them, with how often and how long: proportions of an invented prison, no statistics."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final


@dataclass(frozen=True)
class Offence:
    """`weight` among admissions; terms between `least_days` and `most_days`, the short ones likelier."""

    iccs: str
    words: str
    statute: str
    weight: float
    least_days: int
    most_days: int
    life: float = 0.0


OFFENCES: Final = (
    Offence("0501", "Burglary", "Criminal Code s. 148", 16, 365, 3650),
    Offence("0502", "Theft", "Criminal Code s. 139", 14, 60, 1095),
    Offence("0401", "Robbery", "Criminal Code s. 147", 11, 730, 4380),
    Offence(
        "0601",
        "Possession of controlled drugs with intent to supply",
        "Misuse of Drugs Act s. 18",
        9,
        1095,
        3650,
    ),
    Offence("0601", "Possession of a controlled drug", "Misuse of Drugs Act s. 7", 8, 60, 1095),
    Offence("0901", "Keeping a firearm without a licence", "Firearms Act s. 3", 10, 1095, 3650),
    Offence("0201", "Wounding", "Criminal Code s. 80", 7, 180, 1825),
    Offence("0201", "Grievous harm", "Criminal Code s. 96", 5, 365, 2555),
    Offence("0202", "Threat of death", "Criminal Code s. 93", 4, 90, 730),
    Offence("0101", "Murder", "Criminal Code s. 106", 3, 5475, 12775, life=0.35),
    Offence("0103", "Manslaughter", "Criminal Code s. 108", 2, 1825, 6570),
    Offence("0301", "Rape", "Criminal Code s. 46", 2, 2920, 7300),
    Offence("0301", "Unlawful sexual intercourse", "Criminal Code s. 47", 2, 2190, 5840),
    Offence("0702", "Handling stolen goods", "Criminal Code s. 171", 3, 60, 1095),
    Offence("0801", "Disorderly conduct", "Summary Jurisdiction Act s. 4", 3, 7, 90),
    Offence("0804", "Illegal entry", "Immigration Act s. 34", 3, 30, 180),
    Offence("0805", "Breach of a protection order", "Domestic Violence Act s. 21", 2, 30, 365),
    Offence("0102", "Attempted murder", "Criminal Code s. 107", 2, 2555, 7300),
)
_WEIGHTS: Final = [offence.weight for offence in OFFENCES]
_GRAVE: Final = [offence.weight * offence.most_days for offence in OFFENCES]


_WAITED_FOR: Final = [offence for offence in OFFENCES if offence.most_days > 5_500]
_BY_THE_YOUNG: Final = [offence for offence in OFFENCES if offence.least_days < 400]
BURGLARY: Final = OFFENCES[0]


def grave(rng: Random) -> Offence:
    """One for which people wait for years."""
    return rng.choices(_WAITED_FOR, [one.weight for one in _WAITED_FOR])[0]


def of_the_young(rng: Random) -> Offence:
    """One that somebody under age is held for."""
    return rng.choices(_BY_THE_YOUNG, [one.weight for one in _BY_THE_YOUNG])[0]


def offence(rng: Random, *, inside: bool) -> Offence:
    """Of those who come in the many small ones; of those who are inside on one day more of the long ones."""
    return rng.choices(OFFENCES, _GRAVE if inside else _WEIGHTS)[0]


def term_days(rng: Random, of: Offence) -> int:
    """A length between its bounds, round as courts say them."""
    span = of.most_days - of.least_days
    days = of.least_days + int(span * min(1.0, rng.expovariate(3.0)))
    if days >= 1095:
        return round(days / 365) * 365
    return round(days / 30) * 30 if days >= 60 else days
