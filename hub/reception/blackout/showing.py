"""What the pages of batches show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.records import Person
from hub.movements.cells.reading import cells
from hub.movements.site.tree import choices
from hub.reception.blackout.actions import entered_rows, rows_of
from hub.reception.blackout.columns import SECTIONS, RowKind
from hub.reception.blackout.records import PaperBatch, State
from hub.reception.blackout.rules import Row
from hub.sentences import Sentence

LISTED: Final = 200
STATES: Final = {
    State.DRAFT: Sentence("being typed"),
    State.SIGNED: Sentence("waits for the second signature"),
    State.ENTERED: Sentence("entered"),
    State.UNDONE: Sentence("taken back"),
    State.DROPPED: Sentence("given up"),
}


def list_facts(session: Session) -> dict[str, Any]:
    """The newest batches."""
    rows = session.scalars(select(PaperBatch).order_by(PaperBatch.id.desc()).limit(LISTED)).all()
    return {"batches": rows, "words": STATES}


def batch_facts(
    session: Session, batch: PaperBatch, typed: Sequence[Row] | None, more: RowKind | None
) -> dict[str, Any]:
    """One batch: rows being typed with blank ones after them, or rows that were entered."""
    rows = list(rows_of(batch) if typed is None else typed)
    done = entered_rows(session, batch)
    people = _people(session, rows, {row.person_id for row in done if row.person_id is not None})
    return {
        "batch": batch,
        "words": STATES,
        "sections": SECTIONS,
        "grid": _grid(rows, more),
        "rows": rows,
        "done": [(row, msgspec.json.decode(row.cells, type=dict[str, str])) for row in done],
        "made": {row.id: msgspec.json.decode(row.made, type=dict[str, int]) for row in done},
        "by_id": {person.id: person for person in people},
        "by_number": {person.number: person for person in people},
        "numbers": sorted(person.number for person in people),
        "zones": choices(session, closed=True),
        "cells": list(cells(session)),
    }


def _grid(rows: Sequence[Row], more: RowKind | None) -> dict[RowKind, list[Row]]:
    """Rows by kind, each kind with a few blank ones to type into; one that asked for `more` gets five."""
    grid: dict[RowKind, list[Row]] = {}
    last = max((row.line for row in rows), default=0)
    for kind, section in SECTIONS.items():
        held = [row for row in rows if row.kind is kind]
        blanks = 5 if kind is more else (section.blank if not held else 1)
        grid[kind] = held + [Row(last + n, kind, {}) for n in range(1, blanks + 1)]
        last += blanks
    return grid


def _people(session: Session, rows: Sequence[Row], ids: set[int]) -> list[Person]:
    numbers = {row.cells.get("person", "").strip().upper() for row in rows} - {""}
    wanted = select(Person).where(Person.number.in_(numbers) | Person.id.in_(ids))
    return list(session.scalars(wanted))
