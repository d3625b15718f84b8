"""Photos of faces and marks: made small and clean, sealed like fingers, added and never overwritten."""

from __future__ import annotations

import io
import struct
import threading
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from hub.biometrics.damaged import opened
from hub.biometrics.records import PersonKey, Photo
from hub.biometrics.vault import PersonLock, Vault
from hub.custody.changes import note_change
from hub.sentences import RefusedError, Sentence
from wire.roll import MAX_PHOTO_BYTES

MAX_BYTES: Final = 10 * 1024 * 1024
"""A telephone's photo."""
FORMATS: Final = ("JPEG", "PNG", "WEBP")
MIN_SIDE_PX: Final = 120
MAX_SIDE_PX: Final = 8000
MAX_PLAIN_PX: Final = 25_000_000
"""Pixels of a photo that is opened whole: 64 million in a PNG of 260 kB took half a gigabyte of memory, in a JPEG of
several scans 370 MB. A plain JPEG is opened at a fraction of its size.
"""
MOST_SCANS: Final = 64
"""A progressive JPEG has about ten; each is a walk over the whole picture, and costs its maker 50 bytes."""
AT_ONCE: Final = 2
"""Photos that are opened at one time, whoever sends them: more only wait for each other's memory."""
PAGE_PX: Final = 480
"""Longest side on pages."""
SMALL_PX: Final = 160
"""Longest side at a terminal, whose roll holds one for each person."""
SMALL_BYTES: Final = MAX_PHOTO_BYTES
"""As many as a roll may carry for a person."""
SHAPE: Final = 4 / 5
"""Width by height: a passport photo, so that faces stand side by side in one size."""

_PAGE_QUALITY: Final = 85
_SMALL_QUALITIES: Final = (80, 70, 60, 50, 40, 30, 20)
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
class PreparedPhoto:
    """A photo ready to be kept: two JPEG files without any word about camera, place or day."""

    page_jpeg: bytes
    small_jpeg: bytes

    def __repr__(self) -> str:
        return "PreparedPhoto()"


@dataclass(frozen=True)
class ShownPhoto:
    """A person's newest photo, as pages show it."""

    page_jpeg: bytes
    taken_at: datetime
    by: str

    def __repr__(self) -> str:
        return "ShownPhoto()"


def prepare_photo(raw: bytes) -> PreparedPhoto:
    """Read, turn upright, cut to shape and make small; RefusedError with what to do otherwise."""
    if not raw:
        raise RefusedError("photo_empty", Sentence("The file is empty. Choose the photo again."))
    if len(raw) > MAX_BYTES:
        raise RefusedError("photo_too_large", Sentence("The photo is larger than 10 MB. Save it smaller."))
    upright = _read(raw)
    page = ImageOps.fit(upright, _size(upright, PAGE_PX), Image.Resampling.LANCZOS, centering=(0.5, 0.4))
    small = page.resize(_size(page, SMALL_PX), Image.Resampling.LANCZOS)
    return PreparedPhoto(_jpeg(page, _PAGE_QUALITY), _small_enough(small))


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
    """The newest face of each person as a JPEG of at most SMALL_BYTES; people without one, or whose is damaged,
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


_ROOM: Final = threading.BoundedSemaphore(AT_ONCE)


def _read(raw: bytes) -> Image.Image:
    try:
        with _ROOM, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
                _check_sides(image.size)
                _check_plain(image, raw)
                image.draft("RGB", (PAGE_PX * 2, PAGE_PX * 2))
                return ImageOps.exif_transpose(image).convert("RGB")
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        TypeError,
        LookupError,
        ArithmeticError,
        struct.error,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        raise RefusedError(
            "photo_unreadable", Sentence("The file is not a JPEG, PNG or WebP photo. Choose another file.")
        ) from None


def _check_sides(size: tuple[int, int]) -> None:
    if min(size) < MIN_SIDE_PX or max(size) > MAX_SIDE_PX:
        raise RefusedError(
            "photo_size",
            Sentence(
                "The photo has %(width)s x %(height)s pixels. Use one of 120 to 8,000 a side.",
                {"width": size[0], "height": size[1]},
            ),
        )


def _check_plain(image: Image.Image, raw: bytes) -> None:
    large = image.width * image.height > MAX_PLAIN_PX
    if image.format != "JPEG":
        if large:
            raise RefusedError("photo_plain", Sentence("The photo has too many pixels. Save it as JPEG."))
    elif raw.count(_SCAN) > MOST_SCANS or (large and _has_scans(raw, len(image.getbands()))):
        raise RefusedError(
            "photo_scans",
            Sentence(
                "The photo is a progressive JPEG, and too large for one. Save it smaller, or as a plain JPEG."
            ),
        )


_SCAN: Final = b"\xff\xda"
_ONE_AFTER_THE_OTHER: Final = (0xC0, 0xC1)
"""Frames of a JPEG that are read from top to bottom; of others all is held in memory until the last scan."""


def _has_scans(jpeg: bytes, colours: int) -> bool:
    """Whether its picture comes in several scans, as a progressive one does: by the headers before the first."""
    at = 2
    while at + 5 <= len(jpeg) and jpeg[at] == 0xFF:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC, *_ONE_AFTER_THE_OTHER):
            return True
        if marker == _SCAN[1]:
            return jpeg[at + 4] != colours
        at += 1 if marker == 0xFF else 2 + length
    return True


def _size(image: Image.Image, longest_px: int) -> tuple[int, int]:
    """Height at most `longest_px` and no larger than what is there, in the one shape."""
    height = min(longest_px, image.height, int(image.width / SHAPE))
    return max(1, int(height * SHAPE)), height


def _small_enough(image: Image.Image) -> bytes:
    for quality in _SMALL_QUALITIES:
        made = _jpeg(image, quality)
        if len(made) <= SMALL_BYTES:
            return made
    halved = image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)
    return _small_enough(halved)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, format="JPEG", quality=quality, optimize=True)
    return out.getvalue()
