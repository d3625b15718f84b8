"""Builds an agent from what is on disk, and runs it: the only place where the parts meet their technology."""

from __future__ import annotations

import os
import secrets
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from types import FrameType

import matching
from edge.agent import Agent
from edge.asking import Asking
from edge.clock import SystemClock
from edge.configuration.front import front_of
from edge.configuration.keeper import Around, Configurations
from edge.configuration.starting import Start
from edge.counters import Counters
from edge.downlink import Downlink
from edge.enrolment.desk import desk_of
from edge.errors import JournalDamagedError, StartError
from edge.gate import Gate, Telling
from edge.honesty import HonestSensor
from edge.hub_link import HubLink
from edge.identification import RollIdentifier
from edge.journal import Journal, Room, open_journal
from edge.journal_mark import MarkFile
from edge.log import Log
from edge.metrics import Metrics
from edge.notify import Notify
from edge.page_desk import PageDesk
from edge.passage import InUse, Passages
from edge.protection import AtRest, RollKeys
from edge.provisioning import Folder, load_grant, load_keys
from edge.recording import JournalRecorder
from edge.refusals import Refusals
from edge.roll_copy import RollCopy
from edge.roll_file import RollFile
from edge.sensor.opening import open_reader
from edge.sensor_choice import sensor_settings
from edge.settings import Settings
from edge.stages import Stages
from edge.threads import Beat, Threads
from edge.watchdog import Watchdog
from wire.happenings import Started
from wire.keys import verifying_key
from wire.provisioning import CheckpointSettings, Grant
from wire.topics import Channel

UNASSIGNED = CheckpointSettings(checkpoint="unassigned", from_zone="unassigned", to_zone="unassigned")
"""Where a terminal stands before its grant: it journals and refers everybody."""

MIB = 1 << 20
OK, THREAD_DIED, RESTART = 0, 1, -1
START_S = 300.0
"""A start that takes longer hangs: kernels are compiled in less, and a roll of thousands is read in seconds."""


def software() -> str:
    """Name and version for the journal and the hub."""
    try:
        return f"pims-edge {version('pims')}"
    except PackageNotFoundError:
        return "pims-edge from source"


def run(folder: Folder, start: Start, log: Log) -> int:
    """Runs the agent until SIGTERM or SIGINT (0), one of its threads dies (1), or it is to start anew (RESTART).

    StartError when somebody has to put something right first.
    """
    terminal = _Terminal(folder, start, log)
    try:
        return terminal.run()
    finally:
        terminal.leave_gate_safe()


