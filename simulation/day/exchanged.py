"""What the hub holds of what agencies sent and were told, read as its own pages read it: people by their numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import settings
from hub.custody.facts.reading import current
from hub.custody.identity import IDENTITY
from hub.custody.legal import HEARING, RELEASE_ORDER
from hub.custody.records import Booking, Person
from hub.database import make_engine, make_sessions, session_scope
from hub.sharing.census.lists import Part, differences
from hub.sharing.corrections.lists import Line, listed
from hub.sharing.corrections.lists import Part as Corrections


class Exchanged:
    """Reads the hub at `data`; nothing here writes."""

    def __init__(self, data: Path) -> None:
        self._sessions = make_sessions(make_engine(settings.load(data).database))

    def stay(self, number: str) -> str:
        """The number of somebody's newest stay."""
        with session_scope(self._sessions, writes=False) as session:
            wanted = select(Booking.number).where(Booking.person_id == _person(session, number).id)
            return session.scalars(wanted.order_by(Booking.id.desc())).first() or ""

    def birth(self, number: str) -> tuple[int, date | None]:
        """The fact that says when somebody was born, and what it says."""
        with session_scope(self._sessions, writes=False) as session:
            [held] = current(session, IDENTITY, person_id=_person(session, number).id)
            return held.row.id, held.value.born_on

    def papers_to_go(self, number: str) -> list[str]:
        """References of the orders to release somebody."""
        with session_scope(self._sessions, writes=False) as session:
            held = current(session, RELEASE_ORDER, person_id=_person(session, number).id)
            return [one.value.reference for one in held]

    def court_dates(self, number: str, case: str) -> list[datetime]:
        """When somebody is before a court in this case."""
        with session_scope(self._sessions, writes=False) as session:
            held = current(session, HEARING, person_id=_person(session, number).id)
            return [one.value.hearing_at.astimezone(UTC) for one in held if one.value.case == case]

    def is_held(self, number: str) -> bool:
        """Whether somebody's stay is open."""
        with session_scope(self._sessions, writes=False) as session:
            wanted = select(Booking.id).where(
                Booking.person_id == _person(session, number).id, Booking.released_at.is_(None)
            )
            return session.scalar(wanted) is not None

    def to_be_told(self, number: str) -> dict[str, bool]:
        """By agency, whether it confirmed every correction of what it was told of somebody."""
        with session_scope(self._sessions, writes=False) as session:
            lines: list[Line] = [
                one
                for one in listed(session, Corrections.ALL, datetime.now(UTC)).lines
                if one.row.person == number
            ]
            found: dict[str, bool] = {}
            for each in (heard for line in lines for heard in line.heard):
                found[each.row.agency] = found.get(each.row.agency, True) and each.confirmed
            return found

    def differences(self, agency: str, part: Part = Part.OPEN) -> list[list[str]]:
        """In what the lists differ, each as its sort and the person here whom it is about."""
        with session_scope(self._sessions, writes=False) as session:
            return sorted([one.sort, one.person] for one in differences(session, agency, part).rows)


def _person(session: Session, number: str) -> Person:
    return session.scalars(select(Person).where(Person.number == number)).one()
