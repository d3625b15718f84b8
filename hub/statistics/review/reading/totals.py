"""The totals that a review tells: as they were published, or under control beside everything that was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from hub.statistics.cells import Cell, Figures
from hub.statistics.control import small
from hub.statistics.control.applying import AS_EARLIER, WITHHELD
from hub.statistics.control.plans import HOUSE
from hub.statistics.control.totals import protect_totals
from hub.statistics.definitions import INDICATORS
from hub.statistics.publishing.body import earlier_of, figures_of
from hub.statistics.publishing.reading import all_frozen
from hub.statistics.publishing.records import Publication
from hub.statistics.review.evidence import Span
from hub.statistics.snapshots.keeping import SETTLED

Cells = Mapping[str, Cell]


@dataclass(frozen=True)
class Told:
    """By the code of a period the cells of its totals; `published`: the revision that they were taken from."""

    cells: Mapping[str, Cells] = field(repr=False)
    published: Mapping[str, int]


def told_of(session: Session, span: Span, figures: Figures, k: int) -> Told:
    """Totals of the year and of the year before, and the population at the end of each of their months.

    What is published of a period is told as published, whatever is known by now: two answers beside each other would
    show what lies between. Of any other period what is told adds nothing to what publications give away.
    """
    # Facts are read as known a little before they were asked for; what was published is known at once.
    rows = all_frozen(session, span.known_at + SETTLED)
    given, revisions = _published(rows), {row.period: row.revision for row in rows}
    own = [one for one in (span.period, span.before) if one.code not in revisions]
    found: dict[str, Cells] = {}
    for period, cells in protect_totals(figures, own, k, [earlier_of(row) for row in rows]).items():
        found[period.code] = cells
    for one in (span.period, span.before):
        found.setdefault(
            one.code, {code: _not_small(code, cell, k) for code, cell in given.get(one.code, {}).items()}
        )
    for month in (*span.months, *span.months_before):
        cell = given.get(month.code, {}).get("population") or figures.cube("population").cell(month)
        found[month.code] = {"population": _not_small("population", Cell(cell.value, held=cell.held), k)}
    published = {one.code: revisions[one.code] for one in (span.period, span.before) if one not in own}
    return Told(found, published)


def _published(rows: Sequence[Publication]) -> dict[str, dict[str, Cell]]:
    """By period and indicator what was given last; what was not given anew stands as it was given before."""
    found: dict[str, dict[str, Cell]] = {}
    for row in rows:
        for name, cube in figures_of(row).cubes.items():
            if name not in INDICATORS:
                continue
            for period, _key, cell in cube.rows():
                cells = found.setdefault(period.code, {})
                if (cell.held and cell.held.code) != AS_EARLIER.code or name not in cells:
                    cells[name] = cell
    return found


def _not_small(code: str, cell: Cell, k: int) -> Cell:
    """Published with a lower threshold than holds by now, it is known, and not said again."""
    counts = INDICATORS[code].sums and code not in HOUSE
    return Cell(None, held=WITHHELD) if counts and small(int(cell.value or 0), k) else cell
