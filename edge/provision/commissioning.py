"""The result of provisioning, as plain text to print and keep: `commissioning.txt`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from edge.provision.helpers import Arrived
from edge.provision.record import Record
from edge.settings import Settings
from wire.provisioning import Grant, fingerprint

WIDTH = 22


class Checked(Protocol):
    """One check of the self-test; `ok` None says that it was not checked now."""

    @property
    def name(self) -> str: ...
    @property
    def ok(self) -> bool | None: ...
    @property
    def says(self) -> str: ...
    @property
    def do(self) -> str: ...


@dataclass(frozen=True)
class Result:
    """Everything that the paper names. `arrived` None: roll and configuration were not waited for."""

    at: datetime
    settings: Settings
    grant: Grant
    own_key: bytes
    record: Record
    arrived: Arrived | None
    checks: Sequence[Checked]

    @property
    def ok(self) -> bool:
        """Whether nothing that was checked is wrong."""
        return all(check.ok is not False for check in self.checks)


def printed(result: Result) -> str:
    """The whole paper; it holds no secret and no name."""
    lines = ["PIMS terminal: commissioning", "=" * 28, "", *_facts(result), "", "Self-test", "-" * 9]
    for check in result.checks:
        lines += _check(check)
    conclusion = "OK: the terminal may go to work." if result.ok else "NOT OK: see what to do above."
    return "\n".join(
        [*lines, "", f"Result: {conclusion}", "", "Technician: ____________________   Date: ____________", ""]
    )


def _facts(result: Result) -> list[str]:
    settings, grant, sensor = result.settings, result.grant, result.record.sensor
    place, broker = grant.checkpoint, grant.broker
    rows = [
        ("Date", f"{result.at:%d %b %Y, %H:%M} UTC"),
        ("Terminal", settings.terminal),
        ("Model", settings.model),
        ("Place", f"{place.checkpoint}, from {place.from_zone} to {place.to_zone}"),
        ("Hub", result.record.hub or "not noted"),
        ("Broker", f"{broker.host}:{broker.port}{'' if broker.tls else ', without TLS, this machine only'}"),
        ("Sensor", "none was looked for" if sensor is None else f"{sensor.kind}, at {sensor.port}"),
        ("Sensor's rate", "not known" if sensor is None else f"{sensor.baud} baud"),
        ("Time an image takes", _seconds(None if sensor is None else sensor.seconds_an_image)),
        ("Key of the terminal", fingerprint(result.own_key)),
        ("Key of the hub", fingerprint(grant.hub_verifying_key)),
        *_arrival(result.arrived),
        ("Kernels compiled in", _seconds(result.record.kernels_s)),
        ("Protection of roll", settings.protection.at_rest),
    ]
    return [f"{name:<{WIDTH}}{value}" for name, value in rows]


def _arrival(arrived: Arrived | None) -> list[tuple[str, str]]:
    if arrived is None:
        return [("Roll", "not waited for"), ("Configuration", "not waited for")]
    roll = (
        f"{arrived.roll}, {arrived.people} people" if arrived.roll else "not here yet: the hub sends it later"
    )
    return [
        ("Roll", roll),
        ("Configuration", arrived.configuration or "as provisioned; the hub sent none yet"),
    ]


def _seconds(seconds: float | None) -> str:
    return "not measured" if seconds is None else f"{seconds:.2f} s"


def _check(check: Checked) -> list[str]:
    word = {True: "OK", False: "NOT OK", None: "not checked"}[check.ok]
    lines = [f"{check.name:<{WIDTH}}{word:<12}{check.says}".rstrip()]
    if check.ok is False and check.do:
        lines.append(f"{'':<{WIDTH}}-> {check.do}")
    return lines
