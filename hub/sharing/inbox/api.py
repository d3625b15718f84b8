"""The doors through which agencies send: one address for each kind of message, and the receipts of all of them."""

from __future__ import annotations

from hub.sentences import Sentence
from hub.sharing.api.calls import Answer, Call
from hub.sharing.api.problems import ProblemError, ProblemKind
from hub.sharing.api.routes import ApiRoutes
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.inbox.examples import EXAMPLES
from hub.sharing.inbox.messages import MESSAGES, Message
from hub.sharing.inbox.receipts import as_agreed
from hub.sharing.inbox.receiving import Receipt, receipt_of, receive

__all__ = ("EXAMPLES", "UNKNOWN_RECEIPT", "api")

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
            raw=call.sent,
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
    description="State, and once it is decided why it was refused or what was recorded otherwise than it was sent, as "
    "far as an agreement names the reason.",
    path={"number": r"IN-[0-9]{6,9}"},
    answers={200: Receipt},
    problems=(UNKNOWN_RECEIPT,),
)
def receipt(call: Call, number: str) -> Answer:
    found = receipt_of(call.session, call.client.agency, number)
    if found is None:
        raise ProblemError(UNKNOWN_RECEIPT, Sentence("There is no such receipt of yours."))
    told = as_agreed(call, found)
    return Answer(told, etag=f"{told.number} {told.state} {told.decided_at} {told.reason_code}")
