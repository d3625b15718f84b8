"""Programs that provisioning starts beside itself: the agent until roll and configuration are there, and the compiler.

They run as processes of their own, so that a kernel is compiled where the service will look for it, and so that an
agent that cannot start here says so in its own words.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from edge.configuration.stored import read_stored
from edge.errors import ProvisioningError
from edge.locking import is_held
from edge.provisioning import Folder
from edge.settings import Settings
from edge.status import read_status
from wire.versions import NOTHING

COMPILE_MOST_S = 900.0
STOP_S = 20.0
LOOK_S = 0.5


def compile_kernels() -> float:
    """Seconds that it took to have every kernel of the engine compiled, where NUMBA_CACHE_DIR or numba puts them.

    ProvisioningError with the engine's last words when it cannot start.
    """
    began = time.monotonic()
    code = "import matching; matching.warm_up()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=COMPILE_MOST_S, check=False
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise ProvisioningError(f"The fingerprint engine cannot start: {last[:300]}. Install PIMS again.")
    return time.monotonic() - began


@dataclass(frozen=True)
class Arrived:
    """What the hub has sent: versions as text, None when nothing came yet."""

    roll: str | None
    people: int
    configuration: str | None

    @property
    def whole(self) -> bool:
        return self.roll is not None and self.configuration is not None


def arrived(folder: Folder, settings: Settings) -> Arrived:
    """How far roll and configuration have come, read from the disk."""
    status = read_status(folder, settings)
    roll = None if status.roll_version in (None, str(NOTHING)) else status.roll_version
    try:
        newest = read_stored(folder.configuration).newest()
    except (msgspec.DecodeError, OSError):
        newest = NOTHING
    return Arrived(roll, status.roll_people or 0, None if newest == NOTHING else str(newest))


def await_arrival(
    folder: Folder,
    settings: Settings,
    *,
    patience_s: float,
    wait: Callable[[float], object],
    say: Callable[[str], None],
) -> Arrived:
    """Run the agent until the hub has sent roll and configuration, or for `patience_s`; a running service is left be.

    ProvisioningError when the agent ends by itself, with its last words.
    """
    agent = None if is_held(folder.lock) else _start_agent(folder)
    here, waited_s = arrived(folder, settings), 0.0
    try:
        while not here.whole and waited_s < patience_s:
            wait(LOOK_S)
            waited_s += LOOK_S
            if agent is not None and agent.poll() is not None:
                raise ProvisioningError(_last_words(folder, agent.returncode))
            before, here = here, arrived(folder, settings)
            if here.roll is not None and before.roll is None:
                say(f"Roll {here.roll}: {here.people} people.")
            if here.configuration is not None and before.configuration is None:
                say(f"Configuration {here.configuration}.")
    finally:
        if agent is not None:
            _stop(agent)
    return here


def _start_agent(folder: Folder) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "edge", "run", "--data", str(folder.root)]
    with _log(folder).open("wb") as log:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)


def _stop(agent: subprocess.Popen[bytes]) -> None:
    agent.terminate()
    try:
        agent.wait(STOP_S)
    except subprocess.TimeoutExpired:
        agent.kill()
        agent.wait()


def _log(folder: Folder) -> Path:
    return folder.root / "provisioning.log"


def _last_words(folder: Folder, status: int) -> str:
    lines = _log(folder).read_text(errors="replace").strip().splitlines() or ["no word"]
    return f"The terminal's agent ended with status {status}: {lines[-1][:300]}"
