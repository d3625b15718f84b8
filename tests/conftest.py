"""Fixtures that several packages share."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import databases, rewritten


def pytest_configure(config: pytest.Config) -> None:
    """While tests are collected there is nothing to throw away, and a third of that time went to looking for it."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        gc.disable()
    elif rewritten.is_of_use(config):
        rewritten.rewrite_all(config)


def pytest_collection_finish() -> None:
    """Look for unused objects seldom: what is loaded by now stays, and a fifth of the suite's time went to it."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


REPOSITORY = Path(__file__).resolve().parent.parent


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture(autouse=True)
def own_process() -> Iterator[None]:
    """Our commands make files for their owner alone, and end by themselves when told to stop.

    Run inside a test, they would set that for all tests that follow.
    """
    held, handlers = os.umask(0o022), [signal.getsignal(number) for number in _SIGNALS]
    yield
    os.umask(held)
    for number, handler in zip(_SIGNALS, handlers, strict=True):
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def own_databases() -> Iterator[None]:
    """What a test makes on the PostgreSQL server is gone after it."""
    held = databases.made_so_far()
    yield
    databases.drop_since(held)


@pytest.fixture(scope="session", autouse=True)
def copied_databases() -> Iterator[None]:
    """The migrations run once in a process for all its new databases: they take half a second."""
    with databases.migrated_by_copying():
        yield


@pytest.fixture(scope="session")
def real_prints() -> Path:
    """Folder of real fingerprint sets, which are never part of the project.

    Taken from PIMS_REAL_PRINTS, else from shared/fingerprints beside the checkout; skips where there is none.
    """
    named = os.environ.get("PIMS_REAL_PRINTS")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "fingerprints"
    if not folder.is_dir():
        pytest.skip(f"no real fingerprints at {folder}: set PIMS_REAL_PRINTS to a folder of sets to run this")
    return folder
