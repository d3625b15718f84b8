"""Releases: begun, vouched for, signed, carried out, and taken back where they were recorded in error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.biometrics.vault import Vault
from hub.custody.actions import open_booking_of
from hub.custody.changes import note_change
from hub.custody.facts.actions import Statement, state, take_turns, withdraw
from hub.custody.facts.reading import current, one
from hub.custody.legal import RELEASE_REASONS, ReleaseReason
from hub.custody.merging.reading import lead_of
from hub.custody.records import Booking, Person
from hub.custody.stays import RELEASE, Release
from hub.movements.actions import permit_zones
from hub.movements.records import Zone, ZonePermission
from hub.reception.releasing.reading import Case, assess
from hub.reception.releasing.records import CaseState, ReleaseCase, ReleaseMark, ReleaseRecord
from hub.reception.releasing.rules import digest
from hub.reception.releasing.signing import sign_record
from hub.reception.releasing.standing import ATTEST, DEATH, HANDED, Item, Line
from hub.sentences import RefusedError, Sentence

MARKS: Final = frozenset({Item.ORDERS, Item.TWINS, Item.PROPERTY, Item.CONDITIONS, ATTEST, DEATH, HANDED})
"""What a person may vouch for by word; the rest is read from the file."""
OLDEST_PAPER: Final = timedelta(days=60)


@dataclass(frozen=True)
class OnPaper:
    """A release that was carried out while all was dark, as it is entered afterwards."""

    released_at: datetime
    reason: ReleaseReason
    reference: str
    paper: str
    identity: str
    first: str
    handed_to: str = ""


def begin(
    session: Session, person: Person, reason: str, *, key: str, actor: Actor, at: datetime
) -> ReleaseCase:
    """Begin a release, or give the one that is under way. RefusedError for somebody who is not in custody."""
    if reason not in ReleaseReason._value2member_map_:
        raise RefusedError("reason", Sentence("Choose why the person is released."))
    booking = _booking(session, person)
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
    _refuse_over(case)
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
    _refuse_over(case.row)
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
    _refuse_over(row)
    take_turns(session, lead_of(session, row.person_id))
    session.get_one(Booking, row.booking_id, with_for_update={"key_share": True})
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
    _end_case(session, row, CaseState.DONE, "", actor, at)
    return _carry_out(session, vault, case.person, case.booking, value, [*case.lines, case.second], actor, at)


def enter_afterwards(
    session: Session,
    vault: Vault,
    person: Person,
    paper: OnPaper,
    second: Actor,
    *,
    actor: Actor,
    at: datetime,
) -> ReleaseRecord:
    """Record a release that two officers carried out on paper. It is a fact: nothing of the interlock stops it, and
    what does not agree shows as a doubt. RefusedError for times that cannot be, or without paper and names.
    """
    booking = _booking(session, person)
    _check_paper(booking, paper, at)
    row = session.scalar(
        select(ReleaseCase).where(ReleaseCase.booking_id == booking.id, ReleaseCase.state == CaseState.OPEN)
    )
    lines: list[Line] = []
    if row is not None:
        lines = list(assess(session, row, at).lines)
        _end_case(session, row, CaseState.DONE, "done on paper", actor, at)
    value = Release(
        released_at=paper.released_at,
        reason=paper.reason,
        reference=paper.reference.strip()[:80],
        by=paper.first.strip()[:80],
        second=second.login,
        identity=paper.identity.strip()[:200],
        paper=paper.paper.strip()[:80],
        handed_to=paper.handed_to.strip()[:120],
    )
    return _carry_out(session, vault, person, booking, value, lines, actor, at)


def abandon(session: Session, row: ReleaseCase, because: str, *, actor: Actor, at: datetime) -> None:
    """The person stays; RefusedError without a reason."""
    _refuse_over(row)
    if len(because.strip()) < 3:
        raise RefusedError("because", Sentence("Write why the release is given up, in a few words."))
    _end_case(session, row, CaseState.ABANDONED, because, actor, at)


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


def _carry_out(
    session: Session,
    vault: Vault,
    person: Person,
    booking: Booking,
    value: Release,
    lines: list[Line],
    actor: Actor,
    at: datetime,
) -> ReleaseRecord:
    statement = Statement(RELEASE, value, value.released_at, source=value.reference, booking_id=booking.id)
    fact = state(session, booking.person_id, statement, actor=actor, at=at)
    permit_zones(session, booking.person_id, (), at)
    note_change(session, booking.person_id, at)
    record = sign_record(session, vault, person, booking, value, lines, fact_id=fact.id, at=at)
    detail = f"{booking.number} {value.reason.value}, second officer {value.second}"
    write_down(session, at=at, actor=actor, act="person.release", subject=person.number, detail=detail)
    return record


def _booking(session: Session, person: Person) -> Booking:
    # Two who enter one release, or begin it, wait for each other here: the second finds nobody inside.
    take_turns(session, lead_of(session, person.id))
    booking = open_booking_of(session, person.id)
    if booking is None:
        raise RefusedError(
            "not_inside",
            Sentence("%(number)s is not in custody: nobody to release.", {"number": person.number}),
        )
    return booking


def _refuse_over(row: ReleaseCase) -> None:
    if row.state != CaseState.OPEN:
        raise RefusedError("release_over", Sentence("This release is over. Look at the list of releases."))


def _end_case(
    session: Session, row: ReleaseCase, state_: CaseState, because: str, actor: Actor, at: datetime
) -> None:
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


def _reference(case: Case) -> str:
    paper = case.standing.paper
    if paper is not None:
        return paper.reference
    return _note(case, DEATH) or str(RELEASE_REASONS[case.standing.reason])


def _identity(case: Case) -> str:
    line = next(line for line in case.lines if line.item is Item.IDENTITY)
    return " ".join(str(said) for said in line.evidence)[:200]


def _note(case: Case, what: str) -> str:
    mark = case.standing.mark(what)
    return "" if mark is None else mark.note


def _check_paper(booking: Booking, paper: OnPaper, at: datetime) -> None:
    if not booking.admitted_at < paper.released_at <= at:
        raise RefusedError(
            "released_at",
            Sentence("The release lies between the admission and now. Check day and hour."),
        )
    if at - paper.released_at > OLDEST_PAPER:
        raise RefusedError(
            "too_old", Sentence("This is more than 60 days ago. Ask the director how to record it.")
        )
    for text, fault in (
        (paper.paper, Sentence("Write the number of the paper form.")),
        (paper.reference, Sentence("Write the reference of the order to release, or what the form says.")),
        (paper.first, Sentence("Write the name of the first officer on the paper.")),
        (paper.identity, Sentence("Write how it was made sure who the person was.")),
    ):
        if not text.strip():
            raise RefusedError("paper", fault)
