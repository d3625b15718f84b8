"""Everything about a terminal that can be chosen for it: typed, ranged, and refused by name when wrong.

Shared, because a technician chooses it on the terminal and the hub sends it as desired configuration.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from wire.codec import Strict

Seconds = Annotated[float, Meta(ge=0.1, le=3600)]
Rate = Annotated[float, Meta(ge=1e-12, le=1e-2)]
Baud = Annotated[int, Meta(ge=9600, le=921_600)]


class SensorChoice(Strict, frozen=True):
    """`port` is a path, best a udev symlink. Without `baud` 57,600 and 115,200 are probed."""

    port: Annotated[str, Meta(min_length=1, max_length=255)]
    backend: Literal["zfm", "pyfingerprint"] = "zfm"
    baud: Baud | None = None
    password: Annotated[int, Meta(ge=0, lt=2**32)] = 0
    address: Annotated[int, Meta(ge=0, lt=2**32)] = 0xFFFFFFFF
    patience: Annotated[float, Meta(ge=0.5, le=10)] = 1.0


class PassageRules(Strict, frozen=True):
    """How one person is dealt with.

    `tries` fingers at most; the count starts again when none came for `retry_s`. `lamp_s` is the longest an answer
    stays lit. `expected_fmr` and `site_fmr` are false-match rates of one whole search: among those who may enter
    here, and among everybody else on the roll copy.
    """

    tries: Annotated[int, Meta(ge=1, le=5)]
    retry_s: Annotated[float, Meta(ge=2, le=60)]
    lamp_s: Annotated[float, Meta(ge=0.3, le=10)]
    expected_fmr: Rate
    site_fmr: Rate


class EngineSettings(Strict, frozen=True):
    """`threads` that the fingerprint engine may use: one leaves a core for everything else."""

    threads: Annotated[int, Meta(ge=1, le=8)]


class JournalSettings(Strict, frozen=True):
    """How much disk the journal may use. `most_mb` bounds its file.

    Under `reserve_mb` of free disk no entry is taken and the terminal refers; under `low_mb` it warns, and gives up
    entries that the hub has committed but not backed up.
    """

    most_mb: Annotated[int, Meta(ge=16, le=100_000)]
    reserve_mb: Annotated[int, Meta(ge=1, le=10_000)]
    low_mb: Annotated[int, Meta(ge=1, le=100_000)]


class CourierSettings(Strict, frozen=True):
    """How entries are sent. `window` batches may be under way in each lane, live and backlog.

    One that is not acknowledged within `resend_s` goes again, later and later up to `resend_most_s`. An entry is
    live for `live_s`.
    `state_s` is how often the terminal says how it is.
    """

    window: Annotated[int, Meta(ge=1, le=16)]
    resend_s: Seconds
    resend_most_s: Seconds
    live_s: Seconds
    state_s: Annotated[float, Meta(ge=1, le=30)]


class UplinkSettings(Strict, frozen=True):
    """How the broker is kept: `keepalive_s` is how soon a dead connection is noticed.

    The pause before connecting again is `retry_s`, doubled up to `retry_most_s`, and spread differently on each
    terminal.
    """

    retry_s: Seconds
    retry_most_s: Seconds
    keepalive_s: Annotated[int, Meta(ge=5, le=300)]


class ModelSettings(Strict, frozen=True):
    """What one model's file says."""

    passage: PassageRules
    engine: EngineSettings
    journal: JournalSettings
    courier: CourierSettings
    uplink: UplinkSettings
