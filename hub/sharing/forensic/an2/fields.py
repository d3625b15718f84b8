"""The grammar: fields `type.number:value`, and the separators between them (ANSI/NIST-ITL 1-2011, annex B)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

FS: Final = b"\x1c"
"""Ends a record."""
GS: Final = b"\x1d"
"""Between fields."""
RS: Final = b"\x1e"
"""Between subfields."""
US: Final = b"\x1f"
"""Between the items of a subfield."""

VERSION: Final = "0501"
"""ANSI/NIST-ITL 1-2011 with its update of 2013."""
DATA: Final = 999
"""Number of the field that holds an image; it stands last, as its bytes may hold every separator."""

Field = tuple[int, bytes]


def text(value: str | int) -> bytes:
    """Printable ASCII; a letter beyond it becomes `?`, so that no reader takes a name for a separator."""
    return "".join(one if " " <= one <= "~" else "?" for one in str(value)).encode("ascii")


def items(*values: str | int) -> bytes:
    """One subfield of several items."""
    return US.join(text(value) for value in values)


def subfields(rows: Sequence[Sequence[str | int]]) -> bytes:
    """A field of several subfields."""
    return RS.join(items(*row) for row in rows)


def record(kind: int, fields: Sequence[Field]) -> bytes:
    """A record with its length in front; `fields` come in their order, without the length."""
    body = GS.join(b"%d.%03d:" % (kind, number) + value for number, value in fields) + FS
    length = 0
    while True:
        head = b"%d.001:%d" % (kind, length) + GS
        if len(head) + len(body) == length:
            return head + body
        length = len(head) + len(body)
