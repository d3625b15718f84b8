"""Operations for the police and the forensic service: asking by finger and for fingers, and fetching."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from hub.sharing.api.calls import Answer, Call
from hub.sharing.api.problems import NOT_FOUND, TOO_MANY, ProblemError
from hub.sharing.api.routes import ApiRoutes, Raw
from hub.sharing.forensic import examples
from hub.sharing.forensic.asking import Sender, request_identity, request_prints
from hub.sharing.forensic.fetching import (
    Reply,
    identity_answer_of,
    prints_state_of,
    record_of,
    request_of,
    set_of,
    taken,
)
from hub.sharing.forensic.messages import MAX_BODY_BYTES, FingerprintRequest, IdentityRequest, Received
from hub.sharing.forensic.records import ForensicRequest
from hub.sharing.forensic.rules import Ask, TooManyError
from hub.sharing.forensic.sealing import ParcelSeal
from hub.sharing.forensic.steps import standing
from hub.web.door import service

api: Final = ApiRoutes("forensic", "Whose finger this is, and fingers for the laboratory")
NUMBER: Final = {"number": r"FR-[0-9]{6,9}"}
AN2: Final = Raw("application/octet-stream")


class Taken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Your receipt of a set: its number at your side."""

    receipt: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$")]


@api.operation(
    "POST",
    "/v1/identity-requests",
    exchange="identity_request",
    summary="Ask whose finger this is",
    description="Kept until an officer of the prison approves the search and compares the fingers. No candidate ever "
    "leaves: the answer names somebody in custody, or nobody. An authority may ask ten times a day.",
    body=IdentityRequest,
    answers={202: Received},
    examples=(examples.IDENTITY,),
    max_bytes=MAX_BODY_BYTES,
)
def ask_identity(call: Call, body: IdentityRequest) -> Answer:
    try:
        row = request_identity(
            call.session, service(ParcelSeal), body, sender=Sender(call.client.agency, call.actor), at=call.at
        )
    except TooManyError as error:
        raise _too_many(call, error) from None
    return _received(call, row, f"/v1/identity-requests/{row.number}")


@api.operation(
    "GET",
    "/v1/identity-requests/{number}",
    exchange="identity_answer",
    summary="The answer to a request by finger",
    description="While it waits, `answer` is absent. Each look at an answer is a disclosure and is written down.",
    path=NUMBER,
    answers={200: Received},
    shares=True,
)
def identity_answer(call: Call, number: str) -> Answer:
    row = _row(call, Ask.IDENTITY, number)
    return _reply(identity_answer_of(call.session, row, actor=call.actor, at=call.at))


@api.operation(
    "POST",
    "/v1/fingerprint-requests",
    exchange="fingerprint_request",
    summary="Ask for somebody's fingers",
    description="By our number of the person or the stay. The answer is the same whether we have the number or not; an "
    "officer of the prison decides, and what is approved lies ready for seven days. An authority may ask ten times a "
    "day.",
    body=FingerprintRequest,
    answers={202: Received},
    examples=(examples.FINGERS,),
)
def ask_prints(call: Call, body: FingerprintRequest) -> Answer:
    try:
        row = request_prints(call.session, body, sender=Sender(call.client.agency, call.actor), at=call.at)
    except TooManyError as error:
        raise _too_many(call, error) from None
    return _received(call, row, f"/v1/fingerprint-requests/{row.number}")


@api.operation(
    "GET",
    "/v1/fingerprint-requests/{number}",
    exchange="fingerprint_request",
    summary="How a request for fingers stands",
    description="When it is `ready`, fetch the set. Where only the custody reference was asked for, it is in `answer`.",
    path=NUMBER,
    answers={200: Received},
    shares=True,
)
def prints_state(call: Call, number: str) -> Answer:
    row = _row(call, Ask.PRINTS, number)
    return _reply(prints_state_of(call.session, row, actor=call.actor, at=call.at))


@api.operation(
    "GET",
    "/v1/fingerprint-requests/{number}/set",
    exchange="fingerprint_set",
    summary="The approved fingers as an ANSI/NIST-ITL file",
    description="Type-9 minutiae in the fields of INCITS 378, and Type-14 images as PNG at the resolution of the "
    "scan, where images were approved. It can be fetched again until you send the receipt.",
    path=NUMBER,
    answers={200: AN2},
    shares=True,
)
def prints_set(call: Call, number: str) -> Answer:
    row = _row(call, Ask.PRINTS, number)
    raw = set_of(call.session, service(ParcelSeal), row, actor=call.actor, at=call.at)
    return _file(raw, f"{row.number}.an2")


@api.operation(
    "GET",
    "/v1/fingerprint-requests/{number}/minutiae/{position}",
    exchange="fingerprint_set",
    summary="One approved finger as an ISO/IEC 19794-2:2005 record",
    path={**NUMBER, "position": r"([1-9]|10)"},
    answers={200: AN2},
    shares=True,
)
def prints_record(call: Call, number: str, position: str) -> Answer:
    row = _row(call, Ask.PRINTS, number)
    raw = record_of(call.session, service(ParcelSeal), row, int(position), actor=call.actor, at=call.at)
    if raw is None:
        raise ProblemError(NOT_FOUND)
    return _file(raw, f"{row.number}-{position}.fmr")


@api.operation(
    "POST",
    "/v1/fingerprint-requests/{number}/receipt",
    exchange="fingerprint_request",
    summary="Say that you have the set",
    description="The set is destroyed at the prison; your receipt stands in its log of disclosures.",
    path=NUMBER,
    body=Taken,
    answers={200: Received},
)
def prints_taken(call: Call, number: str, body: Taken) -> Answer:
    row = _row(call, Ask.PRINTS, number)
    state = taken(call.session, row, body.receipt, actor=call.actor, at=call.at)
    return Answer(_stands(row, state.value))


def _row(call: Call, kind: Ask, number: str) -> ForensicRequest:
    row = request_of(call.session, call.client.agency, kind, number)
    if row is None:
        raise ProblemError(NOT_FOUND)
    return row


def _received(call: Call, row: ForensicRequest, location: str) -> Answer:
    state = standing(call.session, row, call.at)
    return Answer(_stands(row, state.value), status=202, location=location)


def _reply(reply: Reply) -> Answer:
    outcome = "" if reply.outcome is None else reply.outcome.value
    document = None if reply.document is None else dict(reply.document)
    stands = _stands(reply.row, reply.state.value)
    told = msgspec.structs.replace(stands, outcome=outcome, reason=reply.reason, answer=document)
    return Answer(told)


def _stands(row: ForensicRequest, state: str) -> Received:
    return Received(number=row.number, state=state, received_at=row.received_at, until_at=row.until_at)


def _file(raw: bytes, name: str) -> Answer:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Answer(raw=raw, media_type=AN2.media_type, headers=headers)


def _too_many(call: Call, error: TooManyError) -> ProblemError:
    return ProblemError(TOO_MANY, error.message, {"Retry-After": _seconds(call.at, error.again_at)})


def _seconds(now: datetime, then: datetime) -> str:
    return str(max(1, round((then - now).total_seconds())))
