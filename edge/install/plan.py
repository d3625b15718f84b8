"""What a terminal's machine needs besides the program: every file, decided before anything is touched."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

from edge.errors import InstallError

PROJECT = Path(__file__).resolve().parents[2]
PI = PROJECT / "firmware_configs" / "raspberry_pi"
UNITS = PROJECT / "systemd"
USUAL_PLACE = "/opt/pims"

AGENT = "pims-terminal"
UNIT_NAMES = ("pims-terminal.service", "pims-page.service", "pims-kiosk.service")

_CONSOLE = re.compile(r"\bconsole=(serial0|ttyAMA0|ttyS0),\d+\s*")
_INCLUDE = "include pims.txt"


@dataclass(frozen=True)
class Wanted:
    """What this machine is to be. `screen` none, page, kiosk or inmate; `hub` an IPv4 address or None."""

    hub: str | None = None
    screen: str = "none"
    gpio: bool = False
    read_only_root: bool = False
    boot: bool = True


@dataclass(frozen=True)
class File:
    """A file to stand at `path` (absolute) with this content."""

    path: Path
    content: str
    mode: int = 0o644


def files(wanted: Wanted, root: Path) -> list[File]:
    """Every file, for a machine whose system lies at `root`; InstallError when it cannot be such a machine.

    Existing boot files are read to be changed by one line each; all others are ours alone.
    """
    hub = _address(wanted.hub)
    found = [
        File(Path("/etc/systemd/system") / name, _unit(name))
        for name in UNIT_NAMES
        if name == UNIT_NAMES[0]
        or wanted.screen in ("kiosk", "inmate")
        or (wanted.screen == "page" and "page" in name)
    ]
    found += [
        File(Path("/etc/udev/rules.d/90-pims-sensor.rules"), _pi("90-pims-sensor.rules")),
        File(Path("/etc/systemd/journald.conf.d/pims.conf"), _pi("journald.conf")),
        File(Path("/etc/systemd/system.conf.d/pims-watchdog.conf"), _pi("watchdog.conf")),
        File(Path("/etc/sysctl.d/90-pims.conf"), _pi("sysctl.conf")),
        File(Path("/usr/local/sbin/pims-terminal"), _by_hand(), 0o755),
    ]
    if hub is not None:
        found += [
            File(Path("/etc/chrony/conf.d/pims.conf"), _pi("chrony.conf").replace("@hub@", hub)),
            File(Path("/etc/nftables.conf"), _pi("nftables.conf").replace("@hub4@", hub), 0o755),
        ]
    if wanted.gpio:
        found.append(
            File(
                Path(f"/etc/systemd/system/{AGENT}.service.d/gpio.conf"),
                _GPIO.replace(USUAL_PLACE, str(PROJECT)),
            )
        )
    if wanted.screen == "inmate":
        found.append(File(Path("/etc/systemd/system/pims-kiosk.service.d/screen.conf"), _INMATE))
    if (root / f"var/lib/private/{AGENT}/roll.cred").exists():
        found.append(File(Path(f"/etc/systemd/system/{AGENT}.service.d/tpm.conf"), _TPM))
    if wanted.read_only_root:
        found.append(_fstab(root))
    if wanted.boot:
        found += _boot(root)
    return found


_GPIO = """# The gate's lamp, buzzer, relay and contacts. `pims-edge install --gpio` wrote this.
[Service]
SupplementaryGroups=gpio
DeviceAllow=char-gpiochip rw
# lgpio keeps its notification pipes in the folder it works in.
WorkingDirectory=%t/pims-terminal
# After every end of the agent, also one by the watchdog, the lock is left in its safe state.
ExecStopPost=-/opt/pims/.venv/bin/pims-edge safe-state --data %S/pims-terminal
"""

_INMATE = """# This display is turned to those who pass. `pims-edge install --screen inmate` wrote this.
[Service]
Environment=PIMS_SCREEN=/inmate
"""

_TPM = """# The roll's key is sealed to this machine's TPM: systemd opens it at the start and hands it over.
[Service]
LoadCredentialEncrypted=roll.key:/var/lib/private/pims-terminal/roll.cred
"""


def _unit(name: str) -> str:
    return (UNITS / name).read_text().replace(USUAL_PLACE, str(PROJECT))


def _pi(name: str) -> str:
    return (PI / name).read_text()


def _by_hand() -> str:
    """A command as the service's own user: as root it would leave files that the service cannot read."""
    return f"""#!/bin/sh
# pims-edge as the terminal's own user, with its folders and its sensor. `pims-edge install` wrote this.
# Usage: pims-terminal provision --hub https://10.0.0.5:8443, pims-terminal status, pims-terminal selftest, ...
command=$1
[ $# -gt 0 ] && shift
exec systemd-run --quiet --pipe --wait --collect \\
    -p DynamicUser=yes -p User={AGENT} -p StateDirectory={AGENT} -p StateDirectoryMode=0700 \\
    -p CacheDirectory={AGENT} -p CacheDirectoryMode=0700 -p UMask=0077 \\
    -p SupplementaryGroups=dialout -E NUMBA_CACHE_DIR=/var/cache/{AGENT} -E ORT_DISABLE_TELEMETRY=1 \\
    {PROJECT}/.venv/bin/pims-edge "$command" --data /var/lib/{AGENT} "$@"
"""


def _address(hub: str | None) -> str | None:
    if hub is None:
        return None
    try:
        return str(ipaddress.IPv4Address(hub))
    except ValueError:
        raise InstallError(
            f"«{hub}» is no IPv4 address. Give the hub's address in numbers, for example 10.0.0.5: "
            "the wall between terminal and network must not depend on a name server."
        ) from None


def _fstab(root: Path) -> File:
    path = root / "etc/fstab"
    old = path.read_text() if path.exists() else ""
    if "LABEL=PIMS-DATA" in old:
        return File(Path("/etc/fstab"), old)
    lines = []
    for line in old.splitlines():
        parts = line.split()
        is_root = (
            len(parts) >= 4 and parts[1] in ("/", "/boot", "/boot/firmware") and not line.startswith("#")
        )
        if is_root and "ro" not in parts[3].split(","):
            parts[3] = ",".join(["ro", *(option for option in parts[3].split(",") if option != "rw")])
            line = "\t".join(parts)  # noqa: PLW2901 - the same line, read-only
        lines.append(line)
    return File(Path("/etc/fstab"), "\n".join([*lines, _pi("fstab").strip(), ""]))


def _boot(root: Path) -> list[File]:
    """The Pi's boot settings: an include in config.txt, and no console on the sensor's UART."""
    folder = next((one for one in ("boot/firmware", "boot") if (root / one / "config.txt").exists()), None)
    if folder is None:
        return []
    at = Path("/") / folder
    config = (root / folder / "config.txt").read_text()
    found = [File(at / "pims.txt", _pi("config.txt"))]
    if _INCLUDE not in config.splitlines():
        found.append(File(at / "config.txt", f"{config.rstrip()}\n\n[all]\n{_INCLUDE}\n"))
    cmdline = root / folder / "cmdline.txt"
    if cmdline.exists() and _CONSOLE.search(cmdline.read_text()):
        found.append(File(at / "cmdline.txt", _CONSOLE.sub("", cmdline.read_text())))
    return found
