"""Fields about a stay: admission, status, where it stands, being out, and its end."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from hub.custody.absence import ABSENCE, Absence, Why
from hub.custody.at_large import AT_LARGE, AtLarge, How
from hub.custody.facts.kinds import read_value
from hub.custody.facts.reading import item_of, standing
from hub.custody.facts.records import Act
from hub.custody.legal import LEGAL_STATUS, LegalStatus, ReleaseReason
from hub.custody.stays import RELEASE
from hub.sentences import Sentence
from hub.sharing.catalogue.kinds import DataField
from hub.sharing.catalogue.reading import Reading
from hub.sharing.catalogue.values import DATE, TEXT, TEXTS, TIME, day, moment, one_of

BOOKING: Final = ("j:Booking",)
_DETENTION: Final = ("j:Detention",)
_AUGMENTED: Final = (*_DETENTION, "j:SupervisionAugmentation")
_MOVED: Final = ("nc:PersonTransfer",)
_AT_LARGE: Final = ("j:Escape",)
_STATES: Final = ("held", "out", "at_large", "released")


def _state(one: Reading) -> str | None:
    if one.stay is None:
        return None
    if one.held(AT_LARGE):
        return "at_large"
    if one.stay.released_at is not None and one.stay.released_at <= one.at:
        return "released"
    return "out" if one.held(ABSENCE) else "held"


def _legal_status(one: Reading) -> str | None:
    value = one.one(LEGAL_STATUS)
    return None if value is None else value.status.value


def _verified_release(one: Reading) -> str | None:
    if one.stay is None or one.stay.released_at is not None:
        return None
    return day(one.release_on(one.stay.id))


def _release(what: str) -> Any:
    def read(one: Reading) -> str | None:
        value = one.one(RELEASE)
        found = None if value is None else getattr(value, what)
        return moment(found) if isinstance(found, datetime) else (found or None)

    return read


def _moved(one: Reading) -> Absence | None:
    value = one.told_of(ABSENCE)
    return value if value is not None and value.why is Why.TRANSFER else None


def _left_at(one: Reading) -> str | None:
    row = None if _moved(one) is None else one.told_row(ABSENCE)
    return None if row is None else moment(row.effective_at)


def _gone(one: Reading) -> AtLarge | None:
    return one.told_of(AT_LARGE)


def _escape(one: Reading) -> list[Any]:
    """Rows that count of the escape that the event is about; of every one without an event."""
    rows = one.rows.get(AT_LARGE.name, ())
    about = next((row for row in rows if row.id == one.fact), None)
    return [row for row in standing(rows) if about is None or item_of(row) == item_of(about)]


def _report(one: Reading) -> str | None:
    """Of whoever is back too: what they were reported under stands in the last statement."""
    said = [row for row in _escape(one) if row.act == Act.STATES]
    return read_value(AT_LARGE, said[-1].value).police if said else None


def _back_at(one: Reading) -> str | None:
    ends = [row for row in _escape(one) if row.act == Act.ENDS]
    return moment(max(row.effective_at for row in ends)) if ends else None


BOOKING_NUMBER: Final = DataField(
    "j:BookingAgencyRecordIdentification",
    Sentence("Number of the stay"),
    lambda one: None if one.stay is None else one.stay.number,
    TEXT,
    BOOKING,
    ("nc:IdentificationID",),
)
EARLIER_STAYS: Final = DataField(
    "pims:EarlierBookingIdentification",
    Sentence("Other numbers of the same stay"),
    lambda one: list(one.earlier_stays()),
    TEXTS,
    BOOKING,
)
ADMITTED: Final = DataField(
    "nc:ActivityDate",
    Sentence("Admitted"),
    lambda one: None if one.stay is None else moment(one.stay.admitted_at),
    TIME,
    BOOKING,
    ("nc:DateTime",),
)
FACILITY: Final = DataField(
    "j:BookingDetentionFacility",
    Sentence("Prison"),
    lambda one: one.facility or None,
    TEXT,
    BOOKING,
    ("nc:FacilityName",),
)
STATE: Final = DataField(
    "nc:SupervisionCustodyStatus",
    Sentence("In custody, out, at large or released"),
    _state,
    one_of(_STATES),
    _DETENTION,
    ("nc:StatusDescriptionText",),
    kinds=("at_large", "absence"),
)
LEGAL: Final = DataField(
    "pims:LegalStatusCode",
    Sentence("Legal status"),
    _legal_status,
    one_of(LegalStatus),
    _DETENTION,
    kinds=("legal_status",),
)
RELEASE_DUE: Final = DataField(
    "j:SupervisionReleaseEligibilityDate",
    Sentence("Release date, once two officers have signed it"),
    _verified_release,
    DATE,
    _AUGMENTED,
    ("nc:Date",),
)
RELEASED: Final = DataField(
    "j:SupervisionReleaseDate",
    Sentence("Released"),
    _release("released_at"),
    TIME,
    _AUGMENTED,
    ("nc:DateTime",),
    kinds=("release",),
)
RELEASE_REASON: Final = DataField(
    "pims:ReleaseReasonCode",
    Sentence("Reason of release"),
    _release("reason"),
    one_of(ReleaseReason),
    _AUGMENTED,
    kinds=("release",),
)
RELEASE_REFERENCE: Final = DataField(
    "pims:ReleaseAuthorityReference",
    Sentence("Reference of the order to release"),
    _release("reference"),
    TEXT,
    _AUGMENTED,
    kinds=("release",),
)
RELEASE_CONDITIONS: Final = DataField(
    "nc:SupervisionCondition",
    Sentence("Conditions of release"),
    _release("conditions"),
    TEXT,
    _DETENTION,
    ("nc:ConditionDescriptionText",),
    kinds=("release",),
    sensitive=True,
)
MOVED_AT: Final = DataField(
    "pims:TransferDepartureDate",
    Sentence("Left for another site"),
    _left_at,
    TIME,
    _MOVED,
    ("nc:DateTime",),
    kinds=("absence",),
)
MOVED_TO: Final = DataField(
    "pims:TransferDestinationFacility",
    Sentence("Which site"),
    lambda one: None if (value := _moved(one)) is None else value.where,
    TEXT,
    _MOVED,
    ("nc:FacilityName",),
    kinds=("absence",),
)
GONE_SINCE: Final = DataField(
    "pims:EscapeDate",
    Sentence("At large since"),
    lambda one: None if (value := _gone(one)) is None else moment(value.since_at),
    TIME,
    _AT_LARGE,
    ("nc:DateTime",),
    kinds=("at_large",),
)
GONE_HOW: Final = DataField(
    "pims:EscapeCategoryCode",
    Sentence("How it came about"),
    lambda one: None if (value := _gone(one)) is None else value.how.value,
    one_of(How),
    _AT_LARGE,
    kinds=("at_large",),
)
GONE_REPORT: Final = DataField(
    "pims:EscapeReportIdentification",
    Sentence("Reference of the report to the police"),
    _report,
    TEXT,
    _AT_LARGE,
    ("nc:IdentificationID",),
    kinds=("at_large",),
)
BACK_AT: Final = DataField(
    "pims:RecaptureDate",
    Sentence("Back in custody since"),
    _back_at,
    TIME,
    _AT_LARGE,
    ("nc:DateTime",),
    kinds=("at_large",),
)
