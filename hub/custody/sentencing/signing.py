"""Two signatures under a date: who reckoned it, and a second records officer who read the papers again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import msgspec
from sqlalchemy import and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.records import Booking, Person
from hub.custody.sentencing.basis import Rules, digest_of
from hub.custody.sentencing.case import Case, Outcome, Reckoned, encode
from hub.custody.sentencing.dates import Signed, is_current, newest_signed, rules_of
from hub.custody.sentencing.reading import case_of
from hub.custody.sentencing.reckoner import reckon
from hub.custody.sentencing.records import ReckoningRow, Signature, SignatureAct
from hub.custody.then import named, open_stays
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE


@dataclass(frozen=True)
class Explained:
    """A case with its reckoning, every step kept."""

    case: Case
    reckoned: Reckoned
    rules: Rules


def explain(
    session: Session, booking_id: int, *, today: date, known_at: datetime | None = None
) -> Explained | None:
    """The reckoning of a stay as it is now, or was known; None where no sentence is recorded."""
    case = case_of(session, booking_id, known_at=known_at)
    if case is None:
        return None
    rules = rules_of(session, today=today, known_at=known_at)
    return Explained(case, reckon(case, rules.policies, rules.holidays, today=today), rules)


def sign_first(session: Session, booking_id: int, *, actor: Actor, at: datetime) -> ReckoningRow:
    """Reckon and sign as the first officer. RefusedError when there is no date of release to sign."""
    today = at.astimezone(SITE_ZONE).date()
    found = explain(session, booking_id, today=today)
    if found is None:
        raise RefusedError("no_sentence", Sentence("No sentence is recorded. Enter the order first."))
    _refuse_unsignable(found.reckoned)
    row = ReckoningRow(
        booking_id=booking_id,
        digest=digest_of(found.case, found.reckoned, found.rules),
        inputs=msgspec.json.encode(found.case.in_order(), order="deterministic").decode(),
        result=encode(found.reckoned),
        outcome=found.reckoned.dates.outcome.value,
        release_on=found.reckoned.dates.release_on,
        full_term_on=found.reckoned.dates.full_term_on,
        reckoned_by=actor.login[:64],
        reckoned_at=at,
    )
    session.add(row)
    session.flush()
    _write(session, row, "release_date.reckon", actor, at)
    return row


def verify(session: Session, reckoning_id: int, *, actor: Actor, at: datetime) -> None:
    """Sign as the second officer.

    RefusedError for whoever signed first, for what has been decided, and when anything has changed since.
    """
    row = _open(session, reckoning_id, actor)
    if not is_current(session, Signed(row, None), today=at.astimezone(SITE_ZONE).date()):
        raise RefusedError(
            "changed_since",
            Sentence(
                "Something it was reckoned from has changed since. Reckon it again, then have it signed."
            ),
        )
    _sign(session, row, SignatureAct.VERIFIED, "", actor, at)


def refuse(session: Session, reckoning_id: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """Say as the second officer that the date is not right, and why."""
    row = _open(session, reckoning_id, actor)
    if not reason.strip():
        raise RefusedError(
            "no_reason", Sentence("Write what is wrong, so that the first officer can mend it.")
        )
    _sign(session, row, SignatureAct.REFUSED, reason.strip()[:300], actor, at)


_WAITING: Final = (
    select(ReckoningRow.id)
    .join(Booking, Booking.id == ReckoningRow.booking_id)
    .outerjoin(Signature, Signature.reckoning_id == ReckoningRow.id)
    .where(
        Booking.released_at.is_(None),
        Signature.id.is_(None),
        ReckoningRow.id.in_(select(func.max(ReckoningRow.id)).group_by(ReckoningRow.booking_id)),
    )
)


@dataclass(frozen=True)
class Waiting:
    """A date that waits for its second signature."""

    row: ReckoningRow
    number: str
    surname: str
    given: str


def waiting(session: Session, *, limit: int = 200, known_at: datetime | None = None) -> list[Waiting]:
    """Newest reckonings of open stays without a second word, the soonest release first; as known then."""
    if known_at is not None:
        return _waited(session, known_at)[:limit]
    rows = session.execute(
        select(ReckoningRow, Person)
        .join(Booking, Booking.id == ReckoningRow.booking_id)
        .join(Person, Person.id == Booking.person_id)
        .where(ReckoningRow.id.in_(_WAITING))
        .order_by(ReckoningRow.release_on, ReckoningRow.id)
        .limit(limit)
    )
    return [Waiting(row, person.number, person.surname, person.given) for row, person in rows]


def _waited(session: Session, known_at: datetime) -> list[Waiting]:
    newest = (
        select(func.max(ReckoningRow.id))
        .where(ReckoningRow.reckoned_at <= known_at)
        .group_by(ReckoningRow.booking_id)
    )
    rows = session.scalars(
        select(ReckoningRow)
        .outerjoin(Signature, and_(Signature.reckoning_id == ReckoningRow.id, Signature.at <= known_at))
        .where(Signature.id.is_(None), ReckoningRow.id.in_(newest))
        .order_by(ReckoningRow.release_on, ReckoningRow.id)
    ).all()
    stays = open_stays(session, known_at) if rows else {}
    rows = [row for row in rows if row.booking_id in stays]
    people = named(session, {stays[row.booking_id] for row in rows}, known_at)
    return [
        Waiting(row, who.number, who.surname, who.given)
        for row, who in ((row, people[stays[row.booking_id]]) for row in rows)
    ]


def count_waiting(session: Session, login: str) -> int:
    """How many of them somebody may sign: those that another one reckoned."""
    wanted = select(func.count(ReckoningRow.id)).where(ReckoningRow.id.in_(_WAITING))
    return session.scalar(wanted.where(ReckoningRow.reckoned_by != login)) or 0


def signed_of(session: Session, booking_id: int, *, known_at: datetime | None = None) -> Signed | None:
    """The newest reckoning of a stay that an officer signed."""
    return newest_signed(session, [booking_id], known_at=known_at).get(booking_id)


def history_of(session: Session, booking_id: int, *, known_at: datetime | None = None) -> list[Signed]:
    """Every signed reckoning of a stay, newest first."""
    rows = session.execute(
        select(ReckoningRow, Signature)
        .outerjoin(Signature, Signature.reckoning_id == ReckoningRow.id)
        .where(ReckoningRow.booking_id == booking_id)
        .order_by(ReckoningRow.id.desc())
    )
    return [
        Signed(row, signature if known_at is None or (signature and signature.at <= known_at) else None)
        for row, signature in rows
        if known_at is None or row.reckoned_at <= known_at
    ]


def what_changed(then: ReckoningRow, now: Explained) -> list[Sentence]:
    """What is different between a signed reckoning and the one of now, in words."""
    before = msgspec.json.decode(then.inputs, type=Case)
    words = (
        (before.sentences, now.case.sentences, Sentence("A sentence was changed, added or taken out.")),
        (before.credits, now.case.credits, Sentence("A remand credit was changed, added or taken out.")),
        (before.payments, now.case.payments, Sentence("A payment was changed, added or taken out.")),
        (
            before.adjustments,
            now.case.adjustments,
            Sentence("An adjustment was changed, added or taken out."),
        ),
    )
    said = [sentence for old, new, sentence in words if set(old) != set(new)]
    if not said:
        said.append(Sentence("The rules that apply have changed."))
    if then.release_on != now.reckoned.dates.release_on:
        said.append(
            Sentence(
                "Release was %(before_on)s and is %(after_on)s.",
                {
                    "before_on": then.release_on or Sentence("open"),
                    "after_on": now.reckoned.dates.release_on or Sentence("open"),
                },
            )
        )
    return said


def _refuse_unsignable(reckoned: Reckoned) -> None:
    if reckoned.blocked:
        raise RefusedError(
            "problems", Sentence("Something in the entries cannot be. Clear it up first: it is listed here.")
        )
    if reckoned.dates.outcome is not Outcome.RELEASE:
        raise RefusedError(
            "no_date", Sentence("There is no date of release to sign: no policy gives one for this sentence.")
        )


def _open(session: Session, reckoning_id: int, actor: Actor) -> ReckoningRow:
    row = session.get(ReckoningRow, reckoning_id)
    if row is None:
        raise RefusedError("no_reckoning", Sentence("This reckoning is not there. Open the file again."))
    if row.reckoned_by == actor.login:
        raise RefusedError(
            "same_person",
            Sentence("You signed this first. A second person has to look at it and decide."),
        )
    newest = signed_of(session, row.booking_id)
    if newest is None or newest.row.id != row.id or newest.signature is not None:
        raise RefusedError(
            "decided", Sentence("This has been decided already. Open it again to see by whom.")
        )
    return row


def _sign(
    session: Session, row: ReckoningRow, act: SignatureAct, reason: str, actor: Actor, at: datetime
) -> None:
    session.add(Signature(reckoning_id=row.id, act=act.value, by=actor.login[:64], at=at, reason=reason))
    try:
        session.flush()
    except IntegrityError as error:
        raise RefusedError(
            "decided", Sentence("This has been decided already. Open it again to see by whom.")
        ) from error
    _write(session, row, f"release_date.{act}", actor, at)


def _write(session: Session, row: ReckoningRow, act: str, actor: Actor, at: datetime) -> None:
    number = session.scalar(
        select(Person.number)
        .join(Booking, Booking.person_id == Person.id)
        .where(Booking.id == row.booking_id)
    )
    write_down(
        session, at=at, actor=actor, act=act, subject=number or "", detail=f"{row.id} {row.digest[:16]}"
    )
