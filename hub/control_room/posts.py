"""Who stands where in a shift, how long a referral may wait, and what became of the referrals of a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import ALLOWED, Permission
from hub.accounts.records import Account
from hub.control_room.duties import unmanned
from hub.control_room.referral_words import OUTCOMES, STATUSES
from hub.movements.posts import end_post, posts, set_post
from hub.movements.records import Checkpoint
from hub.movements.referral_rules import Patience
from hub.movements.referrals import opened_since, patience, set_patience, status
from hub.reception.words import RULES, in_words
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, writing
from hub.web.formats import SITE_ZONE
from hub.web.routes import Pages

pages = Pages("posts", __name__, template_folder="templates")

SHIFT: Final = timedelta(hours=12)
MOST_SHOWN: Final = 200
_TYPED: Final = "%Y-%m-%dT%H:%M"
_NUMBERS: Final = ("escalate_after_s", "alarm_after_s", "lapse_after_s", "tries", "within_days")


@pages.page("/posts", Permission.SET_POSTS)
def shift() -> str:
    return _show(None)


@pages.page("/posts", Permission.SET_POSTS, methods=("POST",))
def set_now() -> Response | tuple[str, int]:
    form = request.form
    try:
        with writing() as session:
            set_post(
                session,
                form.get("login", ""),
                form.get("checkpoint", ""),
                _time(form.get("from_at", "")),
                _time(form.get("until_at", "")),
                actor=acting(),
                at=now(),
            )
    except RefusedError as error:
        return _show(error.message), 400
    return redirect(url_for("posts.shift"), 303)


@pages.page("/posts/<int:post>/end", Permission.SET_POSTS, methods=("POST",))
def end(post: int) -> Response:
    with writing() as session:
        end_post(session, post, actor=acting(), at=now())
    return redirect(url_for("posts.shift"), 303)


@pages.page("/posts/patience", Permission.SET_POSTS, methods=("POST",))
def set_waits() -> Response | tuple[str, int]:
    try:
        with writing() as session:
            set_patience(
                session, Patience(**{name: _number(name) for name in _NUMBERS}), actor=acting(), at=now()
            )
    except RefusedError as error:
        return _show(error.message), 400
    return redirect(url_for("posts.shift"), 303)


@pages.page("/referrals", Permission.SET_POSTS)
def day() -> str:
    with writing() as session:
        rows = opened_since(session, now() - timedelta(days=1), MOST_SHOWN)
        waits = patience(session)
        lines = [(row, status(row, waits, now()).value) for row in rows]
        places = dict(session.execute(select(Checkpoint.code, Checkpoint.name)).all())
        write_down(session, at=now(), actor=acting(), act="referral.list", detail=f"{len(rows)} of a day")
    return render_template(
        "referrals.html",
        lines=lines,
        places=places,
        rules=RULES,
        outcomes=OUTCOMES,
        statuses=STATUSES,
        in_words=in_words,
    )


def _show(problem: Sentence | None) -> str:
    with reading() as session:
        lines = posts(session, now())
        waits = patience(session)
        empty = unmanned(session, lines, now())
        places = session.execute(select(Checkpoint.code, Checkpoint.name).order_by(Checkpoint.id)).all()
        officers = _officers(session)
    local = now().astimezone(SITE_ZONE)
    return render_template(
        "posts.html",
        lines=lines,
        waits=waits,
        empty=empty,
        places=places,
        officers=officers,
        problem=problem,
        typed=request.form,
        start=local.strftime(_TYPED),
        until=(local + SHIFT).strftime(_TYPED),
        present=now(),
    )


def _officers(session: Session) -> list[tuple[str, str, bool]]:
    """Login, name, and whether they may have the shift, of everybody who may answer."""
    roles = {role.value for role, may in ALLOWED.items() if Permission.ANSWER_REFERRALS in may}
    leads = {role.value for role, may in ALLOWED.items() if Permission.SET_POSTS in may}
    rows = session.scalars(
        select(Account).where(Account.closed_at.is_(None), Account.role.in_(roles)).order_by(Account.login)
    )
    return [(row.login, row.name, row.role in leads) for row in rows]


def _time(typed: str) -> datetime:
    try:
        found = datetime.strptime(typed, _TYPED).replace(tzinfo=SITE_ZONE)
        found.astimezone(UTC)  # the last evening of the year 9999 has no time in UTC
    except (ValueError, OverflowError):
        raise RefusedError("time", Sentence("Write both times with day and hour.")) from None
    return found


def _number(name: str) -> int:
    typed = request.form.get(name, "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 7):
        raise RefusedError("number", Sentence("Write whole numbers."))
    return int(typed)
