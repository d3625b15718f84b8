"""Where shapes of a drawing lie: transforms, path data, boxes around both. Pure; ValueError for what is no shape."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

Point = tuple[float, float]

NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_NUMBER: Final = re.compile(rf"\s*,?\s*({NUMBER})")
_FLAG: Final = re.compile(r"\s*,?\s*([01])")
_COMMAND: Final = re.compile(r"\s*,?\s*([MmZzLlHhVvCcSsQqTtAa])")
_TRANSFORM: Final = re.compile(r"\s*,?\s*(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)")
_COUNT: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_SAMPLES: Final = (0.25, 0.5, 0.75, 1.0)
FAR: Final = 1e7
"""Nothing that is drawn for people has a larger number."""


@dataclass(frozen=True)
class Matrix:
    """An affine transform, as SVG writes it."""

    a: float = 1
    b: float = 0
    c: float = 0
    d: float = 1
    e: float = 0
    f: float = 0

    def __matmul__(self, other: Matrix) -> Matrix:
        """First `other`, then this."""
        return Matrix(
            self.a * other.a + self.c * other.b,
            self.b * other.a + self.d * other.b,
            self.a * other.c + self.c * other.d,
            self.b * other.c + self.d * other.d,
            self.a * other.e + self.c * other.f + self.e,
            self.b * other.e + self.d * other.f + self.f,
        )

    def apply(self, point: Point) -> Point:
        x, y = point
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    @property
    def scale(self) -> float:
        """How much longer things get, on the whole."""
        return math.sqrt(abs(self.a * self.d - self.b * self.c))

    def __str__(self) -> str:
        return (
            "matrix("
            + " ".join(plain(value) for value in (self.a, self.b, self.c, self.d, self.e, self.f))
            + ")"
        )


IDENTITY: Final = Matrix()


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def holds(self, point: Point) -> bool:
        x, y = point
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height


def box_of(points: Iterable[Point]) -> Box:
    """The box around points; ValueError without any, or when one is beyond all sense."""
    held = list(points)
    if not held or not all(abs(value) <= FAR for point in held for value in point):
        raise ValueError("no points")
    left, top = min(x for x, _ in held), min(y for _, y in held)
    return Box(left, top, max(x for x, _ in held) - left, max(y for _, y in held) - top)


def plain(value: float) -> str:
    """A number as short as it can be written."""
    if not abs(value) <= FAR:
        raise ValueError("number")
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"


def numbers(text: str, most: int = 20_000) -> list[float]:
    """The numbers of a list, and nothing else in it."""
    found: list[float] = []
    place = 0
    text = text.rstrip()
    while place < len(text):
        match = _NUMBER.match(text, place)
        if match is None or len(found) >= most:
            raise ValueError("numbers")
        found.append(float(match[1]))
        place = match.end()
    if not all(abs(value) <= FAR for value in found):
        raise ValueError("number")
    return found


def matrix_of(text: str) -> Matrix:
    """What a `transform` says."""
    found, place = IDENTITY, 0
    text = text.rstrip()
    while place < len(text):
        match = _TRANSFORM.match(text, place)
        if match is None:
            raise ValueError("transform")
        found = found @ _single(match[1], numbers(match[2], 6))
        place = match.end()
    return found


def _single(name: str, said: Sequence[float]) -> Matrix:
    match name, len(said):
        case "matrix", 6:
            return Matrix(*said)
        case "translate", 1 | 2:
            return Matrix(e=said[0], f=said[1] if len(said) > 1 else 0)
        case "scale", 1 | 2:
            return Matrix(a=said[0], d=said[-1])
        case "rotate", 1 | 3:
            turn = math.radians(said[0])
            spin = Matrix(math.cos(turn), math.sin(turn), -math.sin(turn), math.cos(turn))
            if len(said) == 1:
                return spin
            return Matrix(e=said[1], f=said[2]) @ spin @ Matrix(e=-said[1], f=-said[2])
        case "skewX", 1:
            return Matrix(c=math.tan(math.radians(said[0])))
        case "skewY", 1:
            return Matrix(b=math.tan(math.radians(said[0])))
    raise ValueError("transform")


@dataclass(frozen=True)
class Segment:
    """One command of a path with its numbers."""

    command: str
    said: tuple[float, ...]

    def __str__(self) -> str:
        return self.command + " ".join(plain(value) for value in self.said)


def path_of(text: str, most: int = 20_000) -> list[Segment]:
    """The segments of path data; ValueError where it does not read as one."""
    found: list[Segment] = []
    place, command = 0, ""
    text = text.rstrip()
    while place < len(text):
        match = _COMMAND.match(text, place)
        if match is not None:
            command, place = match[1], match.end()
        elif command in ("", "Z", "z"):
            raise ValueError("path")
        said, place = _said(text, place, command)
        found.append(Segment(command, said))
        # More pairs after a move are lines.
        command = {"M": "L", "m": "l"}.get(command, command)
        if len(found) > most:
            raise ValueError("path")
    if not found or found[0].command not in "Mm":
        raise ValueError("path")
    return found


def _said(text: str, place: int, command: str) -> tuple[tuple[float, ...], int]:
    values: list[float] = []
    for index in range(_COUNT[command.upper()]):
        pattern = _FLAG if command in "Aa" and index in (3, 4) else _NUMBER
        match = pattern.match(text, place)
        if match is None:
            raise ValueError("path")
        values.append(float(match[1]))
        place = match.end()
    if not all(abs(value) <= FAR for value in values):
        raise ValueError("path")
    return tuple(values), place


def points_of(path: Sequence[Segment]) -> Iterator[Point]:
    """Points along a path, close enough for a box around it."""
    here = start = control = (0.0, 0.0)
    before = ""
    for segment in path:
        name, base = segment.command.upper(), here if segment.command.islower() else (0.0, 0.0)
        said = segment.said
        if name == "Z":
            here = start
        elif name in ("H", "V"):
            here = (said[0] + base[0], here[1]) if name == "H" else (here[0], said[0] + base[1])
        elif name == "A":
            end = (said[5] + base[0], said[6] + base[1])
            yield from _arc(here, end, said)
            here = end
        else:
            pairs = [(said[i] + base[0], said[i + 1] + base[1]) for i in range(0, len(said), 2)]
            if name in ("S", "T"):
                smooth = before in ("CS" if name == "S" else "QT")
                pairs = [(2 * here[0] - control[0], 2 * here[1] - control[1]) if smooth else here, *pairs]
            control = pairs[-2] if len(pairs) > 1 else pairs[-1]
            yield from _bent(here, pairs)
            here = pairs[-1]
            start = here if name == "M" else start
        before = name
        yield here


def _bent(start: Point, pairs: Sequence[Point]) -> Iterator[Point]:
    """Points of a line (one pair), or a curve with its control points before its end."""
    points = [start, *pairs]
    if len(points) == 2:
        return
    for t in _SAMPLES:
        wave = points
        while len(wave) > 1:
            wave = [
                (one[0] + (two[0] - one[0]) * t, one[1] + (two[1] - one[1]) * t)
                for one, two in pairwise(wave)
            ]
        yield wave[0]


def _arc(start: Point, end: Point, said: Sequence[float]) -> Iterator[Point]:
    """Points of an elliptical arc: from its ends to its centre, SVG 1.1 appendix F.6.5."""
    rx, ry, turn = abs(said[0]), abs(said[1]), math.radians(said[2])
    if not rx or not ry or start == end:
        return
    cos, sin = math.cos(turn), math.sin(turn)
    dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    x, y = cos * dx + sin * dy, cos * dy - sin * dx
    grow = max(1.0, math.sqrt((x / rx) ** 2 + (y / ry) ** 2))
    rx, ry = rx * grow, ry * grow
    rest = max(0.0, (rx * ry) ** 2 - (rx * y) ** 2 - (ry * x) ** 2)
    root = math.sqrt(rest / ((rx * y) ** 2 + (ry * x) ** 2)) * (1 if said[3] != said[4] else -1)
    cx, cy = root * rx * y / ry, -root * ry * x / rx
    first = math.atan2((y - cy) / ry, (x - cx) / rx)
    sweep = math.atan2((-y - cy) / ry, (-x - cx) / rx) - first
    sweep += 2 * math.pi if said[4] and sweep < 0 else -2 * math.pi if not said[4] and sweep > 0 else 0
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    for step in range(1, 17):
        at = first + sweep * step / 16
        ex, ey = rx * math.cos(at) + cx, ry * math.sin(at) + cy
        yield middle[0] + cos * ex - sin * ey, middle[1] + sin * ex + cos * ey
