"""Copies of one process that share the tests: nothing is left out, run twice or passed that did not pass."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CONFTEST = f"""
import os, sys
sys.path.insert(0, {str(ROOT)!r})
import pytest
from tests.side_by_side import pytest_addoption, pytest_runtestloop

@pytest.fixture(scope="session")
def mine(request):
    request.config.made = getattr(request.config, "made", 0) + 1
    yield request.config.made

@pytest.fixture(autouse=True)
def noted(request, mine):
    assert mine == 1, "made again within one process"
    print("said by", request.node.name)
    yield
    with open("noted", "a") as noted:
        noted.write(f"{{request.node.nodeid}} {{os.getpid()}}\\n")
"""
GOOD = """
import pytest
@pytest.mark.parametrize("one", range(5))
def test_good(one, tmp_path): assert not list(tmp_path.iterdir())
"""


def run(folder: Path, *more: str, **files: str) -> tuple[int, str]:
    (folder / "conftest.py").write_text(CONFTEST)
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text)
    words = [
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-c",
        str(ROOT / "pyproject.toml"),
        "--rootdir",
        str(folder),
        "--side-by-side",
        "2",
        *more,
    ]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def noted(folder: Path) -> dict[str, str]:
    written = (folder / "noted").read_text().splitlines()
    assert len({line.split()[0] for line in written}) == len(written), "run twice"
    return dict(line.split() for line in written)


def test_each_test_runs_once_and_those_of_a_file_in_one_process(tmp_path: Path) -> None:
    status, said = run(tmp_path, a=GOOD, b=GOOD, c=GOOD, d=GOOD)
    assert status == 0, said
    assert "20 passed" in said
    processes = noted(tmp_path)
    assert len(processes) == 20
    for name in "abcd":
        assert len({one for test, one in processes.items() if test.startswith(f"test_{name}.py")}) == 1


def test_what_fails_or_is_left_out_is_said_with_its_output_and_its_reason(tmp_path: Path) -> None:
    bad = (
        "import pytest, warnings\ndef test_bad():\n    warnings.warn('mind the step')\n    assert 1 == 2\n"
        "@pytest.mark.skip(reason='no sensor')\ndef test_left(): pass\n"
    )
    status, said = run(tmp_path, "-rs", a=GOOD, b=bad)
    assert status == 1
    assert "1 failed, 5 passed, 1 skipped" in said
    for words in ("assert 1 == 2", "said by test_bad", "no sensor", "mind the step"):
        assert words in said


@pytest.mark.parametrize("how", ["os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_a_process_that_dies_is_a_test_that_failed(tmp_path: Path, how: str) -> None:
    dies = f"import os\ndef test_before(): pass\ndef test_dies(): {how}\ndef test_after(): pass\n"
    status, said = run(tmp_path, a=dies, b=GOOD, c=GOOD)
    assert status == 1
    assert "2 failed, 11 passed" in said
    assert re.search(r"test_dies.*\n.*the process that had this test ended", said), said
    assert re.search(r"test_after.*\n.*no process was left", said), said


def test_after_the_first_failure_nothing_more_is_begun_where_that_is_asked(tmp_path: Path) -> None:
    bad = "def test_bad(): assert False\n" + "".join(f"def test_{n}(): pass\n" for n in range(50))
    slow = "import time\n" + "".join(f"def test_{n}(): time.sleep(0.2)\n" for n in range(50))
    status, said = run(tmp_path, "-x", a=bad, b=slow)
    assert status == 1
    assert "1 failed" in said
    assert 0 < len(noted(tmp_path)) < 20, "what was under way came to its end, with its fixtures"
