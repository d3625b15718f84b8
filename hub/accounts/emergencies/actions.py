"""Breaking the glass and looking after it: no use without a reason, none without a review by somebody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.accounts.emergencies.records import EmergencyUse, Finding
from hub.sentences import RefusedError, Sentence

OPEN_FOR: Final = timedelta(minutes=30)
FEWEST_LETTERS: Final = 15
"""Of a reason or a finding: fewer say nothing that a reviewer could judge."""
_LONGEST: Final = 1000

FINDINGS: Final[dict[str, Sentence]] = {
    Finding.NEEDED: Sentence("It was needed"),
    Finding.NOT_NEEDED: Sentence("It was not needed, and in good faith"),
    Finding.MISUSED: Sentence("It was misused: the director is told"),
}


@dataclass(frozen=True)
class KnownPeople:
    """Tells whether a number is somebody's: accounts hold none of the people themselves."""

    exists: Callable[[Session, str], bool]


def break_glass(
    session: Session,
    *,
    account_id: int,
    role: str,
    number: str,
    reason: str,
    people: KnownPeople,
    actor: Actor,
    at: datetime,
) -> EmergencyUse:
    """Open one person's file for half an hour; RefusedError without a reason, or where nobody has this number.

    While one is open already for this person, that one is given.
    """
    number, words = number.strip().upper()[:32], _said(reason)
    if len(words) < FEWEST_LETTERS:
        raise RefusedError(
            "no_reason",
            Sentence("Say what happened and why you need this file now: a reviewer reads it today."),
        )
    if not people.exists(session, number):
        raise RefusedError("nobody", Sentence("Nobody has this number. Check it and type it again."))
    held = session.scalar(
        select(EmergencyUse).where(
            EmergencyUse.account_id == account_id,
            EmergencyUse.person_number == number,
            EmergencyUse.until_at > at,
            EmergencyUse.closed_at.is_(None),
        )
    )
    if held is not None:
        return held
    use = EmergencyUse(
        account_id=account_id,
        login=actor.login,
        role=role,
        person_number=number,
        reason=words,
        opened_at=at,
        until_at=at + OPEN_FOR,
    )
    session.add(use)
    session.flush()
    write_down(
        session, at=at, actor=actor, act="emergency.open", subject=number, detail=f"use {use.id}", why=words
    )
    return use


def close_use(session: Session, use_id: int, *, account_id: int, actor: Actor, at: datetime) -> None:
    """End one's own use before its time; nothing happens to one that is over. RefusedError for another's."""
    use = session.scalar(
        select(EmergencyUse).where(EmergencyUse.id == use_id, EmergencyUse.account_id == account_id)
    )
    if use is None:
        raise RefusedError("no_use", Sentence("There is no such use of yours."))
    if use.closed_at is None and use.until_at > at:
        use.closed_at = at
        write_down(session, at=at, actor=actor, act="emergency.close", subject=use.person_number)


def review(
    session: Session, use_id: int, *, finding: str, words: str, actor: Actor, at: datetime
) -> EmergencyUse:
    """Write the review, once; an open use ends with it. RefusedError for one's own, and without words."""
    use = session.get(EmergencyUse, use_id)
    if use is None:
        raise RefusedError("no_use", Sentence("There is no such use of break-glass."))
    if use.login == actor.login:
        raise RefusedError(
            "own_use", Sentence("Nobody reviews themselves. Somebody else has to look after this one.")
        )
    if finding not in Finding._value2member_map_:
        raise RefusedError("no_finding", Sentence("Choose what you found."))
    said = _said(words)
    if len(said) < FEWEST_LETTERS:
        raise RefusedError("no_words", Sentence("Write what you looked at and whom you asked."))
    done = session.scalar(
        update(EmergencyUse)
        .where(EmergencyUse.id == use_id, EmergencyUse.reviewed_at.is_(None))
        .values(reviewed_at=at, reviewed_by=actor.login, finding=finding, words=said)
        .returning(EmergencyUse.id)
        .execution_options(synchronize_session=False)
    )
    if done is None:
        raise RefusedError(
            "reviewed", Sentence("Somebody reviewed this one a moment ago. Read what they found.")
        )
    if use.closed_at is None and use.until_at > at:
        use.closed_at = at
    write_down(
        session,
        at=at,
        actor=actor,
        act="emergency.review",
        subject=use.person_number,
        detail=f"use {use_id}: {finding}",
        why=said,
    )
    return use


def _said(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]
