"""What agencies may send: names and meaning of fields. The inbox judges their values; agreements allow the fields."""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence
from hub.sharing.catalogue.kinds import DataField, Schema
from hub.sharing.catalogue.reading import Reading
from hub.sharing.catalogue.values import DATE, TEXT, TIME, WHOLE, YES_NO, many, one_of, thing


def _nothing(_one: Reading) -> None:
    """What comes in is never read from our facts."""
    return


def _sent(name: str, label: Sentence, schema: Schema = TEXT, *, sensitive: bool = False) -> DataField:
    return DataField(name, label, _nothing, schema, sensitive=sensitive)


PERSON_NUMBER: Final = _sent("j:SubjectIdentification", Sentence("Our number of the person"))
BOOKING_NUMBER: Final = _sent("j:BookingAgencyRecordIdentification", Sentence("Our number of the stay"))
THEIR_NUMBER: Final = _sent("nc:PersonOtherIdentification", Sentence("Their number of the person"))
SURNAME: Final = _sent("nc:PersonSurName", Sentence("Surname"))
GIVEN: Final = _sent("nc:PersonGivenName", Sentence("Given names"))
BORN: Final = _sent("nc:PersonBirthDate", Sentence("Born"), DATE)
SEX: Final = _sent("j:PersonSexCode", Sentence("Sex"), one_of("MFU"))
COURT: Final = _sent("j:CourtName", Sentence("Court"))
CASE: Final = _sent("nc:CaseTrackingID", Sentence("Case number"))
REFERENCE: Final = _sent("nc:IdentificationID", Sentence("Reference on the paper"))
ISSUED: Final = _sent("nc:DocumentIssueDate", Sentence("Dated"), DATE)
EXPIRES: Final = _sent("nc:DocumentExpirationDate", Sentence("Ends"), DATE)
JUDGE: Final = _sent("j:CaseJudge", Sentence("Judge or magistrate"))
AUTHORITY: Final = _sent("nc:OrganizationName", Sentence("Authority that asks for it"))
REASON: Final = _sent("nc:ActivityReasonText", Sentence("Reason"))
CHARGE: Final = _sent("j:ChargeDescriptionText", Sentence("Offence, as charged"))
ICCS: Final = _sent("pims:ICCSCode", Sentence("Class of the offence"))
STATUTE: Final = _sent("j:ChargeStatute", Sentence("Law and section"))
OFFENCE_ON: Final = _sent("j:OffenseDate", Sentence("Date of the offence"), DATE)
ORDER_KIND: Final = _sent("pims:OrderCategoryCode", Sentence("Kind of order"))
LEGAL_BASIS: Final = _sent("pims:LegalBasisText", Sentence("Legal basis"))
NAMED_AUTHORITY: Final = _sent("pims:RequestingAuthorityName", Sentence("Who asks, by name and rank"))
URGENT: Final = _sent("pims:UrgentIndicator", Sentence("Urgent"), YES_NO)
_TERM: Final = thing(years=WHOLE, months=WHOLE, weeks=WHOLE, days=WHOLE)

