"""What of a zone's words fits into its room, and where it stands: nothing overlaps, whatever the room's size. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LETTER: Final = 0.56
"""Width of a letter of the screen's type by its size, on the mean."""


WORDY: Final = 400
"""Width from which there is room for a count of four digits and for words beside it, in either language."""


class Fit(StrEnum):
    """How much of a zone is said in its room."""

    FULL = "full"
    """Name, count, capacity, how many are unproven, and the bar."""
    SHORT = "short"
    """Name, count, bar; what is unproven as a figure with a question mark."""
    COUNT = "count"
    """The count alone; the rest is said when it is pressed, and to a screen reader."""
    HEAD = "head"
    """Name and count in one line, over the rooms in it."""
    NONE = "none"
    """No place for words: the shape alone."""


@dataclass(frozen=True)
class At:
    """Where a text begins, or ends where its anchor is the end, and its size."""

    x: int
    y: int
    size: int


@dataclass(frozen=True)
class Bar:
    """Where the bar stands."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Label:
    """A room's words, from its upper left corner. What does not fit is None; `name` may be shortened."""

    fit: Fit
    name: str
    name_at: At | None = None
    count_at: At | None = None
    side_at: At | None = None
    old_at: At | None = None
    bar: Bar | None = None
    in_words: bool = False
    """Whether what is unproven is said in words, or as a figure with a question mark."""


def label(name: str, width: int, height: int, *, frame: bool = False, taken: int = 0) -> Label:
    """Words of a zone in a room of this size; terminals take `taken` of its first line, at the right."""
    if frame:
        return _head(name, width, height, taken)
    if width >= 240 and height >= 108:
        return _full(name, width, height, taken)
    if width >= 84 and height >= 62:
        return _short(name, width, height, taken)
    if width >= 30 and height >= 24:
        return _count(width, height)
    return Label(Fit.NONE, "")


def _full(name: str, width: int, height: int, taken: int) -> Label:
    size = min(64, height - 68)
    line = height - 36
    return Label(
        Fit.FULL,
        fitted(name, width - 30 - taken, 26),
        At(15, 32, 26),
        At(15, line, size),
        At(width - 15, line - 26, 23),
        At(width - 15, line, 23),
        Bar(15, height - 26, width - 30, 14),
        in_words=width >= WORDY,
    )


def _short(name: str, width: int, height: int, taken: int) -> Label:
    size = min(46, height - 42)
    line = height - 18
    return Label(
        Fit.SHORT,
        fitted(name, width - 18 - taken, 21),
        At(9, 22, 21),
        At(9, line, size),
        None,
        At(width - 9, line, 21),
        Bar(9, height - 12, width - 18, 7),
    )


def _count(width: int, height: int) -> Label:
    size = max(14, min(34, height - 8, int(width / 2.4)))
    if height < 50 or width < 48:
        return Label(Fit.COUNT, "", count_at=At(width // 2, height // 2 + size // 3, size))
    below = 20 if height >= 88 else 0
    line = (height - 12 - below + int(size * 0.8)) // 2
    return Label(
        Fit.COUNT,
        "",
        count_at=At(width // 2, line, size),
        old_at=At(width // 2, line + 23, 20) if below else None,
        bar=Bar(7, height - 12, width - 14, 7),
    )


def _head(name: str, width: int, height: int, taken: int) -> Label:
    if width < 110 or height < 26:
        return Label(Fit.NONE, "")
    counted = 100
    return Label(
        Fit.HEAD,
        fitted(name, width - 20 - counted - taken, 22),
        At(10, 25, 22),
        At(width - 12 - taken, 25, 22),
    )


def fitted(name: str, width: int, size: int) -> str:
    """The name, or as much of it as fits."""
    letters = int(width / (size * LETTER))
    if len(name) <= letters:
        return name
    return "" if letters < 3 else f"{name[: letters - 1].rstrip()}\u2026"
