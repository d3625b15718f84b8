"""What the hub says, asked through the functions that its own pages ask: plain values, people by their numbers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import settings
from hub.custody.actions import open_booking_of
from hub.custody.records import Person
from hub.database import make_engine, make_sessions, session_scope
from hub.headcount.reading import Viewer, session_view
from hub.headcount.reckoned import UnitReckoning
from hub.movements.alarms.reading import OpenAlarm, raised_between
from hub.movements.external.reading import away
from hub.movements.passes.reading import open_passes
from hub.movements.whereabouts.places import places
from hub.roll.gate_plans.gates import gates, newest
from hub.roll.gate_plans.planning import everything, plan_of
from hub.terminals.epochs import current_epoch
from simulation.day.told import Alarm, Counted, Out, PassLine, Reckoned
from wire.codec import encode
from wire.versions import Version

_PAIR: Final = re.compile(r"pair:(\d+)-(\d+)")
_ALL: Final = 10_000
_CONTROL_ROOM: Final = Viewer("", sees_totals=True)


class Word:
    """Reads the hub at `data`. Nothing here writes; each question sees one state of the database."""

    def __init__(self, data: Path) -> None:
        self._sessions = make_sessions(make_engine(settings.load(data).database))

    def alarms(self, since: datetime) -> list[Alarm]:
        """Everything that rang since then, open or closed, oldest first."""
        with session_scope(self._sessions, writes=False) as session:
            found = raised_between(session, since, datetime.now(UTC), _ALL)
            numbers = _numbers(session, [one for alarm in found for one in _people(alarm)])
            return [
                Alarm(
                    number=one.id,
                    code=one.code,
                    key=one.key,
                    terminal=one.terminal or "",
                    people=tuple(sorted(numbers[person] for person in _people(one) if person in numbers)),
                    raised_at=one.raised_at,
                    over_at=one.over_at,
                )
                for one in reversed(found)
            ]

    def open_passes(self, numbers: Iterable[str]) -> dict[str, PassLine]:
        """The pass of each of these people that is not over yet."""
        with session_scope(self._sessions, writes=False) as session:
            people = _ids(session, numbers)
            found = open_passes(session, datetime.now(UTC), people=people)
            return {one.number: PassLine(one.id, one.number, str(one.state)) for one in found}

    def outside(self) -> dict[str, Out]:
        """Everybody who is out by the record of law."""
        with session_scope(self._sessions, writes=False) as session:
            now = datetime.now(UTC)
            found = {}
            for one in away(session, now).values():
                held = open_booking_of(session, one.person_id) is not None
                found[one.number] = Out(one.number, one.why.name, one.convoy_id or 0, held, one.left_at)
            return found

    def zone_of(self, number: str) -> int | None:
        """Where the hub has the person, as a row's number; None when it does not know."""
        with session_scope(self._sessions, writes=False) as session:
            for person in _ids(session, [number]):
                place = places(session, datetime.now(UTC), people=[person]).get(person)
                return None if place is None else place.zone_id
        return None

    def plans_held(self, terminals: Iterable[str]) -> bool:
        """Whether each of these terminals says that it holds what it shall decide by as things stand now."""
        wanted = set(terminals)
        with session_scope(self._sessions, writes=False) as session:
            every = gates(session)
            found = [one for one in every if one.name in wanted]
            known, made = everything(session, datetime.now(UTC), every), newest(session)
            epoch = current_epoch(session)
            return len(found) == len(wanted) and all(
                (row := made.get(one.terminal_id)) is not None
                and row.digest == hashlib.sha256(encode(plan_of(known, one))).hexdigest()
                and one.held == Version(epoch, row.counter)
                for one in found
            )

    def count(self, number: int) -> Counted:
        """A headcount as the control room sees it."""
        with session_scope(self._sessions, writes=False) as session:
            view = session_view(session, number, _CONTROL_ROOM, datetime.now(UTC))
            assert view is not None
            assert view.reckoning is not None
            told = {person: row.number for person, row in view.people.items()}
            return Counted(
                number=number,
                state=view.state.value,
                units={one.code: _unit(one, told) for one in view.reckoning.units},
                twice={told[one.person]: tuple(one.units) for one in view.reckoning.twice},
                away=tuple(sorted(told[one] for one in view.reckoning.away)),
                agrees=view.reckoning.agrees,
                roll=view.reckoning.roll,
                cleared_by=view.count.cleared_by,
                cleared_at=view.count.cleared_at,
            )


def _unit(one: UnitReckoning, told: dict[int, str]) -> Reckoned:
    slip = one.slip
    return Reckoned(
        recount=None if slip is None else slip.recount,
        observed=None if slip is None else slip.observed,
        expected=len(one.expected),
        off=one.off,
        candidates=tuple(told[each.person] for each in one.candidates),
        missing=tuple(told[each.person] for each in one.missing),
        extra=tuple(told[each.person] for each in one.extra),
    )


def _people(alarm: OpenAlarm) -> list[int]:
    pair = _PAIR.fullmatch(alarm.key)
    if pair is not None:
        return [int(one) for one in pair.groups()]
    return [] if alarm.person_id is None else [alarm.person_id]


def _numbers(session: Session, people: Iterable[int]) -> dict[int, str]:
    wanted = select(Person.id, Person.number).where(Person.id.in_(set(people)))
    return {row.id: row.number for row in session.execute(wanted)}


def _ids(session: Session, numbers: Iterable[str]) -> list[int]:
    return list(session.scalars(select(Person.id).where(Person.number.in_(list(numbers)))))
