"""One fact that a message would make, and what there is on the file now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.custody.facts.kinds import Form, Kind, V
from hub.custody.facts.reading import Held, holding
from hub.custody.facts.records import Fact
from hub.custody.legal import LEGAL_STATUS
from hub.sentences import Sentence


@dataclass(frozen=True)
class Proposal:
    """A fact to be stated under `name`.

    `item` is the thing on file that it goes on with, `was` its value now. `links` name other proposals whose item goes
    into a field: {"charge": "charge-1"}. `unclear` says of a field why it cannot stay as the message has it.
    """

    name: str
    kind: Kind[Any]
    value: Form
    effective_at: datetime
    item: int | None = None
    was: Form | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    unclear: Mapping[str, Sentence] = field(default_factory=dict)

    @property
    def needs_tick(self) -> bool:
        """Whether it changes the legal status: nothing does without the officer's own tick."""
        return self.kind is LEGAL_STATUS

    def __repr__(self) -> str:
        return f"Proposal({self.name})"


@dataclass(frozen=True)
class OnFile:
    """The facts of a person and the stay that a message would go to."""

    booking_id: int | None
    rows: Sequence[Fact]
    at: datetime

    def held(self, kind: Kind[V]) -> list[Held[V]]:
        """What holds of a kind, the latest in effect last."""
        return sorted(holding(kind, self.rows), key=lambda one: (one.row.effective_at, one.row.id))

    def __repr__(self) -> str:
        return "OnFile()"


def changed(kind: Kind[Any], held: Held[Any], value: Form, name: str, effective_at: datetime) -> Proposal:
    """A thing that is on file goes on as `value`; never from before what is in effect."""
    item = held.item if kind.many else None
    return Proposal(name, kind, value, max(effective_at, held.row.effective_at), item, held.value)
