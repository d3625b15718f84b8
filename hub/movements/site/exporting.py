"""The site as the file that brings it in again."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy.orm import Session

from hub.custody.legal import LegalStatus
from hub.movements.cells.reading import cells
from hub.movements.cells.rules import CellView
from hub.movements.site.files import (
    CellEntry,
    CheckpointDraft,
    CurfewDraft,
    SiteDraft,
    SiteFile,
    ZoneDraft,
)
from hub.movements.site.forms import CheckpointForm, CurfewForm, ZoneForm
from hub.movements.site.holding import everything


def site_file(session: Session) -> SiteFile:
    """Everything of all sites, closed zones and checkpoints as well, cells included."""
    held = everything(session)
    return SiteFile(
        site=[SiteDraft(code=one.code, name=one.name) for one in held.sites.values()],
        zone=[_zone(one) for one in held.zones.values()],
        checkpoint=[_checkpoint(one) for one in held.checkpoints.values()],
        curfew=[_curfew(one) for one in held.curfews.values()],
        cell=[_cell(one) for one in cells(session).values()],
    )


def as_toml(file: SiteFile) -> str:
    """A file that `read_site` reads. What nobody said is left out."""
    parts = []
    for name in file.__struct_fields__:
        entries: Sequence[msgspec.Struct] = getattr(file, name)
        parts += [f"[[{name}]]\n" + _lines(msgspec.to_builtins(one)) for one in entries]
    return "\n".join(parts)


def clock(minute: int) -> str:
    """ "21:30" of a minute of the day."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _lines(values: dict[str, object]) -> str:
    return "".join(
        # A JSON value of these kinds is a TOML value as well.
        f"{key} = {msgspec.json.encode(value).decode()}\n"
        for key, value in values.items()
        if value is not None
    )


def _zone(one: ZoneForm) -> ZoneDraft:
    return ZoneDraft(
        code=one.code,
        name=one.name,
        kind=one.kind,
        site=one.site,
        parent=one.parent,
        unit=one.is_unit,
        capacity=one.certified,
        working=one.working,
        maximum=one.maximum,
        needs_pass=one.needs_pass,
        locked_at_night=one.is_locked_at_night,
        closed=one.closed,
    )


def _checkpoint(one: CheckpointForm) -> CheckpointDraft:
    return CheckpointDraft(
        code=one.code,
        name=one.name,
        from_zone=one.from_zone,
        to_zone=one.to_zone,
        walk_s=one.walk_s,
        closed=one.closed,
    )


def _curfew(one: CurfewForm) -> CurfewDraft:
    return CurfewDraft(
        code=one.code,
        name=one.name,
        site=one.site,
        zones=list(one.zones),
        between=clock(one.from_minute),
        until=clock(one.until_minute),
        weekdays=list(one.weekdays),
        closed=one.closed,
    )


def _cell(one: CellView) -> CellEntry:
    return CellEntry(
        code=one.code,
        name=one.name,
        block=one.block,
        tier=one.tier,
        zone=one.zone,
        certified=one.certified,
        working=one.working,
        maximum=one.maximum,
        sexes=one.sexes,
        ages=one.ages,
        statuses=[LegalStatus(status) for status in sorted(one.statuses)],
    )
