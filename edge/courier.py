"""Which entries go to the hub next: everything past its last acknowledgement, newest first, until it has them.

What a broker accepted proves nothing; only the hub's own acknowledgement moves the mark. Entries of the last
moments travel in a lane of their own and the hub takes them ahead of a gap, so that a backlog of days does not keep
today's scans from the screen; the backlog follows from its oldest end, marked historical.

Times are seconds of a monotonic clock. One thread uses a Courier.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from edge.ports import Heard, Held, Slice
from wire.journal import MAX_BATCH_BYTES, MAX_BATCH_ENTRIES, Ack
from wire.settings import CourierSettings

FRAMING_BYTES = 8
"""More than a batch spends on each entry beside its bytes."""


@dataclass(frozen=True)
class Flight:
    """A batch that was sent and is not acknowledged yet."""

    first: int
    last: int
    historical: bool
    sent_at: float


Seal = Callable[[Slice, bool], bytes]


class Courier:
    """Says what to send and takes what the hub acknowledges.

    `settled` is the last entry that is history already; `young` are when each after it was written, and its sequence:
    a start does not make them young again.
    """

    def __init__(
        self,
        journal: Held,
        seal: Seal,
        settings: CourierSettings,
        settled: int,
        young: Iterable[tuple[float, int]] = (),
    ) -> None:
        self._journal = journal
        self._seal = seal
        self._settings = settings
        self._settled = settled
        self._marks: deque[tuple[float, int]] = deque(young)
        self._flights: list[Flight] = []
        self._ahead: Sequence[tuple[int, int]] = ()
        self._patience_s = settings.resend_s

    def connected(self) -> None:
        """Whatever was under way on the old connection may be lost; all of it goes again."""
        self._flights = []
        self._patience_s = self._settings.resend_s

    def acknowledged(self, ack: Ack) -> Heard:
        """Moves the mark; any word from the hub ends its silence."""
        heard = self._journal.acknowledge(ack)
        if heard is Heard.TAKEN:
            self._ahead = sorted((span.first, span.last) for span in ack.ahead)
            self._flights = [flight for flight in self._flights if not self._arrived(flight)]
            self._patience_s = self._settings.resend_s
        return heard

    def begun_anew(self) -> None:
        """The journal was replaced by an empty one."""
        self._settled = 0
        self._marks.clear()
        self._flights = []
        self._ahead = ()

    def is_done(self) -> bool:
        """Whether the hub holds everything that is in the journal."""
        return self._next_stretch(True) is None and self._next_stretch(False) is None and not self._flights

    def grow_old(self, now: float) -> None:
        """Lets entries become history. Called while the broker is away too: a backlog must not come back as live."""
        last = self._journal.standing().last
        if not self._marks or self._marks[-1][1] != last:
            self._marks.append((now, last))
        while self._marks and now - self._marks[0][0] >= self._settings.live_s:
            self._settled = self._marks.popleft()[1]

    def due(self, now: float) -> list[bytes]:
        """Batches to publish now, live ones first; each counts as under way from here on."""
        self.grow_old(now)
        self._give_up_waiting(now)
        return [*self._lane(now, historical=False), *self._lane(now, historical=True)]

    def seconds_until_due(self, now: float) -> float:
        """Longest time to wait before `due` may have something that no event announces."""
        waits = [flight.sent_at + self._patience_s - now for flight in self._flights]
        return max(0.0, min([self._settings.live_s, *waits]))

    def _give_up_waiting(self, now: float) -> None:
        late = [flight for flight in self._flights if now - flight.sent_at >= self._patience_s]
        if late:
            self._flights = [flight for flight in self._flights if flight not in late]
            self._patience_s = min(self._patience_s * 2, self._settings.resend_most_s)

    def _lane(self, now: float, *, historical: bool) -> Iterable[bytes]:
        while sum(flight.historical is historical for flight in self._flights) < self._settings.window:
            stretch = self._next_stretch(historical)
            if stretch is None:
                return
            most = MAX_BATCH_BYTES - FRAMING_BYTES * MAX_BATCH_ENTRIES
            held = self._journal.read(*stretch, most)
            self._flights.append(Flight(held.first, held.last, historical, now))
            yield self._seal(held, historical)

    def _next_stretch(self, historical: bool) -> tuple[int, int] | None:
        """First and last of the oldest entries of a lane that are neither acknowledged nor under way."""
        standing = self._journal.standing()
        unsent = max(standing.committed, standing.pruned_to) + 1
        first, end = (
            (unsent, min(self._settled, standing.last))
            if historical
            else (max(unsent, self._settled + 1), standing.last)
        )
        for taken_first, taken_last in sorted([*self._ahead, *((f.first, f.last) for f in self._flights)]):
            if first < taken_first:
                end = min(end, taken_first - 1)
                break
            first = max(first, taken_last + 1)
        return (first, min(end, first + MAX_BATCH_ENTRIES - 1)) if first <= end else None

    def _arrived(self, flight: Flight) -> bool:
        if flight.last <= self._journal.standing().committed:
            return True
        return any(first <= flight.first and flight.last <= last for first, last in self._ahead)
