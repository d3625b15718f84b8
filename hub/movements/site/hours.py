"""At which hours zones may be entered without a pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.movements.site.records import CurfewRow
from hub.web.formats import SITE_ZONE

MINUTES_A_DAY = 1440


@dataclass(frozen=True)
class CurfewHours:
    """Nobody enters `zones` (codes) without a pass from one minute of the day at the site until another.

    A window whose end is not after its begin goes over midnight and belongs to the day on which it begins.
    `weekdays` are those days, 0 for Monday.
    """

    code: str
    name: str
    site_id: int
    zones: tuple[str, ...]
    from_minute: int
    until_minute: int
    weekdays: frozenset[int]

    def holds(self, at: datetime) -> bool:
        """Whether the window is open at `at` (aware)."""
        here = at.astimezone(SITE_ZONE)
        minute, today = here.hour * 60 + here.minute, here.weekday()
        if self.from_minute < self.until_minute:
            return today in self.weekdays and self.from_minute <= minute < self.until_minute
        yesterday = (here - timedelta(days=1)).weekday()
        return (today in self.weekdays and minute >= self.from_minute) or (
            yesterday in self.weekdays and minute < self.until_minute
        )


def curfews(session: Session) -> list[CurfewHours]:
    """The curfews that are kept now, by name."""
    rows = session.scalars(
        select(CurfewRow).where(CurfewRow.closed_at.is_(None)).order_by(CurfewRow.name, CurfewRow.id)
    )
    return [
        CurfewHours(
            row.code,
            row.name,
            row.site_id,
            tuple(row.zones),
            row.from_minute,
            row.until_minute,
            frozenset(int(day) for day in row.weekdays),
        )
        for row in rows
    ]


def closed_zones(found: list[CurfewHours], at: datetime) -> dict[str, CurfewHours]:
    """Codes of the zones that nobody enters without a pass at `at`, each with the curfew that says so."""
    return {zone: one for one in found if one.holds(at) for zone in one.zones}
