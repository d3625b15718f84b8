"""The fold over somebody's proofs as it is stored, and back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, cast

import msgspec
from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from hub.movements.records import Position
from hub.movements.whereabouts.fold import Basis, Held, begin
from hub.movements.whereabouts.proofs import Proven
from hub.rows import execute_rows, insert_rows

_TABLE: Final = cast(Table, Position.__table__)
_COLUMNS: Final = (
    *("proven_at", "clock_sure", "terminal", "journal_id", "sequence", "link", "zone_id", "source"),
    *("earliest_at", "latest_at", "from_zone_id", "basis"),
)
COLUMNS: Final = (_TABLE.c.person_id, *(_TABLE.c[name] for name in _COLUMNS))
"""What `held_of` reads, the person before it."""

_LOCKED: Final = (
    select(*COLUMNS)
    .where(_TABLE.c.person_id.in_(bindparam("ids", expanding=True)))
    .order_by(_TABLE.c.person_id)
    .with_for_update()
)
_CHANGED: Final = (
    update(_TABLE)
    .where(_TABLE.c.person_id == bindparam("b_person"))
    .values({name: bindparam(f"b_{name}") for name in _COLUMNS})
)
_encoder: Final = msgspec.msgpack.Encoder()
_basis: Final = msgspec.msgpack.Decoder(Basis)


def locked(session: Session, people: Collection[int]) -> dict[int, Held]:
    """What is held of people, locked in one order so that two writers cannot block each other."""
    rows = session.execute(_LOCKED, {"ids": sorted(people)})
    return {row[0]: held_of(row[1:]) for row in rows}


def held_of(row: Iterable[Any]) -> Held:
    """A fold from the columns `COLUMNS` after the person. What an older hub wrote has its last proof alone."""
    *values, basis = row
    if values[8] is None:
        values[8] = values[9] = values[0]
    if values[5] is None:
        values[5] = b""
    last = Proven(*values)
    return begin(last) if basis is None else Held(last, _basis.decode(basis))


def store(session: Session, changed: Mapping[int, Held], known: Collection[int]) -> None:
    """Write folds; `known` are the people who have a row, locked by the caller."""
    fresh = [
        {"person_id": person, **_values(held)} for person, held in changed.items() if person not in known
    ]
    moved = [
        {"b_person": person, **{f"b_{name}": value for name, value in _values(held).items()}}
        for person, held in changed.items()
        if person in known
    ]
    insert_rows(session, Position, fresh)
    if moved:
        execute_rows(session, _CHANGED, moved)


def forget(session: Session, people: Collection[int]) -> None:
    """Nobody ever proved where these people are."""
    if people:
        session.execute(delete(Position).where(Position.person_id.in_(people)))


def everybody(session: Session) -> Iterator[tuple[int, Held]]:
    """(person, fold) of every row."""
    for row in session.execute(select(*COLUMNS).order_by(_TABLE.c.person_id)):
        yield row[0], held_of(row[1:])


def _values(held: Held) -> dict[str, object]:
    last = held.last
    return {
        "proven_at": last.at,
        "clock_sure": last.sure,
        "terminal": last.terminal,
        "journal_id": last.journal_id,
        "sequence": last.sequence,
        "link": last.link,
        "zone_id": last.zone_id,
        "source": last.source,
        "earliest_at": last.earliest_at,
        "latest_at": last.latest_at,
        "from_zone_id": last.from_zone_id,
        "basis": _encoder.encode(held.basis),
    }
