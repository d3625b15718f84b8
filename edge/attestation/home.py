"""How the terminal stands, in the few words that somebody in front of it needs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from edge.attestation.forms import Home
from wire.journal import Clock
from wire.settings import PassageRules
from wire.state import Health, SensorWord

MANY_WAIT = 200
"""Entries: some minutes of a busy gate, which a connected terminal never keeps back for so long."""

_ALARMS: Mapping[str, str] = {
    "room": "disk",
    "door_forced": "door",
    "door_held_open": "door",
    "door_not_opened": "door",
    "door_tamper": "door",
    "gate_hardware": "door",
}


def hub_is_heard(health: Health) -> bool:
    """Whether a word of ours came back through broker and hub the last time."""
    return health.echo_ms is not None and "echo" not in health.alarms


def warnings_of(home: Home, health: Health | None, rules: PassageRules, *, wants_officers: bool) -> list[str]:
    """Codes of what somebody should know or do, the most pressing first."""
    alarms = health.alarms if health is not None else []
    is_so: list[tuple[str, Callable[[], bool]]] = [
        ("out_of_service", lambda: not home.in_service),
        ("covered", lambda: home.sensor == SensorWord.COVERED),
        ("sensor", lambda: home.sensor not in (SensorWord.OK, SensorWord.COVERED, SensorWord.STARTING)),
        ("door", lambda: any(_ALARMS.get(word) == "door" for word in alarms)),
        ("no_hub", lambda: home.connected is None),
        ("no_roll", lambda: home.people == 0),
        ("away", lambda: home.connected is False),
        ("roll_old", lambda: home.people != 0 and _is_old(home.roll_age_s, rules.roll_old_s)),
        (
            "rules_old",
            lambda: home.rules_version is not None and _is_old(home.rules_age_s, rules.rules_old_s),
        ),
        ("disk", lambda: any(_ALARMS.get(word) == "disk" for word in alarms)),
        ("queue", lambda: home.queue > MANY_WAIT),
        ("clock", lambda: not home.clock_sure),
        ("no_officers", lambda: wants_officers and home.officers == 0),
    ]
    return [word for word, holds in is_so if holds()]


def clock_is_sure(confidence: Clock) -> bool:
    return confidence is Clock.SYNCHRONISED


def _is_old(age_s: int | None, most_s: int) -> bool:
    return age_s is None or age_s > most_s
