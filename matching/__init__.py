"""The fingerprint engine: image -> template -> score. No network, no database, no keys.

probe = matching.extract(image)
score = matching.compare(probe, matching.Template.from_iso(record))
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from matching import comparison
from matching.comparison import compare
from matching.errors import ImageError, MatchingError, ModelError, TemplateError
from matching.extraction import Extractor
from matching.extraction.leader import LeaderExtractor
from matching.gallery import Gallery, Identification, Outcome
from matching.images import at_500_dpi
from matching.quality import Advice, Quality, assess
from matching.template import Template

__all__ = [
    "Advice",
    "Gallery",
    "Identification",
    "ImageError",
    "MatchingError",
    "ModelError",
    "Outcome",
    "Quality",
    "Template",
    "TemplateError",
    "assess",
    "compare",
    "extract",
    "warm_up",
]

_leader = LeaderExtractor()


def extract(image: NDArray[Any], dpi: float = 500, extractor: Extractor | None = None) -> Template:
    """Minutiae of a grey uint8 image [height, width] with dark ridges, of 250 to 1,200 dpi.

    Coordinates of the template are at 500 dpi. An image without ridges gives a template of no or few minutiae:
    whether it is good enough to decide on is the question for `assess`. Raises ImageError when the form of the
    image is wrong, ModelError when the engine is not whole.
    """
    return (extractor or _leader).find(at_500_dpi(image, dpi))


def warm_up() -> None:
    """Load models and compiled kernels now, so that the first finger does not wait for them."""
    _leader.warm_up()
    comparison.warm_up()
