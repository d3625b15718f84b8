"""Fixtures of the hub's site."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions
from hub.website.app import Hub

from ...databases import new_database
from .site_world import World, cheap_passwords


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    engine = make_engine(new_database(tmp_path, migrated=True))
    yield World(tmp_path, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    engine.dispose()


@pytest.fixture
def client(world: World, request: pytest.FixtureRequest) -> FlaskClient:
    """Ada, signed in with the role that the test's module calls ROLE, a records officer otherwise."""
    return world.browser("ada", getattr(request.module, "ROLE", Role.RECORDS_OFFICER))


@pytest.fixture(scope="session", autouse=True)
def translated_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every test has a site of its own; the templates are turned into Python once for all of them."""
    cache = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Hub, "jinja_options", {**Hub.jinja_options, "bytecode_cache": cache})
        yield


@pytest.fixture(scope="session", autouse=True)
def known_rules() -> Iterator[None]:
    """Werkzeug writes and compiles two functions a route for every site: the same ones each time."""
    plain = Rule._compile_builder
    made: dict[Any, Any] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return plain(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        return made.get(key) or made.setdefault(key, plain(rule, append_unknown))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture(scope="session")
def prints() -> dict[tuple[int, int], bytes]:
    """PNG files by (finger, impression): fingers 1 to 6 of nobody, two touches of the glass each."""
    from hub.biometrics.images import write_png
    from matching.synthesis import make_finger

    found = {}
    for seed in range(1, 7):
        finger = make_finger(seed)
        for touch in (1, 2):
            found[seed, touch] = write_png(finger.impression(touch, grey_levels=16))
    return found


@pytest.fixture(scope="session", autouse=True)
def remembered_impressions() -> Iterator[None]:
    """The engine's real answers, reckoned once for each image of this run."""
    from hub.biometrics import enrolment

    plain = enrolment.prepare_impression

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(enrolment, "prepare_impression", lru_cache(plain))
        yield
