"""Entries of headcounts at terminals: slips, marks and out-counts, each applied once, early or late."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from hub.custody.queries import person_by_number
from hub.headcount.out_counts import NewStep, note_out_count
from hub.headcount.taking import NewMark, NewSlip, Told, take_mark, take_slip
from hub.ingest.clocks import Moment
from hub.ingest.storing import Arrived
from hub.movements.feed import Line
from hub.movements.records import FeedKind
from hub.sentences import RefusedError
from wire.happenings import CountMark, OutCount, Slip


def take_count_slip(session: Session, one: Arrived, moment: Moment, said: Slip, now: datetime) -> list[Line]:
    """A slip; the entry of one that no unit of ours is meant by stays in the journal, and an alarm says so."""
    slip = NewSlip(
        session=said.session,
        unit=said.unit,
        recount=said.recount,
        method=said.method,
        observed=said.observed,
        counters=tuple(said.counters),
        took_s=said.took_s,
        signs_of_life=said.signs_of_life,
        told=_told(one, moment),
        vacant_beds=tuple(_beds(text) for text in said.vacant_beds),
        remarks=said.remarks,
    )
    try:
        take_slip(session, slip, now)
    except RefusedError as error:
        return [_not_applied(one, moment, said.unit, error.code, now)]
    return []


def take_count_mark(
    session: Session, one: Arrived, moment: Moment, said: CountMark, now: datetime
) -> list[Line]:
    """A mark. A number that is nobody's here counts as somebody whom nobody knows, and is told."""
    person = None if said.person is None else person_by_number(session, said.person)
    mark = NewMark(
        session=said.session,
        unit=said.unit,
        recount=said.recount,
        person_id=None if person is None else person.id,
        method=said.method,
        officer=said.officer,
        told=_told(one, moment),
        taken_back=said.taken_back,
    )
    try:
        take_mark(session, mark, now)
    except RefusedError as error:
        return [_not_applied(one, moment, said.unit, error.code, now)]
    if said.person is not None and person is None:
        return [_not_applied(one, moment, said.unit, "unknown_person", now)]
    return []


def take_out_count(
    session: Session, one: Arrived, moment: Moment, said: OutCount, now: datetime
) -> list[Line]:
    """What an officer says of somebody counted outside the unit."""
    person = person_by_number(session, said.person)
    if person is None:
        return [_not_applied(one, moment, said.unit, "unknown_person", now)]
    step = NewStep(
        session=said.session,
        person_id=person.id,
        unit=said.unit,
        place=said.place,
        step=said.step,
        officer=said.officer,
        told=_told(one, moment),
    )
    note_out_count(session, step, now)
    return []


def _told(one: Arrived, moment: Moment) -> Told:
    return Told(
        terminal=one.keys.name,
        journal_id=one.journal_id,
        sequence=one.linked.entry.sequence,
        at=moment.at,
        clock_sure=moment.sure,
        link=one.linked.link,
        earliest_at=moment.earliest_at,
        latest_at=moment.latest_at,
    )


def _beds(text: str) -> tuple[str, int]:
    """ "B2-014 1": a cell and how many of its beds are empty; a cell alone has one."""
    cell, _, number = text.rpartition(" ")
    return (cell, int(number)) if cell and number.isdecimal() else (text, 1)


def _not_applied(one: Arrived, moment: Moment, unit: str, why: str, now: datetime) -> Line:
    told = {
        "what": "count_flagged",
        "key": f"{one.keys.name}:{unit}",
        "terminal": one.keys.name,
        "unit": unit,
        "reason": why,
        "journal": one.journal_id.hex(),
        "sequence": one.linked.entry.sequence,
        "at": moment.at.isoformat(),
    }
    return Line(now, FeedKind.ALARM, told)
