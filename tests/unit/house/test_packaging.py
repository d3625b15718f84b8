"""What git holds beside the code under the packages is in the wheel: a forgotten pattern is seen here."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from setuptools import Distribution

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("edge", "hub", "matching", "simulation", "wire")


@pytest.fixture(scope="module")
def shipped() -> set[str]:
    """Files that setuptools would put into the wheel, by pyproject.toml, without building one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        project = Distribution()
        project.parse_config_files(["pyproject.toml"])
        project.include_package_data = False  # else a list of the sources is written into the checkout
        build = project.get_command_obj("build_py")
        build.ensure_finalized()
        return {
            (Path(source) / name).as_posix() for _, source, _, names in build.data_files for name in names
        }


def _tracked() -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {name for name in listed.stdout.splitlines() if not name.endswith((".py", ".pyi"))}


def test_every_file_beside_the_code_is_in_the_wheel(shipped: set[str]) -> None:
    tracked = _tracked()
    assert len(tracked) > 200
    assert tracked - shipped == set()


@pytest.mark.parametrize(
    "needed",
    [
        "hub/migrations/script.py.mako",
        "hub/web/locale/es/messages.po",
        "hub/web/templates/layout.html",
        "hub/reception/templates/people.html",
        "hub/keeping/retention/proposal.toml",
        "matching/models/leader.onnx",
        "edge/kiosk/words/es.toml",
    ],
)
def test_what_the_programs_cannot_start_without_is_named(shipped: set[str], needed: str) -> None:
    assert needed in shipped
