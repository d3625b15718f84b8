"""A handed-in table, CSV or XLSX, as rows of text. Nothing in it is ever carried out: a formula is refused."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from lzma import LZMAError
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException

from hub.reception.register.garbled import refuse_garbled
from hub.sentences import RefusedError, Sentence

if TYPE_CHECKING:  # half a second of the site's start, for a library that most runs never need
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 100
MAX_CELL: Final = 500
_MAX_UNPACKED: Final = 200 * 1024 * 1024
_MAX_PARTS: Final = 500
_LOOKED_AT_ROWS: Final = 50
_DELIMITERS: Final = ",;\t|"
_OTHERS: Final = {
    b"%pdf": Sentence("This is a PDF. Hand in the table itself, as CSV UTF-8 or XLSX."),
    b"<!doctype html": Sentence("This is a web page. Open it in a table program and save it as XLSX."),
    b"<html": Sentence("This is a web page. Open it in a table program and save it as XLSX."),
    b"<table": Sentence("This is a web page. Open it in a table program and save it as XLSX."),
}
"""What is handed in instead of a table, by how it begins."""
_EMPTY: Final = Sentence("The file holds no rows. The first row has the names of the columns.")


@dataclass(frozen=True)
class Table:
    """The first row as `headers`; `rows` with their number in the file, counted from 1 as a spreadsheet shows it."""

    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str

    def __repr__(self) -> str:
        return f"Table({len(self.rows)} rows)"


def read_table(raw: bytes) -> Table:
    """Table of a CSV (UTF-8, UTF-16 with its mark, Windows-1252) or XLSX file; RefusedError says what to do."""
    if not raw.strip():
        raise RefusedError("empty_table", _EMPTY)
    if len(raw) > MAX_BYTES:
        raise RefusedError(
            "large_table", Sentence("The file is larger than 20 MB. Split it into several files.")
        )
    if raw.startswith(b"PK\x03\x04"):
        return _table(_xlsx_rows(raw), "xlsx")
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise RefusedError(
            "old_excel",
            Sentence("This is an old Excel file, or one with a password. Save it as XLSX or as CSV UTF-8."),
        )
    for start, what in _OTHERS.items():
        if raw.lstrip()[:15].lower().startswith(start):
            raise RefusedError("other_file", what)
    text, encoding = _decoded(raw)
    refuse_garbled(text)
    return _table(_csv_rows(text), encoding)


def _decoded(raw: bytes) -> tuple[str, str]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode(raw, "utf-16"), "utf-16"
    if b"\x00" in raw:
        raise RefusedError(
            "no_text", Sentence("This is no text that can be read. Save the table as CSV UTF-8 or as XLSX.")
        )
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return _decode(raw, "cp1252"), "windows-1252"


def _decode(raw: bytes, encoding: str) -> str:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise RefusedError(
            "encoding",
            Sentence(
                "The letters of this file cannot be told: near byte %(place)s it is neither UTF-8 nor "
                "Windows-1252. Save it as CSV UTF-8.",
                {"place": error.start},
            ),
        ) from None
    if "\x00" in text:
        raise RefusedError(
            "no_text", Sentence("This is no text that can be read. Save the table as CSV UTF-8 or as XLSX.")
        )
    return text


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error:
        raise RefusedError(
            "broken_csv",
            Sentence(
                "Line %(line)s cannot be read: a quotation mark is not closed, or the cell is too long. "
                "Correct it and hand the file in again.",
                {"line": reader.line_num},
            ),
        ) from None


def _delimiter(text: str) -> str:
    """The one that parts the first lines into the most columns, the same number in each."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]

    def worth(delimiter: str) -> tuple[int, int]:
        try:
            counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            return (0, 0)  # what is wrong is said, with its line, when the rows are read
        common = max(set(counts), key=counts.count) if counts else 0
        return (counts.count(common) if common > 1 else 0, common)

    return max(_DELIMITERS, key=worth)


def _xlsx_rows(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    _refuse_bomb(raw)
    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        sheet = _only_sheet(book)
        for number, row in enumerate(sheet.iter_rows(), 1):
            yield (
                number,
                [
                    _cell(cell.value, number, place, cell.data_type)
                    # One cell at the far right makes a row of thousands: those are not even looked at.
                    for place, cell in enumerate(row[: MAX_COLUMNS + 1], 1)
                ],
            )
    except RefusedError:
        raise
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        DefusedXmlException,
        ParseError,
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        EOFError,
        RuntimeError,  # zipfile's word for a password or a way of packing that it does not know
        LZMAError,
        zlib.error,
    ):
        raise RefusedError(
            "broken_xlsx", Sentence("This is no XLSX file that can be read. Save it anew, or as CSV UTF-8.")
        ) from None


