"""Values of facts as somebody types them and as a page says them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec

from hub.custody.facts.kinds import Faults, Field, Form, Input, Kind, V
from hub.custody.iccs import ICCS, code_in, words_of
from hub.custody.rules import EARLIEST_BIRTH
from hub.custody.sentencing.terms import Term, in_words, is_nothing
from hub.custody.who.countries import is_country
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE
from hub.web.language import say

PREFIX: Final = "f_"
"""Before the name of each field of a form, so that none meets a field of the page's own."""
LAST_YEAR: Final = 2200
TERM_PARTS: Final = ("years", "months", "weeks", "days")
_NUMBER: Final = re.compile(r"[+-]?\d{1,9}")
_MONEY: Final = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d{2}))?")
_YES: Final = Sentence("yes")
_NO: Final = Sentence("no")


class _FaultyError(Exception):
    def __init__(self, fault: Sentence) -> None:
        super().__init__(fault.text)
        self.fault = fault


def typed_of(kind: Kind[V], value: Form | None) -> dict[str, str]:
    """What the fields show for a value; for None what the form has where nothing is said."""
    plain = _plain(value) if value is not None else {}
    typed: dict[str, str] = {}
    for field in kind.fields:
        held = plain.get(field.name, default_of(kind, field.name)) if value is None else plain.get(field.name)
        typed |= _typed(field, held)
    return typed


def read(kind: Kind[V], typed: Mapping[str, str], base: Form | None = None) -> tuple[V | None, Faults]:
    """The value of what was typed, or None and what is wrong by field.

    Parts of the form without a field are taken from `base`.
    """
    values: dict[str, Any] = {} if base is None else _plain(base)
    faults: dict[str, Sentence] = {}
    for field in kind.fields:
        try:
            value = _read(field, typed, three=is_three_way(kind, field))
        except _FaultyError as faulty:
            faults[field.name] = faulty.fault
            continue
        values.pop(field.name, None)
        if value is not None:
            values[field.name] = value
        elif field.required:
            faults[field.name] = Sentence("Fill this in.")
    if faults:
        return None, faults
    try:
        return msgspec.convert(values, kind.form), {}
    except msgspec.ValidationError as error:
        return None, {_place(error, kind): Sentence("This cannot be. Check what was entered.")}


def is_three_way(kind: Kind[V], field: Field) -> bool:
    """Whether a question may stay unanswered: neither yes nor no."""
    return field.input is Input.YES_NO and default_of(kind, field.name) is None


def offered(field: Field, held: str) -> list[tuple[str, Sentence | str]]:
    """What can be chosen in a text of which codes are `offered`: those, and what it holds if that is another one."""
    words = field.options.get(held, held)
    found = [(held if field.options[code] == words else code, field.options[code]) for code in field.offered]
    own = [(held, words)] if held and held not in dict(found) else []
    return [*own, *found]


