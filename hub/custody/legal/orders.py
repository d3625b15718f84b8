"""Papers that hold somebody or let them go: orders, orders to release, holds of other authorities."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind, Per
from hub.custody.rules import OrderFacts, OrderKind, faults_of_order_form
from hub.sentences import Sentence

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
