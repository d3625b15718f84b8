"""What of a drawing's styles counts: whether a shape is filled, has a line, and is seen at all. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final
from xml.etree.ElementTree import Element

_CLASS: Final = re.compile(r"^\.([A-Za-z_][\w-]*)$")
MOST_STYLE: Final = 200_000


@dataclass(frozen=True)
class Look:
    """How something is drawn that says nothing else itself: SVG fills, and draws no line."""

    NAMES: ClassVar[frozenset[str]] = frozenset(
        {"fill", "stroke", "display", "visibility", "opacity", "fill-opacity", "stroke-width"}
    )

    fill: bool = True
    stroke: bool = False
    hidden: bool = False

    @property
    def is_seen(self) -> bool:
        return self.fill or self.stroke

    def changed(self, said: Mapping[str, str]) -> Look:
        """The same after what an element says of itself."""
        look = self
        if "fill" in said:
            look = replace(look, fill=said["fill"] not in ("none", "transparent"))
        if _is_zero(said.get("fill-opacity")):
            look = replace(look, fill=False)
        if "stroke" in said:
            look = replace(look, stroke=said["stroke"] not in ("none", "transparent"))
        if _is_zero(said.get("stroke-width")):
            look = replace(look, stroke=False)
        gone = said.get("display") == "none" or said.get("visibility") in ("hidden", "collapse")
        return replace(look, hidden=look.hidden or gone or _is_zero(said.get("opacity")))

    @classmethod
    def read(cls, style: str) -> dict[str, str]:
        """The declarations of a style that count."""
        found: dict[str, str] = {}
        for part in style[:MOST_STYLE].split(";"):
            name, colon, value = part.partition(":")
            if colon and name.strip().lower() in cls.NAMES:
                found[name.strip().lower()] = value.replace("!important", "").strip().lower()
        return found


def rules_of(root: Element, tag: str) -> dict[str, dict[str, str]]:
    """What the drawing's own style sheets say of each class; other selectors are passed over."""
    found: dict[str, dict[str, str]] = {}
    for sheet in root.iter(tag):
        for rule in (sheet.text or "")[:MOST_STYLE].split("}"):
            selectors, _, body = rule.partition("{")
            for selector in selectors.split(","):
                match = _CLASS.match(selector.strip())
                if match is not None:
                    found.setdefault(match[1], {}).update(Look.read(body))
    return found


def _is_zero(value: str | None) -> bool:
    try:
        return value is not None and float(value.rstrip("px% ")) == 0
    except ValueError:
        return False
