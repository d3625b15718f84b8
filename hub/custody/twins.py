"""Name twins: people whom a name alone does not tell apart."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from hub.custody.search.finding import Hit, sounding_like
from hub.custody.search.sounds import fold
from hub.sentences import Sentence

CLOSE_YEARS: Final = 5
"""Births no further apart are taken for one by somebody in a hurry; estimates are off by as much."""
MOST: Final = 10


@dataclass(frozen=True)
class Twin:
    """Somebody who may be taken for another. `same_name` says that not a letter of the name differs."""

    person_id: int
    number: str
    surname: str
    given: str
    born_on: date | None
    in_custody: bool
    same_name: bool
    why: Sentence

    def __repr__(self) -> str:
        return f"Twin({self.number})"


def name_twins(
    session: Session,
    person_id: int,
    *,
    surname: str,
    given: str,
    born_on: date | None,
    besides: Collection[int] = (),
) -> list[Twin]:
    """People with the same or a like-sounding name and a close birth, those in custody and the very name first.

    `person_id` is 0 for somebody who is not in the register yet; `besides` are other numbers of the same person.
    """
    own = {person_id, *besides}
    hits = [hit for hit in sounding_like(session, surname, given, limit=30) if hit.person_id not in own]
    twins = [_twin(hit, surname, given, born_on) for hit in hits if is_close(hit.born_on, born_on)]
    twins.sort(key=_order)
    return twins[:MOST]


def is_close(one: date | None, other: date | None) -> bool:
    """Whether two births are near enough to be confused; an unknown one may be any."""
    return one is None or other is None or abs((one - other).days) <= CLOSE_YEARS * 366


def _twin(hit: Hit, surname: str, given: str, born_on: date | None) -> Twin:
    same = (fold(hit.surname), fold(hit.given)) == (fold(surname), fold(given))
    if same and born_on is not None and hit.born_on == born_on:
        why = Sentence("the same name and the same birth")
    elif same:
        why = Sentence("the same name")
    else:
        why = Sentence("a name that sounds alike")
    return Twin(hit.person_id, hit.number, hit.surname, hit.given, hit.born_on, hit.in_custody, same, why)


def _order(twin: Twin) -> tuple[bool, bool, str]:
    return not twin.in_custody, not twin.same_name, twin.number
