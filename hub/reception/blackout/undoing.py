"""Taking a batch from paper back: what it told was never so, while nothing newer rests on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.biometrics.records import Finger
from hub.custody.actions import open_booking_of
from hub.custody.catalogue import KINDS
from hub.custody.changes import note_change
from hub.custody.facts.actions import withdraw
from hub.custody.facts.reading import steps
from hub.custody.facts.records import Act, Fact
from hub.custody.queries import home_of
from hub.custody.records import Booking, Person
from hub.custody.search.projection import refresh
from hub.custody.stays import HOME
from hub.headcount.from_paper import take_back as take_back_counts
from hub.movements.duty_records import ReEnrolment
from hub.movements.on_paper import is_reversed, take_back_crossings
from hub.movements.permitting import permit_zones, zones_of
from hub.movements.records import Movement
from hub.reception.blackout.actions import entered_rows, numbers_of
from hub.reception.blackout.applying import facts_of
from hub.reception.blackout.columns import RowKind
from hub.reception.blackout.records import PaperBatch, PaperRow, State
from hub.reception.releasing.carrying_out import take_back as take_back_release
from hub.sentences import RefusedError, Sentence


def take_back(
    session: Session, batch: PaperBatch, reason: str, second: Actor, *, actor: Actor, at: datetime
) -> int:
    """Take the whole batch back; how many rows. Facts are withdrawn, movements reversed: all stay readable.

    RefusedError without a reason, when it was taken back before, or while something newer rests on a row.
    """
    if len(reason.strip()) < 3:
        raise RefusedError("reason", Sentence("Write why, in a few words: it stays with the record."))
    turned = session.execute(
        update(PaperBatch)
        .where(PaperBatch.id == batch.id, PaperBatch.state == State.ENTERED)
        .values(
            state=State.UNDONE,
            version=PaperBatch.version + 1,
            undone_at=at,
            undone_by=actor.login[:64],
            undo_reason=reason.strip()[:300],
        )
        .returning(PaperBatch.id)
    ).first()
    if turned is None:
        raise RefusedError("not_entered", Sentence("This batch was taken back already."))
    rows, numbers = list(entered_rows(session, batch)), numbers_of(session, batch)
    take_back_crossings(session, bytes.fromhex(batch.key), by=actor.login, reason=reason.strip(), at=at)
    why = f"{reason.strip()} (second officer {second.login})"
    take_back_counts(session, bytes.fromhex(batch.key), why, actor=actor, at=at)
    for row in reversed(rows):
        _take_back_row(session, batch, row, why, second, actor, at)
    for number in numbers:
        write_down(
            session, at=at, actor=actor, act="paper.take_back", subject=number, detail=f"batch {batch.id}"
        )
    detail = f"batch {batch.id}, {len(rows)} rows, second officer {second.login}"
    write_down(session, at=at, actor=actor, act="paper.take_back", detail=detail)
    session.refresh(batch)
    return len(rows)


def _take_back_row(
    session: Session, batch: PaperBatch, row: PaperRow, why: str, second: Actor, actor: Actor, at: datetime
) -> None:
    if row.person_id is None or row.booking_id is None:
        return
    booking = session.get_one(
        Booking, row.booking_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if row.kind == RowKind.RELEASE:
        take_back_release(session, booking, why, second, actor=actor, at=at)
    elif row.kind == RowKind.CELL:
        _move_back(session, batch, row, booking, why, actor, at)
    elif row.kind == RowKind.ADMISSION:
        _never_came(session, batch, row, booking, why, actor, at)


def _move_back(
    session: Session, batch: PaperBatch, row: PaperRow, booking: Booking, why: str, actor: Actor, at: datetime
) -> None:
    """The person lives where they did before, unless somebody moved them since."""
    before = home_of(session, booking.id)
    for fact in _standing(session, batch, row):
        if fact.kind == HOME.name and fact.effective_at == row.occurred_at:
            withdraw(session, fact, HOME, reason=why, actor=actor, at=at)
    after = home_of(session, booking.id)
    if booking.released_at is not None or before == after:
        return
    open_to = set(zones_of(session, [booking.person_id]).get(booking.person_id, ()))
    if before is not None:
        open_to.discard(before.zone)
    if after is not None:
        open_to.add(after.zone)
    permit_zones(session, booking.person_id, sorted(open_to), at)
    note_change(session, booking.person_id, at)


def _never_came(
    session: Session, batch: PaperBatch, row: PaperRow, booking: Booking, why: str, actor: Actor, at: datetime
) -> None:
    """The stay ends as it began; whoever was not known before keeps an empty file with everything struck out."""
    _refuse_newer(session, batch, row, booking)
    for fact in _standing(session, batch, row):
        if fact.booking_id in (None, booking.id):
            withdraw(session, fact, KINDS[fact.kind], reason=why, actor=actor, at=at)
    booking.released_at = booking.admitted_at
    session.flush()
    if open_booking_of(session, booking.person_id) is None:
        permit_zones(session, booking.person_id, (), at)
    session.execute(
        update(ReEnrolment)
        .where(ReEnrolment.person_id == booking.person_id, ReEnrolment.closed_at.is_(None))
        .values(closed_at=at, closed_by=actor.login, closed_by_fingers=False, close_note=why[:200])
    )
    note_change(session, booking.person_id, at)
    refresh(session, [booking.person_id])


def _refuse_newer(session: Session, batch: PaperBatch, row: PaperRow, booking: Booking) -> None:
    """RefusedError while the stay holds anything that this batch did not bring."""
    ours = {fact.id for fact in facts_of(session, batch, booking.person_id)}
    told = session.scalars(
        select(Fact).where(Fact.booking_id == booking.id, Fact.act == Act.STATES.value)
    ).all()
    fingers = session.scalar(select(Finger.id).where(Finger.person_id == booking.person_id).limit(1))
    seen = session.scalar(
        select(Movement.id)
        .where(
            Movement.person_id == booking.person_id,
            Movement.occurred_at >= booking.admitted_at,
            ~is_reversed(),
        )
        .limit(1)
    )
    newer = [fact for fact in told if fact.id not in ours]
    if newer or seen is not None or (fingers is not None and _is_new(session, batch, booking)):
        number = session.get_one(Person, booking.person_id).number
        raise RefusedError(
            "newer",
            Sentence(
                "Row %(row)s cannot be taken back: the file of %(number)s was worked on since. "
                "Correct that file by hand.",
                {"row": row.line, "number": number},
            ),
        )


def _is_new(session: Session, batch: PaperBatch, booking: Booking) -> bool:
    """The person came into the register with this batch."""
    return session.get_one(Person, booking.person_id).created_at == batch.entered_at


def _standing(session: Session, batch: PaperBatch, row: PaperRow) -> list[Fact]:
    """Facts that the batch recorded of the row's person and that nobody corrected or withdrew since, newest first."""
    assert row.person_id is not None
    everything = session.scalars(select(Fact).where(Fact.person_id == row.person_id)).all()
    overtaken = {step.row.id for step in steps(everything) if step.overtaken_by is not None}
    return [
        fact
        for fact in facts_of(session, batch, row.person_id)
        if fact.id not in overtaken and fact.act == Act.STATES.value
    ]
