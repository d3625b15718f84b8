"""Every stay, as it was known at a time: whose, from when until when, why it ended, and when it was unlawfully left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import msgspec
import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.at_large import AT_LARGE, How
from hub.custody.facts.records import Act, Fact
from hub.custody.legal import ReleaseReason
from hub.custody.records import Booking
from hub.custody.stays import ADMISSION, RELEASE
from hub.statistics.cuts import AT_LARGE_HOW, NOT_KNOWN, REASON
from hub.statistics.reading.joined import Joined
from hub.statistics.reading.timelines import ALWAYS, NOTHING, Bools, Ints, Timeline, micros, read, times

_F: Final = Fact.__table__.c
_REASONS: Final = {reason: REASON.codes().index(reason.value) for reason in ReleaseReason}
_UNKNOWN_REASON: Final = REASON.codes().index(NOT_KNOWN)
_HOW: Final = {how: AT_LARGE_HOW.codes().index(how.value) for how in How}


class _Admission(msgspec.Struct):
    admitted_at: datetime


class _Release(msgspec.Struct):
    released_at: datetime
    reason: ReleaseReason


class _AtLarge(msgspec.Struct):
    how: How


@dataclass(frozen=True)
class Stays:
    """Row i is one stay: `ids[i]` of `persons[i]`, files that were joined as one. `ends` is ALWAYS while it goes on.

    `reasons` is the place in the cut REASON, that of NOT_KNOWN while it goes on or nobody said. `away` has the times
    unlawfully at large, whose `stay` is a row of these. Of a stay that was recorded twice only
    the one is here as which it goes on; the other is among `aside`. `every` has all that had a row then. `told_twice`
    are numbers of stays of which two releases stand; the one that says the later time counts.
    """

    ids: Ints
    persons: Ints
    starts: Ints
    ends: Ints
    reasons: Ints
    away: Timeline
    aside: Ints
    every: Ints
    told_twice: Ints

    def row_of(self, stay_ids: Ints) -> Ints:
        """The row of each stay; -1 for those that are not among them."""
        if not len(self.ids):
            return np.full(len(stay_ids), -1)
        place = np.minimum(np.searchsorted(self.ids, stay_ids), len(self.ids) - 1)
        return np.where(self.ids[place] == stay_ids, place, -1)

    def held(self, moment: int) -> Bools:
        """Which stays had somebody in custody at the end of the time before `moment`."""
        found: Bools = (self.starts < moment) & (self.ends >= moment)
        found[self.away.stay[self.away.at(moment)]] = False
        return found


def stays_at(session: Session, joined: Joined, known_at: datetime | None) -> Stays:
    """All stays, as known then; None for now. What nobody had heard of then is not in it."""
    ids, persons, starts, ends = _bookings(session, known_at)
    came = _admit(session, ids, starts, known_at)
    reasons, twice = _release(session, ids, ends, known_at)
    aside = np.isin(ids, np.fromiter(joined.stays, np.int64))
    _begin_earliest(ids, starts, joined)
    kept, every, set_aside = came & ~aside, ids, ids[aside]
    twice = twice[np.isin(twice, ids[kept])]
    ids, persons, starts, ends, reasons = (one[kept] for one in (ids, persons, starts, ends, reasons))
    stays = Stays(ids, joined.persons(persons), starts, ends, reasons, NOTHING, set_aside, every, twice)
    return replace(stays, away=_away(session, stays, joined, known_at))


def _bookings(session: Session, known_at: datetime | None) -> tuple[Ints, Ints, Ints, Ints]:
    table = Booking.__table__.c
    wanted = select(table.id, table.person_id, table.admitted_at, table.released_at).order_by(table.id)
    if known_at is not None:
        wanted = wanted.where(table.recorded_at <= known_at)
    rows = session.execute(wanted).fetchall()
    if not rows:
        return (np.zeros(0, np.int64),) * 4
    ids, persons, admitted, released = zip(*rows, strict=True)
    starts, ends = times(admitted), np.full(len(rows), ALWAYS)
    gone = [place for place, at in enumerate(released) if at is not None]
    ends[gone] = times([released[place] for place in gone])
    return np.asarray(ids, np.int64), np.asarray(persons, np.int64), starts, ends


def _admit(session: Session, ids: Ints, starts: Ints, known_at: datetime | None) -> Bools:
    """Put the beginnings as the admissions say; gives which stays there were. A withdrawn admission never was."""
    told = _last(read(session, ADMISSION, _Admission, _admission_codes, 1, known_at))
    withdrawn = _stays_with(session, ADMISSION.name, known_at, withdrawn=True)
    came: Bools = np.isin(ids, told.stay) | ~np.isin(ids, withdrawn)
    if known_at is not None:
        # The row of the stay has what was said last. Of what was not yet said then the first word stands in for it.
        _put(ids, starts, *_first_words(session, known_at))
    _put(ids, starts, told.stay, told.codes[:, 0])
    return came


def _release(session: Session, ids: Ints, ends: Ints, known_at: datetime | None) -> tuple[Ints, Ints]:
    """Put the ends as the releases say; gives the reasons, and the stays with more than one."""
    every = read(session, RELEASE, _Release, _release_codes, 2, known_at)
    stays, many = np.unique(every.stay, return_counts=True)
    told = _last(every)
    # A stay brought in from a register without a release of its own has its end in its row.
    ends[np.isin(ids, _stays_with(session, RELEASE.name, None, withdrawn=False))] = ALWAYS
    if known_at is not None:
        ends[ends > micros(known_at)] = ALWAYS
    _put(ids, ends, told.stay, told.codes[:, 0])
    reasons = np.full(len(ids), _UNKNOWN_REASON)
    _put(ids, reasons, told.stay, told.codes[:, 1])
    return reasons, stays[many > 1]


def _begin_earliest(ids: Ints, starts: Ints, joined: Joined) -> None:
    """A stay that was recorded twice began with whichever of the two began first."""
    for aside in joined.stays:
        into = int(joined.of_stays(np.array([aside]))[0])
        one, other = np.flatnonzero(ids == aside), np.flatnonzero(ids == into)
        if len(one) and len(other):
            starts[other] = np.minimum(starts[other], starts[one])


def _away(session: Session, stays: Stays, joined: Joined, known_at: datetime | None) -> Timeline:
    """Times at large within a stay, those that overlap made one."""
    told = read(session, AT_LARGE, _AtLarge, _away_codes, 1, known_at)
    rows = stays.row_of(joined.of_stays(told.stay))
    kept: list[list[int]] = []
    for place in np.lexsort((told.starts, rows)):
        row = int(rows[place])
        if row < 0:
            continue
        begins = max(int(told.starts[place]), int(stays.starts[row]))
        finish = min(int(told.ends[place]), int(stays.ends[row]))
        if begins >= finish:
            continue
        if kept and kept[-1][0] == row and kept[-1][2] >= begins:
            kept[-1][2] = max(kept[-1][2], finish)
        else:
            kept.append([row, begins, finish, int(told.codes[place, 0])])
    if not kept:
        return NOTHING
    row_of, begun, over, how = np.array(kept, np.int64).T
    return Timeline(stays.persons[row_of], row_of, row_of, begun, over, how[:, None])


def _last(told: Timeline) -> Timeline:
    """What was said last of each stay."""
    return told.part(told.ends == ALWAYS)


def _put(ids: Ints, into: Ints, whose: Ints, values: Ints) -> None:
    """Write values of stays into a column that stands in the order of `ids`."""
    known = np.isin(whose, ids)
    into[np.searchsorted(ids, whose[known])] = values[known]


def _first_words(session: Session, known_at: datetime) -> tuple[Ints, Ints]:
    """The admission of each stay as it was first written, of stays of which none had been written then."""
    late = select(_F.booking_id).where(_F.kind == ADMISSION.name, _F.recorded_at > known_at)
    rows = session.execute(
        select(_F.booking_id, _F.value)
        .where(_F.kind == ADMISSION.name, _F.booking_id.in_(late))
        .order_by(_F.id.desc())
    ).fetchall()
    first = {row[0]: msgspec.json.decode(row[1], type=_Admission).admitted_at for row in rows}
    return np.fromiter(first, np.int64), times(list(first.values()))


def _stays_with(session: Session, kind: str, known_at: datetime | None, *, withdrawn: bool) -> Ints:
    wanted = select(_F.booking_id).where(_F.kind == kind, _F.booking_id.is_not(None))
    if withdrawn:
        wanted = wanted.where(_F.act == Act.WITHDRAWS.value)
    if known_at is not None:
        wanted = wanted.where(_F.recorded_at <= known_at)
    return np.fromiter((row[0] for row in session.execute(wanted)), np.int64)


def _admission_codes(values: Sequence[_Admission]) -> Ints:
    return times([one.admitted_at for one in values])


def _release_codes(values: Sequence[_Release]) -> Ints:
    reasons = np.array([_REASONS[one.reason] for one in values], np.int64)
    return np.stack((times([one.released_at for one in values]), reasons), axis=1)


def _away_codes(values: Sequence[_AtLarge]) -> Ints:
    return np.array([_HOW[one.how] for one in values], np.int64)
