"""A stranger tries all of the agencies' interface over TLS: right calls, every border, and chains of calls."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
import schemathesis
from schemathesis.engine import events
from schemathesis.engine.core import Engine

from hub.website.agency_app import API

from ..ports import free_port
from ..unit.hub.sharing_world import COURTS, FORENSIC, OBSERVATORY, POLICE
from .test_agency_api import Running, ask, context_of, hub, make_request, run, token_of

__all__ = ["hub"]

EACH = [COURTS, POLICE, FORENSIC, OBSERVATORY]
_SCOPES = {one.rule: one.exchange for routes in API for one in routes.operations}
_RIGHT = {"/problems/idempotency_key_reused", "/problems/address_too_long"}
"""A generator sends one key with two messages, which no schema can forbid; and takes 414 for no refusal."""


@pytest.fixture(scope="module")
def unpaced(hub: Running) -> Iterator[Running]:
    """The same hub behind a second listener, which lets a program call as often as it likes."""
    for agency in (FORENSIC, OBSERVATORY):
        name = f"{agency}-records"
        make_request(hub.data, name)
        run("partner", "add", name, "--agency", agency, "--data", str(hub.data))
        paths = ("--request", str(hub.data / f"{name}.csr"), "--out", str(hub.data / f"{name}.pem"))
        run("partner", "issue", name, "--data", str(hub.data), *paths)
    port = free_port()
    command = [sys.executable, "-m", "tests.integration.agencies_unpaced", str(hub.data), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Running(hub.data, port, hub.about)
        process.terminate()


def findings(hub: Running, agency: str, examples: int, phases: dict[str, bool]) -> tuple[int, list[str]]:
    """How many calls were judged, and what was found about what the agency may."""
    name = f"{agency}-records"
    context, bearer = context_of(hub, name), f"Bearer {token_of(hub, name)}"
    scopes = set(ask(hub, context, "GET", "/v1/me", Authorization=bearer)[1]["scopes"]) | {None}
    said = {
        "seed": 7,
        "workers": 1,
        "suppress-health-check": ["all"],
        "base-url": f"https://127.0.0.1:{hub.port}",
        "tls-verify": str(hub.data / "agencies-ca.pem"),
        "request-cert": str(hub.data / f"{name}.pem"),
        "request-cert-key": str(hub.data / f"{name}.key"),
        "headers": {"Authorization": bearer},
        "phases": {phase: {"enabled": enabled} for phase, enabled in phases.items()},
        "generation": {
            "max-examples": examples,
            "deterministic": True,
            "no-shrink": True,
            "database": "none",
        },
    }
    _, document = ask(hub, context, "GET", "/v1/openapi.json")
    schema = schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_dict(said))
    chosen = schema.include(lambda one: _SCOPES.get(one.operation.path, "none") in scopes)
    tried, found = 0, []
    for event in Engine(schema=chosen).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            found.append(f"error: {event}")
        if isinstance(event, events.ScenarioFinished):
            for case, checks in event.recorder.checks.items():
                tried += 1
                content = event.recorder.interactions[case].response.content
                if content.startswith(b'{"type"') and json.loads(content)["type"] in _RIGHT:
                    continue
                found += [
                    f"{event.label}: {check.name}: {check.failure_info.failure}\n"
                    f"{event.recorder.cases[case].value.as_curl_command()[:1500]}\nanswered {content[:400]!r}"
                    for check in checks
                    if check.failure_info is not None
                ]
    return tried, found


@pytest.mark.long
@pytest.mark.parametrize("agency", EACH)
def test_nothing_is_found_over_tls(unpaced: Running, agency: str) -> None:
    """Data, borders and chains of everything that each agency may."""
    phases = {"examples": True, "coverage": True, "fuzzing": True, "stateful": True}
    tried, found = findings(unpaced, agency, 20, phases)
    assert tried > 300
    assert not found, "\n".join(found[:10])


def test_nothing_is_found_quickly(unpaced: Running) -> None:
    """Every address of the courts, with its examples and a few other values."""
    phases = {"examples": True, "coverage": False, "fuzzing": True, "stateful": False}
    tried, found = findings(unpaced, COURTS, 2, phases)
    assert tried > 20
    assert not found, "\n".join(found[:10])
