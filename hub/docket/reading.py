"""People in custody as snapshots, read by the thousand: a few questions to the database for each part."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from hub.custody.catalogue import KINDS
from hub.custody.facts.bulk import Pile, Piles, piles_of
from hub.custody.facts.kinds import Kind, Per, V, read_value, reader_of
from hub.custody.facts.reading import holding, item_of, steps
from hub.custody.facts.records import Act, Fact
from hub.custody.legal import HEARING, LEGAL_STATUS
from hub.custody.records import Booking, Person
from hub.custody.sentencing.reading import KINDS as OF_SENTENCES
from hub.custody.stays import HOME
from hub.custody.who.rules_7_and_8 import KINDS_OF_RULE_7, missing_of_rule_7
from hub.docket.release_clocks import release_clocks
from hub.docket.rules import CHECKS
from hub.docket.snapshot import Facts, Known, Seen, Snapshot
from hub.docket.surroundings import Surroundings
from hub.docket.troubles import Trouble, UnreadableError, attempt
from hub.movements.records import Position, Zone
from hub.sentences import Sentence

PART: Final = 1_000
"""People read at once: enough to make the questions cheap, few enough to hold in memory."""

READ: Final[dict[str, Kind[Any]]] = {kind.name: kind for check in CHECKS.values() for kind in check.reads}
"""Kinds that checks look into."""
_ALL: Final = {*READ, *KINDS_OF_RULE_7, *OF_SENTENCES, LEGAL_STATUS.name, HOME.name}
_OF_STAY: Final = {name for name in _ALL if KINDS[name].per is Per.BOOKING}
_FILE: Final = Sentence("What Mandela Rule 7 asks for")


def in_custody(session: Session) -> list[int]:
    """Persons with an open stay, in order."""
    return list(
        session.scalars(
            select(Booking.person_id).where(Booking.released_at.is_(None)).order_by(Booking.person_id)
        )
    )


def parts(person_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Lists of at most PART."""
    for start in range(0, len(person_ids), PART):
        yield person_ids[start : start + PART]


def snapshots(session: Session, around: Surroundings, person_ids: Collection[int]) -> Iterator[Snapshot]:
    """Those of `person_ids` who are in custody, each with all that a check may look at."""
    people = _people(session, person_ids)
    if not people:
        return
    family = around.family([row.id for row in people])
    stays = around.joined([row.booking_id for row in people])
    piles = piles_of(session, whose=family, of_person=_ALL - _OF_STAY, stays=stays, of_stay=_OF_STAY)
    seen = _seen(session, family)
    clocks = release_clocks(session, around, {row.booking_id: piles.get(row.id, {}) for row in people})
    for row in people:
        yield _snapshot(row, piles.get(row.id, {}), around, seen.get(row.id), clocks)


def _snapshot(
    row: Row[Any], piles: Piles, around: Surroundings, seen: Seen | None, clocks: Mapping[int, Any]
) -> Snapshot:
    facts = _Facts(piles, around.at)
    plain: dict[str, Any] = {} if row.booking_id not in clocks else {"clock": clocks[row.booking_id]}
    return Snapshot(
        person_id=row.id,
        number=row.number,
        surname=row.surname,
        given=row.given,
        born_on=row.born_on,
        booking_id=row.booking_id,
        admitted_at=row.admitted_at,
        at=around.at,
        facts=facts,
        history=attempt(LEGAL_STATUS.words, _history, piles.get(LEGAL_STATUS.name), around.at),
        ended=_ended(piles),
        seen=seen,
        place_is_adult=attempt(HOME.words, _is_adult_home, row.id, facts, around),
        same_fingers=around.same_fingers.get(row.id, ()),
        asked=around.queries.get(row.id, ()),
        terminals_since=around.terminals_since,
        site_has_cells=around.has_cells,
        gaps=attempt(_FILE, missing_of_rule_7, piles, row.booking_id),
        **plain,
    )


def _people(session: Session, person_ids: Collection[int]) -> Sequence[Row[Any]]:
    wanted = (
        select(Person.id, Person.number, Person.surname, Person.given, Person.born_on)
        .add_columns(Booking.id.label("booking_id"), Booking.admitted_at)
        .join(Booking, Booking.person_id == Person.id)
        .where(Booking.released_at.is_(None), Person.id.in_(person_ids))
    )
    return session.execute(wanted.order_by(Person.id)).all()


