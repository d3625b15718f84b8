"""The drill: a hub is destroyed and comes back from yesterday's backup, and the terminals fill the gap by themselves.

The hub's database and folder, its command-line restore, the terminals' journals and couriers are the real ones. Only
the broker is left out: what one side says is handed to the other.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from edge.clock import Reading
from edge.courier import Courier
from edge.journal import Journal, Room, open_journal
from edge.ports import Heard, Slice
from hub.__main__ import main
from hub.accounts.audit import OPERATOR
from hub.database import make_engine, make_sessions, session_scope
from hub.ingest.acks import sign_ack
from hub.ingest.backed_up import BackedUpDesk
from hub.ingest.doorkeeper import Delivery
from hub.ingest.intake import take_in
from hub.ingest.records import Journal as HeldJournal
from hub.ingest.records import StoredEntry
from hub.keeping.backup import settings as kept_in
from hub.keeping.backup.recovery import groups_of
from hub.keeping.backup.settings import BackupSettings
from hub.keeping.backup.taking import take_backup
from hub.movements.records import Movement, Position, Zone
from hub.roll.actions import current_version
from hub.settings import load as load_settings
from hub.terminals.epochs import current_epoch
from hub.terminals.key_files import read_signing_key
from hub.terminals.records import Status, Terminal, TerminalState
from wire.codec import decode, encode
from wire.envelope import HUB, open_envelope
from wire.happenings import Decision, Passage
from wire.journal import Ack, Clock, seal_batch
from wire.keys import OpeningKey, SigningKey, VerifyingKey, public_bytes
from wire.settings import CourierSettings
from wire.topics import Channel, topic
from wire.versions import Version

from ..databases import chosen
from ..unit.hub.ingest_world import EVIDENCE, furnish

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KEY = OpeningKey.generate()
COURIER = CourierSettings(window=4, resend_s=5.0, resend_most_s=40.0, live_s=30.0, state_s=15.0)
PEOPLE = ("P-000001", "P-000002", "P-000003")


@dataclass
class Gate:
    """A terminal's real journal and courier; its clock moves on by a second with each scan."""

    name: str
    journal: Journal
    key: SigningKey
    courier: Courier
    at: datetime = START
    monotonic: float = 0.0

    def scan(self, person: str, zone: str) -> None:
        self.at += timedelta(seconds=1)
        said = Passage(
            checkpoint=zone,
            from_zone="yard",
            to_zone=zone,
            decision=Decision.ADMIT,
            rule="expected",
            person=person,
            attempt=1,
            evidence=EVIDENCE,
            roll_version=Version(1, 1),
            roll_age_s=3,
        )
        reading = Reading(
            "0" * 32, int((self.at - START).total_seconds()) * 1000 + 10**6, self.at, Clock.SYNCHRONISED
        )
        self.journal.append(reading, Passage.KIND, encode(said))

    def hear(self, payload: bytes, hub: VerifyingKey) -> Heard:
        body = open_envelope(payload, kind=Channel.ACK.value, sender=HUB, receiver=self.name, key=hub)
        return self.courier.acknowledged(decode(body, Ack))


def gate_in(folder: Path, name: str, number: int) -> Gate:
    key = SigningKey.generate()
    journal, _ = open_journal(
        folder / f"{name}.sqlite", name, Room(1 << 30, 0, 0), lambda: bytes([number]) * 16, lambda: "aside"
    )

    def seal(held: Slice, historical: bool) -> bytes:
        return seal_batch(
            name, held.journal_id, held.first, held.before, held.entries, key, historical=historical
        )

    return Gate(name, journal, key, Courier(journal, seal, COURIER, 0))


