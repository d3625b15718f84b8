"""The door through which an agency sends its list for the census."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from hub.custody.legal import LegalStatus
from hub.sharing.api.calls import Answer, Call
from hub.sharing.api.routes import ApiRoutes, Example
from hub.sharing.census.messages import CensusMessage, ListedPerson
from hub.sharing.census.receiving import EXCHANGE, ListReceipt, receive_list

api = ApiRoutes(
    "census",
    "Once a week your list and ours are compared. Send whom you hold to be in custody; nothing on it changes a file. "
    "What differs is looked at by an officer.",
)

MOST_BYTES: Final = 4 * 1024 * 1024


@api.operation(
    "POST",
    "/v1/lists/census",
    exchange=EXCHANGE,
    summary="Send your list for comparing",
    description="Everybody whom you hold to be in custody at the end of the day `pims:ListedOn`. The same list again, "
    "with the same nc:DocumentIdentification, gets the same receipt. The newest list counts.",
    body=CensusMessage,
    answers={202: ListReceipt},
    examples=(
        Example(
            "A list of two",
            body=CensusMessage(
                message_id="census-2026-47",
                issued_at=datetime(2026, 11, 22, 15, 0, tzinfo=UTC),
                listed_on=date(2026, 11, 21),
                people=(
                    ListedPerson(
                        surname="Cocom",
                        given="Elmer",
                        number="P-000001",
                        reference="BCR-2026-0417",
                        born_on=date(1991, 3, 14),
                        status=LegalStatus.REMAND,
                    ),
                    ListedPerson(surname="Tzul", given="Marvin", born_on=date(1988, 7, 2), sex="M"),
                ),
            ),
        ),
    ),
    max_bytes=MOST_BYTES,
)
def send_census_list(call: Call, body: CensusMessage) -> Answer:
    return Answer(receive_list(call.session, call.client.agency, body, call.at), status=202)
