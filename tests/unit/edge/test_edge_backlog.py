"""After days alone the backlog drains, and today's scans do not wait behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.clock import Reading
from edge.courier import Courier
from edge.journal import Journal, Room, open_journal
from edge.recording import batch_sealer
from wire.journal import Ack, Clock, Span, open_batch
from wire.keys import SigningKey
from wire.settings import CourierSettings

AT = datetime(2026, 5, 8, 8, 0, tzinfo=UTC)
SETTINGS = CourierSettings(window=2, resend_s=5.0, resend_most_s=40.0, live_s=30.0, state_s=15.0)
BACKLOG = 6_000
"""A week of a gate in small: what must hold is the order, whatever the number."""
KEY = SigningKey.generate()


class Hub:
    """Holds what came, and says how far, with what lies ahead of the gap."""

    def __init__(self, journal: Journal) -> None:
        self._journal_id = journal.standing().journal_id
        self._links: dict[int, bytes] = {0: bytes(32)}
        self.committed = 0
        self.live_batches = 0

    def take(self, raw: bytes) -> tuple[int, int]:
        batch, linked = open_batch(raw, sender="gate-1", key=KEY.public_key())
        self.live_batches += not batch.historical
        self._links.update((one.entry.sequence, one.link) for one in linked)
        while self.committed + 1 in self._links:
            self.committed += 1
        return batch.first, linked[-1].entry.sequence

    def holds(self, sequence: int) -> bool:
        return sequence in self._links

    def ack(self) -> Ack:
        ahead = sorted(number for number in self._links if number > self.committed)
        spans = [Span(first=ahead[0], last=ahead[-1])] if ahead else []
        return Ack(
            journal_id=self._journal_id,
            committed=self.committed,
            committed_link=self._links[self.committed],
            ahead=spans,
            backed_up=0,
            hub_time=AT,
        )


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made, _ = open_journal(
        tmp_path / "journal.sqlite", "gate-1", Room(1 << 30, 0, 0), lambda: b"j" * 16, lambda: "aside"
    )
    made._writer.execute("PRAGMA synchronous = OFF")  # a backlog by the thousand, not what is measured here
    for number in range(BACKLOG):
        made.append(Reading("ab" * 16, number, AT, Clock.UNSURE), "passage", b"x" * 120)
    yield made
    made.close()


def test_live_entries_are_held_in_the_round_they_were_written_while_a_backlog_drains(
    journal: Journal,
) -> None:
    hub = Hub(journal)
    courier = Courier(journal, batch_sealer("gate-1", KEY), SETTINGS, BACKLOG)
    now, rounds, lived = 1_000.0, 0, 0
    while hub.committed < journal.standing().last:
        rounds += 1
        written = 0
        if hub.committed < BACKLOG:
            written = journal.append(Reading("ab" * 16, rounds, AT, Clock.UNSURE), "passage", b"live")
            lived += 1
        batches = courier.due(now)
        assert batches, "the courier waits although entries are left"
        spans = [hub.take(raw) for raw in batches]
        if written:
            assert spans[0][0] <= written <= spans[0][1], "a live entry goes first"
            assert hub.holds(written)
            assert len(spans) == 1 + SETTINGS.window, "and the backlog is not starved either"
        courier.acknowledged(hub.ack())
        now += 0.1
    assert rounds <= BACKLOG // (SETTINGS.window * 256) + 3
    assert hub.live_batches == lived > 5
    assert courier.is_done()