class _Facts:
    """What holds of somebody by kind, each kind worked out when a check first asks for it."""

    __slots__ = ("_at", "_known", "_piles")

    def __init__(self, piles: Piles, at: datetime) -> None:
        self._piles, self._at = piles, at
        self._known: dict[str, Sequence[Known[Any]]] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._piles)

    def get(self, key: str, default: Sequence[Known[Any]] = ()) -> Sequence[Known[Any]]:
        """Those of a kind in the order they were opened; UnreadableError for a row that cannot be read."""
        found = self._known.get(key)
        if found is not None:
            return found
        pile = self._piles.get(key)
        if pile is None:
            return default
        found = self._known[key] = _known(READ[key], pile, self._at)
        return found


def _known(kind: Kind[Any], pile: Pile, at: datetime) -> list[Known[Any]]:
    try:
        return _read(kind, pile, at)
    except msgspec.MsgspecError as error:
        raise UnreadableError(_unreadable(kind, pile.rows)) from error


def _read(kind: Kind[V], pile: Pile, at: datetime) -> list[Known[V]]:
    # A date before a court is on file from the moment it was written down, whatever day it was said to begin.
    rows, whenever = pile.rows, kind is HEARING
    if pile.plain and (kind.many or len(rows) == 1):  # nearly everybody, of nearly every kind
        read = reader_of(kind.form).decode
        return [
            Known(row.id, read(row.value), row.id, row.effective_at)
            for row in rows
            if whenever or row.effective_at <= at
        ]
    return [
        Known(held.item, held.value, held.row.id, held.row.effective_at)
        for held in holding(kind, rows, effective_at=None if whenever else at)
    ]


def _unreadable(kind: Kind[Any], rows: Sequence[Fact]) -> Trouble:
    """Which rows of a kind cannot be read."""
    bad: list[int] = []
    for row in rows:
        try:
            read_value(kind, row.value)
        except msgspec.MsgspecError:
            bad.append(row.id)
    words = Sentence(
        "%(kind)s, number %(rows)s: cannot be read by this version.",
        {"kind": kind.words, "rows": ", ".join(map(str, bad))},
    )
    return Trouble(words, tuple(bad))


def _history(pile: Pile | None, at: datetime) -> list[Known[Any]]:
    """Statuses that took effect until `at`, by the time they did."""
    if pile is None:
        return []
    if pile.plain:
        counting = [row for row in pile.rows if row.effective_at <= at]
    else:
        counting = [
            step.row
            for step in steps(pile.rows)
            if step.overtaken_by is None and step.row.act == Act.STATES and step.row.effective_at <= at
        ]
    try:
        known = [
            Known(item_of(row), read_value(LEGAL_STATUS, row.value), row.id, row.effective_at)
            for row in counting
        ]
    except msgspec.MsgspecError as error:
        raise UnreadableError(_unreadable(LEGAL_STATUS, counting)) from error
    return sorted(known, key=lambda one: (one.effective_at, one.row))


def _ended(piles: Piles) -> dict[str, datetime]:
    return {
        name: max(ends)
        for name, pile in piles.items()
        if not pile.plain and (ends := [row.effective_at for row in pile.rows if row.act == Act.ENDS])
    }


def _is_adult_home(person_id: int, facts: Facts, around: Surroundings) -> bool | None:
    homes = facts.get(HOME.name, ())
    if not homes:
        return None
    if person_id in around.among_adults:
        return True
    home = homes[-1].value
    if home.cell:
        return home.cell in around.adult_cells
    return home.zone in around.adult_zones


def _seen(session: Session, family: dict[int, int]) -> dict[int, Seen]:
    rows = session.execute(
        select(Position.person_id, Zone.code, Position.proven_at)
        .join(Zone, Zone.id == Position.zone_id)
        .where(Position.person_id.in_(family))
        .order_by(Position.proven_at)
    )
    return {family[person_id]: Seen(code, proven_at) for person_id, code, proven_at in rows}
