"""What can go wrong at the agencies' API, each kind under an address that stays (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from hub.errors import HubError
from hub.sentences import Sentence

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True)
class ProblemKind:
    """`code` never changes and names the page /problems/<code>; `page` says there what to do about it."""

    code: str
    status: int
    title: str
    page: str

    @property
    def type(self) -> str:
        return f"/problems/{self.code}"


class ProblemError(HubError):
    """Ends a call with a problem document. `members` are further members of it, `headers` of the answer."""

    def __init__(
        self,
        kind: ProblemKind,
        detail: Sentence | str = "",
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(kind.code, str(detail) or kind.page)
        self.kind = kind
        self.headers = dict(headers or {})
        self.members = members


class NotedProblemError(ProblemError):
    """A problem that is to be written down: `note` is carried out in a transaction of its own, after the call's own
    was rolled back."""

    def __init__(
        self,
        kind: ProblemKind,
        note: Callable[[Session], None],
        detail: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind, detail, headers)
        self.note = note


CERTIFICATE = ProblemKind(
    "certificate",
    403,
    "Certificate not accepted",
    "The certificate of this connection belongs to no client in use, or was revoked. Ask the prison for a new one.",
)
TOKEN = ProblemKind(
    "token",
    401,
    "Token needed",
    "Ask POST /v1/token for a token over a connection with the same certificate, and send it as Authorization: Bearer.",
)
SCOPE = ProblemKind(
    "scope",
    403,
    "Not in the token's scope",
    "Ask for a token with this scope. A scope that is refused there stands in no agreement in force.",
)
NOT_AGREED = ProblemKind(
    "not_agreed",
    403,
    "Not agreed",
    "No agreement in force covers this. The member `code` says what is missing, `fields` which fields; GET "
    "/v1/agreements lists what is agreed. The refusal is in the prison's log of disclosures.",
)
REFUSED = ProblemKind(
    "refused",
    409,
    "Refused",
    "What was asked cannot be done as things stand. `detail` says why, and `code` is the reason for a program.",
)
BAD_REQUEST = ProblemKind(
    "bad_request",
    400,
    "Not understood",
    "The request is not well-formed HTTP or JSON. Correct it and send it again.",
)
BAD_PARAMETERS = ProblemKind(
    "bad_parameters",
    400,
    "Wrong parameters",
    "A parameter of the address or a header is unknown, missing, given twice or out of its range. `errors` names each.",
)
BAD_CURSOR = ProblemKind(
    "bad_cursor", 404, "No such page", "The cursor stands for no place of this list. Begin again without one."
)
BAD_BODY = ProblemKind(
    "bad_body",
    422,
    "Body does not fit its schema",
    "The JSON is well-formed but does not fit the schema of this message. `errors` names the first such place.",
)
NO_KEY = ProblemKind(
    "idempotency_key_missing",
    400,
    "Idempotency-Key needed",
    "Each POST carries the header Idempotency-Key with a value of its own, so that it can be sent again safely.",
)
OTHER_BODY = ProblemKind(
    "idempotency_key_reused",
    422,
    "Key used for something else",
    "This Idempotency-Key came before with another body or at another address. Take a new key for a new message.",
)
NOT_FOUND = ProblemKind(
    "not_found",
    404,
    "Not found",
    "Nothing that your agency may see stands under this address. Nothing follows from it about anybody else.",
)
METHOD = ProblemKind(
    "method", 405, "Method not possible", "The header Allow names the methods of this address."
)
NOT_ACCEPTABLE = ProblemKind(
    "not_acceptable",
    406,
    "No such form",
    "The header Accept rules out every form in which this address answers.",
)
TOO_LARGE = ProblemKind("too_large", 413, "Too large", "The body is larger than this address takes.")
LONG_ADDRESS = ProblemKind(
    "address_too_long",
    414,
    "Address too long",
    "An address with its parameters holds 8,190 bytes. Ask for less.",
)
LARGE_HEADERS = ProblemKind(
    "headers_too_large",
    431,
    "Headers too large",
    "A request has 60 headers at the most, each of 8,190 bytes. Leave out what is not needed.",
)
MEDIA = ProblemKind(
    "media_type", 415, "Wrong media type", "Send application/json, in UTF-8, without Content-Encoding."
)
TOO_MANY = ProblemKind(
    "too_many_requests", 429, "Too many requests", "Wait for as many seconds as the header Retry-After says."
)
FAULT = ProblemKind(
    "fault",
    500,
    "Fault of the hub",
    "Something went wrong in the hub; nothing was changed. Send it again with the same Idempotency-Key, and tell the "
    "prison the `instance`.",
)
BUSY = ProblemKind(
    "busy", 503, "Busy", "The hub is busy. Send the same again after as many seconds as Retry-After says."
)

COMMON: Final = (
    CERTIFICATE,
    TOKEN,
    SCOPE,
    NOT_AGREED,
    REFUSED,
    BAD_REQUEST,
    BAD_PARAMETERS,
    BAD_CURSOR,
    BAD_BODY,
    NO_KEY,
    OTHER_BODY,
    NOT_FOUND,
    METHOD,
    NOT_ACCEPTABLE,
    TOO_LARGE,
    LONG_ADDRESS,
    LARGE_HEADERS,
    MEDIA,
    TOO_MANY,
    FAULT,
    BUSY,
)
"""Kinds that any operation may answer with."""


def document(kind: ProblemKind, detail: str, members: Mapping[str, Any]) -> dict[str, Any]:
    """The problem document; `code` is that of the kind unless a member says a narrower one."""
    known = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "code": kind.code,
    }
    return {**known, **members}
