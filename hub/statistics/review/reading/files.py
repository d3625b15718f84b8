"""What the files of those in custody on the reference day lack of Nelson Mandela Rules 7 and 8."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

import msgspec
import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.facts.records import Fact
from hub.custody.records import Person
from hub.custody.who.rules_7_and_8 import ITEMS, missing, required
from hub.statistics.indicators.world import World
from hub.statistics.reading.joined import joined_at
from hub.statistics.reading.timelines import micros
from hub.statistics.review.evidence import Completeness, Source, Span
from hub.statistics.review.reading.statements import Sources

_F: Final = Fact.__table__.c
_KINDS: Final = sorted({"asked", "release", *(kind for item in ITEMS for kind in item.kinds)})
_AT_ONCE: Final = 400
"""People whose files are read together: a million files do not fit into the memory of a small hub."""


class _Row(msgspec.Struct, gc=False):
    """A fact as the Rules look at it."""

    id: int
    person_id: int
    booking_id: int | None
    kind: str
    item: int | None
    act: str
    value: str
    effective_at: datetime
    recorded_at: datetime
    source: str
    corrects_id: int | None


@dataclass(frozen=True)
class Files:
    """All files together, by where their admission came from, and by item: how many have to hold it and do not."""

    together: Completeness
    by_source: Mapping[Source, Completeness]
    missing: Mapping[str, tuple[int, int]]


def files_of(
    session: Session, span: Span, world: World, sources: Sources, told: Callable[[int, int], None]
) -> Files:
    """Of everybody in custody at the end of the reference day, as it was known; `told` hears how many are through."""
    held = np.flatnonzero(world.stays.held(micros(span.period.ends_at)))
    stays = {int(world.stays.persons[row]): int(world.stays.ids[row]) for row in held}
    members = _members(session, span.known_at, set(stays))
    counted: dict[Source, list[Completeness]] = defaultdict(list)
    lacking: dict[str, list[int]] = {item.code: [0, 0] for item in ITEMS}
    for place, (leader, rows) in enumerate(_facts(session, span.known_at, members)):
        if place % _AT_ONCE == 0:
            told(place, len(stays))
        stay = stays[leader]
        wanted = required(rows, booking_id=stay, known_at=span.known_at)
        gone = missing(rows, booking_id=stay, known_at=span.known_at)
        for item in wanted:
            lacking[item.code][0] += 1
        for gap in gone:
            lacking[gap.item.code][1] += 1
        one = Completeness(1, int(not gone), len(wanted), len(wanted) - len(gone))
        counted[_source(rows, stay, sources)].append(one)
    by_source = {source: together(many) for source, many in counted.items()}
    return Files(
        together(by_source.values()),
        by_source,
        {code: (asked, gone) for code, (asked, gone) in lacking.items() if asked},
    )


def together(parts: Iterable[Completeness]) -> Completeness:
    """The sum."""
    many = list(parts)
    return Completeness(
        sum(one.files for one in many), sum(one.whole for one in many),
        sum(one.asked for one in many), sum(one.there for one in many),
    )  # fmt: skip


def _members(session: Session, known_at: datetime, leaders: set[int]) -> dict[int, int]:
    """Everybody whose facts count, with whoever leads them."""
    led = joined_at(session, known_at)
    found = {one: one for one in leaders}
    ids = np.array(list(session.scalars(select(Person.id).where(Person.id.in_(list(led.leads))))), np.int64)
    for person, leader in zip(ids, led.persons(ids), strict=True):
        if int(leader) in leaders:
            found[int(person)] = int(leader)
    return found


def _facts(
    session: Session, known_at: datetime, members: Mapping[int, int]
) -> Iterable[tuple[int, list[Fact]]]:
    """Facts of each file, oldest first, as rows that look like facts."""
    people: dict[int, list[int]] = defaultdict(list)
    for person, leader in members.items():
        people[leader].append(person)
    leaders = sorted(people)
    for place in range(0, len(leaders), _AT_ONCE):
        chunk = leaders[place : place + _AT_ONCE]
        piles: dict[int, list[Any]] = {leader: [] for leader in chunk}
        whose = [person for leader in chunk for person in people[leader]]
        wanted = (
            select(*(_F[name] for name in _Row.__struct_fields__))
            .where(_F.person_id.in_(whose), _F.kind.in_(_KINDS), _F.recorded_at <= known_at)
            .order_by(_F.id)
        )
        for fields in cast(Iterable[tuple[Any, ...]], session.connection().execute(wanted)):
            row = _Row(*fields)
            piles[members[row.person_id]].append(row)
        yield from piles.items()


def _source(rows: Iterable[Fact], stay: int, sources: Sources) -> Source:
    """Where the first word of the stay's admission came from."""
    for row in rows:
        if row.kind == "admission" and row.booking_id == stay:
            return sources.of(row.id, row.source)
    return Source.OFFICERS
