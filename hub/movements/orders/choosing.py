"""Where an order can be for, to choose from and in words: everywhere, one site, or zones with what lies in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.movements.orders.in_force import InForce
from hub.movements.records import Site
from hub.movements.site.tree import load
from hub.sentences import Sentence


@dataclass(frozen=True)
class Choice:
    """A zone to tick; `depth` is how deep it lies in others."""

    code: str
    name: str
    depth: int


def choices(session: Session) -> dict[str, Any]:
    """`sites` and `zones` for a form. Cells are left out: nobody locks one down, and there are hundreds."""
    tree = load(session)
    zones = [
        Choice(node.code, node.name, min(tree.depth(node.id), 3))
        for node in tree.zones()
        if not node.is_closed and node.kind != "CELL"
    ]
    sites = session.scalars(select(Site).order_by(Site.sort, Site.id)).all()
    return {"zones": zones, "sites": sites}


def spoken(session: Session) -> Callable[[InForce], Sentence]:
    """Says where an order is for: a site by its name where its zones are those of a whole one."""
    tree = load(session)
    whole = {
        frozenset(node.code for node in tree.children(None, site.id)): site.name
        for site in session.scalars(select(Site))
    }

    def where(order: InForce) -> Sentence:
        if order.whole_site:
            return Sentence("whole site")
        site = whole.get(frozenset(order.zones))
        if site is not None and not order.terminals and len(order.zones) > 1:
            return Sentence("%(name)s", {"name": site})
        nodes = [tree.by_code(code) for code in order.zones]
        names = [
            node.name if node is not None else code for node, code in zip(nodes, order.zones, strict=True)
        ]
        return Sentence("%(name)s", {"name": ", ".join([*names, *order.terminals])})

    return where
