"""What lies on the terminals' own disks, read beside them while they work."""

from __future__ import annotations

from pathlib import Path

from edge import journal_file
from edge.errors import EdgeError
from edge.ports import Standing
from edge.provisioning import Folder
from edge.roll_file import open_roll_file
from edge.settings import load
from wire.errors import WireError


def standing(data: Path) -> Standing:
    """How far its journal goes, and how far the hub has confirmed it."""
    connection = journal_file.connect_to_look(Folder(data).journal)
    try:
        return journal_file.standing(connection)
    finally:
        connection.close()


def owed(data: Path) -> int:
    """Entries that the hub has not confirmed."""
    held = standing(data)
    return held.last - held.committed


def roll_people(data: Path) -> int | None:
    """People on its roll copy, None while there is none."""
    known = roll_numbers(data)
    return None if known is None else len(known)


def roll_numbers(data: Path) -> frozenset[str] | None:
    """Numbers of the people on its roll copy, None while there is none."""
    folder = Folder(data)
    try:
        people = open_roll_file(folder, load(folder.settings)).load().people
        return frozenset(one.person for one in people)
    except (EdgeError, WireError):
        return None
