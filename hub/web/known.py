"""Looking at a page as it was known on an earlier day: `?known=2026-03-01` on any page that shows facts.

A page that is asked for an earlier day and does not keep one says so: nobody takes what holds now for what was known.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Flask, g, request

from hub.sentences import RefusedError, Sentence
from hub.web.door import now
from hub.web.formats import SITE_ZONE, start_of

FIELD = "known"
EARLIEST = date(1900, 1, 1)
"""No file is older; before it a mistyped year would count back past the calendar."""


def known_on() -> date | None:
    """The day that was asked for; None shows what is known now. RefusedError for what is no day, or not yet."""
    g.known_was_heard = True
    text = request.args.get(FIELD, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise RefusedError("no_day", Sentence("Write the day as in 2026-11-22.")) from None
    if day < EARLIEST:
        raise RefusedError("no_such_year", Sentence("This date cannot be right. Check the year."))
    if day > now().astimezone(SITE_ZONE).date():
        raise RefusedError(
            "day_to_come", Sentence("This day has not come yet. Choose today or an earlier one.")
        )
    return day


def known_at() -> datetime | None:
    """The end of that day at the site: everything recorded until then counts. None for now."""
    day = known_on()
    return None if day is None else start_of(day + timedelta(days=1)) - timedelta(microseconds=1)


def asked_in_vain() -> bool:
    """Whether an earlier day was asked for that nothing on this page was read for."""
    return bool(request.args.get(FIELD, "").strip()) and not g.get("known_was_heard", False)


def site_today() -> date:
    """The calendar day at the site."""
    return now().astimezone(SITE_ZONE).date()


def install(app: Flask) -> None:
    """Give templates `asked_in_vain` and `site_today`."""
    app.jinja_env.globals["asked_in_vain"] = asked_in_vain
    app.jinja_env.globals["site_today"] = site_today
