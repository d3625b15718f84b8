"""Reading a site: zones and checkpoints from a TOML file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.legal import LegalStatus
from hub.errors import HubError
from hub.movements.cells.rules import Ages, Sexes
from hub.movements.records import Checkpoint, Zone, ZoneKind

Code = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Label = Annotated[str, Meta(min_length=1, max_length=80)]


class SiteError(HubError):
    """The site file cannot be used; the sentence names what is wrong in it."""

    def __init__(self, sentence: str) -> None:
        super().__init__("site", sentence)


class ZoneDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A `[[zone]]`."""

    code: Code
    name: Label
    kind: ZoneKind
    capacity: Annotated[int, Meta(ge=0, le=100_000)] | None = None


class CheckpointDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A `[[checkpoint]]`; zones by code."""

    code: Code
    name: Label
    from_zone: Code
    to_zone: Code


Places = Annotated[int, Meta(ge=0, le=500)]


class CellEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A `[[cell]]`; the zone by code. `working` and `maximum` left out are as `certified`; no `statuses` are all."""

    code: Code
    name: Label
    block: Label
    tier: Annotated[str, Meta(max_length=80)] = ""
    zone: Code
    certified: Places
    working: Places | None = None
    maximum: Places | None = None
    sexes: Sexes = Sexes.ANY
    ages: Ages = Ages.ANY
    statuses: list[LegalStatus] = []


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole site file."""

    zone: Annotated[list[ZoneDraft], Meta(min_length=1)]
    checkpoint: list[CheckpointDraft] = []
    cell: list[CellEntry] = []


def read_site(raw: bytes) -> Site:
    """Site of a TOML file; SiteError with the field or code that is wrong."""
    try:
        site = msgspec.toml.decode(raw, type=Site)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SiteError(f"The site file cannot be used: {error}. Correct it and import it again.") from error
    _refuse_twice("zone", (zone.code for zone in site.zone))
    _refuse_twice("checkpoint", (checkpoint.code for checkpoint in site.checkpoint))
    _refuse_twice("cell", (cell.code for cell in site.cell))
    known = {zone.code for zone in site.zone}
    for checkpoint in site.checkpoint:
        for code in (checkpoint.from_zone, checkpoint.to_zone):
            if code not in known:
                raise SiteError(
                    f"Checkpoint {checkpoint.code} names a zone {code} that the file does not have."
                )
        if checkpoint.from_zone == checkpoint.to_zone:
            raise SiteError(f"Checkpoint {checkpoint.code} must lead from one zone into another.")
    for cell in site.cell:
        if cell.zone not in known:
            raise SiteError(f"Cell {cell.code} names a zone {cell.zone} that the file does not have.")
    return site


def import_site(session: Session, site: Site) -> None:
    """Add what is new and bring what is known up to date, by code. Nothing is taken away."""
    zones = {zone.code: zone for zone in session.scalars(select(Zone))}
    for draft in site.zone:
        zone = zones.setdefault(draft.code, Zone(code=draft.code))
        zone.name, zone.kind, zone.capacity = draft.name, draft.kind.value, draft.capacity
        session.add(zone)
    session.flush()
    checkpoints = {checkpoint.code: checkpoint for checkpoint in session.scalars(select(Checkpoint))}
    for way in site.checkpoint:
        checkpoint = checkpoints.setdefault(way.code, Checkpoint(code=way.code))
        checkpoint.name = way.name
        checkpoint.from_zone_id, checkpoint.to_zone_id = zones[way.from_zone].id, zones[way.to_zone].id
        session.add(checkpoint)
    session.flush()


def _refuse_twice(what: str, codes: Iterable[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise SiteError(f"The {what} {code} stands twice in the file.")
        seen.add(code)


def all_checkpoints(session: Session) -> list[tuple[str, str]]:
    """(code, name) of every checkpoint, by name."""
    rows = session.execute(select(Checkpoint.code, Checkpoint.name).order_by(Checkpoint.name))
    return [(code, name) for code, name in rows]
