"""Reading the roll as terminals get it, and noting what they hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.biometrics.actions import templates_for
from hub.biometrics.vault import Vault
from hub.custody.queries import ids_in_custody
from hub.custody.records import Person, PersonChange
from hub.movements.actions import zones_of
from hub.movements.feed import Line
from hub.movements.records import FeedKind
from hub.roll.records import RollReceipt
from hub.roll.rules import chunks
from hub.terminals.epochs import HubEpoch, current_epoch
from hub.terminals.records import Status, Terminal, TerminalState
from wire.roll import RollChanges, RollFinger, RollPerson
from wire.versions import NOTHING, Version

MAX_FINGERS = 40
"""As many impressions of one person as a message may hold."""

_AT_ONCE = 500
"""People read in one query; the database has a limit of its own."""


@dataclass(frozen=True)
class Listener:
    """A terminal that may be told something now, and what it says it holds since it connected as `session`."""

    terminal_id: int
    session: int
    name: str
    sealing_key: bytes
    held: Version


def current_version(session: Session) -> Version:
    """Version of the roll as it stands in this transaction."""
    return Version(current_epoch(session), session.scalar(select(func.max(PersonChange.id))) or 0)


def raise_epoch(session: Session, at: datetime) -> int:
    """Begin the next epoch: what the hub says from now on is newer than anything it said before."""
    epoch = 1 + (session.scalar(select(func.max(HubEpoch.epoch))) or 0)
    session.add(HubEpoch(epoch=epoch, since_at=at))
    session.flush()
    return epoch


def listeners(session: Session) -> list[Listener]:
    """Terminals that are online and may speak."""
    rows = session.execute(
        select(
            Terminal.id,
            TerminalState.session,
            Terminal.name,
            Terminal.sealing_key,
            TerminalState.roll_epoch,
            TerminalState.roll_counter,
        )
        .join(TerminalState, TerminalState.terminal_id == Terminal.id)
        .where(Terminal.status == Status.ACTIVE, TerminalState.online)
        .order_by(Terminal.name)
    )
    return [
        Listener(row.id, row.session, row.name, row.sealing_key, Version(row.roll_epoch, row.roll_counter))
        for row in rows
    ]


def changes(session: Session, vault: Vault, base: Version, to: Version) -> list[RollChanges]:
    """All parts of the way from `base` to `to`; from NOTHING it is everybody in custody who has a finger.

    WireError UNSEALABLE when the vault's key is not the one that the fingers were locked with.
    """
    inside = ids_in_custody(session)
    touched = inside if base == NOTHING else _changed(session, base.counter, to.counter)
    upserts: list[RollPerson] = []
    for ids in _slices(sorted(touched & inside)):
        upserts += _persons(session, vault, ids)
    if base == NOTHING:
        return chunks(upserts, [])
    present = {person.person for person in upserts}
    gone = [number for number in _numbers(session, sorted(touched)).values() if number not in present]
    return chunks(upserts, sorted(gone))


def note_receipt(session: Session, terminal_id: int, name: str, held: Version, at: datetime) -> list[Line]:
    """Keep the receipt of a version reported for the first time; gives its feed line."""
    last = session.execute(
        select(RollReceipt.epoch, RollReceipt.counter)
        .where(RollReceipt.terminal_id == terminal_id)
        .order_by(RollReceipt.id.desc())
        .limit(1)
    ).one_or_none()
    if held == NOTHING or (last is not None and Version(last.epoch, last.counter) == held):
        return []
    session.add(RollReceipt(terminal_id=terminal_id, epoch=held.epoch, counter=held.counter, received_at=at))
    session.flush()
    told = {"what": "received", "terminal": name, "version": str(held), "at": at.isoformat()}
    return [Line(at, FeedKind.ROLL, told)]


def _changed(session: Session, after: int, until: int) -> set[int]:
    wanted = select(PersonChange.person_id).where(PersonChange.id > after, PersonChange.id <= until)
    return set(session.scalars(wanted))


def _persons(session: Session, vault: Vault, ids: list[int]) -> list[RollPerson]:
    templates = templates_for(session, vault, ids)
    numbers, zones = _numbers(session, ids), zones_of(session, ids)
    return [
        RollPerson(
            person=numbers[person_id],
            fingers=[
                RollFinger(position=position, template=record) for position, record in fingers[:MAX_FINGERS]
            ],
            zones=zones.get(person_id, []),
        )
        for person_id, fingers in sorted(templates.items())
    ]


def _numbers(session: Session, ids: list[int]) -> dict[int, str]:
    numbers: dict[int, str] = {}
    for some in _slices(ids):
        rows = session.execute(select(Person.id, Person.number).where(Person.id.in_(some)))
        numbers.update((row.id, row.number) for row in rows)
    return numbers


def _slices(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
