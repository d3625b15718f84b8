"""Where somebody stands in custody, asked by a number of ours. Each answer, and each refusal, is in the log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.custody.records import Booking, Person
from hub.sharing.api.calls import Answer, Call
from hub.sharing.api.routes import ApiRoutes, Example
from hub.sharing.catalogue import Way
from hub.sharing.gate import check, share
from hub.sharing.pull import purposes
from hub.sharing.pull.misses import check_misses, missed
from hub.sharing.pull.shapes import one_document, tag_of

api = ApiRoutes("custody", "Where somebody stands in custody")

ANSWERED_FOR: Final = timedelta(days=90)
"""Somebody released longer ago is nobody to this address: numbers could be tried through."""
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
    description="By the number of a stay, as in an event, or of a person. Somebody who was never here and somebody "
    "released more than 90 days ago are answered alike. A program that "
    "asks about 50 such numbers within a day is answered 429 until a day is over.",
    answers={200: one_document("custody_status")},
    problems=(purposes.SAY_PURPOSE,),
    examples=(Example("Everything that is agreed", path={"reference": "B-000001"}),),
    shares=True,
)
def custody_status(call: Call, reference: str, query: CustodyQuery) -> Answer:
    purpose = purposes.purpose_of(call, "custody_status", query.purpose)
    wanted = None if query.fields is None else query.fields.split(",")
    check_misses(call)
    found = _find(call.session, reference, call.at)
    if found is None:
        agency = call.client.agency
        check(
            call.session, agency=agency, exchange="custody_status", purpose=purpose, at=call.at, wanted=wanted
        )
        raise missed(call, reference)
    person, booking = found
    shared = share(
        call.session,
        agency=call.client.agency,
        exchange="custody_status",
        purpose=purpose,
        person=person,
        booking=booking,
        at=call.at,
        actor=call.actor,
        way=Way.PULL,
        wanted=wanted,
        reference=reference,
    )
    return Answer(shared.document, etag=tag_of(shared.document))


def _find(session: Session, reference: str, at: datetime) -> tuple[int, int | None] | None:
    wanted = (
        select(Booking.person_id, Booking.id, Booking.number)
        .join(Person, Person.id == Booking.person_id)
        .where(
            or_(Booking.number == reference, Person.number == reference),
            or_(Booking.released_at.is_(None), Booking.released_at >= at - ANSWERED_FOR),
        )
        .order_by(Booking.id.desc())
        .limit(1)
    )
    row = session.execute(wanted).one_or_none()
    if row is None:
        return None
    return row.person_id, row.id if row.number == reference else None
