"""Which facts somebody may see: decided here for the file, its story, its evidence, what is printed and taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hub.custody.catalogue import KINDS
from hub.custody.facts.records import Fact

May = Callable[[str], bool]
"""Whether somebody holds a permission: `visitor().may`, or one that knows of an emergency too."""


def may_see_kind(name: str, may: May) -> bool:
    """Whether facts of this kind are shown; nobody sees a kind that this version does not know."""
    kind = KINDS.get(name)
    return kind is not None and may(kind.see)


def visible(rows: Iterable[Fact], may: May) -> list[Fact]:
    """The rows that may be shown, in their order."""
    allowed = {name for name in KINDS if may_see_kind(name, may)}
    return [row for row in rows if row.kind in allowed]
