"""Where the fingers on the glass come from: a folder of prints, or prints of our own making."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from simulation.sensor.models import Model

_SUFFIXES = frozenset({".png", ".tif", ".tiff", ".bmp", ".jpg", ".jpeg"})
_PAPER = 255


class NoPrints(ValueError):  # noqa: N818 - says what was found
    """A folder holds no print that can be used; the message is a sentence for the user."""


@dataclass(frozen=True)
class Print:
    """One impression in a folder, from a file named `<finger>_<impression>.<suffix>`."""

    finger: str
    impression: str
    path: Path

    def image(self, model: Model) -> NDArray[np.uint8]:
        """The print as this sensor would give it. Raises NoPrints when the file is no image."""
        try:
            with Image.open(self.path) as opened:
                grey = np.asarray(opened.convert("L"), dtype=np.uint8)
        except (OSError, UnidentifiedImageError) as error:
            raise NoPrints(f"{self.path} is no readable image; remove it or replace it.") from error
        return fitted(grey, model)


def fitted(image: NDArray[np.uint8], model: Model) -> NDArray[np.uint8]:
    """The middle of an image at the sensor's size, white where it is too small, in 16 greys.

    uint8 (height, width), values multiples of 17.
    """
    height, width = image.shape
    canvas = np.full((model.height, model.width), _PAPER, dtype=np.uint8)
    rows, columns = min(height, model.height), min(width, model.width)
    top, left = (height - rows) // 2, (width - columns) // 2
    at_row, at_column = (model.height - rows) // 2, (model.width - columns) // 2
    canvas[at_row : at_row + rows, at_column : at_column + columns] = image[
        top : top + rows, left : left + columns
    ]
    reduced: NDArray[np.uint8] = (canvas >> 4).astype(np.uint8) * np.uint8(17)
    return reduced


def folder_of_prints(folder: Path) -> dict[str, list[Print]]:
    """Impressions by finger, each list in the order of impression numbers. Raises NoPrints."""
    if not folder.is_dir():
        raise NoPrints(f"There is no folder {folder}; give one with images named <finger>_<impression>.png.")
    fingers: dict[str, list[Print]] = {}
    for found in _prints_in(folder):
        fingers.setdefault(found.finger, []).append(found)
    if not fingers:
        raise NoPrints(f"{folder} holds no images named <finger>_<impression>.png (or tif, bmp, jpg).")
    for impressions in fingers.values():
        impressions.sort(key=lambda found: (len(found.impression), found.impression))
    return dict(sorted(fingers.items()))


def _prints_in(folder: Path) -> Iterator[Print]:
    for path in sorted(folder.iterdir()):
        finger, underscore, impression = path.stem.rpartition("_")
        if path.suffix.lower() in _SUFFIXES and underscore and finger and impression:
            yield Print(finger, impression, path)
