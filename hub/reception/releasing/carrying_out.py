"""A release as it is written: the fact, the zones, the signed record; and its taking back. The caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.biometrics.vault import Vault
from hub.custody.actions import open_booking_of
from hub.custody.changes import note_change
from hub.custody.facts.actions import Statement, state, take_turns, withdraw
from hub.custody.facts.reading import current, one
from hub.custody.merging.reading import lead_of
from hub.custody.records import Booking, Person
from hub.custody.stays import RELEASE, Release
from hub.movements.permitting import permit_zones
from hub.movements.records import Zone, ZonePermission
from hub.reception.releasing.records import CaseState, ReleaseCase, ReleaseRecord
from hub.reception.releasing.signing import sign_record
from hub.reception.releasing.standing import Line
from hub.sentences import RefusedError, Sentence


def carry_out(
    session: Session,
    vault: Vault,
    person: Person,
    booking: Booking,
    value: Release,
    lines: Sequence[Line],
    actor: Actor,
    at: datetime,
) -> ReleaseRecord:
    """The fact, the end of the stay, zones withdrawn and the signed record, in one transaction."""
    statement = Statement(RELEASE, value, value.released_at, source=value.reference, booking_id=booking.id)
    fact = state(session, booking.person_id, statement, actor=actor, at=at)
    permit_zones(session, booking.person_id, (), at)
    note_change(session, booking.person_id, at)
    record = sign_record(session, vault, person, booking, value, lines, fact_id=fact.id, at=at)
    detail = f"{booking.number} {value.reason.value}, second officer {value.second}"
    write_down(session, at=at, actor=actor, act="person.release", subject=person.number, detail=detail)
    return record


def booking_inside(session: Session, person: Person) -> Booking:
    """The open stay; RefusedError for somebody who is not in custody."""
    # Two who enter one release, or begin it, wait for each other here: the second finds nobody inside.
    take_turns(session, lead_of(session, person.id))
    booking = open_booking_of(session, person.id)
    if booking is None:
        raise RefusedError(
            "not_inside",
            Sentence("%(number)s is not in custody: nobody to release.", {"number": person.number}),
        )
    return booking


def refuse_over(row: ReleaseCase) -> None:
    """RefusedError unless the release is still under way."""
    if row.state != CaseState.OPEN:
        raise RefusedError("release_over", Sentence("This release is over. Look at the list of releases."))


def end_case(
    session: Session, row: ReleaseCase, state_: CaseState, because: str, actor: Actor, at: datetime
) -> None:
    """It is over; RefusedError when somebody else ended it before."""
    ended = session.execute(
        update(ReleaseCase)
        .where(ReleaseCase.id == row.id, ReleaseCase.state == CaseState.OPEN)
        .values(state=state_, ended_at=at, ended_because=because.strip()[:300])
        .returning(ReleaseCase.id)
    ).one_or_none()
    if ended is None:
        raise RefusedError("release_over", Sentence("This release is over. Look at the list of releases."))
    row.state, row.ended_at, row.ended_because = state_, at, because.strip()[:300]
    number = session.get_one(Person, row.person_id).number
    write_down(
        session, at=at, actor=actor, act=f"release.{state_.lower()}", subject=number, detail=because[:200]
    )


def take_back(
    session: Session, booking: Booking, reason: str, second: Actor, *, actor: Actor, at: datetime
) -> None:
    """The release was recorded in error and the person never went: the stay goes on as if it had not been.

    RefusedError when another stay was opened since, without a reason, or when it was taken back before.
    """
    if len(reason.strip()) < 3:
        raise RefusedError("reason", Sentence("Write why, in a few words: it stays with the record."))
    held = one(current(session, RELEASE, person_id=booking.person_id, booking_id=booking.id))
    if held is None or booking.released_at is None:
        raise RefusedError("not_released", Sentence("This release was taken back already."))
    if open_booking_of(session, booking.person_id) is not None:
        raise RefusedError(
            "new_stay", Sentence("The person was admitted again since: this release cannot be taken back.")
        )
    went_at = session.scalar(
        select(ReleaseRecord.signed_at)
        .where(ReleaseRecord.booking_id == booking.id)
        .order_by(ReleaseRecord.id.desc())
        .limit(1)
    )
    withdraw(
        session, held.row, RELEASE, reason=f"{reason} (second officer {second.login})", actor=actor, at=at
    )
    codes = session.scalars(
        select(Zone.code)
        .join(ZonePermission, ZonePermission.zone_id == Zone.id)
        .where(ZonePermission.person_id == booking.person_id, ZonePermission.withdrawn_at == went_at)
    ).all()
    permit_zones(session, booking.person_id, codes, at)
    note_change(session, booking.person_id, at)
    number = session.get_one(Person, booking.person_id).number
    detail = f"{booking.number}, second officer {second.login}"
    write_down(session, at=at, actor=actor, act="release.take_back", subject=number, detail=detail)
