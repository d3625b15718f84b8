"""The whole site on a page: what there is, what stands there, and what is not as it should be. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.movements.records import Site
from hub.movements.site.forms import CheckpointForm, CurfewForm, Everything, SiteForm, ZoneForm
from hub.movements.site.holding import everything
from hub.movements.site.plans.reading import PlanView, plans
from hub.movements.site.then import site_at
from hub.movements.site.tree import load
from hub.movements.staying import people_by_zone
from hub.sentences import Sentence
from hub.terminals.actions import granted_elsewhere
from hub.terminals.overview import at_checkpoints
from wire.provisioning import CheckpointSettings

RESIDENTIAL = ("BLOCK", "TIER", "CELL")


@dataclass(frozen=True)
class ZoneRow:
    """A zone in its list. `people` are those that the last proofs put there or into what lies in it."""

    form: ZoneForm
    depth: int
    people: int
    over: bool


@dataclass(frozen=True)
class CheckpointRow:
    """A checkpoint with the names of its zones and of the terminals that stand there."""

    form: CheckpointForm
    from_name: str
    to_name: str
    terminals: Sequence[str]


@dataclass(frozen=True)
class Remark:
    """Something that is not as it should be; `kind` and `code` lead to it."""

    kind: str
    code: str
    name: str
    words: Sentence


@dataclass(frozen=True)
class SiteView:
    """One site with all it has. `others` are all sites, for the switch."""

    site: SiteForm
    others: Sequence[SiteForm]
    zones: Sequence[ZoneRow]
    closed: Sequence[ZoneForm]
    checkpoints: Sequence[CheckpointRow]
    curfews: Sequence[CurfewForm]
    plans: Sequence[PlanView]
    remarks: Sequence[Remark]
    names: Mapping[str, str]

    @property
    def units(self) -> int:
        return sum(row.form.is_unit for row in self.zones)


def site_view(session: Session, code: str | None, known_at: datetime | None = None) -> SiteView | None:
    """The site of a code, or the first that has zones; as it was known at a time. None when there is no such site."""
    held = everything(session) if known_at is None else site_at(session, known_at)
    used = {zone.site for zone in held.zones.values()}
    first = next(
        (one for one in held.sites.values() if one.code in used), next(iter(held.sites.values()), None)
    )
    site = first if code is None else held.sites.get(code)
    if site is None:
        return None
    open_zones = [one for one in held.zones.values() if one.site == site.code and not one.closed]
    standing = at_checkpoints(session)
    mine = {one.code for one in open_zones}
    doors = [
        CheckpointRow(
            one, held.zones[one.from_zone].name, held.zones[one.to_zone].name, standing.get(one.code, ())
        )
        for one in held.checkpoints.values()
        if not one.closed and one.to_zone in mine
    ]
    counts = _counts(session) if known_at is None else {}
    site_id = _site_id(session, site.code)
    drawn = plans(session, site_id, known_at) if site_id is not None else []
    return SiteView(
        site,
        list(held.sites.values()),
        _rows(open_zones, counts),
        [one for one in held.zones.values() if one.site == site.code and one.closed],
        sorted(doors, key=lambda row: (row.from_name, row.form.name)),
        [one for one in held.curfews.values() if one.site == site.code and not one.closed],
        drawn,
        list(_remarks(session, held, open_zones, doors, drawn)) if known_at is None else [],
        {zone.code: zone.name for zone in held.zones.values()},
    )


def _rows(zones: Sequence[ZoneForm], counts: Mapping[str, int]) -> list[ZoneRow]:
    """Zones from the outside in, each before what lies in it."""
    inside: dict[str | None, list[ZoneForm]] = {}
    known = {zone.code for zone in zones}
    for zone in sorted(zones, key=lambda one: one.sort):
        inside.setdefault(zone.parent if zone.parent in known else None, []).append(zone)
    found: list[ZoneRow] = []

    def walk(parent: str | None, depth: int) -> None:
        for zone in inside.get(parent, ()):
            people = counts.get(zone.code, 0)
            room = zone.maximum if zone.maximum is not None else zone.certified
            found.append(ZoneRow(zone, depth, people, room is not None and people > room))
            walk(zone.code, depth + 1)

    walk(None, 0)
    return found


def _counts(session: Session) -> dict[str, int]:
    """How many people the proofs put into each zone, with all that lies in it."""
    tree = load(session)
    found: dict[str, int] = {}
    for zone_id, count in people_by_zone(session).items():
        for node in tree.above(zone_id):
            found[node.code] = found.get(node.code, 0) + count
    return found


def _site_id(session: Session, code: str) -> int | None:
    return session.scalar(select(Site.id).where(Site.code == code))


def _remarks(
    session: Session,
    held: Everything,
    zones: Sequence[ZoneForm],
    doors: Sequence[CheckpointRow],
    drawn: Sequence[PlanView],
) -> Iterable[Remark]:
    joined = {code for row in doors for code in (row.form.from_zone, row.form.to_zone)}
    around = {zone.parent for zone in zones}
    shown = {code for view in drawn for code in view.zones}
    for zone in zones:
        if zone.code not in joined and zone.code not in around and not _leads_in(zone, joined):
            yield Remark(
                "zones", zone.code, zone.name, Sentence("No checkpoint leads here: nobody is seen to enter.")
            )
        if zone.kind in RESIDENTIAL and zone.code not in around and not _is_counted(zone, held):
            yield Remark("zones", zone.code, zone.name, Sentence("People live here, and no count is taken."))
        if shown and not _is_drawn(zone, held, shown) and zone.code not in around:
            yield Remark(
                "zones", zone.code, zone.name, Sentence("It is on no drawing: the map shows it below.")
            )
    places = {
        terminal: CheckpointSettings(
            checkpoint=row.form.code, from_zone=row.form.from_zone, to_zone=row.form.to_zone
        )
        for row in doors
        for terminal in row.terminals
    }
    names = {row.form.code: row.form.name for row in doors}
    for terminal in sorted(granted_elsewhere(session, places)):
        code = places[terminal].checkpoint
        yield Remark(
            "checkpoints",
            code,
            names[code],
            Sentence(
                "%(terminal)s was taken in for other zones and goes on deciding for those. Take it in anew.",
                {"terminal": terminal},
            ),
        )


def _leads_in(zone: ZoneForm, joined: set[str]) -> bool:
    """A cell is entered past the door of the tier it lies in."""
    return zone.kind == "CELL" and zone.parent in joined


def _is_counted(zone: ZoneForm, held: Everything) -> bool:
    return any(one.is_unit for one in _chain(zone, held))


def _is_drawn(zone: ZoneForm, held: Everything, shown: set[str]) -> bool:
    return any(one.code in shown for one in _chain(zone, held))


def _chain(zone: ZoneForm, held: Everything) -> list[ZoneForm]:
    found = [zone]
    while (above := held.zones.get(found[-1].parent or "")) is not None and len(found) < 12:
        found.append(above)
    return found
