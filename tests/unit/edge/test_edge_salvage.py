"""A damaged journal's readable entries reach the hub, and a start reads only what was not read before."""

from __future__ import annotations

import io
import shutil
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from edge import journal_file
from edge.clock import Reading
from edge.courier import Courier
from edge.errors import JournalDamagedError
from edge.journal import Journal, Room, open_journal
from edge.journal_file import Mark, check_file
from edge.journal_mark import KEEP_S, Follower, MarkFile
from edge.log import Log
from edge.ports import Heard
from edge.recording import batch_sealer
from edge.salvage import SENT, find_stretches, note_all_sent
from wire.journal import Ack, Batch, Clock, Span, open_batch
from wire.keys import SigningKey
from wire.settings import CourierSettings

AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
READING = Reading("ab" * 16, 1_000, AT, Clock.UNSURE)
ROOM = Room(1 << 30, 0, 0)
SETTINGS = CourierSettings(window=4, resend_s=5.0, resend_most_s=40.0, live_s=30.0, state_s=15.0)
KEY = SigningKey.generate()
LOG = Log("journal", io.StringIO())
IDS = count(1)


def opened(folder: Path, mark: Mark | None = None) -> tuple[Journal, JournalDamagedError | None]:
    return open_journal(
        folder / "journal.sqlite",
        "gate-1",
        ROOM,
        lambda: bytes([next(IDS)]) * 16,
        lambda: f"aside-{next(IDS)}",
        mark,
    )


def filled(folder: Path, entries: int = 40) -> Journal:
    journal, _ = opened(folder)
    for number in range(entries):
        journal.append(READING, "passage", b"entry %d" % number)
    return journal


def garble(folder: Path, *sequences: int, column: str = "raw") -> None:
    connection = sqlite3.connect(folder / "journal.sqlite")
    for sequence in sequences:
        connection.execute(f"UPDATE entries SET {column} = zeroblob(32) WHERE sequence = ?", (sequence,))
    connection.commit()
    connection.close()


def sent(folder: Path) -> list[tuple[int, int, Batch]]:
    """What the couriers of everything salvaged would say, each batch verified as the hub verifies it."""
    found = []
    for stretch in find_stretches(folder, "gate-1", LOG):
        courier = Courier(stretch, batch_sealer("gate-1", KEY), SETTINGS, stretch.standing().last)
        for raw in courier.due(0.0):
            batch, linked = open_batch(raw, sender="gate-1", key=KEY.public_key())
            found.append((batch.first, batch.first + len(linked) - 1, batch))
    return found


# --- what is saved


def test_a_set_aside_file_that_is_no_database_saves_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "set-aside" / "one"
    folder.mkdir(parents=True)
    (folder / "journal.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5_000)
    assert find_stretches(tmp_path, "gate-1", LOG) == []


def test_another_terminals_journal_is_left_alone(tmp_path: Path) -> None:
    journal = filled(tmp_path)
    journal.begin_anew(b"n" * 16, "one")
    assert find_stretches(tmp_path, "gate-2", LOG) == []


def test_what_the_hub_never_confirmed_is_sent_in_its_own_name(tmp_path: Path) -> None:
    journal = filled(tmp_path)
    old = journal.standing()
    confirmed = journal.read(10, 10, 1 << 20)
    journal.acknowledge(
        Ack(
            journal_id=old.journal_id,
            committed=9,
            committed_link=confirmed.before,
            ahead=[],
            backed_up=0,
            hub_time=AT,
        )
    )
    journal.close()
    garble(tmp_path, 25)
    again, damage = opened(tmp_path)
    assert damage is not None
    batches = sent(tmp_path)
    assert [(first, last) for first, last, _ in batches] == [(10, 24), (26, 40)]
    assert {batch.journal_id for _, _, batch in batches} == {old.journal_id} != {again.standing().journal_id}
    assert all(batch.historical for _, _, batch in batches)
    again.close()


def test_an_entry_whose_link_is_lost_costs_itself_and_its_follower(tmp_path: Path) -> None:
    filled(tmp_path).close()
    garble(tmp_path, 20, column="link")
    opened(tmp_path)[0].close()
    assert [(first, last) for first, last, _ in sent(tmp_path)] == [(1, 19), (22, 40)]


def test_pages_that_cannot_be_read_are_stepped_over(tmp_path: Path) -> None:
    filled(tmp_path, 600).close()
    path = tmp_path / "journal.sqlite"
    raw = bytearray(path.read_bytes())
    at = raw.find(b"entry 300") // 4096 * 4096
    raw[at : at + 4096] = b"\xff" * 4096
    path.write_bytes(raw)
    opened(tmp_path)[0].close()
    held = {number for first, last, _ in sent(tmp_path) for number in range(first, last + 1)}
    assert 560 < len(held) < 600
    assert 301 not in held
    assert {1, 600} <= held


def test_once_the_hub_holds_it_it_is_not_sent_again(tmp_path: Path) -> None:
    filled(tmp_path).close()
    garble(tmp_path, 25)
    opened(tmp_path)[0].close()
    first, second = find_stretches(tmp_path, "gate-1", LOG)
    couriers = [
        Courier(one, batch_sealer("gate-1", KEY), SETTINGS, one.standing().last) for one in (first, second)
    ]
    assert all(courier.due(0.0) for courier in couriers)
    other = Ack(
        journal_id=b"x" * 16, committed=99, committed_link=bytes(32), ahead=[], backed_up=0, hub_time=AT
    )
    assert {courier.acknowledged(other) for courier in couriers} == {Heard.OTHER_JOURNAL}
    ack = replace_ack(first.standing().journal_id)
    for courier in couriers:
        courier.acknowledged(ack)
    assert all(courier.is_done() for courier in couriers)
    note_all_sent(tmp_path, LOG)
    assert find_stretches(tmp_path, "gate-1", LOG) == []
    assert list(tmp_path.glob(f"set-aside/*/{SENT}"))


def replace_ack(journal_id: bytes) -> Ack:
    """The hub holds everything but the entry that nobody can read any more."""
    return Ack(
        journal_id=journal_id,
        committed=24,
        committed_link=bytes(32),
        ahead=[Span(first=26, last=40)],
        backed_up=0,
        hub_time=AT,
    )


# --- the mark


def test_a_mark_by_another_key_or_of_another_journal_is_none(tmp_path: Path) -> None:
    standing = filled(tmp_path).standing()
    mark = Mark(standing.journal_id, standing.last, standing.last_link)
    MarkFile(tmp_path / "mark", "gate-1", SigningKey.generate()).keep(mark)
    assert MarkFile(tmp_path / "mark", "gate-1", KEY).load() is None
    MarkFile(tmp_path / "mark", "gate-1", KEY).keep(mark)
    assert MarkFile(tmp_path / "mark", "gate-2", KEY).load() is None
    assert MarkFile(tmp_path / "mark", "gate-1", KEY).load() == mark


@pytest.mark.parametrize("raw", [b"", b"\xff", b"x" * 200])
def test_a_garbled_mark_is_none(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "mark").write_bytes(raw)
    assert MarkFile(tmp_path / "mark", "gate-1", KEY).load() is None


def test_a_start_reads_only_what_came_after_the_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_file, "RECHECKED", 0)
    journal = filled(tmp_path)
    held = journal.read(31, 31, 1)
    mark = Mark(journal.standing().journal_id, 30, held.before)
    journal.close()
    garble(tmp_path, 12)
    assert check_file(tmp_path / "journal.sqlite", "gate-1", mark).last == 40
    with pytest.raises(JournalDamagedError, match="entry 12"):
        check_file(tmp_path / "journal.sqlite", "gate-1")
    garble(tmp_path, 35)
    with pytest.raises(JournalDamagedError, match="entry 35"):
        check_file(tmp_path / "journal.sqlite", "gate-1", mark)


