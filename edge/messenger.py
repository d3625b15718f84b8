"""Everything that leaves the terminal, from one thread: entries, and how the terminal is.

It also hears what the hub acknowledges. Whatever anybody else has to tell it goes into its mailbox.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.courier import Courier
from edge.log import Log
from edge.ports import Heard
from edge.refusals import Refusals
from edge.uplink import Arrived, Connected, Disconnected, News
from wire.codec import decode
from wire.envelope import HUB, open_envelope
from wire.errors import WireError
from wire.journal import Ack
from wire.keys import VerifyingKey
from wire.topics import Channel, topic

ACK_KIND = Channel.ACK.value
MAILBOX = 1_000
TIDY_S = 5.0


@dataclass(frozen=True)
class Wake:
    """An entry was journalled."""


@dataclass(frozen=True)
class StateChanged:
    """Something that the hub should hear now, not at the next turn of the clock."""


@dataclass(frozen=True)
class Say:
    """A message to the hub beside entries and state; without a connection it is dropped: its owner says it again."""

    channel: Channel
    payload: bytes


Mail = News | Wake | StateChanged | Say


class Sounder(Protocol):
    """What sends a word of its own through broker and hub from time to time, to learn how the way is."""

    def connected(self, now: float) -> None: ...
    def due(self, now: float) -> bytes | None: ...
    def seconds_until_due(self, now: float) -> float: ...


class Outward(Protocol):
    """The line to the broker."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = ..., wait: bool = ...) -> bool: ...


class Keeping(Protocol):
    """The journal's own housekeeping."""

    def is_short(self) -> bool: ...
    def prune(self) -> int: ...
    def tidy(self) -> None: ...


@dataclass(frozen=True)
class Voice:
    """What the terminal can say of itself: a state with this session, and its entries begun anew."""

    state: Callable[[int, bool], bytes]
    begin_anew: Callable[[], None]


