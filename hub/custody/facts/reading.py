"""Facts as they stand, or stood: as in effect at one time, and as it was known at another. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Final, Generic, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.facts.kinds import Kind, Per, V, reader_of
from hub.custody.facts.records import Act, Fact

_READ: Final = "facts read"
_id: Final = attrgetter("id")
_STATES: Final = Act.STATES.value
_WITHDRAWS: Final = Act.WITHDRAWS.value


@dataclass(frozen=True)
class Held(Generic[V]):
    """One item as it holds: `item` is its name in other facts, `row` the statement that counts."""

    item: int
    value: V
    row: Fact


class Step(NamedTuple):
    """A row of the history. `overtaken_by` is the row that corrects or withdraws it, None while it counts."""

    row: Fact
    overtaken_by: int | None


def item_of(row: Fact) -> int:
    """The item that a row tells about."""
    return row.id if row.item is None else row.item


def steps(rows: Iterable[Fact], *, known_at: datetime | None = None) -> list[Step]:
    """Rows recorded until `known_at` (None: all), oldest first, each with what overtook it."""
    if known_at is not None:
        rows = [row for row in rows if row.recorded_at <= known_at]
    seen = sorted(rows, key=_id)
    if all(row.corrects_id is None for row in seen):
        return [Step(row, None) for row in seen]  # of most people nothing was ever corrected
    overtaken: dict[int, int] = {}
    stands: dict[int, bool] = {}
    acts = {row.id: row.act for row in seen}
    # A correction has a higher number than what it corrects: from the last one back, each is judged by later ones.
    for row in reversed(seen):
        by = overtaken.get(row.id)
        # What was itself corrected still keeps out what it took the place of; what was withdrawn lets it back in.
        stands[row.id] = by is None or (acts[by] == Act.STATES and stands[by])
        if row.corrects_id is not None and stands[row.id]:
            overtaken.setdefault(row.corrects_id, row.id)
    return [Step(row, overtaken.get(row.id)) for row in seen]


def standing(rows: Iterable[Fact], *, known_at: datetime | None = None) -> list[Fact]:
    """Of rows recorded until `known_at` (None: all) those that nothing overtook, oldest first."""
    seen = list(rows) if known_at is None else [row for row in rows if row.recorded_at <= known_at]
    for row in seen:
        if row.corrects_id is not None:
            return [step.row for step in steps(seen) if step.overtaken_by is None]
    seen.sort(key=_id)
    return seen


def holding(
    kind: Kind[V],
    rows: Iterable[Fact],
    *,
    effective_at: datetime | None = None,
    known_at: datetime | None = None,
) -> list[Held[V]]:
    """What holds of `kind` at `effective_at` (None: the latest, later ones included), as known at `known_at`.

    Of a kind with many items each that has not ended, in the order they were opened; of another the one in effect,
    for each person or stay that the rows are of.
    """
    name, many, of_stay = kind.name, kind.many, kind.per is Per.BOOKING
    newest: dict[int | None, Fact] = {}
    for row in standing([row for row in rows if row.kind == name], known_at=known_at):
        if row.act == _WITHDRAWS or (effective_at is not None and row.effective_at > effective_at):
            continue
        key = item_of(row) if many else (row.booking_id if of_stay else row.person_id)
        before = newest.get(key)
        # They come by number: of two that took effect at once the later counts.
        if before is None or before.effective_at <= row.effective_at:
            newest[key] = row
    stated = [row for row in newest.values() if row.act == _STATES]
    if len(stated) > 1:
        stated.sort(key=item_of)
    read = reader_of(kind.form).decode
    return [Held(item_of(row), read(row.value), row) for row in stated]


def rows_of(session: Session, person_ids: Collection[int], *kinds: Kind[V]) -> Sequence[Fact]:
    """Every row about these people, of `kinds` or of all, oldest first."""
    whose, names = frozenset(person_ids), {kind.name for kind in kinds}
    if not whose:
        return []
    read: dict[frozenset[int], Sequence[Fact]] | None = session.info.get(_READ)
    for people, rows in () if read is None else read.items():
        if whose <= people:
            return [row for row in rows if row.person_id in whose and (not names or row.kind in names)]
    wanted = select(Fact).where(Fact.person_id.in_(whose)).order_by(Fact.id)
    if names:
        wanted = wanted.where(Fact.kind.in_(names))
    found = session.scalars(wanted).all()
    if read is not None and not names:
        read[whose] = found
    return found


@contextmanager
def read_once(session: Session) -> Iterator[None]:
    """Within the block, which must state no fact, rows of people that were read whole are not read again."""
    session.info[_READ] = {}
    try:
        yield
    finally:
        del session.info[_READ]


def rows_of_kind(session: Session, kind: Kind[V]) -> Iterator[Fact]:
    """Every row of a kind, of everybody, oldest first; read in parts."""
    wanted = select(Fact).where(Fact.kind == kind.name).order_by(Fact.id)
    return iter(session.scalars(wanted.execution_options(yield_per=5_000)))


def current(
    session: Session,
    kind: Kind[V],
    *,
    person_id: int,
    booking_id: int | None = None,
    effective_at: datetime | None = None,
    known_at: datetime | None = None,
) -> list[Held[V]]:
    """What holds of a kind of one person, or of one stay of theirs."""
    rows = rows_of(session, [person_id], kind)
    if booking_id is not None:
        rows = [row for row in rows if row.booking_id == booking_id]
    return holding(kind, rows, effective_at=effective_at, known_at=known_at)


def one(held: Sequence[Held[V]]) -> Held[V] | None:
    """The only one of a kind that holds once; None where nothing is recorded."""
    return held[-1] if held else None


def by_person(rows: Iterable[Fact]) -> Mapping[int, list[Fact]]:
    """Rows by the person they are about."""
    found: dict[int, list[Fact]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found
