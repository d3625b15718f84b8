"""Takes the hub's roll chunks off the line in a thread of its own: opening thousands of templates takes seconds."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Protocol

from edge.refusals import Refusals
from edge.roll_copy import Receipt
from edge.threads import Beat
from wire.codec import decode
from wire.envelope import HUB, open_envelope
from wire.errors import WireError
from wire.keys import VerifyingKey
from wire.roll import KIND, RollUpdate

MOST_WAITING = 2_000
"""Chunks of 200 people each; a larger roll than that is asked for again when these were applied."""


class Receiving(Protocol):
    """The roll copy as it takes chunks."""

    def receive(self, update: RollUpdate) -> Receipt: ...


class RollReceiver:
    """`run` is the body of a thread; `post` may be called from any other. `changed` is called after a change."""

    def __init__(
        self,
        terminal: str,
        hub_key: VerifyingKey,
        roll: Receiving,
        refusals: Refusals,
        changed: Callable[[], None],
    ) -> None:
        self._terminal = terminal
        self._hub_key = hub_key
        self._roll = roll
        self._refusals = refusals
        self._changed = changed
        self._waiting: queue.Queue[bytes | None] = queue.Queue(MOST_WAITING)

    def post(self, raw: bytes) -> None:
        """Never waits."""
        try:
            self._waiting.put_nowait(raw)
        except queue.Full:
            self._refusals.count("mailbox_full")

    def stop(self) -> None:
        self._waiting.put(None)

    def run(self, beat: Beat | None = None) -> None:
        """Returns after `stop`. `beat` rests while there is nothing to take."""
        while (raw := self._next(beat)) is not None:
            self.take(raw)

    def _next(self, beat: Beat | None) -> bytes | None:
        if beat is not None:
            beat.rest()
        raw = self._waiting.get()
        if beat is not None:
            beat()
        return raw

    def take(self, raw: bytes) -> None:
        """Verifies one message and applies it; one that must not be acted on is counted."""
        try:
            body = open_envelope(raw, kind=KIND, sender=HUB, receiver=self._terminal, key=self._hub_key)
            receipt = self._roll.receive(decode(body, RollUpdate))
        except WireError as error:
            self._refusals.count(error.reason)
            return
        if receipt in (Receipt.APPLIED, Receipt.STALE):
            self._changed()  # stale: the hub believes we hold something else, our state tells it what