class Messenger:
    """`run` is the body of a thread; `post` may be called from any other."""

    def __init__(
        self,
        terminal: str,
        hub_key: VerifyingKey,
        courier: Courier,
        journal: Keeping,
        outward: Outward,
        voice: Voice,
        refusals: Refusals,
        *,
        state_s: float,
        handlers: Mapping[Channel, Callable[[bytes], None]],
        now: Callable[[], float],
        log: Log,
        sounder: Sounder | None = None,
        salvage: Sequence[Courier] = (),
        salvaged: Callable[[], None] = lambda: None,
        idle: Callable[[float], None] = lambda _now: None,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._terminal = terminal
        self._hub_key = hub_key
        self._courier = courier
        self._journal = journal
        self._outward = outward
        self._voice = voice
        self._refusals = refusals
        self._state_s = state_s
        self._handlers = {self._topic(channel): handle for channel, handle in handlers.items()}
        self._now = now
        self._log = log
        self._sounder = sounder
        self._salvage = list(salvage)
        self._salvaged = salvaged
        self._idle = idle
        self._beat = beat
        self._mailbox: queue.Queue[Mail] = queue.Queue(MAILBOX)
        self._session: int | None = None
        self._state_at = 0.0
        self._tidy_at = 0.0
        self._short = False
        self._stopping = False
        self.ended = threading.Event()

    def post(self, mail: Mail) -> None:
        """Never waits: what does not fit is asked for again later, by the courier or by our state."""
        try:
            self._mailbox.put_nowait(mail)
        except queue.Full:
            self._refusals.count("mailbox_full")

    def stop(self) -> None:
        self._stopping = True
        self.post(Wake())

    def run(self) -> None:
        """Returns after `stop`, with the terminal's last word said if the broker is there."""
        while not self._stopping:
            self.turn(self._patience_s())
        if self._session is not None:
            last_word = self._voice.state(self._session, False)
            self._outward.publish(self._topic(Channel.STATE), last_word, retain=True, wait=True)
        self.ended.set()

    def turn(self, timeout_s: float) -> None:
        """Takes what is in the mailbox, waiting at most `timeout_s` for the first, then says what is due."""
        self._beat()
        self._read_mail(timeout_s)
        self._beat()
        try:
            if self._session is not None:
                self._say_state_if_due(self._session)
                self._say_echo_if_due()
                self._send_entries()
            else:
                self._courier.grow_old(self._now())
            self._keep_house()
        except sqlite3.Error as error:
            # A card that cannot be read now must not stop the gate, which can still write.
            self._log.error("journal_unreadable", why=getattr(error, "sqlite_errorname", "unknown"))
            self._tidy_at = self._now() + TIDY_S

    def _say_echo_if_due(self) -> None:
        word = self._sounder.due(self._now()) if self._sounder is not None else None
        if word is not None:
            self._outward.publish(self._topic(Channel.ECHO), word)

    def _send_entries(self) -> None:
        """The journal's own first; what was saved of a damaged one goes when none of its entries wait."""
        batches = self._courier.due(self._now())
        if not batches and self._salvage:
            batches = self._salvage[0].due(self._now())
        for batch in batches:
            self._outward.publish(self._topic(Channel.JOURNAL), batch)

    def _patience_s(self) -> float:
        now = self._now()
        due = [self._tidy_at - now]
        if self._session is not None:
            due += [self._state_at - now, self._courier.seconds_until_due(now)]
            due += [courier.seconds_until_due(now) for courier in self._salvage[:1]]
            due += [self._sounder.seconds_until_due(now)] if self._sounder is not None else []
        return max(0.01, min(due))

    def _read_mail(self, timeout_s: float) -> None:
        try:
            self._take(self._mailbox.get(timeout=timeout_s))
            while True:
                self._take(self._mailbox.get_nowait())
        except queue.Empty:
            return

    def _take(self, mail: Mail) -> None:
        if isinstance(mail, Connected):
            self._session = mail.session
            self._state_at = self._now()
            self._courier.connected()
            for courier in self._salvage:
                courier.connected()
            if self._sounder is not None:
                self._sounder.connected(self._now())
        elif isinstance(mail, Disconnected):
            self._session = None
        elif isinstance(mail, StateChanged):
            self._state_at = self._now()
        elif isinstance(mail, Say):
            if self._session is not None:
                self._outward.publish(self._topic(mail.channel), mail.payload)
        elif isinstance(mail, Arrived):
            self._take_message(mail)

    def _take_message(self, message: Arrived) -> None:
        handle = self._handlers.get(message.topic)
        if handle is not None:
            handle(message.payload)
            return
        try:
            body = open_envelope(
                message.payload, kind=ACK_KIND, sender=HUB, receiver=self._terminal, key=self._hub_key
            )
            taken = decode(body, Ack)
            heard = self._courier.acknowledged(taken)
        except WireError as error:
            self._refusals.count(error.reason)
            return
        if heard is Heard.OTHER_JOURNAL:
            self._take_salvage_ack(taken)
        elif heard is Heard.CONTRADICTION:
            self._log.error(
                "journal_contradicted", say="The hub holds other entries: a new journal is begun."
            )
            self._voice.begin_anew()
            self._courier.begun_anew()
            self._state_at = self._now()

    def _take_salvage_ack(self, ack: Ack) -> None:
        for courier in self._salvage:
            courier.acknowledged(ack)
        waited = bool(self._salvage)
        self._salvage = [courier for courier in self._salvage if not courier.is_done()]
        if waited and not self._salvage:
            self._log.info("salvage_sent")
            self._salvaged()

    def begun_anew(self, salvage: Sequence[Courier]) -> None:
        """The journal was replaced by an empty one; `salvage` sends what the old one holds. From our own thread."""
        self._salvage = list(salvage)
        self._courier.begun_anew()
        self._state_at = self._now()

    def _say_state_if_due(self, session: int) -> None:
        now = self._now()
        if now >= self._state_at:
            self._state_at = now + self._state_s
            self._outward.publish(self._topic(Channel.STATE), self._voice.state(session, True), retain=True)

    def _keep_house(self) -> None:
        now = self._now()
        if now < self._tidy_at:
            return
        if (short := self._journal.is_short()) != self._short:
            self._short = short
            if short:
                self._log.warning(
                    "short_of_disk", say="Free some space: the journal soon takes no more entries."
                )
            else:
                self._log.info("disk_has_room")
        pruned = self._journal.prune()
        self._journal.tidy()
        self._tidy_at = now if pruned else now + TIDY_S
        if not pruned:
            self._idle(now)

    def _topic(self, channel: Channel) -> str:
        return topic(self._terminal, channel)
