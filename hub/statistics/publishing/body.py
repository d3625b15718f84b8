"""The figures of a publication as they are kept: written once, read back for pages, files and agencies."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from hub.statistics.cells import Cell, Cube, Figures, HeldBack
from hub.statistics.control.applying import Protected
from hub.statistics.control.earlier import Earlier
from hub.statistics.control.model import Why
from hub.statistics.cuts import CUTS
from hub.statistics.definitions import INDICATORS
from hub.statistics.periods import period_of
from hub.statistics.publishing.records import Publication
from hub.web.kept_sentences import read_sentence, write_sentence

_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


class KeptCell(msgspec.Struct, frozen=True, omit_defaults=True, array_like=True):
    """A cell: its key, its value, or the code of why there is none."""

    key: tuple[str, ...]
    value: float | int | None = None
    held: str = ""


class KeptCube(msgspec.Struct, frozen=True):
    """A table."""

    indicator: str
    cuts: tuple[str, ...]
    periods: tuple[str, ...]
    cells: list[KeptCell]


class Body(msgspec.Struct, frozen=True):
    """All tables of a publication. `reasons`: sentences by code."""

    computed_at: datetime
    periods: tuple[str, ...]
    cubes: list[KeptCube]
    reasons: dict[str, str]


class Proof(msgspec.Struct, frozen=True):
    """What disclosure control did. `intervals`: least and most of each withheld number, most None without a bound.

    `told`: what earlier publications gave of numbers that moved by few; `lost`: what they have shown already.
    """

    k: int
    inputs_sha256: str
    shown_sha256: str
    withheld: dict[str, str]
    intervals: dict[str, tuple[int, int | None]]
    tables: dict[str, str]
    compared_with: list[int]
    public_before: int
    differences: list[tuple[str, int, str]]
    equations: int
    unsafe: list[str]
    told: dict[str, int] = {}
    lost: list[str] = []
    rule: str = (
        "A number from 1 to k - 1 is withheld, with as many others that whole numbers allow at least k values for it, "
        "one of them k or more, whatever is reckoned from rows, totals, linked tables and earlier publications."
    )


def write_body(figures: Figures) -> str:
    """The figures as JSON."""
    reasons: dict[str, str] = {}
    cubes = []
    for cube in figures.cubes.values():
        cells = []
        for key, cell in cube.cells.items():
            if cell.held:
                reasons.setdefault(cell.held.code, write_sentence(cell.held.why))
            cells.append(KeptCell(key, cell.value, cell.held.code if cell.held else ""))
        periods = tuple(one.code for one in cube.periods)
        cubes.append(KeptCube(cube.indicator.code, tuple(cut.code for cut in cube.cuts), periods, cells))
    codes = tuple(one.code for one in figures.periods)
    return _ENCODER.encode(Body(figures.computed_at, codes, cubes, reasons)).decode()


def write_cells(figures: Figures) -> str:
    """The figures without when they were computed: equal for equal figures."""
    cubes = {
        name: sorted(
            (key, cell.value, cell.held.code if cell.held else "") for key, cell in cube.cells.items()
        )
        for name, cube in figures.cubes.items()
    }
    return _ENCODER.encode(cubes).decode()


def figures_of(row: Publication) -> Figures:
    """The figures as they were given out, without counts behind them."""
    body = msgspec.json.decode(row.body, type=Body)
    held = {code: HeldBack(code, read_sentence(raw)) for code, raw in body.reasons.items()}
    cubes = {}
    for kept in body.cubes:
        cells = {tuple(one.key): Cell(one.value, held=held.get(one.held)) for one in kept.cells}
        periods = tuple(period_of(code) for code in kept.periods)
        cube = Cube(INDICATORS[kept.indicator], periods, tuple(CUTS[code] for code in kept.cuts), cells)
        cubes[cube.name] = cube
    return Figures(cubes, tuple(period_of(code) for code in body.periods), row.known_at, body.computed_at)


def write_inputs(values: Mapping[str, int]) -> str:
    """Every number that control saw."""
    return _ENCODER.encode(dict(values)).decode()


def has_inputs(row: Publication, values: Mapping[str, int]) -> bool:
    """Whether every number that control saw is among these: later versions may reckon with more."""
    seen = msgspec.json.decode(row.inputs, type=dict[str, int])
    return all(values.get(name) == value for name, value in seen.items())


def proof_of(found: Protected, compared_with: list[int], equations: int) -> Proof:
    """The proof of what was withheld."""
    shown = {name: value for name, value in found.values.items() if name not in found.pattern.withheld}
    return Proof(
        k=found.k,
        inputs_sha256=sha256(write_inputs(found.values)),
        shown_sha256=sha256(write_inputs(shown)),
        withheld={name: why.value for name, why in sorted(found.pattern.withheld.items())},
        intervals={name: (one.least, one.most) for name, one in sorted(found.intervals.items())},
        tables={name: why.value for name, why in sorted(found.pattern.tables.items())},
        compared_with=compared_with,
        public_before=len(found.guarded.public),
        differences=[(table, number, name) for table, number, name in found.guarded.differences],
        equations=equations,
        unsafe=sorted(found.pattern.unsafe),
        told=dict(sorted(found.guarded.told.items())),
        lost=sorted(found.pattern.lost),
    )


def write_proof(proof: Proof) -> str:
    return _ENCODER.encode(proof).decode()


def read_proof(row: Publication) -> Proof:
    """What control did with this draft."""
    return msgspec.json.decode(row.proof, type=Proof)


def earlier_of(row: Publication) -> Earlier:
    """A frozen publication as disclosure control compares with it."""
    values = msgspec.json.decode(row.inputs, type=dict[str, int])
    withheld = {name: Why(why) for name, why in read_proof(row).withheld.items()}
    return Earlier(row.id, values, withheld)


def digest_of(row: Publication) -> str:
    """Over everything that a draft says."""
    parts = (
        row.period, row.revision, row.k, row.known_at.isoformat(), row.drafted_by, row.why, row.body, row.inputs,
        row.proof, row.held,
    )  # fmt: skip
    return sha256(_ENCODER.encode(parts).decode())


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
