"""What went wrong between agencies and us reaches a person: an alarm in the one queue, not a page that nobody opens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509
from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from hub.database import Sessions, session_scope
from hub.movements.alarms.raising import Cause, over, raise_alarm
from hub.movements.alarms.records import Alarm
from hub.pace import is_over
from hub.sentences import Sentence
from hub.sharing.agreements.reading import InForce, agreements_in_force
from hub.sharing.agreements.records import Agency
from hub.sharing.outbox.answers import Outcome
from hub.sharing.outbox.channels import agencies_with_channel, agencies_with_webhook
from hub.sharing.outbox.events import EventType
from hub.sharing.outbox.frequency import waits_for_turn
from hub.sharing.outbox.records import Delivery, SharingEvent, State
from hub.sharing.partners.records import PartnerCertificate, PartnerClient, Webhook

EVERY: Final = timedelta(minutes=1)
ESCAPE_WAITS: Final = timedelta(minutes=10)
"""Whoever is at large gets further with every minute: then somebody telephones."""
_ITS_HOUR: Final = timedelta(hours=1)
"""In which a drop that is written by the calendar has its turn."""
SILENT: Final = timedelta(days=1) + _ITS_HOUR
SOON: Final = timedelta(days=14)
"""Long enough for an agency to make a key, have it signed and put it into use."""
AGAIN_AFTER: Final = timedelta(hours=24)
"""Somebody closed the alarm and the cause goes on: it rings anew."""

ESCAPE, GIVEN_UP, NOT_REACHED, EXPIRES = (
    "escape_not_told", "agency_given_up", "agency_silent", "agency_certificate",
)  # fmt: skip
CODES: Final = (ESCAPE, GIVEN_UP, NOT_REACHED, EXPIRES)
_WORDS: Final = {
    ESCAPE: Sentence("An escape has not reached %(agency)s"),
    GIVEN_UP: Sentence("Something for %(agency)s was given up: they know nothing of it"),
    NOT_REACHED: Sentence("For a day %(agency)s has not taken what was sent or lies ready"),
    EXPIRES: Sentence("A certificate between %(agency)s and us runs out soon"),
}
_LIES: Final = (State.WAITING.value, State.OFFERED.value)


@dataclass(frozen=True)
class Trouble:
    """One cause: `key` is the agency, or the client whose certificate runs out."""

    code: str
    key: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


class ExchangeWatch:
    """`tick` gives how many alarms it raised or ended."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        if not is_over(self._looked_at, EVERY, now):
            return 0
        self._looked_at = now
        with session_scope(self._sessions, writes=False) as session:
            found = troubles(session, now)
            new, ended = _new(session, found, now), _ended(session, found)
            lost = _without_channel(session)
        if not (new or ended or lost):
            return 0
        with session_scope(self._sessions) as session:
            offer(session, lost)
            names = {one.code: one.name for one in session.scalars(select(Agency))}
            for one in new:
                agency = one.evidence["agency"]
                words = Sentence(_WORDS[one.code].text, {"agency": names.get(agency, agency)})
                raise_alarm(session, Cause(one.code, one.key, evidence=one.evidence, words=words), now)
            return len(new) + sum(over(session, code, key, now) for code, key in ended)


def troubles(session: Session, now: datetime) -> list[Trouble]:
    """Everything that somebody should look after now. Agencies that are closed, or with which nothing is agreed any
    more, are nobody's trouble."""
    agreed: dict[str, list[InForce]] = defaultdict(list)
    for one in agreements_in_force(session, now):
        agreed[one.agency].append(one)
    known = set(agreed) & set(session.scalars(select(Agency.code).where(Agency.active)))
    found = [one for one in _of_deliveries(session, agreed, now) if one.key in known]
    return [*found, *_of_clients(session, now), *_of_receivers(session, now)]


def offer(session: Session, agencies: Sequence[str]) -> None:
    """What waits for agencies that cannot be sent to any more lies ready for them to fetch."""
    if agencies:
        session.execute(
            update(Delivery)
            .where(Delivery.agency.in_(agencies), Delivery.state == State.WAITING.value)
            .values(state=State.OFFERED.value, outcome=Outcome.NO_ADDRESS.value)
            .execution_options(synchronize_session=False)
        )


