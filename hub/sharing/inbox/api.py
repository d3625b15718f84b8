"""The doors through which agencies send: one address for each kind of message, and the receipts of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

from hub.custody.hearing_outcomes import HearingOutcome
from hub.sentences import Sentence
from hub.sharing.api.calls import Answer, Call
from hub.sharing.api.problems import ProblemError, ProblemKind
from hub.sharing.api.routes import ApiRoutes, Example
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.inbox.messages import (
    MESSAGES,
    AppealMessage,
    AppealState,
    ArrestMessage,
    BailMessage,
    BailOutcome,
    ChargeMessage,
    CourtOrder,
    Definition,
    DefinitionsMessage,
    DueOn,
    HearingMessage,
    HoldMessage,
    ImposedPart,
    Message,
    OrderMessage,
    SentenceMessage,
    SentTerm,
    Subject,
    WantMessage,
)
from hub.sharing.inbox.receiving import Receipt, receipt_of, receive

api = ApiRoutes(
    "inbox",
    "What courts, police and the observatory send. Each message is answered at once with a receipt; an officer "
    "decides, and the receipt then says what came of it. Nothing changes anybody's custody by itself.",
)

UNKNOWN_RECEIPT = ProblemKind(
    "unknown_receipt",
    404,
    "No such receipt",
    "The number is not that of a message which you sent. It stands in the answer to your POST.",
)
MESSAGE_ID_REUSED = "message_id_reused"

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


def _declare(exchange: str, kind: type[Message]) -> None:
    """POST /v1/<exchange>s: definitions are many already."""

    def send(call: Call, body: Message) -> Answer:
        receipt = receive(
            call.session,
            agency=call.client.agency,
            exchange=exchange,
            message=body,
            message_id=body.message_id,
            at=call.at,
        )
        return Answer(receipt, status=202, location=f"/v1/receipts/{receipt.number}")

    send.__name__ = f"send_{exchange}"
    said = EXCHANGES[exchange].label
    api.operation(
        "POST",
        f"/v1/{exchange if exchange.endswith('s') else exchange + 's'}",
        exchange=exchange,
        summary=str(said),
        description="Kept as it is sent and laid before an officer. The same message again, with the same "
        "nc:DocumentIdentification, gets its first receipt; another message under a number that was used is refused.",
        body=kind,
        answers={202: Receipt},
        examples=EXAMPLES[exchange],
    )(send)


for _exchange, _kind in MESSAGES.items():
    _declare(_exchange, _kind)


@api.operation(
    "GET",
    "/v1/receipts/{number}",
    exchange=None,
    summary="How a message stands",
    description="State, and once it is decided why it was refused or what was recorded otherwise than it was sent.",
    path={"number": r"IN-[0-9]{6,9}"},
    answers={200: Receipt},
    problems=(UNKNOWN_RECEIPT,),
)
def receipt(call: Call, number: str) -> Answer:
    found = receipt_of(call.session, call.client.agency, number)
    if found is None:
        raise ProblemError(UNKNOWN_RECEIPT, Sentence("There is no such receipt of yours."))
    return Answer(found, etag=f"{found.number} {found.state} {found.decided_at}")
