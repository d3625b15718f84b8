"""What an extraction went through as one picture: a sheet of its stages with captions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from matching.drawing.minutiae import LEGEND, Canvas, enlarged
from matching.drawing.palette import BLUE, GROUND, INK, RULE, SOFT, font, text_width
from matching.template import Template

TILE: Final = 460
"""Longer side of a picture of the sheet, in pixels."""
MOST_IN_A_ROW: Final = 5
GAP: Final = 18
CAPTION: Final = 30
LINE: Final = 24
SIZE: Final = 16
STROKE_PX: Final = 12
"""Distance of the strokes that show orientation, in pixels of the tile."""

Stages = Sequence[tuple[str, NDArray[Any] | Template]]


def stage_sheet(image: NDArray[np.uint8], stages: Stages, lines: Sequence[str]) -> Image.Image:
    """All stages of an extraction of `image` (500 dpi) side by side, under `lines` of text."""
    tiles = [(name, stage_picture(image, name, picture)) for name, picture in stages]
    columns = _columns(len(tiles))
    cell = max(tile.width for _, tile in tiles) + GAP, max(tile.height for _, tile in tiles) + CAPTION + GAP
    head = GAP + LINE * len(lines) + GAP
    widest = max(text_width(line, SIZE) for line in [*lines, LEGEND]) + 2 * GAP
    size = max(GAP + columns * cell[0], widest), head + math.ceil(len(tiles) / columns) * cell[1] + LINE
    sheet = Image.new("RGB", size, GROUND)
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        draw.text((GAP, GAP + LINE * number), line, fill=INK, font=font(SIZE))
    for number, (name, tile) in enumerate(tiles):
        left, top = GAP + number % columns * cell[0], head + number // columns * cell[1]
        draw.text((left, top), f"{number + 1}. {name}", fill=INK, font=font(SIZE - 1))
        top += CAPTION
        sheet.paste(tile, (left, top))
        draw.rectangle((left - 1, top - 1, left + tile.width, top + tile.height), outline=RULE)
    draw.text((GAP, sheet.height - LINE - 4), LEGEND, fill=SOFT, font=font(SIZE - 2))
    return sheet


def _columns(tiles: int) -> int:
    """A row when they fit in one, otherwise rows of three to five, whichever leaves less empty."""
    if tiles <= MOST_IN_A_ROW:
        return tiles
    return min(range(MOST_IN_A_ROW, 2, -1), key=lambda columns: -tiles % columns)


def stage_picture(image: NDArray[np.uint8], name: str, picture: NDArray[Any] | Template) -> Image.Image:
    """One stage as a person would draw it: minutiae and orientation over the image, all else in grey."""
    scale = TILE / max(image.shape)
    if isinstance(picture, Template):
        canvas = Canvas.over(image, scale, faint=0.35)
        canvas.minutiae(picture)
        return canvas.finished()
    if name.startswith("orientation") and picture.dtype.kind == "f":
        return _strokes(image, picture, scale)
    grey = as_grey(picture)
    # A stage that is a grid coarser than the image is shown as the grid it is.
    coarse = max(grey.shape) * 2 < max(image.shape)
    size = _fitted(grey.shape)
    return (
        Image.fromarray(grey)
        .resize(size, Image.Resampling.NEAREST if coarse else Image.Resampling.BICUBIC)
        .convert("RGB")
    )


def _fitted(shape: tuple[int, ...]) -> tuple[int, int]:
    scale = TILE / max(shape)
    return max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale))


def as_grey(picture: NDArray[Any]) -> NDArray[np.uint8]:
    """uint8 as it is, true as black on white, numbers from their lowest (black) to their highest (white)."""
    if picture.dtype == np.uint8:
        return picture
    if picture.dtype == np.bool_:
        return np.where(picture, 0, 255).astype(np.uint8)
    values = picture.astype(np.float64)
    known = np.isfinite(values)
    if not known.any():
        return np.zeros(picture.shape, dtype=np.uint8)
    low, high = values[known].min(), values[known].max()
    share = np.where(known, (values - low) / max(high - low, 1e-12), 0.0)
    return np.asarray(np.rint(255 * share), dtype=np.uint8)


def _strokes(image: NDArray[np.uint8], radians: NDArray[Any], scale: float) -> Image.Image:
    """Short lines along the ridges, where a direction is known."""
    drawn = enlarged(image, scale, faint=0.5)
    draw = ImageDraw.Draw(drawn)
    rows, columns = radians.shape
    down, across = drawn.height / rows, drawn.width / columns
    every = max(1, round(STROKE_PX / down))
    reach = 0.45 * every * down
    for row in range(every // 2, rows, every):
        for column in range(every // 2, columns, every):
            turn = float(radians[row, column])
            if math.isfinite(turn):
                x, y = (column + 0.5) * across, (row + 0.5) * down
                away = reach * math.cos(turn), reach * math.sin(turn)
                draw.line([(x - away[0], y - away[1]), (x + away[0], y + away[1])], fill=BLUE, width=2)
    return drawn