def _only_sheet(book: Workbook) -> Worksheet:
    """The one that has rows: what lies on another would be left behind without a word."""
    for sheet in book.worksheets:
        sheet.reset_dimensions()
    filled = [sheet for sheet in book.worksheets if any(_has_something(sheet))]
    if len(filled) > 1:
        raise RefusedError(
            "many_sheets",
            Sentence(
                "The file has rows on several sheets: %(names)s. Save each as a file of its own.",
                {"names": ", ".join(sheet.title for sheet in filled)[:80]},
            ),
        )
    return filled[0] if filled else book.worksheets[0]


def _has_something(sheet: Worksheet) -> Iterator[bool]:
    for row in sheet.iter_rows(max_row=_LOOKED_AT_ROWS, values_only=True):
        yield any(cell not in (None, "") for cell in row)


def _refuse_bomb(raw: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, RuntimeError):
        raise RefusedError(
            "broken_xlsx", Sentence("This is no XLSX file that can be read. Save it anew, or as CSV UTF-8.")
        ) from None
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
        raise RefusedError(
            "unpacked_size",
            Sentence(
                "Unpacked, this file is far too large for a register. Save the table alone, as CSV UTF-8."
            ),
        )


def _cell(value: object, row: int, place: int, sort: str) -> str:
    if value is None:
        return ""
    if sort == "f" or (not isinstance(value, (str, int, float, bool, date, time))):
        from openpyxl.utils import get_column_letter

        where = f"{get_column_letter(place)}{row}"
        raise RefusedError(
            "formula",
            Sentence(
                "Cell %(cell)s holds a formula. In the table program, copy everything and paste it as values; "
                "then hand the file in again.",
                {"cell": where},
            ),
        )
    if isinstance(value, datetime):
        return (
            value.date().isoformat()
            if value.time() == time()
            else value.isoformat(sep=" ", timespec="minutes")
        )
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _table(rows: Iterable[tuple[int, list[str]]], encoding: str) -> Table:
    # One column more than may be, so that too many are seen and a row of millions of cells is not kept.
    filled = ((number, tuple(_clean(cell) for cell in row[: MAX_COLUMNS + 1])) for number, row in rows)
    found = [(number, row) for number, row in _at_most(filled) if any(row)]
    if len(found) < 2:
        raise RefusedError("empty_table", _EMPTY)
    headers = found[0][1]
    while headers and not headers[-1]:
        headers = headers[:-1]
    if len(headers) > MAX_COLUMNS:
        raise RefusedError(
            "many_columns",
            Sentence("The table has more than 100 columns. Leave out those that are not needed."),
        )
    width = len(headers)
    _refuse_unnamed(found[1:], width)
    body = tuple((number, (row + ("",) * width)[:width]) for number, row in found[1:])
    return Table(headers, body, encoding)


def _refuse_unnamed(rows: Sequence[tuple[int, tuple[str, ...]]], width: int) -> None:
    """A cell under no name would be left behind without a word; mostly a title stands above the names."""
    for number, row in rows:
        if any(row[width:]):
            raise RefusedError(
                "unnamed_cells",
                Sentence(
                    "Row %(row)s has more cells than the first row has names (%(names)s). The first row must name "
                    "every column: delete titles above it, and name the last columns.",
                    {"row": number, "names": width},
                ),
            )


def _at_most(
    rows: Iterable[tuple[int, tuple[str, ...]]],
) -> Iterator[tuple[int, tuple[str, ...]]]:
    for count, row in enumerate(rows):
        if count > MAX_ROWS:
            raise RefusedError(
                "many_rows", Sentence("The table has more than 20,000 rows. Split it into several files.")
            )
        yield row


def _clean(cell: str) -> str:
    """Without control characters, single spaces; a cell that is too long keeps its length, to be refused by name."""
    return re.sub(r"\s+", " ", "".join(letter if letter.isprintable() else " " for letter in cell)).strip()[
        : MAX_CELL + 1
    ]
