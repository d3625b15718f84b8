"""What was typed into these forms, and what it means. RefusedError says which part cannot be."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from flask import request

from hub.custody.life.visitors import Who
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

E = TypeVar("E", bound=StrEnum)


def text(name: str, longest: int = 300) -> str:
    """Without spaces around, cut to `longest`."""
    return request.form.get(name, "").strip()[:longest]


def choice(name: str, kind: type[E]) -> E:
    """One of the codes of a list."""
    code = request.form.get(name, "")
    if code not in kind._value2member_map_:
        raise RefusedError("no_choice", Sentence("Choose one of what is listed."))
    return kind(code)


def day(name: str) -> date | None:
    """A day, None where nothing was typed."""
    typed = request.form.get(name, "").strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise RefusedError(
            "no_day", Sentence("Write the date as year-month-day, for example 1990-11-22.")
        ) from None


def moment(name: str) -> datetime | None:
    """A time at the site, None where nothing was typed."""
    typed = request.form.get(name, "").strip()
    if not typed:
        return None
    try:
        found = datetime.fromisoformat(typed).replace(tzinfo=SITE_ZONE)
        found.astimezone(UTC)  # the last evening of the year 9999 has no time in UTC
    except (ValueError, OverflowError):
        raise RefusedError(
            "no_time", Sentence("Write date and time, for example 2026-11-22 14:05.")
        ) from None
    return found


def whole(typed: str, otherwise: int) -> int:
    """A whole number; `otherwise` where nothing was typed."""
    typed = typed.strip()
    if not typed:
        return otherwise
    if not (typed.isascii() and typed.isdigit() and len(typed) < 8):
        raise RefusedError("no_number", Sentence("Write a whole number, for example 2."))
    return int(typed)


def cents(typed: str) -> int:
    """Dollars as typed, in cents; 0 where nothing was typed."""
    typed = typed.strip().replace("$", "").replace(",", "")
    if not typed:
        return 0
    try:
        amount = Decimal(typed)
    except InvalidOperation:
        raise RefusedError("no_amount", Sentence("Write the value in dollars, for example 12.50.")) from None
    if not amount.is_finite() or not 0 <= amount <= 1_000_000:
        raise RefusedError("no_amount", Sentence("Write the value in dollars, for example 12.50."))
    return int((amount * 100).to_integral_value())


def visitor() -> Who:
    """Who a visitor is."""
    return Who(
        surname=text("surname", 100),
        given=text("given", 100),
        identity=text("identity", 40),
        identity_sort=text("identity_sort", 40),
        born_on=day("born_on"),
        phone=text("phone", 40),
        address=text("address", 200),
    )
