"""The guide for other agencies' engineers, followed to the letter: each command of it works as it stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from .test_agency_api import Running, hub

__all__ = ["hub"]

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "agency.md"
TOOLS = ("bash", "curl", "jq", "openssl")
PLACE = "prison.example:8444"


def blocks(kind: str) -> list[str]:
    """The commands of the guide, in their order."""
    return [dedent(one) for one in re.findall(rf"^ *```{kind}\n(.*?)^ *```$", GUIDE.read_text(), re.S | re.M)]


@pytest.mark.skipif(any(shutil.which(one) is None for one in TOOLS), reason=f"needs {', '.join(TOOLS)}")
def test_each_command_of_the_guide_works(hub: Running, tmp_path: Path) -> None:
    """Three things alone are put in: where the hub listens, where its folder is, and a name not taken yet."""
    (tmp_path / "H").symlink_to(hub.data)
    here = {PLACE: f"localhost:{hub.port}", "courts-records": "courts-guide"}
    script = "set -euo pipefail\n" + "\n".join(blocks("sh"))
    for old, new in here.items():
        assert old in script
        script = script.replace(old, new)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert '"client":"courts-guide"' in done.stdout
    first, again = re.findall(r"HTTP/1.1 202.*?\n\n", done.stdout, re.S)
    assert ("Idempotency-Replayed" in first, "Idempotency-Replayed: true" in again) == (False, True)
    assert '"state":"received"' in done.stdout
    assert "HTTP/1.1 304" in done.stdout
    python = blocks("python")[0].replace('"prison.example", 8444', f'"localhost", {hub.port}')
    python = python.replace("courts-records", "courts-guide")
    told = subprocess.run(
        [sys.executable, "-c", python], check=False, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert "'client': 'courts-guide'" in told.stdout, told.stderr
