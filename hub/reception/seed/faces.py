"""Drawn faces of nobody, so that a file and a referral have something to show. Every feature comes from a seed."""

from __future__ import annotations

import io
import random
from typing import Final

from PIL import Image, ImageDraw

from hub.biometrics.photo_making import SMALL_PX, PreparedPhoto

SIZE: Final = (320, 400)
_SKINS = ("#5b3a29", "#7a4b32", "#8d5a3b", "#a86f4a", "#c08a5f", "#d9ab82")
_HAIRS = ("#14110f", "#241a14", "#3a2a20", "#57504a", "#8c8680")
_SHIRTS = ("#c8702a", "#4d6a8a", "#6b7a4a", "#8a5a5a", "#5a5a6a")
_GROUNDS = ("#cfd6da", "#d8d4c8", "#c8d2c8")
_QUALITY: Final = 82


def face(seed: int) -> Image.Image:
    """A drawing of `SIZE` pixels; the same seed gives the same face."""
    rng = random.Random(seed)  # noqa: S311 - a drawing, no key
    image = Image.new("RGB", SIZE, rng.choice(_GROUNDS))
    pen = ImageDraw.Draw(image)
    skin, hair = rng.choice(_SKINS), rng.choice(_HAIRS)
    half, chin = rng.randint(66, 84), rng.randint(286, 306)
    _shoulders(pen, rng, skin)
    _hair_behind(pen, rng, hair, half)
    for side in (160 - half, 160 + half):
        pen.ellipse((side - 13, 175, side + 13, 222), fill=skin)
    pen.ellipse((160 - half, 96, 160 + half, chin), fill=skin)
    _hair_in_front(pen, rng, hair, half)
    _features(pen, rng, hair, half, chin)
    return image


def photo(seed: int) -> PreparedPhoto:
    """The drawing as the vault keeps photos, with a band that says what it is."""
    image = face(seed)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, SIZE[1] - 22, SIZE[0], SIZE[1]), fill="#f4f1ec")
    pen.text((SIZE[0] // 2, SIZE[1] - 11), "INVENTED, DRAWN", fill="#22262a", anchor="mm")
    small = image.resize((SMALL_PX * SIZE[0] // SIZE[1], SMALL_PX), Image.Resampling.BOX)
    return PreparedPhoto(_jpeg(image), _jpeg(small))


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _shoulders(pen: ImageDraw.ImageDraw, rng: random.Random, skin: str) -> None:
    width = rng.randint(118, 146)
    pen.rounded_rectangle((160 - width, 328, 160 + width, 470), radius=60, fill=rng.choice(_SHIRTS))
    pen.rounded_rectangle((128, 262, 192, 352), radius=26, fill=skin)


def _hair_behind(pen: ImageDraw.ImageDraw, rng: random.Random, hair: str, half: int) -> None:
    if rng.random() < 0.25:
        pen.rounded_rectangle((160 - half - 16, 110, 160 + half + 16, 262), radius=56, fill=hair)


def _hair_in_front(pen: ImageDraw.ImageDraw, rng: random.Random, hair: str, half: int) -> None:
    if rng.random() < 0.15:
        return
    line = rng.randint(124, 152)
    pen.chord((160 - half - 6, 78, 160 + half + 6, 2 * line - 70), 180, 360, fill=hair)


def _features(pen: ImageDraw.ImageDraw, rng: random.Random, hair: str, half: int, chin: int) -> None:
    apart, eyes = rng.randint(27, 36), rng.randint(186, 198)
    brow, thick = eyes - rng.randint(16, 22), rng.randint(4, 7)
    for side in (-1, 1):
        x = 160 + side * apart
        pen.ellipse((x - 11, eyes - 7, x + 11, eyes + 7), fill="#f4f1ec")
        pen.ellipse((x - 5, eyes - 5, x + 5, eyes + 5), fill="#1c1613")
        pen.line((x - 15, brow, x + 15, brow), fill=hair, width=thick)
    nose = eyes + rng.randint(34, 44)
    pen.arc((160 - 14, nose - 14, 160 + 14, nose + 6), 20, 160, fill="#2b1c14", width=4)
    mouth, wide = nose + rng.randint(24, 30), rng.randint(20, 30)
    if rng.random() < 0.35:
        pen.ellipse((160 - half + 24, mouth - 18, 160 + half - 24, chin - 6), fill=hair)
    pen.arc((160 - wide, mouth - 14, 160 + wide, mouth + 8), 20, 160, fill="#5a2622", width=6)
    if rng.random() < 0.3:
        for side in (-1, 1):
            x = 160 + side * apart
            pen.ellipse((x - 20, eyes - 17, x + 20, eyes + 17), outline="#22262a", width=4)
        pen.line((160 - apart + 20, eyes, 160 + apart - 20, eyes), fill="#22262a", width=4)
