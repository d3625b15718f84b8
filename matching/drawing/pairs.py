"""Two prints side by side, with lines between the minutiae that were taken for the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from matching.drawing.minutiae import FINER, Canvas
from matching.drawing.palette import GROUND, INK, LINES, RULE, SOFT, Colour, font, text_width
from matching.template import Template

SIDE: Final = 560
"""Longer side of each print in the picture, in pixels."""
GAP: Final = 18
BETWEEN: Final = 60
LINE: Final = 24
CAPTION: Final = 22
LINE_SIZE: Final = 16
CAPTION_SIZE: Final = 14
LEGEND: Final = (
    "Each line joins two minutiae taken for the same; the thicker, the more the others agree with them."
)
UNPAIRED: Final = (130, 138, 148)


@dataclass(frozen=True, slots=True)
class Print:
    """A print as it was compared: its image at 500 dpi, and two lines to write over it."""

    image: NDArray[np.uint8]
    template: Template
    caption: tuple[str, str]


def pairs_picture(
    probe: Print, candidate: Print, pairs: Any, values: Any, lines: Sequence[str]
) -> Image.Image:
    """`pairs` [n, 2]: minutiae of the two templates; `values` [n]: how much each is worth, most first."""
    scale = SIDE / max(*probe.image.shape, *candidate.image.shape)
    canvases = [Canvas.over(each.image, scale, faint=0.5) for each in (probe, candidate)]
    colours = [LINES[number % len(LINES)] for number in range(len(pairs))]
    for side, (each, canvas) in enumerate(zip((probe, candidate), canvases, strict=True)):
        _mark(canvas, each.template, [int(pair[side]) for pair in pairs], colours)
    finished = [canvas.finished() for canvas in canvases]
    head = GAP + LINE * len(lines) + GAP + 2 * CAPTION
    needed = [
        max([picture.width, *(text_width(line, CAPTION_SIZE) for line in each.caption)])
        for each, picture in zip((probe, candidate), finished, strict=True)
    ]
    lefts = GAP, GAP + needed[0] + BETWEEN
    width = max([lefts[1] + needed[1], *(GAP + text_width(line, LINE_SIZE) for line in lines)]) + GAP
    height = head + max(each.height for each in finished) + GAP + LINE
    sheet = Image.new("RGB", (width, height), GROUND)
    _write(sheet, lines, head, lefts, (probe.caption, candidate.caption))
    for left, picture in zip(lefts, finished, strict=True):
        sheet.paste(picture, (left, head))
        ImageDraw.Draw(sheet).rectangle(
            (left - 1, head - 1, left + picture.width, head + picture.height), outline=RULE
        )
    return _join(sheet, (probe, candidate), canvases, lefts, head, pairs, values, colours)


def _mark(canvas: Canvas, template: Template, paired: Sequence[int], colours: Sequence[Colour]) -> None:
    for number in set(range(len(template))) - set(paired):
        canvas.minutia(template, number, UNPAIRED, 1)
    for number, colour in zip(paired, colours, strict=True):
        canvas.minutia(template, number, colour, 2)


def _write(
    sheet: Image.Image,
    lines: Sequence[str],
    head: int,
    lefts: Sequence[int],
    captions: Sequence[tuple[str, str]],
) -> None:
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        draw.text((GAP, GAP + LINE * number), line, fill=INK, font=font(LINE_SIZE))
    for left, caption in zip(lefts, captions, strict=True):
        for up, line in zip((2, 1), caption, strict=True):
            draw.text((left, head - up * CAPTION), line, fill=INK, font=font(CAPTION_SIZE))
    draw.text((GAP, sheet.height - LINE - 4), LEGEND, fill=SOFT, font=font(CAPTION_SIZE))


def _join(
    sheet: Image.Image,
    prints: Sequence[Print],
    canvases: Sequence[Canvas],
    lefts: Sequence[int],
    top: int,
    pairs: Any,
    values: Any,
    colours: Sequence[Colour],
) -> Image.Image:
    """Lines from print to print, the weakest first, so that the strongest lie on top."""
    layer = Image.new("RGBA", (sheet.width * FINER, sheet.height * FINER))
    draw = ImageDraw.Draw(layer)
    most = max((float(value) for value in values), default=1.0) or 1.0
    for number in reversed(range(len(pairs))):
        ends = []
        for each, canvas, left, minutia in zip(prints, canvases, lefts, pairs[number], strict=True):
            x, y = canvas.place(each.template, int(minutia))
            ends.append((FINER * (left + x), FINER * (top + y)))
        width = round(FINER * (0.8 + 1.7 * float(values[number]) / most))
        draw.line(ends, fill=(*GROUND, 200), width=width + 2 * FINER)
        draw.line(ends, fill=(*colours[number], 220), width=width)
    return Image.alpha_composite(sheet.convert("RGBA"), layer.reduce(FINER)).convert("RGB")
