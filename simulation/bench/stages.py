"""Where the time of one decision goes: the terminal's own parts on one core, with the roll that lies on its disk."""

from __future__ import annotations

import io
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matching
from edge.clock import SystemClock
from edge.counters import Counters
from edge.decision import Circumstances
from edge.identification import RollIdentifier
from edge.journal import Room, open_journal
from edge.log import Log
from edge.passage import Passages
from edge.ports import Capture, Finding, RollFacts
from edge.provisioning import Folder, load_grant, load_keys
from edge.recording import JournalRecorder
from edge.roll_copy import RollCopy
from edge.roll_file import open_roll_file
from edge.sensor import Light
from edge.sensor.opening import open_reader
from edge.sensor_choice import sensor_settings
from edge.settings import load
from simulation.bench.measuring import one_core
from simulation.gatehouse import Gatehouse
from simulation.people import Walker
from simulation.processes import ProcessFailed
from simulation.report import percentiles
from wire.happenings import EntryReference, Happening

STAGES = ("quality", "extraction", "search", "decision", "journal", "lamp")
"""In their order; the image's own time on the line comes before and is the baud rate's."""


class Stopwatch:
    """Milliseconds by stage; `now` is monotonic, in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.spent: dict[str, float] = defaultdict(float)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        begun = self._now()
        yield
        self.spent[stage] += (self._now() - begun) * 1000


class _TimedEngine:
    """`edge.identification.Engine` that is watched."""

    def __init__(self, watch: Stopwatch) -> None:
        self._watch = watch

    def assess(self, image: Any, dpi: float = 500.0) -> Any:
        with self._watch.timed("quality"):
            return matching.assess(image, dpi)

    def extract(self, image: Any, dpi: float = 500.0) -> matching.Template:
        with self._watch.timed("extraction"):
            return matching.extract(image, dpi)

    def compare(self, probe: matching.Template, candidate: matching.Template) -> float:
        return matching.compare(probe, candidate)


class _TimedIdentifier:
    def __init__(self, identifier: RollIdentifier, watch: Stopwatch) -> None:
        self._identifier, self._watch = identifier, watch

    def identify(
        self, capture: Capture, first: Finding | None = None, touches: int = 1
    ) -> tuple[Finding, RollFacts]:
        with self._watch.timed("identify"):
            return self._identifier.identify(capture, first, touches)

    def roll(self) -> RollFacts:
        return self._identifier.roll()


class _TimedRecorder:
    def __init__(self, recorder: JournalRecorder, watch: Stopwatch) -> None:
        self._recorder, self._watch = recorder, watch

    def record(self, happening: Happening) -> EntryReference:
        with self._watch.timed("journal"):
            return self._recorder.record(happening)

    def has_room(self) -> bool:
        return self._recorder.has_room()


def stage_figures(
    data: Path, scratch: Path, house: Gatehouse, walkers: Sequence[Walker], scans: int
) -> dict[str, Any]:
    """p50, p95 and p99 of each stage in ms over `scans` fingers, once the agent is stopped; its journal is left be."""
    folder = Folder(data)
    settings = load(folder.settings)
    grant = load_grant(folder, settings)
    if grant is None:
        raise ProcessFailed("the terminal was not taken in")
    clock, log = SystemClock(), Log("bench", io.StringIO())
    roll = RollCopy(
        open_roll_file(folder, settings),
        matching.Gallery,
        terminal=settings.terminal,
        to_zone=grant.checkpoint.to_zone,
        opening_key=load_keys(folder).opening,
        counters=Counters(folder.counters),
        clock=clock,
        log=log,
    )
    matching.warm_up()
    roll.load("bench")
    journal, _ = open_journal(
        scratch / "journal.sqlite", settings.terminal, Room(1 << 30, 0, 0), lambda: bytes(16), lambda: "aside"
    )
    watch = Stopwatch(time.perf_counter)
    identifier = _TimedIdentifier(RollIdentifier(_TimedEngine(watch), roll, settings.passage), watch)
    recorder = _TimedRecorder(JournalRecorder(journal, clock, lambda: None), watch)
    passages = Passages(
        grant.checkpoint, settings.passage, identifier, recorder, time.monotonic, Circumstances
    )
    sensor = open_reader(sensor_settings(settings.sensor))
    found: dict[str, list[float]] = defaultdict(list)
    try:
        sensor.open()
        with one_core():
            for number in range(scans + 1):
                house.sensor.place(walkers[number % len(walkers)].fingers[0].touch(number))
                capture = sensor.capture()
                if capture is None:
                    raise ProcessFailed("the sensor saw no finger")
                with watch.timed("passage"):
                    passages.finger(capture, time.monotonic())
                with watch.timed("lamp"):
                    sensor.show(Light.ADMIT)
                house.sensor.lift()
                if number > 0:  # the first one loads the model
                    _take(found, watch.spent)
                watch.spent.clear()
    finally:
        sensor.close()
        journal.close()
    return {stage: percentiles(found[stage]) for stage in (*STAGES, "all")}


def _take(found: dict[str, list[float]], spent: dict[str, float]) -> None:
    search = spent["identify"] - spent["quality"] - spent["extraction"]
    own = spent["passage"] - spent["identify"] - spent["journal"]
    for stage, ms in (*spent.items(), ("search", search), ("decision", own)):
        found[stage].append(ms)
    found["all"].append(spent["passage"] + spent["lamp"])
