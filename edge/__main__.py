"""`pims-edge`: make a terminal, run it, look at it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge.errors import EdgeError, JournalDamagedError
from edge.install.command import declare, install
from edge.journal_file import check_to_look
from edge.locking import check_owner, held, is_held
from edge.log import Log
from edge.provision.options import DATA as PROVISION_DATA
from edge.provision.options import register as declare_provision
from edge.provisioning import Folder, check_name, install_grant, make_terminal, prepare
from edge.running import run_agent
from edge.sensor_choice import sensor_settings
from edge.settings import load, settings_of
from edge.status import read_status

Commands = Any  # argparse gives the type of its subcommands no public name

OK, WRONG, REFUSED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0, 1 when something is wrong with the journal or a thread died, 2 when somebody must act first."""
    # The journal tells who passed where: what is made is for its own user, however open its folder is.
    os.umask(0o077)
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.action(Folder(chosen.data.resolve()), chosen))
    except EdgeError as error:
        print(error.sentence, file=sys.stderr)
    except OSError as error:
        print(
            f"{error.filename or chosen.data}: {error.strerror}. Check the path, its disk and rights.",
            file=sys.stderr,
        )
    return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pims-edge", description="The fingerprint terminal.")
    commands = parser.add_subparsers(required=True, metavar="command")
    init = _command(commands, "init", "make the keys and settings of a new terminal, and its request", _init)
    init.add_argument("--terminal", required=True, help="its name: lower-case letters, digits and hyphens")
    init.add_argument(
        "--model", required=True, help="gate, cell_block, officer_desk, enrolment_desk, or a .toml file"
    )
    init.add_argument("--sensor-port", required=True, help="device of the sensor, best a udev symlink")
    init.add_argument("--sensor-backend", choices=("zfm", "pyfingerprint"), default="zfm")
    init.add_argument(
        "--sensor-profile", default="auto", help="auto, as608, r305, r307, r503, zfm20, or a .toml file"
    )
    init.add_argument("--baud", type=int, help="rate to use; without it 57600 and 115200 are tried")
    grant = _command(commands, "install-grant", "put the hub's grant in place", _install_grant)
    grant.add_argument("grant", type=Path)
    told = "take this device in as a terminal, step by step"
    declare_provision(_command(commands, "provision", told, _provision, PROVISION_DATA))
    protect = _command(commands, "protect", "how the roll copy is protected on the card", _protect)
    protect.add_argument("--at-rest", choices=("none", "hub_released", "tpm"), required=True)
    machine = commands.add_parser(
        "install", help="make this machine ready: units, udev, folders, boot settings"
    )
    declare(machine)
    machine.set_defaults(action=_install, data=Path("."))
    _command(commands, "run", "run the agent in the foreground", _run)
    page = _command(
        commands, "page", "the officer's page, for the browser of this terminal", _page, Path(".")
    )
    page.add_argument("--port", type=int, default=8090, help="on loopback, 8090 unless told")
    page.add_argument("--socket", type=Path, help="of the agent; without it the one in the data folder")
    status = _command(commands, "status", "how the terminal stands, read from its disk", _status)
    status.add_argument("--json", action="store_true")
    selftest = _command(
        commands, "selftest", "try everything out, and say what to do where it fails", _selftest
    )
    selftest.add_argument("--json", action="store_true")
    bundle = _command(
        commands,
        "support-bundle",
        "one file for whoever helps from afar: no keys, no prints, no names",
        _bundle,
    )
    bundle.add_argument("--out", type=Path, help="a new .tar.gz; without it one in the present folder")
    _command(commands, "safe-state", "put the gate's lock into its safe state and let go of it", _safe_state)
    journal = commands.add_parser("journal", help="look at the journal").add_subparsers(required=True)
    verify = _command(
        journal, "verify", "follow the journal's chain from its first entry to its last", _verify
    )
    verify.add_argument("--file", type=Path, help="another journal, as one that was set aside")
    return parser


