"""The docket as a table for a spreadsheet. What begins like a formula is made to read as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final

from hub.docket.lists import Line
from hub.web.formats import iso, person_name
from hub.web.language import say

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_HEADINGS: Final = (
    "finding", "person", "name", "check", "what", "since", "days", "opened", "due", "overdue", "owner", "escalated",
)  # fmt: skip


def as_csv(lines: Sequence[Line]) -> str:
    """UTF-8 text with a heading; times in UTC."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEADINGS)
    for line in lines:
        row = line.finding
        writer.writerow(
            safe(cell)
            for cell in (
                row.id, line.person.number, person_name(line.person), say(line.words), say(line.what),
                iso(row.since_at), line.days, iso(row.opened_at), iso(row.due_at),
                "yes" if line.overdue else "no", row.owner or "", row.escalated,
            )
        )  # fmt: skip
    return out.getvalue()


def safe(cell: object) -> str:
    """The text of a cell, never a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(cell, int) else text
