"""Which files were one person, and which stays one stay, as it was known at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.merging.reading import edges
from hub.custody.merging.records import MergeStep
from hub.custody.merging.rules import JOINING, Act, leaders
from hub.statistics.reading.timelines import Ints


@dataclass(frozen=True)
class Joined:
    """Who leads each person that is led, and as what each stay goes on that was recorded twice."""

    leads: dict[int, int]
    stays: dict[int, int]

    def persons(self, ids: Ints) -> Ints:
        """Each person by whoever leads."""
        return _replaced(ids, self.leads)

    def of_stays(self, ids: Ints) -> Ints:
        """Each stay by the one as which it goes on."""
        return _replaced(ids, self.stays)


def joined_at(session: Session, known_at: datetime | None) -> Joined:
    """As known then; None for now."""
    return Joined(leaders(edges(session, known_at)), _joined_stays(session, known_at))


def _joined_stays(session: Session, known_at: datetime | None) -> dict[int, int]:
    wanted = select(MergeStep).order_by(MergeStep.case_id, MergeStep.number)
    if known_at is not None:
        wanted = wanted.where(MergeStep.at <= known_at)
    merged: dict[int, MergeStep] = {}
    last: dict[int, str] = {}
    for step in session.scalars(wanted):
        last[step.case_id] = step.act
        if step.act == Act.MERGED:
            merged[step.case_id] = step
    return {
        step.aside_id: step.into_id
        for case, step in merged.items()
        if last[case] in JOINING and step.aside_id is not None and step.into_id is not None
    }


def _replaced(ids: Ints, by: dict[int, int]) -> Ints:
    if not by:
        return ids
    found = ids.copy()
    for old in np.flatnonzero(np.isin(ids, np.fromiter(by, np.int64))):
        one = int(ids[old])
        while one in by:
            one = by[one]
        found[old] = one
    return found
