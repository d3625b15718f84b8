"""The unit as it stands here: the hub's picture, with what this terminal saw itself since, and the roll copy's faces.

Pure, but for reading what it is given. Who may see how much of it while a count is blind is decided in `blind`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from edge.clock import Reading
from edge.unit.doings import Doings, OwnPlace
from edge.unit.forms import UnitFigures
from wire.roll import RollPerson
from wire.unit import CountPhase, OpenCount, UnitPerson, UnitPicture, ZoneName

OPEN_PHASES = frozenset(CountPhase) - {CountPhase.CLEARED, CountPhase.CANCELLED}
HUB_AWAY_S = 120
"""A picture older than that has no hub behind it: the page says so by its colour as well."""
EMPTY = UnitPicture(units=[], people=[], counts=[], out_counts=[], alarms=[], calls=[])


@dataclass(frozen=True)
class Whereabouts:
    """Somebody of the unit. `here` is None when no proof says where they are."""

    person: str
    name: str
    zone: str | None
    place: str
    unit: str | None
    source: str
    age_s: int | None
    sure: bool
    home: str | None
    """The unit they are assigned to, None when it is another one."""
    cell: str
    out: str
    out_with: str
    photo: bytes

    def is_in(self, unit: str) -> bool:
        return self.unit == unit

    @property
    def accepted_out(self) -> bool:
        """A named officer elsewhere has accepted to have them."""
        return bool(self.out)


@dataclass(frozen=True)
class Known:
    """What the terminal knows: the picture, when the hub said it, how many seconds ago, and what was seen since."""

    picture: UnitPicture
    said_at: datetime | None
    age_s: int | None
    now: Reading
    doings: Doings
    faces: Mapping[str, RollPerson]

    @property
    def units(self) -> list[str]:
        return list(self.picture.units)

    def zone(self, code: str | None) -> ZoneName | None:
        return next((one for one in self.picture.zones if one.code == code), None)

    def words(self, code: str | None) -> str:
        """A zone as officers call it."""
        found = self.zone(code)
        return found.name if found is not None else (code or "")

    def name_of(self, person: str) -> str:
        """SURNAME, Given, or the number alone of somebody whom neither copy names."""
        face = self.faces.get(person)
        if face is not None and face.name:
            return face.name
        return next((one.name for one in self.picture.people if one.person == person and one.name), person)

    def photo_of(self, person: str) -> bytes:
        face = self.faces.get(person)
        return b"" if face is None else face.photo


def everybody(known: Known, unit: str) -> list[Whereabouts]:
    """Everybody assigned to the unit or last proven in it, by name."""
    zones = {one.code: one for one in known.picture.zones}
    own = known.doings.places()
    held = {one.person: one for one in known.picture.people}
    found = [_whereabouts(known, one, zones, own.get(number), unit) for number, one in held.items()]
    found += [
        _whereabouts(known, _stranger(number), zones, place, unit)
        for number, place in own.items()
        if number not in held and _unit_of(zones, place.zone) == unit
    ]
    mine = [one for one in found if one.home == unit or one.is_in(unit)]
    return sorted(mine, key=lambda one: (one.name.casefold(), one.person))


def figures(known: Known, unit: str, people: Sequence[Whereabouts]) -> UnitFigures:
    """The unit's numbers; `people` are those of `everybody`."""
    assigned = [one for one in people if one.home == unit]
    here = [one for one in people if one.is_in(unit)]
    elsewhere = [one for one in assigned if one.accepted_out]
    guests = {
        one.person
        for one in known.picture.out_counts
        if one.accepted_by
        and one.from_unit != unit
        and _unit_of({zone.code: zone for zone in known.picture.zones}, one.place_zone) == unit
    }
    return UnitFigures(
        assigned=len(assigned),
        here=len(here),
        unproven=sum(not one.sure for one in here) + sum(one.zone is None for one in assigned),
        out=sum(not one.is_in(unit) and one.zone is not None for one in assigned),
        visiting=sum(one.home != unit for one in here),
        expected=len(assigned) - len(elsewhere) + len(guests),
    )


def open_counts(known: Known, unit: str) -> list[OpenCount]:
    """Counts of the unit that nobody has cleared or cancelled, as the hub told."""
    return [one for one in known.picture.counts if one.unit in (None, unit) and one.phase in OPEN_PHASES]


def is_blind(known: Known, unit: str, begun_here: bool) -> bool:
    """From announcement until the unit's first slip, of whichever count; `begun_here` is one without the hub."""
    return begun_here or any(is_blind_count(known, unit, one) for one in open_counts(known, unit))


def is_blind_count(known: Known, unit: str, count: OpenCount) -> bool:
    """A slip that was signed here ends it, whether the hub has heard of it or not."""
    return count.blind and not known.doings.slips(unit, count.session)


def opens_s(known: Known, one: OpenCount) -> int | None:
    """Seconds until the count is to open, 0 when it only waits for the hub's word; None once it is open.

    With the hub away nobody here can know whether movement has stopped: the officer was told by radio, and counts.
    """
    if one.phase is not CountPhase.ANNOUNCED or known.age_s is None or known.age_s > HUB_AWAY_S:
        return None
    return max(0, int((one.freeze_at - known.now.wall_time).total_seconds()))


def _whereabouts(
    known: Known,
    one: UnitPerson,
    zones: Mapping[str, ZoneName],
    own: OwnPlace | None,
    unit: str,
) -> Whereabouts:
    zone, source, age_s = one.zone, one.source or "", _age(known, one)
    if own is not None:
        own_s = int(known.now.seconds_since(own.at))
        if age_s is None or own_s <= age_s:
            zone, source, age_s = own.zone, own.source, own_s
        else:
            own = None
    at = zones.get(zone) if zone is not None else None
    fresh = at is None or at.proof_s is None or age_s is None or age_s <= at.proof_s
    return Whereabouts(
        person=one.person,
        name=one.name or known.name_of(one.person),
        zone=zone,
        place=at.name if at is not None else (zone or ""),
        unit=at.unit if at is not None else None,
        source=source,
        age_s=age_s,
        sure=zone is not None and fresh and (own is not None or one.sure),
        home=(one.home or unit) if one.assigned else None,
        cell=one.cell,
        out=one.out,
        out_with=one.out_with,
        photo=known.photo_of(one.person),
    )


def _age(known: Known, one: UnitPerson) -> int | None:
    """By the hub's clock until it spoke, by ours since."""
    if one.proven_at is None or known.said_at is None:
        return None
    return max(0, int((known.said_at - one.proven_at).total_seconds())) + (known.age_s or 0)


def _unit_of(zones: Mapping[str, ZoneName], zone: str | None) -> str | None:
    found = zones.get(zone) if zone is not None else None
    return None if found is None else found.unit


def _stranger(number: str) -> UnitPerson:
    return UnitPerson(person=number, zone=None, source=None, proven_at=None, sure=False, assigned=False)
