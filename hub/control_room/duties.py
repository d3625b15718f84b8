"""Needs that come from people's duties: posts that nobody stands at, procedures that nobody reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.movements.posts import SITE, PostLine, on_duty, on_post, posts
from hub.movements.records import Checkpoint
from hub.terminals.records import Status, Terminal

MOST_NAMED = 3


def unmanned(session: Session, lines: Sequence[PostLine], now: datetime) -> list[str]:
    """Names of checkpoints with a terminal in use at which no officer stands now."""
    in_use = select(Terminal.checkpoint_code).where(Terminal.status == Status.ACTIVE)
    rows = session.execute(
        select(Checkpoint.code, Checkpoint.name).where(Checkpoint.code.in_(in_use)).order_by(Checkpoint.id)
    )
    return [name for code, name in rows if not on_post(lines, code, now)]


def shift_of(session: Session, now: datetime) -> tuple[list[PostLine], list[str]]:
    """Posts of now and later, and the names of the shift supervisors of now."""
    lines = posts(session, now)
    present = set(on_duty(lines, now))
    return lines, sorted({line.name for line in lines if line.checkpoint == SITE and line.login in present})


def shortened(names: Sequence[str]) -> str:
    """The first names of many, and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" +{more}" if more > 0 else "")
