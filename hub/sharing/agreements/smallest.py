"""From how many on numbers of people are told: what agreements ask beside the house's threshold. The larger holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub.sentences import Sentence
from hub.sharing.agreements.reading import agreements_in_force
from hub.sharing.agreements.terms import Terms


@dataclass(frozen=True)
class House:
    """The threshold of the house on a day; its rows belong to the figures, which stand above agreements."""

    smallest: Callable[[Session, date], int]


def asked_by_agreements(session: Session, moments: Iterable[datetime]) -> int:
    """The most that an agreement in force at one of these moments asks, 0 where none asks anything."""
    terms = (one.terms for at in moments for one in agreements_in_force(session, at))
    return max((one.smallest for one in terms if one.counted), default=0)


def beside_house(terms: Terms, house: int) -> Sentence | None:
    """What follows from these terms beside the house's threshold; None where there is nothing to say."""
    known = {"asked": terms.smallest, "house": house, "below": terms.smallest - 1}
    if not terms.counted or not terms.smallest or terms.smallest == house:
        return None
    if terms.smallest > house:
        return Sentence(
            "It asks for numbers from %(asked)s on, and the house tells them from %(house)s: once it is in force, no "
            "number from 1 to %(below)s is published for anybody.",
            known,
        )
    return Sentence(
        "It lets numbers be told from %(asked)s on, and the house tells them from %(house)s only: %(house)s holds, "
        "under this agreement too.",
        known,
    )
