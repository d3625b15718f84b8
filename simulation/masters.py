"""Synthetic fingers for the demo: made once by all processors, then kept on disk."""

from __future__ import annotations

import hashlib
import os
import pickle
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from matching import synthesis
from matching.synthesis import Finger, make_finger

CACHE = Path(__file__).resolve().parent.parent / "var" / "cache"


def load_masters(seeds: Sequence[int], cache: Path, said: Callable[[str], None]) -> list[Finger]:
    """The fingers of these seeds, from `cache` where they are there already, else made and put there.

    The cache is ours alone (0700) and only ever holds what this function wrote.
    """
    cache = cache / _recipe()
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    missing = [seed for seed in seeds if not _file(cache, seed).exists()]
    if missing:
        with ProcessPoolExecutor(os.cpu_count(), initializer=_leave_stopping_to_the_parent) as pool:
            for done, _ in enumerate(pool.map(_make, missing, [cache] * len(missing), chunksize=4), 1):
                said(f"synthetic fingers {done} of {len(missing)}")
    return [pickle.loads(_file(cache, seed).read_bytes()) for seed in seeds]


def _leave_stopping_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _recipe() -> str:
    """Name of what makes the fingers: other code makes other fingers."""
    sources = sorted(Path(synthesis.__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]


def _file(cache: Path, seed: int) -> Path:
    return cache / f"{seed}.finger"


def _make(seed: int, cache: Path) -> None:
    partial = _file(cache, seed).with_suffix(f".{os.getpid()}")
    partial.write_bytes(pickle.dumps(make_finger(seed)))
    partial.replace(_file(cache, seed))
