"""Puts an agent together and runs it, from its start to its end: where the parts meet their technology."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

import matching
from edge.agent import Agent
from edge.basis import Basis, aside_name, keep_mark, open_own_journal, open_roll, read_basis, software
from edge.configuration.front import front_of
from edge.configuration.starting import Start
from edge.enrolment.desk import desk_of
from edge.errors import StartError
from edge.gate import Gate, Telling
from edge.honesty import HonestSensor
from edge.hub_link import HubLink
from edge.hub_side import HubSide
from edge.identification import RollIdentifier
from edge.journal import Journal
from edge.log import Log
from edge.metrics import Metrics
from edge.moves import MovesDesk
from edge.notify import Notify
from edge.page_desk import PageDesk
from edge.passage import InUse, Passages
from edge.provisioning import Folder
from edge.recording import JournalRecorder
from edge.roll_copy import RollCopy
from edge.sensor.opening import open_reader
from edge.sensor_choice import sensor_settings
from edge.stages import Stages
from edge.stations import Stations
from edge.threads import Beat, Threads
from edge.unit.desk import UnitDesk
from edge.watchdog import Watchdog
from wire.happenings import Started
from wire.versions import Version

OK, THREAD_DIED, RESTART = 0, 1, -1
START_S = 300.0
"""A start that takes longer hangs: kernels are compiled in less, and a roll of thousands is read in seconds."""


def run(folder: Folder, start: Start, log: Log) -> int:
    """Runs the agent until SIGTERM or SIGINT (0), one of its threads dies (1), or it is to start anew (RESTART).

    StartError when somebody has to put something right first.
    """
    terminal = _Terminal(read_basis(folder, start, log))
    try:
        return terminal.run()
    finally:
        terminal.leave_gate_safe()


class _Terminal:
    """One agent process, from start to end."""

    def __init__(self, basis: Basis) -> None:
        self._basis = basis
        self._settings = settings = basis.settings
        self._log = log = basis.log
        self._stages = Stages(time.monotonic)
        self._stopping = threading.Event()
        self._anew = False
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, self._on_signal)
        self._threads = Threads(log.of("threads"))
        self._notify = Notify()
        self._watchdog = Watchdog(self._threads, self._notify, log.of("watchdog"))
        self._metrics: Metrics | None = None
        self._sensor = HonestSensor(open_reader(sensor_settings(settings.sensor)))
        self._enrolment = desk_of(
            basis.folder, settings, basis.grant, basis.keys, matching, basis.refusals, basis.clock, log
        )
        self._gate = Gate(
            basis.folder,
            settings,
            basis.grant,
            basis.refusals,
            basis.clock,
            log,
            checkpoint=basis.place.checkpoint,
            aside_name=aside_name,
        )

    def leave_gate_safe(self) -> None:
        """Whatever ended the run: a process that becomes another keeps its open files."""
        self._gate.close()

    def run(self) -> int:
        """Starts everything in its order, and ends it in the other one."""
        self._threads.start("watchdog", self._watchdog.run)
        starting = self._threads.beat("start", START_S)
        with self._stages.stage("engine"):
            _warm_up()
        with self._stages.stage("roll"):
            roll = open_roll(self._basis)
        with self._stages.stage("journal"):
            journal, damage = open_own_journal(self._basis)
        self._log.info("starting", granted=self._basis.grant is not None, **self._stages.seconds)
        moves = MovesDesk(self._basis, journal, roll)
        identifier = RollIdentifier(matching, roll, self._settings.passage, moves.coming)
        unit = UnitDesk(self._basis, journal, roll, identifier, self._gate.in_force)
        hub = self._hub_side(journal, roll, unit, moves)
        recorder = JournalRecorder(journal, self._basis.clock, hub.link.wake if hub else _nobody)
        unit.connect(recorder)
        moves.connect(recorder)
        started = Started(
            software=software(), roll_version=roll.content().version, set_aside=damage is not None
        )
        desk = self._page_desk(journal, roll, recorder, unit, moves)
        agent = self._agent(recorder, identifier, started, hub, desk, unit, moves)
        self._gate.start(
            self._threads,
            Telling(
                recorder,
                hub.link.tell_now if hub else _nobody,
                lambda: agent.condition.in_service and front_of(agent.condition).works,
            ),
        )
        if hub is not None:
            hub.start(self._threads, agent, recorder, self._start_anew)
            self._serve_figures(hub.link)
        self._start_page(desk, agent, hub)
        starting.rest()
        self._notify.ready()
        agent.run(self._keep_on(self._threads.beat("agent", self._allowed_s())))
        desk.stop()
        if hub is not None:
            hub.stop()
        self._gate.stop()
        return self._end(hub, journal)

    def _hub_side(self, journal: Journal, roll: RollCopy, unit: UnitDesk, moves: MovesDesk) -> HubSide | None:
        if self._basis.grant is None:
            self._log.warning(
                "no_grant", say="The hub has not taken this terminal in: it journals and refers."
            )
            return None
        return HubSide(
            self._basis,
            self._basis.grant,
            journal,
            roll,
            self._gate,
            self._enrolment,
            self._sensor.health,
            unit,
            moves,
        )

    def _page_desk(
        self, journal: Journal, roll: RollCopy, recorder: JournalRecorder, unit: UnitDesk, moves: MovesDesk
    ) -> PageDesk:
        basis = self._basis
        return PageDesk(
            basis.folder,
            basis.settings,
            basis.place,
            roll,
            self._gate,
            journal,
            recorder,
            basis.clock,
            basis.log,
            unit,
            moves,
        )

    def _start_page(self, desk: PageDesk, agent: Agent, hub: HubSide | None) -> None:
        def rules() -> tuple[Version | None, int | None]:
            return (hub.config_version(), hub.rules_age_s()) if hub is not None else (None, None)

        desk.start(
            self._threads,
            agent,
            hub.link if hub is not None else None,
            rules,
            self._enrolment.verbs if self._enrolment is not None else None,
        )

    def _agent(
        self,
        recorder: JournalRecorder,
        identifier: RollIdentifier,
        started: Started,
        hub: HubSide | None,
        desk: PageDesk,
        unit: UnitDesk,
        moves: MovesDesk,
    ) -> Agent:
        rules, gate = self._settings.passage, self._gate
        passages = Passages(
            self._basis.place,
            rules,
            identifier,
            recorder,
            time.monotonic,
            lambda: gate.circumstances(hub.rules_age_s() if hub else None, moves.planned()),
            lambda: InUse(hub.config_version() if hub else None, gate.orders_version()),
            gate.used,
            moves.taking(desk.officers),
        )

        def calling() -> bool:
            moves.escorts.look()
            return desk.calling()

        return Agent(
            self._sensor,
            passages,
            recorder,
            lamp_s=rules.lamp_s,
            now=time.monotonic,
            sleep=self._stopping.wait,
            log=self._log.of("agent"),
            ready=self._say_ready,
            first=[started, *self._basis.start.happened],
            front=gate.front,
            station=Stations(
                *([self._enrolment.station] if self._enrolment is not None else []), unit.station
            ),
            calling=calling,
        )

    def _serve_figures(self, link: HubLink) -> None:
        if (port := self._settings.health.metrics_port) == 0:
            return
        try:
            metrics = Metrics(port, link.health.read, self._log.of("metrics"))
        except OSError as error:
            self._log.error("metrics_not_served", port=port, why=error.strerror)
            return
        beat = self._threads.beat("metrics", self._settings.health.hung_s)
        self._threads.start("metrics", lambda: metrics.run(beat), beat)
        self._metrics = metrics

    def _keep_on(self, beat: Beat) -> Callable[[], bool]:
        def ask() -> bool:
            beat()
            return not self._stopping.is_set() and self._threads.all_live()

        return ask

    def _allowed_s(self) -> float:
        """The slowest image, at 9,600 baud, takes 40 s before the patience that the sensor's settings add."""
        return max(self._settings.health.hung_s, 60.0 * self._settings.sensor.patience)

    def _end(self, hub: HubSide | None, journal: Journal) -> int:
        died = not self._threads.all_live()
        if not self._anew:
            self._notify.stopping()
        if hub is not None:
            hub.link.stop()
        self._watchdog.stop()
        if self._metrics is not None:
            self._metrics.stop()
        self._threads.join(3.0)
        keep_mark(self._basis, journal)
        journal.close()
        self._log.info("stopped", thread_died=died)
        if died:
            return THREAD_DIED
        return RESTART if self._anew else OK

    def _say_ready(self) -> None:
        self._log.info("ready", since_start_s=self._stages.since_start_s())
        self._notify.status("At work")
        print("Agent ready", flush=True)  # noqa: T201 - what starts us waits for this line

    def _start_anew(self) -> None:
        self._anew = not self._stopping.is_set()
        self._stopping.set()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._anew = False
        self._stopping.set()


def _warm_up() -> None:
    try:
        matching.warm_up()
    except matching.MatchingError as error:
        raise StartError(f"The fingerprint engine cannot start. {error}") from error


def _nobody() -> None:
    """Nobody waits for entries while there is no hub."""
