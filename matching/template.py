"""What remains of a fingerprint image: its minutiae, as a finger view of ISO/IEC 19794-2:2005 can hold them.

Nothing finer than the standard is kept: a template that went through a record compares exactly as before.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching import block_rules, codec, extended
from matching.codec import MAX_SIDE_PX
from matching.errors import TemplateError

DPI: Final = 500
"""Resolution of the coordinates; 197 pixels a centimetre in a record."""
MAX_MINUTIAE: Final = 255
"""The count of a finger view is one byte."""
MAX_EXTENDED_BYTES: Final = 0xFFFF

OTHER: Final = 0
ENDING: Final = 1
BIFURCATION: Final = 2

_ARRAYS: Final = ("x", "y", "angle", "kind", "quality")


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Template:
    """Minutiae of one impression; all arrays have the same length of 0 to 255 and are read-only.

    - `x`, `y`: int16, pixels at 500 dpi from the upper left corner, inside `width` and `height`
    - `angle`: uint8, 256 units a turn, counter-clockwise from the direction of growing x (y points down)
    - `kind`: uint8, 0 other, 1 ridge ending, 2 bifurcation
    - `quality`: uint8, 0 (not known) to 100 (best)
    - `width`, `height`: pixels at 500 dpi, 1 to 16,384
    - `finger`: 0 unknown, 1 to 5 right thumb to little finger, 6 to 10 left
    - `view`: number of this view among those of the same finger, 0 to 15
    - `impression`: impression type code, 0 (live-scan plain) to 15
    - `finger_quality`: 0 to 100, of the whole image
    - `device`: capture equipment, certification (4 bits) and type (12 bits), 0 when not reported
    - `extended`: extended data blocks as they stand in the record (see `matching.extended`); empty for most

    Raises TemplateError when a value is out of range.
    """

    x: NDArray[np.int16]
    y: NDArray[np.int16]
    angle: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    quality: NDArray[np.uint8]
    width: int
    height: int
    finger: int = 0
    view: int = 0
    impression: int = 0
    finger_quality: int = 0
    device: int = 0
    extended: bytes = b""

    def __post_init__(self) -> None:
        _check_scalars(self)
        object.__setattr__(self, "x", _column("x", self.x, np.int16, self.width - 1))
        object.__setattr__(self, "y", _column("y", self.y, np.int16, self.height - 1))
        object.__setattr__(self, "angle", _column("angle", self.angle, np.uint8, 255))
        object.__setattr__(self, "kind", _column("kind", self.kind, np.uint8, BIFURCATION))
        object.__setattr__(self, "quality", _column("quality", self.quality, np.uint8, 100))
        if len({getattr(self, name).shape for name in _ARRAYS}) != 1:
            raise TemplateError("The arrays of a template must have the same length.")
        if len(self) > MAX_MINUTIAE:
            raise TemplateError(
                f"A template holds at most {MAX_MINUTIAE} minutiae, not {len(self)}; keep the best."
            )
        if self.extended:
            block_rules.check(self.extended, len(self), self.width, self.height)

    def best(self, count: int) -> Template:
        """The `count` minutiae of highest quality, best first; equal ones keep their order."""
        order = np.argsort(-self.quality.astype(np.int64), kind="stable")[:count]
        columns = {name: getattr(self, name)[order] for name in _ARRAYS}
        places = {int(old): new for new, old in enumerate(order)}
        return replace(self, **columns, extended=block_rules.renumbered(self.extended, places))

    def block(self, code: int) -> bytes | None:
        """Content of the first block of extended data of that type, None where there is none."""
        return extended.find(self.extended, code)

    def with_block(self, code: int, content: bytes) -> Template:
        """This template with a block of extended data in place of any of the same type.

        Raises TemplateError when it does not fit, or is one of the standard's and breaks it.
        """
        return replace(self, extended=extended.with_block(self.extended, code, content))

    @classmethod
    def from_iso(cls, record: bytes) -> Template:
        """Read a record of exactly one finger view; raises TemplateError with the reason otherwise."""
        views = codec.decode(record)
        if len(views) != 1:
            raise TemplateError(f"The record holds {len(views)} finger views; read them with `all_from_iso`.")
        return cls(**views[0])

    @classmethod
    def all_from_iso(cls, record: bytes) -> list[Template]:
        """Read every finger view of a record; raises TemplateError with the reason."""
        return [cls(**view) for view in codec.decode(record)]

    def to_iso(self, *further: Template) -> bytes:
        """This template as an ISO/IEC 19794-2:2005 record; `from_iso` gives an equal template back.

        `further` templates of the same image size and device become further views of the record; TemplateError
        when they differ.
        """
        return codec.encode([template._view() for template in (self, *further)])

    def __len__(self) -> int:
        return len(self.x)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Template):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        """No coordinates: a template must not reach a log by way of its printed form."""
        return f"<Template of {len(self)} minutiae, {self.width}x{self.height}>"

    def _view(self) -> codec.View:
        return cast(codec.View, {field.name: getattr(self, field.name) for field in fields(self)})

    def _key(self) -> tuple[Any, ...]:
        values = self._view().values()
        return tuple(value.tobytes() if isinstance(value, np.ndarray) else value for value in values)

    def __reduce__(self) -> tuple[Any, ...]:
        return Template, tuple(self._view().values())


def _check_scalars(template: Template) -> None:
    limits = {
        "width": (1, MAX_SIDE_PX),
        "height": (1, MAX_SIDE_PX),
        "finger": (0, 10),
        "view": (0, 15),
        "impression": (0, 15),
        "finger_quality": (0, 100),
        "device": (0, 0xFFFF),
    }
    if len(template.extended) > MAX_EXTENDED_BYTES:
        raise TemplateError(f"A template holds at most {MAX_EXTENDED_BYTES} bytes of extended data.")
    for name, (lowest, highest) in limits.items():
        if not lowest <= getattr(template, name) <= highest:
            raise TemplateError(f"The {name} of a template must be from {lowest} to {highest}.")


def _column(name: str, values: ArrayLike, dtype: type[np.generic], highest: int) -> NDArray[Any]:
    raw = np.asarray(values)
    if raw.ndim != 1 or (raw.size and raw.dtype.kind not in "iu"):
        raise TemplateError(f"The {name} of a template must be a row of whole numbers.")
    if raw.size and (raw.min() < 0 or raw.max() > highest):
        raise TemplateError(f"The {name} of each minutia must be from 0 to {highest}.")
    column = raw.astype(dtype, copy=True)
    column.setflags(write=False)
    return column
