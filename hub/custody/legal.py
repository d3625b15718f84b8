"""The law's facts about a stay: status, orders to hold and to release, other holds, charges, hearings."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind, Per
from hub.custody.hearing_outcomes import HEARING_OUTCOMES, HearingOutcome
from hub.custody.rules import OrderFacts, OrderKind, faults_of_order_form
from hub.custody.search.projection import project as keep_search
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE


class LegalStatus(StrEnum):
    """Why the law lets somebody be held."""

    REMAND = "REMAND"
    CONVICTED_UNSENTENCED = "CONVICTED_UNSENTENCED"
    SENTENCED = "SENTENCED"
    INDETERMINATE_SENTENCE = "INDETERMINATE_SENTENCE"
    RECALL = "RECALL"
    CIVIL_PRISONER = "CIVIL_PRISONER"
    IMMIGRATION_DETAINEE = "IMMIGRATION_DETAINEE"
    UNCONTROLLABLE_BEHAVIOUR_ORDER = "UNCONTROLLABLE_BEHAVIOUR_ORDER"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


LEGAL_STATUSES: Final = {
    LegalStatus.REMAND: Sentence("Remand"),
    LegalStatus.CONVICTED_UNSENTENCED: Sentence("Convicted, not yet sentenced"),
    LegalStatus.SENTENCED: Sentence("Sentenced"),
    LegalStatus.INDETERMINATE_SENTENCE: Sentence("Indeterminate sentence"),
    LegalStatus.RECALL: Sentence("Recalled"),
    LegalStatus.CIVIL_PRISONER: Sentence("Civil prisoner"),
    LegalStatus.IMMIGRATION_DETAINEE: Sentence("Immigration detainee"),
    LegalStatus.UNCONTROLLABLE_BEHAVIOUR_ORDER: Sentence("Order for uncontrollable behaviour"),
    LegalStatus.OTHER: Sentence("Other"),
    LegalStatus.UNKNOWN: Sentence("Not known"),
}

ORDER_KINDS: Final = {
    OrderKind.WARRANT: Sentence("Warrant"),
    OrderKind.COMMITTAL: Sentence("Committal"),
    OrderKind.REMAND_ORDER: Sentence("Remand order"),
    OrderKind.SENTENCE_ORDER: Sentence("Sentence order"),
}


class ReleaseReason(StrEnum):
    """Why somebody is to go."""

    SENTENCE_SERVED = "sentence_served"
    BAIL = "bail"
    ACQUITTED = "acquitted"
    CHARGES_WITHDRAWN = "charges_withdrawn"
    FINE_PAID = "fine_paid"
    PAROLE = "parole"
    APPEAL_ALLOWED = "appeal_allowed"
    PARDON = "pardon"
    DISCHARGED = "discharged"
    NON_CUSTODIAL_SENTENCE = "non_custodial_sentence"
    DEPORTATION = "deportation"
    TRANSFERRED_ABROAD = "transferred_abroad"
    DIED = "died"
    ORDER_ENDED = "order_ended"


RELEASE_REASONS: Final = {
    ReleaseReason.SENTENCE_SERVED: Sentence("Sentence served"),
    ReleaseReason.BAIL: Sentence("Bail"),
    ReleaseReason.ACQUITTED: Sentence("Acquitted"),
    ReleaseReason.CHARGES_WITHDRAWN: Sentence("Charges withdrawn"),
    ReleaseReason.FINE_PAID: Sentence("Fine paid"),
    ReleaseReason.PAROLE: Sentence("Parole"),
    ReleaseReason.APPEAL_ALLOWED: Sentence("Appeal allowed"),
    ReleaseReason.PARDON: Sentence("Pardon"),
    ReleaseReason.DISCHARGED: Sentence("Discharged by the court"),
    ReleaseReason.NON_CUSTODIAL_SENTENCE: Sentence("Sentence without custody"),
    ReleaseReason.DEPORTATION: Sentence("Handed over for deportation"),
    ReleaseReason.TRANSFERRED_ABROAD: Sentence("Handed over to another country"),
    ReleaseReason.DIED: Sentence("Died"),
    ReleaseReason.ORDER_ENDED: Sentence("The order to hold ended"),
}


class Status(Form, frozen=True):
    """The legal status from a day on."""

    status: LegalStatus


class OrderToHold(Form, frozen=True):
    """An order as it reads. `named_surname` and `named_given` as on the paper, where they differ from the file."""

    kind: OrderKind
    reference: str
    issued_on: date
    expires_on: date | None = None
    court: str = ""
    judge: str = ""
    named_surname: str = ""
    named_given: str = ""


class OrderToRelease(Form, frozen=True):
    """A court's or the director's word that somebody is to go."""

    reason: ReleaseReason
    reference: str
    issued_on: date
    court: str = ""
    conditions: str = ""


class Hold(Form, frozen=True):
    """Another authority wants the person kept or handed over."""

    authority: str
    reason: str
    reference: str
    issued_on: date
    expires_on: date | None = None


class Charge(Form, frozen=True):
    """An offence charged. `iccs` is its code in UNODC's International Classification of Crime, e.g. 0401.

    `order` is the item of the order it stands on. `outcome` is empty while it is open.
    """

    iccs: str
    offence: str
    statute: str = ""
    offence_on: date | None = None
    court: str = ""
    case: str = ""
    order: int | None = None
    outcome: str = ""
    decided_on: date | None = None


class Hearing(Form, frozen=True):
    """A date before a court. `outcome` is a code of HEARING_OUTCOMES, empty until it is known.

    `produced` says whether the person was brought. A fact of it takes effect when the date was fixed.
    """

    court: str
    hearing_at: datetime
    purpose: str
    case: str = ""
    charge: int | None = None
    outcome: str = ""
    produced: bool | None = None
    not_produced_because: str = ""
    video: bool = False


class UnfitReview(Form, frozen=True):
    """When the fitness to plead has to be looked at again."""

    next_review_on: date
    reviewed_by: str = ""


def _check_order(value: OrderToHold, today: date) -> dict[str, Sentence]:
    return faults_of_order_form(
        OrderFacts(value.kind, value.reference, value.issued_on, value.expires_on), today
    )


def _check_issued(value: OrderToRelease | Hold, today: date) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    if not value.reference.strip():
        faults["reference"] = Sentence("Write the reference that stands on the paper.")
    if value.issued_on > today:
        faults["issued_on"] = Sentence("The paper is dated in the future. Check the date on it.")
    return faults


def _check_charge(value: Charge, today: date) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    if not value.offence.strip():
        faults["offence"] = Sentence("Write the offence as it stands on the charge.")
    if not (value.iccs.isdigit() and 2 <= len(value.iccs) <= 6):
        faults["iccs"] = Sentence("Choose the offence's class from the list.")
    if value.offence_on is not None and value.offence_on > today:
        faults["offence_on"] = Sentence("The offence lies in the future. Check the date.")
    return faults


def _say_hearing(value: Hearing) -> Sentence:
    day = value.hearing_at.astimezone(SITE_ZONE).date()
    if value.outcome in HEARING_OUTCOMES:
        return Sentence(
            "%(court)s, %(day)s: %(outcome)s",
            {"court": value.court, "day": day, "outcome": HEARING_OUTCOMES[HearingOutcome(value.outcome)]},
        )
    return Sentence(
        "%(court)s, %(day)s: %(purpose)s", {"court": value.court, "day": day, "purpose": value.purpose}
    )


def _check_hearing(value: Hearing, today: date) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    day = value.hearing_at.astimezone(SITE_ZONE).date()
    if not value.court.strip():
        faults["court"] = Sentence("Write the court.")
    if day < today and not value.outcome:
        faults["hearing_at"] = Sentence("This date has passed. Check it, or choose the outcome with it.")
    elif not -_FARTHEST_YEARS <= day.year - today.year <= _FARTHEST_YEARS:
        faults["hearing_at"] = Sentence("The court date cannot be right. Check the year.")
    if value.outcome and day > today:
        faults["outcome"] = Sentence("The court has not sat yet. Leave the outcome open until it has.")
    return faults


_FARTHEST_YEARS: Final = 60

_TEXTS: Final = {key.value: words for key, words in LEGAL_STATUSES.items()}

LEGAL_STATUS: Final = Kind(
    name="legal_status",
    form=Status,
    words=Sentence("Legal status"),
    say=lambda value: LEGAL_STATUSES[value.status],
    fields=(Field("status", Sentence("Legal status"), Input.CHOICE, required=True, options=_TEXTS),),
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
    project=keep_search,
)

ORDER: Final = Kind(
    name="order",
    form=OrderToHold,
    words=Sentence("Order to hold"),
    say=lambda value: Sentence(
        "%(kind)s %(reference)s", {"kind": ORDER_KINDS[value.kind], "reference": value.reference}
    ),
    fields=(
        Field(
            "kind",
            Sentence("Kind of order"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in ORDER_KINDS.items()},
        ),
        Field("reference", Sentence("Reference on the order"), required=True, longest=80),
        Field("issued_on", Sentence("Dated"), Input.DATE, required=True),
        Field("expires_on", Sentence("Ends, where the order says so"), Input.DATE),
        Field("court", Sentence("Court"), longest=80),
        Field("judge", Sentence("Judge or magistrate"), longest=80),
        Field("named_surname", Sentence("Surname on the order, if it differs"), longest=80),
        Field("named_given", Sentence("Given names on the order, if they differ"), longest=80),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
    check=_check_order,
)

RELEASE_ORDER: Final = Kind(
    name="release_order",
    form=OrderToRelease,
    words=Sentence("Order to release"),
    say=lambda value: Sentence(
        "%(reason)s, %(reference)s",
        {"reason": RELEASE_REASONS[value.reason], "reference": value.reference},
    ),
    fields=(
        Field(
            "reason",
            Sentence("Reason"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in RELEASE_REASONS.items()},
        ),
        Field("reference", Sentence("Reference on the order"), required=True, longest=80),
        Field("issued_on", Sentence("Dated"), Input.DATE, required=True),
        Field("court", Sentence("Court or authority"), longest=80),
        Field("conditions", Sentence("Conditions"), Input.LONG, longest=500),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
    check=_check_issued,
)

HOLD: Final = Kind(
    name="hold",
    form=Hold,
    words=Sentence("Other hold"),
    say=lambda value: Sentence(
        "%(authority)s: %(reason)s", {"authority": value.authority, "reason": value.reason}
    ),
    fields=(
        Field("authority", Sentence("Who asks for it"), required=True, longest=80),
        Field("reason", Sentence("Why"), required=True),
        Field("reference", Sentence("Reference"), required=True, longest=80),
        Field("issued_on", Sentence("Dated"), Input.DATE, required=True),
        Field("expires_on", Sentence("Ends, where it says so"), Input.DATE),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
    check=_check_issued,
)

CHARGE: Final = Kind(
    name="charge",
    form=Charge,
    words=Sentence("Charge"),
    say=lambda value: Sentence("%(offence)s", {"offence": value.offence}),
    fields=(
        Field("iccs", Sentence("Class of the offence"), required=True, longest=6),
        Field("offence", Sentence("Offence, as charged"), required=True),
        Field("statute", Sentence("Law and section"), longest=120),
        Field("offence_on", Sentence("Date of the offence"), Input.DATE),
        Field("court", Sentence("Court"), longest=80),
        Field("case", Sentence("Case number"), longest=80),
        Field("order", Sentence("Order it stands on"), Input.ITEM, of="order"),
        Field("outcome", Sentence("Outcome"), longest=120),
        Field("decided_on", Sentence("Decided"), Input.DATE),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
    check=_check_charge,
)

HEARING: Final = Kind(
    name="hearing",
    form=Hearing,
    words=Sentence("Court date"),
    say=_say_hearing,
    fields=(
        Field("court", Sentence("Court"), required=True, longest=80),
        Field("hearing_at", Sentence("Date and time"), Input.TIME, required=True),
        Field("purpose", Sentence("What for"), required=True),
        Field("case", Sentence("Case number"), longest=80),
        Field("charge", Sentence("Charge"), Input.ITEM, of="charge"),
        Field("video", Sentence("By video"), Input.YES_NO),
        Field(
            "outcome",
            Sentence("Outcome, once it is known"),
            Input.CHOICE,
            options={key.value: words for key, words in HEARING_OUTCOMES.items()},
        ),
        Field("produced", Sentence("Brought before the court"), Input.YES_NO),
        Field("not_produced_because", Sentence("Why not brought")),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
    check=_check_hearing,
)

UNFIT_REVIEW: Final = Kind(
    name="unfit_review",
    form=UnfitReview,
    words=Sentence("Review of fitness to plead"),
    say=lambda value: Sentence("Next review %(day)s", {"day": value.next_review_on}),
    fields=(
        Field("next_review_on", Sentence("Next review"), Input.DATE, required=True),
        Field("reviewed_by", Sentence("Last reviewed by"), longest=80),
    ),
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
)

KINDS: Final = (LEGAL_STATUS, ORDER, RELEASE_ORDER, HOLD, CHARGE, HEARING, UNFIT_REVIEW)
