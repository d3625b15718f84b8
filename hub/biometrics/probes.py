"""A finger that another agency sends to ask whose it is: read strictly, judged, compared. It is enrolled nowhere."""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from hub.biometrics.damaged import opened
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import MIN_MINUTIAE, prepare_impression
from hub.biometrics.handing_out import Grid, Point, points_of
from hub.biometrics.images import read_image, write_png
from hub.biometrics.records import Finger, PersonKey
from hub.biometrics.vault import Vault
from hub.custody.merging.reading import family_of
from hub.sentences import RefusedError, Sentence

MOST_CANDIDATES: Final = 4
MIN_DPI: Final = 250
MAX_DPI: Final = 1200

_BAD_RECORD: Final = Sentence(
    "The record is not one finger of ISO/IEC 19794-2:2005 with its length and counts right. Have it made again."
)
_TOO_FEW: Final = Sentence(
    "The record holds too few minutiae to tell one person from another. Send the image, or a better print."
)


@dataclass(frozen=True)
class Probe:
    """A finger that is asked about. `record` is ISO/IEC 19794-2 at 500 dpi, `png` its image where one was sent."""

    record: bytes = field(repr=False)
    quality: int
    png: bytes | None = field(repr=False)

    @property
    def template(self) -> matching.Template:
        return matching.Template.from_iso(self.record)


@dataclass(frozen=True)
class Candidate:
    """An enrolled finger that is like the probe; nobody is named by it before an officer has looked."""

    person_id: int
    finger_id: int
    position: int
    score: float


def checked_image(raw: bytes, dpi: int) -> bytes:
    """A PNG, BMP or TIFF of a usable form as a plain grey PNG; RefusedError otherwise. Judges no ridges.

    Cheap, and without the engine: for the door at which strangers knock.
    """
    _check_dpi(dpi)
    return write_png(read_image(raw))


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of an image that `checked_image` gave."""
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        return image.size


def checked_record(raw: bytes) -> bytes:
    """A record of one finger view, without what is not of the standard; RefusedError otherwise."""
    try:
        template = matching.Template.from_iso(raw)
    except matching.TemplateError:
        raise RefusedError("record_unreadable", _BAD_RECORD) from None
    if len(template) < MIN_MINUTIAE:
        raise RefusedError("too_few_minutiae", _TOO_FEW)
    return template.to_iso()


def record_of_points(grid: Grid, position: int, points: Sequence[Point]) -> bytes:
    """An ISO record at 500 dpi of minutiae that came in another form; RefusedError when they make none."""
    scale = 500 / grid.dpi
    width, height = max(1, round(grid.width * scale)), max(1, round(grid.height * scale))
    try:
        template = matching.Template(
            x=_scaled([one.x for one in points], scale, width),
            y=_scaled([one.y for one in points], scale, height),
            angle=np.array([one.angle for one in points], np.uint8),
            kind=np.array([one.kind for one in points], np.uint8),
            quality=np.array([one.quality for one in points], np.uint8),
            width=width,
            height=height,
            finger=position,
        )
        return checked_record(template.to_iso())
    except matching.TemplateError:
        raise RefusedError("record_unreadable", _BAD_RECORD) from None


def probe_of_image(png: bytes, dpi: int) -> Probe:
    """Extract and judge; RefusedError with what to do better when it is not good enough to search by."""
    taken = prepare_impression(png, dpi=dpi, can_be_retaken=False)
    return Probe(taken.template.to_iso(), taken.quality, taken.png)


def probe_of_record(record: bytes) -> Probe:
    """A probe of a record alone, that `checked_record` gave."""
    return Probe(record, matching.Template.from_iso(record).finger_quality, None)


def candidates(
    session: Session, vault: Vault, search: DuplicateSearch, probe: Probe, inside: Collection[int]
) -> list[Candidate]:
    """Who of those `inside` (persons that lead their files) could have the finger, most alike first.

    RefusedError while thousands of fingers are still being read: a search of a part proves nothing.
    """
    if search.catch_up():
        raise RefusedError(
            "still_reading", Sentence("The fingers are still being read. Try again in a minute.")
        )
    template = probe.template
    found = [one for one in search.alike(template, most=4 * MOST_CANDIDATES) if one in inside]
    ranked = [_closest(session, vault, template, family_of(session, one), one) for one in found]
    best = sorted((one for one in ranked if one is not None), key=lambda one: -one.score)
    return best[:MOST_CANDIDATES]


def shown_points(record: bytes) -> tuple[Grid, tuple[Point, ...]]:
    """What a page may draw of a record."""
    template = matching.Template.from_iso(record)
    return Grid(template.width, template.height, 500), points_of(template)


def _closest(
    session: Session, vault: Vault, template: matching.Template, family: Collection[int], lead: int
) -> Candidate | None:
    best: Candidate | None = None
    for row in session.scalars(select(Finger).where(Finger.person_id.in_(family)).order_by(Finger.id)):
        key = session.get(PersonKey, row.person_id)
        if key is None:
            continue
        lock = vault.open_key(key)
        record = opened(lock, row.sealed_template, row.id, "template", row.position, row.impression)
        if record is None:
            continue
        score = float(matching.compare(template, matching.Template.from_iso(record)))
        if best is None or score > best.score:
            best = Candidate(lead, row.id, row.position, score)
    return best


def _scaled(values: Sequence[int], scale: float, side: int) -> NDArray[np.int16]:
    return np.minimum(np.rint(np.array(values, np.float64) * scale), side - 1).astype(np.int16)


def _check_dpi(dpi: int) -> None:
    if not MIN_DPI <= dpi <= MAX_DPI:
        raise RefusedError(
            "resolution",
            Sentence("Say at how many pixels an inch the finger was scanned: from 250 to 1,200."),
        )
