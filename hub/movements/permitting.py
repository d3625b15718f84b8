"""Which zones somebody may enter without a pass."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hub.custody.changes import note_change
from hub.errors import HubError
from hub.movements.records import Zone, ZonePermission


def permit_zones(session: Session, person_id: int, zone_codes: Collection[str], at: datetime) -> None:
    """From `at` on the person may enter exactly these zones. HubError names the codes that do not exist."""
    rows = session.execute(select(Zone.code, Zone.id).where(Zone.code.in_(zone_codes)))
    wanted = {row.code: row.id for row in rows}
    missing = sorted(set(zone_codes) - set(wanted))
    if missing:
        raise HubError("unknown_zone", f"There is no zone {', '.join(missing)}. Import the site first.")
    open_now = session.scalars(
        select(ZonePermission).where(
            ZonePermission.person_id == person_id, ZonePermission.withdrawn_at.is_(None)
        )
    ).all()
    held = {permission.zone_id for permission in open_now}
    withdrawn = [permission for permission in open_now if permission.zone_id not in wanted.values()]
    for permission in withdrawn:
        permission.withdrawn_at = at
    added = sorted(set(wanted.values()) - held)
    session.add_all(ZonePermission(person_id=person_id, zone_id=zone, permitted_at=at) for zone in added)
    session.flush()
    if added or withdrawn:
        note_change(session, person_id, at)


_MAY_ENTER: Final = (
    select(ZonePermission.person_id, Zone.code)
    .join(Zone, Zone.id == ZonePermission.zone_id)
    .where(
        ZonePermission.person_id.in_(bindparam("ids", expanding=True)), ZonePermission.withdrawn_at.is_(None)
    )
    .order_by(Zone.code)
)


def zones_of(session: Session, person_ids: Iterable[int]) -> dict[int, list[str]]:
    """Codes of the zones that each person may enter now, sorted; people without any are left out."""
    rows = session.execute(_MAY_ENTER, {"ids": list(person_ids)})
    zones: dict[int, list[str]] = {}
    for person_id, code in rows:
        zones.setdefault(person_id, []).append(code)
    return zones
