"""Fields about what lies before a court: orders, charges, dates, and time on remand."""

from __future__ import annotations

from typing import Any, Final

from hub.custody.legal import CHARGE, HEARING, LEGAL_STATUS, ORDER, ORDER_KINDS, Hearing, LegalStatus
from hub.sentences import Sentence
from hub.sharing.catalogue.kinds import DataField
from hub.sharing.catalogue.reading import Reading
from hub.sharing.catalogue.values import (
    DATE,
    TEXT,
    TIME,
    WHOLE,
    YES_NO,
    day,
    known,
    many,
    moment,
    one_of,
    thing,
)
from hub.web.formats import SITE_ZONE

_EVENT: Final = ("j:CourtEvent",)
_DETENTION: Final = ("j:Detention",)


def _orders(one: Reading) -> list[dict[str, Any]]:
    return [
        known(
            {
                "pims:OrderCategoryCode": value.kind.value,
                "nc:IdentificationID": value.reference,
                "j:CourtName": value.court,
                "nc:DocumentIssueDate": day(value.issued_on),
                "nc:DocumentExpirationDate": day(value.expires_on),
            }
        )
        for value in one.said(ORDER)
    ]


def _charges(one: Reading) -> list[dict[str, Any]]:
    return [
        known(
            {
                "j:ChargeDescriptionText": value.offence,
                "pims:ICCSCode": value.iccs,
                "j:ChargeStatute": value.statute,
                "nc:CaseTrackingID": value.case,
                "j:ChargeDispositionText": value.outcome,
            }
        )
        for value in one.said(CHARGE)
    ]


def _next_hearing(one: Reading) -> dict[str, Any] | None:
    ahead = [held.value for held in one.held(HEARING) if held.value.hearing_at >= one.at]
    if not ahead:
        return None
    first = min(ahead, key=lambda value: value.hearing_at)
    return known(
        {"nc:DateTime": moment(first.hearing_at), "j:CourtName": first.court, "nc:CaseTrackingID": first.case}
    )


def _hearing(one: Reading) -> Hearing | None:
    return one.told_of(HEARING)


def _of_hearing(what: str) -> Any:
    def read(one: Reading) -> Any:
        value = _hearing(one)
        return None if value is None else getattr(value, what)

    return read


def _hearing_at(one: Reading) -> str | None:
    value = _hearing(one)
    return None if value is None else moment(value.hearing_at)


def _on_remand_since(one: Reading) -> Any:
    held = one.held(LEGAL_STATUS)
    if not held or held[-1].value.status is not LegalStatus.REMAND:
        return None
    return held[-1].row.effective_at.astimezone(SITE_ZONE).date()


def _remand_days(one: Reading) -> int | None:
    since = _on_remand_since(one)
    return None if since is None else (one.today - since).days


ORDERS: Final = DataField(
    "j:CourtOrder",
    Sentence("Orders to hold: court, reference, dates"),
    _orders,
    many(
        thing(
            pims__OrderCategoryCode=one_of(ORDER_KINDS),
            nc__IdentificationID=TEXT,
            j__CourtName=TEXT,
            nc__DocumentIssueDate=DATE,
            nc__DocumentExpirationDate=DATE,
        )
    ),
    kinds=("order",),
)
CHARGES: Final = DataField(
    "j:ArrestCharge",
    Sentence("Charges: offence, law, case and outcome"),
    _charges,
    many(
        thing(
            j__ChargeDescriptionText=TEXT,
            pims__ICCSCode=TEXT,
            j__ChargeStatute=TEXT,
            nc__CaseTrackingID=TEXT,
            j__ChargeDispositionText=TEXT,
        )
    ),
    ("j:Arrest",),
    kinds=("charge",),
)
NEXT_HEARING: Final = DataField(
    "pims:NextCourtEvent",
    Sentence("Next date before a court"),
    _next_hearing,
    thing(nc__DateTime=TIME, j__CourtName=TEXT, nc__CaseTrackingID=TEXT),
    kinds=("hearing",),
)
HEARING_AT: Final = DataField(
    "nc:ActivityDate",
    Sentence("Date before the court"),
    _hearing_at,
    TIME,
    _EVENT,
    ("nc:DateTime",),
    kinds=("hearing",),
)
HEARING_COURT: Final = DataField(
    "j:CourtName", Sentence("Court"), _of_hearing("court"), TEXT, _EVENT, kinds=("hearing",)
)
HEARING_CASE: Final = DataField(
    "nc:CaseTrackingID", Sentence("Case number"), _of_hearing("case"), TEXT, _EVENT, kinds=("hearing",)
)
PRODUCED: Final = DataField(
    "pims:ProducedIndicator",
    Sentence("Whether the person was brought before the court"),
    _of_hearing("produced"),
    YES_NO,
    _EVENT,
    kinds=("hearing",),
)
NOT_PRODUCED: Final = DataField(
    "pims:NotProducedReasonText",
    Sentence("Why not brought, as the officer wrote it"),
    _of_hearing("not_produced_because"),
    TEXT,
    _EVENT,
    kinds=("hearing",),
    sensitive=True,
)
REMAND_SINCE: Final = DataField(
    "pims:RemandStartDate",
    Sentence("On remand since"),
    lambda one: day(_on_remand_since(one)),
    DATE,
    _DETENTION,
    ("nc:Date",),
    kinds=("legal_status",),
)
REMAND_DAYS: Final = DataField(
    "pims:RemandDayQuantity",
    Sentence("Days on remand"),
    _remand_days,
    WHOLE,
    _DETENTION,
    kinds=("legal_status",),
)
