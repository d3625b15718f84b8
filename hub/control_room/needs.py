"""What needs a person now, in one queue: orders in force, alarms, referrals, terminals and duties, the worst first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.records import Account
from hub.control_room.alarm_lines import alarm_needs
from hub.control_room.duties import shift_of, shortened, unmanned
from hub.control_room.need import Need
from hub.control_room.referral_view import Card, cards
from hub.control_room.rules import Level
from hub.control_room.terminals import TerminalLine
from hub.movements.alarms.codes import TERMINAL_DOWN
from hub.movements.alarms.limits import Limits, limits_at
from hub.movements.alarms.reading import OpenAlarm, open_alarms
from hub.movements.orders.choosing import spoken
from hub.movements.orders.in_force import InForce
from hub.movements.orders.standing import Reach, lingering, reaches
from hub.movements.orders.words import BY_HAND, KINDS
from hub.movements.referral_rules import Status
from hub.movements.standing import overdue
from hub.reception.words import RULES, in_words
from hub.sentences import Sentence
from hub.web.language import say_in
from wire.orders import OrderKind

_PERHAPS: Final = "Perhaps %(name)s"
_RANK_OF_REFERRAL: Final = {Status.WAITING: 3, Status.ESCALATED: 2}
_RANK_OF_LEVEL: Final = {Level.DOWN.value: 3, Level.TROUBLE.value: 4, Level.UNKNOWN.value: 5}
_FIRST_OF_ALL: Final = {OrderKind.EVACUATE: 0, OrderKind.LOCKDOWN: 1}


@dataclass(frozen=True)
class Facts:
    """Everything that stands open, read once for every language. `names` are those behind logins."""

    alarms: Sequence[OpenAlarm]
    referrals: Sequence[Card]
    orders: Sequence[Reach]
    where: Callable[[InForce], Sentence]
    empty_posts: Sequence[str]
    supervisors: Sequence[str]
    reviews: int
    names: Mapping[str, str]
    limits: Limits


def facts(session: Session, now: datetime) -> Facts:
    """Everything that stands open now."""
    lines, supervisors = shift_of(session, now)
    return Facts(
        alarms=open_alarms(session, now),
        referrals=cards(session, now),
        orders=[
            reach
            for reach in (*reaches(session, now), *lingering(session, now))
            if reach.ended is not None or reach.order.kind in BY_HAND
        ],
        where=spoken(session),
        empty_posts=unmanned(session, lines, now),
        supervisors=supervisors,
        reviews=overdue(session, now),
        names={login: name or login for login, name in session.execute(select(Account.login, Account.name))},
        limits=limits_at(session, now),
    )


def needs(found: Facts, terminals: Sequence[TerminalLine], now: datetime, language: str) -> list[Need]:
    """The queue said in `language`; an evacuation before all, then by rank, what nobody has first, then the newest."""
    queue = [_of_order(reach, found, language) for reach in found.orders]
    queue += alarm_needs(found.alarms, found.limits, found.names, language)
    queue += [_of_referral(card, language) for card in found.referrals]
    queue += _of_terminals(found.alarms, terminals, found.limits.storm_from, language)
    queue += [*_of_posts(found, language), *_of_reviews(found, language)]
    return sorted(queue, key=lambda need: _place(need, now))


def _place(need: Need, now: datetime) -> tuple[int, int, bool, float]:
    order = 9 if need.order is None else _FIRST_OF_ALL.get(OrderKind(need.order), 9)
    return need.rank, order, bool(need.holder), -(need.at or now).timestamp()


def _of_order(reach: Reach, found: Facts, language: str) -> Need:
    """An order in force, or one that ended and that not every terminal has heard of."""
    order, behind = reach.order, len(reach.not_yet) + len(reach.away)
    where = say_in(language, found.where(order))
    by = Sentence("Ordered by %(name)s", {"name": found.names.get(order.by, order.by)})
    asked = Sentence("asked for by %(name)s", {"name": order.asked_by or ""})
    who = ", ".join([say_in(language, by), *([say_in(language, asked)] if order.asked_by else [])])
    if reach.ended is not None:
        left = Sentence("%(count)s terminals still act by it, use the radio", {"count": behind})
        return Need(
            key=f"order-ended-{order.number}",
            kind="order_ended",
            rank=2,
            title=say_in(
                language, Sentence("Ended: %(kind)s", {"kind": say_in(language, KINDS[order.kind])})
            ),
            detail=f"{where}. {say_in(language, left)}",
            at=reach.ended.at,
            zones=order.zones,
            panel=f"/orders/{order.number}",
        )
    values = {"count": behind, "total": reach.concerned}
    late = Sentence("%(count)s of %(total)s terminals NOT CONFIRMED, use the radio", values)
    said = say_in(language, late if behind else Sentence("Every terminal CONFIRMED"))
    return Need(
        key=f"order-{order.number}",
        kind="order",
        rank=1,
        title=say_in(language, KINDS[order.kind]),
        detail=f"{where}. {order.reason}. {said}. {who}",
        at=order.since_at,
        order=order.kind.value,
        zones=order.zones,
        panel=f"/orders/{order.number}",
    )


def _of_referral(card: Card, language: str) -> Need:
    perhaps = say_in(language, _PERHAPS, name=card.name) if card.name else ""
    return Need(
        key=f"referral-{card.id}",
        kind="referral",
        rank=_RANK_OF_REFERRAL.get(card.status, 1),
        title=say_in(language, in_words(RULES, card.rule)),
        detail=". ".join(part for part in (card.place, perhaps) if part),
        at=card.opened_at,
        terminal=card.terminal,
        checkpoint=card.checkpoint,
        holder=card.holder,
        panel=f"/referrals/{card.id}",
        rings=card.status is not Status.WAITING,
        escalation=1 if card.status is not Status.WAITING else 0,
    )


def _of_terminals(
    alarms: Sequence[OpenAlarm], terminals: Sequence[TerminalLine], storm_from: int, language: str
) -> list[Need]:
    """Those that are not well and have no alarm of their own; of many alike one line."""
    told = {alarm.terminal for alarm in alarms if alarm.code == TERMINAL_DOWN}
    lines = [
        line
        for line in terminals
        if line.level in _RANK_OF_LEVEL and not (line.level == Level.DOWN and line.name in told)
    ]
    found: list[Need] = []
    for level in _RANK_OF_LEVEL:
        same = [line for line in lines if line.level == level]
        many = len(same) >= storm_from
        found += (
            [_of_terminals_at_once(same, language)] if many else [_of_terminal(one, language) for one in same]
        )
    return found


def _of_terminals_at_once(lines: Sequence[TerminalLine], language: str) -> Need:
    """When the network or the power is gone: twenty lines would hide everything else."""
    down = lines[0].level == Level.DOWN
    many = {"count": len(lines)}
    said = (
        Sentence("%(count)s terminals not connected", many)
        if down
        else Sentence("%(count)s terminals need care", many)
    )
    return Need(
        key=f"terminals-{lines[0].level}",
        kind="terminal",
        rank=_RANK_OF_LEVEL[lines[0].level],
        title=say_in(language, said),
        detail=shortened([line.place for line in lines]),
        at=min((line.heard_at for line in lines if line.heard_at is not None), default=None),
        page="/terminals",
    )


def _of_terminal(line: TerminalLine, language: str) -> Need:
    title = (
        Sentence("Terminal not connected") if line.level == Level.DOWN else Sentence("Terminal needs care")
    )
    return Need(
        key=f"terminal-{line.name}",
        kind="terminal",
        rank=_RANK_OF_LEVEL[line.level],
        title=say_in(language, title),
        detail=" ".join(line.advice),
        at=line.heard_at,
        terminal=line.name,
        checkpoint=line.checkpoint,
    )


def _of_posts(found: Facts, language: str) -> list[Need]:
    if not found.empty_posts:
        return []
    said = Sentence("The shift supervisor answers: %(name)s.", {"name": ", ".join(found.supervisors)})
    nobody = Sentence("Nobody has the shift: referrals there are nobody's.")
    return [
        Need(
            key="posts",
            kind="duty",
            rank=5 if found.supervisors else 4,
            title=say_in(language, "No officer on post"),
            detail=f"{shortened(found.empty_posts)}. {say_in(language, said if found.supervisors else nobody)}",
            page="/posts",
        )
    ]


def _of_reviews(found: Facts, language: str) -> list[Need]:
    if not found.reviews:
        return []
    return [
        Need(
            key="reviews",
            kind="duty",
            rank=5,
            title=say_in(language, "Standing procedures to review"),
            detail=say_in(language, "%(count)s overdue", count=found.reviews),
            page="/standing",
        )
    ]
