"""A plan as one gate asks it: by person, and of what concerns the zone that the gate leads into alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wire.plan import Curfew, GatePass, Plan
from wire.versions import Version

SOON: Final = timedelta(minutes=30)
"""People gather at a gate before their time."""


@dataclass(frozen=True)
class HeldPlan:
    """`passes` and `apart` by person number; `apart` says whom a person must not find in which zones.

    `zone` is None where this machine does not know the site's time zone: nothing is decided by hours then.
    """

    version: Version
    passes: Mapping[str, tuple[GatePass, ...]] = field(default_factory=dict)
    apart: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    curfews: tuple[Curfew, ...] = ()
    most: int | None = None
    needs_pass: bool = False
    passback: bool = False
    reset_at: datetime | None = None
    known_until_at: datetime | None = None
    zone: ZoneInfo | None = None

    def curfew_at(self, now: datetime) -> Curfew | None:
        """The curfew that holds at the far zone at `now`, None when none does or the hour is not known."""
        if self.zone is None:
            return None
        here = now.astimezone(self.zone)
        minute = here.hour * 60 + here.minute
        return next((one for one in self.curfews if _holds(one, minute, here.weekday())), None)

    @property
    def hours_unknown(self) -> bool:
        """Whether there are curfews that nobody can tell the hours of."""
        return bool(self.curfews) and self.zone is None

    def opens_soon(self, now: datetime) -> frozenset[str]:
        """Who may come to this gate now: whose pass is open, or opens soon, or brings them back however late.

        A plan knows the day that follows as well; whoever comes tomorrow is not expected today.
        """
        soon = now + SOON
        return frozenset(
            person for person, passes in self.passes.items() if any(one.from_at <= soon for one in passes)
        )


def held_plan(plan: Plan, version: Version, from_zone: str, to_zone: str) -> HeldPlan:
    """`plan` as the gate between those two zones asks it."""
    passes: dict[str, list[GatePass]] = {}
    for one in plan.passes:
        if to_zone in one.zones:
            passes.setdefault(one.person, []).append(one)
    apart: dict[str, dict[str, frozenset[str]]] = {}
    for pair in plan.pairs:
        zones = frozenset(pair.zones) or frozenset({to_zone})
        for who, other in ((pair.one, pair.other), (pair.other, pair.one)):
            known = apart.setdefault(who, {})
            known[other] = known.get(other, frozenset()) | zones
    return HeldPlan(
        version=version,
        passes={who: tuple(sorted(some, key=lambda one: one.from_at)) for who, some in passes.items()},
        apart=apart,
        curfews=tuple(one for one in plan.curfews if to_zone in one.zones),
        most=min((room.most for room in plan.rooms if room.zone == to_zone), default=None),
        needs_pass=to_zone in plan.needs_pass,
        passback=plan.passback,
        reset_at=max((one.at for one in plan.resets if one.zone == to_zone), default=None),
        known_until_at=plan.known_until_at,
        zone=_zone(plan.site_zone),
    )


def is_way_back(one: GatePass, from_zone: str, to_zone: str) -> bool:
    """Whether going from one zone into the other leads back towards where the person came from.

    A way that does not hold both zones is taken for the way there, which has its hours.
    """
    if from_zone not in one.zones or to_zone not in one.zones:
        return False
    return one.zones.index(from_zone) > one.zones.index(to_zone)


def _holds(curfew: Curfew, minute: int, weekday: int) -> bool:
    """A curfew over midnight belongs to the weekday on which it begins; one that ends as it begins lasts a day."""
    begin, end = curfew.from_minute, curfew.until_minute
    if begin < end:
        return begin <= minute < end and weekday in curfew.weekdays
    if minute >= begin:
        return weekday in curfew.weekdays
    return minute < end and (weekday - 1) % 7 in curfew.weekdays


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
