"""The steps of provisioning in their order. What a step leaves on disk is how a later run knows that it is done.

sensor -> keys, name and model -> claim and grant -> kernels -> roll and configuration -> self-test
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from edge.connection_words import certificate_trouble
from edge.errors import ProvisioningError
from edge.locking import held
from edge.protection import AtRest, choose
from edge.provision import helpers
from edge.provision.claiming import HeldClaim, drop_claim, held_claim, make_claim, wait_for_grant
from edge.provision.commissioning import Checked, Result
from edge.provision.door import Door
from edge.provision.finding import Demands, OpenDevice, find_sensor, likely_ports
from edge.provision.options import AUTO
from edge.provision.record import Record, SensorRecord, note, read_record
from edge.provisioning import (
    Folder,
    check_name,
    install_grant,
    load_grant,
    load_keys,
    make_terminal,
    prepare,
    write_request,
)
from edge.sensor_choice import sensor_settings
from edge.sensor_profiles import read_profile
from edge.settings import Settings, load, save, settings_of
from wire.keys import public_bytes
from wire.provisioning import Grant, to_json
from wire.settings import SensorChoice

NO_PORT = "/dev/pims-sensor"
"""Where a sensor is expected that was not looked for: the link that the udev rule makes."""


@dataclass(frozen=True)
class Wishes:
    """What the technician chose.

    `rates` are those that the sensor may be told, unless it has a `profile`; `patience` multiplies its time for its
    own work; `sensor_port` is a path or AUTO; `hub_key` the hub's fingerprint, "" when unknown; `at_rest` how the
    roll copy is protected, "" as it is.
    """

    hub: str
    terminal: str
    model: str
    rates: Sequence[int]
    profile: str = AUTO
    patience: float = 1.0
    sensor_port: str = AUTO
    backend: Literal["zfm", "pyfingerprint"] = "zfm"
    without_sensor: bool = False
    hub_key: str = ""
    at_rest: str = ""
    sure: bool = False
    approval_s: float = 3600.0
    arrival_s: float = 120.0


@dataclass(frozen=True)
class Surroundings:
    """Everything that is not this folder. `wait` sleeps seconds; `confirm` asks a person a question of yes or no."""

    door: Callable[[str], Door]
    open_device: OpenDevice
    say: Callable[[str], None]
    confirm: Callable[[str], bool]
    wait: Callable[[float], object]
    now: Callable[[], datetime]
    compile_kernels: Callable[[], float]
    self_test: Callable[[Folder, Settings], Sequence[Checked]]
    ports: Callable[[], Sequence[str]] = likely_ports
    await_arrival: Callable[..., helpers.Arrived] = helpers.await_arrival


def provision(folder: Folder, wishes: Wishes, around: Surroundings) -> Result:
    """Does what is still to be done and gives the result; may be interrupted anywhere and called again.

    ProvisioningError, or another EdgeError, with the sentence of what somebody has to put right first.
    """
    check_name(wishes.terminal)
    settings_of(wishes.model, terminal=wishes.terminal, sensor={"port": NO_PORT, "patience": wishes.patience})
    prepare(folder)
    with held(folder.root / "provision.lock"):
        record = _sensor(folder, wishes, around)
        settings = _protected(folder, wishes, _terminal(folder, wishes, record, around))
        grant = _grant(folder, wishes, settings, around)
        around.say("Compiling what the fingerprint engine needs on this machine.")
        record = note(folder, kernels_s=round(around.compile_kernels(), 2))
        around.say(f"Kernels are ready ({record.kernels_s} s).")
        arrived = _arrival(folder, wishes, settings, around)
        around.say("Self-test.")
        checks = around.self_test(folder, settings)
    own = public_bytes(load_keys(folder).signing.public_key())
    return Result(around.now(), settings, grant, own, record, arrived, checks)


def _sensor(folder: Folder, wishes: Wishes, around: Surroundings) -> Record:
    record = read_record(folder)
    if wishes.without_sensor:
        around.say("Without a sensor: nobody can be recognised here until one is found.")
        return note(folder, sensor=None, without_sensor=True)
    asked = None if wishes.sensor_port == AUTO else wishes.sensor_port
    known = record.sensor
    if known is not None and known.seconds_an_image is not None and asked in (None, known.port):
        around.say(f"Sensor: {known.kind}, {known.baud} baud, as found before.")
        return record
    around.say("Looking for the sensor.")
    wanted = sensor_settings(
        SensorChoice(port=NO_PORT, backend=wishes.backend, profile=wishes.profile, patience=wishes.patience)
    )
    ports = around.ports() if asked is None else [asked]
    found = find_sensor(ports, wanted, _demands(wishes), around.open_device, around.say)
    around.say(f"Sensor: {found.kind}, {found.baud} baud.")
    seen = SensorRecord(
        port=found.port, baud=found.baud, kind=found.kind, seconds_an_image=found.seconds_an_image
    )
    return note(folder, sensor=seen, without_sensor=False)


def _demands(wishes: Wishes) -> Demands:
    if wishes.profile == AUTO:
        return Demands(usable_rates(wishes.rates))
    profile = read_profile(wishes.profile)
    check, image = profile.self_check, profile.image
    return Demands(profile.bauds, check.reads, check.images, (image.width, image.height))


def _terminal(folder: Folder, wishes: Wishes, record: Record, around: Surroundings) -> Settings:
    """Keys, settings and request; of a terminal that was taken in only the sensor's settings may change."""
    sensor = _sensor_choice(record, wishes)
    if folder.grant.exists():
        settings = load(folder.settings)
        _check_same(settings, wishes, folder)
        if record.sensor is not None:
            chosen = msgspec.structs.replace(
                settings.sensor, port=record.sensor.port, baud=record.sensor.baud
            )
            settings = msgspec.structs.replace(settings, sensor=chosen)
            save(folder.settings, settings)
        return settings
    settings = settings_of(wishes.model, terminal=wishes.terminal, sensor=sensor)
    if folder.settings.exists():
        settings = msgspec.structs.replace(settings, protection=load(folder.settings).protection)
    seen = make_terminal(folder, settings)
    around.say(f"Keys are made on this device. Key of the terminal: {seen}")
    return settings


