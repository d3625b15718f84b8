"""Enrolling fingers and handing out templates. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from hub.biometrics.damaged import opened
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import PreparedFinger
from hub.biometrics.records import Finger, PersonKey
from hub.biometrics.vault import Vault
from hub.custody.changes import note_change
from hub.custody.records import Person
from hub.sentences import RefusedError, Sentence

Templates = dict[int, list[tuple[int, bytes]]]


@dataclass(frozen=True)
class EnrolledFinger:
    """A finger as a file shows it: how many impressions, the best quality, when last taken."""

    position: int
    impressions: int
    quality: int
    enrolled_at: datetime


class AlreadyEnrolledError(RefusedError):
    """The finger belongs to a file already: `number` is whose."""

    def __init__(self, number: str) -> None:
        message = Sentence(
            "The same finger is already enrolled for %(number)s. Open that file: the person may be known here. "
            "If it is another person, take the image again or use another finger.",
            {"number": number},
        )
        super().__init__("already_enrolled", message)
        self.number = number


def enrol_finger(
    session: Session,
    vault: Vault,
    search: DuplicateSearch,
    person_id: int,
    finger: PreparedFinger,
    *,
    at: datetime,
    by: str,
) -> list[Finger]:
    """Put a finger into the vault, beside earlier impressions of it; AlreadyEnrolledError when it is another's.

    Gives the new rows, one for each impression in its order.
    """
    _check_new(session, search, person_id, finger)
    lock = vault.make_person_key(session, person_id, at=at)
    first = 1 + _impressions(session, person_id, finger.position)
    rows: list[Finger] = []
    for number, impression in enumerate(finger.impressions, first):
        record = impression.template.to_iso()
        rows.append(
            Finger(
                person_id=person_id,
                position=finger.position,
                impression=number,
                quality=impression.quality,
                sealed_template=lock.lock(record, "template", finger.position, number),
                sealed_image=lock.lock(impression.png, "image", finger.position, number),
                enrolled_at=at,
                enrolled_by=by,
            )
        )
    session.add_all(rows)
    note_change(session, person_id, at)  # flushes: the rows have their numbers
    return rows


def templates_for(session: Session, vault: Vault, person_ids: Collection[int]) -> Templates:
    """(finger position, ISO/IEC 19794-2 record) of each person; those without fingers are left out.

    So is a finger that is damaged: nobody else's gate waits for it.

    WireError UNSEALABLE when the vault key is not the one that locked them.
    """
    keys = select(PersonKey).where(PersonKey.person_id.in_(person_ids))
    locks = {row.person_id: vault.open_key(row) for row in session.scalars(keys)}
    fingers = select(Finger).where(Finger.person_id.in_(locks)).order_by(Finger.position, Finger.impression)
    found: Templates = {}
    for row in session.scalars(fingers):
        lock = locks[row.person_id]
        record = opened(lock, row.sealed_template, row.id, "template", row.position, row.impression)
        if record is not None:
            found.setdefault(row.person_id, []).append((row.position, record))
    return found


def _check_new(session: Session, search: DuplicateSearch, person_id: int, finger: PreparedFinger) -> None:
    for impression in finger.impressions:
        hit = search.find(impression.template, besides=person_id)
        if hit is not None and hit.person_id is not None:
            raise AlreadyEnrolledError(session.get_one(Person, hit.person_id).number)
        if hit is not None:
            raise RefusedError(
                "too_alike",
                Sentence(
                    "The finger looks like those of two people who are enrolled. "
                    "Take the image again or use another finger."
                ),
            )


def _impressions(session: Session, person_id: int, position: int) -> int:
    counted = select(func.max(Finger.impression)).where(
        Finger.person_id == person_id, Finger.position == position
    )
    return session.scalar(counted) or 0


def fingers_of(session: Session, person_id: int) -> list[EnrolledFinger]:
    """What is enrolled of somebody, without templates or images."""
    return [EnrolledFinger(*row) for row in session.execute(_ENROLLED, {"person_id": person_id})]


_ENROLLED: Final = (
    select(Finger.position, func.count(), func.max(Finger.quality), func.max(Finger.enrolled_at))
    .where(Finger.person_id == bindparam("person_id"))
    .group_by(Finger.position)
    .order_by(Finger.position)
)
