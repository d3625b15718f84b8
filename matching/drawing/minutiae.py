"""Minutiae over their image: a circle is a ridge ending, a square a bifurcation, the tail points along the minutia."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from matching.drawing.palette import BLUE, GROUND, VERMILLION, Colour
from matching.template import BIFURCATION, Template

LEGEND: Final = (
    "circle: ridge ending; square: bifurcation; the tail shows its direction, and is thicker the surer it is"
)
FINER: Final = 3
"""Marks are drawn so many times larger and then reduced: lines without jags."""
RADIUS: Final = 4.0
TAIL: Final = 13.0
"""In pixels of the finished picture, whatever the size of the image."""


@dataclass(slots=True)
class Canvas:
    """An image at 500 dpi, enlarged by `scale`, to draw minutiae on; `finished` gives the picture."""

    picture: Image.Image
    scale: float

    @classmethod
    def over(cls, image: NDArray[np.uint8], scale: float, faint: float) -> Canvas:
        """`faint`, 0 to 1, lets the image step back behind what is drawn over it."""
        return cls(enlarged(image, scale * FINER, faint), scale)

    def place(self, template: Template, number: int) -> tuple[float, float]:
        """Middle of the minutia's pixel in the finished picture."""
        return (int(template.x[number]) + 0.5) * self.scale, (int(template.y[number]) + 0.5) * self.scale

    def minutia(self, template: Template, number: int, colour: Colour, width: float) -> None:
        draw = ImageDraw.Draw(self.picture)
        x, y = (FINER * each for each in self.place(template, number))
        turn = int(template.angle[number]) * math.tau / 256
        along = math.cos(turn), -math.sin(turn)
        radius, thick = RADIUS * FINER, round(width * FINER)
        start = x + radius * along[0], y + radius * along[1]
        end = x + TAIL * FINER * along[0], y + TAIL * FINER * along[1]
        shape = draw.rectangle if int(template.kind[number]) == BIFURCATION else draw.ellipse
        # A white edge keeps the mark visible on dark ridges.
        for fill, more in ((GROUND, 2 * FINER), (colour, 0)):
            half = radius + (thick + more) / 2
            draw.line([start, end], fill=fill, width=thick + more)
            shape((x - half, y - half, x + half, y + half), outline=fill, width=thick + more)

    def minutiae(self, template: Template) -> None:
        """All of a template, by kind and quality."""
        for number in range(len(template)):
            colour = VERMILLION if int(template.kind[number]) == BIFURCATION else BLUE
            self.minutia(template, number, colour, 1 + 1.5 * int(template.quality[number]) / 100)

    def finished(self) -> Image.Image:
        return self.picture.reduce(FINER)


def enlarged(image: NDArray[np.uint8], scale: float, faint: float = 0.0) -> Image.Image:
    """The image in colour, in another size."""
    grey = Image.fromarray(np.asarray(image + (255.0 - image) * faint, dtype=np.uint8))
    size = max(1, round(grey.width * scale)), max(1, round(grey.height * scale))
    return grey.resize(size, Image.Resampling.BICUBIC).convert("RGB")