def _command(
    commands: Commands,
    name: str,
    help_text: str,
    action: Callable[[Folder, argparse.Namespace], int],
    data: Path | None = None,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    parser.add_argument(
        "--data", type=Path, required=data is None, default=data, help="the terminal's data folder"
    )
    parser.set_defaults(action=action)
    return parser


def _init(folder: Folder, chosen: argparse.Namespace) -> int:
    settings = settings_of(
        chosen.model,
        terminal=chosen.terminal,
        sensor={
            "port": chosen.sensor_port,
            "backend": chosen.sensor_backend,
            "profile": chosen.sensor_profile,
            "baud": chosen.baud,
        },
    )
    check_name(settings.terminal)
    sensor_settings(settings.sensor)  # a profile that does not exist is refused now, not at the first start
    prepare(folder)
    with held(folder.lock):
        seen = make_terminal(folder, settings)
    print(f"Take {folder.request} to the hub. Signing key of {settings.terminal}: {seen}")
    return OK


def _install_grant(folder: Folder, chosen: argparse.Namespace) -> int:
    settings = load(folder.settings)
    check_owner(folder.root)
    seen = install_grant(folder, settings, chosen.grant.read_bytes())
    print(f"Installed. Key of the hub, compare it with what the hub shows: {seen}")
    return OK


def _install(_folder: Folder, chosen: argparse.Namespace) -> int:
    return install(chosen, print)


def _provision(folder: Folder, chosen: argparse.Namespace) -> int:
    from edge.provision.cli import run

    return run(folder, chosen)


def _protect(folder: Folder, chosen: argparse.Namespace) -> int:
    from edge.protection import AtRest, choose

    load(folder.settings)  # a folder without a terminal has nobody to belong to
    check_owner(folder.root)
    choose(folder, AtRest(chosen.at_rest))
    again = " Start the agent again: it then writes the roll copy anew." if is_held(folder.lock) else ""
    print(f"Protection of the roll copy: {chosen.at_rest}.{again}")
    return OK


def _safe_state(folder: Folder, _chosen: argparse.Namespace) -> int:
    from edge.safe_state import leave_safe

    print(leave_safe(folder))
    return OK


def _run(folder: Folder, _chosen: argparse.Namespace) -> int:
    log = Log("agent")
    try:
        return run_agent(folder, log)
    except EdgeError as error:
        log.error("not_started", code=error.code, say=error.sentence)
        raise


def _page(folder: Folder, chosen: argparse.Namespace) -> int:
    from edge.kiosk.server import serve

    url = f"http://127.0.0.1:{chosen.port}/"
    return serve(chosen.socket or folder.desk, chosen.port, lambda: print(f"Page at {url}", flush=True))


def _status(folder: Folder, chosen: argparse.Namespace) -> int:
    found = read_status(folder, load(folder.settings)).to_dict()
    if chosen.json:
        print(json.dumps(found))
        return OK
    for name, value in found.items():
        shown = ", ".join(value) or "none" if isinstance(value, list) else value
        print(f"{name.replace('_', ' '):<19}{'unknown' if shown is None else shown}")
    return OK


def _selftest(folder: Folder, chosen: argparse.Namespace) -> int:
    from edge.selftest import printed, run_selftest

    checks = run_selftest(folder, load(folder.settings))
    print(json.dumps([check.to_dict() for check in checks]) if chosen.json else printed(checks))
    return WRONG if any(check.ok is False for check in checks) else OK


def _bundle(folder: Folder, chosen: argparse.Namespace) -> int:
    from edge.support import write_bundle

    settings, now = load(folder.settings), datetime.now(UTC)
    path = chosen.out or Path(f"pims-{settings.terminal}-{now:%Y%m%dT%H%M%SZ}.tar.gz")
    names = write_bundle(folder, settings, path, now)
    print(f"Wrote {path}: {', '.join(names)}. It holds no keys, no fingerprints and no names.")
    return OK


def _verify(folder: Folder, chosen: argparse.Namespace) -> int:
    settings = load(folder.settings)
    path = chosen.file or folder.journal
    if not path.exists():
        print(f"There is no journal at {path}.", file=sys.stderr)
        return REFUSED
    try:
        found = check_to_look(path, settings.terminal)
    except JournalDamagedError as error:
        print(f"{error.sentence} Keep {path} and bring it to whoever looks after the terminals.")
        return WRONG
    print(f"The chain holds: entries {found.pruned_to + 1} to {found.last}, the hub has {found.committed}.")
    return OK


if __name__ == "__main__":
    sys.exit(main())
