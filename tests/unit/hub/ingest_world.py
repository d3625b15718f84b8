"""A small hub on a real SQLite file and terminals that only know how to write and sign a journal."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import OPERATOR
from hub.custody.actions import open_booking, register_person
from hub.custody.records import Person
from hub.custody.rules import PersonFacts, Sex
from hub.database import Sessions, make_engine, make_sessions, session_scope
from hub.ingest.doorkeeper import Delivery
from hub.ingest.intake import Taken, take_in
from hub.ingest.records import Journal
from hub.migrations import upgrade
from hub.movements.records import FeedItem, Position, Zone
from hub.movements.site.files import read_site
from hub.movements.site.importing import import_site
from hub.roll.scope import Scope
from hub.terminals.records import Status, Terminal
from wire.codec import Strict, encode
from wire.envelope import HUB, sign
from wire.happenings import Attempt, Decision, Evidence, Outcome, Passage, Started
from wire.journal import Clock, Entry, genesis, link, seal_batch
from wire.keys import OpeningKey, SigningKey, public_bytes
from wire.state import KIND, Health, JournalEnd, State
from wire.topics import Channel, topic
from wire.versions import NOTHING, Version

from ...databases import new_database, on_postgresql

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

SITE = b"""
[[zone]]
code = "yard"
name = "Yard"
kind = "MOVEMENT_AREA"
[[zone]]
code = "block-a"
name = "Block A"
kind = "BLOCK"
capacity = 40
[[zone]]
code = "workshop"
name = "Workshop"
kind = "WORKSHOP"
capacity = 20
[[checkpoint]]
code = "block-a"
name = "Block A, entry"
from_zone = "yard"
to_zone = "block-a"
[[checkpoint]]
code = "workshop"
name = "Workshop, entry"
from_zone = "yard"
to_zone = "workshop"
"""

EVIDENCE = Evidence(
    outcome=Outcome.MATCH,
    quality=80,
    score=9.5,
    runner_up=0.5,
    searched=80,
    expected=40,
    image_ms=430.0,
    decision_ms=90.0,
)


@dataclass
class Gate:
    """A terminal's journal. Entries are written at `clock`, which moves on by a second each time."""

    name: str
    checkpoint: str = "block-a"
    journal_id: bytes = b"j" * 16
    signing_key: SigningKey = field(default_factory=SigningKey.generate)
    opening_key: OpeningKey = field(default_factory=OpeningKey.generate)
    clock: datetime = NOON
    sure: Clock = Clock.SYNCHRONISED
    boot_id: str = "0" * 32
    booted_at: datetime = NOON - timedelta(hours=1)
    raws: list[bytes] = field(default_factory=list)
    links: list[bytes] = field(default_factory=list)

    def write(self, kind: str, body: bytes) -> int:
        """Append an entry; gives its sequence."""
        entry = Entry(
            sequence=len(self.raws) + 1,
            boot_id=self.boot_id,
            boot_time_ms=max(0, int((self.clock - self.booted_at) / timedelta(milliseconds=1))),
            wall_time=self.clock,
            clock=self.sure,
            kind=kind,
            body=body,
        )
        self.clock += timedelta(seconds=1)
        raw = encode(entry)
        self.links.append(link(self.link_before(entry.sequence), raw))
        self.raws.append(raw)
        return entry.sequence

    def says(self, body: Strict) -> int:
        """Append an entry of one of the agreed kinds."""
        return self.write(str(getattr(body, "KIND")), encode(body))  # noqa: B009 - each kind declares its own

    def passes(self, person: str | None, decision: Decision = Decision.ADMIT, **changed: Any) -> int:
        """Append a passage of this terminal's checkpoint."""
        facts: dict[str, Any] = {
            "checkpoint": self.checkpoint,
            "from_zone": "yard",
            "to_zone": self.checkpoint,
            "decision": decision,
            "rule": "expected" if decision is Decision.ADMIT else "zone_not_allowed",
            "person": person,
            "attempt": 1,
            "evidence": EVIDENCE,
            "roll_version": Version(1, 1),
            "roll_age_s": 3,
        }
        return self.says(Passage(**{**facts, **changed}))

    def tries(self) -> int:
        return self.says(Attempt(checkpoint=self.checkpoint, attempt=1, evidence=EVIDENCE, advice="press"))

    def starts(self, *, set_aside: bool = False) -> int:
        return self.says(Started(software="test", roll_version=NOTHING, set_aside=set_aside))

    def link_before(self, sequence: int) -> bytes:
        return genesis(self.name, self.journal_id) if sequence == 1 else self.links[sequence - 2]

    def batch(
        self,
        first: int = 1,
        last: int | None = None,
        *,
        historical: bool = False,
        at: datetime | None = None,
        key: SigningKey | None = None,
    ) -> Delivery:
        """Entries `first` to `last` as the broker delivers them, a moment after the last was written."""
        last = len(self.raws) if last is None else last
        raw = seal_batch(
            self.name,
            self.journal_id,
            first,
            self.link_before(first),
            self.raws[first - 1 : last],
            key or self.signing_key,
            historical=historical,
        )
        return Delivery(topic(self.name, Channel.JOURNAL), raw, at or self.clock)

    def state(
        self,
        session: int = 1,
        *,
        online: bool = True,
        roll: Version = NOTHING,
        last: int | None = None,
        last_link: bytes | None = None,
        retained: bool = False,
        at: datetime | None = None,
        **more: Any,
    ) -> Delivery:
        """What the terminal says of itself; its journal end is the true one unless given, and its roll copy the one
        of an unprotected terminal at its place.
        """
        end = len(self.raws) if last is None else last
        journal = JournalEnd(
            journal_id=self.journal_id,
            last=end,
            last_link=last_link or (self.link_before(end + 1) if end else bytes(32)),
        )
        health = Health(
            sensor="ok", queue_depth=0, disk_free_mb=100, clock=self.sure, roll_age_s=1, refused_from_hub=0
        )
        more.setdefault("roll_scope", "" if roll == NOTHING else self.scope())
        said = State(
            **more,
            session=session,
            online=online,
            software="test",
            boot_id=self.boot_id,
            said_at=self.clock,
            roll_version=roll,
            journal=journal if online else None,
            health=health if online else None,
        )
        raw = sign(KIND, self.name, HUB, said, self.signing_key)
        return Delivery(topic(self.name, Channel.STATE), raw, at or self.clock, retained)

    def scope(self) -> str:
        """What of the roll it holds while it is not protected."""
        return Scope(frozenset({"yard", self.checkpoint}), page=False).word()

    def twin(self, upto: int) -> Gate:
        """The same device restored from a copy of its card, made when the journal had `upto` entries."""
        return Gate(
            name=self.name,
            checkpoint=self.checkpoint,
            journal_id=self.journal_id,
            signing_key=self.signing_key,
            opening_key=self.opening_key,
            clock=self.clock,
            sure=self.sure,
            boot_id=self.boot_id,
            booted_at=self.booted_at,
            raws=self.raws[:upto],
            links=self.links[:upto],
        )


