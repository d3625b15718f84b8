"""Fixtures of the hub's site."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from flask.testing import FlaskClient
from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, event
from werkzeug.routing import Rule

from hub import database
from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions
from hub.web.compiling import SpokenEnvironment
from hub.website.app import Hub

from ...databases import new_database
from .site_world import World, cheap_passwords


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    engine = make_engine(new_database(tmp_path, migrated=True))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", hurry)
    made = World(tmp_path, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    yield made
    made.close()


def hurry(connection: Any, _record: Any) -> None:
    """Nobody cuts the power during a test: a commit does not wait for the disk."""
    connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture
def client(world: World, request: pytest.FixtureRequest) -> FlaskClient:
    """Ada, signed in with the role that the test's module calls ROLE, a records officer otherwise."""
    return world.browser("ada", getattr(request.module, "ROLE", Role.RECORDS_OFFICER))


class _OfOneLanguage(FileSystemBytecodeCache):
    """Jinja knows a template by its name alone; ours hold their words, in one language each."""

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        assert isinstance(environment, SpokenEnvironment)
        return super().get_bucket(environment, f"{environment.speaks}/{name}", filename, source)


@pytest.fixture(scope="session", autouse=True)
def translated_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every test has a site of its own; the templates are turned into Python once for all of them."""
    cache = _OfOneLanguage(str(tmp_path_factory.mktemp("templates")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Hub, "jinja_options", {**Hub.jinja_options, "bytecode_cache": cache})
        yield


@pytest.fixture(scope="session", autouse=True)
def known_rules() -> Iterator[None]:
    """Werkzeug takes each address apart, and writes and compiles two functions for it, at every site: the same ones."""
    plain = Rule.compile
    made: dict[Any, Any] = {}

    def compile_once(rule: Rule) -> None:
        assert rule.map is not None
        key = (rule.rule, rule.subdomain, rule.host, rule.map.converters["int"])
        known = made.get(key)
        if known is None or rule.defaults:
            plain(rule)
            if not rule.defaults:
                made[key] = rule
            return
        rule._parts, rule._trace, rule._converters = known._parts, known._trace, known._converters
        rule.arguments = known.arguments
        rule._build = known._build.__func__.__get__(rule, None)
        rule._build_unknown = known._build_unknown.__func__.__get__(rule, None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", compile_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def known_statements() -> Iterator[None]:
    """A hub turns each statement into SQL once in its life; the hubs of these tests share what they learn.

    What is kept belongs to one dialect, which is ready after its first connection.
    """
    make = sqlalchemy.create_engine
    with tempfile.TemporaryDirectory() as folder:
        kept = make(new_database(Path(folder)), query_cache_size=5000)
        kept.connect().close()
        kept.dispose()

    def create(url: str, **options: Any) -> Engine:
        engine = make(url, **options)
        if engine.dialect.driver == kept.dialect.driver:
            engine.dialect, engine._compiled_cache = kept.dialect, kept._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", create)
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
