"""What facts of one person point to: a table made from the facts, so that the other end finds them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Final, Protocol, TypeVar

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hub.custody.facts.kinds import Form, Kind
from hub.custody.facts.reading import Held, holding, item_of, rows_of
from hub.custody.facts.records import Fact
from hub.custody.life.records import FactLink

V = TypeVar("V", bound=Form)


class Projection(Protocol):
    """As a kind wants it."""

    def __call__(self, session: Session, person_id: int, at: datetime) -> None: ...


def linking(kind: str, form: type[V], targets: Callable[[V], Iterable[str]]) -> Projection:
    """The projection of the kind called `kind`, whose values point to something."""

    def project(session: Session, person_id: int, at: datetime) -> None:
        wanted = select(Fact).where(Fact.person_id == person_id, Fact.kind == kind)
        link(session, kind, form, targets, session.scalars(wanted).all())

    return project


def link(
    session: Session, kind: str, form: type[V], targets: Callable[[V], Iterable[str]], rows: Sequence[Fact]
) -> None:
    """Add what is missing of the links of these rows of a kind."""
    wanted = {
        (item_of(row), target): row.person_id
        for row in rows
        for target in targets(msgspec.json.decode(row.value, type=form))
    }
    present = select(FactLink.item, FactLink.target).where(
        FactLink.person_id.in_(set(wanted.values())), FactLink.kind == kind
    )
    known = {(item, target) for item, target in session.execute(present)}
    session.add_all(
        FactLink(item=item, target=target, kind=kind, person_id=person_id)
        for (item, target), person_id in wanted.items()
        if (item, target) not in known
    )
    session.flush()


_POINTING: Final = select(FactLink.item, FactLink.person_id).where(
    FactLink.target.in_(bindparam("targets", expanding=True)), FactLink.kind == bindparam("kind")
)


def held_by_target(
    session: Session,
    kind: Kind[V],
    targets: Collection[str],
    *,
    effective_at: datetime | None = None,
    known_at: datetime | None = None,
) -> list[Held[V]]:
    """Facts of a kind, of anybody, that point or once pointed to one of the targets; `row.person_id` is whose."""
    links = session.execute(_POINTING, {"targets": list(targets), "kind": kind.name}).all()
    if not links:
        return []
    items = {item for item, _ in links}
    rows = [row for row in rows_of(session, {person for _, person in links}, kind) if item_of(row) in items]
    return holding(kind, rows, effective_at=effective_at, known_at=known_at)
