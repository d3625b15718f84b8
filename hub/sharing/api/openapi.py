"""OpenAPI 3.1 of the API, made from the operations themselves: what is described is what is served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from hub.sharing.api import problems as p
from hub.sharing.api.carrying_out import KEY_HEADER, KEY_PATTERN
from hub.sharing.api.oauth import TOKEN_S
from hub.sharing.api.routes import ApiRoutes, Example, Operation, Raw, Shaped
from hub.sharing.catalogue import EXCHANGES

VERSION: Final = "1.0.0"
TOKEN_ADDRESS: Final = "/v1/token"  # noqa: S105 - an address
_REFERENCE: Final = "#/components/schemas/{name}"
_ABOUT: Final = """What the prison and other agencies tell each other, each on a signed agreement.

Every connection shows a client certificate of the prison's authority for agencies. A token is asked for over the same
connection, holds as scopes the exchanges of the agreements in force, and works with no other certificate. Nothing
leaves without an agreement; each answer about a person is written into a log of disclosures, and so is each refusal.

Times are RFC 3339. Names of members are NIEM's where NIEM has one. A name that is added is no new version: ignore what
you do not know. What would break a reader gets a new /v2, announced in the headers Deprecation (RFC 9745) and Sunset
(RFC 8594) of /v1 for a year at least."""

_PROBLEM: Final[dict[str, Any]] = {
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
_PACE: Final = {
    "RateLimit": {"$ref": "#/components/headers/RateLimit"},
    "RateLimit-Policy": {"$ref": "#/components/headers/RateLimitPolicy"},
}
_HEADERS: Final = {
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


def describe(api: Sequence[ApiRoutes]) -> dict[str, Any]:
    """The whole document, the same at every call."""
    operations = [one for routes in api for one in routes.operations]
    kinds = list(_structs(operations))
    _, schemas = msgspec.json.schema_components(kinds, schema_hook=_any, ref_template=_REFERENCE)
    _bound_days(schemas)
    names = {kind: _name(kind) for kind in kinds}
    schemas |= {shaped.name: dict(shaped.schema) for one in operations for shaped in _shaped(one)}
    paths: dict[str, dict[str, Any]] = {TOKEN_ADDRESS: {"post": _token()}}
    for one in operations:
        paths.setdefault(one.rule, {})[one.method.lower()] = _operation(one, names, schemas)
    for kind in {one.query for one in operations if one.query is not None}:
        schemas.pop(names[kind], None)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "PIMS for agencies", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "tags": [
            {"name": "token", "description": "Asking for a token"},
            *({"name": routes.name, "description": routes.about} for routes in api),
        ],
        "security": [{"certificate": [], "token": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {**dict(sorted(schemas.items())), "Problem": _PROBLEM},
            "headers": _HEADERS,
            "securitySchemes": _security(),
        },
    }


def problem_kinds(api: Sequence[ApiRoutes]) -> list[p.ProblemKind]:
    """Every kind that may be answered, by code."""
    own = [kind for routes in api for one in routes.operations for kind in one.problems]
    return sorted({kind.code: kind for kind in (*p.COMMON, *own)}.values(), key=lambda kind: kind.code)


def may_answer(operation: Operation) -> list[p.ProblemKind]:
    """Kinds that an operation may answer with."""
    found = [p.CERTIFICATE, p.BAD_REQUEST, p.BAD_PARAMETERS, p.NOT_ACCEPTABLE, p.TOO_MANY, p.FAULT, p.BUSY]
    if not operation.public:
        found.append(p.TOKEN)
    if operation.exchange is not None:
        found += [p.SCOPE, p.NOT_AGREED, p.REFUSED]
    if operation.path:
        found.append(p.NOT_FOUND)
    if operation.query is not None and {"cursor", "after"} & set(operation.query.__struct_fields__):
        found.append(p.BAD_CURSOR)
    if operation.method == "POST":
        found += [p.NO_KEY, p.OTHER_BODY, p.TOO_LARGE, p.MEDIA, p.BAD_BODY]
    return [*found, *operation.problems]


def _structs(operations: Iterable[Operation]) -> Iterable[type[msgspec.Struct]]:
    seen: dict[type[msgspec.Struct], None] = {}
    for one in operations:
        for kind in (one.body, one.query, *one.answers.values()):
            if isinstance(kind, type):
                seen[kind] = None
    return seen


def _shaped(operation: Operation) -> list[Shaped]:
    return [one for one in operation.answers.values() if isinstance(one, Shaped)]


_DAYS: Final = {"date": "^(19|20|21)[0-9]{2}-", "date-time": "^(19|20|21)[0-9]{2}-"}


def _bound_days(schema: Any) -> None:
    """Say of every day that it lies in the centuries that the hub takes: others are slips of somebody's fingers."""
    if isinstance(schema, dict):
        if schema.get("format") in _DAYS:
            schema["pattern"] = _DAYS[schema["format"]]
        for inner in schema.values():
            _bound_days(inner)
    elif isinstance(schema, list):
        for inner in schema:
            _bound_days(inner)


def _any(_kind: type[object]) -> dict[str, Any]:
    """A member that may hold anything, as a document of some exchange."""
    return {"description": "Any JSON"}


