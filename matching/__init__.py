"""The fingerprint engine: image -> template -> score. No network, no database, no keys.

>>> probe = matching.extract(image)
>>> score = matching.compare(probe, matching.Template.from_iso(record))

What compares is imported when it is first named: it brings a compiler along, which those who only hold templates do
not need.
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from matching.errors import ImageError, MatchingError, ModelError, TemplateError
from matching.extraction import Extractor
from matching.extraction.choice import default_extractor
from matching.images import at_500_dpi
from matching.quality import Advice, Quality, assess, quality_of
from matching.template import Template

if TYPE_CHECKING:
    from matching.comparison import compare
    from matching.extraction.classical import ClassicalExtractor
    from matching.gallery import Gallery, Identification, Outcome

__all__ = [
    "Advice",
    "ClassicalExtractor",
    "Extractor",
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
    "default_extractor",
    "extract",
    "quality_of",
    "warm_up",
]

_IMPORTED_WHEN_NAMED = {
    "ClassicalExtractor": "matching.extraction.classical",
    "compare": "matching.comparison",
    "Gallery": "matching.gallery",
    "Identification": "matching.gallery",
    "Outcome": "matching.gallery",
}


def extract(image: NDArray[Any], dpi: float = 500, extractor: Extractor | None = None) -> Template:
    """Minutiae and their quality of a grey uint8 image [height, width] with dark ridges.

    The image has 250 to 1,200 dpi; coordinates of the template are at 500 dpi. An image without ridges gives a
    template of no or few minutiae: whether it is good enough to decide on is the question for `assess`. Raises
    ImageError when the form of the image is wrong, ModelError when the engine is not whole.
    """
    found = (extractor or default_extractor()).find(at_500_dpi(image, dpi))
    return replace(found, finger_quality=quality_of(found))


def warm_up() -> None:
    """Load models and compiled kernels now, so that the first finger does not wait for them."""
    from matching import gallery

    default_extractor().warm_up()
    gallery.warm_up()


def __getattr__(name: str) -> Any:
    if name not in _IMPORTED_WHEN_NAMED:
        raise AttributeError(f"module 'matching' has no attribute {name!r}")
    value = getattr(importlib.import_module(_IMPORTED_WHEN_NAMED[name]), name)
    globals()[name] = value
    return value
