"""Folders of fingerprint images named `<finger>_<impression>.<png|tif|tiff|bmp|jpg|jpeg>`.

The finger may hold any character, also `-` and `_`: the impression is the number after the last `_`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from matching.errors import MatchingError
from matching.images import MAX_DPI, MIN_DPI

_NAME: Final = re.compile(
    r"(?P<finger>.+)_(?P<impression>[0-9]{1,9})\.(png|tif|tiff|bmp|jpg|jpeg)", re.IGNORECASE
)
DPI: Final = 500.0


class FolderError(MatchingError):
    """The folder does not hold fingerprints in a form that can be read."""


@dataclass(frozen=True, slots=True, order=True)
class Impression:
    finger: str
    number: int
    path: Path


def find_impressions(folder: Path) -> list[Impression]:
    """All impressions in a folder, by finger and number; raises FolderError where there is not one, or one is twice."""
    found: dict[tuple[str, int], Impression] = {}
    for path in _files(folder):
        if named := _NAME.fullmatch(path.name):
            each = Impression(named["finger"], int(named["impression"]), path)
            other = found.setdefault((each.finger, each.number), each)
            if other is not each:
                raise FolderError(
                    f"{folder} holds the same impression twice, {other.path.name} and {path.name}: keep one of them."
                )
    if not found:
        raise FolderError(_nothing_found(folder))
    return sorted(found.values())


def name_of(folder: Path) -> str:
    """What a report calls a set: the folder's own name as it was given."""
    return Path(os.path.abspath(folder)).name or "root"


def check_pairs(name: str, fingers: list[str]) -> None:
    """Raises FolderError when these, the fingers of all impressions, make no genuine or no impostor pair."""
    if len(set(fingers)) < 2:
        raise FolderError(
            f"{name} holds one finger only ({len(fingers)} usable impressions): error rates need at least two fingers."
        )
    if len(set(fingers)) == len(fingers):
        raise FolderError(
            f"{name} holds one impression of each finger: error rates need at least two fingers, and two impressions"
            " of one of them."
        )


def dpi_of(folder: Path, given: float | None = None) -> float:
    """`given`, else what `sets.json` in the folder or its parent says of it, else 500.

    Raises FolderError when `sets.json` is there and cannot be understood.
    """
    if given is not None:
        return given
    for place in (Path(os.path.abspath(folder)), folder.resolve()):
        for path in (place / "sets.json", place.parent / "sets.json"):
            if path.is_file() and (stated := _stated_dpi(path, place.name)) is not None:
                return stated
    return DPI


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise FolderError(f"{folder} is not a folder: name one that holds fingerprint images.")
    try:
        yield from sorted(
            path for path in folder.iterdir() if not path.name.startswith(".") and path.is_file()
        )
    except PermissionError as fault:
        raise FolderError(f"{folder} may not be read: ask for the right to read it.") from fault


def _nothing_found(folder: Path) -> str:
    inner = sorted(path.parent.name for path in folder.glob("*/*_*.*") if _NAME.fullmatch(path.name))
    if inner:
        return f"{folder} holds folders of prints, not prints: name those, such as {folder / inner[0]}."
    return (
        f"{folder} holds no fingerprint images: they are named <finger>_<impression>.png (or tif, bmp, jpg),"
        " where the impression is a number."
    )


def _stated_dpi(path: Path, name: str) -> float | None:
    """What the file says of the set, None when it does not name it."""
    try:
        sets: Any = json.loads(path.read_text(encoding="utf-8"))
        stated = float(sets[name]["dpi"]) if name in sets else None
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise FolderError(f'{path} must hold {{"{name}": {{"dpi": 500}}}}; give --dpi instead.') from fault
    if stated is not None and not MIN_DPI <= stated <= MAX_DPI:
        raise FolderError(
            f"{path} gives {name} {stated:g} dpi: only {MIN_DPI} to {MAX_DPI} can be used; resample the images."
        )
    return stated
