"""All positions made anew from the journals, and compared with what is held: the same answer, or a fault is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hub.custody.merging.reading import leads
from hub.custody.records import Person
from hub.ingest.clocks import reckon
from hub.ingest.records import Boot, EntryStatus
from hub.movements.records import Zone
from hub.movements.whereabouts import holding
from hub.movements.whereabouts.fold import Held, add
from hub.movements.whereabouts.proofs import Proven, Source
from hub.movements.whereabouts.prove import PROVEN, proven_row
from hub.movements.whereabouts.records import ProofRow
from hub.terminals.records import Terminal
from wire.codec import decode
from wire.happenings import Attestation, Passage
from wire.journal import Entry

_AT_ONCE: Final = 10_000
_KEPT: Final = 200
"""Entries kept aside for one person before they are folded, so that memory stays small whatever clocks did."""


class _Header(msgspec.Struct):
    """Of an entry, what says whether it tells of a place."""

    kind: str
    body: bytes


class _Placing(msgspec.Struct):
    """Of a passage or an officer's word, what tells of a place."""

    from_zone: str
    to_zone: str
    decision: str
    person: str | None


_header: Final = msgspec.msgpack.Decoder(_Header)
_placing: Final = msgspec.msgpack.Decoder(_Placing)
_SOURCES: Final = {Passage.KIND: Source.SCAN.value, Attestation.KIND: Source.ATTESTED.value}

_ENTRIES: Final = text(
    "SELECT terminal_id, journal_id, sequence, link, raw, received_at, happened_at, early_ms, late_ms, sure "
    "FROM stored_entries WHERE canonical AND status = :status"
)
"""In whatever order they lie: the fold asks for none."""


@dataclass
class Rebuilt:
    """Positions as the journals and the other evidence say. `unread` counts entries of places nobody knows any more."""

    held: dict[int, Held] = field(default_factory=dict)
    entries: int = 0
    unread: int = 0


def rebuild(session: Session) -> Rebuilt:
    """Fold every journal entry and every proof that has none. Nothing is written."""
    found = Rebuilt()
    _fold_entries(session, found)
    led = leads(session)
    rows = session.execute(
        select(ProofRow.person_id, *PROVEN)
        .where(~ProofRow.by_entry, ProofRow.withdrawn_at.is_(None))
        .execution_options(yield_per=_AT_ONCE)
    )
    for person_id, *values in rows:
        owner = led.get(person_id, person_id)
        found.held[owner] = add(found.held.get(owner), proven_row(values))
    return found


def write_rebuilt(session: Session, rebuilt: Rebuilt) -> None:
    """Put what was rebuilt in the place of what is held; in the transaction that read it."""
    present = dict(holding.everybody(session))
    changed = {one: held for one, held in rebuilt.held.items() if present.get(one) != held}
    holding.store(session, changed, present)
    holding.forget(session, [one for one in present if one not in rebuilt.held])


@dataclass(frozen=True)
class Difference:
    """A person of whom the journals say otherwise than what is held; zones by code, None for none."""

    number: str
    held_zone: str | None
    held_at: datetime | None
    rebuilt_zone: str | None
    rebuilt_at: datetime | None


def differences(session: Session, rebuilt: Rebuilt) -> list[Difference]:
    """Where what is held and what was rebuilt are not the same, by person."""
    present = dict(holding.everybody(session))
    other = sorted(
        one for one in present.keys() | rebuilt.held.keys() if present.get(one) != rebuilt.held.get(one)
    )
    if not other:
        return []
    numbers = {row.id: row.number for row in session.execute(select(Person.id, Person.number))}
    zones = {row.id: row.code for row in session.execute(select(Zone.id, Zone.code))}

    def told(held: Held | None) -> tuple[str | None, datetime | None]:
        return (None, None) if held is None else (zones.get(held.last.zone_id), held.last.at)

    return [Difference(numbers[one], *told(present.get(one)), *told(rebuilt.held.get(one))) for one in other]


