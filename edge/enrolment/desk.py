"""The desk put together: what the agent, the line to the hub and the page each get of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from edge.desk.server import Verb
from edge.downlink import Downlink
from edge.enrolment.book import Book
from edge.enrolment.cabinet import Cabinet
from edge.enrolment.judging import Engine
from edge.enrolment.sending import Sending
from edge.enrolment.station import Station
from edge.enrolment.verbs import Officers, verbs
from edge.log import Log
from edge.ports import Clock
from edge.provisioning import Folder, Keys
from edge.refusals import Refusals
from edge.settings import Settings
from edge.threads import Threads
from wire.enrolment import KIND, EnrolmentReceipt, EnrolmentWord
from wire.envelope import HUB, sign
from wire.keys import OpeningKey, SigningKey, verifying_key
from wire.provisioning import Grant
from wire.topics import Channel

MODEL: Final = "enrolment_desk"
"""The model of terminals that are one."""

TICK_S: Final = 1.0

FOLDER: Final = "enrolment"
"""Inside the terminal's data folder."""

Tell = Callable[[Channel, bytes], None]


class EnrolmentDesk:
    """`folder` is the terminal's own `enrolment/`; `now` the wall clock in UTC. `run` is a thread's body."""

    def __init__(
        self,
        folder: Path,
        terminal: str,
        engine: Engine,
        opening: OpeningKey,
        signing: SigningKey,
        downlink: Downlink,
        *,
        sensor: str,
        now: Callable[[], datetime],
        log: Log,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._terminal = terminal
        self._log = log
        self._signing = signing
        self._tell: Tell | None = None
        self._stopping = threading.Event()
        cabinet = Cabinet(folder)
        self.book = Book(
            folder / "book",
            terminal,
            opening,
            downlink,
            log,
            changed=self._book_changed,
            receipt=self._receipt,
        )
        self.station = Station(
            terminal,
            engine,
            self.book,
            cabinet,
            sensor=sensor,
            now=now,
            monotonic=time.monotonic,
            changed=self._changed,
            log=log,
        )
        self._sending = Sending(self.book, cabinet, self.station, self._say, now=now, log=log)
        self._cabinet = cabinet
        self.book.load()

    def handlers(self) -> Mapping[Channel, Callable[[bytes], None]]:
        """What the line to the hub hands over."""
        return {Channel.DESK: self.book.take}

    def verbs(self, officers: Officers) -> Mapping[str, Verb]:
        """What the page may ask; `officers` are those who are signed in there."""
        return verbs(self.book, self.station, self._cabinet, self._sending.to_send, officers)

    def start(self, tell: Tell, threads: Threads, hung_s: float) -> None:
        """Starts the thread; `tell` takes messages to the hub, and without it everything stays on the card."""
        self._tell = tell
        beat = threads.beat("enrolment", hung_s)
        threads.start("enrolment", lambda: self.run(beat), beat)

    def run(self, beat: Callable[[], object] = lambda: None) -> None:
        """Tells the hub, once a second, until `stop`; `beat` says that the thread lives."""
        while not self._stopping.wait(TICK_S):
            beat()
            try:
                self._sending.tick(time.monotonic())
            except OSError as error:
                # A card that fails costs the desk its sending, never the terminal its agent.
                self._log.warning("desk_card_unread", why=error.strerror)

    def stop(self) -> None:
        self._stopping.set()

    def _say(self, word: EnrolmentWord) -> None:
        if self._tell is not None:
            self._tell(Channel.ENROLMENT, sign(KIND, self._terminal, HUB, word, self._signing))

    def _changed(self) -> None:
        self._sending.changed()

    def _book_changed(self) -> None:
        self.station.book_changed()
        self._sending.changed()

    def _receipt(self, receipt: EnrolmentReceipt) -> None:
        self._sending.receipt(receipt)


def desk_of(
    folder: Folder,
    settings: Settings,
    grant: Grant | None,
    keys: Keys,
    engine: Engine,
    refusals: Refusals,
    clock: Clock,
    log: Log,
) -> EnrolmentDesk | None:
    """The desk of a terminal whose model is one and that the hub took in; None for every other."""
    if grant is None or settings.model != MODEL:
        return None
    return EnrolmentDesk(
        folder.root / FOLDER,
        settings.terminal,
        engine,
        keys.opening,
        keys.signing,
        Downlink(settings.terminal, verifying_key(grant.hub_verifying_key), refusals),
        sensor=f"{settings.sensor.profile} {settings.sensor.backend}",
        now=lambda: clock.read().wall_time,
        log=log.of("enrolment"),
    )
