"""The whole set-up on a 64-bit ARM system under emulation: it installs from the lock, starts and decides the same.

Times under emulation mean nothing. Needs root, the network, and three Debian packages; kept in var/arm64 between runs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from simulation.bench.measuring import print_json
from simulation.processes import ProcessFailed
from simulation.progress import Progress

PROJECT = Path(__file__).resolve().parents[2]
KEPT = PROJECT / "var" / "arm64"
NEEDED = {"debootstrap": "debootstrap", "qemu-aarch64-static": "qemu-user-static"}
BINFMT = Path("/proc/sys/fs/binfmt_misc")
_HANDLER = (
    rb":qemu-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
    rb":\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"
    rb":/usr/bin/qemu-aarch64-static:F"
)
"""An ELF file of 64 bits, little-endian, for processor 183; F: the interpreter is opened now, for all roots."""
PLATFORMS = ("manylinux_2_34", "manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014", "linux")
SOURCES = ("edge", "hub", "matching", "wire", "simulation", "firmware_configs", "systemd")


def arm64_section(progress: Progress) -> dict[str, Any]:
    """Seconds of each step, and what one scan said there. ProcessFailed when a step cannot be done."""
    _check()
    figures: dict[str, Any] = {}
    root, wheels = KEPT / "root", KEPT / "wheels"
    steps: list[tuple[str, Callable[[], None]]] = [
        ("wheels", lambda: _download(wheels)),
        ("root", lambda: _make_root(root)),
        ("install", lambda: _install(root, wheels)),
        ("scan", lambda: figures.update(one_scan=_scan(root))),
    ]
    for name, step in steps:
        progress(f"arm64: {name}")
        began = time.monotonic()
        step()
        figures[f"{name}_s"] = round(time.monotonic() - began, 1)
    figures["wheels"] = len(list(wheels.iterdir()))
    print_json("arm64", figures)
    return figures


def _check() -> None:
    if os.geteuid() != 0:
        raise ProcessFailed("an ARM root can only be made by root: sudo ./pims bench arm64")
    missing = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    if missing:
        raise ProcessFailed(
            f"{' and '.join(missing)} must be there first: sudo apt-get install {' '.join(missing)}"
        )
    if not (BINFMT / "register").exists():
        _run("mount", "-t", "binfmt_misc", "binfmt_misc", str(BINFMT))
    if not (BINFMT / "qemu-aarch64").exists():
        (BINFMT / "register").write_bytes(_HANDLER)


def _download(wheels: Path) -> None:
    """Every package of the lock as a wheel for ARM, checked against its hash: none is built there."""
    wheels.mkdir(parents=True, exist_ok=True)
    # pip asks this machine, not the one that it downloads for, what a marker means.
    lock = (PROJECT / "requirements.lock").read_text()
    for_arm = KEPT / "requirements.lock"
    for_arm.write_text(lock.replace("platform_machine == 'aarch64'", "platform_machine != ''"))
    platforms = [word for name in PLATFORMS for word in ("--platform", f"{name}_aarch64")]
    _run(
        *(str(PROJECT / ".venv/bin/python"), "-m", "pip", "download", "-q", "--no-deps", "--require-hashes"),
        *("-r", str(for_arm), "--only-binary=:all:", "--python-version", "3.11"),
        *("--implementation", "cp", "--abi", "cp311", "--abi", "abi3", "--abi", "none"),
        *platforms,
        *("-d", str(wheels)),
    )


def _make_root(root: Path) -> None:
    if (root / "usr/bin/python3.11").exists() and not (root / "debootstrap").exists():
        return
    shutil.rmtree(root, ignore_errors=True)
    packages = "python3,python3-venv,ca-certificates"
    _run(
        *("debootstrap", "--arch=arm64", "--foreign", "--variant=minbase", f"--include={packages}"),
        *("bookworm", str(root), _mirror()),
    )
    _inside(root, "/debootstrap/debootstrap", "--second-stage")


def _mirror() -> str:
    """The archive that this machine itself uses."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE) $(CREATED_BY)"],
        capture_output=True,
        text=True,
        check=False,
    )
    sites = [line.split()[0] for line in listed.stdout.splitlines() if line.endswith(" Packages")]
    return next((site for site in sites if "security" not in site), "http://deb.debian.org/debian")


def _install(root: Path, wheels: Path) -> None:
    at = root / "opt/pims"
    shutil.rmtree(at, ignore_errors=True)
    at.mkdir(parents=True)
    for name in SOURCES:
        shutil.copytree(PROJECT / name, at / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "requirements.lock", "LICENSE"):
        shutil.copy(PROJECT / name, at)
    shutil.rmtree(root / "wheels", ignore_errors=True)
    shutil.copytree(wheels, root / "wheels")
    pip = (".venv/bin/python", "-m", "pip", "install", "-q", "--no-compile", "--no-index", "--no-deps")
    _in_project(root, "python3", "-m", "venv", ".venv")
    _in_project(root, *pip, "--find-links", "/wheels", "--require-hashes", "-r", "requirements.lock")
    _in_project(root, *pip, "--no-build-isolation", "--editable", ".")


def _scan(root: Path) -> dict[str, Any]:
    said = _in_project(root, ".venv/bin/python", "-m", "simulation.one_scan")
    found: dict[str, Any] = json.loads(said.strip().splitlines()[-1])
    return found


_PI_4 = """processor\t: {number}
BogoMIPS\t: 108.00
Features\t: fp asimd evtstrm crc32 cpuid
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x0
CPU part\t: 0xd08
CPU revision\t: 3

"""
"""What a Raspberry Pi 4 (Cortex-A72) says of its processors: the host's own words would be those of another machine,
and onnxruntime, which believes them, falls over."""

_ENTER = """
for name in proc dev sys; do mkdir -p "$ROOT/$name"; done
mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
mount --rbind /sys "$ROOT/sys"
mount --bind "$ROOT/cpuinfo" "$ROOT/proc/cpuinfo"
cd "$ROOT"
exec chroot "$ROOT" env -i HOME=/root PATH=/usr/bin:/bin:/usr/sbin:/sbin DEBIAN_FRONTEND=noninteractive \\
    QEMU_CPU=cortex-a72 ORT_DISABLE_TELEMETRY=1 "$@"
"""


def _inside(root: Path, *words: str) -> str:
    """A command in the ARM root. Its mounts are in a namespace of their own and end with it, however it ends."""
    (root / "cpuinfo").write_text("".join(_PI_4.format(number=number) for number in range(4)))
    return _run(
        *(
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "env",
            f"ROOT={root}",
            "sh",
            "-e",
            "-c",
            _ENTER,
            "sh",
        ),
        *words,
    )


def _in_project(root: Path, *words: str) -> str:
    return _inside(root, "sh", "-c", 'cd /opt/pims && exec "$@"', "sh", *words)


def _run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stdout + done.stderr).strip().splitlines()[-5:]
        raise ProcessFailed(f"«{_told(words)}» failed: {' / '.join(last)}")
    return done.stdout


def _told(words: Sequence[str]) -> str:
    """The command that was meant, without what leads into the other root."""
    told = words[words.index("sh", words.index("-c")) + 1 :] if words[0] == "unshare" else words
    return " ".join(told)[:160]
