"""The shapes and words that a drawing may have, each made anew from its numbers. Pure; ValueError for what is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from hub.movements.site.plans.geometry import NUMBER, Point, numbers, path_of, plain, points_of

_LENGTH: Final = re.compile(rf"^\s*({NUMBER})\s*(px|mm|cm|pt|in|pc|em)?\s*$")
_ANCHORS: Final = ("start", "middle", "end")
MOST_WORDS: Final = 80


@dataclass(frozen=True)
class Outline:
    """A shape: its element, its attributes as they are written, points for a box, and whether it surrounds an area."""

    kind: str
    attributes: str
    points: Sequence[Point]
    closed: bool


@dataclass(frozen=True)
class Words:
    """A line of text at a point."""

    text: str
    x: float
    y: float
    size: float
    anchor: str


def length(text: str) -> float:
    """A number, with or without a unit; units are taken as those of the drawing."""
    match = _LENGTH.match(text) if len(text) <= 40 else None
    if match is None:
        raise ValueError("length")
    return float(match[1])


def _of(said: Mapping[str, str], *names: str) -> list[float]:
    return [length(said.get(name) or "0") for name in names]


def _written(**values: float) -> str:
    return " ".join(f'{name}="{plain(value)}"' for name, value in values.items())


def _rect(said: Mapping[str, str]) -> Outline:
    x, y, width, height = _of(said, "x", "y", "width", "height")
    if width <= 0 or height <= 0:
        raise ValueError("rect")
    return Outline(
        "rect",
        _written(x=x, y=y, width=width, height=height),
        [(x, y), (x + width, y), (x, y + height), (x + width, y + height)],
        closed=True,
    )


def _ellipse(said: Mapping[str, str]) -> Outline:
    cx, cy, r = _of(said, "cx", "cy", "r")
    rx, ry = (r, r) if r else _of(said, "rx", "ry")
    if rx <= 0 or ry <= 0:
        raise ValueError("ellipse")
    points = [(cx - rx, cy - ry), (cx + rx, cy + ry), (cx - rx, cy + ry), (cx + rx, cy - ry)]
    return Outline("ellipse", _written(cx=cx, cy=cy, rx=rx, ry=ry), points, closed=True)


def _line(said: Mapping[str, str]) -> Outline:
    x1, y1, x2, y2 = _of(said, "x1", "y1", "x2", "y2")
    return Outline("line", _written(x1=x1, y1=y1, x2=x2, y2=y2), [(x1, y1), (x2, y2)], closed=False)


def _poly(kind: str, *, closed: bool) -> Callable[[Mapping[str, str]], Outline]:
    def read(said: Mapping[str, str]) -> Outline:
        found = numbers(said.get("points", ""))
        points = list(zip(found[::2], found[1::2], strict=False))
        if len(points) < 2 or len(found) % 2:
            raise ValueError("points")
        written = " ".join(f"{plain(x)},{plain(y)}" for x, y in points)
        return Outline(kind, f'points="{written}"', points, closed=closed or points[0] == points[-1])

    return read


def _path(said: Mapping[str, str]) -> Outline:
    path = path_of(said.get("d", ""))
    closed = any(segment.command in "Zz" for segment in path)
    return Outline("path", f'd="{"".join(map(str, path))}"', list(points_of(path)), closed=closed)


OUTLINES: Final[Mapping[str, Callable[[Mapping[str, str]], Outline]]] = {
    "rect": _rect,
    "circle": _ellipse,
    "ellipse": _ellipse,
    "line": _line,
    "polyline": _poly("polyline", closed=False),
    "polygon": _poly("polygon", closed=True),
    "path": _path,
}


def words_of(element: Element, namespace: str) -> Iterator[Words]:
    """The lines of a text: its own, and each of its spans that says where it stands."""
    x, y = _first(element.get("x")), _first(element.get("y"))
    size, anchor = _size(element, 16.0), _anchor(element, "start")
    spans = [child for child in element if child.tag == f"{namespace}tspan"]
    placed = [span for span in spans if span.get("x") is not None]
    if not placed:
        text = _clean("".join(element.itertext()))
        if text:
            yield Words(text, x, y, _size(spans[0], size) if spans else size, anchor)
        return
    for span in placed:
        text = _clean("".join(span.itertext()))
        if text:
            yield Words(
                text,
                _first(span.get("x")),
                _first(span.get("y"), y),
                _size(span, size),
                _anchor(span, anchor),
            )


def _first(text: str | None, otherwise: float = 0.0) -> float:
    found = re.match(NUMBER, (text or "")[:40].strip())
    return otherwise if found is None else float(found[0])


def _size(element: Element, otherwise: float) -> float:
    styled = re.search(rf"font-size\s*:\s*({NUMBER})", element.get("style", "")[:2_000])
    said = styled[1] if styled else element.get("font-size", "")
    return _first(said, otherwise)


def _anchor(element: Element, otherwise: str) -> str:
    styled = re.search(r"text-anchor\s*:\s*(\w+)", element.get("style", "")[:2_000])
    said = styled[1] if styled else element.get("text-anchor", otherwise)
    return said if said in _ANCHORS else otherwise


def _clean(text: str) -> str:
    bare = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(bare.split())[:MOST_WORDS]
