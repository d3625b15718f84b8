"""The rows of a batch from paper: times as books write them, and what cannot be. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import msgspec

from hub.reception.blackout.columns import SECTIONS, Column, RowKind, Shape
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE

MOST_ROWS: Final = 150
LONGEST_CELL: Final = 200
LONGEST_DARK: Final = timedelta(days=60)
"""A time further back is no black-out any more: papers so old go in as a register."""
NEW: Final = frozenset({"new", "nuevo", "nueva"})
"""What is typed for the number of somebody who only bears the name of somebody known."""
_TIME: Final = re.compile(
    r"(?:(\d{4})-(\d{1,2})-(\d{1,2})[ T]+|(\d{1,2})[/.](\d{1,2})\.?\s+)?(\d{1,2})[:.h]?(\d{2})"
)


class Row(msgspec.Struct, frozen=True):
    """A row as typed; `line` is its place in the batch, from 1."""

    line: int
    kind: RowKind
    cells: dict[str, str]

    def __repr__(self) -> str:
        return f"Row({self.line}, {self.kind.value})"


@dataclass(frozen=True)
class Dark:
    """From when until when all was dark."""

    from_at: datetime
    until_at: datetime


@dataclass(frozen=True)
class Fault:
    """What is wrong in a row; `column` is empty where it is the row as a whole."""

    line: int
    column: str
    words: Sentence


@dataclass(frozen=True)
class Read:
    """A row whose cells can be read: when it was."""

    row: Row
    at: datetime


def fault_of_dark(dark: Dark, now: datetime) -> Sentence | None:
    """Why this cannot be a dark time; None when it can."""
    if dark.until_at <= dark.from_at:
        return Sentence("The dark time ends before it begins. Check both.")
    if dark.until_at > now:
        return Sentence("The dark time ends in the future. Write until when the books were kept so far.")
    if now - dark.from_at > LONGEST_DARK:
        return Sentence("This is more than 60 days ago. Papers so old go in as a register.")
    return None


def read_all(
    rows: Sequence[Row], dark: Dark, now: datetime, zones: Collection[str], cells: Collection[str]
) -> tuple[list[Read], list[Fault]]:
    """Rows in the order of their times, and everything wrong that shows without looking at anybody's file."""
    read: list[Read] = []
    faults: list[Fault] = []
    for row in rows:
        wrong = _faults_of_cells(row, now, zones, cells)
        at = read_when(row.cells.get("when", ""), dark)
        if isinstance(at, Sentence):
            wrong["when"] = at
        else:
            late = _fault_of_time(row, at, dark, now)
            if late is not None:
                wrong["when"] = late
        faults += [Fault(row.line, column, words) for column, words in wrong.items()]
        if not wrong and isinstance(at, datetime):
            read.append(Read(row, at))
    order = {kind: place for place, kind in enumerate(RowKind)}
    read.sort(key=lambda one: (one.at, order[one.row.kind], one.row.line))
    return read, faults + _faults_of_ways(read)


