"""What a check is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Any, Final

from hub.custody.facts.kinds import Kind
from hub.docket.limits import Limits
from hub.docket.snapshot import Snapshot
from hub.sentences import Sentence
from hub.web.formats import start_of


class Band(IntEnum):
    """How near a finding is to somebody's liberty; the lower, the nearer."""

    LIBERTY = 0
    """The authority to hold the person is in doubt now."""
    SOON = 1
    """It will be, unless somebody acts."""
    CARE = 2
    """The person is held with authority, not as the law asks."""


BANDS: Final = {
    Band.LIBERTY: Sentence("Liberty in doubt"),
    Band.SOON: Sentence("Will be in doubt"),
    Band.CARE: Sentence("Held not as the law asks"),
}


@dataclass(frozen=True)
class Doubt:
    """One thing found. `subject` is the item it is about, 0 for the stay as a whole.

    `since_at` is since when it is so, in the future for what is to come. `rows` are the facts that show it. `limits`
    are the names of the figures that it was judged by.
    """

    since_at: datetime
    what: Sentence
    subject: int = 0
    rows: tuple[int, ...] = ()
    limits: tuple[str, ...] = ()


Find = Callable[[Snapshot, Limits], Iterator[Doubt]]


def nothing(_snapshot: Snapshot) -> str:
    """A check that looks at facts alone."""
    return ""


@dataclass(frozen=True)
class Check:
    """A rule. `reads` are the kinds of facts it looks at; `also` says in a few letters whatever else it looks at.

    A check with `needs` finds nothing of somebody of whom there is no fact of any of these kinds, and is not made
    then. `version` is raised whenever the rule is edited in a way that can find less: what it found before stays.
    """

    code: str
    words: Sentence
    advice: Sentence
    band: Band
    due_hours: int
    find: Find
    reads: tuple[Kind[Any], ...] = ()
    also: Callable[[Snapshot], str] = nothing
    version: int = 1
    needs: tuple[Kind[Any], ...] = ()


def since(day: date) -> datetime:
    """The first moment of a day at the site."""
    return start_of(day)
