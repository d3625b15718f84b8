"""What a terminal asks of the hub now and then, each in its own time: one thread for all of them."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from edge.errors import EdgeError
from edge.log import Log
from edge.refusals import Refusals
from edge.threads import Beat
from wire.topics import Channel

LOOK_S = 1.0
MOST_WAITING = 20


class Errand(Protocol):
    """Something asked on `channel` and answered on `answered`. Times are monotonic, in seconds."""

    @property
    def channel(self) -> Channel: ...
    @property
    def answered(self) -> Channel: ...

    def next_word(self, now_s: float) -> bytes | None:
        """What to say now, None for nothing. Whether it arrives shows in the answer alone."""

    def take(self, raw: bytes, now_s: float) -> None:
        """A message on the answering channel, not verified yet."""


class Errands:
    """`run` is the body of a thread; `handlers` put what arrives into its mailbox from any other."""

    def __init__(self, errands: Sequence[Errand], refusals: Refusals, log: Log) -> None:
        self._errands = errands
        self._refusals = refusals
        self._log = log
        self._mailbox: queue.Queue[tuple[Errand, bytes]] = queue.Queue(MOST_WAITING)
        self._stopping = False
        self._complaint = ""

    def handlers(self) -> Mapping[Channel, Callable[[bytes], None]]:
        """For `edge.hub_link.HubLink`."""
        return {errand.answered: self._poster(errand) for errand in self._errands}

    def run(
        self, say: Callable[[Channel, bytes], None], changed: Callable[[], None], beat: Beat | None = None
    ) -> None:
        """Returns after `stop`. `changed` is called when an answer was taken: the state may read differently."""
        while not self._stopping:
            if beat is not None:
                beat()
            self.turn(say, changed, LOOK_S)

    def stop(self) -> None:
        self._stopping = True

    def turn(self, say: Callable[[Channel, bytes], None], changed: Callable[[], None], wait_s: float) -> None:
        """Takes one answer, waiting for it at most `wait_s`, and says what is due."""
        now_s = time.monotonic()
        for errand in self._errands:
            if (word := self._word(errand, now_s)) is not None:
                say(errand.channel, word)
        try:
            arrived = self._mailbox.get(timeout=wait_s)
        except queue.Empty:
            return
        errand, raw = arrived
        try:
            errand.take(raw, time.monotonic())
        except (OSError, EdgeError) as error:
            self._complain(errand, error)
        changed()

    def _word(self, errand: Errand, now_s: float) -> bytes | None:
        try:
            return errand.next_word(now_s)
        except (OSError, EdgeError) as error:
            self._complain(errand, error)
            return None

    def _complain(self, errand: Errand, error: OSError | EdgeError) -> None:
        """A card that is full or cannot be read must not stop the gate; the errand is run again in its own time."""
        why = error.sentence if isinstance(error, EdgeError) else error.strerror
        if (complaint := f"{errand.channel} {why}") != self._complaint:
            self._complaint = complaint
            self._log.error("errand_failed", errand=errand.channel.value, why=why)

    def _poster(self, errand: Errand) -> Callable[[bytes], None]:
        def post(raw: bytes) -> None:
            try:
                self._mailbox.put_nowait((errand, raw))
            except queue.Full:
                self._refusals.count("mailbox_full")

        return post
