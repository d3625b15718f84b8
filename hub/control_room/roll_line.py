"""The roll as the screen adds it up, from stays on one side and from places and absences on the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.control_room.belonging import ALL_SITES, Belongs, LastCount
from hub.control_room.lines import Part, Roll
from hub.custody.records import Booking
from hub.movements.records import ZoneKind
from hub.web.formats import SITE_ZONE, start_of

IN, OUTSIDE, NOT_PLACED, OTHER_SITE = "in", "outside", "not_placed", "other_site"
_BEYOND: Final = frozenset({ZoneKind.OUTSIDE.value, ZoneKind.COURT.value})
_ALWAYS: Final = (IN, "court", "hospital", "temporary")
"""Parts that are shown even where they are none."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The kind of zone where somebody was last proven to be, when, and at which site, by code."""

    kind: str
    at: datetime
    site: str = ""
    elsewhere: bool = False
    """At another site than the one whose roll is added up."""


@dataclass(frozen=True, slots=True)
class Out:
    """What somebody is out for, since when, and whether they should be back."""

    why: str
    left_at: datetime
    overdue: bool = False


@dataclass(frozen=True)
class Everybody:
    """`inside` are people with an open stay, `seen` those with a place, `away` who is outside."""

    inside: Collection[int]
    seen: Mapping[int, Seen]
    away: Mapping[int, Out]

    def of(self, site: str, site_of: Callable[[int], str]) -> Everybody:
        """Those who belong to one site."""
        return Everybody(
            inside={one for one in self.inside if site_of(one) == site},
            seen={
                one: replace(place, elsewhere=place.site != site)
                for one, place in self.seen.items()
                if site_of(one) == site
            },
            away={one: out for one, out in self.away.items() if site_of(one) == site},
        )


HIDDEN: Final = Roll("", None, (), None, None, None, None, None)


def rolls(
    session: Session, now: datetime, everybody: Everybody, belongs: Belongs, sites: Sequence[str]
) -> dict[str, Roll]:
    """The roll of everything under `ALL_SITES`, and where there are several `sites` that of each by its code.

    Somebody belongs to the site where they live, else to the one where they were seen, else to the first.
    """

    def site_of(person: int) -> str:
        place = everybody.seen.get(person)
        fallback = sites[0] if place is None and sites else "" if place is None else place.site
        return belongs.sites.get(person) or fallback

    found = {ALL_SITES: _roll(session, now, ALL_SITES, everybody, belongs.counts.get(ALL_SITES), None)}
    if len(sites) > 1:
        for site in sites:
            mine = everybody.of(site, site_of)
            found[site] = _roll(session, now, site, mine, belongs.counts.get(site), site_of)
    return found


def _roll(
    session: Session,
    now: datetime,
    site: str,
    everybody: Everybody,
    count: LastCount | None,
    site_of: Callable[[int], str] | None,
) -> Roll:
    since = start_of(now.astimezone(SITE_ZONE).date()) if count is None else count.at
    came, went = _came_and_went(session, since, (lambda one: site_of(one) == site) if site_of else None)
    parts = parts_of(everybody.inside, everybody.seen, everybody.away)
    roll = len(everybody.inside)
    if count is not None:
        unlock = count.people
    elif site_of is None:
        unlock = _open_at(session, since)
    else:
        unlock = roll - came + went
    return Roll(
        site=site,
        in_custody=roll,
        parts=parts,
        difference=sum(part.count for part in parts) - roll,
        unlock=unlock,
        came=came,
        went=went,
        unlock_difference=unlock + came - went - roll,
        counted_at=None if count is None else count.at,
        count=0 if count is None else count.number,
    )


def parts_of(inside: Collection[int], seen: Mapping[int, Seen], away: Mapping[int, Out]) -> list[Part]:
    """Each person once: where the proofs put them, else what they are away for. Nobody with a place is left out.

    Somebody recorded as away and proven inside after they left stands in both: that is a difference to look into.
    """
    found: Counter[str] = Counter()
    late = Counter(out.why for out in away.values() if out.overdue)
    for person, place in seen.items():
        out, inner = away.get(person), OTHER_SITE if place.elsewhere else IN
        if place.kind in _BEYOND:
            found[OUTSIDE if out is None else out.why] += 1
        elif out is None:
            found[inner] += 1
        else:
            found[out.why] += 1
            found[inner] += place.at > out.left_at
    for person in {*inside, *away} - seen.keys():
        found[away[person].why if person in away else NOT_PLACED] += 1
    others = sorted(code for code in found if code not in _ALWAYS and found[code])
    return [Part(code, found[code], late[code]) for code in (*_ALWAYS, *others)]


def _open_at(session: Session, since: datetime) -> int:
    still = or_(Booking.released_at.is_(None), Booking.released_at >= since)
    wanted = select(func.count()).select_from(Booking).where(Booking.admitted_at < since, still)
    return session.scalar(wanted) or 0


def _came_and_went(
    session: Session, since: datetime, wanted: Callable[[int], bool] | None
) -> tuple[int, int]:
    """Stays that began since, and stays that ended since; of those `wanted`."""

    def of(column: Collection[int]) -> int:
        return sum(wanted is None or wanted(person) for person in column)

    came = session.scalars(select(Booking.person_id).where(Booking.admitted_at >= since)).all()
    went = session.scalars(select(Booking.person_id).where(Booking.released_at >= since)).all()
    return of(came), of(went)
