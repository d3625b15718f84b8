"""Who stands where: the officer at a checkpoint, and the supervisor who has the shift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Permission, permissions_of
from hub.accounts.records import Account
from hub.movements.duty_records import Post
from hub.movements.records import Checkpoint
from hub.sentences import RefusedError, Sentence

LONGEST: Final = timedelta(hours=16)
"""A shift and half of the next one; longer is a slip of the pen."""
SITE: Final = ""
"""Instead of a checkpoint: the whole site, as shift supervisor."""


@dataclass(frozen=True)
class PostLine:
    """One post of now or later; `checkpoint` is SITE for the shift supervisor."""

    id: int
    login: str
    name: str
    checkpoint: str
    place: str
    from_at: datetime
    until_at: datetime


def set_post(
    session: Session,
    login: str,
    checkpoint: str,
    from_at: datetime,
    until_at: datetime,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Put an officer at a checkpoint, or with SITE give them the shift; RefusedError when it cannot be."""
    account = session.scalar(select(Account).where(Account.login == login, Account.closed_at.is_(None)))
    if account is None or Permission.ANSWER_REFERRALS not in permissions_of(account.role):
        raise RefusedError("no_officer", Sentence("Choose an officer who may answer referrals."))
    if checkpoint == SITE and Permission.SET_POSTS not in permissions_of(account.role):
        raise RefusedError("no_supervisor", Sentence("Only a shift supervisor can have the whole shift."))
    if until_at <= max(from_at, at) or until_at - from_at > LONGEST:
        raise RefusedError(
            "post_time", Sentence("The post must end after it begins, within 16 hours. Check both times.")
        )
    place = (
        None
        if checkpoint == SITE
        else session.scalar(select(Checkpoint).where(Checkpoint.code == checkpoint))
    )
    if checkpoint != SITE and place is None:
        raise RefusedError("no_checkpoint", Sentence("Choose a checkpoint of this site."))
    session.add(
        Post(
            account_id=account.id,
            checkpoint_id=None if place is None else place.id,
            from_at=from_at,
            until_at=until_at,
            set_at=at,
            set_by=actor.login,
        )
    )
    write_down(session, at=at, actor=actor, act="post.set", subject=login, detail=checkpoint or "shift")
    session.flush()


def end_post(session: Session, post_id: int, *, actor: Actor, at: datetime) -> None:
    """End a post now; nothing happens when it is over or unknown."""
    post = session.get(Post, post_id, with_for_update=True, populate_existing=True)
    if post is not None and post.ended_at is None and post.until_at > at:
        post.ended_at = at
        write_down(session, at=at, actor=actor, act="post.end", subject=str(post_id))


def posts(session: Session, now: datetime) -> list[PostLine]:
    """Posts of now and later; supervisors first, then by checkpoint and time."""
    rows = session.execute(
        select(Post, Account.login, Account.name, Checkpoint.code, Checkpoint.name)
        .join(Account, Account.id == Post.account_id)
        .outerjoin(Checkpoint, Checkpoint.id == Post.checkpoint_id)
        .where(Post.until_at > now, Post.ended_at.is_(None), Account.closed_at.is_(None))
        .order_by(Post.checkpoint_id.is_not(None), Checkpoint.name, Post.from_at, Post.id)
    )
    return [
        PostLine(post.id, login, name or login, code or SITE, place or "", post.from_at, post.until_at)
        for post, login, name, code, place in rows
    ]


def on_post(lines: Sequence[PostLine], checkpoint: str, now: datetime) -> list[str]:
    """Logins of those who stand at the checkpoint now, whoever came first first."""
    present = [
        line for line in lines if line.checkpoint == checkpoint and line.from_at <= now < line.until_at
    ]
    return [line.login for line in sorted(present, key=lambda line: (line.from_at, line.id))]


def on_duty(lines: Sequence[PostLine], now: datetime) -> list[str]:
    """Logins of the shift supervisors of now."""
    return on_post(lines, SITE, now)


def responsible(lines: Sequence[PostLine], checkpoint: str, now: datetime) -> str | None:
    """Who answers for a checkpoint now: its officer, else the supervisor of the shift, None when nobody does."""
    return next(iter([*on_post(lines, checkpoint, now), *on_duty(lines, now)]), None)
