"""The whole live picture as one document: what a screen needs when it starts or has lost its thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.control_room.feed_lines import FeedLine, recent_lines
from hub.control_room.need import Need
from hub.control_room.needs import facts, needs
from hub.control_room.terminals import TerminalLine, terminal_lines
from hub.custody.queries import in_custody
from hub.custody.records import Booking, Person
from hub.movements.records import FeedItem, Position, Zone
from hub.reception.whereabouts import UNPROVEN_AFTER

FEED_LENGTH = 60


class ZoneLine(msgspec.Struct, frozen=True):
    """A zone with how many people the proofs put there."""

    code: str
    name: str
    kind: str
    capacity: int | None
    count: int


class PersonLine(msgspec.Struct, frozen=True):
    """Where somebody is, as far as is known; without a zone nobody has seen them yet."""

    number: str
    name: str
    zone: str | None
    source: str | None
    proven_at: datetime | None
    clock_sure: bool


class Roll(msgspec.Struct, frozen=True):
    """Figures that must add up: `in_custody` from the stays; the others counted from the positions."""

    in_custody: int
    in_zones: int
    not_placed: int


class Situation(msgspec.Struct, frozen=True):
    """What changes by itself: roll, zones, terminals, and what needs a person."""

    roll: Roll
    zones: Sequence[ZoneLine]
    terminals: Sequence[TerminalLine]
    needs: Sequence[Need]


class Picture(msgspec.Struct, frozen=True):
    """Everything on the screen as of feed item `last_id`."""

    now: datetime
    last_id: int
    unproven_after_s: int
    situation: Situation
    people: Sequence[PersonLine]
    feed: Sequence[FeedLine]


def picture(session: Session, now: datetime, language: str) -> Picture:
    """The live picture, from one reading transaction."""
    return Picture(
        now=now,
        last_id=last_id(session),
        unproven_after_s=int(UNPROVEN_AFTER.total_seconds()),
        situation=situation(session, now, language),
        people=people(session),
        feed=recent_lines(session, FEED_LENGTH),
    )


def situation(session: Session, now: datetime, language: str) -> Situation:
    """Roll, zones, terminals and needs as of now."""
    terminals = terminal_lines(session, now, language)
    return Situation(
        roll=roll(session),
        zones=zone_lines(session),
        terminals=terminals,
        needs=needs(facts(session, now), terminals, now, language),
    )


def last_id(session: Session) -> int:
    """Number of the newest feed item, 0 when there is none."""
    return session.scalar(select(func.max(FeedItem.id))) or 0


def roll(session: Session) -> Roll:
    """The roll from two sides that do not know each other: stays, and positions."""
    in_zones = session.scalar(select(func.count()).select_from(Position)) or 0
    placed = select(Position.person_id)
    open_stays = select(func.count()).select_from(Booking).where(Booking.released_at.is_(None))
    not_placed = session.scalar(open_stays.where(Booking.person_id.not_in(placed))) or 0
    return Roll(in_custody=in_custody(session), in_zones=in_zones, not_placed=not_placed)


def zone_lines(session: Session) -> list[ZoneLine]:
    """Every zone with its count, in the order of the site file."""
    counted = (
        select(Position.zone_id, func.count().label("count")).group_by(Position.zone_id).subquery("counted")
    )
    rows = session.execute(
        select(Zone, func.coalesce(counted.c.count, 0))
        .outerjoin(counted, counted.c.zone_id == Zone.id)
        .order_by(Zone.id)
    )
    return [
        ZoneLine(code=zone.code, name=zone.name, kind=zone.kind, capacity=zone.capacity, count=count)
        for zone, count in rows
    ]


def people(session: Session) -> list[PersonLine]:
    """Everybody in custody, and anybody else who still has a position: that would be a difference to explain."""
    inside = select(Booking.person_id).where(Booking.released_at.is_(None))
    rows = session.execute(
        select(Person, Position, Zone.code)
        .outerjoin(Position, Position.person_id == Person.id)
        .outerjoin(Zone, Zone.id == Position.zone_id)
        .where(Person.id.in_(inside) | Position.person_id.is_not(None))
        .order_by(Person.surname, Person.given, Person.id)
    )
    return [person_line(person, position, code) for person, position, code in rows]


def person_line(person: Person, position: Position | None, zone: str | None) -> PersonLine:
    """One person's line."""
    return PersonLine(
        number=person.number,
        name=f"{person.surname.upper()}, {person.given}",
        zone=zone,
        source=None if position is None else position.source,
        proven_at=None if position is None else position.proven_at,
        clock_sure=position is None or position.clock_sure,
    )