@dataclass
class World:
    """The hub's database with a site, people P-000001 to P-000003 and whichever terminals were granted."""

    engine: Engine
    sessions: Sessions

    def grant(self, gate: Gate) -> Gate:
        with session_scope(self.sessions) as session:
            session.add(
                Terminal(
                    name=gate.name,
                    checkpoint_code=gate.checkpoint,
                    verifying_key=public_bytes(gate.signing_key.public_key()),
                    sealing_key=public_bytes(gate.opening_key.public_key()),
                    certificate_fingerprint="0" * 64,
                    certificate_until_at=NOON + timedelta(days=300),
                    granted_at=NOON - timedelta(days=1),
                    status=Status.ACTIVE,
                )
            )
        return gate

    def cut_off(self, gate: Gate) -> None:
        with session_scope(self.sessions) as session:
            terminal = session.scalars(select(Terminal).where(Terminal.name == gate.name)).one()
            terminal.status, terminal.cut_off_at = Status.CUT_OFF, NOON

    def take(self, *deliveries: Delivery, now: datetime | None = None, trusting: bool = True) -> Taken:
        latest = max(delivery.received_at for delivery in deliveries)
        with session_scope(self.sessions) as session:
            return take_in(session, deliveries, now or latest, trusting=trusting)

    def ask(self, question: Callable[[Session], Any]) -> Any:
        with session_scope(self.sessions, writes=False) as session:
            return question(session)

    def count(self, table: type[Any]) -> int:
        return int(self.ask(lambda session: session.scalar(select(func.count()).select_from(table))))

    def committed(self, gate: Gate) -> int:
        wanted = select(Journal.committed).join(Terminal, Terminal.id == Journal.terminal_id)
        found = self.ask(
            lambda s: s.scalar(
                wanted.where(Terminal.name == gate.name, Journal.journal_id == gate.journal_id)
            )
        )
        return 0 if found is None else int(found)

    def zone_of(self, person: str) -> str | None:
        wanted = (
            select(Zone.code)
            .join(Position, Position.zone_id == Zone.id)
            .join(Person, Person.id == Position.person_id)
        )
        found: str | None = self.ask(lambda s: s.scalar(wanted.where(Person.number == person)))
        return found

    def feed(self, kind: str) -> list[dict[str, Any]]:
        wanted = select(FeedItem.payload).where(FeedItem.kind == kind).order_by(FeedItem.id)
        return list(self.ask(lambda s: s.scalars(wanted).all()))

    def alarms(self) -> list[str]:
        return [line["what"] for line in self.feed("alarm")]


def furnish(sessions: Sessions, people: Sequence[str] = ("Ash", "Birch", "Cedar")) -> None:
    """Site and people of the small hub."""
    with session_scope(sessions) as session:
        import_site(session, read_site(SITE), actor=OPERATOR, at=NOON)
        for surname in people:
            facts = PersonFacts(surname=surname, given="Test", born_on=date(1990, 1, 1), sex=Sex.MALE)
            person = register_person(session, facts, actor=OPERATOR, at=NOON - timedelta(days=1))
            open_booking(
                session,
                person,
                admitted_at=NOON - timedelta(days=1),
                recorded_at=NOON - timedelta(days=1),
                by="test",
            )


def make_template(folder: Path) -> Path:
    """A migrated and furnished SQLite file to copy; made once for all modules of a run."""
    path = folder / "template.sqlite"
    path.write_bytes(_furnished())
    return path


@cache
def _furnished() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.sqlite"
        engine = make_engine(f"sqlite:///{path}")
        upgrade(engine)
        furnish(make_sessions(engine))
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        engine.dispose()
        return path.read_bytes()


def open_world(template: Path, folder: Path) -> World:
    """A hub of its own, copied from the template; on PostgreSQL furnished anew."""
    if on_postgresql():
        engine = make_engine(new_database(folder, migrated=True))
        world = World(engine, make_sessions(engine))
        furnish(world.sessions)
        return world
    path = folder / "hub.sqlite"
    shutil.copy(template, path)
    engine = make_engine(f"sqlite:///{path}")
    return World(engine, make_sessions(engine))