WHOM: Final = (PERSON_NUMBER, BOOKING_NUMBER, THEIR_NUMBER, SURNAME, GIVEN, BORN, SEX)
"""By whatever the sender has, it says whom it means."""
ARREST: Final = (
    *WHOM,
    _sent("j:ArrestAgencyRecordIdentification", Sentence("Arrest reference")),
    _sent("nc:ActivityDate", Sentence("Arrested"), TIME),
    _sent("j:ArrestLocation", Sentence("Place of arrest")),
    REASON,
)
CHARGES: Final = (*WHOM, CHARGE, ICCS, STATUTE, OFFENCE_ON, COURT, CASE)
HOLD: Final = (*WHOM, AUTHORITY, REASON, REFERENCE, ISSUED, EXPIRES)
WANT: Final = (*HOLD, URGENT)
IDENTITY_REQUEST: Final = (
    REFERENCE,
    LEGAL_BASIS,
    NAMED_AUTHORITY,
    REASON,
    URGENT,
    _sent(
        "pims:FingerprintRecord",
        Sentence("A fingerprint as an image"),
        {"type": "string", "contentEncoding": "base64"},
        sensitive=True,
    ),
    _sent("pims:FingerPositionCode", Sentence("Which finger, where it is known"), WHOLE),
)
ORDER: Final = (*WHOM, ORDER_KIND, REFERENCE, ISSUED, EXPIRES, COURT, JUDGE, CASE, CHARGE, ICCS)
SENTENCE: Final = (
    *WHOM,
    _sent("pims:SentenceCategoryCode", Sentence("What was imposed")),
    _sent("j:SentenceTerm", Sentence("Term"), _TERM),
    _sent("j:SentenceConcurrentIndicator", Sentence("Runs at the same time as the others"), YES_NO),
    _sent("pims:ConsecutiveToReference", Sentence("Follows the sentence with this reference")),
    _sent("pims:RemandCreditDayQuantity", Sentence("Days of remand that count"), WHOLE),
    _sent("pims:FineCents", Sentence("Fine"), WHOLE),
    _sent("pims:SentenceImposedDate", Sentence("Imposed"), DATE),
    _sent("pims:SentenceStartDate", Sentence("Starts"), DATE),
    REFERENCE,
    COURT,
    JUDGE,
    CASE,
    CHARGE,
    ICCS,
)
HEARING: Final = (
    *WHOM,
    _sent("nc:ActivityDate", Sentence("Date before the court"), TIME),
    COURT,
    CASE,
    REASON,
    _sent("pims:VideoIndicator", Sentence("By video"), YES_NO),
    _sent("pims:HearingOutcomeCode", Sentence("Outcome")),
    REFERENCE,
)
BAIL: Final = (
    *WHOM,
    REFERENCE,
    ISSUED,
    COURT,
    JUDGE,
    CASE,
    _sent("j:BailSetAmount", Sentence("Amount"), WHOLE),
    _sent("nc:ConditionDescriptionText", Sentence("Conditions")),
    _sent("pims:BailOutcomeCode", Sentence("Granted, refused or met")),
)
APPEAL: Final = (
    *WHOM,
    REFERENCE,
    ISSUED,
    COURT,
    CASE,
    _sent("pims:AppealStateCode", Sentence("Lodged, allowed, dismissed or withdrawn")),
    REASON,
)
FINGERPRINT_REQUEST: Final = (
    PERSON_NUMBER,
    BOOKING_NUMBER,
    REFERENCE,
    LEGAL_BASIS,
    NAMED_AUTHORITY,
    REASON,
    _sent("pims:LaboratoryCaseID", Sentence("Case number of the laboratory")),
    _sent("pims:WantedCode", Sentence("Fingerprints, or the custody reference only")),
)
DEFINITIONS: Final = (
    _sent("pims:IndicatorDefinitions", Sentence("Definitions of indicators"), many({"type": "object"})),
    _sent("pims:PublicationCalendar", Sentence("Calendar of publications"), many({"type": "object"})),
    _sent("pims:DisclosureThreshold", Sentence("Smallest figure that may be shown"), WHOLE),
)
CORRECTION_REQUEST: Final = (
    *WHOM,
    REFERENCE,
    _sent("pims:CorrectedDisclosureID", Sentence("Which message was wrong")),
    _sent("pims:CorrectedFieldName", Sentence("Which fields were wrong"), many(TEXT)),
    _sent("pims:ProposedValueText", Sentence("What they hold to be right")),
    REASON,
)
CENSUS_LIST: Final = (
    *WHOM,
    COURT,
    CASE,
    REFERENCE,
    _sent("pims:ListedOn", Sentence("As of"), DATE),
    _sent("pims:ListedStatusText", Sentence("Status as they have it")),
    _sent("j:SupervisionReleaseEligibilityDate", Sentence("Release date as they have it"), DATE),
)
