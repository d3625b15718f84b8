"""Each unit's real program, under a real systemd, with every filter of the unit in force.

The terminal's start is one with a read-only root and no home, whose kernels were compiled beforehand.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from matching.synthesis import make_finger

from ..systemd_at_work import Machine, machine, why_not
from ..waiting import until

UNITS = Path(__file__).resolve().parents[2] / "systemd"
BROWSER = "/usr/bin/chromium"

WATCHDOG_S = 20
"""Shorter than the units', so that one that does not say that it lives is found out here."""

AT_HUB = ["pims-broker", "pims-ingest", "pims-web", "pims-certifier", "pims-agencies"]

pytestmark = pytest.mark.skipif(why_not() is not None, reason=f"units cannot be run here: {why_not()}")

SENSOR = """
import pathlib, time
import numpy
from simulation.sensor import FAST256, SensorEmulator, Watcher
from simulation.sensor.lamp import seen

shared, line = pathlib.Path("/shared"), pathlib.Path("/run/sensor/line")

def light(control, speed, colour, count, _):
    with (shared / "lamp.log").open("a") as log:
        log.write(seen(control, speed, colour, count).told + "\\n")

watcher = Watcher(on_light=light, on_image_sent=lambda _: None)
emulator = SensorEmulator(line, FAST256, baud=57_600, paced=False, watcher=watcher)
emulator.start()
line.resolve().chmod(0o666)
image = numpy.load(shared / "finger.npy")
asked = shared / "touch"
while True:
    if asked.exists():
        emulator.place(image)
        while asked.exists():
            time.sleep(0.05)
        emulator.lift()
    time.sleep(0.05)
"""

# What `pims-edge provision` does by taking its time: the kernels of this processor, where the service finds them.
KERNELS = """
import pathlib, shutil
from numba.core.caching import UserProvidedCacheLocator as Locator

for made in pathlib.Path("/opt/pims/matching").rglob("*.nb[ic]"):
    at = pathlib.Path("/var/cache/private/pims-terminal") / Locator.get_suitable_cache_subpath(
        str(made.parent.parent / "any.py"))
    at.mkdir(parents=True, exist_ok=True)
    shutil.copy(made, at)
"""

PREPARE = """
export PYTHONPATH=/opt/pims
cd /opt/pims/.venv/bin
mkdir -p /var/lib/private/pims-terminal /var/cache/private/pims-terminal
./pims-edge init --data /var/lib/private/pims-terminal --terminal gate-a --model gate --sensor-port /run/sensor/line
./python /shared/kernels.py
./pims-hub init --data /var/lib/private/pims-hub --broker-host 127.0.0.1 --admin-password-file /shared/password
rm /shared/password
"""


def logged(unit: str, extra: str = "") -> str:
    """A drop-in that lets us read what a unit says, and opens what only this test needs."""
    at = f"/shared/{unit}.log"
    return f"[Service]\nStandardOutput=append:{at}\nStandardError=append:{at}\n{extra}"


def unit_files() -> dict[str, str]:
    own = {path.name: path.read_text() for path in UNITS.glob("*.service")}
    extra = {
        # The sensor is a pseudo-terminal here.
        "pims-terminal.service": "DeviceAllow=char-pts rw\n",
        # No display here: the same browser, shut in the same way, looks at one page and says what it read.
        "pims-kiosk.service": (
            "Type=oneshot\nRemainAfterExit=yes\nRestart=no\nSupplementaryGroups=\nExecStart=\n"
            f"ExecStart={BROWSER} --headless=new --disable-gpu --no-first-run --user-data-dir=%t/pims-kiosk/profile "
            "--virtual-time-budget=5000 --dump-dom http://127.0.0.1:8090/more\n[Unit]\nConditionPathExists=\n"
        ),
    }
    for name in own.keys() - {"pims-kiosk.service"}:
        extra[name] = extra.get(name, "") + f"WatchdogSec={WATCHDOG_S}\n"
    drop_ins = {f"{name}.d/at-work.conf": logged(name, extra.get(name, "")) for name in own}
    sensor = logged(
        "sensor.service",
        "ExecStart=/opt/pims/.venv/bin/python /shared/sensor.py\n"
        "Environment=PYTHONPATH=/opt/pims\nRuntimeDirectory=sensor\nRuntimeDirectoryMode=0755\n",
    )
    return {**own, **drop_ins, "sensor.service": sensor}


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    started = ["sensor", "pims-terminal", "pims-page", *AT_HUB]

    def lay_out(shared: Path) -> None:
        (shared / "sensor.py").write_text(SENSOR)
        (shared / "kernels.py").write_text(KERNELS)
        np.save(shared / "finger.npy", make_finger(3).impression(0, width=256, height=288, grey_levels=16))

    units = [f"{name}.service" for name in started]
    with machine(unit_files(), units, prepare=PREPARE, lay_out=lay_out) as running:
        yield running