def _fold_entries(session: Session, found: Rebuilt) -> None:
    led = leads(session)
    people = {
        row.number: led.get(row.id, row.id) for row in session.execute(select(Person.id, Person.number))
    }
    zones = {row.code: row.id for row in session.execute(select(Zone.code, Zone.id))}
    names = {row.id: row.name for row in session.execute(select(Terminal.id, Terminal.name))}
    boots = {(row.terminal_id, row.boot_id): row for row in session.scalars(select(Boot))}
    folds: dict[int, _Running] = {}
    for row in _rows(session):
        terminal_id, journal_id, sequence, link, raw, received_at, happened_at, early_ms, late_ms, sure = row
        found.entries += 1
        header = _header.decode(raw)
        source = _SOURCES.get(header.kind)
        if source is None:
            continue
        said = _placing.decode(header.body)
        if said.person is None or said.decision == "REFER":
            continue
        owner = people.get(said.person)
        from_zone, to_zone = zones.get(said.from_zone), zones.get(said.to_zone)
        if owner is None or from_zone is None or to_zone is None:
            found.unread += 1
            continue
        if happened_at is None:
            happened_at, early_ms, late_ms, sure = _reckoned(raw, received_at, terminal_id, boots)
        admitted = said.decision == "ADMIT"
        running = folds.get(owner)
        if running is None:
            running = folds[owner] = _Running()
        running.take(
            happened_at,
            (
                bool(sure),
                names[terminal_id],
                journal_id,
                sequence,
                link,
                to_zone if admitted else from_zone,
                source,
                early_ms,
                late_ms,
                from_zone if admitted else None,
            ),
        )
    for owner, running in folds.items():
        found.held[owner] = running.held()


class _Running:
    """A fold that makes nothing of what cannot count any more: of ten million entries nearly all.

    An entry of a sure clock that is older than the last two such is neither the last, nor the one before it, nor may
    it be later than the last: the fold over all is the fold without it.
    """

    __slots__ = ("base", "first", "kept", "second")

    def __init__(self) -> None:
        self.base: Held | None = None
        self.first: tuple[Any, Any] | None = None
        self.second: tuple[Any, Any] | None = None
        self.kept: list[tuple[Any, Any]] = []

    def take(self, at: Any, rest: tuple[Any, ...]) -> None:
        first, second = self.first, self.second
        if rest[7] or rest[8]:
            self._keep(at, rest)
        elif first is None or at > first[0]:
            self.second, self.first = first, (at, rest)
        elif second is None or first[0] > at > second[0]:
            self.second = (at, rest)
        elif at >= second[0]:
            self._keep(at, rest)

    def _keep(self, at: Any, rest: tuple[Any, ...]) -> None:
        """What may count beside the two: of the same moment, or of an unsure clock."""
        self.kept.append((at, rest))
        if len(self.kept) > _KEPT:
            self.base, self.kept = self.held(), []

    def held(self) -> Held:
        held = self.base
        for one in (self.first, self.second, *self.kept):
            if one is not None:
                held = add(held, _proven(*one))
        assert held is not None
        return held


def _proven(at: Any, rest: tuple[Any, ...]) -> Proven:
    sure, terminal, journal_id, sequence, link, zone_id, source, early_ms, late_ms, from_zone = rest
    when = _time(at)
    return Proven(
        when,
        sure,
        terminal,
        bytes(journal_id),
        sequence,
        bytes(link),
        zone_id,
        source,
        when - timedelta(milliseconds=early_ms),
        when + timedelta(milliseconds=late_ms),
        from_zone,
    )


def _rows(session: Session) -> Iterator[Any]:
    """Entries as the driver gives them: times are text on SQLite, and are compared as such."""
    statement = _ENTRIES.execution_options(yield_per=_AT_ONCE)
    result = session.connection().execute(statement, {"status": EntryStatus.APPLIED.value})
    for part in result.partitions():
        yield from part


def _reckoned(
    raw: bytes, received_at: Any, terminal_id: int, boots: dict[tuple[int, str], Boot]
) -> tuple[Any, int, int, bool]:
    """The moment of an entry taken in before moments were kept."""
    entry = decode(bytes(raw), Entry)
    boot = boots.get((terminal_id, entry.boot_id))
    moment = reckon(
        entry,
        _time(received_at),
        None if boot is None else boot.began_by_at,
        historical=True,
        began_after=None if boot is None else boot.began_after_at,
    )
    at = moment.at
    text_of = at.replace(tzinfo=None).isoformat(" ", "microseconds") if isinstance(received_at, str) else at
    return text_of, moment.early_ms, moment.late_ms, moment.sure


def _time(value: Any) -> datetime:
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    found: datetime = value
    return found.astimezone(UTC)
