"""Somebody in the control room's drawer: where they are and how sure that is, today's trail, passes, keep-aparts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from hub.biometrics.photos import people_with_photo
from hub.custody.actions import open_booking_of
from hub.custody.life.keep_aparts import RESTRICTIONS, keep_aparts_of
from hub.custody.queries import names
from hub.custody.records import Person
from hub.custody.sentencing.dates import BestKnown, best_known
from hub.movements.alarms.reading import OpenAlarm, open_alarms
from hub.movements.external.reading import Away, away
from hub.movements.passes.reading import Pass, open_passes
from hub.movements.site.tree import Tree, load
from hub.movements.whereabouts.confidence import Confidence, Doubt
from hub.movements.whereabouts.places import Place, place_of
from hub.movements.whereabouts.trail import TrailLine, trail, zones_in
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE


@dataclass(frozen=True)
class Apart:
    """Whom somebody must not meet, how far apart they are kept, and where the other one is now."""

    number: str
    name: str
    restriction: Sentence
    place: str


@dataclass(frozen=True)
class Shown:
    """Everything of the panel. `place` None: nobody has seen them yet. `path` is the place in words."""

    person: Person
    pictured: bool
    place: Place | None
    path: str
    home: bool
    sure: bool
    doubts: Sequence[tuple[Doubt, str]]
    away: Away | None
    day: date
    today: date
    trail: Sequence[TrailLine]
    paths: Mapping[int, str]
    passes: Sequence[Pass]
    aparts: Sequence[Apart]
    alarms: Sequence[OpenAlarm]
    release: BestKnown | None
    inside: bool

    @property
    def day_before(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def day_after(self) -> date | None:
        """None for today."""
        return self.day + timedelta(days=1) if self.day < self.today else None


def somebody(session: Session, person: Person, day: date | None, now: datetime) -> Shown:
    """The panel of one person as of now, with the trail of `day`, today where there is none."""
    tree = load(session)
    place = place_of(session, person.id, now)
    stay = open_booking_of(session, person.id)
    today = now.astimezone(SITE_ZONE).date()
    day = min(day or today, today)
    lines = trail(session, person.id, day, now=now)
    return Shown(
        person=person,
        pictured=bool(people_with_photo(session, [person.id])),
        place=place,
        path="" if place is None else tree.path(place.zone_id),
        home=place is not None and tree.is_residential(place.zone_id),
        sure=place is not None and place.confidence is Confidence.PROVEN,
        doubts=[] if place is None else [(doubt, _other(tree, doubt)) for doubt in place.doubts],
        away=away(session, now).get(person.id),
        day=day,
        today=today,
        trail=lines,
        paths={zone: tree.path(zone) for zone in zones_in(lines)},
        passes=open_passes(session, now, people=[person.id]),
        aparts=_aparts(session, tree, person, now),
        alarms=[alarm for alarm in open_alarms(session, now) if alarm.person_id == person.id],
        release=None if stay is None else best_known(session, stay.id, today=today),
        inside=stay is not None,
    )


def _other(tree: Tree, doubt: Doubt) -> str:
    return "" if doubt.other is None else tree.path(doubt.other.zone_id)


def _aparts(session: Session, tree: Tree, person: Person, now: datetime) -> list[Apart]:
    held = keep_aparts_of(session, [person.id], now)
    others = names(session, {one.other_id for one in held})
    found = []
    for one in held:
        other, place = others[one.other_id], place_of(session, one.other_id, now)
        name = f"{other.surname.upper()}, {other.given}"
        where = "" if place is None else tree.path(place.zone_id)
        found.append(Apart(other.number, name, RESTRICTIONS[one.restriction], where))
    return found
