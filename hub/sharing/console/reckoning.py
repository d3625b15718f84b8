"""The console reckoned: what went, what waits and since when, what stands against it, and what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.sentences import Sentence
from hub.sharing.agreements.reading import InForce, agreements_in_force
from hub.sharing.agreements.records import Agency
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.inbox.records import InboundMessage, InboxItem
from hub.sharing.inbox.records import State as Decided
from hub.sharing.outbox.channels import agencies_with_webhook
from hub.sharing.outbox.drop_settings import drops_in_force
from hub.sharing.outbox.frequency import waits_for_turn
from hub.sharing.outbox.records import Delivery, DeliverySender, SharingEvent, State
from hub.sharing.outbox.watching import SILENT
from hub.web.formats import SITE_ZONE

DAY: Final = timedelta(days=1)
LATE: Final = timedelta(minutes=10)
"""An event that waits for longer is said: police and courts count on minutes."""
REVIEW_SOON: Final = timedelta(days=30)
PAGE: Final = 50


class Channel(StrEnum):
    """How an agency is reached."""

    WEBHOOK = "webhook"
    DROP = "drop"
    PULL = "pull"


CHANNELS: Final = {
    Channel.WEBHOOK: Sentence("Its program is told at once"),
    Channel.DROP: Sentence("Files in a drop"),
    Channel.PULL: Sentence("It fetches what lies ready"),
}


@dataclass(frozen=True)
class Line:
    """One agency. Counts of what waits, is given up or stopped are of now, `sent` is of the last day.

    `oldest_at` is since when the oldest waits, to be taken or to be fetched; `lag_s` what 95 of 100 of the last day
    took at most, from the fact to the acknowledgement, None where nothing went. `refused` is what no agreement allowed
    them, `turned_back` what officers did not accept of theirs; both of the last day.
    """

    code: str
    name: str
    kind: str
    active: bool
    channel: Channel
    sent: int
    waiting: int
    dead: int
    stopped: int
    offered: int
    oldest_at: datetime | None
    lag_s: float | None
    contact_at: datetime | None
    retry_at: datetime | None
    outcome: str
    received: int
    refused: int
    turned_back: int
    agreements: int
    review_due: int
    late: bool

    @property
    def level(self) -> str:
        """well, trouble or down: the mark of the line."""
        if self.dead or self.held_up:
            return "down"
        return "trouble" if self.late or self.review_due or not self.agreements else "well"

    @property
    def held_up(self) -> bool:
        """Whether it could not be reached the last time, and something waits."""
        return self.retry_at is not None and self.waiting > 0

    @property
    def words(self) -> Sentence:
        """What is wrong first, for whoever looks down the list."""
        if self.held_up:
            return Sentence("cannot be reached")
        if self.dead:
            return Sentence("given up: decide")
        if self.late:
            return Sentence("late")
        if not self.agreements:
            return Sentence("no agreement")
        return Sentence("agreement to review") if self.review_due else Sentence("well")


def lines(session: Session, now: datetime) -> list[Line]:
    """Every agency, by name."""
    received, refused, turned_back = (
        _received(session, now),
        _refused(session, now),
        _turned_back(session, now),
    )
    counts = _counts(session, now)
    senders = {one.agency: one for one in session.scalars(select(DeliverySender))}
    lags = _lags(session, now)
    webhooks = agencies_with_webhook(session)
    drops = {one.agency for one in drops_in_force(session)}
    today = now.astimezone(SITE_ZONE).date()
    agreed: dict[str, list[InForce]] = {}
    for one in agreements_in_force(session, now):
        agreed.setdefault(one.agency, []).append(one)
    found = []
    for agency in session.scalars(select(Agency).order_by(Agency.name)):
        own, sender = counts.get(agency.code, {}), senders.get(agency.code)
        waiting, waits_since = own.get(State.WAITING, (0, None))
        offered, lies_since = own.get(State.OFFERED, (0, None))
        channel, held = _channel(agency.code, webhooks, drops), agreed.get(agency.code, [])
        turn = waits_for_turn(held, files=channel is Channel.DROP)
        found.append(
            Line(
                code=agency.code,
                name=agency.name,
                kind=agency.kind,
                active=agency.active,
                channel=channel,
                sent=own.get(State.SENT, (0, None))[0],
                waiting=waiting,
                dead=own.get(State.DEAD, (0, None))[0],
                stopped=own.get(State.STOPPED, (0, None))[0],
                offered=offered,
                oldest_at=min((one for one in (waits_since, lies_since) if one is not None), default=None),
                lag_s=lags.get(agency.code),
                contact_at=None if sender is None else sender.contact_at,
                retry_at=None if sender is None else sender.retry_at,
                outcome="" if sender is None else sender.outcome,
                received=received.get(agency.code, 0),
                refused=refused.get(agency.code, 0),
                turned_back=turned_back.get(agency.code, 0),
                agreements=len(held),
                review_due=sum(one.terms.review_on <= today + REVIEW_SOON for one in held),
                late=_is_over(waits_since, LATE + turn, now) or _is_over(lies_since, max(SILENT, turn), now),
            )
        )
    return found


def _is_over(since_at: datetime | None, limit: timedelta, now: datetime) -> bool:
    return since_at is not None and now - since_at > limit


@dataclass(frozen=True)
class Sums:
    """Everything that an agency was ever to hear, by how it stands now. `made` was numbered; the rest adds up to it."""

    made: int
    by_state: Mapping[State, int]

    @property
    def adds_up(self) -> bool:
        return sum(self.by_state.values()) == self.made


def sums_of(session: Session, agency: str) -> Sums:
    """Counted over all time."""
    wanted = select(Delivery.state, func.count()).where(Delivery.agency == agency).group_by(Delivery.state)
    found = {row[0]: row[1] for row in session.execute(wanted)}
    made = session.scalar(select(DeliverySender.last).where(DeliverySender.agency == agency)) or 0
    return Sums(made, {state: found.get(state.value, 0) for state in State})


def _received(session: Session, now: datetime) -> Mapping[str, int]:
    wanted = select(InboundMessage.agency, func.count()).where(InboundMessage.received_at >= now - DAY)
    return {row[0]: row[1] for row in session.execute(wanted.group_by(InboundMessage.agency))}


def _refused(session: Session, now: datetime) -> Mapping[str, int]:
    wanted = select(Disclosure.agency, func.count()).where(
        Disclosure.at >= now - DAY, Disclosure.refused != ""
    )
    return {row[0]: row[1] for row in session.execute(wanted.group_by(Disclosure.agency))}


def _turned_back(session: Session, now: datetime) -> Mapping[str, int]:
    wanted = (
        select(InboundMessage.agency, func.count())
        .join(InboxItem, InboxItem.id == InboundMessage.id)
        .where(InboxItem.state == Decided.REFUSED.value, InboxItem.decided_at >= now - DAY)
    )
    return {row[0]: row[1] for row in session.execute(wanted.group_by(InboundMessage.agency))}


def _channel(code: str, webhooks: frozenset[str], drops: set[str]) -> Channel:
    if code in webhooks:
        return Channel.WEBHOOK
    return Channel.DROP if code in drops else Channel.PULL


def _counts(session: Session, now: datetime) -> dict[str, dict[str, tuple[int, datetime | None]]]:
    of_now = (
        select(Delivery.agency, Delivery.state, func.count(), func.min(Delivery.since_at))
        .where(Delivery.state != State.SENT.value)
        .group_by(Delivery.agency, Delivery.state)
    )
    of_day = (
        select(Delivery.agency, Delivery.state, func.count(), func.min(Delivery.since_at))
        .where(Delivery.state == State.SENT.value, Delivery.done_at >= now - DAY)
        .group_by(Delivery.agency, Delivery.state)
    )
    found: dict[str, dict[str, tuple[int, datetime | None]]] = {}
    for wanted in (of_now, of_day):
        for agency, state, count, oldest_at in session.execute(wanted):
            found.setdefault(agency, {})[state] = (count, oldest_at)
    return found


_MOST_LAGS: Final = 20_000


def _lags(session: Session, now: datetime) -> dict[str, float]:
    wanted = (
        select(Delivery.agency, Delivery.since_at, Delivery.done_at)
        .where(
            Delivery.state == State.SENT.value,
            Delivery.done_at >= now - DAY,
        )
        .order_by(Delivery.done_at.desc())
        .limit(_MOST_LAGS)
    )
    taken: dict[str, list[float]] = {}
    for agency, since_at, done_at in session.execute(wanted):
        if done_at is not None:
            taken.setdefault(agency, []).append((done_at - since_at).total_seconds())
    # The nearest rank: of few it is the longest, and never better than it was.
    return {agency: sorted(all_)[ceil(len(all_) * 0.95) - 1] for agency, all_ in taken.items()}


@dataclass(frozen=True)
class Shown:
    """A page of an agency's deliveries, newest first, each with its event; `total` of all that were asked for."""

    rows: Sequence[Any]
    total: int


def deliveries_of(session: Session, agency: str, state: State | None, page: int) -> Shown:
    """What went or goes to an agency."""
    where = [Delivery.agency == agency]
    if state is not None:
        where.append(Delivery.state == state.value)
    total = session.scalar(select(func.count()).where(*where)) or 0
    wanted = (
        select(Delivery, SharingEvent)
        .join(SharingEvent, SharingEvent.id == Delivery.event_id)
        .where(*where)
        .order_by(Delivery.sequence.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    )
    return Shown(session.execute(wanted).all(), total)


def count_dead(session: Session) -> int:
    """How many deliveries were given up and wait for somebody to decide."""
    return session.scalar(select(func.count()).where(Delivery.state == State.DEAD.value)) or 0
