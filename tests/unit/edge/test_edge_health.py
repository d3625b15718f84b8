"""What a terminal measures of itself, how it tells it, and what it never tells."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from edge.clock import Reading, SystemClock, is_plausible
from edge.condition_file import EVERY_S, ConditionFile, read_condition
from edge.counters import Counters
from edge.honesty import REPEATED, HonestSensor
from edge.journal import Room, open_journal
from edge.log import Log
from edge.machine import Machine
from edge.metrics import Metrics, text
from edge.room import MOST_DAYS, room_days
from edge.sensor import Capture, SensorLying
from edge.stages import Stages
from edge.threads import Threads
from wire.journal import Clock
from wire.state import Health

AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
HEALTH = Health(
    sensor="ok",
    queue_depth=3,
    disk_free_mb=512,
    clock=Clock.SYNCHRONISED,
    roll_age_s=None,
    refused_from_hub=0,
    temperature_c=61.5,
    undervoltage=False,
    echo_ms=250.0,
    clock_offset_ms=-1500,
    alarms=["echo", 'x"} 1\nforged 1'],
)


# --- the machine


def test_a_machine_that_tells_nothing_is_not_known(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert (machine.temperature_c(), machine.undervoltage()) == (None, None)


@pytest.mark.parametrize("nonsense", ["", "hot", "999999999"])
def test_nonsense_of_the_machine_is_not_known(tmp_path: Path, nonsense: str) -> None:
    zone = tmp_path / "sys/class/thermal/thermal_zone0"
    zone.mkdir(parents=True)
    (zone / "temp").write_text(nonsense)
    assert Machine(tmp_path).temperature_c() is None


@pytest.mark.parametrize(("word", "weak"), [("0x0", False), ("50005", True), ("0x50000", False)])
def test_a_raspberry_pi_tells_heat_and_supply(tmp_path: Path, word: str, weak: bool) -> None:
    for number, value in enumerate(("48312", "51200")):
        zone = tmp_path / f"sys/class/thermal/thermal_zone{number}"
        zone.mkdir(parents=True)
        (zone / "temp").write_text(f"{value}\n")
    throttled = tmp_path / "sys/devices/platform/soc/soc:firmware"
    throttled.mkdir(parents=True)
    (throttled / "get_throttled").write_text(f"{word}\n")
    assert (Machine(tmp_path).temperature_c(), Machine(tmp_path).undervoltage()) == (51.2, weak)


# --- the figures


def _samples(shown: str) -> dict[str, float]:
    """Strictly by the text format: comments, then name and value, nothing else."""
    found: dict[str, float] = {}
    typed: set[str] = set()
    for line in shown.splitlines():
        if line.startswith("# TYPE "):
            name, kind = line.removeprefix("# TYPE ").split(" ")
            assert kind in ("gauge", "counter")
            typed.add(name)
        elif not line.startswith("# HELP "):
            name, value = line.rsplit(" ", 1)
            assert name.split("{")[0] in typed
            found[name] = float(value)
    return found


def test_the_figures_parse_and_unknown_ones_are_absent() -> None:
    found = _samples(text(HEALTH))
    assert found["pims_terminal_queue_entries"] == 3
    assert found["pims_terminal_disk_free_bytes"] == 512 * 1024 * 1024
    assert found["pims_terminal_clock_offset_seconds"] == -1.5
    assert found["pims_terminal_echo_seconds"] == 0.25
    assert found["pims_terminal_undervoltage"] == 0
    assert found['pims_terminal_alarm{what="echo"}'] == 1
    assert "pims_terminal_roll_age_seconds" not in found
    assert not [name for name in found if "forged" in name]


def test_the_figures_are_served_on_loopback_alone() -> None:
    log = io.StringIO()
    metrics = Metrics(0, lambda: HEALTH, Log("metrics", log))
    threads = Threads(Log("threads", log))
    threads.start("metrics", metrics.run)
    base = f"http://127.0.0.1:{metrics.port}"
    try:
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{base}/journal", timeout=30)
        assert refused.value.code == 404
        with urllib.request.urlopen(f"{base}/metrics", timeout=30) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            assert _samples(answer.read().decode())["pims_terminal_queue_entries"] == 3
    finally:
        metrics.stop()
        threads.join(30.0)
    assert threads.all_live()


# --- room for a week


def _journal_at_pace(folder: Path, entries: int, over: timedelta, room: Room) -> float:
    journal, _ = open_journal(folder / "journal.sqlite", "gate-1", room, lambda: b"j" * 16, lambda: "aside")
    for number in range(entries):
        wall = AT + over * number / max(1, entries - 1)
        journal.append(Reading("ab" * 16, number, wall, Clock.UNSURE), "passage", b"x" * 200)
    days = room_days(journal)
    journal.close()
    return days


def test_room_is_told_in_days_at_the_present_pace(tmp_path: Path) -> None:
    room = Room(16 << 20, 0, 0)
    slow = _journal_at_pace(tmp_path, 200, timedelta(days=4), room)
    (tmp_path / "busy").mkdir()
    busy = _journal_at_pace(tmp_path / "busy", 200, timedelta(days=1), room)
    assert 100 < busy < slow < MOST_DAYS
    assert slow / busy == pytest.approx(4.0, rel=0.1)


@pytest.mark.parametrize("over", [timedelta(minutes=5), timedelta(days=-20_000), timedelta(days=20_000)])
def test_a_burst_or_a_clock_that_jumped_is_no_pace(tmp_path: Path, over: timedelta) -> None:
    days = _journal_at_pace(tmp_path, 20, over, Room(16 << 20, 0, 0))
    assert 1.0 < days <= MOST_DAYS


def test_a_fresh_journal_has_room_for_years(tmp_path: Path) -> None:
    assert _journal_at_pace(tmp_path, 1, timedelta(0), Room(16 << 20, 0, 0)) == MOST_DAYS


# --- a sensor that lies


class Feed:
    """A sensor that gives what it is told."""

    def __init__(self) -> None:
        self.image = np.zeros((288, 256), dtype=np.uint8)

    def capture(self) -> Capture | None:
        return Capture(self.image.copy(), 500.0, 0.0)


def _finger(seed: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(seed).integers(0, 16, (288, 256), dtype=np.uint8) * np.uint8(17)


@pytest.mark.parametrize(
    "frozen",
    [
        pytest.param(lambda _n: _finger(1), id="one image"),
        pytest.param(lambda _n: np.full((288, 256), 255, np.uint8), id="white"),
        pytest.param(lambda _n: np.zeros((288, 256), np.uint8), id="black"),
        pytest.param(lambda n: np.full((288, 256), 17 * n, np.uint8), id="one grey after another"),
    ],
)
def test_a_sensor_that_repeats_itself_is_called_lying(frozen: Callable[[int], Capture]) -> None:
    feed = Feed()
    sensor = HonestSensor(feed)  # type: ignore[arg-type]
    for number in range(REPEATED - 1):
        feed.image = frozen(number)  # type: ignore[assignment]
        assert sensor.capture() is not None
    feed.image = frozen(REPEATED)  # type: ignore[assignment]
    for _again in range(3):
        with pytest.raises(SensorLying, match="Wipe its glass"):
            sensor.capture()
    feed.image = _finger(2)
    assert sensor.capture() is not None


def test_true_fingers_and_an_early_lift_are_believed() -> None:
    feed = Feed()
    sensor = HonestSensor(feed)  # type: ignore[arg-type]
    for number in range(30):
        feed.image = _finger(number) if number % 3 else np.full((288, 256), 255, np.uint8)
        assert sensor.capture() is not None


# --- clocks, counters, words on disk


@pytest.mark.parametrize(("year", "can_be"), [(1970, False), (2026, True), (2099, False)])
def test_a_clock_of_another_century_cannot_be_right(year: int, can_be: bool) -> None:
    assert is_plausible(datetime(year, 6, 1, tzinfo=UTC)) is can_be


def test_a_session_from_2099_does_not_outdo_every_later_card(tmp_path: Path) -> None:
    wrong = Counters(tmp_path / "old.json").next_session(datetime(2099, 1, 1, tzinfo=UTC))
    assert wrong < Counters(tmp_path / "new.json").next_session(AT)


def test_sessions_rise_on_a_card_that_cannot_be_written(tmp_path: Path) -> None:
    counters = Counters(tmp_path / "counters.json")
    (tmp_path / "counters.json.new").mkdir()  # every write fails on it
    first = counters.next_session(AT)
    assert counters.next_session(AT) > first
    assert counters.count_start("ab" * 16) == 0


def test_starts_are_counted_within_one_boot(tmp_path: Path) -> None:
    counters = Counters(tmp_path / "counters.json")
    assert [counters.count_start("ab" * 16) for _ in range(3)] == [0, 1, 2]
    assert counters.count_start("cd" * 16) == 0


@dataclass
class Words:
    """What a running agent would say."""

    sensor: str = "ok"

    def __call__(self) -> dict[str, object]:
        return {"sensor": self.sensor}


def test_words_on_disk_change_rarely_and_are_read_back(tmp_path: Path) -> None:
    words, path = Words(), tmp_path / "condition.json"
    assert read_condition(path) == {}
    file = ConditionFile(path, words)
    file.look(0.0)
    words.sensor = "silence"
    file.look(EVERY_S / 2)
    assert read_condition(path) == {"sensor": "ok"}
    file.look(EVERY_S + 1)
    assert read_condition(path) == {"sensor": "silence"}
    path.write_text("[1]")
    assert read_condition(path) == {}


def test_stages_of_a_start_are_timed() -> None:
    now = [10.0]
    stages = Stages(lambda: now[0])
    with stages.stage("engine"):
        now[0] += 1.25
    assert stages.seconds == {"engine_s": 1.25}
    assert stages.since_start_s() == 1.25


def test_a_log_line_is_one_json_object(tmp_path: Path) -> None:
    stream = io.StringIO()
    Log("agent", stream, lambda: AT).info("starting", engine_s=1.2)
    assert json.loads(stream.getvalue())["engine_s"] == 1.2
    assert SystemClock().read().boot_id
