"""Giving facts to another person: said again there, and withdrawn here, where they stay readable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.facts.kinds import Kind
from hub.custody.facts.reading import item_of, rows_of, steps
from hub.custody.facts.records import Act, Fact
from hub.custody.records import Person

Kinds = Mapping[str, Kind[Any]]
"""Every kind of fact by name: the catalogue stands above this and hands itself in."""

PARTED: Final = "Two files that had been joined were parted: this belongs to the other one."
"""Kept as the reason of each row, in the language of the record."""


@dataclass(frozen=True)
class MovedTo:
    """Whose a thing is from now on, and in which stay."""

    person_id: int
    booking_id: int | None


def move_items(
    session: Session,
    person_id: int,
    items: Mapping[int, MovedTo],
    *,
    kinds: Kinds,
    actor: Actor,
    at: datetime,
) -> dict[int, int]:
    """Give items of somebody to others; what each says, since when and from which paper stays as it was.

    Gives the number of each item where it is now. Items that none of the rows names any more stay behind.
    """
    rows = [row for row in rows_of(session, [person_id]) if item_of(row) in items]
    known: dict[int, int] = {}
    touched: set[tuple[str, int]] = set()
    counting: dict[int, list[Fact]] = {}
    for step in steps(rows):
        if step.overtaken_by is None and step.row.act != Act.WITHDRAWS:
            counting.setdefault(item_of(step.row), []).append(step.row)
    for item in _named_first(counting, kinds):
        for row in counting[item]:
            _say_again(session, row, items[item], known, kinds, actor, at)
            touched |= {(row.kind, items[item].person_id), (row.kind, person_id)}
    withdrawn = list(rows)
    for row in reversed(rows):
        if row.act != Act.WITHDRAWS and _counts(withdrawn, row):
            withdrawn.append(_withdraw(session, row, actor, at))
    for name, whose in sorted(touched):
        project = kinds[name].project
        if project is not None:
            project(session, whose, at)
    _write_down(session, person_id, items, known, actor, at)
    return known


def _named_first(counting: Mapping[int, list[Fact]], kinds: Kinds) -> list[int]:
    """Items in such an order that one comes after those that it names."""
    ordered: dict[int, None] = {}

    def visit(item: int, above: frozenset[int]) -> None:
        if item in ordered or item in above or item not in counting:
            return
        for named in {one for row in counting[item] for one in items_named(row, kinds)}:
            visit(named, above | {item})
        ordered[item] = None

    for item in sorted(counting):
        visit(item, frozenset())
    return list(ordered)


def items_named(row: Fact, kinds: Kinds) -> list[int]:
    """Items of the same person that the value of a row names."""
    fields = [field.name for field in kinds[row.kind].fields if field.of]
    value = msgspec.json.decode(row.value) if fields else {}
    return [value[name] for name in fields if isinstance(value.get(name), int)]


def _say_again(
    session: Session,
    row: Fact,
    target: MovedTo,
    known: dict[int, int],
    kinds: Kinds,
    actor: Actor,
    at: datetime,
) -> None:
    item = item_of(row)
    copy = Fact(
        person_id=target.person_id,
        booking_id=target.booking_id,
        kind=row.kind,
        item=known.get(item),
        act=row.act,
        value=_renamed(row, known, kinds),
        effective_at=row.effective_at,
        recorded_at=at,
        recorded_by=actor.login[:64],
        source=row.source,
        document_id=row.document_id,
        reason=PARTED,
        corrects_id=None,
    )
    session.add(copy)
    session.flush()
    known.setdefault(item, copy.id)


def _renamed(row: Fact, known: Mapping[int, int], kinds: Kinds) -> str:
    """The value with items of the same person by their new numbers."""
    fields = [field.name for field in kinds[row.kind].fields if field.of]
    if not fields:
        return row.value
    value: dict[str, Any] = msgspec.json.decode(row.value)
    for name in fields:
        if value.get(name) in known:
            value[name] = known[value[name]]
    return msgspec.json.encode(value, order="deterministic").decode()


def _counts(rows: list[Fact], row: Fact) -> bool:
    return next(step for step in steps(rows) if step.row.id == row.id).overtaken_by is None


def _withdraw(session: Session, row: Fact, actor: Actor, at: datetime) -> Fact:
    gone = Fact(
        person_id=row.person_id,
        booking_id=row.booking_id,
        kind=row.kind,
        item=item_of(row),
        act=Act.WITHDRAWS.value,
        value=row.value,
        effective_at=row.effective_at,
        recorded_at=at,
        recorded_by=actor.login[:64],
        source=row.source,
        document_id=row.document_id,
        reason=PARTED,
        corrects_id=row.id,
    )
    session.add(gone)
    session.flush()
    return gone


def _write_down(
    session: Session,
    person_id: int,
    items: Mapping[int, MovedTo],
    known: Mapping[int, int],
    actor: Actor,
    at: datetime,
) -> None:
    for whose in sorted({target.person_id for target in items.values()} | {person_id}):
        number = session.get_one(Person, whose).number
        moved = [f"{old}>{new}" for old, new in known.items() if whose in (person_id, items[old].person_id)]
        for start in range(0, len(moved), 40):
            detail = "items " + " ".join(moved[start : start + 40])
            write_down(session, at=at, actor=actor, act="fact.moved", subject=number, detail=detail)
