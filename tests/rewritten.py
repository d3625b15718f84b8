"""Test modules as pytest rewrites them, made once before workers start: each would rewrite all of them by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path

import pytest
from _pytest.assertion import rewrite
from _pytest.assertion.rewrite import assertstate_key

_HERE = Path(__file__).resolve().parent
_TOGETHER = 2


def rewrite_all(config: pytest.Config) -> None:
    """Leave the byte code of every test module where the workers' own pytest looks for it."""
    stale = list(_stale())
    if not stale:
        return
    begun = [
        get_context("fork").Process(target=_rewrite, args=(config, stale[place::_TOGETHER]))
        for place in range(_TOGETHER)
    ]
    for one in begun:
        one.start()
    for one in begun:
        one.join()


def _stale() -> Iterator[Path]:
    for path in sorted([*_HERE.rglob("test_*.py"), *_HERE.rglob("conftest.py")]):
        if rewrite._read_pyc(path, _byte_code_of(path)) is None:
            yield path


def _byte_code_of(path: Path) -> Path:
    return rewrite.get_cache_dir(path) / (path.stem + rewrite.PYC_TAIL)


def _rewrite(config: pytest.Config, paths: Sequence[Path]) -> None:
    for path in paths:
        target = _byte_code_of(path)
        if not rewrite.try_makedirs(target.parent):
            return
        try:
            stat, code = rewrite._rewrite_test(path, config)
        except SyntaxError:
            continue  # said by the worker that collects it
        rewrite._write_pyc(config.stash[assertstate_key], code, stat, target)


def is_of_use(config: pytest.Config) -> bool:
    """Whether workers will be started, and byte code is kept."""
    several = bool(getattr(config.option, "numprocesses", None))
    return (
        several and "PYTEST_XDIST_WORKER" not in os.environ and not os.environ.get("PYTHONDONTWRITEBYTECODE")
    )
