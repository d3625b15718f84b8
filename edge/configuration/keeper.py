"""Takes configurations off the line, watches over the one on trial, and knows how old the rules are."""

from __future__ import annotations

import queue
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from edge.configuration.front import Front
from edge.configuration.probation import Judgement, Seen, judge
from edge.configuration.starting import Start, same_content
from edge.configuration.stored import Kept, Refused, Stored, Trial, content_of, write_stored
from edge.counters import Counters
from edge.decision import NO_ORDERS, InForce
from edge.downlink import Downlink
from edge.errors import JournalWriteError
from edge.log import Log
from edge.ports import Clock, Recorder
from edge.refusals import Refusals
from wire.configuration import KIND, Configuration
from wire.errors import Refusal
from wire.happenings import ConfigurationTaken
from wire.journal import Clock as Confidence
from wire.settings import ModelSettings
from wire.settings_keys import faults_of, read_settings
from wire.versions import Version

LOOK_S = 1.0
MOST_WAITING = 100
MOST_AHEAD = timedelta(days=1)
"""As far as a hub's clock may sensibly be ahead of one that is synchronised."""
NOTE_EVERY_S = 60
"""A confirmation is written to the card at most this often: the age may look this much older after a restart."""


@dataclass(frozen=True)
class Around:
    """What the keeper reaches of the agent: a record, a word to the hub, and a new start of the whole process.

    A start leaves the lock in its safe state for seconds: none is made of one's own accord against `in_force`.
    """

    recorder: Recorder
    front: Callable[[], Front]
    tell: Callable[[], None]
    restart: Callable[[], None]
    in_force: Callable[[], InForce] = lambda: NO_ORDERS


