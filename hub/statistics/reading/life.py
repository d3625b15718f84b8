"""What happened inside: incidents, visits, complaints; as it was known at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.life.complaints import COMPLAINT, CONFIDENTIAL
from hub.custody.life.incident_forms import IncidentSort
from hub.custody.life.records import IncidentStep
from hub.custody.life.visits import VISIT, VisitKind, VisitOutcome
from hub.statistics.cuts import INCIDENT, VISIT_SORT
from hub.statistics.reading.timelines import ALWAYS, Ints, Timeline, micros, read, times
from hub.web.formats import start_of

ASSAULT: Final = INCIDENT.codes().index(IncidentSort.ASSAULT.value)
_TOOK_PLACE: Final = frozenset({VisitOutcome.TOOK_PLACE.value, VisitOutcome.ENDED_EARLY.value})


class _Report(msgspec.Struct):
    sort: IncidentSort
    occurred_at: datetime


class _Visit(msgspec.Struct):
    visit_at: datetime
    sort: VisitKind = VisitKind.FAMILY
    outcome: str = ""


class _Complaint(msgspec.Struct):
    due_on: date
    outcome: str = ""


@dataclass(frozen=True)
class Life:
    """Columns of numbers, a row for each event, the first column when."""

    incidents: Ints
    """When, and the place in the cut INCIDENT."""
    visits: Ints
    """When, and the place in the cut VISIT; those alone that took place."""
    complaints: Ints
    """The last moment at which the answer was in time, and when it came (ALWAYS: not yet)."""


def life_of(session: Session, known_at: datetime | None) -> Life:
    """Of everybody."""
    visits = read(session, VISIT, _Visit, _visit_codes, 2, known_at)
    visits = visits.part((visits.ends == ALWAYS) & (visits.codes[:, 1] >= 0))
    complaints = [
        _answers(read(session, kind, _Complaint, _complaint_codes, 2, known_at))
        for kind in (COMPLAINT, CONFIDENTIAL)
    ]
    return Life(_incidents(session, known_at), visits.codes, np.concatenate(complaints))


def _incidents(session: Session, known_at: datetime | None) -> Ints:
    steps = IncidentStep.__table__.c
    wanted = select(steps.incident_id, steps.value).where(steps.act == "report").order_by(steps.id)
    if known_at is not None:
        wanted = wanted.where(steps.at <= known_at)
    newest = {row[0]: row[1] for row in session.execute(wanted)}
    reports = [msgspec.json.decode(value, type=_Report) for value in newest.values()]
    sorts = np.array([_SORTS[one.sort] for one in reports], np.int64)
    return np.stack((times([one.occurred_at for one in reports]), sorts), axis=1)


def _answers(told: Timeline) -> Ints:
    """Of each complaint when the answer was due, as it was said last, and when the first one came."""
    due: dict[int, int] = {}
    answered: dict[int, int] = {}
    for item, starts, (until, has_answer) in zip(
        told.item.tolist(), told.starts.tolist(), told.codes.tolist(), strict=True
    ):
        due[item] = until
        if has_answer:
            answered.setdefault(item, starts)
    rows = [(until, answered.get(item, ALWAYS)) for item, until in due.items()]
    return np.array(rows, np.int64).reshape(-1, 2)


def _visit_codes(values: Sequence[_Visit]) -> Ints:
    sorts = [_VISITS[one.sort] if one.outcome in _TOOK_PLACE else -1 for one in values]
    return np.stack((times([one.visit_at for one in values]), np.array(sorts, np.int64)), axis=1)


def _complaint_codes(values: Sequence[_Complaint]) -> Ints:
    return np.array(
        [(micros(start_of(one.due_on + timedelta(days=1))) - 1, bool(one.outcome)) for one in values],
        np.int64,
    )


_SORTS: Final = {sort: INCIDENT.codes().index(sort.value) for sort in IncidentSort}
_VISITS: Final = {sort: VISIT_SORT.codes().index(sort.value) for sort in VisitKind}
