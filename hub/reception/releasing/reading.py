"""What a release hangs on, read from the file; and how releases stand. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from hub.biometrics.actions import fingers_of
from hub.custody.facts.kinds import Kind, V
from hub.custody.facts.reading import Held, holding
from hub.custody.facts.records import Fact
from hub.custody.legal import HOLD, ORDER, RELEASE_ORDER, ReleaseReason
from hub.custody.life.property import unreturned
from hub.custody.merging.reading import family_of, stays_with
from hub.custody.records import Booking, Person
from hub.custody.sentencing.dates import best_known
from hub.custody.then import Named, named
from hub.custody.twins import name_twins
from hub.reception.desk.look_records import DeskLook
from hub.reception.desk.looks import LookStatus, Outcome, look_of
from hub.reception.releasing.records import CaseState, ReleaseCase, ReleaseMark, ReleaseRecord
from hub.reception.releasing.rules import interlock, second_line
from hub.reception.releasing.standing import FINGER, Line, Mark, Standing
from hub.web.formats import SITE_ZONE


@dataclass(frozen=True)
class Case:
    """A release under way: who, of which stay, and how the interlock stands."""

    row: ReleaseCase
    person: Person
    booking: Booking
    standing: Standing
    lines: tuple[Line, ...]
    second: Line

    @property
    def clear(self) -> bool:
        """Whether everything but the second officer is met."""
        return all(line.met for line in self.lines)

    @property
    def ready(self) -> bool:
        """Whether the person may go."""
        return self.clear and self.second.met

    def __repr__(self) -> str:
        return f"Case({self.row.key})"


def case_of(session: Session, key: str, now: datetime) -> Case | None:
    """The release of this key as it stands now."""
    row = session.scalar(select(ReleaseCase).where(ReleaseCase.key == key))
    return None if row is None else assess(session, row, now)


def assess(session: Session, row: ReleaseCase, now: datetime) -> Case:
    """Read everything once more: a hold that came a minute ago counts."""
    person, booking = session.get_one(Person, row.person_id), session.get_one(Booking, row.booking_id)
    standing = _standing(session, row, person, booking, now)
    lines = tuple(interlock(standing))
    return Case(row, person, booking, standing, lines, second_line(standing, lines))


def open_cases(session: Session, known_at: datetime | None = None) -> Sequence[tuple[ReleaseCase, Named]]:
    """Releases under way, or that were under way then, the oldest first."""
    wanted = select(ReleaseCase).order_by(ReleaseCase.id)
    if known_at is None:
        wanted = wanted.where(ReleaseCase.state == CaseState.OPEN)
    else:
        going_on = or_(ReleaseCase.ended_at.is_(None), ReleaseCase.ended_at > known_at)
        wanted = wanted.where(ReleaseCase.started_at <= known_at, going_on)
    rows = session.scalars(wanted).all()
    people = named(session, {row.person_id for row in rows}, known_at)
    return [(row, people[row.person_id]) for row in rows]


def count_begun_by_others(session: Session, login: str) -> int:
    """Releases under way whose second officer this account may be."""
    wanted = select(func.count(ReleaseCase.id)).where(
        ReleaseCase.state == CaseState.OPEN, ReleaseCase.started_by != login
    )
    return session.scalar(wanted) or 0


def marks_of(session: Session, case_id: int) -> list[Mark]:
    """What is vouched for, each line and subject once, as last said; an officer's own attestation counts alone."""
    rows = session.scalars(select(ReleaseMark).where(ReleaseMark.case_id == case_id).order_by(ReleaseMark.id))
    newest = {(row.what, row.subject): row for row in rows}
    return [Mark(row.what, row.subject, row.note, row.at, row.by) for row in newest.values() if row.held]


def record_of(session: Session, booking_id: int) -> ReleaseRecord | None:
    """The newest signed record of a stay's release."""
    return session.scalar(_RECORD, {"booking_id": booking_id})


def open_case(session: Session, booking_id: int) -> ReleaseCase | None:
    """The release under way of a stay."""
    return session.scalar(_OPEN_CASE, {"booking_id": booking_id})


_RECORD: Final = (
    select(ReleaseRecord)
    .where(ReleaseRecord.booking_id == bindparam("booking_id"))
    .order_by(ReleaseRecord.id.desc())
    .limit(1)
)
_OPEN_CASE: Final = select(ReleaseCase).where(
    ReleaseCase.booking_id == bindparam("booking_id"), ReleaseCase.state == CaseState.OPEN
)


def held_in(session: Session, kind: Kind[V], booking_ids: Sequence[int], now: datetime) -> list[Held[V]]:
    """What holds of a kind in these stays now, taken together."""
    rows = session.scalars(select(Fact).where(Fact.booking_id.in_(booking_ids), Fact.kind == kind.name)).all()
    return holding(kind, rows, effective_at=now)


def _standing(
    session: Session, row: ReleaseCase, person: Person, booking: Booking, now: datetime
) -> Standing:
    today = now.astimezone(SITE_ZONE).date()
    family = family_of(session, person.id)
    stays = stays_with(session, booking.id)
    others = session.scalars(
        select(Booking.number).where(
            Booking.person_id.in_(family), Booking.released_at.is_(None), Booking.id != booking.id
        )
    ).all()
    twins = name_twins(
        session,
        person.id,
        surname=person.surname,
        given=person.given,
        born_on=person.born_on,
        besides=family,
    )
    return Standing(
        reason=ReleaseReason(row.reason),
        now=now,
        today=today,
        started_by=row.started_by,
        date=best_known(session, booking.id, today=today),
        release_orders={one.item: one.value for one in held_in(session, RELEASE_ORDER, stays, now)},
        orders={one.item: one.value for one in held_in(session, ORDER, stays, now)},
        holds={one.item: one.value for one in held_in(session, HOLD, stays, now)},
        other_stays=others,
        twins=[twin for twin in twins if twin.in_custody],
        things=len(unreturned(session, booking.id)),
        has_fingers=any(fingers_of(session, one) for one in family),
        marks=[*marks_of(session, row.id), *_from_desk(look_of(session, row.key))],
    )


def _from_desk(look: DeskLook | None) -> list[Mark]:
    """A finger that a desk found to be the person's counts as a mark of the officer there."""
    if (
        look is None
        or look.status != LookStatus.DONE
        or look.outcome != Outcome.SAME
        or look.answered_at is None
    ):
        return []
    return [Mark(FINGER, "desk", "", look.answered_at, look.operator)]
