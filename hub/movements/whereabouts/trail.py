"""What was seen of somebody on a day: every proof with what speaks against it, what was taken back, and gaps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.custody.merging.reading import family_of
from hub.movements.referral_records import Referral
from hub.movements.whereabouts.confidence import Doubt, way
from hub.movements.whereabouts.fold import Held, add
from hub.movements.whereabouts.places import Judging
from hub.movements.whereabouts.proofs import Key, Proven
from hub.movements.whereabouts.prove import proven_row_of
from hub.movements.whereabouts.records import ProofRow
from hub.web.formats import SITE_ZONE, start_of

REFERRED = "REFER"


@dataclass(frozen=True)
class TrailLine:
    """One thing that is known of somebody's day, zones by id.

    `zone_id` is where they were by it; None where an officer was asked and nothing was proven. `from_zone_id` and
    `to_zone_id` are the sides of the checkpoint, both None where there was none, as in a count. `doubts` is what
    spoke against it at the time; `gap` is the zone where they were proven before, from which no passage is known to
    where this one begins. `late` tells that the hub heard of it long after.
    """

    at: datetime
    earliest_at: datetime
    latest_at: datetime
    sure: bool
    zone_id: int | None
    from_zone_id: int | None
    to_zone_id: int | None
    decision: str
    rule: str
    source: str
    terminal: str
    checkpoint: str
    by: str
    evidence: str
    late: bool
    recorded_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_why: str = ""
    doubts: tuple[Doubt, ...] = ()
    gap: int | None = None
    key: Key | None = None
    """The journal entry, or the number of a record of the hub's own, that it rests on."""


def trail(
    session: Session, person_id: int, day: date, *, now: datetime, known_at: datetime | None = None
) -> list[TrailLine]:
    """The lines of one day at the site, newest first; of everybody who is one with this person.

    `now` is by whose rules doubts are judged; `known_at` leaves out what was recorded later.
    """
    start, end = start_of(day), start_of(day + timedelta(days=1))
    family = family_of(session, person_id, known_at)
    rows = _rows(session, family, start, end, known_at)
    lines = [*_proved(session, rows, now, known_at), *_referred(session, family, start, end, known_at)]
    return sorted(
        (line for line in lines if line.latest_at >= start and line.earliest_at < end),
        key=lambda line: line.at,
        reverse=True,
    )


def zones_in(lines: Iterable[TrailLine]) -> set[int]:
    """Every zone that the lines or their doubts name."""
    found: set[int | None] = set()
    for line in lines:
        found |= {line.zone_id, line.from_zone_id, line.to_zone_id, line.gap}
        found |= {doubt.other.zone_id for doubt in line.doubts if doubt.other is not None}
    return {zone for zone in found if zone is not None}


def days_of(session: Session, person_id: int, around: date) -> tuple[date | None, date | None]:
    """The last day before and the first day after on which anything was proven of the person, None for none."""
    family = family_of(session, person_id)
    start, end = start_of(around), start_of(around + timedelta(days=1))
    theirs = ProofRow.person_id.in_(family)
    before = session.scalar(
        select(ProofRow.latest_at)
        .where(theirs, ProofRow.latest_at < start)
        .order_by(ProofRow.latest_at.desc())
        .limit(1)
    )
    after = session.scalar(
        select(ProofRow.latest_at)
        .where(theirs, ProofRow.latest_at >= end)
        .order_by(ProofRow.latest_at)
        .limit(1)
    )
    return _day(before), _day(after)


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.astimezone(SITE_ZONE).date()


def _rows(
    session: Session, family: Iterable[int], start: datetime, end: datetime, known_at: datetime | None
) -> list[ProofRow]:
    """Proofs that may be of the day, oldest first, and the last one before it."""
    theirs: list[ColumnElement[bool]] = [ProofRow.person_id.in_(list(family))]
    if known_at is not None:
        theirs.append(ProofRow.recorded_at <= known_at)
    found = list(
        session.scalars(
            select(ProofRow).where(*theirs, ProofRow.latest_at >= start, ProofRow.earliest_at < end)
        )
    )
    before = session.scalars(
        select(ProofRow)
        .where(*theirs, ProofRow.latest_at < start, ProofRow.withdrawn_at.is_(None))
        .order_by(ProofRow.latest_at.desc(), ProofRow.id.desc())
        .limit(1)
    ).all()
    return sorted([*before, *found], key=lambda row: (row.at, row.id))


def _proved(
    session: Session, rows: Iterable[ProofRow], now: datetime, known_at: datetime | None
) -> list[TrailLine]:
    judging, held = Judging(session, now), None
    lines: list[TrailLine] = []
    for row in rows:
        taken_back = row.withdrawn_at is not None and (known_at is None or row.withdrawn_at <= known_at)
        doubts: tuple[Doubt, ...] = ()
        gap: int | None = None
        if not taken_back:
            one = proven_row_of(row)
            gap = _gap(held, one, judging)
            held = add(held, one)
            doubts = judging.doubts(held) if held.last == one else ()
        lines.append(_line(row, doubts, gap, taken_back=taken_back))
    return lines


def _gap(held: Held | None, one: Proven, judging: Judging) -> int | None:
    between = None if held is None else way(held.last, one, judging.nested)
    return None if between is None else between[0]


def _line(row: ProofRow, doubts: tuple[Doubt, ...], gap: int | None, *, taken_back: bool) -> TrailLine:
    admitted = row.decision == "ADMIT"
    sides = (row.other_zone_id, row.zone_id) if admitted else (row.zone_id, row.other_zone_id)
    return TrailLine(
        at=row.at,
        earliest_at=row.earliest_at,
        latest_at=row.latest_at,
        sure=row.sure,
        zone_id=row.zone_id,
        from_zone_id=None if row.other_zone_id is None else sides[0],
        to_zone_id=None if row.other_zone_id is None else sides[1],
        decision=row.decision,
        rule=row.rule,
        source=row.source,
        terminal=row.terminal,
        checkpoint=row.checkpoint,
        by=row.by,
        evidence=row.evidence,
        late=row.late,
        recorded_at=row.recorded_at,
        withdrawn_at=row.withdrawn_at if taken_back else None,
        withdrawn_why=(row.withdrawn_why or "") if taken_back else "",
        doubts=doubts,
        gap=gap,
        key=Key(row.terminal, row.journal_id, row.sequence),
    )


def _referred(
    session: Session, family: Iterable[int], start: datetime, end: datetime, known_at: datetime | None
) -> list[TrailLine]:
    """Passages that asked for an officer: they prove no place, and belong to the day all the same."""
    wanted = select(Referral).where(
        Referral.person_id.in_(list(family)), Referral.occurred_at >= start, Referral.occurred_at < end
    )
    if known_at is not None:
        wanted = wanted.where(Referral.opened_at <= known_at)
    return [
        TrailLine(
            at=row.occurred_at,
            earliest_at=row.occurred_at,
            latest_at=row.occurred_at,
            sure=row.clock_sure,
            zone_id=None,
            from_zone_id=row.from_zone_id,
            to_zone_id=row.to_zone_id,
            decision=REFERRED,
            rule=row.rule,
            source="scan",
            terminal=row.terminal,
            checkpoint=row.checkpoint,
            by="",
            evidence="",
            late=row.past,
            recorded_at=row.opened_at,
            key=Key(row.terminal, row.journal_id, row.sequence),
        )
        for row in session.scalars(wanted)
    ]
