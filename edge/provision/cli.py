"""`pims-edge provision`: every answer is an option; what is missing is asked for, where somebody sits at the screen."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge.errors import ProvisioningError
from edge.provision import helpers
from edge.provision.commissioning import printed
from edge.provision.door import HubDoor
from edge.provision.options import AUTO, DATA
from edge.provision.record import read_record
from edge.provision.setting_aside import set_aside
from edge.provision.steps import Surroundings, Wishes, provision
from edge.provisioning import Folder
from edge.selftest import run_selftest
from edge.sensor.opening import open_device
from edge.sensor_profiles import read_profile
from edge.settings import Settings, load
from edge.storage import write_durably

OK, NOT_OK = 0, 1

PAPER = "commissioning.txt"


def run(folder: Folder, chosen: argparse.Namespace) -> int:
    """0 when the terminal may go to work, 1 when its self-test found something, EdgeError when somebody must act."""
    os.environ.update(_kernel_cache(folder, chosen.kernels))
    if chosen.start_again:
        _start_again(folder, chosen)
    result = provision(folder, _wishes(folder, chosen), _surroundings())
    paper = printed(result)
    write_durably(folder.root / PAPER, paper.encode())
    print(f"\n{paper}")
    print(f"This paper is kept in {folder.root / PAPER}.")
    return OK if result.ok else NOT_OK


def _wishes(folder: Folder, chosen: argparse.Namespace) -> Wishes:
    held = load(folder.settings) if folder.settings.exists() else None
    name, model = (held.terminal, held.model) if held else (None, None)
    hub = chosen.hub or read_record(folder).hub
    return Wishes(
        hub=_answer(hub, "--hub", "Address of the hub, as https://10.0.0.5:8443"),
        terminal=_answer(chosen.terminal or name, "--terminal", "Name of the terminal"),
        model=_answer(chosen.model or model, "--model", "Model of the terminal, such as gate"),
        rates=chosen.sensor_rates,
        profile=_profile(chosen, held),
        patience=chosen.sensor_patience,
        sensor_port=chosen.sensor_port,
        backend=chosen.sensor_backend,
        without_sensor=chosen.without_sensor,
        hub_key=chosen.hub_key,
        at_rest=chosen.at_rest,
        sure=chosen.yes,
        approval_s=chosen.wait_s,
        arrival_s=chosen.arrival_s,
    )


def _profile(chosen: argparse.Namespace, held: Settings | None) -> str:
    """One that is wrong is refused before anything is looked for; a later run keeps the one chosen before."""
    profile = str(chosen.sensor_profile or (held.sensor.profile if held else AUTO))
    if profile != AUTO:
        read_profile(profile)
    return profile


def _surroundings() -> Surroundings:
    return Surroundings(
        door=HubDoor,
        open_device=open_device,
        say=lambda line: print(line, flush=True),
        confirm=_confirm,
        wait=time.sleep,
        now=lambda: datetime.now(UTC),
        compile_kernels=helpers.compile_kernels,
        self_test=run_selftest,
    )


def _answer(given: str | None, option: str, question: str) -> str:
    if given:
        return given
    if sys.stdin.isatty() and (typed := input(f"{question}: ").strip()):
        return typed
    raise ProvisioningError(f"{question} is missing. Give it with {option}.")


def _confirm(question: str) -> bool:
    if not sys.stdin.isatty():
        raise ProvisioningError(
            f"{question} Nobody is here to answer. Run this again at a screen, or with --hub-key and the hub's key "
            "as its page shows it, or with --yes. The claim stays approved."
        )
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes", "s", "si", "sí")


def _start_again(folder: Folder, chosen: argparse.Namespace) -> None:
    ask: Callable[[str], bool] = (lambda _question: True) if chosen.yes else _confirm
    if not folder.root.exists():
        return
    if not ask(f"Put what was begun in {folder.root} aside?"):
        raise ProvisioningError("Nothing was changed.")
    aside = set_aside(folder, datetime.now(UTC))
    if aside is not None:
        print(f"What was begun lies in {aside}.")


def _kernel_cache(folder: Folder, given: Path | None) -> dict[str, Any]:
    if given is not None:
        return {"NUMBA_CACHE_DIR": str(given.resolve())}
    if "NUMBA_CACHE_DIR" not in os.environ and folder.root == DATA.resolve():
        return {"NUMBA_CACHE_DIR": str(Path("/var/cache") / DATA.name)}
    return {}
