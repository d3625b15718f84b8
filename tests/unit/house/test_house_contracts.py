"""The house rules hold, and each would be seen to break."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("edge", "hub", "matching", "wire", "simulation")
AGREED_TOP = {
    *PACKAGES,
    *("firmware_configs", "systemd", "tests", "docs", "pims"),
    *("pyproject.toml", "requirements.lock", "README.md", "LICENSE", "CHANGELOG.md", "NOTICE"),
}

VIOLATIONS = {
    "Applications sit on libraries and never meet": ("edge/settings.py", "import hub.settings"),
    "Rules and codecs reach no I/O library": ("wire/topics.py", "import socket"),
    "Matching is numerics only": ("matching/errors.py", "import msgspec"),
    "No sibling cycles": ("wire/errors.py", "import wire.journal"),
    "The hub's capabilities are layers": ("hub/custody/records.py", "import hub.ingest"),
    "Only hub.biometrics uses the engine": ("hub/movements/records.py", "import matching"),
    "The sensor is five layers": ("edge/sensor/frame.py", "import edge.sensor.connection"),
}


def lint_imports(folder: Path) -> str:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_every_contract_is_tried() -> None:
    declared = re.findall(r'^name = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert set(declared[1:]) == set(VIOLATIONS)


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_seeded_violation_is_caught(contract: str, tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.onnx")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    place, line = VIOLATIONS[contract]
    target = tmp_path / place
    target.write_text(target.read_text() + f"\n{line}\n")
    assert re.search(rf"^{re.escape(contract)} BROKEN", lint_imports(tmp_path), re.MULTILINE)


def banned_words() -> list[str]:
    rows = [
        line.rsplit("|", 2)[1]
        for line in (ROOT / "docs/glossary.md").read_text().splitlines()
        if line[:2] == "| "
    ]
    return [word for row in rows for word in re.findall(r"`(\w+)`", row)]


def test_no_banned_synonym_is_used() -> None:
    words = banned_words()
    assert len(words) > 5
    # A word of the law (convicted) may hold a banned one.
    pattern = re.compile(rf"(?<![a-z])(?:{'|'.join(words)})(?![a-z])", re.IGNORECASE)
    used = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".py", ".html", ".js", ".toml"}
        for found in pattern.finditer(path.read_text())
    ]
    assert used == []


def test_the_lock_names_no_host_and_hashes_everything() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    requirements = re.findall(r"^\S+==.*(?:\n .*)*", lock, re.MULTILINE)
    assert len(requirements) > 40
    assert [r.splitlines()[0] for r in requirements if "--hash=sha256:" not in r] == []


def test_nothing_else_lies_at_the_top() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {line.split("/")[0] for line in listed.splitlines()}
    assert {name for name in top if not name.startswith(".")} <= AGREED_TOP
