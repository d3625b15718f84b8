"""The journal: every entry durable and chained, acknowledged, pruned, and damage never repaired in silence."""

from __future__ import annotations

import itertools
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.clock import Reading
from edge.errors import JournalDamagedError, JournalFullError, StartError
from edge.journal import Journal, Room, open_journal
from edge.journal_file import check_file, connect, connect_to_look, standing
from edge.ports import Heard
from wire.codec import decode
from wire.journal import Ack, Clock, Entry, genesis, link

MIB = 1 << 20
ROOM = Room(most_bytes=64 * MIB, reserve_bytes=0, low_bytes=0)
AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
READING = Reading("ab" * 16, 1_000, AT, Clock.UNSURE)


def opened(folder: Path, room: Room = ROOM) -> Journal:
    journal, damage = open_at(folder, room)
    assert damage is None
    return journal


def open_at(folder: Path, room: Room = ROOM) -> tuple[Journal, JournalDamagedError | None]:
    numbers = itertools.count(1)
    return open_journal(
        folder / "journal.sqlite",
        "gate-1",
        room,
        new_id=lambda: bytes([len(list(folder.glob("set-aside/*")))]) * 16,
        aside_name=lambda: f"damaged-{next(numbers)}",
    )


def ack_of(journal: Journal, committed: int, backed_up: int = 0) -> Ack:
    now = journal.standing()
    chain = journal.read(committed, committed, 1) if committed > now.pruned_to else None
    mark = link(chain.before, chain.entries[0]) if chain else now.pruned_link
    return Ack(
        journal_id=now.journal_id,
        committed=committed,
        committed_link=mark,
        ahead=[],
        backed_up=backed_up,
        hub_time=AT,
    )


def fill(journal: Journal, count: int, size: int = 20) -> None:
    for number in range(count):
        journal.append(READING, "passage", bytes([number % 256]) * size)


