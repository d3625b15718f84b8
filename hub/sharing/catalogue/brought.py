"""Fields that the door brings, because custody's facts do not hold them: answers, receipts, figures."""

from __future__ import annotations

from typing import Any, Final

from hub.sentences import Sentence
from hub.sharing.catalogue.kinds import DataField, Schema
from hub.sharing.catalogue.reading import Reading
from hub.sharing.catalogue.values import TEXT, TEXTS, TIME, one_of


def _brought(name: str) -> Any:
    def read(one: Reading) -> Any:
        return one.given.get(name)

    return read


def brought(
    name: str, label: Sentence, schema: Schema = TEXT, *path: str, sensitive: bool = False
) -> DataField:
    """A field whose value comes with `given`, under its own name."""
    return DataField(name, label, _brought(name), schema, path, sensitive=sensitive)


REQUEST: Final = brought("pims:RequestReference", Sentence("Reference of their request"), TEXT, "pims:Answer")
CASE: Final = brought("pims:LaboratoryCaseID", Sentence("Case number of the laboratory"), TEXT, "pims:Answer")
IDENTITY_OUTCOME: Final = brought(
    "pims:IdentityOutcomeCode",
    Sentence("Whether the finger belongs to somebody in custody"),
    one_of(("identified", "not_identified", "refused", "unreadable")),
    "pims:Answer",
)
ANSWERED_AT: Final = brought("pims:AnsweredDate", Sentence("Answered"), TIME, "pims:Answer")
MESSAGE: Final = brought("pims:MessageID", Sentence("Number of their message"), TEXT, "pims:Receipt")
RECEIPT: Final = brought("pims:ReceiptID", Sentence("Number of our receipt"), TEXT, "pims:Receipt")
RECEIPT_STATE: Final = brought(
    "pims:ReceiptStateCode",
    Sentence("What became of their message"),
    one_of(("received", "kept", "accepted", "corrected", "refused", "duplicate", "taken_back", "expired")),
    "pims:Receipt",
)
RECEIPT_REASON: Final = brought(
    "pims:ReceiptReasonText", Sentence("Why it was corrected or refused"), TEXT, "pims:Receipt"
)
RECEIPT_AT: Final = brought("pims:ReceiptDate", Sentence("Decided"), TIME, "pims:Receipt")
FINGER_FILE: Final = brought(
    "pims:FingerprintRecord",
    Sentence("Fingerprints as an ANSI/NIST-ITL file"),
    {"type": "string", "contentEncoding": "base64"},
    "pims:Fingerprints",
    sensitive=True,
)
MINUTIAE_FILE: Final = brought(
    "pims:MinutiaeRecord",
    Sentence("Minutiae as an ISO/IEC 19794-2 record"),
    {"type": "array", "items": {"type": "string", "contentEncoding": "base64"}},
    "pims:Fingerprints",
    sensitive=True,
)
FINGER_POSITIONS: Final = brought(
    "pims:FingerPositionCode",
    Sentence("Which fingers"),
    {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 10}},
    "pims:Fingerprints",
)
CORRECTED_DISCLOSURE: Final = brought(
    "pims:CorrectedDisclosureID", Sentence("Which messages were wrong"), TEXTS, "pims:Correction"
)
CORRECTED_FIELDS: Final = brought(
    "pims:CorrectedFieldName", Sentence("Which fields were wrong"), TEXTS, "pims:Correction"
)
CORRECTED_AT: Final = brought("pims:CorrectedDate", Sentence("Corrected"), TIME, "pims:Correction")
CORRECTED_ADDRESS: Final = brought(
    "pims:CorrectedRecordAddress", Sentence("Where to fetch it anew"), TEXTS, "pims:Correction"
)
CORRECTION: Final = brought(
    "pims:CorrectionID", Sentence("Number of the correction"), TEXT, "pims:Correction"
)
CORRECTION_SORT: Final = brought(
    "pims:CorrectionCategoryCode",
    Sentence("Corrected, withdrawn, or a merge of files"),
    one_of(("corrected", "withdrawn", "joined", "parted")),
    "pims:Correction",
)
TOLD_AT: Final = brought(
    "pims:DisclosedDate", Sentence("When the wrong message left last"), TIME, "pims:Correction"
)

COLUMNS: Final[tuple[DataField, ...]] = tuple(
    brought(name, label, schema)
    for name, label, schema in (
        ("REF_AREA", Sentence("Area"), TEXT),
        ("TIME_PERIOD", Sentence("Period"), TEXT),
        ("INDICATOR", Sentence("Indicator"), TEXT),
        ("SEX", Sentence("By sex"), TEXT),
        ("AGE", Sentence("By age group"), TEXT),
        ("LEGAL_STATUS", Sentence("By legal status"), TEXT),
        ("CITIZENSHIP", Sentence("By citizenship"), TEXT),
        ("ICCS", Sentence("By class of offence"), TEXT),
        ("DISTRICT", Sentence("By district of the home"), TEXT),
        ("SENTENCE", Sentence("By length of the sentence"), TEXT),
        ("ORDER", Sentence("By order of the admission"), TEXT),
        ("REASON", Sentence("By reason of the release"), TEXT),
        ("HOW", Sentence("By how somebody came to be at large"), TEXT),
        ("INCIDENT", Sentence("By sort of incident"), TEXT),
        ("VISIT", Sentence("By whose visit"), TEXT),
        ("OBS_VALUE", Sentence("Figure"), {"type": ["number", "null"]}),
        ("OBS_STATUS", Sentence("State of the figure"), TEXT),
        ("CONF_STATUS", Sentence("Whether the figure was withheld"), TEXT),
        ("UNIT_MEASURE", Sentence("Unit"), TEXT),
    )
)
"""Columns of the observatory's table, as SDMX names them; one observation is one line."""
