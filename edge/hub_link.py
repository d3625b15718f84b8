"""Everything between this terminal and the hub, put together: line, messenger, courier, roll."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import msgspec

from edge.agent import Condition
from edge.clock import disk_free_bytes
from edge.counters import Counters
from edge.courier import Courier
from edge.journal import Journal
from edge.log import Log
from edge.messenger import Messenger, Say, StateChanged, Voice, Wake
from edge.ports import Clock
from edge.provisioning import Folder, Keys
from edge.recording import JournalRecorder, batch_sealer, last_settled
from edge.refusals import Refusals
from edge.roll_copy import RollCopy
from edge.roll_receiver import RollReceiver
from edge.settings import Settings
from edge.threads import Threads
from edge.uplink import Identity, Line, News, Uplink
from wire.envelope import HUB, sign
from wire.happenings import Started
from wire.keys import verifying_key
from wire.provisioning import Grant
from wire.state import KIND as STATE
from wire.state import Health, JournalEnd, SensorWord, State
from wire.topics import Channel, topic


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
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._grant = grant
        self._keys = keys
        self._journal = journal
        self._roll = roll
        self._counters = counters
        self._refusals = refusals
        self._clock = clock
        self._log = log
        self._software = software
        self._new_id = new_id
        self._aside_name = aside_name
        self._condition: Condition | None = None
        self._state_parts: list[Callable[[], Mapping[str, Any]]] = []
        self._health_parts: list[Callable[[], Mapping[str, Any]]] = []
        self._handlers = dict(handlers or {})
        self._uplink = self._make_uplink()
        hub_key = verifying_key(grant.hub_verifying_key)
        self._receiver = RollReceiver(settings.terminal, hub_key, roll, refusals, self._state_changed)
        self._messenger = Messenger(
            settings.terminal,
            hub_key,
            self._make_courier(),
            journal,
            self._uplink,
            Voice(self._state, self._begin_anew),
            refusals,
            state_s=settings.courier.state_s,
            handlers={Channel.ROLL: self._receiver.post, **self._handlers},
            now=time.monotonic,
            log=log.of("messenger"),
        )

    def start(self, threads: Threads, condition: Condition) -> None:
        """Starts the three threads; `condition` tells how the terminal's front stands."""
        self._condition = condition
        threads.start("roll", self._receiver.run)
        threads.start("messenger", self._messenger.run)
        threads.start("uplink", self._uplink.run)

    def stop(self) -> None:
        """Asks the threads to end; the messenger says the last word while the line still stands."""
        self._receiver.stop()
        self._messenger.stop()
        self._messenger.ended.wait(3.0)
        self._uplink.stop()

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
        self._health_parts += [health] if health is not None else []

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
        settled = last_settled(self._journal, self._clock.read(), chosen.live_s)
        return Courier(
            self._journal, batch_sealer(self._settings.terminal, self._keys.signing), chosen, settled
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
                topic(terminal, channel) for channel in (Channel.ACK, Channel.ROLL, *self._handlers)
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
        )

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
            health=self._health() if online else None,
        )
        for part in self._state_parts if online else ():
            state = msgspec.structs.replace(state, **part())
        return sign(STATE, self._settings.terminal, HUB, state, self._keys.signing)

    def _journal_end(self) -> JournalEnd:
        standing = self._journal.standing()
        return JournalEnd(journal_id=standing.journal_id, last=standing.last, last_link=standing.last_link)

    def _health(self) -> Health:
        standing = self._journal.standing()
        condition = self._condition
        front = condition.sensor if condition is not None else SensorWord.STARTING
        health = Health(
            sensor=front if condition is None or condition.in_service else SensorWord.OUT_OF_SERVICE,
            queue_depth=standing.last - standing.committed,
            disk_free_mb=disk_free_bytes(self._folder.root) >> 20,
            clock=self._clock.read().confidence,
            roll_age_s=self._roll.age_s(),
            refused_from_hub=self._refusals.total(),
        )
        for part in self._health_parts:
            health = msgspec.structs.replace(health, **part())
        return health

    def _begin_anew(self) -> None:
        folder = self._journal.begin_anew(self._new_id(), self._aside_name())
        self._log.error("journal_set_aside", to=folder.name)
        JournalRecorder(self._journal, self._clock, self.wake).record(
            Started(software=self._software, roll_version=self._roll.content().version, set_aside=True)
        )
