"""Who is one person with whom. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from hub.custody.merging.records import Joined, JoinedStay, MergeCase, MergeStep
from hub.custody.merging.rules import JOINING, OPEN, Act, Edge, leaders
from hub.database import once


@dataclass(frozen=True)
class Standing:
    """A case and its steps, oldest first."""

    case: MergeCase
    steps: Sequence[MergeStep]

    @property
    def last(self) -> MergeStep:
        return self.steps[-1]

    @property
    def merged(self) -> MergeStep | None:
        """The step that joined the two, whatever came after it."""
        return next((step for step in self.steps if step.act == Act.MERGED), None)


def family_of(session: Session, person_id: int, known_at: datetime | None = None) -> tuple[int, ...]:
    """Everybody who is one person with this one, whoever leads first; alone for most.

    `known_at` asks as it was known then.
    """
    if known_at is not None:
        return _family(leaders(edges(session, known_at)), person_id)
    found = {row.person_id: row.lead_id for row in session.scalars(_OF_FAMILY, {"person_id": person_id})}
    if person_id in found:
        led = select(Joined.person_id).where(Joined.lead_id == found[person_id])
        return (found[person_id], *session.scalars(led.order_by(Joined.person_id)))
    return (person_id, *sorted(found))


def families_of(session: Session, person_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """The family of each of these people."""
    found = leads(session)
    return {person_id: _family(found, person_id) for person_id in person_ids}


def lead_of(session: Session, person_id: int, known_at: datetime | None = None) -> int:
    """The person whose number leads; the same person for most."""
    if known_at is not None:
        return leaders(edges(session, known_at)).get(person_id, person_id)
    found = session.scalar(select(Joined.lead_id).where(Joined.person_id == person_id))
    return person_id if found is None else found


def leads(session: Session) -> dict[int, int]:
    """Who leads each person that is led by another; merges are few."""
    return dict(once(session, _leads))


def joined_stays(session: Session) -> dict[int, int]:
    """Stays that were set aside because they were recorded twice, and the stay that each goes on as."""
    return dict(once(session, _joined_stays))


def stays_with(session: Session, booking_id: int) -> tuple[int, ...]:
    """The stay and those that go on as it: the orders of all of them hold the person."""
    return (booking_id, *sorted(one for one, into in joined_stays(session).items() if into == booking_id))


def edges(session: Session, known_at: datetime | None = None) -> list[Edge]:
    """(who leads, who is led) of every merge that holds, or held as known at a time, in the order of merging."""
    found: list[tuple[int, Edge]] = []
    for standing in _standings(session, known_at):
        merged = standing.merged
        if merged is not None and merged.lead_id is not None and standing.last.act in JOINING:
            case = standing.case
            led = case.other_id if merged.lead_id == case.one_id else case.one_id
            found.append((merged.id, (merged.lead_id, led)))
    return [edge for _, edge in sorted(found)]


def cases_of(session: Session, person_ids: Collection[int]) -> list[Standing]:
    """Every case that one of these people stands in, oldest first."""
    return _with_steps(session, session.scalars(_CASES_OF, {"ids": list(person_ids)}).all(), None)


def standing_of(session: Session, case_id: int) -> Standing | None:
    """One case."""
    case = session.get(MergeCase, case_id)
    return None if case is None else _with_steps(session, [case], None)[0]


def all_cases(session: Session, *, open_only: bool) -> list[Standing]:
    """Cases, newest first; those that wait for somebody, or all."""
    found = [one for one in _standings(session, None) if not open_only or one.last.act in OPEN]
    return sorted(found, key=lambda one: one.last.id, reverse=True)


def count_to_decide(session: Session, login: str) -> int:
    """Cases that wait for this account: suspected by anybody, or asked for by another one."""
    newest = select(func.max(MergeStep.id)).group_by(MergeStep.case_id)
    wanted = select(func.count(MergeStep.id)).where(
        MergeStep.id.in_(newest),
        MergeStep.act.in_([act.value for act in OPEN]),
        or_(MergeStep.act == Act.SUSPECTED.value, MergeStep.by != login),
    )
    return session.scalar(wanted) or 0


def _standings(session: Session, known_at: datetime | None) -> list[Standing]:
    return _with_steps(session, session.scalars(select(MergeCase)).all(), known_at)


def _with_steps(session: Session, cases: Sequence[MergeCase], known_at: datetime | None) -> list[Standing]:
    if not cases:
        return []
    steps: dict[int, list[MergeStep]] = {}
    wanted = select(MergeStep).order_by(MergeStep.case_id, MergeStep.number)
    if len(cases) < 100:
        wanted = wanted.where(MergeStep.case_id.in_([case.id for case in cases]))
    for step in session.scalars(wanted):
        if known_at is None or step.at <= known_at:
            steps.setdefault(step.case_id, []).append(step)
    return [Standing(case, steps[case.id]) for case in cases if case.id in steps]


_OF_FAMILY: Final = select(Joined).where(
    or_(Joined.person_id == bindparam("person_id"), Joined.lead_id == bindparam("person_id"))
)
# Asked at every look and every act of sharing: columns alone, put together once.
_LEADS: Final = select(Joined.person_id, Joined.lead_id)
_ASIDE: Final = select(JoinedStay.booking_id, JoinedStay.into_id)
_CASES_OF: Final = (
    select(MergeCase)
    .where(
        or_(
            MergeCase.one_id.in_(bindparam("ids", expanding=True)),
            MergeCase.other_id.in_(bindparam("ids", expanding=True)),
        )
    )
    .order_by(MergeCase.id)
)


def _leads(session: Session) -> dict[int, int]:
    return {row.person_id: row.lead_id for row in session.execute(_LEADS)}


def _joined_stays(session: Session) -> dict[int, int]:
    direct = {row.booking_id: row.into_id for row in session.execute(_ASIDE)}
    return {booking: _end(direct, booking) for booking in direct}


def _family(lead: Mapping[int, int], person_id: int) -> tuple[int, ...]:
    first = lead.get(person_id, person_id)
    return (first, *sorted(one for one, its in lead.items() if its == first))


def _end(direct: Mapping[int, int], booking: int) -> int:
    while booking in direct:
        booking = direct[booking]
    return booking
