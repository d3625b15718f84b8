"""Cells follow the zones that they belong to: a block that is called otherwise, or lies elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.movements.cells.defining import define_cell, draft_of, newest_terms
from hub.movements.cells.reading import view_of
from hub.movements.cells.records import Cell
from hub.movements.records import Zone

REASON: Final = "site"


def follow_zones(
    session: Session, zone_ids: Collection[int], *, reason: str, actor: Actor, at: datetime
) -> int:
    """Say anew in which block and tier the cells of these zones are. Gives how many changed."""
    rows = session.execute(
        select(Cell, Zone.code).join(Zone, Zone.id == Cell.zone_id).where(Cell.zone_id.in_(zone_ids))
    ).all()
    changed = 0
    for cell, zone in rows:
        held = view_of(cell, newest_terms(session, cell.id), zone)
        said = define_cell(session, draft_of(held), reason=reason or REASON, actor=actor, at=at)
        changed += (said.block, said.tier) != (held.block, held.tier)
    return changed
