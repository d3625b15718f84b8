"""The description: what it says is what is served, and every example in it works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from hub.sharing.api.browsing import as_json
from hub.sharing.api.openapi import describe
from hub.sharing.api.routes import Example, Operation
from hub.website.agency_app import API

from .agency_api_world import ApiWorld, Program, api_world
from .sharing_world import COURTS, FORENSIC, OBSERVATORY, POLICE
from .site_world import World

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "agencies-openapi.json"
OPERATIONS = [one for routes in API for one in routes.operations]
EXAMPLES = [(one, example) for one in OPERATIONS for example in one.examples]


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return describe(API)


@pytest.fixture
def hub(world: World, tmp_path: Path) -> ApiWorld:
    return api_world(world, tmp_path / "keys")


def schemas_in(whole: Any) -> Iterator[dict[str, Any]]:
    """Every schema of the document."""
    yield from whole["components"]["schemas"].values()
    for path in whole["paths"].values():
        for operation in path.values():
            yield from (parameter["schema"] for parameter in operation.get("parameters", ()))


def test_what_is_checked_in_is_what_is_served(described: dict[str, Any]) -> None:
    """Written by: python -m hub.website.agency_reference > docs/agencies-openapi.json"""
    assert DOCUMENT.read_bytes() == as_json(described), "write it anew"


def test_every_schema_is_one(described: dict[str, Any]) -> None:
    for one in schemas_in(described):
        jsonschema.Draft202012Validator.check_schema(one)


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    text = as_json(described).decode()
    for name in re.findall(r'"#/components/schemas/([^"]+)"', text):
        assert name in described["components"]["schemas"]


def test_every_route_is_described(hub: ApiWorld, described: dict[str, Any]) -> None:
    """What is served beside is the description itself and the pages that explain it."""
    beside = {"/", "/docs", "/problems", "/problems/{code}", "/v1/openapi.json"}
    beside |= {"/.well-known/oauth-authorization-server", "/assets/{state}/{name}"}
    rules = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in hub.app.url_map.iter_rules()}
    assert rules - beside == set(described["paths"])


def test_no_operation_without_certificate_and_reason(described: dict[str, Any]) -> None:
    for one in OPERATIONS:
        said = described["paths"][one.rule][one.method.lower()]
        assert "certificate" in said["security"][0]
        assert one.public or "token" in said["security"][0]
        assert one.public or one.exchange or one.name in OF_EVERYBODY, f"{one.name} needs a scope or a reason"


OF_EVERYBODY = {
    "me": "says what the token itself says",
    "agreements": "one's own",
    "events": "each event is asked at the gate",
    "event": "the scope is that of the event",
    "receipt": "of one's own messages",
}


@pytest.mark.parametrize(
    ("operation", "example"), EXAMPLES, ids=lambda one: getattr(one, "name", None) or one.title
)
def test_every_example_works(
    hub: ApiWorld, described: dict[str, Any], operation: Operation, example: Example
) -> None:
    prepare(hub, operation)
    program = program_for(hub, operation)
    more: dict[str, Any] = {"query_string": dict(example.query)}
    if example.body is not None:
        more["json"] = msgspec.to_builtins(example.body)
    answer = program.call(operation.method, operation.rule.format(**example.path), **more)
    assert answer.status_code == (example.status or next(iter(operation.answers))), answer.text
    said = described["paths"][operation.rule][operation.method.lower()]["responses"][str(answer.status_code)]
    schema = said["content"].get("application/json", {}).get("schema")
    if schema is not None:
        whole = {**schema, "components": described["components"]}
        jsonschema.validate(answer.get_json(), whole, jsonschema.Draft202012Validator)


def prepare(hub: ApiWorld, operation: Operation) -> None:
    """What an example takes for granted."""


def program_for(hub: ApiWorld, operation: Operation) -> Program:
    """A program whose agreement covers it."""
    for agency in (POLICE, COURTS, FORENSIC, OBSERVATORY):
        program = hub.program(agency).signed_in()
        if operation.exchange is None or operation.exchange in program.get("/v1/me").get_json()["scopes"]:
            return program
    raise AssertionError(operation.exchange)


def test_the_page_shows_every_operation(hub: ApiWorld) -> None:
    page = hub.program(COURTS).get("/docs")
    assert page.status_code == 200
    for one in OPERATIONS:
        assert one.rule in page.text
    assert "<script" not in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "https://hub.example/" not in page.text