def test_entries_form_a_chain_from_the_journals_own_beginning(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    assert [journal.append(READING, "started", b"a"), journal.append(READING, "passage", b"b")] == [1, 2]
    held = journal.read(1, 2, MIB)
    assert held.before == genesis("gate-1", held.journal_id)
    entries = [decode(raw, Entry) for raw in held.entries]
    assert [(entry.sequence, entry.kind, entry.body) for entry in entries] == [
        (1, "started", b"a"),
        (2, "passage", b"b"),
    ]
    assert journal.standing().last_link == link(link(held.before, held.entries[0]), held.entries[1])


def test_it_goes_on_where_it_was(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    fill(journal, 3)
    journal.close()
    again = opened(tmp_path)
    assert again.append(READING, "passage", b"x") == 4
    assert again.standing().journal_id == journal.standing().journal_id


def test_a_slice_keeps_to_its_bytes_but_gives_at_least_one(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    fill(journal, 10, size=500)
    assert journal.read(2, 10, 1).last == 2
    assert journal.read(2, 10, 1_500).last == 3
    assert journal.read(2, 4, MIB).last == 4


def test_acknowledgement_moves_forward_and_back_but_not_past_the_end(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    fill(journal, 5)
    assert journal.acknowledge(ack_of(journal, 4)) is Heard.TAKEN
    assert journal.standing().committed == 4
    assert journal.acknowledge(ack_of(journal, 2)) is Heard.TAKEN
    assert journal.standing().committed == 2
    beyond = replace_ack(ack_of(journal, 5), committed=6)
    assert journal.acknowledge(beyond) is Heard.CONTRADICTION
    other_link = replace_ack(ack_of(journal, 5), committed_link=b"z" * 32)
    assert journal.acknowledge(other_link) is Heard.CONTRADICTION
    stranger = replace_ack(ack_of(journal, 5), journal_id=b"q" * 16)
    assert journal.acknowledge(stranger) is Heard.OTHER_JOURNAL
    assert journal.standing().committed == 2


def replace_ack(ack: Ack, **changes: object) -> Ack:
    facts = {name: getattr(ack, name) for name in ack.__struct_fields__}
    return Ack(**{**facts, **changes})  # type: ignore[arg-type]


def test_only_what_is_backed_up_is_pruned_while_there_is_room(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    fill(journal, 10)
    journal.acknowledge(ack_of(journal, 8, backed_up=0))
    assert journal.prune() == 0
    journal.acknowledge(ack_of(journal, 8, backed_up=5))
    assert journal.prune() == 5
    assert journal.prune() == 0
    assert (journal.standing().pruned_to, journal.standing().last) == (5, 10)
    journal.close()
    again = opened(tmp_path)
    assert again.read(6, 10, MIB).before == again.standing().pruned_link
    assert again.append(READING, "passage", b"x") == 11


def test_short_of_disk_it_gives_up_what_is_committed_and_nothing_else(tmp_path: Path) -> None:
    journal = opened(tmp_path, replace(ROOM, low_bytes=1 << 62))
    fill(journal, 10)
    journal.acknowledge(ack_of(journal, 7))
    assert journal.prune() == 7
    assert journal.prune() == 0
    assert journal.read(8, 10, MIB).last == 10


def test_everything_may_be_pruned_and_the_chain_goes_on(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    fill(journal, 3)
    journal.acknowledge(ack_of(journal, 3, backed_up=3))
    assert journal.prune() == 3
    journal.close()
    again = opened(tmp_path)
    assert again.append(READING, "passage", b"x") == 4
    again.close()
    assert check_file(tmp_path / "journal.sqlite", "gate-1").last == 4


def test_a_full_file_refuses_and_takes_entries_again_after_pruning(tmp_path: Path) -> None:
    journal = opened(tmp_path, replace(ROOM, most_bytes=64 * 1024))
    with pytest.raises(JournalFullError, match="free some space"):
        fill(journal, 10_000, size=400)
    kept = journal.standing().last
    assert kept > 50
    with pytest.raises(JournalFullError):
        journal.append(READING, "passage", b"y" * 400)
    assert journal.standing().last == kept
    journal.acknowledge(ack_of(journal, kept - 1))
    assert journal.prune() == kept - 1
    assert journal.append(READING, "passage", b"y" * 400) == kept + 1
    journal.close()
    assert check_file(tmp_path / "journal.sqlite", "gate-1").last == kept + 1


def test_a_disk_below_its_reserve_takes_no_entry(tmp_path: Path) -> None:
    journal = opened(tmp_path, replace(ROOM, reserve_bytes=1 << 62))
    assert not journal.has_room()
    with pytest.raises(JournalFullError, match="full"):
        journal.append(READING, "passage", b"x")
    assert journal.standing().last == 0


def alter(folder: Path, statement: str) -> None:
    connection = connect(folder / "journal.sqlite")
    connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE entries SET raw = X'00' WHERE sequence = 3", "entry 3"),
        ("UPDATE entries SET link = zeroblob(32) WHERE sequence = 5", "entry 5"),
        ("DELETE FROM entries WHERE sequence = 4", "entry 4"),
        ("DELETE FROM entries WHERE sequence = 1", "entry 1"),
        ("UPDATE journal SET journal_id = randomblob(16)", "does not begin"),
        ("UPDATE journal SET committed = 9", "the hub has 9"),
        ("DELETE FROM journal", "neither"),
        ("DROP TABLE entries", "SQLITE_ERROR"),
    ],
)
def test_a_changed_file_is_put_aside_whole_and_a_new_journal_begun(
    tmp_path: Path, statement: str, said: str
) -> None:
    journal = opened(tmp_path)
    fill(journal, 6)
    before = journal.standing().journal_id
    journal.close()
    alter(tmp_path, statement)
    again, damage = open_at(tmp_path)
    assert damage is not None
    assert said in str(damage)
    assert (tmp_path / "set-aside" / "damaged-1" / "journal.sqlite").exists()
    assert again.standing().last == 0
    assert again.standing().journal_id != before
    assert again.append(READING, "started", b"x") == 1


def test_a_file_of_rubbish_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"rubbish" * 4000)
    journal, damage = open_at(tmp_path)
    assert damage is not None
    assert journal.append(READING, "started", b"x") == 1


def test_every_flipped_byte_of_an_entry_page_is_noticed(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    fill(journal, 4, size=60)
    raw = journal.read(2, 2, MIB).entries[0]
    journal.close()
    path = tmp_path / "journal.sqlite"
    connection = connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
    whole = path.read_bytes()
    start = whole.index(raw)
    for offset in range(0, len(raw), 7):
        torn = bytearray(whole)
        torn[start + offset] ^= 0x10
        path.write_bytes(bytes(torn))
        with pytest.raises(JournalDamagedError):
            check_file(path, "gate-1")


def test_another_terminals_journal_is_left_alone(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    fill(journal, 1)
    journal.close()
    with pytest.raises(StartError, match="belongs to terminal gate-1"):
        check_file(tmp_path / "journal.sqlite", "gate-2")


def test_a_newer_layout_is_left_alone(tmp_path: Path) -> None:
    opened(tmp_path).close()
    alter(tmp_path, "PRAGMA user_version = 99")
    with pytest.raises(StartError, match="newer version"):
        open_at(tmp_path)
    assert not (tmp_path / "set-aside").exists()


def test_beginning_anew_keeps_the_old_file(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    fill(journal, 4)
    old = journal.standing().journal_id
    folder = journal.begin_anew(b"n" * 16, "fork-1")
    assert journal.append(READING, "started", b"x") == 1
    assert journal.standing().journal_id == b"n" * 16
    looked = standing(connect_to_look(folder / "journal.sqlite"))
    assert (looked.journal_id, looked.last) == (old, 4)


def test_another_process_may_look_while_the_agent_writes(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    fill(journal, 2)
    look = connect_to_look(tmp_path / "journal.sqlite")
    fill(journal, 3)
    assert standing(look).last == 5
    with pytest.raises(sqlite3.OperationalError):
        look.execute("DELETE FROM entries")
    look.close()


_WRITER = """
import sys, secrets
from datetime import UTC, datetime
from pathlib import Path
from edge.clock import SystemClock
from edge.journal import Room, open_journal
clock = SystemClock()
journal, damage = open_journal(
    Path(sys.argv[1]), "gate-1", Room(1 << 30, 0, 0), lambda: secrets.token_bytes(16), lambda: "damaged"
)
assert damage is None
while True:
    print(journal.append(clock.read(), "passage", b"x" * 300), flush=True)
"""


def test_killed_at_any_instant_it_holds_every_entry_it_announced(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    announced = 0
    for round_number in range(6):
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.02 + 0.011 * round_number)
        writer.kill()
        lines = writer.stdout.read().split(b"\n")
        writer.stdout.close()
        writer.wait()
        announced = max([announced, *(int(line) for line in lines[:-1])])
        assert check_file(path, "gate-1").last >= announced
    assert announced > 6
