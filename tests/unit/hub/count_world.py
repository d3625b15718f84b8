"""A prison of two blocks for headcounts: people who live in them, officers, and slips as terminals send them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from hub.accounts.audit import OPERATOR, Actor
from hub.custody.actions import assign_home, open_booking_of
from hub.custody.records import Person
from hub.database import session_scope
from hub.headcount import leading
from hub.headcount.leading import Asked
from hub.headcount.out_counts import NewStep, note_out_count
from hub.headcount.records import Headcount, HeadcountStep
from hub.headcount.states import State
from hub.headcount.taking import NewMark, NewSlip, Told, take_mark, take_slip
from hub.movements.orders.in_force import in_force
from hub.movements.records import FeedItem
from hub.movements.site.files import read_site
from hub.movements.site.importing import import_site
from wire.happenings import CountKind, CountMethod, OutCountStep

from .site_world import World

CORA = Actor("cora", "10.0.0.1")
SITE = b"""
[[zone]]
code = "yard"
name = "Yard"
kind = "MOVEMENT_AREA"
[[zone]]
code = "clinic"
name = "Clinic"
kind = "CLINIC"
[[zone]]
code = "a"
name = "Block A"
kind = "BLOCK"
unit = true
[[zone]]
code = "b"
name = "Block B"
kind = "BLOCK"
unit = true
[[checkpoint]]
code = "a-in"
name = "Block A, entry"
from_zone = "yard"
to_zone = "a"
[[checkpoint]]
code = "b-in"
name = "Block B, entry"
from_zone = "yard"
to_zone = "b"
"""


@dataclass
class Prison:
    """Three people in block A, two in block B; what is counted is said through it."""

    world: World
    people: list[Person] = field(default_factory=list)
    sequence: int = 0

    def told(self, at: datetime | None = None) -> Told:
        self.sequence += 1
        return Told("a-1", b"j" * 16, self.sequence, at or self.world.at)

    def announce(self, kind: CountKind = CountKind.FORMAL, **more: object) -> int:
        with session_scope(self.world.sessions) as session:
            asked = Asked(kind, **more)  # type: ignore[arg-type]
            return leading.announce(session, asked, actor=CORA, at=self.world.at).id

    def counting(self, kind: CountKind = CountKind.FORMAL) -> int:
        """A count that was announced and frozen, and whose units count since a minute."""
        number = self.announce(kind)
        self.lead(number, "freeze")
        self.lead(number, "begin")
        self.world.later(seconds=60)
        return number

    def lead(self, number: int, act: str, **more: object) -> None:
        with session_scope(self.world.sessions) as session:
            count = session.get_one(Headcount, number)
            getattr(leading, act)(session, count, actor=CORA, at=self.world.at, **more)

    def recount(self, number: int, *units: str, rung: State = State.RECOUNT, reason: str = "") -> None:
        self.lead(number, "climb", rung=rung, units=units, reason=reason)

    def slip(self, number: int, unit: str, observed: int, recount: int = 0, **more: object) -> None:
        made: dict[str, object] = {
            "method": CountMethod.NUMBER,
            "counters": ("ann", "bob") if unit == "a" else ("cy", "dee"),
            "took_s": 50,
            "signs_of_life": True,
            "told": self.told(),
            **more,
        }
        with session_scope(self.world.sessions) as session:
            take_slip(session, NewSlip(number, unit, recount, observed=observed, **made), self.world.at)  # type: ignore[arg-type]

    def named(self, number: int, unit: str, recount: int, *people: int | None) -> None:
        """A recount by name, signed: the people by their place in `people`, None for a stranger."""
        with session_scope(self.world.sessions) as session:
            for one in people:
                person = None if one is None else self.people[one].id
                mark = NewMark(number, unit, recount, person, CountMethod.BY_NAME, "ann", self.told())
                take_mark(session, mark, self.world.at)
        self.slip(number, unit, len(people), recount, method=CountMethod.BY_NAME)

    def out(self, number: int, person: int, place: str, step: OutCountStep, officer: str) -> None:
        with session_scope(self.world.sessions) as session:
            said = NewStep(number, self.people[person].id, "a", place, step, officer, self.told())
            note_out_count(session, said, self.world.at)

    def state(self, number: int) -> State:
        with session_scope(self.world.sessions, writes=False) as session:
            return State(session.get_one(Headcount, number).state)

    def steps(self, number: int) -> list[str]:
        with session_scope(self.world.sessions, writes=False) as session:
            rows = session.scalars(
                select(HeadcountStep).where(HeadcountStep.headcount_id == number).order_by(HeadcountStep.id)
            )
            return [row.step for row in rows]

    def orders(self) -> Sequence[str]:
        with session_scope(self.world.sessions, writes=False) as session:
            return [order.kind.value for order in in_force(session, self.world.at)]

    def alarms(self) -> list[str]:
        with session_scope(self.world.sessions, writes=False) as session:
            rows = session.scalars(select(FeedItem).where(FeedItem.kind == "alarm").order_by(FeedItem.id))
            return [str(row.payload["what"]) for row in rows]


def prison(world: World) -> Prison:
    """Two blocks that are units, five people who live there since yesterday."""
    made = Prison(world)
    with session_scope(world.sessions) as session:
        import_site(session, read_site(SITE), actor=OPERATOR, at=world.at)
    born = world.at
    world.at = born - timedelta(days=1)
    for number, surname in enumerate(("Alvarez", "Bol", "Cal", "Diaz", "Ek")):
        person = world.person(surname, "Jo")
        made.people.append(person)
        with session_scope(world.sessions) as session:
            booking = open_booking_of(session, person.id)
            assert booking is not None
            home = "a" if number < 3 else "b"
            assign_home(session, booking, home, effective_at=world.at, recorded_at=world.at, actor=OPERATOR)
    world.at = born
    return made
