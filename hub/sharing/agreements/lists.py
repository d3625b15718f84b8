"""Lists and counts over all agreements: which need somebody. Nothing here writes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from hub.sharing.agreements.reading import Standing, State, standings
from hub.sharing.agreements.records import Act
from hub.web.formats import SITE_ZONE

WARNED_BEFORE: Final = timedelta(days=30)
"""How long before its day a review is asked for."""


def needs_review(one: Standing) -> bool:
    """Whether the agreement is in force, or suspended, and its review or its end is near or past."""
    version = one.ruling
    if version is None or one.state not in (State.IN_FORCE, State.SUSPENDED, State.EXPIRED):
        return False
    near = one.at.astimezone(SITE_ZONE).date() + WARNED_BEFORE
    return version.review_on <= near or (version.ends_on is not None and version.ends_on <= near)


def waits_for(one: Standing, login: str) -> bool:
    """Whether this person could sign something about it now."""
    waiting = one.waiting
    if waiting is not None and waiting.made_by != login:
        return all(act.by != login for act in one.signers(waiting))
    return any(one.half(act) not in (None, login) for act in _open_halves(one))


def _open_halves(one: Standing) -> list[Act]:
    found = [] if one.ended else [Act.ENDED]
    return [*found, Act.LIFTED] if one.suspended else found


def count_to_review(session: Session, at: datetime) -> int:
    """How many agreements are to be reviewed."""
    return sum(needs_review(one) for one in standings(session, at))


def count_to_sign(session: Session, login: str, at: datetime) -> int:
    """How many wait for the signature of this person."""
    return sum(waits_for(one, login) for one in standings(session, at))