class Hub:
    """One life of the hub: its database, its ingest, and the desk that says how far journals are held."""

    def __init__(self, data: Path) -> None:
        found = load_settings(data)
        self.engine: Engine = make_engine(found.database)
        self.sessions = make_sessions(self.engine)
        self.key = read_signing_key(found.keys)
        self.said: list[tuple[str, bytes]] = []
        self.desk = BackedUpDesk(self.sessions, self.key, lambda where, raw: self.said.append((where, raw)))

    def hear(self, gate: Gate) -> None:
        """Everything the terminal has to send now, acknowledged after the commit."""
        gate.monotonic += 60  # longer than the courier waits before it sends again
        for raw in gate.courier.due(gate.monotonic):
            delivery = Delivery(topic(gate.name, Channel.JOURNAL), raw, gate.at)
            with session_scope(self.sessions) as session:
                taken = take_in(session, [delivery], gate.at)
            assert taken.refused == []
            for name, ack in taken.acks:
                assert gate.hear(sign_ack(ack, name, self.key), self.key.public_key()) is Heard.TAKEN

    def tell(self, *gates: Gate) -> int:
        """What the desk says by itself reaches the terminals; gives how many words those were."""
        self.said.clear()
        self.desk.tick(START)
        for where, raw in self.said:
            for gate in gates:
                if where == topic(gate.name, Channel.ACK):
                    assert gate.hear(raw, self.key.public_key()) is Heard.TAKEN
        return len(self.said)

    def picture(self) -> dict[str, object]:
        """What the drill compares: entries, movements and where everybody is."""
        with session_scope(self.sessions, writes=False) as session:
            return {
                "entries": _entries(session),
                "movements": sorted(
                    session.execute(select(Movement.terminal, Movement.sequence, Movement.person_id))
                ),
                "positions": sorted(
                    session.execute(
                        select(Position.person_id, Zone.code, Position.terminal, Position.sequence).join(
                            Zone, Zone.id == Position.zone_id
                        )
                    )
                ),
                "committed": sorted(session.execute(select(HeldJournal.terminal_id, HeldJournal.committed))),
            }


def _entries(session: Session) -> list[tuple[int, int, str, bool]]:
    wanted = select(StoredEntry.terminal_id, StoredEntry.sequence, StoredEntry.status, StoredEntry.canonical)
    return sorted(tuple(row) for row in session.execute(wanted))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "hub"
    words = ["init", "--data", str(folder), "--admin-password-file", str(tmp_path / "password")]
    assert main([*words, *chosen(folder)]) == 0
    kept_in.write(folder, BackupSettings(recovery_key=public_bytes(KEY.public_key()).hex()))
    (tmp_path / "backups").mkdir()
    (tmp_path / "paper").write_text(" ".join(groups_of(KEY)))
    return folder


@pytest.fixture
def gates(tmp_path: Path, data: Path) -> Iterator[list[Gate]]:
    """Two terminals that the hub knows; the second one is away until it is told otherwise."""
    found = [gate_in(tmp_path, name, number) for number, name in enumerate(("block-a", "workshop"), 1)]
    hub = Hub(data)
    furnish(hub.sessions)
    with session_scope(hub.sessions) as session:
        for gate in found:
            terminal = Terminal(
                name=gate.name,
                checkpoint_code=gate.name,
                verifying_key=public_bytes(gate.key.public_key()),
                sealing_key=bytes(32),
                certificate_fingerprint="0" * 64,
                certificate_until_at=START + timedelta(days=300),
                granted_at=START - timedelta(days=1),
                status=Status.ACTIVE,
            )
            session.add(terminal)
            session.flush()
            session.add(_state(terminal.id, 1))
    hub.engine.dispose()
    yield found
    for gate in found:
        gate.journal.close()


def _state(terminal_id: int, number: int) -> TerminalState:
    return TerminalState(
        terminal_id=terminal_id,
        session=number,
        online=True,
        said_at=START,
        heard_at=START,
        software="test",
        boot_id="0" * 32,
        roll_epoch=0,
        roll_counter=0,
    )


def backup(hub: Hub, data: Path, at: datetime) -> Path:
    found = load_settings(data)
    taken = take_backup(
        found, kept_in.load(data), hub.engine, data.parent / "backups", clock=lambda: at, actor=OPERATOR
    )
    return taken.path


