"""Between what happened and the journal: keys of entries, listeners, and the tail read back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.clock import Reading
from edge.errors import JournalFullError
from edge.journal import Room, open_journal
from edge.recording import JournalRecorder, latest
from wire.codec import encode
from wire.happenings import Door, EntryReference, Happening
from wire.journal import Clock as Confidence

NOW = Reading("b" * 32, 5_000, datetime(2026, 11, 22, tzinfo=UTC), Confidence.SYNCHRONISED)
JOURNAL_ID = bytes(range(16))


class Clock:
    def read(self) -> Reading:
        return NOW


def door(what: str) -> Door:
    return Door(checkpoint="block-a-in", what=what)


def reference(sequence: int) -> EntryReference:
    return EntryReference(terminal="block-a", journal_id=JOURNAL_ID, sequence=sequence)


def test_each_entry_has_its_key_and_listeners_hear_of_it_when_it_is_on_disk(quick_path: Path) -> None:
    room = Room(1 << 26, 0, 0)
    journal, _ = open_journal(quick_path / "j", "block-a", room, lambda: JOURNAL_ID, lambda: "x")
    heard: list[tuple[EntryReference, int]] = []
    woken: list[int] = []
    recorder = JournalRecorder(journal, Clock(), lambda: woken.append(1))
    recorder.tell(lambda key, _reading, _said: heard.append((key, journal.standing().last)))
    assert [recorder.record(door(what)) for what in ("opened", "closed")] == [reference(1), reference(2)]
    assert heard == [(reference(1), 1), (reference(2), 2)]
    assert len(woken) == 2
    journal.close()


def test_what_was_not_kept_is_told_to_nobody(quick_path: Path) -> None:
    journal, _ = open_journal(
        quick_path / "j", "block-a", Room(1 << 26, 1 << 60, 0), lambda: JOURNAL_ID, lambda: "x"
    )
    recorder = JournalRecorder(journal, Clock(), lambda: None)
    heard: list[Happening] = []
    recorder.tell(lambda _key, _reading, said: heard.append(said))
    with pytest.raises(JournalFullError):
        recorder.record(door("opened"))
    assert heard == []
    journal.close()


def test_the_tail_is_read_back_without_what_another_version_wrote(quick_path: Path) -> None:
    room = Room(1 << 26, 0, 0)
    journal, _ = open_journal(quick_path / "j", "block-a", room, lambda: JOURNAL_ID, lambda: "x")
    recorder = JournalRecorder(journal, Clock(), lambda: None)
    for what in ("opened", "closed", "forced"):
        recorder.record(door(what))
    journal.append(NOW, "a_later_kind", encode({"more": 1}))
    journal.append(NOW, "door", encode({"checkpoint": "block-a-in", "what": "opened", "more": 1}))
    recorder.record(door("tamper"))
    told = list(latest(journal, 4))
    assert told == [(reference(3), NOW, door("forced")), (reference(6), NOW, door("tamper"))]
    assert next(said for _key, _reading, said in latest(journal, 100)) == door("opened")
    journal.close()
