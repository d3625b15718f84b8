"""Parts of the description that no operation says: what it is about, problems, headers, and asking for a token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from hub.sharing.api import problems as p
from hub.sharing.api.oauth import TOKEN_S

TOKEN_ADDRESS: Final = "/v1/token"  # noqa: S105 - an address
REFERENCE: Final = "#/components/schemas/{name}"
ABOUT: Final = """What the prison and other agencies tell each other, each on a signed agreement.

Every connection shows a client certificate of the prison's authority for agencies. A token is asked for over the same
connection, holds as scopes the exchanges of the agreements in force, and works with no other certificate. Nothing
leaves without an agreement; each answer about a person is written into a log of disclosures, and so is each refusal.

Times are RFC 3339. Names of members are NIEM's where NIEM has one. A name that is added is no new version: ignore what
you do not know. What would break a reader gets a new /v2, announced in the headers Deprecation (RFC 9745) and Sunset
(RFC 8594) of /v1 for a year at least."""

PROBLEM: Final[dict[str, Any]] = {
    "title": "Problem",
    "description": "RFC 9457. `type` is stable and is a page that says what to do.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "pattern": "^/problems/[a-z_]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "fields": {"type": "array", "items": {"type": "string"}},
        "scope": {"type": "string"},
        "instance": {"type": "string"},
    },
}
PACE: Final = {
    "RateLimit": {"$ref": "#/components/headers/RateLimit"},
    "RateLimit-Policy": {"$ref": "#/components/headers/RateLimitPolicy"},
}
ENDS: Final[dict[str, Any]] = {
    "Deprecation": {
        "description": "Since when it is not to be relied on: seconds since 1970 behind an @ (RFC 9745).",
        "schema": {"type": "string", "pattern": "^@[0-9]+$"},
    },
    "Sunset": {
        "description": "From when it may be gone (RFC 8594).",
        "schema": {"type": "string", "format": "http-date"},
    },
    "Link": {"description": "Where the reason stands.", "schema": {"type": "string"}},
}
"""Of an operation that ends."""
HEADERS: Final = {
    "RateLimit": {
        "description": "Calls that remain, and seconds until all are there again.",
        "schema": {"type": "string"},
    },
    "RateLimitPolicy": {
        "description": "Calls (q) in a window of seconds (w), for each client.",
        "schema": {"type": "string"},
    },
    "ETag": {"description": "Changes with what is answered.", "schema": {"type": "string"}},
    "RetryAfter": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}},
}


def problem_answers(kinds: Sequence[p.ProblemKind]) -> dict[str, Any]:
    """What may be answered instead, by status."""
    by_status: dict[int, list[p.ProblemKind]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {str(status): _problem_answer(status, of) for status, of in sorted(by_status.items())}


def _problem_answer(status: int, kinds: Sequence[p.ProblemKind]) -> dict[str, Any]:
    said = "; ".join(f"`{kind.type}`: {kind.title}" for kind in kinds)
    answer: dict[str, Any] = {
        "description": said,
        "content": {p.MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(name="Problem")}}},
    }
    if status in (429, 503):
        answer["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    return answer


def asking_for_a_token() -> dict[str, Any]:
    """The one operation that Authlib serves."""
    form = {
        "type": "object",
        "required": ["grant_type", "client_id"],
        "properties": {
            "grant_type": {"const": "client_credentials"},
            "client_id": {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"},
            "scope": {
                "type": "string",
                "description": "Names of exchanges with a space between; all where left out.",
            },
        },
    }
    given = {
        "type": "object",
        "required": ["access_token", "token_type", "expires_in", "scope"],
        "properties": {
            "access_token": {"type": "string"},
            "token_type": {"const": "Bearer"},
            "expires_in": {"type": "integer", "minimum": 1},
            "scope": {"type": "string"},
        },
    }
    refused = {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
    }
    problems = (
        p.CERTIFICATE,
        p.TOO_LARGE,
        p.LONG_ADDRESS,
        p.LARGE_HEADERS,
        p.MEDIA,
        p.TOO_MANY,
        p.FAULT,
        p.BUSY,
    )
    wrong = {"description": "An error of RFC 6749", "content": {"application/json": {"schema": refused}}}
    return {
        "operationId": "token",
        "tags": ["token"],
        "summary": "Ask for a token",
        "description": f"OAuth 2 client credentials with tls_client_auth (RFC 8705). A token lives {TOKEN_S} seconds "
        "and works with the certificate that it was asked with.",
        "security": [{"certificate": []}],
        "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": form}}},
        "responses": {
            "200": {
                "description": "The token",
                "content": {"application/json": {"schema": given}},
                "headers": PACE,
            },
            "400": wrong,
            "401": wrong,
            **problem_answers(problems),
        },
    }
