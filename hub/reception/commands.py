"""`pims-hub enrol`: a list of people with their fingers, for a first start and for demonstrations."""

from __future__ import annotations

import argparse
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hub import settings
from hub.biometrics.vault_key import open_vault
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions
from hub.errors import HubError
from hub.reception.enrolling import Enrolled, enrol_all
from hub.reception.manifest import read_manifest

if TYPE_CHECKING:
    from hub.cli import Subparsers


def register(subparsers: Subparsers) -> None:
    """Declare `enrol`."""
    parser = add_command(subparsers, "enrol", _enrol, "Admit the people of a manifest with their fingers.")
    parser.add_argument("manifest", type=Path, metavar="manifest.json")
    parser.add_argument("--json", type=Path, metavar="out.json", help="write list index -> person number")


def _enrol(args: argparse.Namespace) -> int:
    found = settings.load(args.data)
    manifest = read_manifest(args.manifest)
    engine = make_engine(found.database)
    started = time.monotonic()
    numbers: dict[str, str] = {}
    refused = 0
    everyone = enrol_all(
        manifest,
        args.manifest.parent,
        sessions=make_sessions(engine),
        vault=open_vault(found.keys),
        clock=lambda: datetime.now(UTC),
    )
    for one in everyone:
        say(_progress(one, len(manifest.people)))
        if one.admitted is None:
            refused += 1
        else:
            numbers[str(one.index)] = one.admitted.person_number
    engine.dispose()
    if args.json is not None:
        _write(args.json, numbers)
    say(f"Enrolled {len(numbers)} of {len(manifest.people)} in {time.monotonic() - started:.1f} s.")
    return 1 if refused else 0


def _write(path: Path, numbers: dict[str, str]) -> None:
    try:
        path.write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise HubError(
            "unwritable",
            f"{path} cannot be written: {error.strerror}. Everybody is enrolled; the numbers stand in the lines above.",
        ) from error


def _progress(one: Enrolled, total: int) -> str:
    place = f"[{one.index + 1}/{total}]"
    if one.admitted is None:
        return f"{place} refused: {one.refused}"
    return f"{place} {one.admitted.person_number} {one.admitted.booking_number}"
