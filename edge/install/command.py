"""The command: says what it will do, does it, says what is left for hands."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from edge.errors import InstallError
from edge.install.doing import Step, put, steps, undo
from edge.install.plan import UNIT_NAMES, Wanted, files

OK, LEFT_TO_DO = 0, 1

Say = Callable[[str], None]

PACKAGES = {"hub": ("chrony", "nftables"), "kiosk": ("cage", "seatd", "chromium")}


def declare(parser: argparse.ArgumentParser) -> None:
    """The options of `pims-edge install`."""
    parser.add_argument("--hub", metavar="ADDRESS", help="IPv4 address of the hub: time, firewall")
    parser.add_argument(
        "--screen",
        choices=("none", "page", "kiosk", "inmate"),
        default="none",
        help="none, the page alone, or with a browser on the terminal's own display: the officer's or the inmate's",
    )
    parser.add_argument(
        "--gpio", action="store_true", help="a gate's lamp, relay and contacts hang on this one"
    )
    parser.add_argument(
        "--data-partition",
        action="store_true",
        help="root read-only, everything kept on the partition with the label PIMS-DATA",
    )
    parser.add_argument("--no-boot", action="store_true", help="leave the boot settings of the Raspberry Pi")
    parser.add_argument("--root", type=Path, default=Path("/"), help="another system's root, as a card's")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--undo", action="store_true", help="bring back what stood there before")


def install(chosen: argparse.Namespace, say: Say) -> int:
    """0 done, 1 when packages are missing that the result needs; InstallError when it cannot be done."""
    root: Path = chosen.root
    if not (root / "etc").is_dir():
        raise InstallError(f"{root} holds no system. Give the root of the terminal's card with --root.")
    if chosen.undo:
        return _undo(root, say)
    wanted = Wanted(
        hub=chosen.hub,
        screen=chosen.screen,
        gpio=chosen.gpio,
        read_only_root=chosen.data_partition,
        boot=not chosen.no_boot,
    )
    found = steps(files(wanted, root), root)
    for step in found:
        say(f"{step.what:<8}{step.file.path}")
    if chosen.dry_run:
        say("Nothing was done: this was a dry run.")
        return OK
    if os.geteuid() != 0 and root == Path("/"):
        raise InstallError("This changes the system: run it with sudo, or look first with --dry-run.")
    put(found, root)
    missing = _missing(wanted) if root == Path("/") else []
    if root == Path("/"):
        _take_effect(found, say)
    return _farewell(wanted, missing, say)


def _undo(root: Path, say: Say) -> int:
    touched = undo(root)
    for path in touched:
        say(f"back    {path}")
    say("As it was before." if touched else "Nothing was installed here.")
    return OK


def _missing(wanted: Wanted) -> list[str]:
    needed = [
        *(PACKAGES["hub"] if wanted.hub is not None else ()),
        *(PACKAGES["kiosk"] if wanted.screen in ("kiosk", "inmate") else ()),
    ]
    programs = {"chrony": "chronyd", "nftables": "nft", "seatd": "seatd"}
    path = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
    return [name for name in needed if shutil.which(programs.get(name, name), path=path) is None]


def _take_effect(found: list[Step], say: Say) -> None:
    """Lets the running system read what is new; one that does not run systemd reads it at its next start."""
    if not any(step.what != "same" for step in found) or not Path("/run/systemd/system").is_dir():
        return
    names = [name for name in UNIT_NAMES if any(step.file.path.name == name for step in found)]
    for words in (
        ("systemctl", "daemon-reload"),
        ("udevadm", "control", "--reload"),
        ("udevadm", "trigger", "--subsystem-match=tty"),
        ("systemctl", "enable", *names),
    ):
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            say(
                f"«{' '.join(words)}» said: {done.stderr.strip() or done.returncode}. Run it again after a restart."
            )


def _farewell(wanted: Wanted, missing: list[str], say: Say) -> int:
    if missing:
        say(f"Still missing: {', '.join(missing)}. Install them: sudo apt-get install {' '.join(missing)}")
    if wanted.hub is None:
        say("No --hub was given: time and firewall are as they were.")
    say("Restart the machine, then take the terminal in: pims-terminal provision --hub https://ADDRESS:8443")
    return LEFT_TO_DO if missing else OK
