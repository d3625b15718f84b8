"""Fingers of somebody as another laboratory needs them: records, minutiae one by one, images with their true scale.

Called only for what a named officer approved. Extended data stays here: it is this engine's own.
"""

from __future__ import annotations

import io
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from hub.biometrics.damaged import opened
from hub.biometrics.records import Finger, PersonKey
from hub.biometrics.vault import PersonLock, Vault

RECORD_DPI: Final = 500
"""Of every template's grid, whatever its image was scanned at."""
USUAL_DPI: Final = (500, 508, 569, 1000)
"""What sensors scan at; of several that fit an image and its template the first is taken."""


@dataclass(frozen=True)
class Point:
    """One minutia as ISO/IEC 19794-2 has it: pixels at 500 dpi, 256 units of angle a turn."""

    x: int
    y: int
    angle: int
    kind: int
    quality: int

    def __repr__(self) -> str:
        return "Point()"


@dataclass(frozen=True)
class Grid:
    """Sides in pixels, and how many of them an inch."""

    width: int
    height: int
    dpi: int


@dataclass(frozen=True)
class HandedFinger:
    """The best impression of one finger. `record` is ISO/IEC 19794-2 of one view on `grid`, `png` the image on
    `scanned`."""

    finger_id: int
    person_id: int
    position: int
    quality: int
    enrolled_at: datetime
    grid: Grid
    points: tuple[Point, ...] = field(repr=False)
    record: bytes = field(repr=False)
    scanned: Grid
    png: bytes = field(repr=False)


def fingers_to_hand_out(
    session: Session, vault: Vault, person_ids: Collection[int], positions: Collection[int] = ()
) -> list[HandedFinger]:
    """The best impression of each finger of these (files of one person), by position; all fingers when none is named.

    What is damaged is left out, and so is whoever's key is destroyed.
    """
    wanted = select(Finger).where(Finger.person_id.in_(person_ids))
    if positions:
        wanted = wanted.where(Finger.position.in_(positions))
    best: dict[int, Finger] = {}
    for row in session.scalars(wanted.order_by(Finger.quality.desc(), Finger.id.desc())):
        best.setdefault(row.position, row)
    found = (_handed(session, vault, row) for _, row in sorted(best.items()))
    return [one for one in found if one is not None]


def one_to_hand_out(session: Session, vault: Vault, finger_id: int) -> HandedFinger | None:
    """One impression by its number; None when it is gone or damaged."""
    row = session.get(Finger, finger_id)
    return None if row is None else _handed(session, vault, row)


def scanned_dpi(image: tuple[int, int], template: tuple[int, int]) -> int:
    """What an image was scanned at, by its sides and those of its template at 500 dpi.

    Both are whole pixels, so that a narrow range fits: a sensor's usual value in it, else its middle.
    """
    lowest = max(side * RECORD_DPI / (of + 0.5) for side, of in zip(image, template, strict=True))
    highest = min(side * RECORD_DPI / (of - 0.5) for side, of in zip(image, template, strict=True))
    fitting = [dpi for dpi in USUAL_DPI if lowest <= dpi <= highest]
    return fitting[0] if fitting else round((lowest + highest) / 2)


def _handed(session: Session, vault: Vault, row: Finger) -> HandedFinger | None:
    key = session.get(PersonKey, row.person_id)
    if key is None:
        return None
    lock = vault.open_key(key)
    record, png = _opened(lock, row, "template"), _opened(lock, row, "image")
    if record is None or png is None:
        return None
    template = matching.Template.from_iso(record)
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        size = image.size
    plain = replace(template, finger=row.position, view=0, finger_quality=row.quality, extended=b"")
    return HandedFinger(
        row.id,
        row.person_id,
        row.position,
        row.quality,
        row.enrolled_at,
        Grid(template.width, template.height, RECORD_DPI),
        points_of(template),
        plain.to_iso(),
        Grid(*size, scanned_dpi(size, (template.width, template.height))),
        png,
    )


def points_of(template: matching.Template) -> tuple[Point, ...]:
    """The minutiae one by one, best first as the template has them."""
    columns = (template.x, template.y, template.angle, template.kind, template.quality)
    return tuple(Point(*(int(value) for value in row)) for row in zip(*columns, strict=True))


def _opened(lock: PersonLock, row: Finger, what: str) -> bytes | None:
    sealed = row.sealed_template if what == "template" else row.sealed_image
    return opened(lock, sealed, row.id, what, row.position, row.impression)
