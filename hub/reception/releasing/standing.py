"""What a release hangs on: the lines of its interlock, and all that is read for them. Plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from hub.custody.legal import Hold, OrderToHold, OrderToRelease, ReleaseReason
from hub.custody.sentencing.dates import BestKnown
from hub.custody.twins import Twin
from hub.sentences import Sentence

ENDS_NO_SENTENCE: Final = frozenset(
    {
        ReleaseReason.BAIL,
        ReleaseReason.ACQUITTED,
        ReleaseReason.CHARGES_WITHDRAWN,
        ReleaseReason.DISCHARGED,
        ReleaseReason.NON_CUSTODIAL_SENTENCE,
        ReleaseReason.FINE_PAID,
    }
)
"""Reasons that are about one case, and let nobody out of a sentence in another."""
SENTENCE: Final = "sentence"
"""Subject of a mark that says how the release answers a sentence that still runs."""
HANDED_OVER: Final = frozenset({ReleaseReason.DEPORTATION, ReleaseReason.TRANSFERRED_ABROAD})


class Item(StrEnum):
    """A line of the interlock; also what a mark vouches for."""

    AUTHORITY = "authority"
    HOLDS = "holds"
    ORDERS = "orders"
    STAYS = "stays"
    IDENTITY = "identity"
    TWINS = "twins"
    PROPERTY = "property"
    CONDITIONS = "conditions"
    SECOND = "second"


ITEMS: Final = {
    Item.AUTHORITY: Sentence("Authority to release"),
    Item.HOLDS: Sentence("No other hold"),
    Item.ORDERS: Sentence("No other order in force"),
    Item.STAYS: Sentence("No other open stay"),
    Item.IDENTITY: Sentence("It is this person"),
    Item.TWINS: Sentence("No mix-up of names"),
    Item.PROPERTY: Sentence("Property given back"),
    Item.CONDITIONS: Sentence("Papers, medicine and conditions"),
    Item.SECOND: Sentence("Second officer"),
}

FINGER: Final = "finger"
ATTEST: Final = "attest"
DEATH: Final = "death"
HANDED: Final = "handed"


@dataclass(frozen=True)
class Mark:
    """What somebody vouched for."""

    what: str
    subject: str
    note: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Standing:
    """Everything that a release hangs on, as it is at `now`."""

    reason: ReleaseReason
    now: datetime
    today: date
    started_by: str
    date: BestKnown | None = None
    release_orders: Mapping[int, OrderToRelease] | None = None
    orders: Mapping[int, OrderToHold] | None = None
    holds: Mapping[int, Hold] | None = None
    other_stays: Sequence[str] = ()
    twins: Sequence[Twin] = ()
    things: int = 0
    has_fingers: bool = True
    marks: Sequence[Mark] = ()

    @property
    def sentence_runs(self) -> bool:
        """Whether a sentence is on file whose end has not come, or is not known."""
        return self.date is not None and (self.date.on is None or self.date.on > self.today)

    @property
    def sentence_stands(self) -> bool:
        """Whether a sentence runs that the reason of this release does not end."""
        return self.sentence_runs and self.reason in ENDS_NO_SENTENCE

    @property
    def paper(self) -> OrderToRelease | None:
        """The order to release for this reason, the newest where there are several."""
        papers = [one for one in (self.release_orders or {}).values() if one.reason is self.reason]
        return max(papers, key=lambda one: one.issued_on, default=None)

    def marks_of(self, what: str) -> list[Mark]:
        return [mark for mark in self.marks if mark.what == what]

    def mark(self, what: str, subject: str = "") -> Mark | None:
        return next((mark for mark in self.marks_of(what) if not subject or mark.subject == subject), None)


@dataclass(frozen=True)
class Line:
    """One condition: `met`, on what `evidence`, and what to do where it is not."""

    item: Item
    met: bool
    evidence: tuple[Sentence, ...] = ()
    todo: Sentence | None = None
