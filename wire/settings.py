"""Everything about a terminal that can be chosen for it: typed, ranged, and refused by name when wrong.

Shared, because a technician chooses it on the terminal and the hub sends it as desired configuration.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from wire.codec import Strict

Seconds = Annotated[float, Meta(ge=0.1, le=3600)]
Rate = Annotated[float, Meta(ge=1e-12, le=1e-2)]
Baud = Annotated[int, Meta(ge=9600, le=921_600)]
Age = Annotated[int, Meta(ge=60, le=31_536_000)]
"""Seconds, up to a year."""
WhenOld = Literal["go_on", "refer"]
Pin = Annotated[int, Meta(ge=0, le=27)]
"""A GPIO line by its Broadcom number."""
GateKind = Literal["interior", "perimeter", "sally_port", "none"]


class SensorChoice(Strict, frozen=True):
    """`port` is a path, best a udev symlink. Without `baud` 57,600 and 115,200 are probed.

    `profile` is a sensor profile's name, and with it what its manual says is gone by; "auto" tries the usual.
    """

    port: Annotated[str, Meta(min_length=1, max_length=255)]
    backend: Literal["zfm", "pyfingerprint"] = "zfm"
    profile: Annotated[str, Meta(min_length=1, max_length=40)] = "auto"
    baud: Baud | None = None
    password: Annotated[int, Meta(ge=0, lt=2**32)] = 0
    address: Annotated[int, Meta(ge=0, lt=2**32)] = 0xFFFFFFFF
    patience: Annotated[float, Meta(ge=0.5, le=10)] = 1.0


class PassageRules(Strict, frozen=True):
    """How one person is dealt with.

    `tries` fingers at most; the count starts again when none came for `retry_s`. `lamp_s` is the longest an answer
    stays lit. `expected_fmr` and `site_fmr` are false-match rates of one whole search: among those who may enter
    here, and among everybody else on the roll copy. After `tries` another finger is asked for, `second_tries` times;
    `second_finger` says when a match asks for one as well. A roll copy that the hub confirmed longer ago than
    `roll_old_s`, rules older than `rules_old_s`, a plan of moves older than `plan_old_s`, or a clock that is not sure:
    a recognised person goes on, or an officer is asked. Where people are is decided by as long as the hub's word of it
    is not older than `presence_old_s`. An officer's escort at the gate ends `escort_s` after the last finger.
    """

    tries: Annotated[int, Meta(ge=1, le=5)]
    retry_s: Annotated[float, Meta(ge=2, le=60)]
    lamp_s: Annotated[float, Meta(ge=0.3, le=10)]
    expected_fmr: Rate
    site_fmr: Rate
    second_tries: Annotated[int, Meta(ge=0, le=5)] = 2
    second_finger: Literal["never", "when_unsure", "always_at_site_search"] = "when_unsure"
    roll_old_s: Age = 604_800
    when_roll_old: WhenOld = "refer"
    rules_old_s: Age = 604_800
    when_rules_old: WhenOld = "go_on"
    when_clock_unsure: WhenOld = "go_on"
    plan_old_s: Age = 172_800
    when_plan_old: WhenOld = "go_on"
    presence_old_s: Annotated[float, Meta(ge=2, le=86_400)] = 60.0
    escort_s: Annotated[float, Meta(ge=2, le=3600)] = 120.0

    def __post_init__(self) -> None:
        if self.site_fmr > self.expected_fmr:
            raise ValueError("site_fmr must not be more than expected_fmr: among more people more look alike")


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

    def __post_init__(self) -> None:
        if self.low_mb <= self.reserve_mb:
            raise ValueError("low_mb must be more than reserve_mb: the warning comes before the end")


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

    def __post_init__(self) -> None:
        if self.resend_most_s < self.resend_s:
            raise ValueError("resend_most_s must not be less than resend_s")


class UplinkSettings(Strict, frozen=True):
    """How the broker is kept: `keepalive_s` is how soon a dead connection is noticed.

    The pause before connecting again is `retry_s`, doubled up to `retry_most_s`, and spread differently on each
    terminal.
    """

    retry_s: Seconds
    retry_most_s: Seconds
    keepalive_s: Annotated[int, Meta(ge=5, le=300)]

    def __post_init__(self) -> None:
        if self.retry_most_s < self.retry_s:
            raise ValueError("retry_most_s must not be less than retry_s")


class GateSettings(Strict, frozen=True):
    """The gate and what is wired to it. Nothing is touched unless its pin is given; pins are Broadcom numbers.

    `kind`: an inmate's scan alone never opens a perimeter gate or a sally-port. `relay_enabled` is off until a
    technician says so. `fail` is the state that boot, stop, crash and watchdog leave: `secure` keeps the lock
    locked without power on the relay, `safe` leaves it released. `pulse_s` is how long one grant releases the
    lock, `open_s` how long a granted door may stay unopened, `held_open_s` how long it may stand open. A grant
    waits `interlock_wait_s` for the other door of a sally-port, then lapses. `interlock_pin` listens to the other
    door's contact or, better, to its terminal's `interlock_out_pin`, which tells that its door is open or about to
    be released; of the two terminals one has `interlock_first`. `on_evacuate` is what an evacuation does to the
    lock: `release` holds it released until the order ends, `pulse` releases it for each finger.
    Inputs pull up and are closed to ground: `contact_closed_is_shut` says that the contact's circuit is closed while
    the door is shut (a cut wire then reads as an open door), `tamper_closed_is_well` the same of the housing,
    `interlock_closed_is_shut` of the other door.
    """

    kind: GateKind = "interior"
    relay_enabled: bool = False
    fail: Literal["secure", "safe"] = "secure"
    relay_pin: Pin | None = None
    relay_active_high: bool = True
    contact_pin: Pin | None = None
    contact_closed_is_shut: bool = True
    exit_pin: Pin | None = None
    tamper_pin: Pin | None = None
    tamper_closed_is_well: bool = True
    duress_pin: Pin | None = None
    interlock_pin: Pin | None = None
    interlock_closed_is_shut: bool = True
    interlock_out_pin: Pin | None = None
    interlock_first: bool = False
    on_evacuate: Literal["release", "pulse"] = "release"
    lamp_red_pin: Pin | None = None
    lamp_green_pin: Pin | None = None
    lamp_blue_pin: Pin | None = None
    lamp_active_high: bool = True
    buzzer_pin: Pin | None = None
    pulse_s: Annotated[float, Meta(ge=0.2, le=60)] = 5.0
    open_s: Annotated[float, Meta(ge=0.2, le=120)] = 8.0
    held_open_s: Annotated[float, Meta(ge=1, le=3600)] = 30.0
    interlock_wait_s: Annotated[float, Meta(ge=0, le=60)] = 10.0
    languages: Annotated[list[Literal["en", "es", "bzj"]], Meta(min_length=1, max_length=3)] = field(
        default_factory=lambda: ["en", "es", "bzj"]
    )
    """Of the inmate's line before anybody is known: shown in turn."""

    def __post_init__(self) -> None:
        named = [getattr(self, name) for name in self.__struct_fields__ if name.endswith("_pin")]
        pins = [pin for pin in named if pin is not None]
        if len(pins) != len(set(pins)):
            raise ValueError("one pin is given twice: each device needs a line of its own")
        if self.relay_enabled and self.relay_pin is None:
            raise ValueError("relay_enabled needs relay_pin")
        if self.relay_enabled and self.kind == "none":
            raise ValueError("relay_enabled needs a kind of gate, not none")
        if (
            self.relay_enabled
            and self.kind == "sally_port"
            and None in (self.contact_pin, self.interlock_pin)
        ):
            raise ValueError("a sally_port with relay_enabled needs contact_pin and interlock_pin")