def test_the_last_entries_are_read_whatever_the_mark_says(tmp_path: Path) -> None:
    journal = filled(tmp_path)
    standing = journal.standing()
    journal.close()
    garble(tmp_path, 12)
    with pytest.raises(JournalDamagedError, match="entry 12"):
        check_file(tmp_path / "journal.sqlite", "gate-1", Mark(standing.journal_id, 40, standing.last_link))


@pytest.mark.parametrize("wrong", ["journal", "link", "past_the_end"])
def test_a_mark_that_does_not_fit_vouches_for_nothing(tmp_path: Path, wrong: str) -> None:
    journal = filled(tmp_path)
    standing = journal.standing()
    journal.close()
    good = Mark(standing.journal_id, standing.last, standing.last_link)
    mark = {
        "journal": replace(good, journal_id=b"o" * 16),
        "link": replace(good, link=bytes(32)),
        "past_the_end": replace(good, sequence=41),
    }[wrong]
    garble(tmp_path, 12)
    with pytest.raises(JournalDamagedError, match="entry 12"):
        check_file(tmp_path / "journal.sqlite", "gate-1", mark)


def test_idle_time_follows_the_whole_chain_and_keeps_the_mark(tmp_path: Path) -> None:
    journal = filled(tmp_path)
    marks = MarkFile(tmp_path / "journal.mark", "gate-1", KEY)
    damaged: list[str] = []
    follower = Follower(journal, marks, LOG, lambda: damaged.append("damaged"))
    follower.idle(100.0)
    follower.idle(105.0)
    kept = marks.load()
    assert kept is not None
    assert kept.sequence == 40
    assert damaged == []
    journal.append(READING, "passage", b"one more")
    follower.idle(105.0 + KEEP_S)
    assert marks.load() == Mark(kept.journal_id, 41, journal.standing().last_link)
    journal.close()


def test_damage_before_the_mark_is_found_in_idle_time(tmp_path: Path) -> None:
    journal = filled(tmp_path)
    garble(tmp_path, 12)
    damaged: list[str] = []
    follower = Follower(
        journal, MarkFile(tmp_path / "journal.mark", "gate-1", KEY), LOG, lambda: damaged.append("damaged")
    )
    follower.idle(100.0)
    follower.idle(105.0)
    assert damaged == ["damaged"]
    journal.close()


def test_a_card_that_takes_no_mark_stops_nothing(tmp_path: Path) -> None:
    journal = filled(tmp_path)
    (tmp_path / "mark").mkdir()  # a rename over it fails
    follower = Follower(journal, MarkFile(tmp_path / "mark", "gate-1", KEY), LOG, lambda: None)
    follower.idle(100.0)
    follower.idle(105.0)
    assert journal.append(READING, "passage", b"on it goes") == 41
    journal.close()
    shutil.rmtree(tmp_path / "mark")
