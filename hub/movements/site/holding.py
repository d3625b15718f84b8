"""The site as the tables hold it, in forms; and the other way round."""

from __future__ import annotations

from datetime import datetime
from typing import Final, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.movements.records import Checkpoint, Site, Zone, ZoneKind
from hub.movements.site.forms import CheckpointForm, CurfewForm, Everything, Form, Kind, SiteForm, ZoneForm
from hub.movements.site.records import CurfewRow, SiteChange


def everything(session: Session) -> Everything:
    """All sites as they are now, closed zones and checkpoints as well."""
    sites = session.scalars(select(Site).order_by(Site.sort, Site.id)).all()
    zones = session.scalars(select(Zone).order_by(Zone.site_id, Zone.sort, Zone.id)).all()
    checkpoints = session.scalars(select(Checkpoint).order_by(Checkpoint.id)).all()
    curfews = session.scalars(select(CurfewRow).order_by(CurfewRow.id)).all()
    site_codes = {site.id: site.code for site in sites}
    codes = {zone.id: zone.code for zone in zones}
    return Everything(
        {site.code: SiteForm(code=site.code, name=site.name, sort=site.sort) for site in sites},
        {zone.code: zone_form(zone, site_codes, codes) for zone in zones},
        {one.code: _checkpoint_form(one, codes) for one in checkpoints},
        {one.code: _curfew_form(one, site_codes) for one in curfews},
    )


def zone_form(zone: Zone, site_codes: dict[int, str], codes: dict[int, str]) -> ZoneForm:
    """A zone's row in codes."""
    return ZoneForm(
        code=zone.code,
        name=zone.name,
        kind=ZoneKind(zone.kind),
        site=site_codes[zone.site_id],
        parent=None if zone.parent_id is None else codes[zone.parent_id],
        is_unit=zone.is_unit,
        certified=zone.capacity,
        working=zone.working,
        maximum=zone.maximum,
        needs_pass=zone.needs_pass,
        is_locked_at_night=zone.is_locked_at_night,
        sort=zone.sort,
        closed=zone.closed_at is not None,
    )


def _checkpoint_form(one: Checkpoint, codes: dict[int, str]) -> CheckpointForm:
    return CheckpointForm(
        code=one.code,
        name=one.name,
        from_zone=codes[one.from_zone_id],
        to_zone=codes[one.to_zone_id],
        walk_s=one.walk_s,
        closed=one.closed_at is not None,
    )


def _curfew_form(one: CurfewRow, site_codes: dict[int, str]) -> CurfewForm:
    return CurfewForm(
        code=one.code,
        name=one.name,
        site=site_codes[one.site_id],
        zones=list(one.zones),
        from_minute=one.from_minute,
        until_minute=one.until_minute,
        weekdays=sorted(int(day) for day in one.weekdays),
        closed=one.closed_at is not None,
    )


def newest_change(session: Session, kind: Kind, code: str) -> int:
    """Number of the newest change of something, 0 when it was never changed: what an editor's page was made from."""
    wanted = select(func.max(SiteChange.id)).where(SiteChange.kind == kind, SiteChange.code == code)
    return session.scalar(wanted) or 0


def put_row(session: Session, form: Form, at: datetime) -> None:
    """Write a form into its table; what it names has to be there."""
    _PUT[type(form)](session, form, at)


def _put_site(session: Session, form: Form, at: datetime) -> None:
    given = cast(SiteForm, form)
    row = session.scalar(select(Site).where(Site.code == given.code))
    if row is None:
        session.add(Site(code=given.code, name=given.name, sort=given.sort))
    else:
        row.name, row.sort = given.name, given.sort
    session.flush()


def _put_zone(session: Session, form: Form, at: datetime) -> None:
    given = cast(ZoneForm, form)
    row = session.scalar(select(Zone).where(Zone.code == given.code))
    if row is None:
        row = Zone(code=given.code)
        session.add(row)
    with session.no_autoflush:
        row.name, row.kind = given.name, given.kind.value
        row.site_id = session.scalars(select(Site.id).where(Site.code == given.site)).one()
        row.parent_id = None if given.parent is None else _zone_id(session, given.parent)
    row.is_unit, row.needs_pass, row.sort = given.is_unit, given.needs_pass, given.sort
    row.is_locked_at_night = given.is_locked_at_night
    row.capacity, row.working, row.maximum = given.certified, given.working, given.maximum
    row.closed_at = (row.closed_at or at) if given.closed else None
    session.flush()


def _put_checkpoint(session: Session, form: Form, at: datetime) -> None:
    given = cast(CheckpointForm, form)
    from_zone, to_zone = _zone_id(session, given.from_zone), _zone_id(session, given.to_zone)
    row = session.scalar(select(Checkpoint).where(Checkpoint.code == given.code))
    if row is None:
        row = Checkpoint(code=given.code)
        session.add(row)
    row.name, row.walk_s = given.name, given.walk_s
    row.from_zone_id, row.to_zone_id = from_zone, to_zone
    row.closed_at = (row.closed_at or at) if given.closed else None
    session.flush()


def _put_curfew(session: Session, form: Form, at: datetime) -> None:
    given = cast(CurfewForm, form)
    site_id = session.scalars(select(Site.id).where(Site.code == given.site)).one()
    row = session.scalar(select(CurfewRow).where(CurfewRow.code == given.code))
    if row is None:
        row = CurfewRow(code=given.code, site_id=site_id)
        session.add(row)
    row.name, row.zones, row.site_id = given.name, list(given.zones), site_id
    row.from_minute, row.until_minute = given.from_minute, given.until_minute
    row.weekdays = "".join(str(day) for day in sorted(set(given.weekdays)))
    row.closed_at = (row.closed_at or at) if given.closed else None
    session.flush()


def _zone_id(session: Session, code: str) -> int:
    return session.scalars(select(Zone.id).where(Zone.code == code)).one()


_PUT: Final = {
    SiteForm: _put_site,
    ZoneForm: _put_zone,
    CheckpointForm: _put_checkpoint,
    CurfewForm: _put_curfew,
}
