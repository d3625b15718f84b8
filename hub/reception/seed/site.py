"""The invented prison: blocks with tiers and cells, as many as its people need, all that lies around, and a farm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.database import insert_rows
from hub.movements.cells.lying import lying_of
from hub.movements.cells.records import Cell, CellTerms
from hub.movements.records import Site, Zone, ZoneKind
from hub.movements.site.files import CheckpointDraft, CurfewDraft, SiteDraft, SiteFile, ZoneDraft
from hub.movements.site.importing import import_site
from hub.movements.site.plans.keeping import hand_in, place
from hub.reception.seed.drawing import FARM_PLAN, Wing, main_plan, spots

IN_A_CELL: Final = 4
CELLS_A_TIER: Final = 20
MOST_TIERS: Final = 6
"""More cells make longer tiers: an invented service of hundreds of thousands has no thousand zones."""
FARM: Final = "farm"
ON_THE_FARM: Final = 16
"""One in so many who serve a sentence lives on the farm."""


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
FARM_BLOCK: Final = Block("farm-house", "Farm house", 0.05, statuses=_AFTER)
_BLOCKS: Final = (*REMAND_BLOCKS, *SENTENCED_BLOCKS, WOMEN, JUVENILES)

_OTHERS: Final = (
    ("yard", "Yard", ZoneKind.MOVEMENT_AREA, None),
    ("gate", "Main gate", ZoneKind.MOVEMENT_AREA, None),
    ("reception", "Reception", ZoneKind.HOLDING_CELL, 40),
    ("clinic", "Clinic", ZoneKind.CLINIC, 20),
    ("visits", "Visits", ZoneKind.VISITS, 80),
    ("kitchen", "Kitchen", ZoneKind.WORKSHOP, 30),
    ("workshop", "Workshop", ZoneKind.WORKSHOP, 60),
    ("tailors", "Tailors' shop", ZoneKind.WORKSHOP, 40),
    ("school", "School", ZoneKind.WORKSHOP, 60),
    ("chapel", "Chapel", ZoneKind.MOVEMENT_AREA, 120),
    ("dock", "Court dock", ZoneKind.HOLDING_CELL, 24),
    ("court", "Court", ZoneKind.COURT, None),
    ("outside", "Outside", ZoneKind.OUTSIDE, None),
)
_BY_PASS: Final = frozenset({"clinic", "visits", "workshop", "tailors", "school", "dock"})
_BEHIND_THE_GATE: Final = frozenset({"reception", "visits", "dock"})
_SHUT_AT_NIGHT: Final = ("yard", "visits", "kitchen", "workshop", "tailors", "school", "chapel")
_WALKS_S: Final = {"gate": 40, "reception": 45, "chapel": 70, "school": 80, "workshop": 90, "tailors": 90}
_FARM_ZONES: Final = (
    ("farm-yard", "Farm yard", ZoneKind.MOVEMENT_AREA, None),
    ("farm-fields", "Fields", ZoneKind.WORKSHOP, 60),
    ("farm-dairy", "Dairy", ZoneKind.WORKSHOP, 12),
)


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
    sizes = {block.code: _places(block, people) for block in (*_BLOCKS, FARM_BLOCK)}
    for block in _BLOCKS:
        _widen(known.get(block.code), sizes[block.code])
    tiers = {block.code: [] if block.code in known else _tiers(sizes[block.code]) for block in _BLOCKS}
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
    blocks = _BLOCKS if known else (*_BLOCKS, FARM_BLOCK)
    homes = Homes({}, {})
    for block in blocks:
        _cells(session, block, sizes[block.code], tiers.get(block.code, []), homes, actor, at)
    return homes


def ways_of(home: str) -> tuple[str, ...]:
    """Zones that somebody who lives in this one may enter at any time; all else by a pass."""
    if home == FARM_BLOCK.code:
        return (home, *(code for code, *_ in _FARM_ZONES))
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
    for block in _BLOCKS:
        places = tiers[block.code]
        found.append(
            _living(block.code, block.name, ZoneKind.BLOCK, sizes[block.code], None, unit=not places)
        )
        found += [
            _living(f"{block.code}-t{number}", f"Tier {number}", ZoneKind.TIER, count, block.code, unit=True)
            for number, count in enumerate(places, 1)
        ]
    return found + [
        ZoneDraft(code=code, name=name, kind=kind, capacity=room, maximum=room, needs_pass=code in _BY_PASS)
        for code, name, kind, room in _OTHERS
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
            for code, name, kind, room in _FARM_ZONES
        ),
    ]


def _checkpoints(tiers: dict[str, list[int]]) -> list[CheckpointDraft]:
    ways = [("yard", code, name) for code, name, *_ in _OTHERS if code not in ("yard", "outside", "court")]
    ways = [("gate" if code in _BEHIND_THE_GATE else start, code, name) for start, code, name in ways]
    ways += [("gate", "outside", "Way out"), ("outside", "court", "Court")]
    for block in _BLOCKS:
        ways.append(("yard", block.code, block.name))
        ways += [
            (block.code, f"{block.code}-t{number}", f"{block.name}, tier {number}")
            for number, _ in enumerate(tiers[block.code], 1)
        ]
    ways += [("farm-yard", code, name) for code, name, *_ in _FARM_ZONES if code != "farm-yard"]
    ways.append(("farm-yard", FARM_BLOCK.code, FARM_BLOCK.name))
    return [
        CheckpointDraft(
            code=f"{code}-in",
            name=f"{name}, entry",
            from_zone=start,
            to_zone=code,
            walk_s=_WALKS_S.get(code, 15 if start.startswith(("block", "remand")) else 50),
        )
        for start, code, name in ways
    ]


def _night() -> CurfewDraft:
    return CurfewDraft(code="night", name="Night", zones=list(_SHUT_AT_NIGHT), between="21:00", until="05:30")


def _draw(session: Session, main: str, tiers: dict[str, list[int]], actor: Actor, at: datetime) -> None:
    """Drawings of both sites, as somebody would hand them in: shapes are named by the codes of their zones."""
    wings = [
        Wing(block.code, [f"{block.code}-t{number}" for number, _ in enumerate(tiers[block.code], 1)])
        for block in _BLOCKS
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
