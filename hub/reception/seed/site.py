"""The invented prison: blocks with tiers and cells, as many as its people need, all that lies around, and a farm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.movements.cells.lying import lying_of
from hub.movements.cells.records import Cell, CellTerms
from hub.movements.records import Site, Zone, ZoneKind
from hub.movements.site.files import CheckpointDraft, CurfewDraft, SiteDraft, SiteFile, ZoneDraft
from hub.movements.site.importing import import_site
from hub.movements.site.plans.keeping import hand_in, place
from hub.reception.seed.drawing import FARM_PLAN, Wing, main_plan, spots
from hub.reception.seed.prison import (
    BEHIND_THE_GATE,
    BLOCKS,
    BY_PASS,
    FARM,
    FARM_BLOCK,
    FARM_ZONES,
    JUVENILES,
    OTHERS,
    SHUT_AT_NIGHT,
    WALKS_S,
    WOMEN,
    Block,
)
from hub.rows import insert_rows

IN_A_CELL: Final = 4
CELLS_A_TIER: Final = 20
MOST_TIERS: Final = 6
"""More cells make longer tiers: an invented service of hundreds of thousands has no thousand zones."""


@dataclass(frozen=True)
class Homes:
    """Codes of cells by block, and the zone of each cell."""

    cells: dict[str, list[str]]
    zones: dict[str, str]


def build(session: Session, people: int, *, actor: Actor, at: datetime) -> Homes:
    """Add the blocks with their tiers and cells, and the other zones, to what the hub has of a site.

    A hub that has no zones yet gets the whole prison: checkpoints, a curfew, drawings of both sites.
    """
    known = {zone.code: zone for zone in session.scalars(select(Zone))}
    sizes = {block.code: _places(block, people) for block in (*BLOCKS, FARM_BLOCK)}
    for block in BLOCKS:
        _widen(known.get(block.code), sizes[block.code])
    tiers = {block.code: [] if block.code in known else _tiers(sizes[block.code]) for block in BLOCKS}
    main = session.scalars(select(Site.code).order_by(Site.id)).first() or "main"
    file = SiteFile(
        site=[] if known else [SiteDraft(code=main, name="Central"), SiteDraft(code=FARM, name="Farm")],
        zone=[
            zone
            for zone in (*_zones(sizes, tiers), *([] if known else _farm(sizes[FARM_BLOCK.code])))
            if zone.code not in known
        ],
        checkpoint=[] if known else _checkpoints(tiers),
        curfew=[] if known else [_night()],
    )
    import_site(session, file, actor=actor, at=at)
    if not known:
        _draw(session, main, tiers, actor, at)
    blocks = BLOCKS if known else (*BLOCKS, FARM_BLOCK)
    homes = Homes({}, {})
    for block in blocks:
        _cells(session, block, sizes[block.code], tiers.get(block.code, []), homes, actor, at)
    return homes


def ways_of(home: str) -> tuple[str, ...]:
    """Zones that somebody who lives in this one may enter at any time; all else by a pass."""
    if home == FARM_BLOCK.code:
        return (home, *(code for code, *_ in FARM_ZONES))
    block = home.rpartition("-t")[0]
    return (home, block or home, "yard", "chapel", "kitchen")


def _widen(zone: Zone | None, places: int) -> None:
    """A block that the hub has keeps its own cells, and gets those of the invented people beside them."""
    if zone is not None and zone.capacity is not None:
        zone.capacity = min(100_000, zone.capacity + places)


def _places(block: Block, people: int) -> int:
    share = {WOMEN.code: 0.02, JUVENILES.code: 0.03}.get(block.code, block.share)
    return IN_A_CELL * max(4, -(-int(people * share * 1.02) // IN_A_CELL))


def _tiers(places: int) -> list[int]:
    """Places of each tier of a block of so many; none where one would be all."""
    cells = places // IN_A_CELL
    count = min(MOST_TIERS, -(-cells // CELLS_A_TIER))
    if count < 2:
        return []
    return [IN_A_CELL * (cells * (n + 1) // count - cells * n // count) for n in range(count)]


def _zones(sizes: dict[str, int], tiers: dict[str, list[int]]) -> list[ZoneDraft]:
    found: list[ZoneDraft] = []
    for block in BLOCKS:
        places = tiers[block.code]
        found.append(
            _living(block.code, block.name, ZoneKind.BLOCK, sizes[block.code], None, unit=not places)
        )
        found += [
            _living(
                f"{block.code}-t{number}",
                f"{block.short}{number}",
                ZoneKind.TIER,
                count,
                block.code,
                unit=True,
            )
            for number, count in enumerate(places, 1)
        ]
    return found + [
        ZoneDraft(code=code, name=name, kind=kind, capacity=room, maximum=room, needs_pass=code in BY_PASS)
        for code, name, kind, room in OTHERS
    ]


def _living(
    code: str, name: str, kind: ZoneKind, places: int, parent: str | None, *, unit: bool
) -> ZoneDraft:
    return ZoneDraft(
        code=code,
        name=name,
        kind=kind,
        parent=parent,
        unit=unit,
        capacity=min(100_000, places),
        maximum=min(100_000, places + places // 2),
        locked_at_night=unit,
    )


def _farm(places: int) -> list[ZoneDraft]:
    house = ZoneDraft(
        code=FARM_BLOCK.code,
        name=FARM_BLOCK.name,
        kind=ZoneKind.BLOCK,
        site=FARM,
        unit=True,
        capacity=min(100_000, places),
        locked_at_night=True,
    )
    return [
        house,
        *(
            ZoneDraft(code=code, name=name, kind=kind, site=FARM, capacity=room, maximum=room)
            for code, name, kind, room in FARM_ZONES
        ),
    ]


def _checkpoints(tiers: dict[str, list[int]]) -> list[CheckpointDraft]:
    ways = [("yard", code, name) for code, name, *_ in OTHERS if code not in ("yard", "outside", "court")]
    ways = [("gate" if code in BEHIND_THE_GATE else start, code, name) for start, code, name in ways]
    ways += [("gate", "outside", "Way out"), ("outside", "court", "Court")]
    for block in BLOCKS:
        ways.append(("yard", block.code, block.name))
        ways += [
            (block.code, f"{block.code}-t{number}", f"{block.short}{number}")
            for number, _ in enumerate(tiers[block.code], 1)
        ]
    ways += [("farm-yard", code, name) for code, name, *_ in FARM_ZONES if code != "farm-yard"]
    ways.append(("farm-yard", FARM_BLOCK.code, FARM_BLOCK.name))
    return [
        CheckpointDraft(
            code=f"{code}-in",
            name=f"{name}, entry",
            from_zone=start,
            to_zone=code,
            walk_s=WALKS_S.get(code, 15 if start.startswith(("block", "remand")) else 50),
        )
        for start, code, name in ways
    ]


def _night() -> CurfewDraft:
    return CurfewDraft(code="night", name="Night", zones=list(SHUT_AT_NIGHT), between="21:00", until="05:30")


def _draw(session: Session, main: str, tiers: dict[str, list[int]], actor: Actor, at: datetime) -> None:
    """Drawings of both sites, as somebody would hand them in: shapes are named by the codes of their zones."""
    wings = [
        Wing(block.code, [f"{block.code}-t{number}" for number, _ in enumerate(tiers[block.code], 1)])
        for block in BLOCKS
    ]
    drawn, _ = hand_in(session, main, "Ground floor", main_plan(wings), actor=actor, at=at)
    for checkpoint, spot in spots(wings).items():
        place(session, drawn.id, checkpoint, spot, actor=actor, at=at)
    hand_in(session, FARM, "Grounds", FARM_PLAN, actor=actor, at=at)


def _cells(
    session: Session, block: Block, places: int, tiers: list[int], homes: Homes, actor: Actor, at: datetime
) -> None:
    """Cells of a block that it has not yet; the codes of all of them, tier by tier."""
    count = places // IN_A_CELL
    zones = [f"{block.code}-t{number}" for number, _ in enumerate(tiers, 1)] or [block.code]
    sizes = [size // IN_A_CELL for size in tiers] or [count]
    owner = [zone for zone, size in zip(zones, sizes, strict=True) for _ in range(size)]
    wanted = [f"{block.code}-{number:02d}" for number in range(1, count + 1)]
    ids = {zone.code: zone.id for zone in session.scalars(select(Zone).where(Zone.code.in_(zones)))}
    present = set(session.scalars(select(Cell.code).where(Cell.code.in_(wanted))))
    fresh = [(code, zone) for code, zone in zip(wanted, owner, strict=True) if code not in present]
    insert_rows(session, Cell, [{"code": code, "zone_id": ids[zone]} for code, zone in fresh])
    numbers = {
        cell.code: cell.id for cell in session.scalars(select(Cell).where(Cell.zone_id.in_(ids.values())))
    }
    said = {zone: lying_of(session, zone_id) for zone, zone_id in ids.items()}
    insert_rows(
        session,
        CellTerms,
        [_terms(block, said[zone].tier, numbers[code], code, actor, at) for code, zone in fresh],
    )
    homes.cells[block.code] = wanted
    homes.zones.update(zip(wanted, owner, strict=True))


def _terms(block: Block, tier: str, cell_id: int, code: str, actor: Actor, at: datetime) -> dict[str, object]:
    return {
        "cell_id": cell_id,
        "name": code,
        "block": block.name,
        "tier": tier or "1",
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
