"""What the pages of a batch send: rows of cells, the heading, times of the site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from hub.reception.blackout.actions import Heading
from hub.reception.blackout.columns import SECTIONS, RowKind
from hub.reception.blackout.rules import LONGEST_CELL, Dark, Row
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

_KIND: Final = re.compile(r"kind-(\d{1,4})")


def rows_in(form: Mapping[str, str]) -> list[Row]:
    """Rows as typed, in their order, numbered anew from 1; those without anything in them are left out."""
    kinds = {
        int(found[1]): kind for name, kind in form.items() if (found := _KIND.fullmatch(name)) is not None
    }
    rows: list[Row] = []
    for place in sorted(kinds):
        if kinds[place] not in RowKind._value2member_map_:
            continue
        kind = RowKind(kinds[place])
        # Twice what a cell may hold, so that what is too long is shown with its fault and not cut in silence.
        cells = {
            column.code: form.get(f"{column.code}-{place}", "").strip()[: 2 * LONGEST_CELL]
            for column in SECTIONS[kind].columns
        }
        if any(cells.values()):
            rows.append(Row(len(rows) + 1, kind, cells))
    return rows


def heading_in(form: Mapping[str, str]) -> Heading:
    """Place, dark time and paper; RefusedError for times that are none."""
    dark = Dark(_moment(form.get("dark_from", "")), _moment(form.get("dark_until", "")))
    return Heading(form.get("place", ""), dark, form.get("paper", ""))


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=SITE_ZONE).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RefusedError(
            "dark", Sentence("Write date and time, for example 2026-11-22 14:05, as at the prison.")
        ) from None
