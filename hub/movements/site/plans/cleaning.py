"""A drawing that somebody hands in, turned into one of ours: lines, areas and words, and nothing that acts.

Nothing of the file is passed on: what is written is made from numbers that were read as numbers and words that were
read as words. Colours are left out: on these screens colour means a state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape, quoteattr

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from hub.movements.site.plans.geometry import IDENTITY, Box, Matrix, box_of, matrix_of, numbers
from hub.movements.site.plans.inside import inner_box
from hub.movements.site.plans.shapes import OUTLINES, Outline, words_of
from hub.movements.site.plans.styles import Look, rules_of
from hub.sentences import RefusedError, Sentence

MOST_BYTES: Final = 4 * 1024 * 1024
MOST_PARTS: Final = 8_000
DEEPEST: Final = 60
WIDTH: Final = 1200
"""Every drawing is brought to this width, so that words and marks on it have one size."""
_SVG: Final = "{http://www.w3.org/2000/svg}"
_LABEL: Final = "{http://www.inkscape.org/namespaces/inkscape}label"
_GROUPS: Final = frozenset({"g", "a", "switch"})
_SILENT: Final = frozenset({"title", "desc", "metadata", "defs", "style", "tspan"})
"""Left out without a word: nothing of them would be seen."""
_SMALLEST: Final = 0.0004
"""Part of the drawing below which nobody looks for people in a shape."""


@dataclass(frozen=True)
class Shape:
    """A shape that can be a zone; `name` is what the file calls it, "" when nothing. `inner` is where words fit."""

    key: str
    name: str
    box: Box
    inner: Box


@dataclass(frozen=True)
class Drawing:
    """A cleaned drawing of WIDTH x `height`, as the inside of an `<svg>`. `left_out` counts what was not taken over."""

    inside: str
    height: int
    shapes: Sequence[Shape]
    left_out: Mapping[str, int]


@dataclass
class _Work:
    rules: Mapping[str, Mapping[str, str]]
    view: Box
    parts: list[str] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    seen: int = 0


@dataclass(frozen=True)
class _Place:
    """Where in the file: how deep, moved by what, and how things look that say nothing of it."""

    depth: int
    matrix: Matrix
    look: Look
    name: str = ""


def clean(raw: bytes) -> Drawing:
    """The drawing of an SVG file. RefusedError says what is wrong with one that cannot be used."""
    root = _root(raw)
    view = _view(root)
    scale = WIDTH / view.width
    height = max(1, round(view.height * scale))
    onto = Matrix(a=scale, d=scale, e=-view.x * scale, f=-view.y * scale)
    work = _Work(rules_of(root, f"{_SVG}style"), Box(0, 0, WIDTH, height))
    place = _Place(0, onto, Look().changed(_said(root, work)))
    for child in root:
        _take(child, work, place)
    if not work.parts:
        raise RefusedError(
            "empty_plan", Sentence("Nothing can be seen in this drawing. Choose another file.")
        )
    return Drawing("".join(work.parts), height, work.shapes, dict(work.left_out))


def _root(raw: bytes) -> Element:
    if len(raw) > MOST_BYTES:
        raise RefusedError("large_plan", Sentence("The drawing is larger than 4 MB. Save a simpler one."))
    try:
        root: Element = fromstring(raw, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException:
        raise RefusedError(
            "plan_with_entities",
            Sentence("The file defines or fetches parts from elsewhere. Save it as plain SVG and try again."),
        ) from None
    except (ParseError, ValueError, LookupError):
        raise RefusedError(
            "no_plan", Sentence("This is no SVG drawing. Save the plan as SVG and try again.")
        ) from None
    if root.tag != f"{_SVG}svg":
        raise RefusedError("no_plan", Sentence("This is no SVG drawing. Save the plan as SVG and try again."))
    return root


def _view(root: Element) -> Box:
    try:
        said = numbers(root.get("viewBox", "") or _size(root), 4)
        if len(said) == 4 and 1e-3 < said[2] < 1e6 and 1e-3 < said[3] < 1e6 and 0.1 < said[2] / said[3] < 10:
            return Box(*said)
    except ValueError:
        pass  # said in the sentence below
    raise RefusedError(
        "plan_without_size",
        Sentence(
            "The drawing does not say how large it is, or is far too long. Set its page to the plan and save it."
        ),
    )


def _size(root: Element) -> str:
    def bare(name: str) -> str:
        return root.get(name, "").strip().rstrip("pxmtcin%") or "none"

    return f"0 0 {bare('width')} {bare('height')}"


def _take(element: Element, work: _Work, place: _Place) -> None:
    work.seen += 1
    if work.seen > MOST_PARTS or place.depth > DEEPEST:
        raise RefusedError("large_plan", Sentence("The drawing has too many parts. Save a simpler one."))
    tag: Any = element.tag
    if not isinstance(tag, str) or not tag.startswith(_SVG):
        return
    kind = tag.removeprefix(_SVG)
    if kind in _SILENT:
        return
    if kind not in OUTLINES and kind not in _GROUPS and kind != "text":
        work.left_out[kind] += 1
        return
    _count_handlers(element, work)
    try:
        matrix = place.matrix @ matrix_of(element.get("transform", ""))
        inner = _Place(
            place.depth + 1, matrix, place.look.changed(_said(element, work)), _name(element) or place.name
        )
        if inner.look.hidden:
            return
        if kind in _GROUPS:
            for child in element:
                _take(child, work, inner)
        elif kind == "text":
            _write(element, work, inner)
        else:
            _draw(OUTLINES[kind](element.attrib), _name(element), work, inner)
    except ValueError:
        work.left_out["unreadable"] += 1


def _count_handlers(element: Element, work: _Work) -> None:
    for name in element.attrib:
        bare = name.rpartition("}")[2].lower()
        if bare.startswith("on"):
            work.left_out["handlers"] += 1
        elif bare == "href":
            work.left_out["links"] += 1


def _draw(outline: Outline, name: str, work: _Work, place: _Place) -> None:
    points = [place.matrix.apply(point) for point in outline.points]
    box = box_of(points)
    if not place.look.is_seen:
        return
    is_ground = not work.parts and box.area >= 0.98 * work.view.area and place.look.fill
    if is_ground:
        return  # the paper that the plan was drawn on
    key = ""
    if outline.closed and box.area >= _SMALLEST * work.view.area:
        key = f"s{len(work.shapes) + 1}"
        inner = box if outline.kind in ("rect", "ellipse") else inner_box(points)
        work.shapes.append(Shape(key, name, box, inner))
    classes = "plan-area" if place.look.fill and outline.closed else "plan-line"
    mark = f' data-shape="{key}"' if key else ""
    moved = "" if place.matrix == IDENTITY else f' transform="{place.matrix}"'
    work.parts.append(f'<{outline.kind} class="{classes}"{mark}{moved} {outline.attributes}/>')


def _write(element: Element, work: _Work, place: _Place) -> None:
    for words in words_of(element, _SVG):
        x, y = place.matrix.apply((words.x, words.y))
        box_of([(x, y)])
        size = min(60.0, max(8.0, words.size * place.matrix.scale))
        work.parts.append(
            f'<text class="plan-words" x="{x:.0f}" y="{y:.0f}" font-size="{size:.0f}"'
            f" text-anchor={quoteattr(words.anchor)}>{escape(words.text)}</text>"
        )


def _said(element: Element, work: _Work) -> Mapping[str, str]:
    """What an element says of how it looks, the strongest last: attributes, classes, its own style."""
    found: dict[str, str] = {name: value for name, value in element.attrib.items() if name in Look.NAMES}
    for name in element.get("class", "").split():
        found |= work.rules.get(name, {})
    return {**found, **Look.read(element.get("style", ""))}


def _name(element: Element) -> str:
    said = element.get(_LABEL) or element.get("id") or ""
    return said.strip()[:64] if said.isprintable() else ""
