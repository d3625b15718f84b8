"""What a terminal says of itself: retained at the broker, as birth while it lives and as last will when it goes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, field

from wire.codec import Strict
from wire.journal import BootId, Clock, JournalId, Link, When
from wire.versions import Count, Version

KIND = "state"

Word = Annotated[str, Meta(max_length=40)]


class SensorWord(StrEnum):
    """How the sensor stands, for `Health.sensor`, which may also hold a word of a later version."""

    STARTING = "starting"
    OK = "ok"
    COVERED = "covered"
    SILENCE = "silence"
    GARBAGE = "garbage"
    REFUSAL = "refusal"
    LOST = "lost"
    FAILED = "failed"
    LYING = "lying"
    OUT_OF_SERVICE = "out_of_service"


class JournalEnd(Strict, frozen=True):
    """How far the journal goes on the terminal, so that the hub notices a cut tail."""

    journal_id: JournalId
    last: Count
    last_link: Link


class Health(Strict, frozen=True):
    """Figures a technician needs; None is unknown, never zero."""

    sensor: Word
    queue_depth: Count
    disk_free_mb: Count | None
    clock: Clock
    roll_age_s: Count | None
    refused_from_hub: Count
    sensor_baud: Count | None = None
    sensor_errors: Count | None = None
    """Silences, garbage, refusals and losses since the agent started."""
    temperature_c: float | None = None
    undervoltage: bool | None = None
    restarts: Count | None = None
    """Starts of the agent since the machine booted, the first not counted."""
    clock_offset_ms: int | None = None
    """Hub's time minus ours, by the quickest of the last echoes."""
    echo_ms: float | None = None
    """Time of the last word through broker and hub and back; None when the last one never came."""
    journal_room_days: float | None = None
    """How long the journal may grow as it does now before it must refuse entries."""
    door: Word | None = None
    rules_age_s: Count | None = None
    fingers: Count | None = None
    """Fingers on the roll copy."""
    alarms: Annotated[list[Word], Meta(max_length=20)] = field(default_factory=list)


class State(Strict, frozen=True):
    """`session` rises at each connect: a late death of an older session is ignored. A death has no details."""

    session: Count
    online: bool
    software: Word
    boot_id: BootId
    said_at: When
    roll_version: Version
    journal: JournalEnd | None
    health: Health | None
    model: Word = ""
    protection: Word = ""
    """How what is on the card is protected: tpm, hub_released or none."""
    roll_scope: Word = ""
    """What of the roll it holds, in the words of `wire.roll.RollUpdate.scope`."""
    officers_page: bool = False
    """It has a page for officers, who see names and photos there."""
    config_version: Version | None = None
    config_on_trial: bool = False
    """Whether `config_version` is run by on probation, and not yet kept for good."""
    config_refused: Version | None = None
    """The newest configuration that was refused or taken back here; `config_why` says why."""
    config_why: Annotated[str, Meta(max_length=200)] = ""
    orders_version: Version | None = None
    certificate_until: When | None = None
    plan_version: Version | None = None
    unit_version: Version | None = None
