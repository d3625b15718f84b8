"""What the police send: arrests, charges, holds and wants."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, field

from hub.sharing.inbox.messages.base import (
    FILLED,
    PRINTABLE,
    AboutSomebody,
    Line,
    Moment,
    Name,
    Reference,
    Words,
)

Iccs = Annotated[str, Meta(max_length=6, pattern=r"^([0-9]{2,6})?$")]
Offence = Annotated[str, Meta(min_length=1, max_length=200, pattern=FILLED)]
Statute = Annotated[str, Meta(max_length=120, pattern=PRINTABLE)]


class ArrestMessage(AboutSomebody, frozen=True, kw_only=True):
    """Somebody was arrested: when, where and why."""

    reference: Reference = field(name="j:ArrestAgencyRecordIdentification")
    arrested_at: Moment = field(name="nc:ActivityDate")
    place: Line = field(name="j:ArrestLocation", default="")
    reasons: Words = field(name="nc:ActivityReasonText")


class ChargeMessage(AboutSomebody, frozen=True, kw_only=True):
    """A charge. `iccs` is the class of UNODC's International Classification of Crime, where the sender knows it."""

    offence: Offence = field(name="j:ChargeDescriptionText")
    iccs: Iccs = field(name="pims:ICCSCode", default="")
    statute: Statute = field(name="j:ChargeStatute", default="")
    case: Name = field(name="nc:CaseTrackingID", default="")
    offence_on: date | None = field(name="j:OffenseDate", default=None)
    court: Name = field(name="j:CourtName", default="")


class HoldMessage(AboutSomebody, frozen=True, kw_only=True):
    """The police ask that somebody be kept or handed over."""

    reference: Reference = field(name="nc:IdentificationID")
    authority: Reference = field(name="nc:OrganizationName")
    reason: Line = field(name="nc:ActivityReasonText")
    issued_on: date = field(name="nc:DocumentIssueDate")
    expires_on: date | None = field(name="nc:DocumentExpirationDate", default=None)


class WantMessage(AboutSomebody, frozen=True, kw_only=True):
    """Somebody is looked for, who may be in custody under another name, or may come."""

    reference: Reference = field(name="nc:IdentificationID")
    authority: Reference = field(name="nc:OrganizationName")
    reason: Line = field(name="nc:ActivityReasonText")
    issued_on: date = field(name="nc:DocumentIssueDate")
    expires_on: date | None = field(name="nc:DocumentExpirationDate", default=None)
    urgent: bool = field(name="pims:UrgentIndicator", default=False)
