"""What the agent keeps beside its journal, and how it looks after its own threads."""

from __future__ import annotations

import io
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.clock import Reading, SystemClock
from edge.counters import Counters
from edge.errors import StartError
from edge.locking import held, is_held
from edge.log import Log
from edge.threads import Threads
from tests.waiting import until
from wire.journal import Clock

AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


def test_sessions_only_rise_also_when_the_clock_goes_back(tmp_path: Path) -> None:
    counters = Counters(tmp_path / "counters.json")
    first = counters.next_session(AT)
    again = Counters(tmp_path / "counters.json").next_session(AT - timedelta(days=20_000))
    later = counters.next_session(AT + timedelta(days=1))
    assert first < again < later


def test_a_replaced_card_takes_up_later_sessions_than_the_old_one(tmp_path: Path) -> None:
    old = Counters(tmp_path / "old.json").next_session(AT)
    assert Counters(tmp_path / "new.json").next_session(AT + timedelta(hours=1)) > old


def test_the_last_confirmation_is_remembered(tmp_path: Path) -> None:
    counters = Counters(tmp_path / "counters.json")
    assert counters.confirmed() is None
    counters.next_session(AT)
    counters.note_confirmed(Reading("ab" * 16, 5_000, AT, Clock.SYNCHRONISED), AT)
    counters.next_session(AT)
    noted = counters.confirmed()
    assert noted is not None
    assert (noted.boot_id, noted.boot_time_ms, noted.wall_time) == ("ab" * 16, 5_000, AT)


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"facts": {"1": {"session": "x"}}}', '{"facts": {"1": {"confirmed": []}}}']
)
def test_damaged_counters_are_put_away_and_begin_anew(tmp_path: Path, content: str) -> None:
    path = tmp_path / "counters.json"
    path.write_text(content)
    counters = Counters(path)
    assert not counters.check()
    assert path.with_suffix(".damaged").read_text() == content
    assert counters.check()
    assert counters.next_session(AT) > 0


@pytest.mark.parametrize("what", ["read_bytes", "replace"])
def test_counters_on_a_card_that_gives_or_takes_nothing_go_on_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    path = tmp_path / "counters.json"
    path.write_text("{")

    def broken(*_facts: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, what, broken)
    counters = Counters(path)
    assert not counters.check()
    first = counters.next_session(AT)
    assert counters.next_session(AT) > first
    assert counters.count_start("ab" * 16) == 0
    assert counters.rules_confirmed() is counters.confirmed() is None
    with pytest.raises(OSError, match="cannot be read"):
        counters.note_confirmed(Reading("ab" * 16, 5_000, AT, Clock.SYNCHRONISED), AT)


def test_age_goes_by_boot_time_within_a_boot_and_by_the_wall_across() -> None:
    then = Reading("ab" * 16, 10_000, AT, Clock.SYNCHRONISED)
    same_boot = Reading("ab" * 16, 70_000, AT - timedelta(days=9), Clock.UNSURE)
    assert same_boot.seconds_since(then) == 60
    other_boot = Reading("cd" * 16, 1_000, AT + timedelta(minutes=5), Clock.UNSURE)
    assert other_boot.seconds_since(then) == 300
    assert replace(other_boot, wall_time=AT - timedelta(days=1)).seconds_since(then) == 0


def test_the_machines_clock_reads_as_the_wire_wants_it() -> None:
    clock = SystemClock()
    first, second = clock.read(), clock.read()
    assert len(first.boot_id) == 32
    assert second.boot_time_ms >= first.boot_time_ms > 0
    assert first.wall_time.tzinfo is not None


def test_one_agent_a_folder(tmp_path: Path) -> None:
    lock = tmp_path / "agent.lock"
    assert not is_held(lock)
    with held(lock):
        assert is_held(lock)
        with pytest.raises(StartError, match="Another agent"), held(lock):
            raise AssertionError("two agents got in")
    assert not is_held(lock)


def test_a_dead_thread_is_noticed_and_its_words_are_kept_back() -> None:
    stream = io.StringIO()
    threads = Threads(Log("threads", stream))
    alive = threading.Event()
    threads.start("roll", alive.wait)

    def break_down() -> None:
        raise ValueError("Maria Garcia")

    assert threads.all_live()
    threads.start("courier", break_down)
    assert until(lambda: not threads.all_live() and stream.getvalue().endswith("\n"))
    line = json.loads(stream.getvalue())
    assert (line["event"], line["thread"], line["kind"]) == ("thread_died", "courier", "ValueError")
    assert "break_down" in line["where"]
    assert "Maria" not in stream.getvalue()
    alive.set()


def test_a_closed_log_stops_nothing() -> None:
    stream = io.StringIO()
    log = Log("agent", stream)
    stream.close()
    log.error("nobody_hears")