def test_after_a_restore_nothing_is_lost_and_nothing_comes_twice(data: Path, gates: list[Gate]) -> None:
    near, far = gates
    hub = Hub(data)
    for number in range(300):
        near.scan(PEOPLE[number % 3], "block-a")
        far.scan(PEOPLE[number % 2], "workshop")
    for gate in gates:
        hub.hear(gate)
    path = backup(hub, data, START)
    assert hub.tell(*gates) == 2, "after a backup the terminals hear that they may prune"
    for gate in gates:
        while gate.journal.prune():
            pass
        assert (gate.journal.standing().backed_up, gate.journal.standing().pruned_to) == (300, 300)
    # A day goes on after the backup; the terminals hold what is not backed up, though the hub has it.
    for number in range(200):
        near.scan(PEOPLE[number % 3], "block-a")
        far.scan(PEOPLE[(number + 1) % 3], "workshop")
    for gate in gates:
        hub.hear(gate)
        assert gate.journal.prune() == 0
        assert gate.journal.standing().committed == 500
    before = hub.picture()
    hub.engine.dispose()

    shutil.rmtree(data)
    words = ["restore", "--data", str(data), "--from", str(path), "--key-file", str(data.parent / "paper")]
    assert main([*words, *chosen(data)]) == 0

    hub = Hub(data)
    with session_scope(hub.sessions, writes=False) as session:
        assert current_epoch(session) == 2
        assert current_version(session).epoch == 2
        assert session.scalar(select(func.count()).select_from(StoredEntry)) == 600
    # Nobody scans: it is the hub's word alone that makes the terminals send again.
    assert hub.tell(*gates) == 2
    for gate in gates:
        assert gate.journal.standing().committed == 300
        hub.hear(gate)
        assert gate.journal.standing().committed == 500
    after = hub.picture()
    assert after == before
    near.scan(PEOPLE[0], "block-a")
    hub.hear(near)
    assert near.journal.standing().committed == 501
    hub.engine.dispose()


def test_a_terminal_that_was_away_during_the_restore_fills_the_gap_when_it_comes_back(
    data: Path, gates: list[Gate]
) -> None:
    near, _ = gates
    hub = Hub(data)
    near.scan(PEOPLE[0], "block-a")
    hub.hear(near)
    path = backup(hub, data, START)
    for _number in range(5):
        near.scan(PEOPLE[1], "block-a")
    hub.hear(near)
    with session_scope(hub.sessions) as session:
        for state in session.scalars(select(TerminalState)):
            state.online = False
    hub.engine.dispose()
    words = ["restore", "--data", str(data), "--from", str(path), "--key-file", str(data.parent / "paper")]
    assert main([*words, "--replace", *chosen(data)]) == 0
    hub = Hub(data)
    with session_scope(hub.sessions) as session:
        for state in session.scalars(select(TerminalState)):
            state.online = False
    assert hub.tell(near) == 0
    with session_scope(hub.sessions) as session:
        state = session.scalars(select(TerminalState).order_by(TerminalState.terminal_id)).first()
        assert state is not None
        state.online, state.session = True, state.session + 1
    assert hub.tell(near) == 1
    hub.hear(near)
    with session_scope(hub.sessions, writes=False) as session:
        assert session.scalar(select(func.count()).select_from(StoredEntry)) == 6
    assert hub.tell(near) == 0, "once told, it is told again only when there is news"
    hub.engine.dispose()


def test_a_backup_older_than_the_hub_never_lets_terminals_prune_more_than_it_holds(
    data: Path, gates: list[Gate]
) -> None:
    near, _ = gates
    hub = Hub(data)
    near.scan(PEOPLE[0], "block-a")
    hub.hear(near)
    hub.tell(near)
    assert near.journal.standing().backed_up == 0
    backup(hub, data, START)
    near.scan(PEOPLE[0], "block-a")
    hub.hear(near)
    hub.tell(near)
    assert (near.journal.standing().committed, near.journal.standing().backed_up) == (2, 1)
    hub.engine.dispose()
