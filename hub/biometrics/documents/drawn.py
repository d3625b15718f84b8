"""A signature that was drawn on glass: strokes as a page sends them, turned into a picture of ours."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageDraw

from hub.sentences import RefusedError, Sentence

WIDTH_PX: Final = 600
HEIGHT_PX: Final = 200
MOST_LETTERS: Final = 20_000
"""Of the strokes as text; the page thins them out long before."""
_FEWEST_POINTS: Final = 6
_SMALLEST_PX: Final = 30
"""A dot or a dash is a slip of the finger, and nobody's signature."""
_PEN_PX: Final = 4

Stroke = list[tuple[int, int]]


def read_strokes(text: str) -> list[Stroke]:
    """Strokes out of "x,y x,y;x,y": whole numbers within 600 by 200. RefusedError for anything else, or too little."""
    if len(text) > MOST_LETTERS:
        raise RefusedError("drawn_long", Sentence("The drawing is too long. Clear it and sign once more."))
    strokes = [_stroke(part) for part in text.split(";") if part.strip()]
    points = [point for stroke in strokes for point in stroke]
    if len(points) < _FEWEST_POINTS or max(_reach(points)) < _SMALLEST_PX:
        raise RefusedError(
            "drawn_little",
            Sentence(
                "What was drawn is too little for a signature. Draw it again, or say where the paper is signed."
            ),
        )
    return strokes


def picture_of(text: str) -> bytes:
    """The strokes as a PNG, black on white."""
    page = Image.new("L", (WIDTH_PX, HEIGHT_PX), 255)
    pen = ImageDraw.Draw(page)
    for stroke in read_strokes(text):
        pen.line(stroke if len(stroke) > 1 else stroke * 2, fill=0, width=_PEN_PX, joint="curve")
    out = io.BytesIO()
    page.save(out, format="PNG", optimize=True)
    return out.getvalue()


def _stroke(text: str) -> Stroke:
    return [_point(pair) for pair in text.split()]


def _point(pair: str) -> tuple[int, int]:
    x, comma, y = pair.partition(",")
    if not (comma and _is_small(x) and _is_small(y)):
        raise _broken()
    point = int(x), int(y)
    if point[0] > WIDTH_PX or point[1] > HEIGHT_PX:
        raise _broken()
    return point


def _is_small(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and len(digits) <= 3


def _broken() -> RefusedError:
    return RefusedError("drawn_broken", Sentence("The drawing arrived damaged. Clear it and sign once more."))


def _reach(points: Stroke) -> tuple[int, int]:
    across, down = [x for x, _ in points], [y for _, y in points]
    return max(across) - min(across), max(down) - min(down)
