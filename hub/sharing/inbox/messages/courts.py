"""What courts send: orders, sentences, hearing dates, bail, appeals."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, field

from hub.custody.hearing_outcomes import HearingOutcome
from hub.sharing.inbox.messages.base import (
    AboutSomebody,
    Base,
    Code,
    Line,
    Moment,
    Name,
    Part,
    Reference,
    Words,
)
from hub.sharing.inbox.messages.police import Iccs, Offence

Cents = Annotated[int, Meta(ge=0, le=10**11)]
Days = Annotated[int, Meta(ge=0, le=99_999)]


class CourtOrder(StrEnum):
    """What a court orders; `release_` says why somebody is to go."""

    WARRANT = "warrant"
    COMMITTAL = "committal"
    REMAND = "remand_order"
    RELEASE_ACQUITTED = "release_acquitted"
    RELEASE_CHARGES_WITHDRAWN = "release_charges_withdrawn"
    RELEASE_DISCHARGED = "release_discharged"
    RELEASE_NON_CUSTODIAL = "release_non_custodial_sentence"
    RELEASE_FINE_PAID = "release_fine_paid"
    RELEASE_APPEAL_ALLOWED = "release_appeal_allowed"

    @property
    def lets_go(self) -> bool:
        return self.value.startswith("release_")


class FromCourt(AboutSomebody, frozen=True, kw_only=True):
    """Every message of a court names the court and its paper."""

    court: Reference = field(name="j:CourtName")
    case: Name = field(name="nc:CaseTrackingID", default="")
    reference: Reference = field(name="nc:IdentificationID")


class OrderMessage(FromCourt, frozen=True, kw_only=True):
    """An order to hold somebody, or to let them go. `offence` is what it stands on, where the order says so."""

    kind: CourtOrder = field(name="pims:OrderCategoryCode")
    issued_on: date = field(name="nc:DocumentIssueDate")
    valid_until: date | None = field(name="nc:DocumentExpirationDate", default=None)
    judge: Name = field(name="j:CaseJudge", default="")
    offence: Line = field(name="j:ChargeDescriptionText", default="")
    iccs: Iccs = field(name="pims:ICCSCode", default="")


class SentTerm(Base, frozen=True, kw_only=True):
    """A length as the court said it."""

    years: Part = 0
    months: Part = 0
    weeks: Part = 0
    days: Days = 0


class ImposedPart(Base, frozen=True, kw_only=True):
    """One sentence of several. `follows` is the `count` of the one it is consecutive to; "" runs concurrently.

    `credit_days` is the time on remand that the court says counts. A fine's term is what is served in default.
    """

    count: Code = field(name="nc:IdentificationID")
    offence: Offence = field(name="j:ChargeDescriptionText")
    iccs: Iccs = field(name="pims:ICCSCode", default="")
    type: Literal["term", "life", "fine_in_default", "indeterminate"] = field(
        name="pims:SentenceCategoryCode", default="term"
    )
    term: SentTerm = field(name="j:SentenceTerm", default=SentTerm())
    starts_on: date | None = field(name="pims:SentenceStartDate", default=None)
    follows: Annotated[str, Meta(max_length=64)] = field(name="pims:ConsecutiveToReference", default="")
    fine_cents: Cents = field(name="pims:FineCents", default=0)
    concurrent: bool | None = field(name="j:SentenceConcurrentIndicator", default=None)
    credit_days: Days = field(name="pims:RemandCreditDayQuantity", default=0)


class SentenceMessage(FromCourt, frozen=True, kw_only=True):
    """What a court imposed on one day."""

    imposed_on: date = field(name="pims:SentenceImposedDate")
    parts: Annotated[tuple[ImposedPart, ...], Meta(min_length=1, max_length=30)] = field(name="j:Sentence")
    judge: Name = field(name="j:CaseJudge", default="")


class HearingMessage(AboutSomebody, frozen=True, kw_only=True):
    """A date before a court, or what came of one: then `outcome` says it."""

    court: Reference = field(name="j:CourtName")
    case: Name = field(name="nc:CaseTrackingID", default="")
    reference: Name = field(name="nc:IdentificationID", default="")
    hearing_at: Moment = field(name="nc:ActivityDate")
    purpose: Line = field(name="nc:ActivityReasonText", default="")
    outcome: HearingOutcome | None = field(name="pims:HearingOutcomeCode", default=None)
    video: bool = field(name="pims:VideoIndicator", default=False)


class BailOutcome(StrEnum):
    """A decision on bail. MET says that sureties were given: the court orders the release."""

    GRANTED = "granted"
    REFUSED = "refused"
    MET = "met"


class BailMessage(FromCourt, frozen=True, kw_only=True):
    """What a court decided on bail."""

    outcome: BailOutcome = field(name="pims:BailOutcomeCode")
    issued_on: date = field(name="nc:DocumentIssueDate")
    conditions: Words = field(name="nc:ConditionDescriptionText", default="")
    amount_cents: Cents = field(name="j:BailSetAmount", default=0)
    judge: Name = field(name="j:CaseJudge", default="")


class AppealState(StrEnum):
    """How an appeal stands."""

    LODGED = "lodged"
    ALLOWED = "allowed"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


class AppealMessage(FromCourt, frozen=True, kw_only=True):
    """An appeal was lodged or decided. Whether somebody is to go says an order of its own."""

    issued_on: date = field(name="nc:DocumentIssueDate")
    state: AppealState = field(name="pims:AppealStateCode")
    words: Line = field(name="nc:ActivityReasonText", default="")
