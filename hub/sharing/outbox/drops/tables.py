"""Tables as files: written so that no spreadsheet carries anything out, read so that nothing poisoned gets in. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from hub.sentences import RefusedError, Sentence

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_ROWS: Final = 5_000
LONGEST_CELL: Final = 20_000
_JSON: Final = msgspec.json.Encoder()
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_table(header: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """CSV in UTF-8 with a line for each row. A cell that a spreadsheet could take for a formula begins with '."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in header])
    return out.getvalue().encode()


def write_lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """JSON Lines in UTF-8: each row is a JSON text of its own."""
    return b"".join(_JSON.encode(row) + b"\n" for row in rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, int | float) else text


@dataclass(frozen=True)
class ReadRow:
    """A row as it came: `line` is its line in the file from 2, `cells` by column, `code` why it is not taken."""

    line: int
    cells: Mapping[str, str]
    code: str = ""


def read_table(raw: bytes) -> list[ReadRow]:
    """Every row, those that must not be taken with the reason. RefusedError for a file that is no such table."""
    if len(raw) > MOST_BYTES:
        raise _no("too_large", Sentence("The file is too large. Send at most 2 MB at once."))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _no("encoding", Sentence("The file is not UTF-8. Save it as CSV UTF-8.")) from None
    if "\0" in text:
        raise _no("no_text", Sentence("This is no text. Send a table as CSV."))
    csv.field_size_limit(LONGEST_CELL)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise _no("no_table", Sentence("The table cannot be read: a quotation mark is open.")) from None
    if not lines or len(set(lines[0])) != len(lines[0]) or not all(name.strip() for name in lines[0]):
        raise _no("no_header", Sentence("The first line must name each column, and each once."))
    if len(lines) - 1 > MOST_ROWS:
        raise _no("too_many_rows", Sentence("The table is too long. Send at most 5,000 rows at once."))
    header, seen, found = [name.strip() for name in lines[0]], set(), []
    for number, cells in enumerate(lines[1:], 2):
        if not any(cells):
            continue
        row = tuple(cells)
        found.append(
            ReadRow(number, dict(zip(header, cells, strict=False)), _fault(header, row, row in seen))
        )
        seen.add(row)
    return found


def _fault(header: Sequence[str], cells: Sequence[str], again: bool) -> str:
    if len(cells) != len(header):
        return "cells"
    if any(cell.lstrip().startswith(_FORMULA) or cell.startswith(_FORMULA) for cell in cells):
        return "formula"
    return "twice" if again else ""


def message_of(cells: Mapping[str, str]) -> dict[str, Any]:
    """The message that a row is: `a/b` names a member b inside a, a cell that is JSON of a list or object is that.

    ValueError for a cell that cannot be both a value and an object. Empty cells are left out.
    """
    found: dict[str, Any] = {}
    for name, text in cells.items():
        if not text.strip():
            continue
        *way, last = name.split("/")
        inside = found
        for key in way:
            step = inside.setdefault(key, {})
            if not isinstance(step, dict):
                raise ValueError("a column stands inside another one's value")
            inside = step
        inside[last] = json.loads(text) if text.lstrip()[:1] in ("[", "{") else text.strip()
    return found


def _no(code: str, sentence: Sentence) -> RefusedError:
    return RefusedError(code, sentence)
