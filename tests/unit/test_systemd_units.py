"""The units: known to systemd without complaint, closed tight, and starting commands that exist."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
LOOSEST = 1.6
"""Exposure by systemd's own reckoning, from 0 (shut) to 10."""

BROWSER_LOOSEST = 3.0
"""A browser shuts its own pages in with namespaces, which must then stay open to it."""
OURS = [
    "pims-agencies", "pims-backup", "pims-broker", "pims-certifier", "pims-exchange", "pims-ingest", "pims-page",
    "pims-running-count", "pims-terminal", "pims-web",
]  # fmt: skip
RUNNING = [name for name in OURS if name not in ("pims-backup", "pims-running-count")]
"""Those that are always up; a backup and a print are over when they are over."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="systemd-analyze is not on this machine, so units are only read, not judged: apt-get install systemd",
)
by_name = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
by_own_name = pytest.mark.parametrize("unit", [FOLDER / f"{name}.service" for name in OURS], ids=OURS)
by_running = pytest.mark.parametrize("unit", [FOLDER / f"{name}.service" for name in RUNNING], ids=RUNNING)


def values(unit: Path, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", unit.read_text(), re.MULTILINE)


def test_every_long_running_program_has_its_unit() -> None:
    assert [unit.stem for unit in UNITS] == sorted([*OURS, "pims-kiosk"])


@needs_systemd
@by_name
def test_systemd_has_nothing_to_complain_of(unit: Path, tmp_path: Path) -> None:
    programs = tmp_path / "opt" / "pims" / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("pims-hub", "pims-edge"):
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(0o755)
    text = unit.read_text().replace("/opt/pims", str(tmp_path / "opt" / "pims"))
    # The browser and its display server are packages of a terminal with a screen, not of this machine.
    for program in ("cage", "chromium"):
        (programs / program).write_text("#!/bin/sh\n")
        (programs / program).chmod(0o755)
        text = text.replace(f"/usr/bin/{program}", str(programs / program))
    copy = tmp_path / unit.name
    copy.write_text(text)
    verdict = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False
    )
    assert (verdict.returncode, verdict.stderr.strip()) == (0, "")


@needs_systemd
@by_name
def test_exposure_is_low(unit: Path) -> None:
    verdict = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", verdict.stdout)
    assert found is not None, verdict.stderr
    assert float(found[1]) <= (LOOSEST if unit.stem in OURS else BROWSER_LOOSEST)


@by_own_name
def test_the_command_exists(unit: Path) -> None:
    (line,) = values(unit, "ExecStart")
    program, *words = shlex.split(line)
    assert program in ("/opt/pims/.venv/bin/pims-hub", "/opt/pims/.venv/bin/pims-edge")
    if program.endswith("pims-hub"):
        from hub.__main__ import parser_for

        parser = parser_for(words)
    else:
        from edge.__main__ import _parser

        parser = _parser()
    environment = dict(value.split("=", 1) for value in values(unit, "Environment"))
    filled = [re.sub(r"\$\{(\w+)\}", lambda found: environment[found[1]], word) for word in words]
    args = parser.parse_args(filled)
    if values(unit, "StateDirectory"):
        assert args.data == Path("%S") / values(unit, "StateDirectory")[0]
    else:
        assert str(args.socket) == "/run/pims-terminal/desk.sock"


@by_running
def test_it_is_up_when_it_says_so_and_alive_while_it_says_so(unit: Path) -> None:
    assert values(unit, "Type") == ["notify"]
    assert int(values(unit, "WatchdogSec")[0]) >= 30


@by_name
def test_nothing_is_sent_to_the_maker_of_a_library(unit: Path) -> None:
    if unit.stem not in ("pims-kiosk", "pims-page"):
        assert "ORT_DISABLE_TELEMETRY=1" in values(unit, "Environment")
    assert values(unit, "IPAddressDeny") == ["any"]


@by_name
def test_it_always_comes_back(unit: Path) -> None:
    if unit.stem == "pims-backup":
        timer = unit.with_suffix(".timer")
        assert values(timer, "OnCalendar") == ["*-*-* 02:30:00"]
        assert values(timer, "Persistent") == ["yes"], "a night without power is made up for"
        return
    if unit.stem == "pims-running-count":
        timer = unit.with_suffix(".timer")
        assert values(timer, "OnCalendar") == ["*-*-* 06,14,22:00:00"]
        assert values(timer, "Persistent") == ["yes"], "a shift without power is made up for"
        return
    assert values(unit, "Restart") == ["always"]
    assert values(unit, "StartLimitIntervalSec") == ["0"]


def test_a_gate_waits_for_nothing() -> None:
    text = (FOLDER / "pims-terminal.service").read_text()
    assert not re.search(r"^(After|Requires|Wants|BindsTo|Requisite)=", text, re.MULTILINE)


def test_who_takes_the_pages_over_cannot_speak_for_the_hub() -> None:
    hidden = {Path(value).name for value in values(FOLDER / "pims-web.service", "InaccessiblePaths")}
    assert {"ca.key", "agencies-ca.key", "signing.key", "hub-ingest.key", "broker.key"} <= hidden
    hidden = {Path(value).name for value in values(FOLDER / "pims-agencies.service", "InaccessiblePaths")}
    assert {"ca.key", "signing.key", "hub-ingest.key", "broker.key", "vault.key", "factors.key"} <= hidden


def test_one_process_alone_reads_the_agencies_authority_and_nobody_calls_it() -> None:
    served = [unit for unit in UNITS if "pims-hub" in values(unit, "ExecStart")[0]]
    free = {
        unit.stem
        for unit in served
        if not any(value.endswith("/keys/agencies-ca.key") for value in values(unit, "InaccessiblePaths"))
    }
    # A backup takes every key; a count is printed and over.
    assert free == {"pims-certifier", "pims-backup", "pims-running-count"}
    certifier = FOLDER / "pims-certifier.service"
    assert values(certifier, "IPAddressAllow") == ["localhost"]
    hidden = {Path(value).name for value in values(certifier, "InaccessiblePaths")}
    assert {"ca.key", "signing.key", "vault.key", "factors.key", "receiving.key", "release.key"} <= hidden
    (line,) = values(FOLDER / "pims-agencies.service", "ExecStart")
    assert "--certified-apart" in line


def test_the_page_and_the_browser_cannot_see_what_is_on_the_card() -> None:
    for name in ("pims-page", "pims-kiosk"):
        assert "-%S/private/pims-terminal" in values(FOLDER / f"{name}.service", "InaccessiblePaths")
    assert "-%t/pims-terminal" in values(FOLDER / "pims-kiosk.service", "InaccessiblePaths")
