"""What the pages of releases show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.biometrics.photos import people_with_photo
from hub.biometrics.vault import Vault
from hub.biometrics.words import FINGERS
from hub.custody.at_large import HOW
from hub.custody.legal import RELEASE_REASONS, ReleaseReason
from hub.custody.records import Booking, Person
from hub.custody.then import Named, named, open_stays
from hub.reception.admitting.candidates import FINGER_OUTCOMES
from hub.reception.admitting.showing import LOOK_STATUSES
from hub.reception.desk.asking import desks
from hub.reception.desk.looks import look_of
from hub.reception.releasing.distribution import Deletion, deletion_of
from hub.reception.releasing.reading import Case, open_cases, record_of
from hub.reception.releasing.records import ReleaseDoubt, ReleaseRecord
from hub.reception.releasing.signing import Record, is_genuine, named_in, read_record
from hub.reception.releasing.standing import ATTEST, DEATH, HANDED, HANDED_OVER, ITEMS, Item
from hub.reception.releasing.watching import DOUBTS, open_doubts
from hub.reception.words import in_words
from hub.sentences import Sentence

SHOWN_FOR: Final = timedelta(days=30)
MOST: Final = 100


@dataclass(frozen=True)
class Gone:
    """A release of the list: its record, who, and how many terminals confirmed."""

    row: ReleaseRecord
    person: Named
    taken_back: bool
    record: Record
    deletion: Deletion

    def __repr__(self) -> str:
        return f"Gone({self.row.id})"


def list_facts(session: Session, now: datetime, known_at: datetime | None = None) -> dict[str, Any]:
    """Under way, done, and in doubt: now, or as it was known then."""
    moment = known_at or now
    rows = session.scalars(
        select(ReleaseRecord)
        .where(ReleaseRecord.signed_at > moment - SHOWN_FOR, ReleaseRecord.signed_at <= moment)
        .order_by(ReleaseRecord.id.desc())
        .limit(MOST)
    ).all()
    people = named(session, {row.person_id for row in rows}, known_at)
    back = open_stays(session, known_at) if rows else {}
    return {
        "cases": open_cases(session, known_at),
        "gone": [
            Gone(
                row,
                people[row.person_id],
                row.booking_id in back,
                read_record(row),
                deletion_of(session, row, known_at),
            )
            for row in rows
        ],
        "doubts": open_doubts(session, known_at),
        "doubt_words": DOUBTS,
        "reasons": RELEASE_REASONS,
        "in_words": in_words,
    }


def case_facts(session: Session, case: Case) -> dict[str, Any]:
    """The interlock with everything that can be done about each line."""
    standing = case.standing
    people = [case.person.id, *(twin.person_id for twin in standing.twins)]
    return {
        "case": case,
        "key": case.row.key,
        "person": case.person,
        "items": ITEMS,
        "all_lines": [*case.lines, case.second],
        "line_of": {line.item.value: line for line in (*case.lines, case.second)},
        "reasons": RELEASE_REASONS,
        "twins": standing.twins,
        "photos": people_with_photo(session, people),
        "orders": standing.orders or {},
        "marked_orders": {mark.subject for mark in standing.marks_of(Item.ORDERS)},
        "marked_twins": {mark.subject for mark in standing.marks_of(Item.TWINS)},
        "attested": standing.marks_of(ATTEST),
        "needs_handing": standing.reason in HANDED_OVER and standing.mark(HANDED) is None,
        "needs_death": standing.reason is ReleaseReason.DIED and standing.mark(DEATH) is None,
        "desks": desks(session),
        "look": look_of(session, case.row.key),
        "fingers": FINGERS,
        "look_statuses": LOOK_STATUSES,
        "outcomes": FINGER_OUTCOMES,
        "record": record_of(session, case.booking.id) if case.row.state == "DONE" else None,
        "in_words": in_words,
    }


def _authority(record: Record) -> list[Sentence]:
    """What the release rests on where no court's paper says so, to be read in any language; else nothing."""
    stood = next((line for line in record.conditions if line.item == Item.AUTHORITY), None)
    if stood is None or record.paper:
        return []
    words = "; ".join(said.rstrip(".") for said in stood.evidence)[:200]
    # Records from before the date stood there have the reason alone.
    plain = {words, str(RELEASE_REASONS.get(ReleaseReason(record.reason), ""))}
    return stood.sentences if record.reference in plain else []


def record_facts(
    session: Session, vault: Vault, row: ReleaseRecord, known_at: datetime | None = None
) -> dict[str, Any]:
    """The certificate, its signature, the receipts, and what is in doubt; as it was known then."""
    booking = session.get_one(Booking, row.booking_id)
    doubts = [
        doubt
        for doubt in session.scalars(
            select(ReleaseDoubt).where(ReleaseDoubt.booking_id == row.booking_id).order_by(ReleaseDoubt.id)
        )
        if known_at is None or doubt.found_at <= known_at
    ]
    open_ones = {doubt.id for doubt in open_doubts(session, known_at)}
    taken_back = (
        booking.released_at is None if known_at is None else booking.id in open_stays(session, known_at)
    )
    return {
        "row": row,
        "record": (record := read_record(row)),
        "authority": _authority(record),
        "genuine": is_genuine(vault, row),
        "named": named_in(session, row),
        "person": session.get_one(Person, row.person_id),
        "booking": booking,
        "taken_back": taken_back,
        "deletion": deletion_of(session, row, known_at),
        "doubts": doubts,
        "open_doubts": open_ones,
        "doubt_words": DOUBTS,
        "reasons": RELEASE_REASONS,
        "items": ITEMS,
        "how": HOW,
        "in_words": in_words,
    }
