"""Fixtures of the terminal's tests."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def quick_path() -> Iterator[Path]:
    """A folder in memory where there is one: for tests of logic over a journal, not of what survives a cut."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="pims-", dir=memory if memory.is_dir() else None))
    yield folder
    shutil.rmtree(folder)
