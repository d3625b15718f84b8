"""What leaves the terminal and what it hears: state on every connect, entries until acknowledged, forgeries counted."""

from __future__ import annotations

import io
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.clock import Reading
from edge.courier import Courier
from edge.journal import Journal, Room, open_journal
from edge.log import Log
from edge.messenger import MAILBOX, Messenger, StateChanged, Voice, Wake
from edge.recording import batch_sealer, history_at_start
from edge.refusals import Refusals
from edge.uplink import Arrived, Connected, Disconnected
from wire.envelope import HUB, sign
from wire.journal import Ack, Clock, open_batch
from wire.keys import SigningKey
from wire.settings import CourierSettings
from wire.topics import Channel, topic

AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
READING = Reading("ab" * 16, 1_000, AT, Clock.UNSURE)
SETTINGS = CourierSettings(window=2, resend_s=5.0, resend_most_s=40.0, live_s=30.0, state_s=15.0)
STATE, JOURNAL = topic("gate-1", Channel.STATE), topic("gate-1", Channel.JOURNAL)
ACK, ROLL = topic("gate-1", Channel.ACK), topic("gate-1", Channel.ROLL)


@dataclass
class Desk:
    """A messenger whose line to the broker is a list."""

    folder: Path
    now: float = 100.0
    sent: list[tuple[str, bytes, bool]] = field(default_factory=list)
    rolls: list[bytes] = field(default_factory=list)
    anew: int = 0

    def __post_init__(self) -> None:
        self.terminal_key, self.hub_key = SigningKey.generate(), SigningKey.generate()
        self.log = io.StringIO()
        self.refusals = Refusals(Log("downlink", self.log))
        self.journal, _damage = open_journal(
            self.folder / "journal.sqlite", "gate-1", Room(1 << 30, 0, 0), self.new_id, lambda: "aside"
        )
        self.messenger = Messenger(
            "gate-1",
            self.hub_key.public_key(),
            Courier(self.journal, batch_sealer("gate-1", self.terminal_key), SETTINGS, 0),
            self.journal,
            self,
            Voice(lambda session, online: f"{session} {online}".encode(), self.begin_anew),
            self.refusals,
            state_s=SETTINGS.state_s,
            handlers={Channel.ROLL: self.rolls.append},
            now=lambda: self.now,
            log=Log("messenger", self.log),
        )

    def new_id(self) -> bytes:
        return bytes([self.anew + 1]) * 16

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, wait: bool = False) -> bool:
        self.sent.append((topic, payload, retain))
        return True

    def begin_anew(self) -> None:
        self.anew += 1
        self.journal.begin_anew(self.new_id(), f"aside-{self.anew}")
        self.append()

    def append(self, count: int = 1) -> None:
        for _number in range(count):
            self.journal.append(READING, "passage", b"x")

    def turn(self, *mail: Connected | Disconnected | Arrived | Wake | StateChanged) -> None:
        for item in mail:
            self.messenger.post(item)
        self.messenger.turn(0.0)

    def states(self) -> list[str]:
        return [payload.decode() for topic, payload, retained in self.sent if topic == STATE and retained]

    def sequences(self) -> list[tuple[int, int]]:
        batches = [
            open_batch(payload, sender="gate-1", key=self.terminal_key.public_key())[0]
            for topic, payload, _retained in self.sent
            if topic == JOURNAL
        ]
        return [(batch.first, batch.first + len(batch.entries) - 1) for batch in batches]

    def ack(self, committed: int, link: bytes | None = None, key: SigningKey | None = None) -> Arrived:
        standing = self.journal.standing()
        mark = standing.last_link if link is None else link
        body = Ack(
            journal_id=standing.journal_id,
            committed=committed,
            committed_link=mark,
            ahead=[],
            backed_up=0,
            hub_time=AT,
        )
        return Arrived(ACK, sign("ack", HUB, "gate-1", body, key or self.hub_key))


@pytest.fixture
def desk(quick_path: Path) -> Desk:
    return Desk(quick_path)


def test_nothing_is_said_before_there_is_a_connection(desk: Desk) -> None:
    desk.append()
    desk.turn(Wake())
    assert desk.sent == []


