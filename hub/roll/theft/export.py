"""The people concerned by a theft, as a file to work through."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from hub.roll.theft.queries import Concerned
from hub.roll.theft.rules import safe_cell

COLUMNS = ("number", "surname", "given", "fingers_iso", "impressions", "certain", "name_and_photo")
FOR_SPREADSHEETS = "\ufeff"
"""Without it some of them read names wrongly."""


def csv_of(people: Sequence[Concerned], *, names_held: bool) -> bytes:
    """UTF-8 with a header line; `fingers_iso` are finger codes 1 to 10."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in people:
        writer.writerow(
            (
                one.number,
                safe_cell(one.surname),
                safe_cell(one.given),
                " ".join(map(str, one.fingers)),
                one.impressions,
                "yes" if one.certain else "possibly",
                "yes" if names_held else "no",
            )
        )
    return (FOR_SPREADSHEETS + out.getvalue()).encode()