def _of_deliveries(
    session: Session, agreed: Mapping[str, Sequence[InForce]], now: datetime
) -> Iterator[Trouble]:
    escaped = (
        select(Delivery.agency, func.min(Delivery.since_at), func.min(SharingEvent.reference))
        .join(SharingEvent, SharingEvent.id == Delivery.event_id)
        .where(
            Delivery.state.in_((*_LIES, State.DEAD.value)),
            SharingEvent.type == EventType.ESCAPED.value,
            Delivery.since_at <= now - ESCAPE_WAITS,
        )
    )
    for agency, since_at, reference in session.execute(escaped.group_by(Delivery.agency)):
        yield _trouble(ESCAPE, agency, since_at, stay=reference)
    counted = select(Delivery.agency, func.min(Delivery.since_at), func.count()).group_by(Delivery.agency)
    dead = counted.where(Delivery.state == State.DEAD.value)
    for agency, since_at, count in session.execute(dead):
        yield _trouble(GIVEN_UP, agency, since_at, count=count)
    for agency, (since_at, count) in _late(session, agreed, now).items():
        yield _trouble(NOT_REACHED, agency, since_at, count=count)


def _late(
    session: Session, agreed: Mapping[str, Sequence[InForce]], now: datetime
) -> dict[str, tuple[datetime, int]]:
    """By agency since when, and how much of it, was not taken for a day, or for a day after its turn."""
    pair = (Delivery.agency, Delivery.exchange, Delivery.purpose)
    wanted = (
        select(*pair, func.min(Delivery.since_at), func.count())
        .where(Delivery.state.in_(_LIES), Delivery.since_at <= now - SILENT)
        .group_by(*pair)
        .order_by(*pair)
    )
    told = agencies_with_webhook(session)
    found: dict[str, tuple[datetime, int]] = {}
    for agency, exchange, purpose, since_at, count in session.execute(wanted):
        under = [one for one in agreed.get(agency, ()) if one.terms.grant(exchange, purpose) is not None]
        if since_at <= now - max(SILENT, waits_for_turn(under, files=agency not in told) + _ITS_HOUR):
            oldest, before = found.get(agency, (since_at, 0))
            found[agency] = (min(oldest, since_at), before + count)
    return found


def _trouble(code: str, agency: str, since_at: datetime, **further: Any) -> Trouble:
    return Trouble(code, agency, {"agency": agency, "since": since_at.isoformat(), **further})


def _of_clients(session: Session, now: datetime) -> Iterator[Trouble]:
    """Programs whose last certificate runs out, or ran out lately: one that nobody renewed long ago is not in use."""
    last = func.max(PartnerCertificate.expires_at)
    wanted = (
        select(PartnerClient.client_id, PartnerClient.agency, last)
        .join(PartnerCertificate, PartnerCertificate.client_id == PartnerClient.id)
        .where(PartnerClient.ended_at.is_(None), PartnerCertificate.revoked_at.is_(None))
        .group_by(PartnerClient.client_id, PartnerClient.agency)
        .having(and_(last <= now + SOON, last >= now - SOON))
    )
    for client, agency, until_at in session.execute(wanted):
        yield Trouble(EXPIRES, client, {"agency": agency, "client": client, "until": until_at.isoformat()})


def _of_receivers(session: Session, now: datetime) -> Iterator[Trouble]:
    wanted = select(Webhook.agency, Webhook.ca_pem).where(Webhook.ended_at.is_(None), Webhook.ca_pem != "")
    for agency, pem in session.execute(wanted):
        shown = x509.load_pem_x509_certificates(pem.encode())
        until_at = min(one.not_valid_after_utc for one in shown)
        if until_at <= now + SOON:
            yield Trouble(EXPIRES, f"to {agency}", {"agency": agency, "until": until_at.isoformat()})


def _without_channel(session: Session) -> list[str]:
    waiting = select(Delivery.agency).where(Delivery.state == State.WAITING.value).distinct()
    return sorted(set(session.scalars(waiting)) - agencies_with_channel(session))


def _new(session: Session, found: Sequence[Trouble], now: datetime) -> list[Trouble]:
    rung = select(Alarm.code, Alarm.key).where(
        Alarm.code.in_(CODES), or_(Alarm.closed_at.is_(None), Alarm.closed_at > now - AGAIN_AFTER)
    )
    rings = {(code, key) for code, key in session.execute(rung)}
    return [one for one in found if (one.code, one.key) not in rings]


def _ended(session: Session, found: Sequence[Trouble]) -> list[tuple[str, str]]:
    going_on = {(one.code, one.key) for one in found}
    rung = select(Alarm.code, Alarm.key).where(
        Alarm.code.in_(CODES), Alarm.closed_at.is_(None), Alarm.over_at.is_(None)
    )
    return [(code, key) for code, key in session.execute(rung) if (code, key) not in going_on]
