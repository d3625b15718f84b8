"""What an agreement says, as it is written down and signed. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec

from hub.sentences import Sentence
from hub.sharing.catalogue import EXCHANGES, PURPOSES, Direction, PartnerKind

LONGEST_REVIEW_YEARS: Final = 3
MOST_BREACH_HOURS: Final = 720
MOST_APPROVALS: Final = 3
ANSWERED_DAYS: Final = 90
"""Proposed where an agreement is drafted. It never changes: versions that do not say it mean this."""
MOST_ANSWERED_DAYS: Final = 3_650
ANSWERED: Final = frozenset({"custody_status"})
"""Exchanges that are asked for by a number, of somebody who may have left."""
COUNTED: Final = frozenset({"indicators"})
"""Exchanges of numbers of people."""
MOST_SMALLEST: Final = 1_000
BY_FINGER: Final = frozenset({"identity_request", "fingerprint_request", "fingerprint_set"})
"""Exchanges of which every single one is approved by officers here."""


class Frequency(StrEnum):
    """How often something goes out that is not sent on an event."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"
    ON_REQUEST = "on_request"


FREQUENCIES: Final = {
    Frequency.AT_ONCE: Sentence("At once, as it happens"),
    Frequency.DAILY: Sentence("Every day"),
    Frequency.WEEKLY: Sentence("Every week"),
    Frequency.MONTHLY: Sentence("Every month"),
    Frequency.YEARLY: Sentence("Every year"),
    Frequency.ON_REQUEST: Sentence("When they ask"),
}


class Shape(StrEnum):
    """In which form messages go."""

    JSON = "json"
    CSV = "csv"
    AN2 = "an2"


