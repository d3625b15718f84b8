"""Folders of fingerprint images named `<finger>_<impression>.<png|tif|tiff|bmp|jpg|jpeg>`; the finger may hold `-`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from matching.errors import MatchingError

_NAME: Final = re.compile(
    r"(?P<finger>.+)_(?P<impression>[0-9]+)\.(png|tif|tiff|bmp|jpg|jpeg)", re.IGNORECASE
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
    """All impressions in a folder, by finger and number; raises FolderError where there is not one."""
    if not folder.is_dir():
        raise FolderError(f"{folder} is not a folder: name one that holds fingerprint images.")
    found = []
    for path in folder.iterdir():
        if named := _NAME.fullmatch(path.name):
            found.append(Impression(named["finger"], int(named["impression"]), path))
    if not found:
        raise FolderError(
            f"{folder} holds no fingerprint images: they are named <finger>_<impression>.png (or tif, bmp, jpg)."
        )
    return sorted(found)


def dpi_of(folder: Path, given: float | None = None) -> float:
    """`given`, else what `sets.json` in the folder or its parent says of it, else 500.

    Raises FolderError when `sets.json` is there and cannot be understood.
    """
    if given is not None:
        return given
    for place in (folder, folder.resolve().parent):
        path = place / "sets.json"
        if path.is_file():
            return _stated_dpi(path, folder.resolve().name)
    return DPI


def _stated_dpi(path: Path, name: str) -> float:
    try:
        sets = json.loads(path.read_text(encoding="utf-8"))
        return float(sets[name]["dpi"]) if name in sets else DPI
    except (ValueError, KeyError, TypeError) as fault:
        raise FolderError(f'{path} must hold {{"{name}": {{"dpi": 500}}}}; give --dpi instead.') from fault
