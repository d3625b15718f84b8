"""A stranger reads the description and tries the interface by it: right calls, wrong ones, and chains of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis.engine import events
from schemathesis.engine.core import Engine

from hub.sharing.api.buckets import Buckets
from hub.sharing.api.carrying_out import KEY_HEADER, KEY_PATTERN
from hub.website.agency_app import API

from .agency_api_world import SHOWN, ApiWorld, Program, api_world
from .sharing_world import COURTS, FORENSIC, OBSERVATORY, POLICE
from .site_world import World

_KEYS = itertools.count(1)
_SCOPES = {one.rule: one.exchange for routes in API for one in routes.operations}
PUBLIC = {one.rule for routes in API for one in routes.operations if one.public}
EACH = [COURTS, POLICE, FORENSIC, OBSERVATORY]
"""An address that several may call is tried by the first of them in the short test, by all in the long one."""
CONFIG = {
    "seed": 7,
    "workers": 1,
    "generation": {"deterministic": True, "no-shrink": True, "database": "none"},
    "suppress-health-check": ["all"],
}


@pytest.fixture
def hub(world: World, tmp_path: Path) -> ApiWorld:
    return api_world(world, tmp_path / "keys", Buckets(calls=10**9))


@pytest.fixture(autouse=True)
def fresh_keys() -> Iterator[None]:
    """A client makes a key of its own for each message; a stranger's generator repeats them."""

    def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
        given = (case.headers or {}).get(KEY_HEADER)
        if isinstance(given, str) and re.fullmatch(KEY_PATTERN, given):
            case.headers[KEY_HEADER] = f"schemathesis-{next(_KEYS)}"

    schemathesis.hook(before_call)
    yield
    schemathesis.hooks.unregister_all()


def over_tls(app: Any, program: Program) -> Callable[..., Any]:
    """The application as a TLS connection with the program's certificate would reach it."""

    def reached(environ: dict[str, Any], start: Any) -> Any:
        environ[SHOWN] = program.certificate
        environ["wsgi.url_scheme"] = "https"
        return app(environ, start)

    return reached


def config_for(program: Program, examples: int, *, borders: bool, chains: bool) -> schemathesis.Config:
    """With `borders` every limit of every member is tried from both sides, which takes the most time.

    With `chains` what one call answers goes into the next.
    """
    phases = {
        "coverage": {"enabled": borders},
        "fuzzing": {"generation": {"max-examples": examples}},
        "stateful": {"enabled": chains, "generation": {"max-examples": max(4, examples // 4)}},
    }
    said = {"phases": phases, "headers": {"Authorization": f"Bearer {program.token}"}}
    return schemathesis.Config.from_dict({**CONFIG, **said})


def findings(
    hub: ApiWorld,
    agency: str,
    rules: set[str],
    examples: int = 1,
    *,
    borders: bool = True,
    chains: bool = False,
) -> list[str]:
    """What is found about these addresses by a program of the agency."""
    program = hub.program(agency).signed_in()
    config = config_for(program, examples, borders=borders, chains=chains)
    schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", over_tls(hub.app, program), config=config)
    chosen = schema.include(lambda context: context.operation.path in rules)
    found = []
    tried = 0
    for event in Engine(schema=chosen).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            found.append(f"error: {event}")
        if isinstance(event, events.ScenarioFinished):
            for case_id, checks in event.recorder.checks.items():
                tried += 1
                found += [
                    f"{event.label}: {check.name}: {check.failure_info.failure} "
                    f"{event.recorder.cases[case_id].value.as_curl_command()[:1500]}\n"
                    f"answered {event.recorder.interactions[case_id].response.content[:400]!r}"
                    for check in checks
                    if check.failure_info is not None
                ]
    assert tried >= examples * len(rules) > 0
    return found


def rules_of(hub: ApiWorld, agency: str) -> set[str]:
    """Addresses that the agency's agreement opens."""
    scopes = hub.program(agency).signed_in().get("/v1/me").get_json()["scopes"]
    return {rule for rule, exchange in _SCOPES.items() if exchange in scopes}


@pytest.mark.parametrize("agency", EACH)
def test_nothing_is_found_in_what_an_agency_may(hub: ApiWorld, agency: str) -> None:
    """What the police send has members of the courts' forms: its borders are left to the long test, as are chains."""
    before = EACH[: EACH.index(agency)]
    rules = rules_of(hub, agency).difference(*(rules_of(hub, other) for other in before))
    found = findings(hub, agency, rules, 4 if agency == POLICE else 1, borders=agency != POLICE)
    assert not found, "\n".join(found[:10])


@pytest.mark.long
@pytest.mark.parametrize("agency", EACH)
def test_nothing_is_found_with_many_more_tries(hub: ApiWorld, agency: str) -> None:
    found = findings(hub, agency, rules_of(hub, agency), examples=60, chains=True)
    assert not found, "\n".join(found[:10])


def test_nothing_is_found_in_what_everybody_may(hub: ApiWorld) -> None:
    found = findings(hub, COURTS, {rule for rule, exchange in _SCOPES.items() if exchange is None})
    assert not found, "\n".join(found[:10])