class Configurations:
    """`run` is the body of a thread; `post` may be called from any other. `now` is monotonic, in seconds."""

    def __init__(
        self,
        start: Start,
        downlink: Downlink,
        refusals: Refusals,
        counters: Counters,
        clock: Clock,
        *,
        now: Callable[[], float],
        log: Log,
    ) -> None:
        self._start = start
        self._stored = start.stored
        self._trial = start.trial
        self._downlink = downlink
        self._refusals = refusals
        self._counters = counters
        self._clock = clock
        self._now = now
        self._log = log
        self._waiting: queue.Queue[bytes | None] = queue.Queue(MOST_WAITING)
        self._version = start.version
        self._began_at = now()
        self._hub_heard = False
        confirmed = counters.rules_confirmed()
        self._confirmed = self._noted = None if confirmed is None else confirmed[0]
        self._heard_at: datetime | None = None if confirmed is None else confirmed[1]
        self._around: Around | None = None
        self._restarting = False

    @property
    def version(self) -> Version | None:
        """Of the configuration run by, None while it is that of the provisioning."""
        return self._version

    def age_s(self) -> int | None:
        """Seconds since the hub last said that these are the rules, None when it never did."""
        confirmed = self._confirmed
        return None if confirmed is None else int(self._clock.read().seconds_since(confirmed))

    def state(self) -> Mapping[str, Any]:
        """Fields of `wire.state.State`."""
        refused = self._stored.refused
        return {
            "model": self._start.settings.model[:40],
            "config_version": self._version,
            "config_on_trial": self._trial is not None,
            "config_refused": None if refused is None else refused.version,
            "config_why": "" if refused is None else refused.why,
        }

    def connect(self, around: Around) -> None:
        """Before `run`."""
        self._around = around

    def post(self, raw: bytes) -> None:
        """Never waits."""
        try:
            self._waiting.put_nowait(raw)
        except queue.Full:
            self._refusals.count("mailbox_full")

    def stop(self) -> None:
        self._waiting.put(None)

    def run(self, beat: Callable[[], None]) -> None:
        """Returns after `stop`."""
        self._began_at = self._now()
        while True:
            beat()
            try:
                raw = self._waiting.get(timeout=LOOK_S)
            except queue.Empty:
                raw = b""
            if raw is None:
                return
            if raw:
                self.take(raw)
            self.look()

    def take(self, raw: bytes) -> None:
        """Verifies one message and acts on it; one that must not be acted on is counted."""
        said = self._downlink.read(raw, KIND, Configuration)
        if said is None or self._restarting:
            return
        if self._was_said(said.said_at):
            self._refusals.count(Refusal.BACKWARDS)  # said once before: it proves nothing about now
            return
        self._heard_at = said.said_at
        self._hub_heard = True
        if said.version == self._version:
            self._confirm(said.said_at)
        elif said.version <= self._stored.newest():
            self._refusals.count(Refusal.BACKWARDS)
            self._tell()  # the hub believes that something else is here: our state tells it what
        elif said.settings is not None and self._trial is None:
            self._consider(said, said.settings)

    def _was_said(self, said_at: datetime) -> bool:
        """Whether it may be a copy of an old message. Words of a hub whose clock was far ahead once bind nobody."""
        heard, now = self._heard_at, self._clock.read()
        if heard is None or (
            now.confidence is Confidence.SYNCHRONISED and heard > now.wall_time + MOST_AHEAD
        ):
            return False
        return said_at <= heard

    def look(self) -> None:
        """Judges the configuration on trial."""
        if self._trial is None or self._around is None or self._restarting:
            return
        seen = Seen(self._now() - self._began_at, self._around.front(), self._hub_heard)
        judgement, why = judge(self._trial, seen)
        if judgement is Judgement.KEEP:
            self._keep(self._trial)
        elif judgement is Judgement.TAKE_BACK and not self._around.in_force().evacuate:
            self._take_back(self._trial, why)

    def _consider(self, said: Configuration, raw: bytes) -> None:
        content, why = _read(raw)
        if content is None:
            self._refuse(said.version, why)
        elif same_content(self._start.settings, content):
            self._adopt(said, content)
        else:
            self._try(said.version, content, said.probation_s)

    def _refuse(self, version: Version, why: str) -> None:
        self._log.error("configuration_refused", version=str(version), why=why)
        refused = Refused(version=version, why=why[:200])
        self._store(msgspec.structs.replace(self._stored, refused=refused))
        self._record(version, "refused", why)
        self._tell()

    def _adopt(self, said: Configuration, content: ModelSettings) -> None:
        """Another version of what is run by already: nothing to try, and no gate stands still for it."""
        kept = Kept(version=said.version, settings=content_of(content))
        if self._store(msgspec.structs.replace(self._stored, kept=kept)):
            self._version = said.version
            self._confirm(said.said_at)
            self._record(said.version, "kept", "")
            self._tell()

    def _try(self, version: Version, content: ModelSettings, probation_s: float) -> None:
        assert self._around is not None
        orders = self._around.in_force()
        if orders.evacuate or orders.lockdown:
            self._log.info("configuration_waits_for_orders", version=str(version))
            return  # the hub says it again
        front = self._around.front()
        trial = Trial(
            version=version,
            settings=content_of(content),
            probation_s=probation_s,
            sensor_worked=front.works,
            in_service=front.in_service,
        )
        if self._store(msgspec.structs.replace(self._stored, trial=trial)):
            self._log.info("configuration_to_be_tried", version=str(version))
            self._restart()

    def _keep(self, trial: Trial) -> None:
        if not self._store(self._stored.with_trial_kept()):
            return
        self._trial = None
        self._log.info("configuration_kept", version=str(trial.version))
        self._record(trial.version, "kept", "")
        self._tell()

    def _take_back(self, trial: Trial, why: str) -> None:
        if not self._store(self._stored.without_trial(why)):
            return
        self._log.error("configuration_taken_back", version=str(trial.version), why=why)
        self._record(trial.version, "reverted", why)
        self._restart()

    def _restart(self) -> None:
        assert self._around is not None
        self._restarting = True
        self._around.restart()

    def _store(self, stored: Stored) -> bool:
        try:
            write_stored(self._start.path, stored)
        except OSError as error:
            # The hub says it again; until the card takes it, nothing changes.
            self._log.error("configuration_not_stored", why=error.strerror)
            return False
        self._stored = stored
        return True

    def _record(self, version: Version, outcome: str, why: str) -> None:
        assert self._around is not None
        try:
            self._around.recorder.record(ConfigurationTaken(version=version, outcome=outcome, why=why[:200]))
        except JournalWriteError as error:
            self._log.error("journal_unwritable", code=error.code, say=error.sentence)

    def _tell(self) -> None:
        assert self._around is not None
        self._around.tell()

    def _confirm(self, said_at: datetime) -> None:
        self._confirmed = now = self._clock.read()
        if self._noted is not None and now.seconds_since(self._noted) < NOTE_EVERY_S:
            return
        self._noted = now
        try:
            self._counters.note_rules_confirmed(now, said_at)
        except OSError as error:
            self._log.warning("confirmation_not_noted", why=error.strerror)


def _read(raw: bytes) -> tuple[ModelSettings | None, str]:
    """The settings, or None and what is wrong with them, by name."""
    try:
        content = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None, "It cannot be read."
    if not isinstance(content, dict):
        return None, "It holds no settings."
    faults = faults_of(content, whole=False)
    if faults:
        return None, "; ".join(str(fault) for fault in faults)[:200]
    return read_settings(content), ""
