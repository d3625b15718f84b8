"""Which rules of ageing are in force, and setting others from a time on. Nothing that was in force is changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.movements.whereabouts.limits import DEFAULTS, Limits
from hub.movements.whereabouts.records import LocationRules
from hub.sentences import RefusedError, Sentence

MAX_REASON: Final = 300

_IN_FORCE: Final = (
    select(LocationRules.content)
    .where(LocationRules.from_at <= bindparam("now"))
    .order_by(LocationRules.from_at.desc(), LocationRules.id.desc())
    .limit(1)
)


def limits_at(session: Session, now: datetime) -> Limits:
    """The rules in force at `now`; the defaults where nobody set any."""
    content = session.scalar(_IN_FORCE, {"now": now})
    return DEFAULTS if content is None else read_limits(content)


@lru_cache(maxsize=8)
def read_limits(content: str) -> Limits:
    """Rules as they are stored."""
    return msgspec.json.decode(content, type=Limits)


def set_limits(
    session: Session, wanted: Limits, *, from_at: datetime, reason: str, actor: Actor, at: datetime
) -> None:
    """Put rules in force from a time on; RefusedError when they make no sense or begin in the past."""
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= MAX_REASON:
        raise RefusedError(
            "reason", Sentence("Write why, in at most %(count)s characters.", {"count": MAX_REASON})
        )
    if from_at < at:
        raise RefusedError(
            "from", Sentence("Rules begin now or later: what was shown before stays as it was.")
        )
    if fault_of(wanted):
        raise RefusedError(
            "order",
            Sentence("A proof must make likely for at least as long as it proves. Correct the marked row."),
        )
    if wanted == limits_at(session, from_at):
        raise RefusedError("same", Sentence("These are the rules that hold already. Nothing was changed."))
    session.add(
        LocationRules(
            from_at=from_at,
            set_at=at,
            set_by=actor.login,
            reason=reason,
            content=msgspec.json.encode(wanted).decode(),
        )
    )
    write_down(session, at=at, actor=actor, act="location_rules.set", detail=f"from {from_at.isoformat()}")
    session.flush()


def fault_of(limits: Limits) -> list[str]:
    """The kinds of zone whose spans contradict each other."""
    return [
        kind.value
        for kind, limit in limits.kinds.items()
        if limit.likely_s < limit.proven_s or limit.locked_likely_s < limit.locked_proven_s
    ]


def history(session: Session) -> Sequence[LocationRules]:
    """Every set of rules ever set, the one that begins last first."""
    wanted = select(LocationRules).order_by(LocationRules.from_at.desc(), LocationRules.id.desc())
    return session.scalars(wanted).all()
