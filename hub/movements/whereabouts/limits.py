"""How long a proof holds, by the sort of place and by what it rests on: dated data, with defaults for a prison."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from hub.movements.records import ZoneKind
from hub.movements.whereabouts.proofs import Source
from hub.web.formats import SITE_ZONE

Seconds = Annotated[int, Meta(ge=1, le=31 * 86_400)]
Percent = Annotated[int, Meta(ge=1, le=1_000)]

HOUR: Final = 3_600
MINUTE: Final = 60


class Holds(NamedTuple):
    """Seconds for which a proof proves, and for which it still makes likely."""

    proven_s: int
    likely_s: int


class KindLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For one sort of zone; the second pair for those that are locked, during the night."""

    proven_s: Seconds
    likely_s: Seconds
    locked_proven_s: Seconds
    locked_likely_s: Seconds


class SourceLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long a proof of this sort holds in hundredths of the zone's time, and whether it proves at all."""

    percent: Percent
    proves: bool


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that says how well a place is known. Spans are seconds."""

    kinds: dict[ZoneKind, KindLimit]
    sources: dict[Source, SourceLimit]
    night_from: time = time(19, 0)
    night_until: time = time(6, 0)
    clock_slack_s: Annotated[int, Meta(ge=0, le=600)] = 2
    """Two sure clocks may differ by so much."""
    paper_slack_s: Annotated[int, Meta(ge=0, le=86_400)] = 120
    """The time in a book may be wrong by so much."""
    least_step_s: Annotated[int, Meta(ge=0, le=3_600)] = 3
    """The least that one checkpoint takes on a way on which nobody was timed yet."""
    unknown_step_s: Annotated[int, Meta(ge=1, le=3_600)] = 60
    """What one checkpoint is expected to take on such a way."""
    fast_percent: Annotated[int, Meta(ge=1, le=100)] = 60
    """A way in less than this part of the fastest known time is impossible."""
    rings_for_s: Seconds = HOUR
    """A contradiction of longer ago is shown where the place and the trail are, and rings for nobody."""
    learn_days: Annotated[int, Meta(ge=1, le=366)] = 28
    learn_every_s: Seconds = HOUR
    enough: Annotated[int, Meta(ge=1, le=1_000)] = 5
    """Times measured on a way before they count."""

    def of(self, kind: str, *, locked_at_night: bool, source: str, now: datetime) -> Holds:
        """How long a proof of this source in such a zone holds at this hour."""
        limit = self.kinds.get(ZoneKind(kind), _DEFAULT)
        locked = locked_at_night and self.is_night(now)
        pair = (limit.locked_proven_s, limit.locked_likely_s) if locked else (limit.proven_s, limit.likely_s)
        by = self.sources.get(Source(source), _ALWAYS)
        proven_s, likely_s = (seconds * by.percent // 100 for seconds in pair)
        return Holds(proven_s if by.proves else 0, likely_s)

    def is_night(self, now: datetime) -> bool:
        """Whether cells are locked for the night at this time, by the site's clock."""
        at = now.astimezone(SITE_ZONE).time()
        if self.night_from <= self.night_until:
            return self.night_from <= at < self.night_until
        return at >= self.night_from or at < self.night_until

    @property
    def longest_s(self) -> int:
        """The longest for which any proof makes anything likely."""
        most = max(by.percent for by in (*self.sources.values(), _ALWAYS))
        pairs = (*self.kinds.values(), _DEFAULT)
        return max(max(one.likely_s, one.locked_likely_s) for one in pairs) * most // 100

    @property
    def clock_slack(self) -> timedelta:
        return timedelta(seconds=self.clock_slack_s)


_DEFAULT: Final = KindLimit(HOUR, 2 * HOUR, HOUR, 2 * HOUR)
_ALWAYS: Final = SourceLimit(100, True)
_HOME: Final = KindLimit(2 * HOUR, 5 * HOUR, 10 * HOUR, 12 * HOUR)
_WHERE_TIME_IS_SPENT: Final = KindLimit(2 * HOUR, 4 * HOUR, 2 * HOUR, 4 * HOUR)

DEFAULTS: Final = Limits(
    kinds={
        ZoneKind.BLOCK: _HOME,
        ZoneKind.TIER: _HOME,
        ZoneKind.CELL: _HOME,
        ZoneKind.HOLDING_CELL: KindLimit(HOUR, 2 * HOUR, HOUR, 2 * HOUR),
        ZoneKind.MOVEMENT_AREA: KindLimit(10 * MINUTE, 30 * MINUTE, 5 * MINUTE, 15 * MINUTE),
        ZoneKind.WORKSHOP: _WHERE_TIME_IS_SPENT,
        ZoneKind.CLINIC: _WHERE_TIME_IS_SPENT,
        ZoneKind.VISITS: KindLimit(HOUR, 2 * HOUR, HOUR, 2 * HOUR),
        ZoneKind.COURT: KindLimit(6 * HOUR, 12 * HOUR, 6 * HOUR, 12 * HOUR),
        ZoneKind.OUTSIDE: KindLimit(12 * HOUR, 24 * HOUR, 12 * HOUR, 24 * HOUR),
    },
    sources={
        Source.SCAN: SourceLimit(100, True),
        Source.ATTESTED: SourceLimit(100, True),
        Source.COUNT: SourceLimit(100, True),
        Source.ESCORT: SourceLimit(100, True),
        Source.COURT_LIST: SourceLimit(50, False),
        Source.PAPER: SourceLimit(50, False),
    },
)
