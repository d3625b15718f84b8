"""From an image at 500 dpi to its minutiae."""

from __future__ import annotations

from typing import Protocol

from matching.images import GreyImage
from matching.template import Template


class Extractor(Protocol):
    """A way to find minutiae; all of them make the same kind of template."""

    @property
    def name(self) -> str:
        """Short name for reports."""

    def find(self, image: GreyImage) -> Template:
        """Minutiae of an image at 500 dpi whose form was checked; coordinates are its pixels."""

    def warm_up(self) -> None:
        """Load now what the first call would load."""
