"""A technician with a new device in hand, and somebody at the hub who approves its claim code."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from hub import settings
from simulation.facility import Gate
from simulation.line import HOST
from simulation.processes import ProcessFailed, program, run

_CODE = "Claim code: "
_PLACE = "Taken in: "
_RESULT = "Result: "
_APPROVAL_S = 120
_APPROVALS = 5
_BUSY = "database is locked"


@dataclass(frozen=True)
class TakenIn:
    """What the technician reads at the end: `conclusion` is the last line of the terminal's own paper."""

    terminal: str
    code: str
    place: str
    conclusion: str

    @property
    def ok(self) -> bool:
        return self.conclusion.startswith("OK")


@dataclass(frozen=True)
class Device:
    """A terminal out of its box: where its data and its sensor are. `rate` is the only one its line may have."""

    gate: Gate
    data: Path
    sensor_port: Path
    backend: str
    rate: int


def take_in(device: Device, web_port: int, approve: Callable[[str], None]) -> TakenIn:
    """Provisions the device; `approve` gets its claim code. ProcessFailed with its words when it cannot be."""
    lines: list[str] = []
    code = place = conclusion = ""
    with subprocess.Popen(
        _command(device, web_port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        try:
            for line in map(str.strip, process.stdout):
                lines.append(line)
                if line.startswith(_CODE):
                    code = line.removeprefix(_CODE)
                    approve(code)
                elif line.startswith(_PLACE):
                    place = line.removeprefix(_PLACE).rstrip(".")
                elif line.startswith(_RESULT):
                    conclusion = line.removeprefix(_RESULT)
        except BaseException:
            process.terminate()
            raise
    if not conclusion:
        raise ProcessFailed(f"{device.gate.terminal} was not taken in: {' / '.join(lines[-3:])}")
    taken = TakenIn(device.gate.terminal, code, place, conclusion)
    if not taken.ok:
        wrong = [line for line in lines if "NOT OK" in line]
        raise ProcessFailed(f"{device.gate.terminal} is not fit for work: {' / '.join(wrong[:3])}")
    return taken


def _command(device: Device, web_port: int) -> list[str]:
    words = ["pims-edge", "provision", "--hub", f"http://{HOST}:{web_port}", "--data", str(device.data)]
    words += ["--terminal", device.gate.terminal, "--model", device.gate.model]
    words += ["--sensor-port", str(device.sensor_port), "--sensor-backend", device.backend]
    words += ["--sensor-rates", str(device.rate), "--wait-s", str(_APPROVAL_S), "--arrival-s", "0", "--yes"]
    return program(words)


def seen_from_afar(hub: Path, folder: Path, port: int) -> Path:
    """A data folder of the same hub whose terminals are told that the broker is at `port`.

    Between a broker and its terminals there is often something that forwards; here it is a line that can be cut.
    """
    known = settings.load(hub)
    folder.mkdir(parents=True)
    (folder / "keys").symlink_to(known.keys.resolve())
    broker = msgspec.structs.replace(known.broker, port=port)
    settings.write_first(folder, database=known.database, broker=broker)
    return folder


def approve(hub: Path, code: str, gate: Gate, replaces: str | None = None) -> None:
    """Somebody at the hub compares the code and says where the terminal stands."""
    words = ["pims-hub", "terminals", "approve", "--data", str(hub), code, "--checkpoint", gate.checkpoint]
    for left in reversed(range(_APPROVALS)):
        try:
            run(*words, *(() if replaces is None else ("--replaces", replaces)))
            return
        except ProcessFailed as error:  # on a machine that does six other things: whoever waits tries again
            if not left or _BUSY not in str(error):
                raise
