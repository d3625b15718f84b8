"""The prison's own work: passes, headcounts, findings of the docket, places; as it was known at a time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Final

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.docket.records import Finding
from hub.headcount.records import Headcount, HeadcountStep
from hub.headcount.states import LADDER, State
from hub.movements.cells.records import CellTerms
from hub.movements.passes.records import PassRow, PassStep
from hub.movements.passes.rules import LATE, PassState
from hub.statistics.reading.joined import Joined
from hub.statistics.reading.timelines import ALWAYS, Ints, micros
from hub.web.formats import start_of

_NEVER_WENT: Final = frozenset({PassState.CANCELLED.value, PassState.NOT_USED.value})
_LATE: Final = frozenset(state.value for state in LATE)
_RUNGS: Final = frozenset(state.value for state in LADDER)


@dataclass(frozen=True)
class Work:
    """Columns of numbers, a row for each, the first column when."""

    passes: Ints
    """From when, and 1 where it was ever overdue; without those never used."""
    counts: Ints
    """When movement was to stop, when it was cleared first, and 1 where more than the first count was needed."""
    doubts: Ints
    """From when until when somebody stood on the docket; the times of one person do not overlap."""
    places: Ints
    """From when, and how many certified places were in use from then on: since the day that each cell's terms say."""


def work_of(session: Session, joined: Joined, known_at: datetime | None) -> Work:
    """Of everybody."""
    return Work(
        _passes(session, known_at), _counts(session, known_at), _doubts(session, joined, known_at),
        _places(session, known_at),
    )  # fmt: skip


def _passes(session: Session, known_at: datetime | None) -> Ints:
    rows, steps = PassRow.__table__.c, PassStep.__table__.c
    made = select(rows.id, rows.from_at)
    took = select(steps.pass_id, steps.what).where(steps.what.in_(_NEVER_WENT | _LATE))
    if known_at is not None:
        made, took = made.where(rows.made_at <= known_at), took.where(steps.at <= known_at)
    became: dict[int, set[str]] = defaultdict(set)
    for number, what in session.execute(took):
        became[number].add(what)
    found = [
        (micros(from_at), bool(became[number] & _LATE) if number in became else 0)
        for number, from_at in session.execute(made)
        if number not in became or not became[number] & _NEVER_WENT
    ]
    return np.array(found, np.int64).reshape(-1, 2)


def _counts(session: Session, known_at: datetime | None) -> Ints:
    rows, steps = Headcount.__table__.c, HeadcountStep.__table__.c
    wanted = select(steps.headcount_id, steps.state, steps.at).order_by(steps.id)
    if known_at is not None:
        wanted = wanted.where(steps.at <= known_at)
    cleared: dict[int, datetime] = {}
    more: set[int] = set()
    for number, state, at in session.execute(wanted):
        if state == State.CLEARED:
            cleared.setdefault(number, at)
        elif state in _RUNGS:
            more.add(number)
    found = [
        (micros(freeze_at), micros(cleared[number]), number in more)
        for number, freeze_at in session.execute(select(rows.id, rows.freeze_at))
        if number in cleared
    ]
    return np.array(found, np.int64).reshape(-1, 3)


def _doubts(session: Session, joined: Joined, known_at: datetime | None) -> Ints:
    table = Finding.__table__.c
    wanted = select(table.person_id, table.opened_at, table.closed_at)
    if known_at is not None:
        wanted = wanted.where(table.opened_at <= known_at)
    by_person: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for person, opened_at, closed_at in session.execute(wanted):
        closed = closed_at is not None and (known_at is None or closed_at <= known_at)
        by_person[joined.leads.get(person, person)].append(
            (micros(opened_at), micros(closed_at) if closed else int(ALWAYS))
        )
    merged = [span for spans in by_person.values() for span in _without_overlaps(spans)]
    return np.array(merged, np.int64).reshape(-1, 2)


def _without_overlaps(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for begins, ends in sorted(spans):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(ends, found[-1][1]))
        else:
            found.append((begins, ends))
    return found


def _places(session: Session, known_at: datetime | None) -> Ints:
    table = CellTerms.__table__.c
    wanted = select(
        table.cell_id, table.certified, table.out_of_order, table.recorded_at, table.effective_on
    ).order_by(table.id)
    if known_at is not None:
        wanted = wanted.where(table.recorded_at <= known_at)
    said: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for cell, certified, out_of_order, recorded_at, since in session.execute(wanted):
        begins = micros(recorded_at if since is None else start_of(since))
        said[cell].append((begins, 0 if out_of_order else certified))
    changes: dict[int, int] = defaultdict(int)
    for rows in said.values():
        before = 0
        for begins, places in _in_force(rows):
            changes[begins] += places - before
            before = places
    begun = sorted(changes)
    totals = accumulate(changes[one] for one in begun)
    return np.array(list(zip(begun, totals, strict=True)), np.int64).reshape(-1, 2)


def _in_force(rows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """From when on each was so: of the rows that had begun by then the one that was said last counts."""
    found: list[tuple[int, int]] = []
    for row in reversed(rows):
        if not found or row[0] < found[-1][0]:
            found.append(row)
    return found[::-1]
