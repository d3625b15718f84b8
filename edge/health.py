"""How the terminal is, gathered: for its state, for the figures on loopback, and for whoever asks on the machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from edge.agent import Condition
from edge.clock import disk_free_bytes
from edge.echo import EchoSounder
from edge.journal import Journal
from edge.machine import Machine
from edge.ports import Clock
from edge.provisioning import Folder
from edge.refusals import Refusals
from edge.roll_copy import RollCopy
from edge.room import room_days
from edge.sensor import SensorHealth
from wire.settings import HealthSettings
from wire.state import Health, SensorWord

CLOCK_OFF_MS = 5_000
"""The hub's clock and ours may differ by this before somebody is told."""

Part = Callable[[], Mapping[str, Any]]


class HealthDesk:
    """`read` may be called from any thread; `look` belongs to the thread that prunes the journal."""

    def __init__(
        self,
        folder: Folder,
        settings: HealthSettings,
        journal: Journal,
        roll: RollCopy,
        refusals: Refusals,
        clock: Clock,
        *,
        sensor: Callable[[], SensorHealth] | None = None,
        restarts: int | None = None,
        machine: Machine | None = None,
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._journal = journal
        self._roll = roll
        self._refusals = refusals
        self._clock = clock
        self._sensor = sensor
        self._restarts = restarts
        self._machine = machine or Machine()
        self._parts: list[Part] = []
        self._lock = threading.Lock()
        self._room_days: float | None = None
        self.echo: EchoSounder | None = None
        self.condition: Condition | None = None

    def also(self, part: Part) -> None:
        """Fields of `Health` that somebody else knows. Their `alarms` are added, any other field is theirs."""
        self._parts.append(part)

    def look(self) -> None:
        """Takes the measurements that read the journal."""
        self._room_days = room_days(self._journal)

    def read(self) -> Health:
        """Everything as of now."""
        with self._lock:
            health = self._measured()
            alarms = self._alarms(health)
            for part in self._parts:
                said = dict(part())
                alarms += [word for word in said.pop("alarms", ()) if word not in alarms]
                health = msgspec.structs.replace(health, **said)
            return msgspec.structs.replace(health, alarms=alarms[:20])

    def _measured(self) -> Health:
        standing = self._journal.standing()
        sensor = None if self._sensor is None else self._sensor()
        return Health(
            sensor=self._front(),
            queue_depth=standing.last - standing.committed,
            disk_free_mb=disk_free_bytes(self._folder.root) >> 20,
            clock=self._clock.read().confidence,
            roll_age_s=self._roll.age_s(),
            refused_from_hub=self._refusals.total(),
            sensor_baud=None if sensor is None else sensor.baud,
            sensor_errors=None if sensor is None else _errors(sensor),
            temperature_c=self._machine.temperature_c(),
            undervoltage=self._machine.undervoltage(),
            restarts=self._restarts,
            clock_offset_ms=None if self.echo is None else self.echo.offset_ms(),
            echo_ms=None if self.echo is None else self.echo.way_ms(),
            journal_room_days=self._room_days,
            fingers=sum(len(who.fingers) for who in self._roll.content().people.values()),
        )

    def _front(self) -> str:
        condition = self.condition
        if condition is None:
            return SensorWord.STARTING
        return condition.sensor if condition.in_service else SensorWord.OUT_OF_SERVICE

    def _alarms(self, health: Health) -> list[str]:
        limits = self._settings
        wrong = {
            "echo": self.echo is not None and self.echo.fails,
            "room": health.journal_room_days is not None and health.journal_room_days < limits.room_days_low,
            "hot": health.temperature_c is not None and health.temperature_c >= limits.hot_c,
            "undervoltage": bool(health.undervoltage),
            "clock": abs(health.clock_offset_ms or 0) > CLOCK_OFF_MS,
        }
        return [word for word, is_so in wrong.items() if is_so]


def _errors(sensor: SensorHealth) -> int:
    return sensor.silences + sensor.garbage + sensor.refusals + sensor.losses
