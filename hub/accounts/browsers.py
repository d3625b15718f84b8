"""What a browser calls itself, in two words that its owner recognises."""

from __future__ import annotations

from typing import Final

_PROGRAMS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def browser_name(header: str) -> str:
    """Firefox, Windows: from the User-Agent of a browser; its first word for any other program, "" for none."""
    program = next(
        (name for mark, name in _PROGRAMS if mark in header),
        header.split("/", maxsplit=1)[0].split(" ", maxsplit=1)[0],
    )
    system = next((name for mark, name in _SYSTEMS if mark in header), "")
    plain = "".join(letter for letter in program if letter.isprintable())[:40]
    return f"{plain}, {system}" if plain and system else plain
