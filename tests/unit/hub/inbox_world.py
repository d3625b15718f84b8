"""Messages of agencies about people whom the hub knows, or does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from hub.accounts.audit import Actor
from hub.accounts.permissions import Permission
from hub.custody.actions import open_booking, register_person
from hub.custody.facts.kinds import Kind, V
from hub.custody.facts.reading import current
from hub.custody.records import Booking, Person
from hub.custody.rules import PersonFacts, Sex
from hub.database import session_scope
from hub.sharing.inbox import deciding
from hub.sharing.inbox.drafts import Draft, as_proposed
from hub.sharing.inbox.lists import Read, by_number, read
from hub.sharing.inbox.messages import (
    CourtOrder,
    ImposedPart,
    Message,
    OrderMessage,
    SentenceMessage,
    SentTerm,
    Subject,
)
from hub.sharing.inbox.receiving import Receipt, receipt_of, receive
from hub.web.formats import SITE_ZONE

from .sharing_world import COURTS, SharingWorld, sharing_world
from .site_world import World

RITA = Actor("rita", "10.0.0.9")
SENT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
ANA = Subject(surname="Novelo", given="Ana", number="P-000001", born_on=date(1990, 5, 1), sex="F")
COURT = "Belize City"


@dataclass
class Inbox:
    """The world with four agencies, and short ways to what comes in."""

    world: World
    sharing: SharingWorld

    def send(self, exchange: str, message: Message, agency: str = COURTS) -> Receipt:
        with session_scope(self.world.sessions) as session:
            return receive(
                session,
                agency=agency,
                exchange=exchange,
                message=message,
                message_id=message.message_id,
                at=self.world.at,
            )

    def receipt(self, number: str, agency: str = COURTS) -> Receipt:
        with session_scope(self.world.sessions, writes=False) as session:
            found = receipt_of(session, agency, number)
        assert found is not None
        return found

    def read(self, number: str) -> Read:
        with session_scope(self.world.sessions, writes=False) as session:
            pair = by_number(session, number)
            assert pair is not None
            return read(session, *pair, self.world.at)

    def doubts(self, number: str) -> set[str]:
        return {flag.doubt.value for flag in self.read(number).flags}

    def drafts(self, number: str) -> list[Draft]:
        """As an officer would tick them: all, the legal status too."""
        drafts = as_proposed(self.read(number).proposals, self.world.at.astimezone(SITE_ZONE).date())
        for one in drafts:
            one.recorded = True
        return drafts

    def accept(self, number: str, drafts: list[Draft] | None = None, *, seen: int | None = None) -> None:
        found = self.read(number)
        drafts = self.drafts(number) if drafts is None else drafts
        with session_scope(self.world.sessions) as session:
            person = None if found.match is None else found.match.person
            newest = 0 if person is None else deciding.newest_line(session, person.id)
            deciding.accept(
                session,
                number,
                found.item.version,
                drafts,
                person,
                None if found.match is None else found.match.booking,
                seen=newest if seen is None else seen,
                reference="",
                may=lambda _permission: True,
                actor=RITA,
                at=self.world.at,
            )

    def refuse(self, number: str, why: str, words: str = "Not ours") -> None:
        version = self.read(number).item.version
        with session_scope(self.world.sessions) as session:
            deciding.refuse(session, number, version, deciding.Why(why), words, actor=RITA, at=self.world.at)

    def held(self, kind: Kind[V]) -> list[V]:
        with session_scope(self.world.sessions, writes=False) as session:
            return [one.value for one in current(session, kind, person_id=self.sharing.person)]

    def person(self, surname: str, given: str, born_on: date | None, *, inside: bool = True) -> Person:
        """Somebody else in the register."""
        with session_scope(self.world.sessions) as session:
            facts = PersonFacts(surname, given, born_on, Sex.FEMALE)
            person = register_person(session, facts, actor=RITA, at=self.world.at)
            if inside:
                open_booking(session, person, admitted_at=self.world.at, recorded_at=self.world.at, by="test")
        return person

    def stays(self) -> int:
        with session_scope(self.world.sessions, writes=False) as session:
            return session.query(Booking).count()


def inbox(world: World) -> Inbox:
    world.site()
    return Inbox(world, sharing_world(world))


def order(message_id: str = "o-1", **parts: Any) -> OrderMessage:
    """A remand order of the court that has the case."""
    told: dict[str, Any] = {
        "issued_at": SENT,
        "subject": ANA,
        "court": COURT,
        "case": "C 7",
        "reference": f"RO {message_id}",
        "kind": CourtOrder.REMAND,
        "issued_on": date(2026, 11, 20),
        "valid_until": date(2026, 12, 20),
    }
    return OrderMessage(message_id=message_id, **{**told, **parts})


def sentence(message_id: str = "s-1", **parts: Any) -> SentenceMessage:
    """Three years with forty days credited, and six months after them."""
    told: dict[str, Any] = {
        "issued_at": SENT,
        "subject": ANA,
        "court": COURT,
        "case": "C 7",
        "reference": f"SO {message_id}",
        "imposed_on": date(2026, 11, 20),
        "parts": (
            ImposedPart(count="1", offence="Robbery", iccs="0401", term=SentTerm(years=3), credit_days=40),
            ImposedPart(count="2", offence="Handling", iccs="0502", term=SentTerm(months=6), follows="1"),
        ),
    }
    return SentenceMessage(message_id=message_id, **{**told, **parts})


def may_not(_permission: Permission) -> bool:
    return False
