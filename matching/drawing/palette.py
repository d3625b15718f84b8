"""Colours that stay apart for the colour-blind (Okabe and Ito 2008), and the type that captions are set in."""

from __future__ import annotations

import math
from functools import cache
from typing import Final

from PIL import ImageFont

Colour = tuple[int, int, int]

INK: Final = (22, 25, 29)
SOFT: Final = (84, 93, 104)
GROUND: Final = (255, 255, 255)
RULE: Final = (213, 218, 224)
BLUE: Final = (0, 114, 178)
VERMILLION: Final = (213, 94, 0)
GREEN: Final = (0, 158, 115)
PURPLE: Final = (204, 121, 167)
ORANGE: Final = (230, 159, 0)
SKY: Final = (86, 180, 233)

LINES: Final = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
"""In the order in which lines that run beside each other take them."""


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def text_width(text: str, size: int) -> int:
    """Pixels that a line of text takes."""
    return math.ceil(font(size).getlength(text))