def test_each_connection_begins_with_a_birth_and_all_that_is_owed(desk: Desk) -> None:
    desk.append(3)
    desk.turn(Connected(7))
    assert desk.states() == ["7 True"]
    assert desk.sequences() == [(1, 3)]
    desk.turn(Disconnected(), Connected(8))
    assert desk.states() == ["7 True", "8 True"]
    assert desk.sequences() == [(1, 3), (1, 3)]


def test_what_gathered_while_the_broker_was_away_is_history_but_for_the_last_moments(desk: Desk) -> None:
    desk.turn(Connected(7), Disconnected())
    desk.append(5)
    desk.turn(Wake())
    desk.now += SETTINGS.live_s + 1
    desk.append(2)
    desk.turn(Wake())
    desk.turn(Connected(8))
    batches = [
        open_batch(payload, sender="gate-1", key=desk.terminal_key.public_key())[0]
        for topic, payload, _retained in desk.sent
        if topic == JOURNAL
    ]
    assert [(b.first, len(b.entries), b.historical) for b in batches] == [(6, 2, False), (1, 5, True)]


def test_the_state_is_said_again_by_the_clock_and_when_it_changes(desk: Desk) -> None:
    desk.turn(Connected(7))
    desk.turn()
    desk.now += SETTINGS.state_s
    desk.turn()
    desk.turn(StateChanged())
    assert desk.states() == ["7 True"] * 3


def test_an_acknowledgement_moves_the_mark(desk: Desk) -> None:
    desk.append(3)
    desk.turn(Connected(7), desk.ack(3))
    assert desk.journal.standing().committed == 3
    assert desk.sequences() == []


def test_what_the_hub_did_not_sign_is_counted_and_moves_nothing(desk: Desk) -> None:
    desk.append(3)
    desk.turn(Connected(7), desk.ack(3, key=SigningKey.generate()), Arrived(ACK, b"rubbish"))
    assert desk.journal.standing().committed == 0
    assert desk.refusals.total() == 2
    assert '"forged"' in desk.log.getvalue()
    assert '"malformed"' in desk.log.getvalue()


def test_a_journal_that_the_hub_contradicts_is_put_away_and_a_new_one_begun(desk: Desk) -> None:
    desk.append(3)
    desk.turn(Connected(7))
    desk.turn(desk.ack(9))
    assert desk.anew == 1
    assert (desk.folder / "set-aside" / "aside-1" / "journal.sqlite").exists()
    assert desk.sequences()[-1] == (1, 1)
    assert desk.journal.standing().journal_id == b"\x02" * 16
    assert len(desk.states()) == 2


def test_roll_messages_are_handed_on_unread(desk: Desk) -> None:
    desk.turn(Arrived(ROLL, b"sealed"))
    assert desk.rolls == [b"sealed"]


def test_a_flood_costs_a_counter_and_no_memory(desk: Desk) -> None:
    for _number in range(MAILBOX + 5):
        desk.messenger.post(Wake())
    assert desk.refusals.total() == 5
    desk.turn()
    desk.append()
    desk.turn(Connected(7))
    assert desk.sequences() == [(1, 1)]


def test_a_card_that_cannot_be_read_does_not_end_the_messenger(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.append()

    def fail(*_arguments: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as broken:
        broken.setattr(Journal, "read", fail)
        desk.turn(Connected(7))
    assert "journal_unreadable" in desk.log.getvalue()
    desk.turn()
    assert desk.sequences() == [(1, 1)]


def test_the_last_word_is_a_death_in_its_own_session(desk: Desk) -> None:
    desk.turn(Connected(7))
    desk.messenger.stop()
    desk.messenger.run()
    assert desk.states()[-1] == "7 False"
    assert desk.messenger.ended.is_set()


def test_what_was_journalled_before_a_restart_is_live_for_its_moment(quick_path: Path) -> None:
    desk = Desk(quick_path)
    boot = "cd" * 16
    for age_s in (100, 40, 20, 5):
        desk.journal.append(Reading(boot, 1_000_000 - age_s * 1000, AT, Clock.UNSURE), "passage", b"x")
    now = Reading(boot, 1_000_000, AT, Clock.UNSURE)
    assert history_at_start(desk.journal, now, 30.0) == (2, [(20.0, 3), (5.0, 4)])
    another = Reading("ef" * 16, 1_000_000, AT, Clock.UNSURE)
    assert history_at_start(desk.journal, another, 30.0) == (4, [])
