"""The book of alarms of a day, the tests of each shift, and how long alarms may wait."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.accounts.records import Account
from hub.control_room.alarm_words import ESCALATED_TO
from hub.movements.alarms.codes import CLOSE_REASONS
from hub.movements.alarms.desk import ring_test
from hub.movements.alarms.limits import Limits, limits_at, set_limits, shift_began
from hub.movements.alarms.reading import left_open, raised_between, trials_between
from hub.movements.alarms.records import AlarmLimits
from hub.movements.alarms.rules import urgency
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, writing
from hub.web.formats import SITE_ZONE, start_of
from hub.web.routes import Pages

pages = Pages("alarm_book", __name__, template_folder="templates")

MOST_SHOWN: Final = 500
RANKS: Final = (1, 2, 3, 4, 5)
_SINGLE: Final = (
    "storm_from",
    "storm_s",
    "again_s",
    "down_s",
    "shift_s",
    "shift_from_s",
    "test_s",
    "confirm_s",
)
_TYPED: Final = "%Y-%m-%dT%H:%M"


@pages.page("/alarms", Permission.HANDLE_ALARMS)
def book() -> str:
    return _book(None)


@pages.page("/alarms/test", Permission.HANDLE_ALARMS, methods=("POST",))
def test_now() -> Response:
    """The test of the shift rings at once; a further one of the same shift under its own time."""
    with writing() as session:
        began = shift_began(limits_at(session, now()), now())
        if not ring_test(session, began, now()):
            ring_test(session, now(), now())
        write_down(session, at=now(), actor=acting(), act="alarm.test")
    return redirect(url_for("alarm_book.book"), 303)


@pages.page("/alarms/limits", Permission.SET_POSTS)
def limits() -> str:
    return _limits(None)


@pages.page("/alarms/limits", Permission.SET_POSTS, methods=("POST",))
def set_now() -> Response | tuple[str, int]:
    try:
        wanted, from_at = _wanted(), _time(request.form.get("from_at", ""))
        with writing() as session:
            at = now()
            set_limits(session, wanted, from_at or at, actor=acting(), at=at)
    except RefusedError as error:
        return _limits(error.message), 400
    return redirect(url_for("alarm_book.limits"), 303)


def _book(problem: Sentence | None) -> str:
    day, unread = _day(request.args.get("day", ""))
    from_at = start_of(day)
    with writing() as session:
        found = raised_between(session, from_at, from_at + timedelta(days=1), MOST_SHOWN)
        older = left_open(session, from_at, MOST_SHOWN) if day == _today() else []
        trials = trials_between(session, from_at, from_at + timedelta(days=1))
        names = _names(session)
        write_down(session, at=now(), actor=acting(), act="alarm.book", detail=f"{day}: {len(found)}")
    return render_template(
        "alarm_book.html",
        alarms=found,
        older=older,
        escalated_to=ESCALATED_TO,
        trials=trials,
        names=names,
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1) if from_at + timedelta(days=1) <= now() else None,
        reasons={reason.value: words for reason, words in CLOSE_REASONS.items()},
        urgency=urgency,
        problem=problem or unread,
    )


def _limits(problem: Sentence | None) -> str:
    with reading() as session:
        held = limits_at(session, now())
        history = session.scalars(select(AlarmLimits).order_by(AlarmLimits.from_at.desc()).limit(20)).all()
    return render_template(
        "alarm_limits.html",
        limits=held,
        history=history,
        ranks=RANKS,
        problem=problem,
        typed=request.form,
        present=now(),
    )


def _wanted() -> Limits:
    form = request.form
    single = {name: _number(form.get(name, "")) for name in _SINGLE}
    return Limits(
        answer_s=[_number(form.get(f"answer_{rank}", "")) for rank in RANKS],
        deal_s=[_number(form.get(f"deal_{rank}", "")) for rank in RANKS],
        tests=form.get("tests") == "1",
        **single,
    )


def _number(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 7):
        raise RefusedError("number", Sentence("Write whole numbers of seconds, up to a week."))
    return int(typed)


def _time(typed: str) -> datetime | None:
    """The time typed, None for at once."""
    if not typed.strip():
        return None
    try:
        return datetime.strptime(typed, _TYPED).replace(tzinfo=SITE_ZONE).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RefusedError("time", Sentence("Write from when it holds with day and hour.")) from None


def _day(typed: str) -> tuple[date, Sentence | None]:
    today = _today()
    if not typed:
        return today, None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return today, Sentence("Choose a day.")
    if not date(2000, 1, 1) <= day <= today:
        return today, Sentence("Choose a day that has begun.")
    return day, None


def _today() -> date:
    return now().astimezone(SITE_ZONE).date()


def _names(session: Session) -> dict[str, str]:
    return {login: name or login for login, name in session.execute(select(Account.login, Account.name))}
