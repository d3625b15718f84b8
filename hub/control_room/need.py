"""One line of what needs a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec


class Need(msgspec.Struct, frozen=True, omit_defaults=True):
    """`rank` 1 is the most urgent. `holder` is the name of who has it, empty when nobody does.

    What opens it: `panel`, the address of what to show and do about it, or `page`, a page to go to; else the
    terminal. `zones` and `checkpoint` are its places on the map, a zone as often as it has alarms there; `sites` are
    those that it concerns, none means all. `alarms` are number and count of each alarm that the line stands for.
    `rings` until somebody acknowledges it; `over` when its cause has ended; `order` is the kind of an order in force.
    """

    key: str
    kind: str
    rank: int
    title: str
    detail: str = ""
    at: datetime | None = None
    terminal: str = ""
    zones: Sequence[str] = ()
    sites: Sequence[str] = ()
    checkpoint: str = ""
    person: str = ""
    holder: str = ""
    panel: str = ""
    page: str = ""
    alarms: Sequence[tuple[int, int]] = ()
    count: int = 1
    rings: bool = False
    over: bool = False
    escalation: int = 0
    order: str | None = None
