"""Refusing many messages of one sender at once, when a program of theirs went wrong: looked at as a list first.

What an officer may refuse so is narrow: one agency, one kind of message, one reason, and where the reason is a doubt
that the hub finds by itself, those alone that show it. What may let somebody go who is here is never among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.accounts.records import AuditEntry
from hub.database import Sessions, session_scope
from hub.sentences import RefusedError
from hub.sharing.inbox.clocks import Liberty
from hub.sharing.inbox.deciding import Why, reason_in_words, refuse
from hub.sharing.inbox.doubts import Doubt
from hub.sharing.inbox.lists import Read, read
from hub.sharing.inbox.records import InboundMessage, InboxItem, State

MOST: Final = 500
"""On one list: what is on it has to be looked at by a person."""
AT_ONCE: Final = 25
"""In one transaction: whoever else wants to write waits for it."""


@dataclass(frozen=True)
class Flood:
    """Which messages of a sender would be refused together, and which stay for a look of their own.

    `more` are those past the longest list; `others_have` lie with somebody else, who took or opened them; `unlike` do
    not show the reason; `may_go` may let somebody go who is here.
    """

    lines: Sequence[Read]
    more: int = 0
    others_have: int = 0
    unlike: int = 0
    may_go: Sequence[Read] = ()


@dataclass(frozen=True)
class Outcome:
    """How many were refused, and how many not, because somebody did something about them meanwhile."""

    refused: int
    left: int


def waiting(session: Session, agency: str) -> list[tuple[str, int]]:
    """Kinds of messages of an agency that nobody has decided on, with how many."""
    found = (
        select(InboundMessage.exchange, func.count())
        .join(InboxItem, InboxItem.id == InboundMessage.id)
        .where(InboundMessage.agency == agency, InboxItem.state == State.RECEIVED.value)
        .group_by(InboundMessage.exchange)
        .order_by(func.count().desc(), InboundMessage.exchange)
    )
    return [(exchange, count) for exchange, count in session.execute(found)]


def flood_of(
    session: Session,
    agency: str,
    exchange: str,
    why: Why,
    login: str,
    at: datetime,
    among: Sequence[str] | None = None,
) -> Flood:
    """What `login` would refuse of an agency for one reason, oldest first; of these numbers, or of all."""
    wanted = (
        select(InboundMessage, InboxItem)
        .join(InboxItem, InboxItem.id == InboundMessage.id)
        .where(
            InboundMessage.agency == agency,
            InboundMessage.exchange == exchange,
            InboxItem.state == State.RECEIVED.value,
        )
        .order_by(InboundMessage.id)
    )
    rows = session.execute(wanted if among is None else wanted.where(InboundMessage.number.in_(among))).all()
    opened = _opened_by_others(session, agency, exchange, login, among)
    free = [(row, item) for row, item in rows if item.owner in ("", login) and row.number not in opened]
    told = [read(session, row, item, at) for row, item in free[:MOST]]
    like = [one for one in told if _shows(one, why)]
    may_go = [one for one in like if _may_go(one)]
    return Flood(
        [one for one in like if not _may_go(one)],
        more=max(0, len(free) - MOST),
        others_have=len(rows) - len(free),
        unlike=len(told) - len(like),
        may_go=may_go,
    )


def refuse_all(
    sessions: Sessions,
    chosen: Sequence[tuple[str, int]],
    agency: str,
    exchange: str,
    why: Why,
    words: str,
    *,
    actor: Actor,
    at: datetime,
) -> Outcome:
    """Refuse each of (number, version) as if it were alone: with its step, its line in the trail, word to the sender.

    RefusedError for words that are missing or too long. What somebody did something about since the list was shown
    stays as it is, and so does what the list could not have held.
    """
    said = reason_in_words(words)
    done = 0
    # Always in the same order: two officers with the same list wait for each other and never across.
    ordered = sorted(set(chosen))[:MOST]
    for first in range(0, len(ordered), AT_ONCE):
        with session_scope(sessions) as session:
            some = ordered[first : first + AT_ONCE]
            numbers = [number for number, _ in some]
            flood = flood_of(session, agency, exchange, why, actor.login, at, numbers)
            allowed = {one.row.number for one in flood.lines}
            for number, version in some:
                done += number in allowed and _refused(session, number, version, why, said, actor, at)
    with session_scope(sessions) as session:
        write_down(
            session,
            at=at,
            actor=actor,
            act="inbox.refused_many",
            subject=agency,
            detail=f"{exchange} {why.value} {done} of {len(ordered)}",
        )
    return Outcome(done, len(ordered) - done)


def _refused(
    session: Session, number: str, version: int, why: Why, words: str, actor: Actor, at: datetime
) -> bool:
    try:
        refuse(session, number, version, why, words, actor=actor, at=at)
    except RefusedError as error:
        if error.code != "changed_meanwhile":
            raise
        return False
    return True


def _opened_by_others(
    session: Session, agency: str, exchange: str, login: str, among: Sequence[str] | None
) -> set[str]:
    """Numbers of messages that somebody else has looked at: they may be about to decide."""
    looks = (
        select(InboundMessage.number)
        .join(InboxItem, InboxItem.id == InboundMessage.id)
        .join(AuditEntry, AuditEntry.subject == InboundMessage.number)
        .where(
            InboundMessage.agency == agency,
            InboundMessage.exchange == exchange,
            InboxItem.state == State.RECEIVED.value,
            AuditEntry.act == "inbox.look",
            AuditEntry.actor != login,
        )
        .distinct()
    )
    return set(session.scalars(looks if among is None else looks.where(InboundMessage.number.in_(among))))


def _shows(one: Read, why: Why) -> bool:
    """Whether it has the doubt that is the reason; what no program can see, an officer says of the whole list."""
    return why.value not in set(Doubt) or any(flag.doubt.value == why.value for flag in one.flags)


def _may_go(one: Read) -> bool:
    here = one.match is not None and (one.match.booking is not None or bool(one.match.others))
    return one.liberty is Liberty.GOES and here
