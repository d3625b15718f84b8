"""Tables that are broken, or made to break the reader: each is refused in words, none with a traceback."""

from __future__ import annotations

import io
import random
import zipfile

import openpyxl
import pytest

from hub.reception.register.reading import MAX_COLUMNS, read_table
from hub.sentences import RefusedError


def _xlsx(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def test_a_line_longer_than_any_cell_may_be_is_refused_with_its_place() -> None:
    for cell in (b"x" * 200_000, b'"' + b"x" * 200_000 + b'"'):
        with pytest.raises(RefusedError, match="Line 2 cannot be read"):
            read_table(b"Surname,Given\n" + cell + b",Ana\n")


def test_a_damaged_workbook_is_refused_wherever_it_is_damaged() -> None:
    whole = _xlsx([["Surname", "Given"], ["Coc", "Ana"]])
    chance = random.Random(3)
    refused = 0
    for _ in range(120):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            read_table(bytes(damaged))
        except RefusedError:
            refused += 1
    assert refused > 20


def test_a_part_packed_in_a_way_that_nobody_uses_is_refused() -> None:
    source = zipfile.ZipFile(io.BytesIO(_xlsx([["Surname", "Given"], ["Coc", "Ana"]])))
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as packed:
        for part in source.infolist():
            packed.writestr(part.filename, source.read(part), zipfile.ZIP_LZMA)
    # Too new a version; a password that nobody gave; an unknown way of packing.
    for place, wrong in ((6, b"\xff\x00"), (8, b"\x41\x00"), (10, b"\x63\x00")):
        broken = bytearray(raw.getvalue())
        for start in _central_heads(broken):
            broken[start + place : start + place + 2] = wrong
        with pytest.raises(RefusedError, match="no XLSX file"):
            read_table(bytes(broken))


def _central_heads(raw: bytearray) -> list[int]:
    heads, at = [], raw.find(b"PK\x01\x02")
    while at >= 0:
        heads.append(at)
        at = raw.find(b"PK\x01\x02", at + 4)
    return heads


def test_a_cell_at_the_far_right_of_each_row_is_not_looked_for() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Surname", "Given"])
    for row in range(2, 300):
        book.active.cell(row=row, column=1, value="Coc")
        # Beyond what is read: were it looked at, the formula would be refused.
        book.active.cell(row=row, column=16_000, value="=1+1")
    raw = io.BytesIO()
    book.save(raw)
    assert MAX_COLUMNS < 16_000
    assert len(read_table(raw.getvalue()).rows) == 298
