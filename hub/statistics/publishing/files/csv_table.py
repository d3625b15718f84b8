"""The table: RFC 4180, UTF-8, one observation a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from hub.statistics.publishing.observations import COLUMNS, Line


def csv_of(lines: Sequence[Line]) -> str:
    """The whole file. Every word in it is a code of ours: nothing that a spreadsheet could take for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow(["" if line[name] is None else line[name] for name in COLUMNS])
    return out.getvalue()