def lamps(at_work: Machine) -> list[str]:
    log = at_work.shared / "lamp.log"
    return log.read_text().split() if log.exists() else []


@pytest.mark.parametrize("name", [*AT_HUB, "pims-terminal", "pims-page"])
def test_it_gets_ready_under_its_filters_and_says_so(at_work: Machine, name: str) -> None:
    at_work.wait_for(f"{name}.service", "active")
    shown = at_work.run("systemctl", "show", f"{name}.service", "-p", "NRestarts,StatusText,WatchdogUSec")
    assert "NRestarts=0" in shown, at_work.output(f"{name}.service")[-2000:]


def test_a_scan_under_the_filters_ends_with_a_lamp_and_compiles_nothing(at_work: Machine) -> None:
    at_work.wait_for("pims-terminal.service", "active")
    kernels = at_work.run("find", "/var/cache/private/pims-terminal", "-type", "f")
    assert len(kernels.splitlines()) > 20
    assert until(lambda: "READY" in lamps(at_work))
    (at_work.shared / "touch").touch()
    assert until(lambda: "REFER" in lamps(at_work))
    (at_work.shared / "touch").unlink()
    assert at_work.run("find", "/var/cache/private/pims-terminal", "-type", "f") == kernels
    status = at_work.run("systemctl", "show", "pims-terminal.service", "-p", "NRestarts,ActiveState")
    assert "NRestarts=0" in status
    assert "ActiveState=active" in status


def test_the_agent_sees_a_machine_it_cannot_change(at_work: Machine) -> None:
    at_work.wait_for("pims-terminal.service", "active")
    pid = at_work.run("systemctl", "show", "pims-terminal.service", "-p", "MainPID", "--value").strip()
    facts = dict(
        line.split(":\t", 1)
        for line in at_work.run("cat", f"/proc/{pid}/status").splitlines()
        if ":\t" in line
    )
    assert facts["Seccomp"] == "2"
    assert facts["NoNewPrivs"] == "1"
    assert int(facts["CapEff"], 16) == int(facts["CapBnd"], 16) == 0
    assert int(facts["Uid"].split()[0]) > 60_000
    mounts = at_work.run("cat", f"/proc/{pid}/mountinfo").splitlines()
    root = next(line.split() for line in mounts if line.split()[4] == "/")
    assert "ro" in root[5].split(",")


@pytest.mark.parametrize("name", AT_HUB)
def test_the_certifier_alone_sees_the_agencies_authority(at_work: Machine, name: str) -> None:
    at_work.wait_for(f"{name}.service", "active")
    pid = at_work.run("systemctl", "show", f"{name}.service", "-p", "MainPID", "--value").strip()
    key = f"/proc/{pid}/root/var/lib/pims-hub/keys/agencies-ca.key"
    seen = at_work.run("stat", "-L", "-c", "%s %a", key).split()
    assert (seen == ["0", "0"]) is (name != "pims-certifier"), seen


@pytest.mark.skipif(shutil.which(BROWSER) is None, reason="chromium is not on this machine")
def test_the_browser_opens_the_page_from_inside_its_cage(at_work: Machine) -> None:
    at_work.wait_for("pims-page.service", "active")
    at_work.run("systemctl", "start", "pims-kiosk.service")
    at_work.wait_for("pims-kiosk.service", "active")
    assert "gate-a" in at_work.output("pims-kiosk.service")


@pytest.mark.parametrize("name", [*AT_HUB, "pims-terminal", "pims-page"])
def test_its_watchdog_hears_of_it(at_work: Machine, name: str) -> None:
    at_work.wait_for(f"{name}.service", "active")

    def lived_longer_than_the_watchdog_waits() -> bool:
        since = at_work.run(
            "systemctl", "show", f"{name}.service", "-p", "ActiveEnterTimestampMonotonic", "--value"
        )
        return time.clock_gettime(time.CLOCK_MONOTONIC) - int(since) / 1e6 > WATCHDOG_S + 5

    assert until(lived_longer_than_the_watchdog_waits, 240)
    shown = at_work.run("systemctl", "show", f"{name}.service", "-p", "NRestarts,ActiveState")
    assert "NRestarts=0" in shown, at_work.output(f"{name}.service")[-2000:]
    assert "ActiveState=active" in shown
