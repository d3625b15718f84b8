"""From an image at 500 dpi to its minutiae."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from numpy.typing import NDArray

from matching.images import GreyImage
from matching.template import Template

Stages: TypeAlias = list[tuple[str, NDArray[Any] | Template]]
"""What an extraction went through, in the order of the work: a caption for people, and a picture.

A picture is uint8 (grey as it is), bool (True is ridge) or float (from its lowest to its highest value; NaN where there
is nothing), [height, width] of the image or coarser; under a caption that begins with "orientation" it holds radians,
0 to pi, along the ridge, with y down. The last picture is the template.
"""


class Extractor(Protocol):
    """A way to find minutiae; all of them make the same kind of template."""

    @property
    def name(self) -> str:
        """Short name for reports."""

    def find(self, image: GreyImage) -> Template:
        """Minutiae of an image at 500 dpi whose form was checked; coordinates are its pixels."""

    def trace(self, image: GreyImage) -> Stages:
        """The stages of `find`, which costs more time than `find` alone; the last is what `find` gives."""

    def warm_up(self) -> None:
        """Load now what the first call would load."""
