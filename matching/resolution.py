"""From the pixels of another maker's record to those of 500 dpi."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

PIXELS_PER_CM: Final = 197
"""500 dpi, rounded as the standard's whole number of pixels a centimetre."""
SAME_PIXELS_PER_CM: Final = (196, 197)
"""What makers write for 500 dpi, which is 196.85: nothing is converted."""
UNITS: Final = 256
"""Of angle in a turn."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Pixels of an image of `width` x `height`, so many a centimetre each way."""

    width: int
    height: int
    x_per_cm: int
    y_per_cm: int

    @property
    def is_500_dpi(self) -> bool:
        return self.x_per_cm in SAME_PIXELS_PER_CM and self.y_per_cm in SAME_PIXELS_PER_CM

    def converted_size(self) -> tuple[int, int]:
        """Width and height in pixels at 500 dpi."""
        return _side(self.width, self.x_per_cm), _side(self.height, self.y_per_cm)

    def convert(
        self, x: NDArray[Any], y: NDArray[Any], angle: NDArray[Any]
    ) -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.uint8]]:
        """Places and angles (units) at 500 dpi, inside the converted image.

        Angles change only where pixels are not square.
        """
        width, height = self.converted_size()
        turned = angle.astype(np.uint8)
        if self.x_per_cm != self.y_per_cm:
            radians = angle * (math.tau / UNITS)
            along = np.arctan2(np.sin(radians) / self.y_per_cm, np.cos(radians) / self.x_per_cm)
            turned = (np.rint(along * (UNITS / math.tau)).astype(np.int64) % UNITS).astype(np.uint8)
        return _places(x, self.x_per_cm, width), _places(y, self.y_per_cm, height), turned


def _side(side: int, per_cm: int) -> int:
    return max(1, round(side * PIXELS_PER_CM / per_cm))


def _places(values: NDArray[Any], per_cm: int, side: int) -> NDArray[np.int16]:
    return np.minimum(np.rint(values * (PIXELS_PER_CM / per_cm)), side - 1).astype(np.int16)