class HealthSettings(Strict, frozen=True):
    """How the terminal looks after itself.

    `metrics_port` serves figures for Prometheus on loopback, 0 does not. `echo_s` is how often a word goes through
    broker and hub and back. `room_days_low` is for how many days the journal must have room before it warns,
    `hot_c` the temperature of the processor from which it does. A thread that is silent for `hung_s` ends the process.
    `echo_s` must leave time for the way: after three that were not answered the connection is made anew.
    """

    metrics_port: Annotated[int, Meta(ge=0, le=65_535)] = 0
    echo_s: Annotated[float, Meta(ge=1, le=3600)] = 30.0
    room_days_low: Annotated[float, Meta(ge=0.1, le=365)] = 3.0
    hot_c: Annotated[float, Meta(ge=30, le=110)] = 80.0
    hung_s: Annotated[float, Meta(ge=20, le=3600)] = 120.0


class PageSettings(Strict, frozen=True):
    """What is shown beside the terminal. With `officers` it has a page for officers.

    Names, photos and who may vouch for people then come with the roll; to a terminal without one they never do. An
    officer whose fingers are enrolled signs in with PIN and finger, unless `officer_finger` says never.
    `second_officer` says where an officer's word for somebody needs the PIN of another: never, at guarded gates
    (perimeter and sally-port) or always.
    """

    officers: bool = False
    officer_finger: Literal["when_enrolled", "never"] = "when_enrolled"
    second_officer: Literal["never", "guarded", "always"] = "guarded"


class ProtectionChoice(Strict, frozen=True):
    """How the roll copy is protected on the card: see `edge.protection.AtRest`. The device decides, not the hub."""

    at_rest: Literal["none", "hub_released", "tpm"] = "none"


class ModelSettings(Strict, frozen=True):
    """What one model's file says."""

    passage: PassageRules
    engine: EngineSettings
    journal: JournalSettings
    courier: CourierSettings
    uplink: UplinkSettings
    gate: GateSettings = field(default_factory=GateSettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    page: PageSettings = field(default_factory=PageSettings)
