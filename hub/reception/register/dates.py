"""Dates as registers write them, and what is wrong with those that are none. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from hub.custody.search.sounds import fold
from hub.reception.register.mapping import DateOrder
from hub.sentences import Sentence

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan ene january enero",
            "feb february febrero",
            "mar march marzo",
            "apr abr april abril",
            "may mayo",
            "jun june junio",
            "jul july julio",
            "aug ago august agosto",
            "sep sept september septiembre",
            "oct october octubre",
            "nov november noviembre",
            "dec dic december diciembre",
        ),
        1,
    )
    for name in names.split()
}
_NO_DATE: Final = Sentence(
    "'%(text)s' is no date in the order that was chosen. Correct it, for example 22/11/2026."
).text
_SHORT_YEAR: Final = Sentence(
    "'%(text)s' leaves the century open. Write the year with four digits, for example 22/11/1996."
).text
_COUNTED: Final = Sentence(
    "'%(text)s' is a day as a table program counts it. Show the column as a date there, and save the file again."
).text


def read_date(text: str, order: DateOrder) -> date | None:
    """A date as registers write it, with a time of day left out; None for what is none."""
    text = re.sub(r"[ T]\d{1,2}:\d{2}.*$", "", text.strip())
    parts = [part for part in re.split(r"[\s./,-]+", fold(text)) if part not in ("", "de", "of")]
    if len(parts) != 3:
        return None
    named = next((place for place, part in enumerate(parts) if part in _MONTHS), None)
    if named is not None:
        month = _MONTHS[parts[named]]
        others = [re.sub(r"(st|nd|rd|th)$", "", part) for place, part in enumerate(parts) if place != named]
        year, day = others if len(others[0]) == 4 else others[::-1]
        return _made(year, str(month), day)
    if len(parts[0]) == 4:
        return _made(*parts)
    day, month_text = (parts[0], parts[1]) if order != "mdy" else (parts[1], parts[0])
    return _made(parts[2], month_text, day) if order != "ymd" else None


def _made(year: str, month: str, day: str) -> date | None:
    parts = year, month, day
    if len(year) != 4 or not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def no_date(text: str) -> str:
    """What is wrong with a date, for the mistakes that registers are full of."""
    if re.fullmatch(r"\d{5}(\.0+)?", text.strip()):
        return _COUNTED
    parts = re.fullmatch(r"(\d{1,4})[\s./-]+(\d{1,2})[\s./-]+(\d{1,4})", text.strip())
    if parts and max(len(parts[1]), len(parts[3])) < 4:
        return _SHORT_YEAR
    return _NO_DATE