class _Terminal:
    """One agent process, from start to end."""

    def __init__(self, folder: Folder, start: Start, log: Log) -> None:
        self._folder = folder
        self._start = start
        self._settings = settings = start.settings
        self._log = log
        self._stopping = threading.Event()
        self._anew = False
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, self._on_signal)
        self._clock = SystemClock()
        self._grant = load_grant(folder, settings)
        self._refusals = Refusals(log.of("downlink"))
        self._keys = load_keys(folder)
        self._threads = Threads(log.of("threads"))
        self._counters = Counters(folder.counters)
        self._enrolment = desk_of(
            folder, settings, self._grant, self._keys, matching, self._refusals, self._clock, log
        )
        self._roll_keys = RollKeys(folder, AtRest(settings.protection.at_rest), os.environ)
        self._roll_file = RollFile(folder.roll, self._roll_keys, settings.terminal)
        if not self._counters.check():
            log.error("counters_damaged", say="They begin anew; the old file is beside the new one.")
        self._sensor = HonestSensor(open_reader(sensor_settings(settings.sensor)))
        self._notify = Notify()
        self._watchdog = Watchdog(self._threads, self._notify, log.of("watchdog"))
        self._metrics: Metrics | None = None
        self._stages = Stages(time.monotonic)
        self._gate = Gate(
            folder,
            settings,
            self._grant,
            self._refusals,
            self._clock,
            log,
            checkpoint=_place(self._grant).checkpoint,
            aside_name=_aside_name,
        )

    def leave_gate_safe(self) -> None:
        """Whatever ended the run: a process that becomes another keeps its open files."""
        self._gate.close()

    def run(self) -> int:
        self._threads.start("watchdog", self._watchdog.run)
        starting = self._threads.beat("start", START_S)
        with self._stages.stage("engine"):
            _warm_up()
        with self._stages.stage("roll"):
            roll = self._open_roll()
        with self._stages.stage("journal"):
            journal, damage = self._open_journal()
        self._log.info("starting", granted=self._grant is not None, **self._stages.seconds)
        configurations = self._configurations()
        asking = self._asking(roll)
        link = self._link(journal, roll, configurations, asking)
        recorder = JournalRecorder(journal, self._clock, link.wake if link else _nobody)
        started = Started(
            software=software(), roll_version=roll.content().version, set_aside=damage is not None
        )
        desk = PageDesk(
            self._folder,
            self._settings,
            _place(self._grant),
            roll,
            self._gate,
            journal,
            recorder,
            self._clock,
            self._log,
        )
        agent = self._agent(recorder, roll, started, configurations, desk)
        self._gate.start(self._threads, Telling(recorder, link.tell_now if link else _nobody))
        if link is not None:
            link.start(self._threads, agent.condition)
        if link is not None and configurations is not None:
            configurations.connect(
                Around(recorder, lambda: front_of(agent.condition), link.tell_now, self._start_anew)
            )
            beat = self._threads.beat("configuration", self._settings.health.hung_s)
            self._threads.start("configuration", lambda: configurations.run(beat), beat)
        if link is not None and self._enrolment is not None:
            self._enrolment.start(link.say, self._threads, self._settings.health.hung_s)
        if link is not None and asking is not None:
            asking.start(link, self._threads)
            self._serve_figures(link)
        desk.start(
            self._threads,
            agent,
            link,
            lambda: (configurations.version, configurations.age_s()) if configurations else (None, None),
            self._enrolment.verbs if self._enrolment is not None else None,
        )
        starting.rest()
        self._notify.ready()
        agent.run(self._keep_on(self._threads.beat("agent", self._allowed_s())))
        desk.stop()
        if configurations is not None:
            configurations.stop()
        if asking is not None:
            asking.stop()
        if self._enrolment is not None:
            self._enrolment.stop()
        self._gate.stop()
        return self._end(link, journal)

    def _keep_on(self, beat: Beat) -> Callable[[], bool]:
        def ask() -> bool:
            beat()
            return not self._stopping.is_set() and self._threads.all_live()

        return ask

    def _allowed_s(self) -> float:
        """The slowest image, at 9,600 baud, takes 40 s before the patience that the sensor's settings add."""
        return max(self._settings.health.hung_s, 60.0 * self._settings.sensor.patience)

    def _serve_figures(self, link: HubLink) -> None:
        if (port := self._settings.health.metrics_port) == 0:
            return
        try:
            metrics = Metrics(port, link.health.read, self._log.of("metrics"))
        except OSError as error:
            self._log.error("metrics_not_served", port=port, why=error.strerror)
            return
        self._threads.start("metrics", metrics.run)
        self._metrics = metrics

    def _open_journal(self) -> tuple[Journal, JournalDamagedError | None]:
        terminal = self._settings.terminal
        mark = MarkFile(self._folder.mark, terminal, self._keys.signing).load()
        journal, damage = open_journal(
            self._folder.journal, terminal, _room(self._settings), _new_id, _aside_name, mark
        )
        if damage is not None:
            self._log.error("journal_set_aside", say=damage.sentence)
        return journal, damage

    def _open_roll(self) -> RollCopy:
        roll = RollCopy(
            self._roll_file,
            matching.Gallery,
            terminal=self._settings.terminal,
            to_zone=_place(self._grant).to_zone,
            opening_key=self._keys.opening,
            counters=self._counters,
            clock=self._clock,
            log=self._log.of("roll"),
        )
        roll.load(_aside_name())
        return roll

    def _configurations(self) -> Configurations | None:
        if self._grant is None:
            return None
        hub_key = verifying_key(self._grant.hub_verifying_key)
        return Configurations(
            self._start,
            Downlink(self._settings.terminal, hub_key, self._refusals),
            self._refusals,
            self._counters,
            self._clock,
            now=time.monotonic,
            log=self._log.of("configuration"),
        )

    def _asking(self, roll: RollCopy) -> Asking | None:
        if self._grant is None:
            return None
        return Asking(
            self._folder,
            self._settings,
            self._keys,
            verifying_key(self._grant.hub_verifying_key),
            self._roll_file,
            self._roll_keys,
            roll,
            self._refusals,
            self._clock,
            self._log,
            aside_name=_aside_name,
        )

    def _link(
        self, journal: Journal, roll: RollCopy, configurations: Configurations | None, asking: Asking | None
    ) -> HubLink | None:
        if self._grant is None or configurations is None or asking is None:
            self._log.warning(
                "no_grant", say="The hub has not taken this terminal in: it journals and refers."
            )
            return None
        link = HubLink(
            self._folder,
            self._settings,
            self._grant,
            self._keys,
            journal,
            roll,
            self._counters,
            self._refusals,
            self._clock,
            self._log,
            software=software(),
            new_id=_new_id,
            aside_name=_aside_name,
            handlers={
                Channel.CONFIG: configurations.post,
                **asking.handlers(),
                **self._gate.handlers(),
                **(self._enrolment.handlers() if self._enrolment is not None else {}),
            },
        )
        link.also_tell(configurations.state, lambda: {"rules_age_s": configurations.age_s()})
        link.also_tell(self._gate.state, self._gate.health)
        return link

    def _agent(
        self,
        recorder: JournalRecorder,
        roll: RollCopy,
        started: Started,
        configurations: Configurations | None,
        desk: PageDesk,
    ) -> Agent:
        identifier = RollIdentifier(matching, roll, self._settings.passage)
        place = _place(self._grant)
        gate = self._gate
        return Agent(
            self._sensor,
            Passages(
                place,
                self._settings.passage,
                identifier,
                recorder,
                time.monotonic,
                lambda: gate.circumstances(configurations.age_s() if configurations else None),
                lambda: InUse(configurations.version if configurations else None, gate.orders_version()),
                gate.used,
            ),
            recorder,
            lamp_s=self._settings.passage.lamp_s,
            now=time.monotonic,
            sleep=self._stopping.wait,
            log=self._log.of("agent"),
            ready=self._say_ready,
            first=[started, *self._start.happened],
            front=gate.front,
            station=self._enrolment.station if self._enrolment is not None else None,
            calling=desk.calling,
        )

    def _end(self, link: HubLink | None, journal: Journal) -> int:
        died = not self._threads.all_live()
        if not self._anew:
            self._notify.stopping()
        if link is not None:
            link.stop()
        self._watchdog.stop()
        if self._metrics is not None:
            self._metrics.stop()
        self._threads.join(3.0)
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


def _place(grant: Grant | None) -> CheckpointSettings:
    return UNASSIGNED if grant is None else grant.checkpoint


def _room(settings: Settings) -> Room:
    chosen = settings.journal
    return Room(chosen.most_mb * MIB, chosen.reserve_mb * MIB, chosen.low_mb * MIB)


def _new_id() -> bytes:
    return secrets.token_bytes(16)


def _aside_name() -> str:
    """Two in one second must not share a folder, and the clock may be wrong."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def _nobody() -> None:
    """Nobody waits for entries while there is no hub."""
