"""A message of each kind, as partners' engineers see it in the description; tests carry each out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

from hub.custody.hearing_outcomes import HearingOutcome
from hub.sharing.api.routes import Example
from hub.sharing.inbox.messages import (
    AppealMessage,
    AppealState,
    ArrestMessage,
    BailMessage,
    BailOutcome,
    ChargeMessage,
    CorrectionRequest,
    CourtOrder,
    Definition,
    DefinitionsMessage,
    DueOn,
    HearingMessage,
    HoldMessage,
    ImposedPart,
    OrderMessage,
    SentenceMessage,
    SentTerm,
    Subject,
    WantMessage,
)

_AT: Final = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
_WHO: Final = Subject(
    surname="Cocom",
    given="Elmer",
    number="P-000001",
    reference="BCR-2026-0417",
    born_on=date(1991, 3, 14),
    sex="M",
)
_COURT: Final = "Magistrates' Court, Belmopan"

EXAMPLES: Final[Mapping[str, tuple[Example, ...]]] = {
    "arrest": (
        Example(
            "An arrest",
            body=ArrestMessage(
                message_id="arrest-1",
                issued_at=_AT,
                subject=_WHO,
                reference="AR 88/2026",
                arrested_at=_AT,
                place="Constitution Drive",
                reasons="Burglary, found on the premises",
            ),
        ),
    ),
    "charge": (
        Example(
            "A charge",
            body=ChargeMessage(
                message_id="charge-1",
                issued_at=_AT,
                subject=_WHO,
                offence="Burglary",
                iccs="0501",
                statute="Criminal Code, s. 147",
                offence_on=date(2026, 11, 20),
                court=_COURT,
                case="MC 214/2026",
            ),
        ),
    ),
    "hold": (
        Example(
            "A hold",
            body=HoldMessage(
                message_id="hold-1",
                issued_at=_AT,
                subject=_WHO,
                reference="H 12/2026",
                authority="Criminal Investigation Branch",
                reason="To be questioned before release",
                issued_on=date(2026, 11, 22),
            ),
        ),
    ),
    "want": (
        Example(
            "A want",
            body=WantMessage(
                message_id="want-1",
                issued_at=_AT,
                subject=Subject(surname="Tzul", given="Marvin", born_on=date(1988, 7, 2), sex="M"),
                reference="W 40/2026",
                authority="Criminal Investigation Branch",
                reason="Warrant of arrest not carried out",
                issued_on=date(2026, 11, 1),
            ),
        ),
    ),
    "order": (
        Example(
            "A remand order",
            body=OrderMessage(
                message_id="order-1",
                issued_at=_AT,
                sequence=1,
                subject=_WHO,
                court=_COURT,
                case="MC 214/2026",
                reference="RO 77/2026",
                judge="R. Vasquez",
                kind=CourtOrder.REMAND,
                issued_on=date(2026, 11, 22),
                valid_until=date(2026, 12, 20),
            ),
        ),
        Example(
            "An order to release",
            body=OrderMessage(
                message_id="order-2",
                issued_at=_AT,
                sequence=2,
                subject=_WHO,
                court=_COURT,
                case="MC 214/2026",
                reference="RL 9/2026",
                kind=CourtOrder.RELEASE_DISCHARGED,
                issued_on=date(2026, 11, 22),
            ),
        ),
    ),
    "sentence": (
        Example(
            "Two terms, the second after the first",
            body=SentenceMessage(
                message_id="sentence-1",
                issued_at=_AT,
                sequence=3,
                subject=_WHO,
                court=_COURT,
                case="MC 214/2026",
                reference="SO 31/2026",
                imposed_on=date(2026, 11, 20),
                parts=(
                    ImposedPart(
                        count="1", offence="Burglary", iccs="0501", term=SentTerm(years=3), credit_days=40
                    ),
                    ImposedPart(
                        count="2", offence="Handling", iccs="0502", term=SentTerm(months=6), follows="1"
                    ),
                ),
            ),
        ),
    ),
    "hearing": (
        Example(
            "A court date",
            body=HearingMessage(
                message_id="hearing-1",
                issued_at=_AT,
                subject=_WHO,
                court=_COURT,
                case="MC 214/2026",
                hearing_at=datetime(2026, 12, 15, 15, 0, tzinfo=UTC),
                purpose="Trial",
            ),
        ),
        Example(
            "What came of one",
            body=HearingMessage(
                message_id="hearing-2",
                issued_at=_AT,
                subject=_WHO,
                court=_COURT,
                case="MC 214/2026",
                hearing_at=_AT,
                purpose="Mention",
                outcome=HearingOutcome.ADJOURNED,
            ),
        ),
    ),
    "bail": (
        Example(
            "Bail, sureties given",
            body=BailMessage(
                message_id="bail-1",
                issued_at=_AT,
                subject=_WHO,
                court=_COURT,
                case="MC 214/2026",
                reference="B 18/2026",
                outcome=BailOutcome.MET,
                issued_on=date(2026, 11, 22),
                conditions="Report every Friday",
                amount_cents=500_000,
            ),
        ),
    ),
    "appeal": (
        Example(
            "An appeal",
            body=AppealMessage(
                message_id="appeal-1",
                issued_at=_AT,
                subject=_WHO,
                court="Supreme Court",
                case="MC 214/2026",
                reference="CA 5/2026",
                state=AppealState.LODGED,
                issued_on=date(2026, 11, 22),
            ),
        ),
    ),
    "correction_request": (
        Example(
            "A birth that is wrong",
            body=CorrectionRequest(
                message_id="correction-1",
                issued_at=_AT,
                subject=_WHO,
                disclosure="1",
                fields=("nc:PersonBirthDate",),
                value="1991-03-15",
                reason="The birth certificate says the 15th",
            ),
        ),
    ),
    "definitions": (
        Example(
            "A definition, a date and k",
            body=DefinitionsMessage(
                message_id="definitions-1",
                issued_at=_AT,
                definitions=(
                    Definition(code="occupancy", words="Population by official capacity, in per cent"),
                ),
                calendar=(DueOn(on=date(2027, 1, 15), what="Figures of the year"),),
                smallest=5,
            ),
        ),
    ),
}
