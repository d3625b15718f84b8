"""Where somebody stands in custody, asked by a number of ours. Each answer, and each refusal, is in the log."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta
from sqlalchemy.orm import Session

from hub.sharing.api.calls import Answer, Call, Unwritten, WriterNeededError
from hub.sharing.api.routes import ApiRoutes, Example
from hub.sharing.catalogue import Way
from hub.sharing.gate import Ask, check, read_one, write_one
from hub.sharing.pull import purposes
from hub.sharing.pull.misses import check_misses, missed
from hub.sharing.pull.shapes import one_document, tag_of
from hub.sharing.pull.whom import whom

api = ApiRoutes("custody", "Where somebody stands in custody")

NUMBER: Final = "[A-Z]{1,4}-[0-9A-Z-]{1,14}"

Fields = (
    Annotated[
        str,
        Meta(
            max_length=2000,
            pattern="^[A-Za-z0-9:_]+(,[A-Za-z0-9:_]+)*$",
            description="Names of fields with commas between; every agreed field where left out. One that is not "
            "agreed is refused, with nothing given.",
        ),
    ]
    | None
)
Purpose = (
    Annotated[
        str,
        Meta(
            pattern=purposes.PATTERN,
            description="For what; needed where the exchange is agreed for several purposes.",
        ),
    ]
    | None
)


class CustodyQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of it, and for what."""

    fields: Fields = None
    purpose: Purpose = None


@api.operation(
    "GET",
    "/v1/custody/{reference}",
    exchange="custody_status",
    path={"reference": NUMBER},
    query=CustodyQuery,
    summary="Where does somebody stand?",
    description="By the number of a stay, as in an event, or of a person. Where two files were found to be of one "
    "person, either number is answered the same: with the number that leads. Somebody who was never here and somebody "
    "released longer ago than the agreement answers for (`answered_days`) are answered alike. A program that "
    "asks about 50 such numbers within a day is answered 429 until a day is over.",
    answers={200: one_document("custody_status")},
    problems=(purposes.SAY_PURPOSE,),
    examples=(Example("Everything that is agreed", path={"reference": "B-000001"}),),
)
def custody_status(call: Call, reference: str, query: CustodyQuery) -> Answer | Unwritten:
    agency, exchange, wanted = call.client.agency, "custody_status", None
    purpose = purposes.purpose_of(call, exchange, query.purpose)
    if query.fields is not None:
        wanted = query.fields.split(",")
    check_misses(call)
    under = check(
        call.session,
        agency=agency,
        exchange=exchange,
        purpose=purpose,
        at=call.at,
        wanted=wanted,
        rules=call.rules,
    )
    found = whom(call.session, reference, call.at - timedelta(days=under.terms.answered_days))
    if found is None:
        raise missed(call, reference)
    ask = Ask(agency, exchange, purpose, found.person, found.booking, wanted=wanted, reference=reference)
    read = read_one(call.session, ask, at=call.at, rules=call.rules)
    tag = tag_of({**read.around, "data": read.data})

    def write(session: Session) -> Answer:
        shared = write_one(session, read, actor=call.actor, way=Way.PULL)
        if shared is None:
            raise WriterNeededError
        return Answer(shared.document, etag=tag)

    return write(call.session) if call.writes else Unwritten(write)
