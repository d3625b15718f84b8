"""Which way the ridges run and how wide they are, on a coarse grid: evidence beside the minutiae, small enough to keep.

Prints whose minutiae agree by chance seldom agree in this too, and a touch that shows few minutiae shows it still
(Gu, Zhou, Yang: "Fingerprint recognition by combining global structure and local cues", IEEE TIP 15(7), 2006).
"""

from __future__ import annotations

from matching.images import GreyImage
from matching.ridges.field import NO_RIDGES, RidgeField
from matching.ridges.spectrum import measure

__all__ = ["NO_RIDGES", "RidgeField", "ridge_field"]


def ridge_field(image: GreyImage) -> RidgeField:
    """The ridge field of an image at 500 dpi with dark ridges; empty where it shows none."""
    return RidgeField.of(*measure(image))
