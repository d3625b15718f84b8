"""An hour as it is played back: every proof of a place with when it was made and when the hub heard of it.

A reel holds what the player needs to show any moment of its time in two ways: as it is known now to have been, and as
it was known at that moment. What nobody knew then or knows now is in it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.control_room.replay.doubting import doubts
from hub.control_room.replay.happenings import Away, Band, bands, terminals_away
from hub.control_room.replay.proofs import as_known, before, during, is_withdrawn
from hub.control_room.replay.site_then import SiteThen, site_then
from hub.custody.merging.reading import leads
from hub.custody.queries import names
from hub.custody.records import Booking, Person
from hub.movements.records import Zone, ZoneKind
from hub.movements.whereabouts.limits import Limits
from hub.movements.whereabouts.places import Judging
from hub.movements.whereabouts.proofs import Source
from hub.movements.whereabouts.records import AreaReset, ProofRow

_NIGHT_LOOKS: Final = timedelta(minutes=15)


class Seen(msgspec.Struct, frozen=True, omit_defaults=True):
    """A proof. `known_at` is when the hub heard of it, `withdrawn_at` when it was taken back.

    `person` is the number of who leads the file today; `as_number` that of the evidence where it is another. The key of
    a journal entry is `terminal`, `journal` and `sequence`; `doubts` are codes.
    """

    at: datetime
    person: str
    zone: str
    source: str
    known_at: datetime
    sure: bool = True
    earliest_at: datetime | None = None
    latest_at: datetime | None = None
    withdrawn_at: datetime | None = None
    as_number: str = ""
    other_zone: str = ""
    checkpoint: str = ""
    decision: str = ""
    rule: str = ""
    by: str = ""
    evidence: str = ""
    terminal: str = ""
    journal: str = ""
    sequence: int = 0
    doubts: tuple[str, ...] = ()


class Somebody(msgspec.Struct, frozen=True):
    """A person and when they were in custody: [admitted, released or None] of each stay that touches the time."""

    number: str
    name: str
    stays: Sequence[tuple[datetime, datetime | None]]


class Holding(msgspec.Struct, frozen=True):
    """From `from_at` on, for how many seconds a proof proves and makes likely, by kind of zone and source."""

    from_at: datetime
    of: Mapping[str, Mapping[str, tuple[int, ...]]]


class Reel(msgspec.Struct, frozen=True):
    """Everything of one time. `before` are the proofs that hold as it begins, `seen` those made or heard of in it."""

    from_at: datetime
    to_at: datetime
    made_at: datetime
    site: SiteThen
    people: Sequence[Somebody]
    before: Sequence[Seen]
    seen: Sequence[Seen]
    holds: Sequence[Holding]
    away: Sequence[Away]
    bands: Sequence[Band]


def reel(
    session: Session, from_at: datetime, to_at: datetime, now: datetime, known_at: datetime | None = None
) -> Reel:
    """The reel from `from_at` until before `to_at`, both aware; with `known_at` as it was known at that time."""
    lead = leads(session)
    stays = _stays(session, from_at, to_at, lead)
    first = as_known(before(session, from_at, stays.keys(), known_at), known_at)
    held = {row.id for row in first}
    later = [row for row in as_known(during(session, from_at, to_at), known_at) if row.id not in held]
    rows = [*first, *later]
    judging = Judging(session, to_at)
    doubtful = doubts(rows, lead, judging, _resets(session, from_at), known_at)
    people = names(session, {lead.get(row.person_id, row.person_id) for row in rows} | stays.keys())
    numbers = {
        person.id: person.number for person in names(session, {row.person_id for row in rows}).values()
    }
    zones = dict(session.execute(select(Zone.id, Zone.code)).all())

    def seen(some: Iterable[ProofRow]) -> list[Seen]:
        return [
            _seen(
                row,
                people[lead.get(row.person_id, row.person_id)],
                numbers,
                zones,
                doubtful.get(row.id, ()),
                known_at,
            )
            for row in some
        ]

    return Reel(
        from_at=from_at,
        to_at=to_at,
        made_at=now,
        site=site_then(session, from_at),
        people=[
            _somebody(one, stays.get(one.id, []))
            for one in sorted(people.values(), key=lambda one: one.number)
        ],
        before=seen(first),
        seen=seen(later),
        holds=holding(judging.limits, from_at, to_at),
        away=terminals_away(session, from_at, to_at),
        bands=bands(session, from_at, to_at),
    )


def holding(limits: Limits, from_at: datetime, to_at: datetime) -> list[Holding]:
    """How long proofs hold, from the beginning on and again from each time that night begins or ends. Pure."""
    found = [_holding(limits, from_at)]
    at = from_at
    while (at := at + _NIGHT_LOOKS) < to_at:
        if limits.is_night(at) != limits.is_night(at - _NIGHT_LOOKS):
            found.append(_holding(limits, at))
    return found


def _holding(limits: Limits, at: datetime) -> Holding:
    of = {
        f"{kind.value}{' locked' if locked else ''}": {
            source.value: tuple(limits.of(kind.value, locked_at_night=locked, source=source.value, now=at))
            for source in Source
        }
        for kind in ZoneKind
        for locked in (False, True)
    }
    return Holding(at, of)


def _stays(
    session: Session, from_at: datetime, to_at: datetime, lead: Mapping[int, int]
) -> dict[int, list[tuple[datetime, datetime | None]]]:
    rows = session.execute(
        select(Booking.person_id, Booking.admitted_at, Booking.released_at)
        .where(Booking.admitted_at < to_at, or_(Booking.released_at.is_(None), Booking.released_at > from_at))
        .order_by(Booking.id)
    )
    found: dict[int, list[tuple[datetime, datetime | None]]] = {}
    for person_id, admitted_at, released_at in rows:
        found.setdefault(lead.get(person_id, person_id), []).append((admitted_at, released_at))
    return found


def _resets(session: Session, from_at: datetime) -> dict[int, datetime]:
    """The last reset before the time, by zone; those in it are bands that the player heeds by itself."""
    rows = session.execute(
        select(AreaReset.zone_id, AreaReset.at).where(AreaReset.at < from_at).order_by(AreaReset.at)
    )
    return dict(rows.all())


def _somebody(person: Person, stays: Sequence[tuple[datetime, datetime | None]]) -> Somebody:
    return Somebody(person.number, f"{person.surname.upper()}, {person.given}", stays)


def _seen(
    row: ProofRow,
    person: Person,
    numbers: Mapping[int, str],
    zones: Mapping[int, str],
    doubtful: tuple[str, ...],
    known_at: datetime | None,
) -> Seen:
    own = numbers[row.person_id]
    other = "" if row.other_zone_id is None else zones[row.other_zone_id]
    return Seen(
        at=row.at,
        person=person.number,
        zone=zones[row.zone_id],
        source=row.source,
        known_at=row.recorded_at,
        sure=row.sure,
        earliest_at=None if row.earliest_at == row.at else row.earliest_at,
        latest_at=None if row.latest_at == row.at else row.latest_at,
        withdrawn_at=row.withdrawn_at if is_withdrawn(row, known_at) else None,
        as_number="" if own == person.number else own,
        other_zone=other,
        checkpoint=row.checkpoint,
        decision=row.decision,
        rule=row.rule,
        by=row.by,
        evidence=row.evidence,
        terminal=row.terminal,
        journal=row.journal_id.hex(),
        sequence=row.sequence,
        doubts=doubtful,
    )
