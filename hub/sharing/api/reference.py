"""The description turned into what a page shows: each operation with its fields, its examples and its problems."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from hub.sharing.api.openapi import may_answer
from hub.sharing.api.problems import ProblemKind
from hub.sharing.api.routes import ApiRoutes, Example, Operation

_DEEPEST: Final = 6


@dataclass(frozen=True)
class Line:
    """A parameter or a member of a body: its name with those around it, what it is, and whether it must be there."""

    name: str
    kind: str
    needed: bool
    about: str


@dataclass(frozen=True)
class Shown:
    """One operation."""

    operation: Operation
    parameters: Sequence[Line]
    body: Sequence[Line]
    answers: Sequence[tuple[str, Sequence[Line]]]
    problems: Sequence[ProblemKind]
    examples: Sequence[tuple[str, str]]

    @property
    def anchor(self) -> str:
        return self.operation.anchor


@dataclass(frozen=True)
class Chapter:
    """Operations that belong together."""

    name: str
    about: str
    operations: Sequence[Shown]

    @property
    def heading(self) -> str:
        """The first sentence of what it is about."""
        return self.about.partition(". ")[0]


def chapters(api: Sequence[ApiRoutes], document: Mapping[str, Any]) -> list[Chapter]:
    """The whole description for reading."""
    return [
        Chapter(routes.name, routes.about, [_shown(one, document) for one in routes.operations])
        for routes in api
    ]


def curl(one: Operation, example: Example, address: str = "https://$PIMS") -> str:
    """The call of an example, for a shell in which TOKEN and PIMS stand."""
    rule = one.rule.format(**example.path)
    query = f"?{urlencode(example.query, safe=':,')}" if example.query else ""
    words = ["curl --cert client.pem --key client.key --cacert agencies-ca.pem"]
    if not one.public:
        words.append('-H "Authorization: Bearer $TOKEN"')
    if one.method == "POST":
        words.append('-H "Idempotency-Key: $(openssl rand -hex 16)"')
    if example.body is not None:
        body = json.dumps(msgspec.to_builtins(example.body), ensure_ascii=False).replace("'", "'\\''")
        words += ["-H 'Content-Type: application/json'", f"--data '{body}'"]
    words.append(f'"{address}{rule}{query}"' if "$" in address else f"'{address}{rule}{query}'")
    return " \\\n  ".join(words)


def _shown(one: Operation, document: Mapping[str, Any]) -> Shown:
    said = document["paths"][one.rule][one.method.lower()]
    schemas = document["components"]["schemas"]
    body = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    answers = []
    for status in one.answers:
        content = said["responses"][str(status)].get("content", {}).get("application/json", {})
        answers.append((str(status), list(_lines(content.get("schema", {}), schemas))))
    return Shown(
        operation=one,
        parameters=[
            Line(
                parameter["name"],
                f"{parameter['in']}, {_kind(parameter['schema'], schemas)}",
                parameter["required"],
                parameter.get("description", ""),
            )
            for parameter in said["parameters"]
        ],
        body=[] if body is None else list(_lines(body, schemas)),
        answers=answers,
        problems=sorted({kind.code: kind for kind in may_answer(one)}.values(), key=lambda kind: kind.status),
        examples=[(example.title, curl(one, example)) for example in one.examples],
    )


def _lines(
    schema: Mapping[str, Any], schemas: Mapping[str, Any], above: str = "", deep: int = 0
) -> Iterator[Line]:
    whole = _resolved(schema, schemas)
    needed = set(whole.get("required", ()))
    for name, inner in whole.get("properties", {}).items():
        found = _resolved(inner, schemas)
        way = f"{above}{name}"
        yield Line(
            way, _kind(found, schemas), name in needed, inner.get("description", found.get("description", ""))
        )
        if deep < _DEEPEST:
            yield from _lines(found, schemas, f"{way} / ", deep + 1)
            if found.get("type") == "array":
                yield from _lines(found.get("items", {}), schemas, f"{way}[] / ", deep + 1)


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    options = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(options) == 1:
        said = {"description": schema["description"]} if "description" in schema else {}
        return _resolved({**options[0], **said}, schemas)
    reference = schema.get("$ref")
    return schema if reference is None else schemas[reference.rpartition("/")[2]]


def _kind(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    found = _resolved(schema, schemas)
    if "const" in found:
        return json.dumps(found["const"])
    if "enum" in found:
        return "one of " + ", ".join(str(one) for one in found["enum"])
    kind = found.get("type", "any")
    said = " or ".join(kind) if isinstance(kind, list) else str(kind)
    if said == "array":
        return f"list of {_kind(found.get('items', {}), schemas)}"
    limits = [f"{word} {found[key]}" for key, word in _LIMITS.items() if key in found]
    return ", ".join([f"{said} ({found['format']})" if "format" in found else said, *limits])


_LIMITS: Final = {"minimum": "from", "maximum": "to", "minLength": "at least", "maxLength": "at most"}
