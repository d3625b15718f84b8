"""The courier: all that is not acknowledged goes, live before history, again and again until the hub has it."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.clock import Reading
from edge.courier import Courier
from edge.journal import Journal, Room, open_journal
from edge.ports import Heard, Slice
from wire.codec import decode
from wire.journal import Ack, Clock, Entry, Span, genesis, link
from wire.settings import CourierSettings

AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
READING = Reading("ab" * 16, 1_000, AT, Clock.UNSURE)
SETTINGS = CourierSettings(window=2, resend_s=5.0, resend_most_s=40.0, live_s=30.0, state_s=15.0)


def journal_of(folder: Path, count: int) -> Journal:
    journal, _ = open_journal(
        folder / "journal.sqlite", "gate-1", Room(1 << 30, 0, 0), lambda: b"j" * 16, lambda: "aside"
    )
    for _number in range(count):
        journal.append(READING, "passage", b"x")
    return journal


def told(batch: Slice, historical: bool) -> bytes:
    """What the hub would read off a batch: its sequences, and whether it is history."""
    sequences = [decode(raw, Entry).sequence for raw in batch.entries]
    assert sequences == list(range(batch.first, batch.last + 1))
    return f"{'old' if historical else 'new'} {batch.first}-{batch.last}".encode()


def courier_of(journal: Journal, settled: int = 0) -> Courier:
    return Courier(journal, told, SETTINGS, settled)


class Hub:
    """Keeps what arrives and acknowledges as the contract says: in order, and ahead of a gap."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.held: set[int] = set()

    def take(self, batch: bytes) -> None:
        first, last = batch.split()[1].split(b"-")
        self.held.update(range(int(first), int(last) + 1))

    def ack(self) -> Ack:
        committed = 0
        while committed + 1 in self.held:
            committed += 1
        ahead: list[Span] = []
        for sequence in sorted(number for number in self.held if number > committed):
            if ahead and ahead[-1].last == sequence - 1:
                ahead[-1] = Span(ahead[-1].first, sequence)
            else:
                ahead.append(Span(sequence, sequence))
        return Ack(
            journal_id=b"j" * 16,
            committed=committed,
            committed_link=self.link_at(committed),
            ahead=ahead,
            backed_up=0,
            hub_time=AT,
        )

    def link_at(self, sequence: int) -> bytes:
        if sequence == 0:
            return genesis("gate-1", b"j" * 16)
        held = self.journal.read(sequence, sequence, 1)
        return link(held.before, held.entries[0])


def test_a_new_entry_goes_at_once_and_only_once_while_it_waits(quick_path: Path) -> None:
    journal = journal_of(quick_path, 1)
    courier = courier_of(journal)
    assert courier.due(0.0) == [b"new 1-1"]
    assert courier.due(4.9) == []


def test_what_is_not_acknowledged_goes_again_later_and_later(quick_path: Path) -> None:
    courier = courier_of(journal_of(quick_path, 1), settled=1)
    sent_at = [second for second in range(200) if courier.due(float(second))]
    assert sent_at == [0, 5, 15, 35, 75, 115, 155, 195]


def test_any_word_from_the_hub_ends_the_waiting(quick_path: Path) -> None:
    journal = journal_of(quick_path, 2)
    courier, hub = courier_of(journal, settled=2), Hub(journal)
    for second in range(100):
        courier.due(float(second))
    assert courier.acknowledged(hub.ack()) is Heard.TAKEN
    courier.connected()
    assert courier.due(100.0)
    assert courier.seconds_until_due(100.0) == pytest.approx(5.0)


def test_an_acknowledged_entry_is_not_sent_again(quick_path: Path) -> None:
    journal = journal_of(quick_path, 3)
    courier, hub = courier_of(journal), Hub(journal)
    for batch in courier.due(0.0):
        hub.take(batch)
    courier.acknowledged(hub.ack())
    courier.connected()
    assert courier.due(10.0) == []
    assert journal.standing().committed == 3


def test_live_entries_go_first_and_a_backlog_follows_from_its_oldest_end(quick_path: Path) -> None:
    journal = journal_of(quick_path, 1_000)
    courier = courier_of(journal, settled=995)
    assert courier.due(0.0) == [b"new 996-1000", b"old 1-256", b"old 257-512"]
    journal.append(READING, "passage", b"x")
    assert courier.due(0.1) == [b"new 1001-1001"]