def _protected(folder: Folder, wishes: Wishes, settings: Settings) -> Settings:
    if wishes.at_rest in ("", settings.protection.at_rest):
        return settings
    choose(folder, AtRest(wishes.at_rest))
    return load(folder.settings)


def _grant(folder: Folder, wishes: Wishes, settings: Settings, around: Surroundings) -> Grant:
    grant = load_grant(folder, settings)
    if grant is not None and folder.certificate.exists():
        trouble = certificate_trouble(folder.certificate, around.now())
        if trouble is None:
            around.say(f"Taken in already, at {grant.checkpoint.checkpoint}.")
            return grant
        around.say(f"{trouble} A new one is asked for.")
        write_request(folder, settings)
    door = around.door(wishes.hub)
    claim = _claim(folder, wishes, door, around)
    granted = wait_for_grant(
        folder, claim, door, wait=around.wait, patience_s=wishes.approval_s, say=around.say
    )
    _confirm(folder, claim, wishes, around)
    install_grant(folder, settings, to_json(granted), around.now())
    note(folder, hub=wishes.hub)
    drop_claim(folder)
    place = granted.checkpoint
    around.say(f"Taken in: {place.checkpoint}, from {place.from_zone} to {place.to_zone}.")
    return granted


def _claim(folder: Folder, wishes: Wishes, door: Door, around: Surroundings) -> HeldClaim:
    claim = held_claim(folder, wishes.hub)
    if claim is None:
        around.say(f"Asking the hub at {wishes.hub}. Its certificate is not known here yet: the code binds.")
        claim = make_claim(folder, wishes.hub, door, wishes.hub_key)
    else:
        around.say("Going on with the claim made before.")
    around.say(f"Key of the hub: {claim.hub_fingerprint}")
    around.say("On the hub's page «Terminals waiting to be taken in», approve this terminal by its code.")
    around.say(f"Claim code: {claim.code}")
    return claim


def _confirm(folder: Folder, claim: HeldClaim, wishes: Wishes, around: Surroundings) -> None:
    """The hub's side was checked by whoever approved; this is the terminal's: a false hub would approve itself."""
    if wishes.sure or wishes.hub_key:
        return
    if not around.confirm(
        f"Does the hub's own page say that it took in the terminal with code {claim.code}?"
    ):
        drop_claim(folder)
        raise ProvisioningError(
            "Nothing was installed. If the hub's page does not show this code as taken in, somebody stands between: "
            "tell the administrator, and take the grant by hand (pims-edge init, install-grant)."
        )


def _arrival(
    folder: Folder, wishes: Wishes, settings: Settings, around: Surroundings
) -> helpers.Arrived | None:
    if wishes.arrival_s <= 0:
        return None
    around.say("Waiting for roll and configuration.")
    here = around.await_arrival(
        folder, settings, patience_s=wishes.arrival_s, wait=around.wait, say=around.say
    )
    if here.roll is None:
        around.say(
            "The roll did not come yet. The terminal works without it: it refers everybody, and goes on asking."
        )
    return here


def _sensor_choice(record: Record, wishes: Wishes) -> dict[str, object]:
    known = record.sensor
    port = known.port if known is not None else NO_PORT if wishes.sensor_port == AUTO else wishes.sensor_port
    baud = None if known is None else known.baud
    backend, patience = wishes.backend, wishes.patience
    return {"port": port, "backend": backend, "profile": wishes.profile, "patience": patience, "baud": baud}


def _check_same(settings: Settings, wishes: Wishes, folder: Folder) -> None:
    if (settings.terminal, settings.model) != (wishes.terminal, Path(wishes.model).stem):
        raise ProvisioningError(
            f"{folder.root} holds terminal {settings.terminal}, a {settings.model}, which was taken in already. "
            "Use a folder for each terminal, or leave name and model out."
        )


def usable_rates(rates: Iterable[int]) -> list[int]:
    """Rates that the sensor's settings can hold, slowest first."""
    return sorted({rate for rate in rates if 9_600 <= rate <= 921_600 and rate % 9_600 == 0})
