"""The invented prison's blocks and cells, as many as its people need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.database import insert_rows
from hub.movements.cells.records import Cell, CellTerms
from hub.movements.records import Zone, ZoneKind
from hub.movements.site.files import SiteFile, ZoneDraft
from hub.movements.site.importing import import_site

IN_A_CELL: Final = 4
CELLS_A_TIER: Final = 20
_OTHERS: Final = (
    ("reception", "Reception", ZoneKind.HOLDING_CELL, 40),
    ("yard", "Yard", ZoneKind.MOVEMENT_AREA, None),
    ("workshop", "Workshop", ZoneKind.WORKSHOP, 60),
    ("clinic", "Clinic", ZoneKind.CLINIC, 20),
    ("visits", "Visits", ZoneKind.VISITS, 80),
    ("court", "Court", ZoneKind.COURT, None),
    ("outside", "Outside", ZoneKind.OUTSIDE, None),
)


@dataclass(frozen=True)
class Block:
    """A block for some sort of people; `share` of everybody lives in it."""

    code: str
    name: str
    share: float
    sexes: str = "M"
    ages: str = "adult"
    statuses: tuple[str, ...] = ()


WOMEN: Final = Block("women", "Women", 0.0, "F", "any")
JUVENILES: Final = Block("juveniles", "Young offenders", 0.0, "M", "juvenile")
_BEFORE_SENTENCE: Final = (
    "REMAND",
    "CONVICTED_UNSENTENCED",
    "IMMIGRATION_DETAINEE",
    "CIVIL_PRISONER",
    "OTHER",
    "UNKNOWN",
)
_AFTER: Final = ("SENTENCED", "INDETERMINATE_SENTENCE", "RECALL", "OTHER", "UNKNOWN")
REMAND_BLOCKS: Final = (
    Block("remand-1", "Remand 1", 0.2, statuses=_BEFORE_SENTENCE),
    Block("remand-2", "Remand 2", 0.2, statuses=_BEFORE_SENTENCE),
)
SENTENCED_BLOCKS: Final = tuple(
    Block(f"block-{letter}", f"Block {letter.upper()}", 0.17, statuses=_AFTER) for letter in "abcd"
)
_BLOCKS: Final = (*REMAND_BLOCKS, *SENTENCED_BLOCKS, WOMEN, JUVENILES)


@dataclass(frozen=True)
class Homes:
    """Codes of cells by block."""

    cells: dict[str, list[str]]


def build(session: Session, people: int, *, actor: Actor, at: datetime) -> Homes:
    """Add the blocks with their cells, and the other zones, to what the hub has of a site."""
    sizes = {block.code: _places(block, people) for block in _BLOCKS}
    zones = [
        ZoneDraft(
            code=block.code, name=block.name, kind=ZoneKind.BLOCK, capacity=min(100_000, sizes[block.code])
        )
        for block in _BLOCKS
    ]
    known = {zone.code: zone for zone in session.scalars(select(Zone))}
    for block in _BLOCKS:
        _widen(known.get(block.code), sizes[block.code])
    others = [
        ZoneDraft(code=code, name=name, kind=kind, capacity=capacity)
        for code, name, kind, capacity in _OTHERS
    ]
    file = SiteFile(zone=[zone for zone in (*zones, *others) if zone.code not in known])
    import_site(session, file, actor=actor, at=at)
    return Homes({block.code: _cells(session, block, sizes[block.code], actor, at) for block in _BLOCKS})


def _widen(zone: Zone | None, places: int) -> None:
    """A block that the hub has keeps its own cells, and gets those of the invented people beside them."""
    if zone is not None and zone.capacity is not None:
        zone.capacity = min(100_000, zone.capacity + places)


def _places(block: Block, people: int) -> int:
    share = {WOMEN.code: 0.02, JUVENILES.code: 0.03}.get(block.code, block.share)
    return IN_A_CELL * max(4, -(-int(people * share * 1.02) // IN_A_CELL))


def _cells(session: Session, block: Block, places: int, actor: Actor, at: datetime) -> list[str]:
    """Cells of a block that it has not yet; the codes of all of them."""
    zone = session.scalars(select(Zone.id).where(Zone.code == block.code)).one()
    wanted = [f"{block.code}-{number:02d}" for number in range(1, places // IN_A_CELL + 1)]
    present = set(session.scalars(select(Cell.code).where(Cell.zone_id == zone)))
    insert_rows(session, Cell, [{"code": code, "zone_id": zone} for code in wanted if code not in present])
    ids = {cell.code: cell.id for cell in session.scalars(select(Cell).where(Cell.zone_id == zone))}
    rows = [
        _terms(block, place, ids[code], code, actor, at)
        for place, code in enumerate(wanted)
        if code not in present
    ]
    insert_rows(session, CellTerms, rows)
    return wanted


def _terms(
    block: Block, place: int, cell_id: int, code: str, actor: Actor, at: datetime
) -> dict[str, object]:
    return {
        "cell_id": cell_id,
        "name": code,
        "block": block.name,
        "tier": str(1 + place // CELLS_A_TIER),
        "certified": IN_A_CELL,
        "working": IN_A_CELL,
        "maximum": IN_A_CELL + 2,
        "sexes": block.sexes,
        "ages": block.ages,
        "statuses": ",".join(block.statuses),
        "out_of_order": False,
        "reason": "Invented prison",
        "recorded_at": at,
        "recorded_by": actor.login,
    }
