"""Whose file is looked at, as known when, and what the visitor may see of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import abort, render_template
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import Actor
from hub.custody.asked import person_asked_for
from hub.custody.facts.reading import holding, one, rows_of
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY, Identity
from hub.custody.merging.reading import family_of, stays_with
from hub.custody.queries import names
from hub.custody.records import Booking, Person
from hub.custody.visible import May, visible
from hub.web.door import now, visitor
from hub.web.formats import SITE_ZONE
from hub.web.known import known_on


@dataclass(frozen=True)
class Look:
    """One look at one file. `person` leads the family; `asked` is whose number was in the address.

    `rows` are the facts that the visitor may see, recorded until `known_at`; `every` holds those of others too, for
    what is only counted. `stay_ids` are the stay that is shown and those that a merge joined to it. `at` is the moment
    for which "now" is meant.
    """

    person: Person
    asked: Person
    family: tuple[Person, ...]
    identity: Identity
    bookings: Sequence[Booking]
    stay: Booking | None
    stay_ids: frozenset[int]
    rows: list[Fact]
    every: list[Fact]
    at: datetime
    known_at: datetime | None
    may: May

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(member.id for member in self.family)

    @property
    def in_custody(self) -> bool:
        return any(is_open(booking, self.known_at) for booking in self.bookings)

    def of_stay(self, row: Fact) -> bool:
        """Whether the row belongs to the person for ever or to the stay that is shown."""
        return row.booking_id is None or row.booking_id in self.stay_ids


def is_open(booking: Booking, known_at: datetime | None) -> bool:
    """Whether the stay went on, as known then."""
    return booking.released_at is None or (known_at is not None and booking.released_at > known_at)


def may_about(number: str) -> May:
    """What the visitor may, by role or by break-glass on this file."""
    who = visitor()
    return lambda permission: who.may_about(permission, number)


def actor() -> Actor:
    """The visitor, for the trail."""
    who = visitor()
    return Actor(who.login, who.address)


person_of = person_asked_for


def look(session: Session, number: str, *, known_at: datetime | None = None, stay: str = "") -> Look:
    """The file with this number; answers 404 when there is none, or was none then.

    That there was none then is said only where the visitor came past the guard of the file as it is today.
    """
    asked = person_of(session, number)
    ids = family_of(session, asked.id, known_at)
    members = {asked.id: asked} if ids == (asked.id,) else names(session, ids)
    family = tuple(members[each] for each in ids)
    person = family[0]
    every = [row for row in rows_of(session, ids) if known_at is None or row.recorded_at <= known_at]
    bookings = _bookings(session, ids, known_at)
    if known_at is not None and not every and person.created_at > known_at:
        abort(_nothing_known(asked.number))
    may = may_about(asked.number)
    chosen = _chosen(bookings, stay, known_at)
    return Look(
        person=person,
        asked=asked,
        family=family,
        identity=_identity(person, every, known_at),
        bookings=bookings,
        stay=chosen,
        stay_ids=frozenset() if chosen is None else frozenset(stays_with(session, chosen.id)),
        rows=visible(every, may),
        every=every,
        at=now() if known_at is None else known_at,
        known_at=known_at,
        may=may,
    )


def _nothing_known(number: str) -> Response:
    """The answer for a day before anything was written down about a person whom the visitor may see today."""
    page = render_template(
        "nothing_known.html", number=number, known_on=known_on(), today=now().astimezone(SITE_ZONE).date()
    )
    return Response(page, 404, mimetype="text/html")


def _bookings(session: Session, ids: Sequence[int], known_at: datetime | None) -> Sequence[Booking]:
    stays = session.scalars(_STAYS, {"ids": list(ids)}).all()
    return [stay for stay in stays if known_at is None or stay.recorded_at <= known_at]


_STAYS: Final = (
    select(Booking)
    .where(Booking.person_id.in_(bindparam("ids", expanding=True)))
    .order_by(Booking.admitted_at.desc())
)


def _chosen(bookings: Sequence[Booking], number: str, known_at: datetime | None) -> Booking | None:
    """The stay that was asked for, else the open one, else the last."""
    for booking in bookings:
        if booking.number == number.strip().upper():
            return booking
    going_on = [booking for booking in bookings if is_open(booking, known_at)]
    return next(iter([*going_on, *bookings]), None)


def _identity(person: Person, rows: Sequence[Fact], known_at: datetime | None) -> Identity:
    """Name, birth and sex as known then; of a merged file those of the number that leads."""
    own = [row for row in rows if row.person_id == person.id and row.kind == IDENTITY.name]
    held = one(holding(IDENTITY, own, known_at=known_at))
    if held is not None:
        return held.value
    return Identity(surname=person.surname, given=person.given, born_on=person.born_on)
