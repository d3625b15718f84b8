"""`pims-edge support-bundle`: what somebody far away needs to see what is wrong, and nothing that must stay here.

No key, no template, no roll, no name, no body of a journal entry. Everything in it is written by us, word by word:
no file of the data folder is copied but the settings, which hold no secret once the sensor's password is left out.
"""

from __future__ import annotations

import io
import json
import platform
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from edge.clock import SystemClock
from edge.machine import Machine
from edge.provisioning import Folder
from edge.selftest import printed, run_selftest
from edge.settings import Settings
from edge.status import read_status

LOG_LINES = 2_000
_PACKAGES = ("pims", "numpy", "numba", "onnxruntime", "cryptography", "msgspec", "paho-mqtt", "pyserial")


def write_bundle(folder: Folder, settings: Settings, path: Path, now: datetime) -> list[str]:
    """Writes a .tar.gz to `path` and returns the names in it. OSError when it cannot be written."""
    checks = run_selftest(folder, settings)
    content: dict[str, str] = {
        "status.json": _json(read_status(folder, settings).to_dict()),
        "selftest.txt": printed(checks) + "\n",
        "selftest.json": _json([check.to_dict() for check in checks]),
        "settings.json": _json(_without_secrets(settings)),
        "versions.json": _json(_versions()),
        "machine.json": _json(_machine(folder)),
        "files.txt": _files(folder.root),
        "log.jsonl": _log(),
    }
    with tarfile.open(path, "x:gz") as bundle:
        for name, text in content.items():
            raw = text.encode()
            entry = tarfile.TarInfo(f"pims-{settings.terminal}/{name}")
            entry.size, entry.mtime, entry.mode = len(raw), int(now.timestamp()), 0o600
            bundle.addfile(entry, io.BytesIO(raw))
    return list(content)


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def _without_secrets(settings: Settings) -> Mapping[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(settings)
    shown["sensor"].pop("password", None)
    return shown


def _versions() -> Mapping[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version(), "kernel": platform.release(), "machine": platform.machine()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _machine(folder: Folder) -> Mapping[str, object]:
    machine, now = Machine(), SystemClock().read()
    return {
        "temperature_c": machine.temperature_c(),
        "undervoltage": machine.undervoltage(),
        "boot_time_ms": now.boot_time_ms,
        "clock": now.confidence.value,
        "wall_time": now.wall_time.isoformat(),
        "mount": _mount(folder.root),
        "memory": _lines(Path("/proc/meminfo"), ("MemTotal", "MemAvailable", "SwapTotal", "SwapFree")),
        "card": {name: _word(path) for name, path in _card_facts()},
    }


def _mount(root: Path) -> str:
    """Device, kind and options of the mount below which the data lies: `ro` there says that the card gave up."""
    try:
        rows = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return ""
    above = [row for row in rows if len(row) > 3 and root.is_relative_to(row[1])]
    return " ".join(max(above, key=lambda row: len(row[1]))[:4]) if above else ""


def _card_facts() -> list[tuple[str, Path]]:
    """What an SD card or eMMC says of itself: its wear, where it is one that knows."""
    names = ("name", "date", "life_time", "pre_eol_info")
    return [
        (f"{card.name}.{name}", card / name)
        for card in sorted(Path("/sys/bus/mmc/devices").glob("mmc*"))
        for name in names
    ]


def _word(path: Path) -> str:
    try:
        return path.read_text().strip()[:80]
    except OSError:
        return ""


def _lines(path: Path, wanted: tuple[str, ...]) -> list[str]:
    try:
        return [" ".join(line.split()) for line in path.read_text().splitlines() if line.startswith(wanted)]
    except OSError:
        return []


def _files(root: Path) -> str:
    """Names, sizes and rights below the data folder, never content."""
    lines = []
    for path in sorted(root.rglob("*")):
        facts = path.lstat()
        lines.append(f"{facts.st_mode & 0o7777:04o} {facts.st_size:>12} {path.relative_to(root)}")
    return "\n".join(lines) + "\n"


def _log(run: Callable[..., Any] = subprocess.run) -> str:
    """Our own last lines from systemd's journal: words and figures of ours, which name nobody."""
    command = ["journalctl", "--unit=pims-terminal", f"--lines={LOG_LINES}", "--output=cat", "--no-pager"]
    try:
        done = run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    # A line of another program in our unit could hold anything; ours are JSON objects.
    return "".join(f"{line}\n" for line in done.stdout.splitlines() if line.startswith('{"at": '))