SHAPES: Final = {
    Shape.JSON: Sentence("JSON with names of NIEM"),
    Shape.CSV: Sentence("Tables (CSV)"),
    Shape.AN2: Sentence("ANSI/NIST-ITL files"),
}


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """For one exchange and one purpose: the fields, and the events on which they are sent by themselves."""

    exchange: str
    purpose: str
    fields: tuple[str, ...]
    events: tuple[str, ...] = ()


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The terms of one version. `ends_on` is the last day; None: until it is ended.

    `onward` says whether they may pass anything on; `withheld` names exchanges of which the person is not told, on the
    legal basis `withheld_basis`. `approvals` is how many officers here approve each request by finger. For
    `answered_days` after a release where somebody stands is still answered by their number, 0: while they are held
    alone. `smallest` is from how many on a number of people may be told, 0 where it asks for nothing beyond the house's
    own. A field added later has a default, so that old versions stay readable.
    """

    title: str
    our_party: str
    their_party: str
    legal_basis: str
    grants: tuple[Grant, ...]
    shape: Shape = Shape.JSON
    frequency: Frequency = Frequency.AT_ONCE
    retention_days: int
    onward: bool = False
    onward_terms: str = ""
    correction_route: str
    security: str
    breach_hours: int
    starts_on: date
    review_on: date
    ends_on: date | None = None
    withheld: tuple[str, ...] = ()
    withheld_basis: str = ""
    approvals: int = 1
    answered_days: int = ANSWERED_DAYS
    smallest: int = 0

    def grant(self, exchange: str, purpose: str) -> Grant | None:
        """What is agreed of an exchange for a purpose."""
        return next((g for g in self.grants if g.exchange == exchange and g.purpose == purpose), None)

    def purposes_of(self, exchange: str) -> tuple[str, ...]:
        """For what something of an exchange is agreed."""
        return tuple(grant.purpose for grant in self.grants if grant.exchange == exchange)

    @property
    def answered(self) -> bool:
        """Whether anything is asked for by number under it, so that `answered_days` says something."""
        return any(grant.exchange in ANSWERED for grant in self.grants)

    @property
    def counted(self) -> bool:
        """Whether figures are told under it, so that `smallest` says something."""
        return any(grant.exchange in COUNTED for grant in self.grants)

    @property
    def by_finger(self) -> bool:
        """Whether requests by finger come under it, so that `approvals` says something."""
        return any(grant.exchange in BY_FINGER for grant in self.grants)


_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


def write_terms(terms: Terms) -> str:
    """JSON of the terms, the same for equal ones."""
    return _ENCODER.encode(terms).decode()


@lru_cache(maxsize=512)
def read_terms(raw: str) -> Terms:
    """The terms of a row: kept, because every act of sharing asks them."""
    return msgspec.json.decode(raw, type=Terms)


def digest_of(raw: str) -> str:
    """What signatures are put under."""
    return hashlib.sha256(raw.encode()).hexdigest()


def faults_of(terms: Terms, kind: PartnerKind) -> dict[str, Sentence]:
    """What is wrong with terms for a partner of this kind, by field; empty when they can be signed."""
    faults: dict[str, Sentence] = {}
    for name in ("title", "our_party", "their_party", "legal_basis", "correction_route", "security"):
        if not getattr(terms, name).strip():
            faults[name] = Sentence("Fill this in: an agreement without it cannot be signed.")
    if terms.retention_days < 1:
        faults["retention_days"] = Sentence("Write for how many days they may keep it.")
    if not 1 <= terms.breach_hours <= MOST_BREACH_HOURS:
        faults["breach_hours"] = Sentence("Write within how many hours a breach is told, 1 to 720.")
    if not 1 <= terms.approvals <= MOST_APPROVALS:
        faults["approvals"] = Sentence("Write how many officers approve each request, 1 to 3.")
    if not 0 <= terms.answered_days <= MOST_ANSWERED_DAYS:
        faults["answered_days"] = Sentence("Write for how many days after a release, 0 to 3650.")
    if not 0 <= terms.smallest <= MOST_SMALLEST:
        faults["smallest"] = Sentence("Write from how many on a number is told, up to 1000, or 0.")
    if terms.onward and not terms.onward_terms.strip():
        faults["onward_terms"] = Sentence("Write to whom and for what they may pass it on.")
    if terms.withheld and not terms.withheld_basis.strip():
        faults["withheld_basis"] = Sentence("Write which law lets this be kept from the person.")
    faults |= _faults_of_days(terms)
    if not terms.grants:
        faults["grants"] = Sentence("Tick at least one field: without it nothing could be shared.")
    for fault in _faults_of_grants(terms, kind):
        faults["grants"] = fault
    return faults


def _faults_of_days(terms: Terms) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    if terms.ends_on is not None and terms.ends_on < terms.starts_on:
        faults["ends_on"] = Sentence("It ends before it starts. Check the days.")
    if terms.review_on <= terms.starts_on:
        faults["review_on"] = Sentence("The review comes after the start. Check the days.")
    elif (terms.review_on - terms.starts_on).days > LONGEST_REVIEW_YEARS * 366:
        faults["review_on"] = Sentence("Review it within three years.")
    return faults


def _faults_of_grants(terms: Terms, kind: PartnerKind) -> Iterator[Sentence]:
    seen = set()
    for grant in terms.grants:
        exchange = EXCHANGES.get(grant.exchange)
        known = {"exchange": grant.exchange if exchange is None else exchange.label}
        if exchange is None or kind not in exchange.partners:
            yield Sentence("The exchange %(exchange)s does not belong to this kind of partner.", known)
            continue
        if grant.purpose not in PURPOSES:
            yield Sentence("Choose the purpose of %(exchange)s from the list.", known)
            continue
        if (grant.exchange, grant.purpose) in seen:
            yield Sentence("The exchange %(exchange)s is named twice for the same purpose.", known)
        seen.add((grant.exchange, grant.purpose))
        if not grant.fields:
            yield Sentence(
                "%(exchange)s, %(purpose)s: tick at least one field, or choose no purpose there.",
                known | {"purpose": PURPOSES[grant.purpose]},
            )
        if any(exchange.field(name) is None for name in grant.fields):
            yield Sentence("The exchange %(exchange)s has no such field.", known)
        if any(event not in exchange.events for event in grant.events):
            yield Sentence("The exchange %(exchange)s is not sent on such an event.", known)
        if exchange.direction is Direction.IN and grant.events:
            yield Sentence("What comes in is not sent on an event of ours.", known)
