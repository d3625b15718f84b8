"""Figures that must add up: opening + in - out = closing, and the parts of every cut are the whole. Pure.

What does not add up is held back, and says which numbers do not agree: one of them is wrong, and nobody knows which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product
from types import MappingProxyType
from typing import Final

from hub.sentences import Sentence
from hub.statistics.cells import TOTAL, Cell, Cube, HeldBack, Key

CODE: Final = "does_not_add_up"
IN: Final = ("opening", "admissions", "retaken")
OUT: Final = ("releases", "left_unlawfully")
FLOW: Final = (*IN, *OUT, "population")


def checked(
    cubes: Mapping[str, Cube],
    gone_before: Mapping[str, int],
    contradicted: Mapping[str, HeldBack] = MappingProxyType({}),
) -> dict[str, Cube]:
    """The cubes with every cell held back that something speaks against.

    `gone_before` has for each period the releases that took nobody out of custody, who was at large already;
    `contradicted` the periods in which stays cannot be as they are written, however even their sums come out.
    """
    against: dict[tuple[str, str], HeldBack] = {
        (code, period): held for period, held in contradicted.items() for code in FLOW
    }
    for cube in cubes.values():
        whole = cubes.get(cube.indicator.code)
        for period, held in _parts(cube, cube if whole is None else whole):
            against.setdefault((cube.indicator.code, period), held)
    for period, held in _flow(cubes, gone_before):
        for code in FLOW:
            against.setdefault((code, period), held)
    return {name: _held_back(cube, against) for name, cube in cubes.items()}


def _parts(cube: Cube, whole: Cube) -> Iterable[tuple[str, HeldBack]]:
    """Periods in which the parts of this cube, along any of its cuts, are not the whole."""
    if not cube.indicator.sums or not cube.cuts:
        return
    for period in cube.periods:
        total = whole.cell(period).value
        for rest in _edges(cube):
            parts = [cube.cells[(period.code, *key)].value for key in rest]
            if total is None or any(part is None for part in parts):
                break
            made = sum(part for part in parts if part is not None)
            if made != total:
                words = [cut.words for cut in cube.cuts]
                yield (
                    period.code,
                    HeldBack(
                        CODE,
                        Sentence(
                            "The parts by %(cut)s make %(made)s and the whole is %(whole)s: one of them is wrong.",
                            {"cut": words[0], "made": made, "whole": total},
                        ),
                    ),
                )
                break


def _edges(cube: Cube) -> list[list[Key]]:
    """Sets of cells that each must make up the whole: all combinations, and each cut with the others together."""
    own = [cut.codes() for cut in cube.cuts]
    found = [list(product(*own))]
    for axis, codes in enumerate(own):
        found.append([tuple(code if axis == place else TOTAL for place in range(len(own))) for code in codes])
    return found


def _flow(cubes: Mapping[str, Cube], gone_before: Mapping[str, int]) -> Iterable[tuple[str, HeldBack]]:
    if any(code not in cubes for code in FLOW):
        return
    for period in cubes["population"].periods:
        values = {code: cubes[code].cell(period).value for code in FLOW}
        if any(value is None for value in values.values()):
            continue
        numbers = {code: int(value or 0) for code, value in values.items()}
        came, gone = sum(numbers[code] for code in IN[1:]), sum(numbers[code] for code in OUT)
        gone -= gone_before.get(period.code, 0)
        made = numbers["opening"] + came - gone
        if made != numbers["population"]:
            yield period.code, HeldBack(
                CODE,
                Sentence(
                    "%(opening)s when it began, %(came)s in and %(gone)s out make %(made)s, "
                    "and %(closing)s were counted when it ended: one of them is wrong.",
                    {
                        "opening": numbers["opening"], "came": came, "gone": gone, "made": made,
                        "closing": numbers["population"],
                    },
                ),
            )  # fmt: skip


def _held_back(cube: Cube, against: Mapping[tuple[str, str], HeldBack]) -> Cube:
    code = cube.indicator.code
    periods = {period for one, period in against if one == code}
    if not periods:
        return cube
    cells = {
        key: cell if key[0] not in periods or cell.held else Cell(None, held=against[(code, key[0])])
        for key, cell in cube.cells.items()
    }
    return replace(cube, cells=cells)
