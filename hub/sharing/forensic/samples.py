"""The one finger of an identity request, out of whatever form it came in. Believes nothing, judges no ridges yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np

from hub.biometrics.handing_out import Grid, Point
from hub.biometrics.images import write_png
from hub.biometrics.probes import checked_image, checked_record, record_of_points, size_of
from hub.sentences import RefusedError, Sentence
from hub.sharing.forensic.an2 import reading
from hub.sharing.forensic.an2.content import Minutiae
from hub.sharing.forensic.messages import MAX_SAMPLE_BYTES, IdentityRequest, sample_of

_T = TypeVar("_T")

_ONE: Final = Sentence(
    "The file holds %(count)s fingers that could be meant. Send one, or say which by pims:FingerPositionCode."
)

_WSQ: Final = Sentence(
    "The finger is compressed as WSQ, which is not read here. Send it as a grey PNG with its resolution, as an "
    "ANSI/NIST file whose field 14.011 is PNG or NONE, or as minutiae (ISO/IEC 19794-2)."
)
_WSQ_BEGINS: Final = b"\xff\xa0"
"""The marker that every WSQ image starts with."""

_OTHER_SIZE: Final = Sentence(
    "The image in the file has another size than its record says. Have the file made again."
)


@dataclass(frozen=True)
class Sample:
    """A grey PNG with its true resolution, or a record of ISO/IEC 19794-2 at 500 dpi (`dpi` is None then)."""

    raw: bytes = field(repr=False)
    dpi: int | None
    position: int

    @property
    def is_image(self) -> bool:
        return self.dpi is not None


def read_sample(request: IdentityRequest) -> Sample:
    """RefusedError says what is wrong with the file and what to send instead."""
    raw = sample_of(request)
    if len(raw) > MAX_SAMPLE_BYTES:
        raise RefusedError(
            "sample_too_large", Sentence("The finger is larger than 2 MB. Send one finger as a grey PNG.")
        )
    if raw.startswith(_WSQ_BEGINS):
        raise _wsq()
    if request.form == "image":
        if request.resolution is None:
            raise RefusedError(
                "resolution",
                Sentence("Say at how many pixels an inch the finger was scanned: from 250 to 1,200."),
            )
        return Sample(checked_image(raw, request.resolution), request.resolution, request.position)
    if request.form == "iso19794-2":
        return Sample(checked_record(raw), None, request.position)
    return _of_file(raw, request.position)


def _wsq() -> RefusedError:
    return RefusedError("wsq_not_read", _WSQ)


def _of_file(raw: bytes, position: int) -> Sample:
    try:
        records = reading.read(raw)
        images, minutiae = reading.images_of(records), reading.minutiae_of(records)
    except reading.FileError as error:
        raise RefusedError(
            "file_unreadable",
            Sentence("The ANSI/NIST file cannot be read: %(reason)s", {"reason": str(error)}),
        ) from None
    if images:
        return _image(_one([one for one in images if position in (0, one.position)]))
    return _record(_one([one for one in minutiae if position in (0, one.position)]))


def _one(fitting: list[_T]) -> _T:
    if len(fitting) != 1:
        raise RefusedError("not_one_finger", Sentence(_ONE.text, {"count": len(fitting)}))
    return fitting[0]


def _image(one: reading.SentImage) -> Sample:
    raw = one.data
    if one.is_png and raw.startswith(_WSQ_BEGINS):
        raise _wsq()
    if not one.is_png:
        raw = write_png(np.frombuffer(one.data, np.uint8).reshape(one.height, one.width))
    png = checked_image(raw, one.dpi)
    if size_of(png) != (one.width, one.height):
        raise RefusedError("file_unreadable", _OTHER_SIZE)
    return Sample(png, one.dpi, one.position)


def _record(one: Minutiae) -> Sample:
    points = [Point(at.x, at.y, at.angle, at.kind, at.quality) for at in one.points]
    return Sample(
        record_of_points(Grid(one.width, one.height, one.dpi), one.position, points), None, one.position
    )