def test_a_start_does_not_make_what_was_written_before_it_young_again(quick_path: Path) -> None:
    journal = journal_of(quick_path, 4)
    courier = Courier(journal, told, SETTINGS, 1, [(80.0, 2), (95.0, 3), (98.0, 4)])
    courier.grow_old(100.0)
    assert courier.due(111.0) == [b"new 3-4", b"old 1-2"]


def test_a_live_entry_never_waits_for_the_backlogs_window(quick_path: Path) -> None:
    journal = journal_of(quick_path, 2_000)
    courier = courier_of(journal, settled=2_000)
    hub = Hub(journal)
    now = 0.0
    while journal.standing().committed < 2_000:
        now += 0.1
        journal.append(READING, "passage", b"x")
        batches = courier.due(now)
        assert batches[0].startswith(b"new")
        for batch in batches:
            hub.take(batch)
        courier.acknowledged(hub.ack())
    assert now < 1.0


def test_an_entry_grows_old_when_the_hub_stays_away(quick_path: Path) -> None:
    journal = journal_of(quick_path, 2)
    courier = courier_of(journal)
    assert courier.due(0.0) == [b"new 1-2"]
    journal.append(READING, "passage", b"x")
    courier.due(20.0)
    courier.connected()
    assert courier.due(31.0) == [b"new 3-3", b"old 1-2"]


def test_a_batch_lost_between_others_is_sent_again_alone(quick_path: Path) -> None:
    journal = journal_of(quick_path, 600)
    courier, hub = courier_of(journal, settled=600), Hub(journal)
    _lost, second = courier.due(0.0)
    hub.take(second)
    courier.acknowledged(hub.ack())
    assert courier.due(1.0) == [b"old 513-600"]
    assert courier.due(5.0) == [b"old 1-256"]


def test_the_hub_restored_to_an_earlier_day_gets_the_rest_again(quick_path: Path) -> None:
    journal = journal_of(quick_path, 20)
    courier, hub = courier_of(journal, settled=20), Hub(journal)
    hub.take(courier.due(0.0)[0])
    courier.acknowledged(hub.ack())
    hub.held = set(range(1, 8))
    courier.acknowledged(hub.ack())
    assert courier.due(1.0) == [b"old 8-20"]


def test_pruned_entries_are_not_asked_of_the_journal(quick_path: Path) -> None:
    journal = journal_of(quick_path, 10)
    courier, hub = courier_of(journal, settled=10), Hub(journal)
    hub.held = set(range(1, 7))
    courier.acknowledged(
        Ack(
            journal_id=b"j" * 16,
            committed=6,
            committed_link=hub.link_at(6),
            ahead=[],
            backed_up=6,
            hub_time=AT,
        )
    )
    journal.prune()
    hub.held = set()
    assert courier.acknowledged(hub.ack()) is Heard.TAKEN
    courier.connected()
    assert courier.due(1.0) == [b"old 7-10"]


def test_a_contradiction_moves_nothing(quick_path: Path) -> None:
    journal = journal_of(quick_path, 3)
    courier, hub = courier_of(journal), Hub(journal)
    ack = hub.ack()
    beyond = Ack(
        journal_id=ack.journal_id,
        committed=9,
        committed_link=b"z" * 32,
        ahead=[],
        backed_up=0,
        hub_time=AT,
    )
    assert courier.acknowledged(beyond) is Heard.CONTRADICTION
    assert journal.standing().committed == 0


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_lost_on_the_way_everything_arrives(quick_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    journal = journal_of(quick_path, 700)
    courier, hub = courier_of(journal, settled=650), Hub(journal)
    now = 0.0
    for _turn in range(400):
        now += chance.uniform(0.0, 3.0)
        if chance.random() < 0.05:
            courier.connected()
        if chance.random() < 0.5 and journal.standing().last < 900:
            journal.append(READING, "passage", b"x")
        for batch in courier.due(now):
            if chance.random() < 0.6:
                hub.take(batch)
        if chance.random() < 0.6:
            courier.acknowledged(hub.ack())
    last = journal.standing().last
    for _turn in range(100):
        now += 30.0
        for batch in courier.due(now):
            hub.take(batch)
        courier.acknowledged(hub.ack())
    assert hub.held == set(range(1, last + 1))
    assert courier.due(now) == []
    assert journal.standing().committed == last
