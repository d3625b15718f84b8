"""Why an image is not good enough, in words that somebody at the glass can act on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

from matching.quality import parameters as p
from matching.quality.ridges import RidgeMap, Windows


class Advice(Enum):
    """What would make the next image better. Directions are those of the image: up is where its first row is."""

    OK = "ok"
    PLACE_FINGER = "place finger"
    """Nothing on the glass."""
    WIPE_GLASS = "wipe glass"
    """Only a trace of an earlier finger, or dirt: pale ridges, or specks."""
    CENTRE_FINGER = "centre finger"
    """Half of the finger or less is on the image, in a corner of it."""
    MOVE_LEFT = "move finger left"
    """The same, and the finger lies too far to the right; so with the next three."""
    MOVE_RIGHT = "move finger right"
    MOVE_UP = "move finger up"
    MOVE_DOWN = "move finger down"
    LAY_FLAT = "lay finger flat"
    """Clear ridges, but little skin: only the tip or one side touches."""
    PRESS_HARDER = "press harder"
    """Pale and little: too little pressure."""
    PRESS_LIGHTER = "press lighter"
    """Ridges run together: too much pressure."""
    TOO_DRY = "too dry"
    """Pale and broken over the whole finger: breathe on it, or rub it on the other hand."""
    TOO_WET = "too wet"
    """Black where ridges should be: dry the finger and the glass."""
    TOO_FEW_RIDGES = "too few ridges"
    """Something is there, but too little of it is ridges: use another finger."""


@dataclass(frozen=True)
class Look:
    """What advice is taken from: the windows with ridges, those the finger darkens, and the grey of the bare glass."""

    seen: RidgeMap
    ridges: Windows
    touched: Windows
    glass: float

    @property
    def ridge_area_mm2(self) -> float:
        return float(self.ridges.sum() * p.MM2_PER_WINDOW)

    @property
    def grey(self) -> float:
        """Median grey level of what is touched, where the glass is 255."""
        return float(np.median(self.seen.grey[self.touched])) * 255 / self.glass


def look(seen: RidgeMap) -> Look:
    """The ridge map with what it says of finger and glass."""
    ridges = seen.ridges()
    glass = max(float(np.percentile(seen.grey, p.GLASS_PERCENTILE)), p.DARKEST_GLASS)
    return Look(seen, ridges, ridges | (seen.grey <= glass - p.TOUCHED_BELOW_GLASS), glass)


def fault(at: Look) -> Advice:
    """What forbids the use of an image however many ridges it shows; OK when nothing does."""
    if _is_trace(at):
        return Advice.WIPE_GLASS
    if at.touched.mean() < p.MIN_TOUCHED_SHARE:
        return Advice.PLACE_FINGER
    if _is_straight(at):
        return Advice.TOO_FEW_RIDGES
    return _placement(at)


def remedy(at: Look) -> Advice:
    """What would improve an image that has no fault but too little to offer."""
    small = at.ridge_area_mm2 < p.WHOLE_FINGER_MM2
    if at.grey <= p.WET_GREY:
        flat = at.seen.contrast[at.touched] < p.MIN_CONTRAST
        return Advice.TOO_WET if flat.mean() > p.FLOODED_SHARE else Advice.PRESS_LIGHTER
    if small and at.ridges.sum() >= p.CLEAR_SHARE * at.touched.sum():
        return Advice.LAY_FLAT
    if at.grey >= p.DRY_GREY:
        return Advice.PRESS_HARDER if at.touched.mean() < p.WIDE_SHARE else Advice.TOO_DRY
    return Advice.TOO_FEW_RIDGES


def _is_trace(at: Look) -> bool:
    """Pale ridges on bare glass, and nothing darker beside them: what a finger left that is gone."""
    if at.seen.faint().mean() > p.MIN_FAINT_SHARE and not at.ridges.any():
        return True
    if not at.ridges.any():
        return False
    contrast = float(np.percentile(at.seen.contrast[at.ridges], p.STRONG_PERCENTILE))
    depth = at.glass - float(np.median(at.seen.grey[at.ridges]))
    return contrast < p.TRACE_CONTRAST * at.glass and depth < p.TRACE_DEPTH * at.glass


def _is_straight(at: Look) -> bool:
    """Stripes, a grid, cloth: ridges of a finger bend, even those of a part of it."""
    if at.ridge_area_mm2 < p.MIN_BENT_MM2:
        return False
    return bool(abs(np.exp(4j * at.seen.across[at.ridges]).mean()) > p.MAX_STRAIGHTNESS)


_MOVES: Final = {
    (0, 1): Advice.MOVE_UP,
    (0, -1): Advice.MOVE_DOWN,
    (1, 1): Advice.MOVE_LEFT,
    (1, -1): Advice.MOVE_RIGHT,
}
"""By the axis (rows, columns) on which the finger is off the middle, and whether it is after or before it."""


def _placement(at: Look) -> Advice:
    """Where a finger should go of which half or less is seen; OK when it need not."""
    off = (np.argwhere(at.touched).mean(axis=0) + 0.5) / at.touched.shape - 0.5
    farther, nearer = sorted(np.abs(off), reverse=True)
    if farther < p.MIN_OFF_CENTRE or at.ridge_area_mm2 >= p.HALF_FINGER_MM2_PER_SIDE * farther:
        return Advice.OK
    if nearer > p.CORNER_RATIO * farther:
        return Advice.CENTRE_FINGER
    axis = int(np.argmax(np.abs(off)))
    return _MOVES[axis, int(np.sign(off[axis]))]
