"""How well a place is known, and how a terminal is doing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hub.sentences import Sentence
from wire.journal import Clock
from wire.state import SensorWord

REFERRAL_SHOWN_FOR: Final = timedelta(minutes=15)
"""How long a referral stays among what needs a person; after that it is in the feed and the journal only."""
ALARM_SHOWN_FOR: Final = timedelta(hours=12)
SILENT_AFTER: Final = timedelta(seconds=100)
"""A terminal says how it is at least every 30 s; three times are missing."""
ROLL_OLD_AFTER: Final = timedelta(hours=1)
LONG_QUEUE: Final = 50
LITTLE_DISK_MB: Final = 200


class Level(StrEnum):
    """How a terminal is doing, best first."""

    WELL = "well"
    TROUBLE = "trouble"
    DOWN = "down"
    UNKNOWN = "unknown"
    CUT_OFF = "cut_off"


@dataclass(frozen=True)
class Report:
    """What is known of a terminal. None is not known."""

    active: bool
    heard_at: datetime | None = None
    online: bool = False
    sensor: str | None = None
    clock: str | None = None
    queue_depth: int | None = None
    disk_free_mb: int | None = None
    roll_age_s: int | None = None


@dataclass(frozen=True)
class Health:
    """The level, and what to do about it with one's hands; nothing to do when well."""

    level: Level
    advice: Sequence[Sentence]


def health(report: Report, now: datetime) -> Health:
    """How a terminal is doing, with everything that is wrong with it."""
    if not report.active:
        return Health(Level.CUT_OFF, [Sentence("It was cut off and may not speak. Replace it.")])
    if report.heard_at is None:
        return Health(
            Level.UNKNOWN, [Sentence("It was never heard. Bring its grant to it and start the agent.")]
        )
    if not report.online or now - report.heard_at > SILENT_AFTER:
        return Health(
            Level.DOWN,
            [Sentence("It is not connected. It goes on alone; look at its power and network cable.")],
        )
    advice = _troubles(report)
    return Health(Level.TROUBLE if advice else Level.WELL, advice)


def _troubles(report: Report) -> list[Sentence]:
    found: list[Sentence] = []
    if report.sensor == SensorWord.OUT_OF_SERVICE:
        found.append(Sentence("It decides nothing now. Officers decide by number; look at its card."))
    elif report.sensor == SensorWord.COVERED:
        found.append(Sentence("Something lies on its glass. Take it off, or wipe the glass."))
    elif report.sensor not in (None, SensorWord.OK, SensorWord.STARTING):
        found.append(Sentence("The sensor does not answer properly. Wipe the glass and look at its cable."))
    if report.clock == Clock.UNSURE:
        found.append(Sentence("Its clock is unsure. Look at the network; times of its scans are estimates."))
    if report.roll_age_s is not None and report.roll_age_s > ROLL_OLD_AFTER.total_seconds():
        found.append(Sentence("Its roll copy is old. New people are unknown at it: confirm them by number."))
    if report.queue_depth is not None and report.queue_depth > LONG_QUEUE:
        found.append(
            Sentence("%(count)s entries wait to be sent. They are safe on it.", {"count": report.queue_depth})
        )
    if report.disk_free_mb is not None and report.disk_free_mb < LITTLE_DISK_MB:
        found.append(Sentence("Its card is nearly full. Tell the technician today."))
    return found
