"""Age in whole years, and who is a juvenile."""

from __future__ import annotations

from datetime import date
from typing import Final

ADULT_AT: Final = 18
"""Years; Convention on the Rights of the Child, article 1."""


def age_on(born_on: date, day: date) -> int:
    """Whole years on `day`; somebody born on 29 February has the birthday on 1 March of other years."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def is_juvenile(born_on: date | None, day: date) -> bool:
    """Whether somebody is under 18 on `day`; False where the birth is not known."""
    return born_on is not None and age_on(born_on, day) < ADULT_AT
