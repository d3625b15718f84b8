"""How well a place is known, and how a terminal is doing. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hub.sentences import Sentence
from wire.journal import Clock
from wire.state import SensorWord

SILENT_AFTER: Final = timedelta(seconds=100)
"""A terminal says how it is at least every 30 s; three times are missing."""
ROLL_OLD_AFTER: Final = timedelta(hours=1)
LONG_QUEUE: Final = 50
LITTLE_DISK_MB: Final = 200
CERTIFICATE_ENDS_WITHIN: Final = timedelta(days=14)
"""A terminal renews in the last third of its certificate's life: one that is this near its end cannot."""
MANY_RESTARTS: Final = 5
CLOCK_OFF_MS: Final = 5_000


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
    alarms: Collection[str] = ()
    certificate_until_at: datetime | None = None
    clock_offset_ms: int | None = None
    room_days: float | None = None
    restarts: int | None = None
    configuration_refused: bool = False


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
            Level.UNKNOWN,
            [Sentence("It was never heard. Start it, and look at its power and its network cable.")],
        )
    if not report.online or now - report.heard_at > SILENT_AFTER:
        return Health(
            Level.DOWN,
            [Sentence("It is not connected. It goes on alone; look at its power and network cable.")],
        )
    advice = _troubles(report, now)
    return Health(Level.TROUBLE if advice else Level.WELL, advice)


def _troubles(report: Report, now: datetime) -> list[Sentence]:
    """Everything that is wrong, what stops people first."""
    return [*_of_front(report), *_of_machine(report), *_of_connection(report, now), *_of_card(report)]


def _of_front(report: Report) -> list[Sentence]:
    if report.sensor in (None, SensorWord.OK, SensorWord.STARTING):
        return []
    if report.sensor == SensorWord.OUT_OF_SERVICE:
        return [Sentence("It decides nothing now. Officers decide by number; look at its card.")]
    if report.sensor == SensorWord.COVERED:
        return [Sentence("Something lies on its glass. Take it off, or wipe the glass.")]
    if report.sensor == SensorWord.LYING:
        return [
            Sentence(
                "Its sensor gives the same image again and again. Wipe the glass; if it goes on, replace it."
            )
        ]
    return [Sentence("The sensor does not answer properly. Wipe the glass and look at its cable.")]


def _of_machine(report: Report) -> list[Sentence]:
    found: list[Sentence] = []
    if "undervoltage" in report.alarms:
        found.append(
            Sentence("Its power supply is too weak. Replace the supply or its cable before the card suffers.")
        )
    if "hot" in report.alarms:
        found.append(Sentence("It is too hot. Look at its fan and its air, and keep the sun off it."))
    if report.restarts is not None and report.restarts >= MANY_RESTARTS:
        found.append(
            Sentence(
                "It started anew %(count)s times since it has power. Give its support bundle to a technician.",
                {"count": report.restarts},
            )
        )
    return found


def _of_connection(report: Report, now: datetime) -> list[Sentence]:
    found: list[Sentence] = []
    if "echo" in report.alarms:
        found.append(
            Sentence("Its words come late or not at all through to the hub and back. Look at the network.")
        )
    if report.clock_offset_ms is not None and abs(report.clock_offset_ms) > CLOCK_OFF_MS:
        found.append(
            Sentence(
                "Its clock differs from the hub's by %(count)s s. Look at its time service.",
                {"count": abs(report.clock_offset_ms) // 1000},
            )
        )
    elif report.clock == Clock.UNSURE:
        found.append(Sentence("Its clock is unsure. Look at the network; times of its scans are estimates."))
    if (
        report.certificate_until_at is not None
        and report.certificate_until_at - now < CERTIFICATE_ENDS_WITHIN
    ):
        found.append(
            Sentence(
                "Its certificate ends soon and was not renewed. See that it is connected, or take it in again."
            )
        )
    if report.roll_age_s is not None and report.roll_age_s > ROLL_OLD_AFTER.total_seconds():
        found.append(Sentence("Its roll copy is old. New people are unknown at it: confirm them by number."))
    if report.configuration_refused:
        found.append(Sentence("It took a configuration back or refused it. Its page says why."))
    return found


def _of_card(report: Report) -> list[Sentence]:
    found: list[Sentence] = []
    if report.queue_depth is not None and report.queue_depth > LONG_QUEUE:
        found.append(
            Sentence("%(count)s entries wait to be sent. They are safe on it.", {"count": report.queue_depth})
        )
    if "room" in report.alarms and report.room_days is not None:
        found.append(
            Sentence(
                "Its journal has room for %(count)s more days only. Connect it before then.",
                {"count": round(report.room_days, 1)},
            )
        )
    if report.disk_free_mb is not None and report.disk_free_mb < LITTLE_DISK_MB:
        found.append(Sentence("Its card is nearly full. Tell the technician today."))
    return found
