"""OpenAPI 3.1 of the API, made from the operations themselves: what is described is what is served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from hub.sharing.api import problems as p
from hub.sharing.api.carrying_out import KEY_HEADER, KEY_PATTERN
from hub.sharing.api.openapi_parts import (
    ABOUT,
    ENDS,
    HEADERS,
    PACE,
    PROBLEM,
    REFERENCE,
    TOKEN_ADDRESS,
    asking_for_a_token,
    problem_answers,
)
from hub.sharing.api.routes import ApiRoutes, Example, Operation, Raw, Shaped
from hub.sharing.catalogue import EXCHANGES

VERSION: Final = "1.0.0"


def describe(api: Sequence[ApiRoutes]) -> dict[str, Any]:
    """The whole document, the same at every call."""
    operations = [one for routes in api for one in routes.operations]
    kinds = list(_structs(operations))
    _, schemas = msgspec.json.schema_components(kinds, schema_hook=_any, ref_template=REFERENCE)
    _bound_days(schemas)
    names = {kind: _name(kind) for kind in kinds}
    schemas |= {shaped.name: dict(shaped.schema) for one in operations for shaped in _shaped(one)}
    paths: dict[str, dict[str, Any]] = {TOKEN_ADDRESS: {"post": asking_for_a_token()}}
    for one in operations:
        paths.setdefault(one.rule, {})[one.method.lower()] = _operation(one, names, schemas)
    for kind in {one.query for one in operations if one.query is not None}:
        schemas.pop(names[kind], None)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "PIMS for agencies", "version": VERSION, "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": [
            {"name": "token", "description": "Asking for a token"},
            *({"name": routes.name, "description": routes.about} for routes in api),
        ],
        "security": [{"certificate": [], "token": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {**dict(sorted(schemas.items())), "Problem": PROBLEM},
            "headers": HEADERS,
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
    found += [p.LONG_ADDRESS, p.LARGE_HEADERS]
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
    found, _ = msgspec.json.schema_components([kind], schema_hook=_any, ref_template=REFERENCE)
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
        "responses": _answers(one, names) | problem_answers(may_answer(one)),
        "security": [{"certificate": []} if one.public else {"certificate": [], "token": _scopes(one)}],
    }
    if one.ending is not None:
        found |= {"deprecated": True, "description": f"{found['description']} {one.ending.sentence}"}
    if one.body is not None:
        said: dict[str, Any] = {"schema": {"$ref": REFERENCE.format(name=names[one.body])}}
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
            content = {"application/json": {"schema": {"$ref": REFERENCE.format(name=name)}}}
        headers: dict[str, Any] = {**PACE, **(ENDS if one.ending is not None else {})}
        if one.method == "GET":
            headers["ETag"] = {"$ref": "#/components/headers/ETag"}
        found[str(status)] = {"description": one.summary, "content": content, "headers": headers}
    if one.method == "GET":
        found["304"] = {
            "description": "What If-None-Match names is still so.",
            "headers": {**PACE, **(ENDS if one.ending is not None else {})},
        }
    return found


def _security() -> dict[str, Any]:
    scopes = {one.name: str(one.label) for one in EXCHANGES.values()}
    return {
        "certificate": {"type": "mutualTLS", "description": "By the prison's authority for agencies."},
        "token": {
            "type": "oauth2",
            "flows": {"clientCredentials": {"tokenUrl": TOKEN_ADDRESS, "scopes": scopes}},
        },
    }
