"""What was gone through from an image to its template, stage by stage, for people to look at."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matching.extended import RIDGE_FIELD
from matching.extraction import Extractor, Stages
from matching.images import GreyImage
from matching.ridges import RidgeField
from matching.ridges.parameters import STEP_PX
from matching.template import Template

Grid: TypeAlias = NDArray[np.float32]


def trace(image: GreyImage, extractor: Extractor, template: Template) -> Stages:
    """The stages of the extractor for an image at 500 dpi, and before the last what `template` keeps of its ridges."""
    *stages, minutiae = extractor.trace(image)
    return [*stages, *_ridges(template), minutiae]


def _ridges(template: Template) -> list[tuple[str, Any]]:
    content = template.own_block(RIDGE_FIELD)
    if content is None:
        return []
    field = RidgeField.from_bytes(content)
    return [
        ("orientation of the ridges, as kept", _over_image(field, template, -field.direction % np.pi)),
        ("distance of the ridges, as kept", _over_image(field, template, field.period_px)),
    ]


def _over_image(field: RidgeField, template: Template, values: Grid) -> Grid:
    """The values of the cells at the pixels that they are of; NaN where there are no ridges."""
    grid = np.full((template.height, template.width), np.nan, dtype=np.float32)
    each = np.where(field.ridges, values, np.nan).repeat(STEP_PX, axis=0).repeat(STEP_PX, axis=1)
    top, left = field.top * STEP_PX, field.left * STEP_PX
    part = grid[top : top + each.shape[0], left : left + each.shape[1]]
    part[:] = each[: part.shape[0], : part.shape[1]]
    return grid
