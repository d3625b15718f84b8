"""A look at some people: what was found about them, as far as something has to be written because of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hub.custody.facts.records import Fact
from hub.custody.records import Booking, Person, PersonChange
from hub.docket.after_release import CODES
from hub.docket.judging import Found, Judged, Key, judge, not_judged
from hub.docket.reading import snapshots
from hub.docket.records import Finding
from hub.docket.rules import CHECKS
from hub.docket.settling import Unknown, plan, standing_rows
from hub.docket.snapshot import Snapshot
from hub.docket.surroundings import Surroundings
from hub.docket.troubles import Trouble, trouble_of
from hub.sentences import Sentence

_FILE: Final = Sentence("The whole file")


@dataclass(frozen=True)
class Marks:
    """The newest fact and change of a person that a look has seen."""

    fact_id: int
    change_id: int


@dataclass(frozen=True)
class Look:
    """What was found about `person_ids`, and who of them are in custody, as far as facts were known.

    `now` has what checks look at that found nothing and have an open finding.
    """

    person_ids: frozenset[int]
    here: frozenset[int]
    found: Mapping[Key, Found]
    now: Mapping[Key, str | Unknown]
    marks: Marks

    def inputs(self, row: Finding) -> str | Unknown | None:
        """What the check of an open finding looks at now; one that was opened since the look stays as it is."""
        if row.person_id not in self.here:
            return None
        return self.now.get((row.check_code, row.person_id, row.subject), Unknown.UNKNOWN)

    def of(self, person_ids: Iterable[int]) -> Look:
        """The look at these people alone."""
        left = self.person_ids.intersection(person_ids)
        found = {key: one for key, one in self.found.items() if one.person_id in left}
        now = {key: state for key, state in self.now.items() if key[1] in left}
        return replace(self, person_ids=left, here=self.here & left, found=found, now=now)


def marks_of(session: Session) -> Marks:
    """How far facts and changes have come."""
    return Marks(
        session.scalar(select(func.max(Fact.id))) or 0, session.scalar(select(func.max(PersonChange.id))) or 0
    )


def look_at(session: Session, around: Surroundings, person_ids: Sequence[int], marks: Marks) -> Look:
    """Look at these people; who has nothing new is left out of what comes back."""
    judged = {one.snapshot.person_id: one for one in _judged(session, around, person_ids)}
    found = {one.key: one for each in judged.values() for one in each.found}
    standing = [row for row in standing_rows(session, person_ids) if row.check_code not in CODES]
    now = {
        key: _now(row, judged[row.person_id])
        for row in standing
        if row.person_id in judged and (key := (row.check_code, row.person_id, row.subject)) not in found
    }
    whole = Look(frozenset(person_ids), frozenset(judged), found, now, marks)
    return whole.of(plan(session, found, standing, whole.inputs, at=around.at).person_ids)


def without_changed(session: Session, around: Surroundings, look: Look) -> Look:
    """Whoever changed since they were looked at is left to the next look."""
    family = around.family(list(look.person_ids))
    changed = session.scalars(
        select(Fact.person_id).where(Fact.id > look.marks.fact_id, Fact.person_id.in_(list(family)))
    )
    return look.of(look.person_ids - {family[one] for one in changed})


def _now(row: Finding, judged: Judged) -> str | Unknown:
    """A check that is no longer made cannot tell that anything changed: what it found stays."""
    check = CHECKS.get(row.check_code)
    if check is None:
        return row.inputs
    return judged.inputs_of(check) or Unknown.UNKNOWN


def _judged(session: Session, around: Surroundings, person_ids: Sequence[int]) -> Iterator[Judged]:
    """Where one file keeps a part from being read, the others are read one by one, and it stands as unreadable."""
    try:
        known = list(snapshots(session, around, person_ids))
    except SQLAlchemyError:
        raise  # that is not the fault of a file
    except Exception as error:  # noqa: BLE001 - it shows as a finding of NOT_CHECKED
        if len(person_ids) > 1:
            for person_id in person_ids:
                yield from _judged(session, around, [person_id])
        else:
            yield from _not_judged(session, around, person_ids, trouble_of(error, _FILE))
        return
    for one in known:
        yield judge(one, around.limits)


def _not_judged(
    session: Session, around: Surroundings, person_ids: Sequence[int], trouble: Trouble
) -> Iterator[Judged]:
    wanted = (
        select(Person.id, Person.number, Booking.id, Booking.recorded_at)
        .join(Booking, Booking.person_id == Person.id)
        .where(Booking.released_at.is_(None), Person.id.in_(person_ids))
    )
    for person_id, number, booking_id, recorded_at in session.execute(wanted):
        bare = Snapshot(person_id, number, "", "", None, booking_id, recorded_at, around.at)
        yield not_judged(bare, around.limits, trouble)
