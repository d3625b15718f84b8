"""After a release: what shows that it should not have been, looked for every minute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.facts.reading import by_person, holding, rows_of
from hub.custody.facts.records import Fact
from hub.custody.legal import HOLD, ORDER, RELEASE_ORDER, OrderToHold, ReleaseReason
from hub.custody.records import Booking, Person
from hub.custody.rules import OrderKind
from hub.custody.sentencing.dates import best_known_all
from hub.custody.stays import RELEASE, Release
from hub.database import Sessions, session_scope
from hub.movements import feed
from hub.movements.records import FeedKind, Movement
from hub.pace import is_over
from hub.reception.releasing.records import DoubtAnswer, ReleaseDoubt, ReleaseRecord
from hub.reception.releasing.standing import ENDS_NO_SENTENCE
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

LOOKED_BACK: Final = timedelta(days=30)
EVERY: Final = timedelta(minutes=1)

DOUBTS: Final = {
    "seen": Sentence("A terminal let the released person pass: somebody else went, or nobody did"),
    "hold": Sentence("Another authority's hold was in force, or came since"),
    "order": Sentence("An order to hold was in force that the release did not answer"),
    "early": Sentence("The release date reckoned now is later than the release"),
    "twin_order": Sentence("The same order to release stands on the file of somebody else who is inside"),
}


Gone = dict[int, tuple[Booking, Person]]
Finding = tuple[int, str, str]


@dataclass(frozen=True)
class Doubt:
    """An open doubt about a release. `subject` is what it is about: an item, a movement, a number."""

    id: int
    person_id: int
    number: str
    booking_id: int
    what: str
    subject: str
    found_at: datetime


def open_doubts(session: Session, known_at: datetime | None = None) -> list[Doubt]:
    """Doubts that nobody has settled, or had settled then, the oldest first."""
    settled = DoubtAnswer.doubt_id == ReleaseDoubt.id
    wanted = select(ReleaseDoubt, Person.number).join(Person, Person.id == ReleaseDoubt.person_id)
    if known_at is not None:
        settled = and_(settled, DoubtAnswer.at <= known_at)
        wanted = wanted.where(ReleaseDoubt.found_at <= known_at)
    rows = session.execute(
        wanted.outerjoin(DoubtAnswer, settled).where(DoubtAnswer.id.is_(None)).order_by(ReleaseDoubt.id)
    )
    return [
        Doubt(row.id, row.person_id, number, row.booking_id, row.what, row.subject, row.found_at)
        for row, number in rows
    ]


def settle(session: Session, doubt_id: int, note: str, *, actor: Actor, at: datetime) -> None:
    """Say what was found out; RefusedError without a word, or when somebody did before."""
    doubt = session.get(ReleaseDoubt, doubt_id)
    answered = select(DoubtAnswer.id).where(DoubtAnswer.doubt_id == doubt_id)
    if doubt is None or session.scalar(answered) is not None:
        raise RefusedError("settled", Sentence("This was settled already."))
    if len(note.strip()) < 3:
        raise RefusedError("note", Sentence("Write what was found or done, in at most 300 characters."))
    session.add(DoubtAnswer(doubt_id=doubt_id, note=note.strip()[:300], at=at, by=actor.login[:64]))
    number = session.get_one(Person, doubt.person_id).number
    write_down(session, at=at, actor=actor, act="release.settle", subject=number, detail=doubt.what)
    session.flush()


def check_releases(session: Session, at: datetime) -> int:
    """Look at every release of the last month; gives how many new doubts there are, each an alarm too."""
    new = new_doubts(session, at)
    wanted = select(Booking.id, Person).join(Person, Person.id == Booking.person_id)
    rows = session.execute(wanted.where(Booking.id.in_([booking_id for booking_id, _, _ in new])))
    people = {row[0]: row[1] for row in rows}
    for booking_id, what, subject in new:
        person = people[booking_id]
        session.add(
            ReleaseDoubt(booking_id=booking_id, person_id=person.id, what=what, subject=subject, found_at=at)
        )
        payload = {"what": f"release_{what}", "person": person.number, "at": at.isoformat()}
        feed.append(session, [feed.Line(at, FeedKind.ALARM, payload)])
    session.flush()
    return len(new)


def new_doubts(session: Session, at: datetime) -> list[Finding]:
    """What is in doubt about releases of the last month and not written down yet. Nothing is written here."""
    booked = session.execute(
        select(Booking, Person)
        .join(Person, Person.id == Booking.person_id)
        .join(ReleaseRecord, ReleaseRecord.booking_id == Booking.id)
        .where(Booking.released_at.is_not(None), ReleaseRecord.signed_at >= at - LOOKED_BACK)
    )
    gone = {booking.id: (booking, person) for booking, person in booked}
    if not gone:
        return []
    told = select(ReleaseDoubt.booking_id, ReleaseDoubt.what, ReleaseDoubt.subject)
    known = {tuple(row) for row in session.execute(told.where(ReleaseDoubt.booking_id.in_(gone)))}
    return sorted(set(_found(session, gone, at)) - known)


def _found(session: Session, gone: Gone, at: datetime) -> Iterable[Finding]:
    people = {person.id for _, person in gone.values()}
    rows = by_person(rows_of(session, people))
    today = at.astimezone(SITE_ZONE).date()
    dates = best_known_all(session, today=today, booking_ids=list(gone))
    for booking, person in gone.values():
        mine = [row for row in rows.get(person.id, []) if row.booking_id == booking.id]
        released = next((one.value for one in holding(RELEASE, mine)), None)
        if released is None or booking.released_at is None or released.reason is ReleaseReason.DIED:
            continue
        went_on = booking.released_at.astimezone(SITE_ZONE).date()
        for hold in holding(HOLD, mine):
            if hold.value.expires_on is None or hold.value.expires_on >= went_on:
                yield booking.id, "hold", str(hold.item)
        for order in holding(ORDER, mine):
            if order.row.recorded_at > booking.released_at or (
                released.paper and _unanswered(order.value, released, went_on)
            ):
                yield booking.id, "order", str(order.item)
        known = dates.get(booking.id)
        served = released.reason is ReleaseReason.SENTENCE_SERVED
        # What the interlock would have asked on the screen, nobody asked on paper.
        by_paper = bool(released.paper) and released.reason in {*ENDS_NO_SENTENCE, ReleaseReason.ORDER_ENDED}
        if (served or by_paper) and known is not None and known.on is not None and known.on > went_on:
            yield booking.id, "early", known.on.isoformat()
        yield from _twin_orders(session, booking, released)
    yield from _seen(session, gone)


def _unanswered(order: OrderToHold, released: Release, went_on: date) -> bool:
    """Whether an order was in force that the reason of a release on paper cannot be about."""
    if order.issued_on > went_on or (order.expires_on is not None and order.expires_on < went_on):
        return False
    if released.reason is ReleaseReason.SENTENCE_SERVED:
        return order.kind is OrderKind.REMAND_ORDER
    if released.reason is ReleaseReason.ORDER_ENDED:
        return True
    return released.reason in ENDS_NO_SENTENCE and order.kind is OrderKind.SENTENCE_ORDER


def _twin_orders(session: Session, booking: Booking, released: Release) -> Iterable[Finding]:
    others = (
        select(Person.number)
        .join(Fact, Fact.person_id == Person.id)
        .join(Booking, Booking.person_id == Person.id)
        .where(
            Fact.kind == RELEASE_ORDER.name,
            Fact.source == released.reference,
            Person.id != booking.person_id,
            Booking.released_at.is_(None),
        )
    )
    for number in session.scalars(others):
        yield booking.id, "twin_order", number


def _seen(session: Session, gone: Gone) -> Iterable[Finding]:
    """Movements of the person after the release and outside any later stay."""
    rows = session.execute(
        select(Booking.id, func.min(Movement.id))
        .join(Movement, Movement.person_id == Booking.person_id)
        .where(Booking.id.in_(gone), Movement.occurred_at > Booking.released_at, Movement.clock_sure)
        .group_by(Booking.id)
    )
    inside = set(
        session.scalars(
            select(Booking.person_id).where(
                Booking.person_id.in_({person.id for _, person in gone.values()}),
                Booking.released_at.is_(None),
            )
        )
    )
    for booking_id, movement in rows:
        if gone[booking_id][1].id not in inside:
            yield booking_id, "seen", str(movement)


class ReleaseWatch:
    """Looks once a minute. Two at once only look twice: a doubt is written once."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Look when it is time; gives how many new doubts there are."""
        if not is_over(self._looked_at, EVERY, now):
            return 0
        self._looked_at = now
        with session_scope(self._sessions, writes=False) as session:
            if not new_doubts(session, now):
                return 0
        with session_scope(self._sessions) as session:
            return check_releases(session, now)
