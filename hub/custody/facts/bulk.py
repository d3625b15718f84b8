"""Facts of many people at once, for whatever goes through everybody: plain rows, in piles as they are needed.

Mapped objects cost several times as much as the reading itself; these rows have the same attributes.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, cast

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.facts.records import Act, Fact

_FACTS: Final = Fact.__table__.c
_COLUMNS: Final = (
    _FACTS.id, _FACTS.person_id, _FACTS.booking_id, _FACTS.kind, _FACTS.item, _FACTS.act, _FACTS.value,
    _FACTS.effective_at, _FACTS.source, _FACTS.corrects_id,
)  # fmt: skip
_STATES: Final = Act.STATES.value
_number: Final = attrgetter("id")


class Row(msgspec.Struct, gc=False):
    """A fact as it was read; without `recorded_at`, which is asked only of what was known at an earlier time."""

    id: int
    person_id: int
    booking_id: int | None
    kind: str
    item: int | None
    act: str
    value: str
    effective_at: datetime
    source: str
    corrects_id: int | None


class Pile:
    """Rows of one kind of one person, oldest first.

    `plain` piles hold statements alone, each of a thing of its own: nothing was corrected, continued, ended or
    withdrawn, as nearly everywhere. `rows` look like facts to the functions that say what holds.
    """

    __slots__ = ("plain", "rows")

    def __init__(self, first: Row, *, plain: bool) -> None:
        self.rows: list[Any] = [first]
        self.plain = plain


Piles = dict[str, Pile]
"""What is on file of somebody, by kind."""


def piles_of(
    session: Session,
    *,
    whose: Mapping[int, int],
    of_person: Collection[str],
    stays: Collection[int],
    of_stay: Collection[str],
) -> Mapping[int, Piles]:
    """Facts by the leading person.

    `whose` has that one for everybody whose facts count; of kinds `of_person` all rows are read, of kinds `of_stay`
    those of the `stays`, whose people are in `whose`.
    """
    found: dict[int, Piles] = defaultdict(dict)
    # By person, those of other stays too: asked for stays, SQLite goes through whole kinds instead.
    wanted = select(*_COLUMNS).where(
        _FACTS.person_id.in_(list(whose)), _FACTS.kind.in_(sorted({*of_person, *of_stay}))
    )
    # Asked of the connection: the session would make each row a second time.
    for fields in cast(Iterable[tuple[Any, ...]], session.connection().execute(wanted).fetchall()):
        row = Row(*fields)
        kind = row.kind
        if kind in of_stay and row.booking_id not in stays:
            continue
        plain = row.item is None and row.corrects_id is None and row.act == _STATES
        piles = found[whose[row.person_id]]
        pile = piles.get(kind)
        if pile is None:
            piles[kind] = Pile(row, plain=plain)
            continue
        rows = pile.rows
        if row.id < rows[-1].id:
            insort(rows, row, key=_number)
        else:
            rows.append(row)
        if not plain:
            pile.plain = False
    return found
