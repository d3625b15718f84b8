"""Everything between this terminal and the hub, put together: line, messenger, courier, roll."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import msgspec

from edge.agent import Condition
from edge.condition_file import ConditionFile
from edge.counters import Counters
from edge.courier import Courier
from edge.downlink import Downlink
from edge.echo import EchoSounder
from edge.health import HealthDesk
from edge.journal import Journal
from edge.journal_mark import Follower, MarkFile
from edge.log import Log
from edge.messenger import Messenger, Say, StateChanged, Voice, Wake
from edge.ports import Clock
from edge.provisioning import Folder, Keys
from edge.recording import JournalRecorder, batch_sealer, history_at_start
from edge.refusals import Refusals
from edge.roll_copy import RollCopy
from edge.roll_receiver import RollReceiver
from edge.salvage import find_stretches, note_all_sent
from edge.sensor import SensorHealth
from edge.settings import Settings
from edge.threads import Beat, Threads
from edge.uplink import Identity, Line, News, Uplink, can_judge_dates
from wire.echo import KIND as ECHO
from wire.echo import Echo
from wire.envelope import HUB, sign
from wire.happenings import Started
from wire.keys import verifying_key
from wire.provisioning import Grant
from wire.state import KIND as STATE
from wire.state import JournalEnd, State
from wire.topics import Channel, topic

ROLL_S = 1_800.0
"""Opening a roll of ten thousand people on a slow machine takes minutes, and is no hang."""


class HubLink:
    """Made from a grant; nothing is connected before `start`, and no absence of the hub ends it."""

    def __init__(
        self,
        folder: Folder,
        settings: Settings,
        grant: Grant,
        keys: Keys,
        journal: Journal,
        roll: RollCopy,
        counters: Counters,
        refusals: Refusals,
        clock: Clock,
        log: Log,
        *,
        software: str,
        new_id: Callable[[], bytes],
        aside_name: Callable[[], str],
        handlers: Mapping[Channel, Callable[[bytes], None]] | None = None,
        sensor: Callable[[], SensorHealth] | None = None,
        restarts: int | None = None,
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._grant = grant
        self._keys = keys
        self._journal = journal
        self._roll = roll
        self._counters = counters
        self._clock = clock
        self._log = log
        self._software = software
        self._new_id = new_id
        self._aside_name = aside_name
        self._state_parts: list[Callable[[], Mapping[str, Any]]] = []
        self._handlers = dict(handlers or {})
        self.health = HealthDesk(
            folder, settings.health, journal, roll, refusals, clock, sensor=sensor, restarts=restarts
        )
        self._condition_file = ConditionFile(folder.condition, self._condition_words)
        marks = MarkFile(folder.mark, settings.terminal, keys.signing)
        self._follower = Follower(journal, marks, log.of("journal"), self._begin_anew_damaged)
        self._beats = _Beats()
        hub_key = verifying_key(grant.hub_verifying_key)
        self._receiver = RollReceiver(settings.terminal, hub_key, roll, refusals, self._state_changed)
        self._uplink = self._make_uplink()
        self._echo = self.health.echo = self._make_echo(Downlink(settings.terminal, hub_key, refusals))
        self._messenger = Messenger(
            settings.terminal,
            hub_key,
            self._make_courier(),
            journal,
            self._uplink,
            Voice(self._state, self._begin_anew),
            refusals,
            state_s=settings.courier.state_s,
            handlers={
                Channel.ROLL: self._receiver.post,
                Channel.ECHOED: self._echo.hear,
                **self._handlers,
            },
            now=time.monotonic,
            log=log.of("messenger"),
            sounder=self._echo,
            salvage=self._make_salvage(),
            salvaged=lambda: note_all_sent(folder.root, log.of("journal")),
            idle=self._idle,
            beat=self._beats.messenger,
        )

    def start(self, threads: Threads, condition: Condition) -> None:
        """Starts the three threads; `condition` tells how the terminal's front stands."""
        self.health.condition = condition
        hung_s = self._settings.health.hung_s
        self._beats.of_messenger = threads.beat("messenger", hung_s)
        self._beats.of_uplink = threads.beat("uplink", hung_s)
        roll = threads.beat("roll", ROLL_S)
        threads.start("roll", lambda: self._receiver.run(roll), roll)
        threads.start("messenger", self._messenger.run, self._beats.of_messenger)
        threads.start("uplink", self._uplink.run, self._beats.of_uplink)

    def stop(self) -> None:
        """Asks the threads to end; the messenger says the last word while the line still stands."""
        self._receiver.stop()
        self._messenger.stop()
        self._messenger.ended.wait(3.0)
        self._uplink.stop()

    def reconnect(self) -> None:
        """Makes the connection anew, as for a new certificate. From any thread."""
        self._uplink.drop()

    def say(self, channel: Channel, payload: bytes) -> None:
        """Sends a signed message up; dropped without a connection. From any thread."""
        self._messenger.post(Say(channel, payload))

    def also_tell(
        self,
        state: Callable[[], Mapping[str, Any]] | None = None,
        health: Callable[[], Mapping[str, Any]] | None = None,
    ) -> None:
        """Fields of `wire.state.State` and `Health` that somebody else knows, asked for at each state."""
        self._state_parts += [state] if state is not None else []
        if health is not None:
            self.health.also(health)

    def tell_now(self) -> None:
        """Something in the state changed that the hub should hear at once."""
        self._state_changed()

    def wake(self) -> None:
        """An entry was journalled."""
        self._messenger.post(Wake())

    def _post(self, news: News) -> None:
        self._messenger.post(news)

    def _state_changed(self) -> None:
        self._messenger.post(StateChanged())

    def _make_courier(self) -> Courier:
        chosen = self._settings.courier
        settled, young = history_at_start(self._journal, self._clock.read(), chosen.live_s)
        now = time.monotonic()
        return Courier(
            self._journal,
            batch_sealer(self._settings.terminal, self._keys.signing),
            chosen,
            settled,
            [(now - age_s, sequence) for age_s, sequence in young],
        )

    def _make_uplink(self) -> Uplink:
        terminal, broker = self._settings.terminal, self._grant.broker
        identity = Identity(self._folder.certificate, self._folder.tls_key, self._folder.authority)
        line = Line(
            host=broker.host,
            port=broker.port,
            mqtt5=broker.mqtt5,
            terminal=terminal,
            identity=identity if broker.tls else None,
            subscriptions=[
                topic(terminal, channel)
                for channel in (Channel.ACK, Channel.ROLL, Channel.ECHOED, *self._handlers)
            ],
            will_topic=topic(terminal, Channel.STATE),
        )
        return Uplink(
            line,
            self._settings.uplink,
            next_session=lambda: self._counters.next_session(self._clock.read().wall_time),
            will=lambda session: self._state(session, False),
            post=self._post,
            log=self._log.of("uplink"),
            random=Random(terminal),  # noqa: S311 - only spreads terminals over time
            beat=self._beats.uplink,
            rest=self._beats.uplink_rests,
            knows_time=lambda: can_judge_dates(self._clock.read(), self._folder.certificate),
        )

    def _make_echo(self, downlink: Downlink) -> EchoSounder:
        terminal, key = self._settings.terminal, self._keys.signing

        def seal(echo: Echo) -> bytes:
            return sign(ECHO, terminal, HUB, echo, key)

        return EchoSounder(
            downlink,
            self._clock,
            self._log.of("echo"),
            every_s=self._settings.health.echo_s,
            seal=seal,
            reconnect=self._uplink.drop,
            changed=self._state_changed,
        )

    def _make_salvage(self) -> list[Courier]:
        """One courier for each stretch of a set-aside journal that the hub may not hold yet: all of it history."""
        seal = batch_sealer(self._settings.terminal, self._keys.signing)
        found = find_stretches(self._folder.root, self._settings.terminal, self._log.of("journal"))
        return [Courier(one, seal, self._settings.courier, one.standing().last) for one in found]

    def _idle(self, now: float) -> None:
        self.health.look()
        self._follower.idle(now)
        self._condition_file.look(now)

    def _condition_words(self) -> dict[str, object]:
        health = self.health.read()
        return {
            "sensor": health.sensor,
            "clock": health.clock.value,
            "alarms": sorted(health.alarms),
            "connection": self._uplink.last_failure(),
        }

    def _state(self, session: int, online: bool) -> bytes:
        now = self._clock.read()
        state = State(
            session=session,
            online=online,
            software=self._software,
            boot_id=now.boot_id,
            said_at=now.wall_time,
            roll_version=self._roll.content().version,
            journal=self._journal_end() if online else None,
            health=self.health.read() if online else None,
        )
        for part in self._state_parts if online else ():
            state = msgspec.structs.replace(state, **part())
        return sign(STATE, self._settings.terminal, HUB, state, self._keys.signing)

    def _journal_end(self) -> JournalEnd:
        standing = self._journal.standing()
        return JournalEnd(journal_id=standing.journal_id, last=standing.last, last_link=standing.last_link)

    def _begin_anew(self) -> None:
        folder = self._journal.begin_anew(self._new_id(), self._aside_name())
        self._log.error("journal_set_aside", to=folder.name)
        JournalRecorder(self._journal, self._clock, self.wake).record(
            Started(software=self._software, roll_version=self._roll.content().version, set_aside=True)
        )

    def _begin_anew_damaged(self) -> None:
        """Called by the messenger's own thread, between two turns."""
        self._begin_anew()
        self._messenger.begun_anew(self._make_salvage())


class _Beats:
    """The beats of threads that start later than what they run was made."""

    def __init__(self) -> None:
        self.of_messenger: Beat | None = None
        self.of_uplink: Beat | None = None

    def messenger(self) -> None:
        if self.of_messenger is not None:
            self.of_messenger()

    def uplink(self) -> None:
        if self.of_uplink is not None:
            self.of_uplink()

    def uplink_rests(self) -> None:
        if self.of_uplink is not None:
            self.of_uplink.rest()
