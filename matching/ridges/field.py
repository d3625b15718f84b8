"""What a template keeps of the ridges between its minutiae: direction, period and coherence of each cell, in two bytes.

Bytes, version 1: the version; left, top, columns and rows of the smallest rectangle of cells with all ridges, a byte
each; a bit for each of its cells, row by row, highest bit first, set where there are ridges; then one byte for the
angle of each such cell, and after all of those one for its period (lower five bits) and coherence (upper three).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.errors import TemplateError

VERSION: Final = 1
MAX_SIDE: Final = 64
"""Cells each way that a field may reach: 1,024 pixels, more than images may have."""
MAX_CELLS: Final = 900
"""With ridges; of more, the most coherent are kept, so that a template stays small. A plain touch has 100 to 400."""
ANGLES: Final = 256
"""Units of angle in half a turn: ridges have no beginning."""
PERIODS: Final = 32
FIRST_PERIOD_PX: Final = 5.0
PERIOD_STEP_PX: Final = 0.25
COHERENCES: Final = 8
_HEAD_BYTES: Final = 5


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class RidgeField:
    """One value for each cell of STEP_PX by STEP_PX pixels at 500 dpi in a rectangle of them; read-only.

    - `cells`: uint16 [rows, columns]; from the lowest bit up: angle (8 bits, ANGLES units a half turn,
      counter-clockwise from growing x, y pointing down), period (5 bits, PERIOD_STEP_PX each from FIRST_PERIOD_PX),
      coherence (3 bits, eighths); 0 where there are no ridges, and coherence at least 1 elsewhere
    - `left`, `top`: cells between the image's corner and the rectangle's

    Raises TemplateError when that does not hold.
    """

    cells: NDArray[np.uint16]
    left: int = 0
    top: int = 0

    def __post_init__(self) -> None:
        cells = np.array(self.cells, dtype=np.uint16)
        if cells.ndim != 2 or not 0 <= self.left <= MAX_SIDE - cells.shape[1]:
            raise TemplateError(f"A ridge field has columns of cells up to the {MAX_SIDE}th.")
        if not 0 <= self.top <= MAX_SIDE - cells.shape[0]:
            raise TemplateError(f"A ridge field has rows of cells up to the {MAX_SIDE}th.")
        if np.any((cells != 0) & (cells >> 13 == 0)):
            raise TemplateError("A cell of a ridge field that has no coherence has neither angle nor period.")
        if np.count_nonzero(cells) > MAX_CELLS:
            raise TemplateError(f"A ridge field has at most {MAX_CELLS} cells with ridges.")
        cells.setflags(write=False)
        object.__setattr__(self, "cells", cells)

    @classmethod
    def of(
        cls, direction: NDArray[np.float32], period_px: NDArray[np.float32], coherence: NDArray[np.float32]
    ) -> RidgeField:
        """The field nearest to these values of each cell of an image, as `spectrum.measure` gives them."""
        angle = np.rint(direction * (ANGLES / np.pi)).astype(np.int64) % ANGLES
        period = np.rint((period_px - FIRST_PERIOD_PX) / PERIOD_STEP_PX).clip(0, PERIODS - 1).astype(np.int64)
        level = np.rint(coherence * COHERENCES).clip(1, COHERENCES - 1).astype(np.int64)
        cells = np.where(_kept(coherence), angle | period << 8 | level << 13, 0)
        rows, columns = (np.flatnonzero(cells.any(axis=axis)) for axis in (1, 0))
        if not len(rows):
            return NO_RIDGES
        top, left = int(rows[0]), int(columns[0])
        return cls(cells[top : rows[-1] + 1, left : columns[-1] + 1].astype(np.uint16), left, top)

    @property
    def ridges(self) -> NDArray[np.bool_]:
        """[rows, columns], where the other properties mean something."""
        return np.asarray(self.cells != 0)

    @property
    def direction(self) -> NDArray[np.float32]:
        """Along the ridges, radians from 0 to pi, counter-clockwise from growing x."""
        return (self.cells & 0xFF).astype(np.float32) * np.float32(np.pi / ANGLES)

    @property
    def period_px(self) -> NDArray[np.float32]:
        level = (self.cells >> 8 & 0x1F).astype(np.float32)
        return level * np.float32(PERIOD_STEP_PX) + np.float32(FIRST_PERIOD_PX)

    @property
    def coherence(self) -> NDArray[np.float32]:
        """How far the waves of a cell agree in their direction, 0 to 1."""
        return (self.cells >> 13).astype(np.float32) / np.float32(COHERENCES)

    def to_bytes(self) -> bytes:
        """As the module says: at most 2,317 bytes, and 617 for an image of 256x288 pixels."""
        rows, columns = self.cells.shape
        ridges = self.cells[self.ridges]
        head = bytes([VERSION, self.left, self.top, columns, rows])
        kept = np.packbits(self.ridges).tobytes()
        return (
            head
            + kept
            + (ridges & 0xFF).astype(np.uint8).tobytes()
            + (ridges >> 8).astype(np.uint8).tobytes()
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> RidgeField:
        """The field whose `to_bytes` these are; TemplateError with the reason when they are no field's."""
        if len(content) < _HEAD_BYTES or content[0] != VERSION:
            raise TemplateError("The ridge field of the record is of another version, or empty.")
        left, top, columns, rows = content[1:_HEAD_BYTES]
        if left + columns > MAX_SIDE or top + rows > MAX_SIDE:
            raise TemplateError("The ridge field of the record reaches further than an image.")
        mask_bytes = (rows * columns + 7) // 8
        bits = np.unpackbits(np.frombuffer(content, np.uint8, offset=_HEAD_BYTES)[:mask_bytes])
        ridges, spare = bits[: rows * columns].astype(np.bool_), bits[rows * columns :]
        count = int(ridges.sum())
        if len(content) != _HEAD_BYTES + mask_bytes + 2 * count or spare.any():
            raise TemplateError("The ridge field of the record is torn or padded.")
        values = np.frombuffer(content, np.uint8, offset=_HEAD_BYTES + mask_bytes).reshape(2, count)
        cells = np.zeros(rows * columns, dtype=np.uint16)
        cells[ridges] = values[0] | values[1].astype(np.uint16) << 8
        if np.any(cells[ridges] >> 13 == 0):
            raise TemplateError("A cell of the record's ridge field has no coherence.")
        return cls(cells.reshape(rows, columns), left, top)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RidgeField) and self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash(self.to_bytes())

    def __repr__(self) -> str:
        """No directions: they are biometric data as minutiae are."""
        return f"<RidgeField of {np.count_nonzero(self.cells)} cells>"


def _kept(coherence: NDArray[np.float32]) -> NDArray[np.bool_]:
    ridges: NDArray[np.bool_] = coherence > 0
    if np.count_nonzero(ridges) <= MAX_CELLS:
        return ridges
    return np.asarray(ridges & (coherence > np.sort(coherence, axis=None)[-MAX_CELLS - 1]))


NO_RIDGES: Final = RidgeField(np.zeros((0, 0), dtype=np.uint16))
"""Of an image without ridges."""
