"""Photos of faces and marks: sealed like fingers, added and never overwritten."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from hub.biometrics.damaged import opened
from hub.biometrics.photo_making import PreparedPhoto
from hub.biometrics.records import PersonKey, Photo
from hub.biometrics.vault import PersonLock, Vault
from hub.custody.changes import note_change
from hub.sentences import RefusedError, Sentence

_PAGE: Final = "photo"
_SMALL: Final = "small photo"


class Angle(StrEnum):
    """From where a photo was taken; FRONT is the face that everybody sees."""

    FRONT = "front"
    LEFT = "left"
    RIGHT = "right"
    MARK = "mark"


ANGLES: Final = {
    Angle.FRONT: Sentence("From the front"),
    Angle.LEFT: Sentence("From the person's left"),
    Angle.RIGHT: Sentence("From the person's right"),
    Angle.MARK: Sentence("A mark or tattoo"),
}


@dataclass(frozen=True)
class PhotoLine:
    """A photo in a list: whose, its number there, and what it shows."""

    person_id: int
    number: int
    angle: Angle
    mark: int | None
    taken_at: datetime
    recorded_at: datetime
    by: str


@dataclass(frozen=True)
class ShownPhoto:
    """A person's newest photo, as pages show it."""

    page_jpeg: bytes
    taken_at: datetime
    by: str

    def __repr__(self) -> str:
        return "ShownPhoto()"


def add_photo(
    session: Session,
    vault: Vault,
    person_id: int,
    photo: PreparedPhoto,
    *,
    taken_at: datetime,
    at: datetime,
    by: str,
    angle: Angle = Angle.FRONT,
    mark: int | None = None,
) -> None:
    """Put a photo into the vault; of a face from the front terminals hear, and it is shown from now on.

    `mark` is the item of the fact that a photo of a mark shows. RefusedError when it is said to be taken in the future.
    """
    if taken_at > at + timedelta(minutes=5):
        raise RefusedError(
            "photo_future", Sentence("The photo cannot be taken in the future. Check the date.")
        )
    lock = vault.make_person_key(session, person_id, at=at)
    number = 1 + (session.scalar(select(func.max(Photo.number)).where(Photo.person_id == person_id)) or 0)
    session.add(
        Photo(
            person_id=person_id,
            number=number,
            sealed_page=lock.lock(photo.page_jpeg, _PAGE, 0, number),
            sealed_small=lock.lock(photo.small_jpeg, _SMALL, 0, number),
            taken_at=taken_at,
            recorded_at=at,
            recorded_by=by,
            angle=angle.value,
            mark=mark,
        )
    )
    if angle is Angle.FRONT:
        note_change(session, person_id, at)


def photo_for(
    session: Session,
    vault: Vault,
    person_id: int,
    *,
    number: int | None = None,
    known_at: datetime | None = None,
) -> ShownPhoto | None:
    """The newest face of somebody, as known at `known_at`, or the photo with this number.

    None when there is none, or when the person's key was thrown away.

    WireError UNSEALABLE when the vault key is not the one that locked it.
    """
    lock = vault.person_key(session, person_id)
    wanted = select(Photo).where(Photo.person_id == person_id)
    wanted = wanted.where(Photo.angle == Angle.FRONT if number is None else Photo.number == number)
    if known_at is not None:
        wanted = wanted.where(Photo.recorded_at <= known_at)
    row = session.scalar(wanted.order_by(Photo.number.desc()).limit(1))
    if lock is None or row is None:
        return None
    return ShownPhoto(lock.unlock(row.sealed_page, _PAGE, 0, row.number), row.taken_at, row.recorded_by)


def people_with_photo(session: Session, person_ids: Collection[int]) -> set[int]:
    """Those of the people whose face there is a photo of."""
    wanted = select(Photo.person_id).where(Photo.person_id.in_(person_ids), Photo.angle == Angle.FRONT)
    return set(session.scalars(wanted))


_LINES: Final = (
    select(
        Photo.person_id,
        Photo.number,
        Photo.angle,
        Photo.mark,
        Photo.taken_at,
        Photo.recorded_at,
        Photo.recorded_by,
    )
    .where(Photo.person_id.in_(bindparam("ids", expanding=True)))
    .order_by(Photo.id.desc())
)


def photos_of(
    session: Session, person_ids: Collection[int], *, known_at: datetime | None = None
) -> list[PhotoLine]:
    """Every photo of these people as known at `known_at`, newest first, without the pictures."""
    rows = session.execute(_LINES, {"ids": list(person_ids)})
    return [
        PhotoLine(person_id, number, Angle(angle), mark, taken_at, recorded_at, by)
        for person_id, number, angle, mark, taken_at, recorded_at, by in rows
        if known_at is None or recorded_at <= known_at
    ]


def terminal_photos_for(session: Session, vault: Vault, person_ids: Collection[int]) -> dict[int, bytes]:
    """The newest face of each person as a JPEG of at most MAX_PHOTO_BYTES; people without one, or whose is damaged,
    are left out.

    WireError UNSEALABLE when the vault key is not the one that locked them.
    """
    keys = session.scalars(select(PersonKey).where(PersonKey.person_id.in_(person_ids)))
    locks: dict[int, PersonLock] = {row.person_id: vault.open_key(row) for row in keys}
    faces = select(func.max(Photo.id)).where(Photo.person_id.in_(locks), Photo.angle == Angle.FRONT)
    last = faces.group_by(Photo.person_id)
    small = {
        row.person_id: opened(locks[row.person_id], row.sealed_small, row.id, _SMALL, 0, row.number)
        for row in session.scalars(select(Photo).where(Photo.id.in_(last)))
    }
    return {person_id: photo for person_id, photo in small.items() if photo is not None}
