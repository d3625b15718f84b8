"""Every kind of fact that a file can hold."""

from __future__ import annotations

from typing import Any, Final

from hub.custody import legal, papers, stays, who
from hub.custody.absence import ABSENCE
from hub.custody.at_large import AT_LARGE
from hub.custody.facts.kinds import Kind
from hub.custody.identity import IDENTITY
from hub.custody.life.kinds import KINDS as LIFE
from hub.custody.retention_hold import RETENTION_HOLD
from hub.custody.sentencing import forms as sentencing

_ALL: Final[tuple[Kind[Any], ...]] = (
    IDENTITY,
    RETENTION_HOLD,
    *who.KINDS,
    *stays.KINDS,
    AT_LARGE,
    ABSENCE,
    *legal.KINDS,
    *sentencing.KINDS,
    *papers.KINDS,
    *LIFE,
)

KINDS: Final[dict[str, Kind[Any]]] = {kind.name: kind for kind in _ALL}
"""By name, in the order in which pages offer them."""