def _name(kind: type[msgspec.Struct]) -> str:
    found, _ = msgspec.json.schema_components([kind], schema_hook=_any, ref_template=_REFERENCE)
    return str(found[0]["$ref"]).rpartition("/")[2]


def _operation(
    one: Operation, names: Mapping[type[msgspec.Struct], str], schemas: Mapping[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": one.name,
        "tags": [one.tag],
        "summary": one.summary,
        "description": one.description or one.summary,
        "parameters": _parameters(one, names, schemas),
        "responses": _answers(one, names) | _problem_answers(may_answer(one)),
        "security": [{"certificate": []} if one.public else {"certificate": [], "token": _scopes(one)}],
    }
    if one.body is not None:
        said: dict[str, Any] = {"schema": {"$ref": _REFERENCE.format(name=names[one.body])}}
        shown = [example for example in one.examples if example.body is not None]
        if shown:
            said["examples"] = {
                f"example{number}": {"summary": example.title, "value": msgspec.to_builtins(example.body)}
                for number, example in enumerate(shown, 1)
            }
        found["requestBody"] = {"required": True, "content": {"application/json": said}}
    return found


def _scopes(one: Operation) -> list[str]:
    return [] if one.exchange is None else [one.exchange]


def _parameters(
    one: Operation, names: Mapping[type[msgspec.Struct], str], schemas: Mapping[str, Any]
) -> list[dict[str, Any]]:
    example = one.examples[0] if one.examples else Example("")
    found: list[dict[str, Any]] = [
        _with_example(
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": {"type": "string", "pattern": f"^{pattern}$"},
            },
            example.path.get(name),
        )
        for name, pattern in one.path.items()
    ]
    if one.query is not None:
        shape = schemas[names[one.query]]
        found += [
            _with_example(
                {
                    "name": name,
                    "in": "query",
                    "required": name in shape.get("required", ()),
                    "description": _said_of(schema),
                    "schema": _without_null(schema),
                },
                example.query.get(name),
            )
            for name, schema in shape["properties"].items()
        ]
    if one.method == "POST":
        found.append(
            {
                "name": KEY_HEADER,
                "in": "header",
                "required": True,
                "description": "A value of its own for each message, a UUID for example. The same call under the same "
                "key is answered the same and done once; the key is kept for 48 hours.",
                "schema": {"type": "string", "pattern": f"^{KEY_PATTERN}$"},
            }
        )
    return found


def _said_of(schema: Mapping[str, Any]) -> str:
    """What is said of a member, or of the one form of it that is not null."""
    inner = (one.get("description", "") for one in schema.get("anyOf", ()))
    return str(schema.get("description", "") or next((one for one in inner if one), ""))


def _with_example(parameter: dict[str, Any], value: str | None) -> dict[str, Any]:
    return parameter if value is None else {**parameter, "example": value}


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    plain = {
        key: value
        for key, value in schema.items()
        if key not in ("default", "description") or value is not None
    }
    plain.pop("description", None)
    if "anyOf" in plain:
        (only,) = (one for one in plain["anyOf"] if one != {"type": "null"})
        return {key: value for key, value in only.items() if key != "description"}
    return plain


def _answers(one: Operation, names: Mapping[type[msgspec.Struct], str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, kind in one.answers.items():
        if isinstance(kind, Raw):
            content: dict[str, Any] = {kind.media_type: {}}
        else:
            name = kind.name if isinstance(kind, Shaped) else names[kind]
            content = {"application/json": {"schema": {"$ref": _REFERENCE.format(name=name)}}}
        headers: dict[str, Any] = dict(_PACE)
        if one.method == "GET":
            headers["ETag"] = {"$ref": "#/components/headers/ETag"}
        found[str(status)] = {"description": one.summary, "content": content, "headers": headers}
    if one.method == "GET":
        found["304"] = {"description": "What If-None-Match names is still so.", "headers": _PACE}
    return found


def _problem_answers(kinds: Sequence[p.ProblemKind]) -> dict[str, Any]:
    by_status: dict[int, list[p.ProblemKind]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {str(status): _problem_answer(status, of) for status, of in sorted(by_status.items())}


def _problem_answer(status: int, kinds: Sequence[p.ProblemKind]) -> dict[str, Any]:
    said = "; ".join(f"`{kind.type}`: {kind.title}" for kind in kinds)
    answer: dict[str, Any] = {
        "description": said,
        "content": {p.MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(name="Problem")}}},
    }
    if status in (429, 503):
        answer["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    return answer


def _security() -> dict[str, Any]:
    scopes = {one.name: str(one.label) for one in EXCHANGES.values()}
    return {
        "certificate": {"type": "mutualTLS", "description": "By the prison's authority for agencies."},
        "token": {
            "type": "oauth2",
            "flows": {"clientCredentials": {"tokenUrl": TOKEN_ADDRESS, "scopes": scopes}},
        },
    }


def _token() -> dict[str, Any]:
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
    problems = (p.CERTIFICATE, p.TOO_LARGE, p.MEDIA, p.TOO_MANY, p.FAULT, p.BUSY)
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
                "headers": _PACE,
            },
            "400": wrong,
            "401": wrong,
            **_problem_answers(problems),
        },
    }