def read_when(text: str, dark: Dark) -> datetime | Sentence:
    """A time of the site as a book has it: 14:05 or 1405 within the dark time, 22/11 14:05, 2026-11-22 14:05."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return Sentence("Write the time as in the book, for example 14:05 or 22/11 14:05.")
    year, month, day, day_2, month_2, hour, minute = found.groups()
    first, last = (at.astimezone(SITE_ZONE).date() for at in (dark.from_at, dark.until_at))
    try:
        clock = time(int(hour), int(minute))
        if year is not None:
            return _moment(date(int(year), int(month), int(day)), clock)
        if day_2 is not None:
            return _moment(_near(int(day_2), int(month_2), first, last), clock)
    except ValueError:
        return Sentence("There is no such day or hour. Check it.")
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    moments = [_moment(one, clock) for one in days]
    inside = [one for one in moments if dark.from_at <= one <= dark.until_at]
    if len(inside) > 1:
        return Sentence("This hour came more than once. Write the day too, for example 22/11 14:05.")
    if inside:
        return inside[0]
    if len(moments) == 1:
        return moments[0]
    return Sentence("This hour lies outside the dark time. Write the day too, for example 22/11 14:05.")


def _near(day: int, month: int, first: date, last: date) -> date:
    """That day in the year of the dark time; around a new year the one that lies in it."""
    found = date(first.year, month, day)
    return found if found >= first or first.year == last.year else date(last.year, month, day)


def _moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SITE_ZONE).astimezone(UTC)


def _fault_of_time(row: Row, at: datetime, dark: Dark, now: datetime) -> Sentence | None:
    if at > now:
        return Sentence("This lies in the future. Check day and hour.")
    if now - at > LONGEST_DARK:
        return Sentence("This is more than 60 days ago. Check the day.")
    if not dark.from_at <= at <= dark.until_at and not row.cells.get("note", "").strip():
        return Sentence("This lies outside the dark time. Correct it, or say why in the remark.")
    return None


def _faults_of_cells(
    row: Row, now: datetime, zones: Collection[str], cells: Collection[str]
) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    for column in SECTIONS[row.kind].columns:
        text = row.cells.get(column.code, "").strip()
        fault = _fault_of_cell(column, text, now, zones, cells)
        if fault is not None:
            faults[column.code] = fault
    if row.kind is RowKind.MOVEMENT and not faults and row.cells["from"] == row.cells["to"]:
        faults["to"] = Sentence("This leads back to where it began. Check both places.")
    same = row.cells.get("first", "").strip().lower() == row.cells.get("second", "").strip().lower()
    if row.kind is RowKind.COUNT and same and "first" not in faults:
        faults["second"] = Sentence("Two people count. Write the other one's name.")
    return faults


def _fault_of_cell(
    column: Column, text: str, now: datetime, zones: Collection[str], cells: Collection[str]
) -> Sentence | None:
    if not text:
        return Sentence("This is missing.") if column.required else None
    if len(text) > LONGEST_CELL:
        return Sentence("The cell is too long. Shorten it.")
    if column.shape is Shape.ZONE and text not in zones:
        return Sentence("There is no zone '%(zone)s' at this site. Choose one from the list.", {"zone": text})
    if column.shape is Shape.CELL and text not in cells:
        return Sentence("There is no cell '%(cell)s'. Choose one from the list.", {"cell": text})
    if column.shape is Shape.CHOICE and text not in (column.options or {}):
        return Sentence("Choose one from the list.")
    if column.shape is Shape.WHOLE and not (text.isascii() and text.isdigit() and len(text) < 6):
        return Sentence("Write a whole number.")
    if column.shape is Shape.DAY:
        day = read_day(text)
        if day is None:
            return Sentence("Write the day like 2026-11-22 or 22/11/2026.")
        if day > now.astimezone(SITE_ZONE).date():
            return Sentence("This day has not come yet. Check the date.")
    return None


def read_day(text: str) -> date | None:
    """A day as 2026-11-22 or 22/11/2026; None for what is none."""
    parts = re.split(r"[-/.]", text.strip())
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    year, month, day = parts if len(parts[0]) == 4 else parts[::-1]
    try:
        return date(int(year), int(month), int(day)) if len(year) == 4 else None
    except ValueError:
        return None


def _faults_of_ways(read: Sequence[Read]) -> list[Fault]:
    """One person in two places: a way that does not begin where the row before ended, or two at one moment."""
    faults: list[Fault] = []
    last: dict[str, Read] = {}
    for one in read:
        if one.row.kind is not RowKind.MOVEMENT:
            continue
        person = one.row.cells["person"].strip().upper()
        before, last[person] = last.get(person), one
        if before is None:
            continue
        if before.at == one.at:
            words = Sentence(
                "Row %(row)s has this person at the same minute. Which was first? Write the minutes.",
                {"row": before.row.line},
            )
            faults.append(Fault(one.row.line, "when", words))
        elif before.row.cells["to"] != one.row.cells["from"] and not one.row.cells.get("note", "").strip():
            words = Sentence(
                "Row %(row)s left this person in %(zone)s. Correct one of them, or say why in the remark.",
                {"row": before.row.line, "zone": before.row.cells["to"]},
            )
            faults.append(Fault(one.row.line, "from", words))
    return faults
