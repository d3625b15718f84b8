"""Drawings of the invented prison, as a draughtsman would hand them in: each room is called by the code of its zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

Box = tuple[int, int, int, int]
"""x, y, width, height."""

_HEIGHT: Final = 660
_WALL: Final = "M20 20H1180V560H900V644H452V560H20z"
_BLOCK_BOXES: Final[Mapping[str, Box]] = {
    "block-a": (40, 40, 270, 140),
    "block-b": (325, 40, 270, 140),
    "block-c": (610, 40, 270, 140),
    "block-d": (895, 40, 265, 140),
    "remand-1": (40, 195, 250, 132),
    "remand-2": (40, 337, 250, 132),
    "women": (40, 479, 120, 70),
    "juveniles": (170, 479, 120, 70),
}
_ROOM_BOXES: Final[Mapping[str, Box]] = {
    "kitchen": (310, 479, 160, 70),
    "clinic": (480, 440, 130, 108),
    "chapel": (620, 440, 130, 108),
    "school": (760, 440, 130, 108),
    "workshop": (905, 200, 255, 110),
    "tailors": (905, 322, 255, 106),
    "visits": (905, 440, 255, 108),
    "gate": (610, 568, 130, 66),
    "reception": (462, 568, 140, 66),
    "dock": (748, 568, 142, 66),
    "court": (930, 574, 115, 66),
    "outside": (1055, 574, 125, 66),
}
_YARD: Final = "M310 200H885V425H750V428H480V475H310z"


@dataclass(frozen=True)
class Wing:
    """A block with the codes of its tiers, which may be none."""

    block: str
    tiers: Sequence[str]

    @property
    def box(self) -> Box:
        return _BLOCK_BOXES[self.block]

    def tier_boxes(self) -> Iterator[tuple[str, Box]]:
        """Its tiers side by side under the name of the block, in two rows where there are many."""
        x, y, width, height = self.box
        rows = 2 if len(self.tiers) > 3 else 1
        per_row = -(-len(self.tiers) // rows) if self.tiers else 1
        wide, high = (width - 12) // per_row, (height - 44) // rows
        for place, tier in enumerate(self.tiers):
            row, column = divmod(place, per_row)
            yield tier, (x + 6 + column * wide, y + 38 + row * high, wide - 4, high - 4)


def main_plan(wings: Sequence[Wing]) -> bytes:
    """The ground floor of the central prison as an SVG file."""
    parts = [f'<path d="{_WALL}" fill="none" stroke="#222" stroke-width="6"/>']
    parts.append(f'<path id="yard" d="{_YARD}" fill="#dfe8d8" stroke="#222"/>')
    for wing in wings:
        parts.append(_rect(wing.block, wing.box))
        parts += [_rect(tier, box) for tier, box in wing.tier_boxes()]
    parts += [_rect(code, box) for code, box in _ROOM_BOXES.items()]
    parts += [
        '<path d="M610 644v12M740 644v12" fill="none" stroke="#222"/>',
        '<text x="30" y="640" font-size="20">North is up</text>',
    ]
    return _file(parts, _HEIGHT)


def spots(wings: Sequence[Wing]) -> dict[str, tuple[int, int]]:
    """Where the checkpoints of the central prison stand, by code."""
    boxes = {**_ROOM_BOXES, **{wing.block: wing.box for wing in wings}}
    for wing in wings:
        boxes.update(wing.tier_boxes())
    return {f"{code}-in": (x + width - 15, y + 14) for code, (x, y, width, _) in boxes.items()}


def _rect(code: str, box: Box) -> str:
    x, y, width, height = box
    return f'<rect id="{code}" x="{x}" y="{y}" width="{width}" height="{height}" fill="#fff" stroke="#222"/>'


def _file(parts: Sequence[str], height: int) -> bytes:
    inside = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 {height}">\n{inside}\n</svg>\n'.encode()
    )


FARM_PLAN: Final = _file(
    [
        '<path id="farm-fields" d="M20 20H1180V300H700L640 360H20z" fill="#e8eed8" stroke="#222"/>',
        _rect("farm-house", (720, 340, 300, 200)),
        _rect("farm-dairy", (360, 400, 220, 140)),
        '<path id="farm-yard" d="M590 400H710V540H590z" fill="#eee" stroke="#222"/>',
        '<path d="M0 580H1200M0 610H1200" fill="none" stroke="#222"/>',
        '<text x="40" y="600" font-size="20">Road to Central</text>',
    ],
    620,
)
"""The farm's drawing."""
