"""A word through broker and hub and back: how long the way is, whether it is whole, how our clock stands.

Nothing at the gate depends on it. A way that stays silent is made anew, ever more rarely, and said aloud.
One thread uses an EchoSounder; times are seconds of a monotonic clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from edge.clock import Reading
from edge.downlink import Downlink
from edge.log import Log
from edge.ports import Clock
from wire.echo import BACK, Echo, Echoed

MISSED = 3
"""Echoes in a row without an answer that make the way a broken one."""
LONGEST_PATIENCE_S = 3_600.0
"""The connection is made anew at most this rarely while the hub behind a living broker stays silent."""
KEPT = 8
"""Answers of which the quickest one tells the clock's offset."""


@dataclass(frozen=True)
class _Answer:
    """`ahead_ms`: the hub's time in ms since the epoch, minus our boot clock, by the middle of the way."""

    way_ms: float
    ahead_ms: float


class EchoSounder:
    """`reconnect` is called when the way stayed silent for too long."""

    def __init__(
        self,
        downlink: Downlink,
        clock: Clock,
        log: Log,
        *,
        every_s: float,
        seal: Callable[[Echo], bytes],
        reconnect: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        self._downlink = downlink
        self._clock = clock
        self._log = log
        self._every_s = every_s
        self._seal = seal
        self._reconnect = reconnect
        self._changed = changed
        self._number = 0
        self._sent: dict[int, Reading] = {}
        self._answers: deque[_Answer] = deque(maxlen=KEPT)
        self._heard: tuple[int, int] | None = None
        self._silent_since: float | None = None
        self._patience_s = MISSED * every_s
        self._due_at = 0.0
        self.fails = False

    def connected(self, now: float) -> None:
        """A new connection: what was under way is lost."""
        self._sent.clear()
        self._silent_since, self._due_at = None, now

    def due(self, now: float) -> bytes | None:
        """The next word when it is time for one."""
        self._judge(now)
        if now < self._due_at:
            return None
        self._due_at = now + self._every_s
        self._number += 1
        reading = self._clock.read()
        if len(self._sent) >= KEPT:
            del self._sent[min(self._sent)]
        self._sent[self._number] = reading
        self._silent_since = now if self._silent_since is None else self._silent_since
        heard, heard_boot_ms = self._heard or (None, None)
        return self._seal(
            Echo(
                number=self._number,
                boot_id=reading.boot_id,
                boot_time_ms=reading.boot_time_ms,
                said_at=reading.wall_time,
                heard=heard,
                heard_boot_ms=heard_boot_ms,
            )
        )

    def seconds_until_due(self, now: float) -> float:
        """Longest time to wait before `due` may have something."""
        return max(0.0, self._due_at - now)

    def hear(self, raw: bytes) -> None:
        """Takes an answer; one that was not asked for, or is from another boot, says nothing."""
        said = self._downlink.read(raw, BACK, Echoed)
        back = self._clock.read()
        sent = None if said is None else self._sent.pop(said.number, None)
        if said is None or sent is None or said.boot_id != sent.boot_id:
            return
        in_hub_ms = max(0.0, (said.said_at - said.received_at).total_seconds() * 1000)
        way_ms = max(0.0, back.boot_time_ms - sent.boot_time_ms - in_hub_ms)
        middle_ms = (said.received_at.timestamp() + said.said_at.timestamp()) * 500
        self._answers.append(_Answer(way_ms, middle_ms - (sent.boot_time_ms + back.boot_time_ms) / 2))
        self._heard = (said.number, back.boot_time_ms)
        self._silent_since = None
        self._patience_s = MISSED * self._every_s
        if self.fails:
            self.fails = False
            self._log.info("echo_heard")
            self._changed()

    def way_ms(self) -> float | None:
        """Time of the last answer's way there and back, None while the way is broken or was never tried."""
        return None if self.fails or not self._answers else round(self._answers[-1].way_ms, 1)

    def offset_ms(self) -> int | None:
        """Hub's time minus ours, by the quickest of the last answers; None before the first."""
        if not self._answers:
            return None
        now = self._clock.read()
        ahead_ms = min(self._answers, key=lambda answer: answer.way_ms).ahead_ms
        return round(ahead_ms + now.boot_time_ms - now.wall_time.timestamp() * 1000)

    def _judge(self, now: float) -> None:
        if self._silent_since is None or now - self._silent_since < self._patience_s:
            return
        self._silent_since = now
        self._patience_s = min(self._patience_s * 2, LONGEST_PATIENCE_S)
        self._log.warning(
            "echo_silent", say="The connection to the hub is made anew. The gate goes on alone."
        )
        if not self.fails:
            self.fails = True
            self._changed()
        self._reconnect()
