"""What must hold of a template's extended data, and how it follows when the minutiae change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching import standard_blocks as standard
from matching.errors import TemplateError
from matching.extended import Block, read_blocks, write_blocks

Convert = Callable[
    [NDArray[Any], NDArray[Any], NDArray[Any]], tuple[NDArray[Any], NDArray[Any], NDArray[Any]]
]


def check(extended: bytes, minutiae: int, width: int, height: int) -> None:
    """TemplateError with the reason unless this is the extended data of a view of that many minutiae and that size.

    Blocks of types that the standard does not define may hold anything.
    """
    blocks = read_blocks(extended)
    for code in (standard.RIDGE_COUNTS, standard.CORES_AND_DELTAS, standard.ZONAL_QUALITY):
        if sum(block.code == code for block in blocks) > 1:
            raise TemplateError("The record's extended data says the same thing twice.")
    for block in blocks:
        if block.code == standard.RIDGE_COUNTS:
            if (standard.edges_of(block.content)[:, :2] >= minutiae).any():
                raise TemplateError("The record counts ridges to a minutia that it does not hold.")
        elif block.code == standard.CORES_AND_DELTAS:
            points = standard.read_cores_and_deltas(block.content)
            if any(point.x >= width or point.y >= height for point in points.cores + points.deltas):
                raise TemplateError("A core or delta lies outside the image that the record describes.")
        elif block.code == standard.ZONAL_QUALITY:
            standard.zones_of(block.content, width, height)


def moved(extended: bytes, convert: Convert) -> bytes:
    """Extended data for the same minutiae on another grid of pixels.

    `convert` takes columns of x, y and angle and gives them on that grid. Ridge counts stay and singular points
    move. The rest is left out: it speaks of pixels that are no more.
    """
    blocks = []
    for block in read_blocks(extended):
        if block.code == standard.RIDGE_COUNTS:
            blocks.append(block)
        elif block.code == standard.CORES_AND_DELTAS:
            points = standard.read_cores_and_deltas(block.content)
            there = standard.CoresAndDeltas(
                tuple(_moved(point, convert) for point in points.cores),
                tuple(_moved(point, convert) for point in points.deltas),
            )
            blocks.append(Block(block.code, standard.write_cores_and_deltas(there)))
    return write_blocks(blocks)


def _moved(point: standard.SingularPoint, convert: Convert) -> standard.SingularPoint:
    count = max(1, len(point.angles))
    angles = np.array(point.angles or (0,))
    x, y, turned = convert(np.full(count, point.x), np.full(count, point.y), angles)
    return standard.SingularPoint(int(x[0]), int(y[0]), tuple(turned.tolist()) if point.angles else ())


def renumbered(extended: bytes, places: Mapping[int, int]) -> bytes:
    """Extended data where minutiae have other places, old to new; ridges to one without a place are not counted."""
    blocks = read_blocks(extended)
    if not any(block.code == standard.RIDGE_COUNTS for block in blocks):
        return extended
    return write_blocks(_renumbered(block, places) for block in blocks)


def _renumbered(block: Block, places: Mapping[int, int]) -> Block:
    if block.code != standard.RIDGE_COUNTS:
        return block
    counts = standard.read_ridge_counts(block.content)
    edges = tuple(
        (places[one], places[other], ridges)
        for one, other, ridges in counts.edges
        if one in places and other in places
    )
    return Block(block.code, standard.write_ridge_counts(standard.RidgeCounts(counts.method, edges)))