def mean_alike(kind: Kind[V], field: Field, typed: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether a field that was filled in so and so says the same; what cannot be read is like its own text alone."""
    try:
        first, second = (_said(kind, field, each) for each in (typed, other))
    except _FaultyError:
        names = _typed(field, None)
        return all(typed.get(name, "") == other.get(name, "") for name in names)
    return first == second


def _said(kind: Kind[V], field: Field, typed: Mapping[str, str]) -> object:
    value = _read(field, typed, three=is_three_way(kind, field))
    if field.input is Input.TERM and isinstance(value, dict):
        value = {part: count for part, count in value.items() if count} or None
    return default_of(kind, field.name) if value is None and field.input is not Input.TERM else value


def default_of(kind: Kind[V], name: str) -> object:
    """What the form holds where nothing is said; None for a field that has to be said."""
    for field in msgspec.structs.fields(kind.form):
        if field.name == name and field.default is not msgspec.NODEFAULT:
            return msgspec.to_builtins(field.default)
    return None


def shown(field: Field, value: object) -> Sentence | str:
    """A value in words; empty for nothing."""
    if value is None or value == "":
        return ""
    if field.input is Input.YES_NO:
        return _YES if value else _NO
    if field.options:
        return field.options.get(str(value), str(value))
    if field.input is Input.MONEY and isinstance(value, int):
        return f"{value / 100:,.2f}" if value else ""
    if isinstance(value, Term):
        return "" if is_nothing(value) else in_words(value)
    if field.input is Input.OFFENCE:
        return Sentence("%(code)s %(words)s", {"code": str(value), "words": words_of(str(value))})
    if isinstance(value, datetime):
        local = value.astimezone(SITE_ZONE)
        return Sentence("%(day)s, %(time)s", {"day": local.date(), "time": local.strftime("%H:%M")})
    if isinstance(value, date):
        return Sentence("%(day)s", {"day": value})
    return str(value)


def read_moment(typed: str, *, whole_day: bool) -> datetime:
    """A day (its first moment) or a minute at the site; ValueError with a sentence's text for what is neither."""
    fault = Sentence("Write the day as in 2026-11-22.")
    try:
        found = _day(typed) if whole_day else _minute(typed)
    except _FaultyError:
        raise ValueError(fault.text) from None
    moment = datetime.fromisoformat(found)
    return moment.replace(tzinfo=SITE_ZONE).astimezone(UTC) if moment.tzinfo is None else moment


def clean(text: str, *, lines: bool = False) -> str:
    """Composed letters, nothing around; single spaces unless it may have several lines."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return composed.strip() if lines else " ".join(composed.split())


def _plain(value: Form) -> dict[str, Any]:
    """Every part, those that equal their default too: a written value leaves them out, a form shows them."""
    return {
        field.name: msgspec.to_builtins(getattr(value, field.name)) for field in msgspec.structs.fields(value)
    }


def _typed(field: Field, held: object) -> dict[str, str]:
    if field.input is Input.TERM:
        term = held if isinstance(held, dict) else {}
        return {f"{field.name}_{part}": str(term.get(part) or "") for part in TERM_PARTS}
    if held is None or held == "":
        return {field.name: ""}
    if field.input is Input.YES_NO:
        return {field.name: "yes" if held else "no"}
    if field.input is Input.MONEY and isinstance(held, int):
        return {field.name: f"{held / 100:.2f}" if held else ""}
    if field.input is Input.TIME:
        local = datetime.fromisoformat(str(held)).astimezone(SITE_ZONE)
        return {field.name: local.strftime("%Y-%m-%dT%H:%M")}
    return {field.name: str(held)}


def _read(field: Field, typed: Mapping[str, str], *, three: bool) -> object:
    if field.input is Input.TERM:
        return _term(field, typed)
    text = clean(typed.get(field.name, ""), lines=field.input is Input.LONG)
    if field.input is Input.YES_NO:
        return _yes_no(text, three=three)
    if not text:
        return None
    readers = {
        Input.DATE: _day,
        Input.TIME: _minute,
        Input.NUMBER: _number,
        Input.ITEM: _number,
        Input.MONEY: _cents,
        Input.COUNTRY: _country,
        Input.OFFENCE: _offence,
    }
    if field.input in readers:
        return readers[field.input](text)
    if field.input is Input.CHOICE and text not in field.options:
        raise _FaultyError(Sentence("Choose from the list."))
    return _text(field, text)


def _text(field: Field, text: str) -> str:
    if len(text) > field.longest:
        raise _FaultyError(
            Sentence("This is too long. Use at most %(longest)s characters.", {"longest": field.longest})
        )
    if any(unicodedata.category(letter).startswith("C") and letter != "\n" for letter in text):
        raise _FaultyError(Sentence("This holds a character that cannot be printed. Type it again."))
    return text


def _yes_no(text: str, *, three: bool) -> bool | None:
    if three and text == "":
        return None
    return text == "yes"


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _FaultyError(
            Sentence("There is no such day. Write it as year-month-day, for example 1990-11-22.")
        ) from None
    _check_year(day)
    return day.isoformat()


def _minute(text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise _FaultyError(Sentence("There is no such time. Write it as in 2026-11-22 14:05.")) from None
    _check_year(at.date())
    aware = at.replace(tzinfo=SITE_ZONE) if at.tzinfo is None else at
    return aware.astimezone(UTC).isoformat()


def _check_year(day: date) -> None:
    if day < EARLIEST_BIRTH or day.year > LAST_YEAR:
        raise _FaultyError(Sentence("This date cannot be right. Check the year."))


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise _FaultyError(Sentence("Write a whole number."))
    return int(text)


def _cents(text: str) -> int:
    found = _MONEY.fullmatch(text.removeprefix("$").strip())
    if found is None:
        raise _FaultyError(Sentence("Write dollars and cents, as in 1,250.50."))
    return int(found[1].replace(",", "")) * 100 + int(found[2] or 0)


def _country(text: str) -> str:
    if not is_country(text):
        raise _FaultyError(Sentence("Choose the country from the list."))
    return text


def _offence(text: str) -> str:
    code = code_in(text, {code: say(words) for code, words in ICCS.items()})
    if code is None:
        raise _FaultyError(Sentence("Choose the offence's class from the list."))
    return code


def _term(field: Field, typed: Mapping[str, str]) -> dict[str, int] | None:
    parts: dict[str, int] = {}
    for part in TERM_PARTS:
        text = clean(typed.get(f"{field.name}_{part}", ""))
        if text:
            if not text.isascii() or not text.isdigit() or len(text) > 6:
                raise _FaultyError(
                    Sentence("Write years, months, weeks and days as whole numbers from 0 on.")
                )
            parts[part] = int(text)
    return parts or None


def _place(error: msgspec.ValidationError, kind: Kind[V]) -> str:
    """The field that the engine of forms complains of."""
    found = re.search(r"\$\.(\w+)", str(error))
    names = [field.name for field in kind.fields]
    return found[1] if found is not None and found[1] in names else names[0]
