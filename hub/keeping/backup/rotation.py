"""Which backups of a folder stay: the newest of each of the last days and weeks. Pure but for the deleting."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"pims-(\d{8}T\d{6}Z)\.backup\Z")
_STAMP: Final = "%Y%m%dT%H%M%SZ"


def name_of(began_at: datetime) -> str:
    """Name of a backup's file."""
    return f"pims-{began_at.astimezone(UTC).strftime(_STAMP)}.backup"


def to_delete(names: Iterable[str], *, days: int, weeks: int) -> list[str]:
    """Names that may go, of those that are backups; the newest of all always stays."""
    dated = sorted(((at, name) for name in names if (at := _dated(name)) is not None), reverse=True)
    kept = {name for _, name in dated[:1]}
    for count, key in ((days, datetime.date), (weeks, _week)):
        seen: set[object] = set()
        for at, name in dated:
            if key(at) not in seen and len(seen) < count:
                seen.add(key(at))
                kept.add(name)
    return [name for _, name in dated if name not in kept]


def rotate(folder: Path, *, days: int, weeks: int) -> list[str]:
    """Delete what may go; the names that went."""
    gone = to_delete((path.name for path in folder.iterdir()), days=days, weeks=weeks)
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    return gone


def _week(at: datetime) -> object:
    return at.isocalendar()[:2]


def _dated(name: str) -> datetime | None:
    found = _NAME.match(name)
    return None if found is None else datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)
