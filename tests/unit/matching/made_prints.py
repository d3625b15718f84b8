"""Small image files whose grey level tells a stand-in extractor which finger they are of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from matching.template import Template

from .made_minutiae import finger, touch

LEVELS_A_FINGER = 20


def write_print(
    folder: Path, which: int, number: int, name: str | None = None, shape: tuple[int, int] = (96, 96)
) -> Path:
    """Small, for speed, where nobody looks: its minutiae are those of an image of 288 rows and 256 columns."""
    grey = np.full(shape, LEVELS_A_FINGER * which + number, dtype=np.uint8)
    path = folder / (name or f"{which}_{number}.png")
    Image.fromarray(grey).save(path)
    return path


class GreyExtractor:
    """Finds the minutiae of the finger that the grey level stands for, as another touch for each level."""

    name = "grey"

    def find(self, image) -> Template:
        level = int(image[0, 0])
        return touch(finger(level // LEVELS_A_FINGER), level)

    def trace(self, image):
        return [("image at 500 dpi", image), ("minutiae", self.find(image))]

    def warm_up(self) -> None:
        """Nothing to load."""
