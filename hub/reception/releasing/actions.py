"""Releases: begun, vouched for, signed, carried out, and taken back where they were recorded in error."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.biometrics.vault import Vault
from hub.custody.facts.actions import take_turns
from hub.custody.legal import ReleaseReason
from hub.custody.merging.reading import lead_of
from hub.custody.records import Booking, Person
from hub.custody.stays import Release
from hub.reception.releasing.carrying_out import booking_inside, carry_out, end_case, refuse_over
from hub.reception.releasing.reading import Case, assess
from hub.reception.releasing.records import CaseState, ReleaseCase, ReleaseMark, ReleaseRecord
from hub.reception.releasing.rules import digest
from hub.reception.releasing.standing import ATTEST, DEATH, HANDED, Item
from hub.sentences import RefusedError, Sentence

MARKS: Final = frozenset({Item.ORDERS, Item.TWINS, Item.PROPERTY, Item.CONDITIONS, ATTEST, DEATH, HANDED})
"""What a person may vouch for by word; the rest is read from the file."""


def begin(
    session: Session, person: Person, reason: str, *, key: str, actor: Actor, at: datetime
) -> ReleaseCase:
    """Begin a release, or give the one that is under way. RefusedError for somebody who is not in custody."""
    if reason not in ReleaseReason._value2member_map_:
        raise RefusedError("reason", Sentence("Choose why the person is released."))
    booking = booking_inside(session, person)
    present = session.scalar(
        select(ReleaseCase).where(ReleaseCase.booking_id == booking.id, ReleaseCase.state == CaseState.OPEN)
    )
    if present is not None:
        return present
    row = ReleaseCase(
        key=key,
        booking_id=booking.id,
        person_id=booking.person_id,
        reason=reason,
        state=CaseState.OPEN,
        started_at=at,
        started_by=actor.login[:64],
        ended_because="",
    )
    session.add(row)
    session.flush()
    write_down(session, at=at, actor=actor, act="release.begin", subject=person.number, detail=reason)
    return row


def vouch(
    session: Session, case: ReleaseCase, what: str, subject: str, note: str, *, actor: Actor, at: datetime
) -> None:
    """Somebody stands for a line; RefusedError without a word, or once the release is over."""
    refuse_over(case)
    if what not in MARKS:
        raise RefusedError("mark", Sentence("This line is read from the file. Change it there."))
    if len(note.strip()) < 3:
        raise RefusedError("note", Sentence("Write a few words: they stay with the record."))
    add_mark(session, case, what, subject, note, actor=actor, at=at)


def add_mark(
    session: Session, case: ReleaseCase, what: str, subject: str, note: str, *, actor: Actor, at: datetime
) -> None:
    """Append a mark, and a line of the trail."""
    session.add(
        ReleaseMark(
            case_id=case.id,
            what=what[:24],
            subject=subject[:64],
            held=True,
            note=" ".join(note.split())[:300],
            at=at,
            by=actor.login[:64],
        )
    )
    number = session.get_one(Person, case.person_id).number
    write_down(session, at=at, actor=actor, act="release.vouch", subject=number, detail=f"{what} {subject}")
    session.flush()


def confirm(session: Session, case: Case, *, actor: Actor, at: datetime) -> None:
    """The second officer signs what stands there now. RefusedError for the first one, or while a line is open."""
    refuse_over(case.row)
    if actor.login == case.row.started_by:
        raise RefusedError(
            "second_same",
            Sentence("The second officer is another person than the first. Somebody else has to sign."),
        )
    if not case.clear:
        raise RefusedError("not_clear", Sentence("A condition is not met. The second officer signs last."))
    add_mark(session, case.row, Item.SECOND, digest(case.lines), "", actor=actor, at=at)


def release(session: Session, vault: Vault, row: ReleaseCase, *, actor: Actor, at: datetime) -> ReleaseRecord:
    """The person goes: fact, stay, zones, signed record together. RefusedError when a line is not met any more."""
    refuse_over(row)
    take_turns(session, lead_of(session, row.person_id))
    session.get_one(Booking, row.booking_id, with_for_update={"key_share": True}, populate_existing=True)
    case = assess(session, row, at)
    if not case.ready:
        raise RefusedError(
            "not_ready",
            Sentence("Something is not met, or has changed a moment ago. Look at the marked lines."),
        )
    second = case.standing.mark(Item.SECOND)
    assert second is not None
    if second.by == actor.login:
        raise RefusedError(
            "second_same",
            Sentence("Whoever signed as second officer does not carry out the release. The first one does."),
        )
    value = Release(
        released_at=at,
        reason=case.standing.reason,
        reference=_reference(case),
        by=actor.login,
        second=second.by,
        identity=_identity(case),
        handed_to=_note(case, HANDED),
        clinical_reference=_note(case, DEATH),
        conditions=_note(case, Item.CONDITIONS)[:500],
    )
    end_case(session, row, CaseState.DONE, "", actor, at)
    return carry_out(session, vault, case.person, case.booking, value, [*case.lines, case.second], actor, at)


def abandon(session: Session, row: ReleaseCase, because: str, *, actor: Actor, at: datetime) -> None:
    """The person stays; RefusedError without a reason."""
    refuse_over(row)
    if len(because.strip()) < 3:
        raise RefusedError("because", Sentence("Write why the release is given up, in a few words."))
    end_case(session, row, CaseState.ABANDONED, because, actor, at)


def _reference(case: Case) -> str:
    paper = case.standing.paper
    if paper is not None:
        return paper.reference
    # Without a court's paper: the date that was reached and who signed it, or that no order holds the person.
    return (_note(case, DEATH) or _evidence(case, Item.AUTHORITY))[:200]


def _identity(case: Case) -> str:
    return _evidence(case, Item.IDENTITY)[:200]


def _evidence(case: Case, item: Item) -> str:
    line = next(line for line in case.lines if line.item is item)
    return "; ".join(str(said).rstrip(".") for said in line.evidence)


def _note(case: Case, what: str) -> str:
    mark = case.standing.mark(what)
    return "" if mark is None else mark.note
