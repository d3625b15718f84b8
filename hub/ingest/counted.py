"""Entries of headcounts at terminals: slips, marks and out-counts, each applied once, early or late."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from hub.custody.queries import person_by_number
from hub.errors import HubError
from hub.headcount.loading import unit_code
from hub.headcount.out_counts import NewStep, note_out_count
from hub.headcount.taking import NewMark, NewSlip, Told, take_mark, take_slip
from hub.ingest.clocks import Moment
from hub.ingest.storing import Arrived
from hub.movements.actions import find_checkpoint
from hub.movements.feed import Line
from hub.movements.records import FeedKind
from hub.movements.site.tree import load as load_tree
from hub.sentences import RefusedError
from hub.terminals.actions import stood_at
from hub.units.picture import units_at
from wire.happenings import CountMark, OutCount, OutCountStep, Slip

OTHER_PLACE = "other_place"
"""Why an entry is not applied: the terminal speaks of a unit that is not at its checkpoint."""


def take_count_slip(session: Session, one: Arrived, moment: Moment, said: Slip, now: datetime) -> list[Line]:
    """A slip; the entry of one that no unit of ours is meant by stays in the journal, and an alarm says so."""
    if said.unit not in _units_here(session, one, said.checkpoint):
        return [_not_applied(one, moment, said.unit, OTHER_PLACE, now)]
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
    if said.unit not in _units_here(session, one, said.checkpoint):
        return [_not_applied(one, moment, said.unit, OTHER_PLACE, now)]
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
    if not _may_say(session, one, said):
        return [_not_applied(one, moment, said.unit, OTHER_PLACE, now)]
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


def _units_here(session: Session, one: Arrived, code: str) -> list[str]:
    """Units that the terminal's page is of: one in bad hands must not sign for the whole prison."""
    return units_at(load_tree(session), _zones_here(session, one, code))


def _may_say(session: Session, one: Arrived, said: OutCount) -> bool:
    """A unit's own page declares and takes back; the page at the place accepts, and takes that back."""
    tree, zones = load_tree(session), _zones_here(session, one, said.checkpoint)
    place = tree.by_code(said.place)
    there = place is not None and (place.id in zones or unit_code(tree, said.place) in units_at(tree, zones))
    if said.step is OutCountStep.ACCEPTED:
        return there
    return said.unit in units_at(tree, zones) or (there and said.step is OutCountStep.WITHDRAWN)


def _zones_here(session: Session, one: Arrived, code: str) -> list[int]:
    """Both sides of the checkpoint that the terminal speaks of, where it stands or stood there."""
    try:
        place = find_checkpoint(session, code)
    except HubError:
        return []
    if code != one.keys.checkpoint and not stood_at(session, one.keys.name, place):
        return []
    tree = load_tree(session)
    nodes = (tree.by_code(place.from_zone), tree.by_code(place.to_zone))
    return [node.id for node in nodes if node is not None]


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
