"""Live before backlog: which deliveries a worker gets next, whoever came back with how much."""

from __future__ import annotations

import pytest

from hub.ingest import inbox as inbox_module
from hub.ingest.doorkeeper import Delivery
from hub.ingest.inbox import Inbox
from wire.journal import JOURNAL_ID_BYTES, says_historical, seal_batch
from wire.keys import SigningKey

from .ingest_world import NOON, Gate

KEY = SigningKey.generate()


def batch(*, historical: bool, content: bytes = b"entry") -> bytes:
    return seal_batch("a-1", bytes(JOURNAL_ID_BYTES), 7, bytes(32), [content], KEY, historical=historical)


def delivery(name: str, *, historical: bool = False) -> Delivery:
    return Delivery(name, batch(historical=historical), NOON)


def names(taken: list[Delivery]) -> list[str]:
    return [one.topic for one in taken]


@pytest.mark.parametrize("content", [b"x", bytes(255), b"historical\xc3signature" * 40], ids=len)
def test_a_batch_says_which_lane_it_is_for(content: bytes) -> None:
    assert says_historical(batch(historical=True, content=content))
    assert not says_historical(batch(historical=False, content=content))


def test_what_is_no_batch_is_never_a_backlog() -> None:
    state = Gate("a-1").state().raw
    for raw in (b"", b"x", bytes(100), state):
        assert not says_historical(raw)
    whole = batch(historical=True)
    assert not any(says_historical(whole[:end]) for end in range(len(whole)))


def test_what_happens_now_passes_by_what_happened_yesterday() -> None:
    inbox = Inbox()
    for number in range(5):
        inbox.put(delivery(f"old-{number}", historical=True))
    inbox.put(delivery("new-0"))
    inbox.put(delivery("new-1"))
    assert names(inbox.take(10, 1 << 20, 0)) == ["new-0", "new-1"]
    assert names(inbox.take(10, 1 << 20, 0)) == [f"old-{number}" for number in range(5)]
    assert inbox.take(10, 1 << 20, 0) == []


def test_while_both_wait_they_take_turns_and_the_backlogs_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = Inbox()
    size = len(batch(historical=True))
    monkeypatch.setattr(inbox_module, "SHORT_BYTES", 2 * size)
    for number in range(4):
        inbox.put(delivery(f"old-{number}", historical=True))
    turns = []
    for number in range(4):
        inbox.put(delivery(f"new-{number}"))
        inbox.put(delivery(f"newer-{number}"))
        turns.append(names(inbox.take(1, 1 << 20, 0)) or ["-"])
        turns.append(names(inbox.take(10, 1 << 20, 0)) or ["-"])
    assert turns[:4] == [["new-0"], ["old-0", "old-1"], ["newer-0"], ["old-2", "old-3"]]


def test_no_lane_takes_more_than_both_may_hold() -> None:
    inbox = Inbox(max_deliveries=2)
    assert inbox.put(delivery("old", historical=True))
    assert inbox.put(delivery("new"))
    assert not inbox.put(delivery("newer"))
    assert inbox.turned_away() == 1
    assert names(inbox.take(10, 1 << 20, 0)) == ["new"]
    assert inbox.put(delivery("newest"))


def test_a_backlog_has_short_turns_while_people_scan_and_long_ones_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inbox = Inbox()
    monkeypatch.setattr(inbox_module, "SHORT_BYTES", 1)
    monkeypatch.setattr(inbox_module, "SHORT_TURNS", 2)
    for number in range(6):
        inbox.put(delivery(f"old-{number}", historical=True))
    inbox.put(delivery("new"))
    turns = [len(inbox.take(10, 1 << 20, 0)) for _ in range(4)]
    assert turns == [1, 1, 1, 4]
