"""The one script, where its surroundings are against it: hostile variables, a path with spaces, nothing to write to."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
HOSTILE = {
    "PYTHONHOME": "/nowhere",
    "PYTHONPATH": "/elsewhere",
    "PYTHONOPTIMIZE": "2",
    "PIP_USER": "1",
    "PIP_TARGET": "/elsewhere",
    "UV_SYSTEM_PYTHON": "1",
    "UV_PYTHON": "3.9",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose programs only say what surrounds them."""
    made = tmp_path / "two words"
    (made / "matching" / "inner").mkdir(parents=True)
    shutil.copy(ROOT / "pims", made)
    for name in ("requirements.lock", "pyproject.toml", "matching/one.py", "matching/inner/two.py"):
        (made / name).write_text(f"# {name}\n")
    program = made / ".venv" / "bin" / "pims-hub"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "given: $*"\nenv\n')
    program.chmod(0o755)
    return made


def set_up(checkout: Path) -> None:
    """As `./pims setup` leaves it behind."""
    files = [(checkout / name).read_bytes() for name in ("requirements.lock", "pyproject.toml")]
    made_from = b"".join(files) + f"{checkout}\n".encode()
    kernels = b"".join((checkout / "matching" / name).read_bytes() for name in ("one.py", "inner/two.py"))
    for name, content in (("made-from", made_from), ("kernels", kernels)):
        (checkout / ".venv" / f".pims-{name}").write_text(hashlib.sha256(content).hexdigest())


def run(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(checkout / "pims"), *arguments],
        env={"PATH": "/usr/bin:/bin", **variables},
        cwd="/",
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_variables_for_other_programs_lead_ours_nowhere(checkout: Path) -> None:
    set_up(checkout)
    done = run(checkout, "hub", "search", "a b", PIP_INDEX_URL="https://mirror", **HOSTILE)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("given: search a b\n")
    said = dict(line.split("=", 1) for line in done.stdout.splitlines()[1:] if "=" in line)
    assert said.keys() & HOSTILE.keys() == set()
    assert said["PIP_INDEX_URL"] == "https://mirror", "where packages come from is for the machine to say"


def test_whoever_may_only_read_runs_what_is_set_up(checkout: Path) -> None:
    """A folder where the lock belongs stands in for a checkout that cannot be written."""
    (checkout / ".pims-setup.lock").mkdir()
    set_up(checkout)
    assert run(checkout, "hub").returncode == 0


def test_whoever_may_only_read_and_needs_a_newer_environment_is_told(checkout: Path) -> None:
    (checkout / ".pims-setup.lock").mkdir()
    done = run(checkout, "hub")
    assert done.returncode == 1
    assert done.stderr.startswith("pims: the environment is not up to date, and ")
    assert "Run ./pims setup as its owner." in done.stderr
