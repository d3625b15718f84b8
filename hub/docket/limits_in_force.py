"""Limits as they stand on a day: the newest row of each, else what was set at installation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.docket.limits import Limits
from hub.docket.records import DocketLimit
from hub.docket.rules import all_limits
from hub.sentences import RefusedError, Sentence


def limits_on(session: Session, day: date, known_at: datetime | None = None) -> Limits:
    """The figures in force on `day`, as known at `known_at` (None: now)."""
    values = {name: limit.initial for name, limit in all_limits().items()}
    values.update({name: row.value for name, row in rows_on(session, day, known_at).items()})
    return Limits(values)


def rows_on(session: Session, day: date, known_at: datetime | None = None) -> dict[str, DocketLimit]:
    """The row of each limit that somebody has written down and that is in force on `day`."""
    wanted = select(DocketLimit).where(DocketLimit.effective_on <= day)
    if known_at is not None:
        wanted = wanted.where(DocketLimit.recorded_at <= known_at)
    ordered = session.scalars(wanted.order_by(DocketLimit.effective_on, DocketLimit.id))
    return {row.name: row for row in ordered}


def history_of(session: Session, name: str) -> Sequence[DocketLimit]:
    """Every row of a limit, newest first."""
    wanted = select(DocketLimit).where(DocketLimit.name == name).order_by(DocketLimit.id.desc())
    return session.scalars(wanted).all()


def set_limit(
    session: Session, name: str, value: int, effective_on: date, authority: str, *, actor: Actor, at: datetime
) -> None:
    """Write a figure down, from a day on. RefusedError for what is no figure, or has no authority.

    What an earlier figure found stays on the docket until a person closes it or its facts change.
    """
    limit = all_limits().get(name)
    if limit is None:
        raise RefusedError("no_limit", Sentence("There is no such figure."))
    if not 1 <= value <= limit.most:
        raise RefusedError("value", Sentence("Write a number from 1 to %(most)s.", {"most": limit.most}))
    authority = " ".join(authority.split())[:200]
    if len(authority) < 3:
        raise RefusedError("authority", Sentence("Write the law, rule or decision that says so."))
    session.add(
        DocketLimit(
            name=name, value=value, effective_on=effective_on, authority=authority, recorded_at=at,
            recorded_by=actor.login,
        )
    )  # fmt: skip
    write_down(
        session, at=at, actor=actor, act="docket.limit", subject=name, detail=f"{value} {effective_on}"
    )
