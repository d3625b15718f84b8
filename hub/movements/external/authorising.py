"""Who may go out, on whose word, and each time that they do. The caller holds the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.absence import LONGEST, Why
from hub.custody.actions import open_booking_of
from hub.custody.records import Person
from hub.movements.external.records import Authorisation, Occurrence
from hub.movements.external.rules import MOVES_TO, ORDERED, Consent, Going, consent_on, going_of
from hub.movements.external.steps import AUTHORISATION, OCCURRENCE, write_step
from hub.movements.move_limits import limits
from hub.movements.site.tree import load
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

DAY_S: Final = 86_400


@dataclass(frozen=True)
class Wish:
    """Somebody shall go out. `reference` is the paper that orders or asks for it.

    With `weekdays` it is every week on these days, from `leave_s` until `back_s` after midnight at the site.
    """

    person_id: int
    why: Why
    where_to: str
    reference: str
    from_on: date
    until_on: date
    conditions: str = ""
    weekdays: frozenset[int] = frozenset()
    leave_s: int | None = None
    back_s: int | None = None


@dataclass(frozen=True)
class Trip:
    """One time of going out. `source` says once what it was made of."""

    leave_at: datetime
    due_back_at: datetime
    escort: str = ""
    papers: str = ""
    source: str | None = None


def ask(session: Session, wish: Wish, *, actor: Actor, at: datetime) -> int:
    """Put down that somebody shall go out; its number.

    A court's order or a doctor's word is approved with that; everything else waits for somebody who may approve it.
    RefusedError for what cannot be.
    """
    _check(wish, at)
    if wish.why is Why.TRANSFER:
        _refuse_one_site(session)
    booking = open_booking_of(session, wish.person_id)
    if booking is None:
        raise RefusedError("not_held", Sentence("The person is not in custody here."))
    ordered = wish.why in ORDERED
    row = Authorisation(
        person_id=wish.person_id,
        booking_id=booking.id,
        why=wish.why.value,
        where_to=wish.where_to.strip()[:120],
        reference=wish.reference.strip()[:120],
        conditions=wish.conditions.strip()[:200],
        from_on=wish.from_on,
        until_on=wish.until_on,
        weekdays="".join(str(day) for day in sorted(wish.weekdays)),
        leave_s=wish.leave_s,
        back_s=wish.back_s,
        state=(Consent.APPROVED if ordered else Consent.PENDING).value,
        asked_at=at,
        asked_by=actor.login[:64],
        decided_at=at if ordered else None,
        decided_by=wish.reference.strip()[:64] if ordered else "",
    )
    session.add(row)
    session.flush()
    _step(session, AUTHORISATION, row.id, "ASKED", actor, at, wish.reference)
    if ordered:
        _step(session, AUTHORISATION, row.id, "APPROVED", actor, at, wish.reference)
    write_down(
        session,
        at=at,
        actor=actor,
        act="absence.ask",
        subject=_number(session, row.person_id),
        detail=row.why,
    )
    return row.id


def decide(
    session: Session, number: int, wanted: Consent, reason: str, *, actor: Actor, at: datetime
) -> None:
    """Approve, deny, pause or cancel. RefusedError for whoever asked for it, and for what cannot follow."""
    row = session.get(Authorisation, number, with_for_update=True, populate_existing=True)
    if row is None:
        raise RefusedError("no_absence", Sentence("There is no such authorisation."))
    today = at.astimezone(SITE_ZONE).date()
    state = consent_on(Consent(row.state), row.until_on, today)
    if wanted not in MOVES_TO[state]:
        raise RefusedError("decided", Sentence("This was decided already. Load the page again."))
    if wanted in (Consent.APPROVED, Consent.DENIED) and row.asked_by == actor.login:
        raise RefusedError(
            "own_wish", Sentence("Whoever asked for it does not decide on it. Somebody else has to.")
        )
    if wanted is not Consent.APPROVED and not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
    row.state, row.decided_at, row.decided_by = wanted.value, at, actor.login[:64]
    _step(session, AUTHORISATION, row.id, wanted.value, actor, at, reason)
    if wanted is Consent.CANCELLED:
        for one in _planned(session, row.id):
            _call_off(session, one, reason, actor, at)
    detail = f"{row.id} {wanted.value}"
    write_down(
        session,
        at=at,
        actor=actor,
        act="absence.decide",
        subject=_number(session, row.person_id),
        detail=detail,
    )
    session.flush()


def plan_trip(session: Session, authorisation_id: int, trip: Trip, *, actor: Actor, at: datetime) -> int:
    """Plan one time of going out; its number. RefusedError outside of what was authorised, and twice at once."""
    row = session.get(Authorisation, authorisation_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise RefusedError("no_absence", Sentence("There is no such authorisation."))
    _check_trip(session, row, trip, at)
    made = Occurrence(
        authorisation_id=row.id,
        person_id=row.person_id,
        source=trip.source,
        leave_at=trip.leave_at,
        due_back_at=trip.due_back_at,
        escort=trip.escort.strip()[:120],
        papers=trip.papers.strip()[:200],
        state=Going.SCHEDULED.value,
        made_at=at,
        made_by=actor.login[:64],
        next_at=_next(session, trip, at),
    )
    session.add(made)
    session.flush()
    _step(session, OCCURRENCE, made.id, "PLANNED", actor, at, trip.source or "")
    return made.id


def go_once(session: Session, wish: Wish, trip: Trip, *, actor: Actor, at: datetime) -> int:
    """Ask for something that happens once and plan it; the number of the occurrence."""
    return plan_trip(session, ask(session, wish, actor=actor, at=at), trip, actor=actor, at=at)


def call_off(session: Session, number: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """It does not take place; RefusedError when somebody has left on it, and without a reason."""
    row = session.get(Occurrence, number, with_for_update=True, populate_existing=True)
    if row is None or row.closed_at is not None or row.left_at is not None:
        raise RefusedError("trip_over", Sentence("The person has left, or it is over. Load the page again."))
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
    _call_off(session, row, reason, actor, at)
    write_down(
        session,
        at=at,
        actor=actor,
        act="absence.off",
        subject=_number(session, row.person_id),
        detail=str(row.id),
    )
    session.flush()


def name_escort(
    session: Session, number: int, escort: str, papers: str, *, actor: Actor, at: datetime
) -> None:
    """Who goes along, and which papers; RefusedError once the person has left, and for whoever is in a convoy."""
    row = session.get(Occurrence, number, with_for_update=True, populate_existing=True)
    if row is None or row.closed_at is not None or row.left_at is not None:
        raise RefusedError("trip_over", Sentence("The person has left, or it is over. Load the page again."))
    if row.convoy_id is not None and escort.strip() != row.escort:
        raise RefusedError("in_convoy", Sentence("Who goes along is said of the whole convoy, on its page."))
    row.escort, row.papers = escort.strip()[:120], papers.strip()[:200]
    _step(session, OCCURRENCE, row.id, "ESCORT", actor, at, ", ".join(filter(None, (row.escort, row.papers))))
    number_of = _number(session, row.person_id)
    write_down(session, at=at, actor=actor, act="absence.escort", subject=number_of, detail=str(row.id))
    session.flush()


def _call_off(session: Session, row: Occurrence, reason: str, actor: Actor, at: datetime) -> None:
    row.state, row.closed_at, row.next_at = Going.CANCELLED.value, at, None
    _step(session, OCCURRENCE, row.id, "CALLED_OFF", actor, at, reason)


def _planned(session: Session, authorisation_id: int) -> list[Occurrence]:
    wanted = select(Occurrence).where(
        Occurrence.authorisation_id == authorisation_id,
        Occurrence.closed_at.is_(None),
        Occurrence.left_at.is_(None),
    )
    return list(session.scalars(wanted.order_by(Occurrence.id).with_for_update()))


def _refuse_one_site(session: Session) -> None:
    if len({node.site_id for node in load(session).zones()}) < 2:
        raise RefusedError(
            "one_site",
            Sentence(
                "There is one site only. Add the other one on the page of the site; whoever leaves this service for "
                "good is released to whoever takes them over."
            ),
        )


def _check(wish: Wish, at: datetime) -> None:
    if not wish.where_to.strip():
        raise RefusedError(
            "no_where", Sentence("Write where the person is: which court, which hospital, which address.")
        )
    if not wish.reference.strip():
        raise RefusedError("no_paper", Sentence("Say which paper this comes from, or who ordered it."))
    if wish.until_on < wish.from_on or wish.until_on < at.astimezone(SITE_ZONE).date():
        raise RefusedError("absence_days", Sentence("The last day is before the first, or past. Check both."))
    if wish.until_on - wish.from_on > timedelta(days=366):
        raise RefusedError("absence_long", Sentence("It holds for a year at most. Ask for it anew then."))
    if wish.weekdays:
        good = (
            wish.leave_s is not None and wish.back_s is not None and 0 <= wish.leave_s < wish.back_s <= DAY_S
        )
        if not good or not wish.weekdays <= set(range(7)):
            raise RefusedError(
                "absence_times", Sentence("Write when the person leaves and is back on these days.")
            )


def _check_trip(session: Session, row: Authorisation, trip: Trip, at: datetime) -> None:
    if row.state in (Consent.DENIED, Consent.CANCELLED, Consent.EXPIRED):
        raise RefusedError(
            "not_allowed", Sentence("This was denied, cancelled or has expired. Ask for it anew.")
        )
    if trip.due_back_at <= trip.leave_at or trip.due_back_at <= at:
        raise RefusedError(
            "trip_times", Sentence("The time of return comes after that of leaving, and is not past.")
        )
    if trip.due_back_at - trip.leave_at > LONGEST:
        raise RefusedError(
            "trip_long",
            Sentence("Write a day within three months. Who stays out longer is recorded anew then."),
        )
    first, last = (one.astimezone(SITE_ZONE).date() for one in (trip.leave_at, trip.due_back_at))
    if first < row.from_on or last > row.until_on:
        raise RefusedError(
            "outside_consent",
            Sentence(
                "It was allowed from %(first)s to %(last)s only.",
                {"first": row.from_on, "last": row.until_on},
            ),
        )
    other = select(Occurrence.id).where(
        Occurrence.person_id == row.person_id,
        Occurrence.closed_at.is_(None),
        Occurrence.leave_at < trip.due_back_at,
        Occurrence.due_back_at > trip.leave_at,
    )
    if session.scalar(other.limit(1)) is not None:
        raise RefusedError(
            "trip_twice", Sentence("The person goes out at this time already. Look at the list.")
        )


def _next(session: Session, trip: Trip, at: datetime) -> datetime | None:
    held = limits(session)
    stand = going_of(trip.leave_at, trip.due_back_at, None, None, cancelled=False, now=at, limits=held)
    return stand.next_at or at


def _step(
    session: Session, subject: str, number: int, what: str, actor: Actor, at: datetime, text: str
) -> None:
    write_step(session, subject, number, what, occurred_at=at, at=at, by=actor.login, text=text)


def _number(session: Session, person_id: int) -> str:
    return session.scalar(select(Person.number).where(Person.id == person_id)) or ""
