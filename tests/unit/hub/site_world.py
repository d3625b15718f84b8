"""A hub's site in a folder of its own, with a clock that the test moves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from hub.accounts.actions import add_account, change_password, find_account
from hub.accounts.audit import OPERATOR
from hub.accounts.factors.sealing import FactorSeal
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Role
from hub.accounts.policy import DEFAULT_RULES, SignInRules
from hub.accounts.sessions import sign_in as open_session
from hub.biometrics.vault import Vault
from hub.custody.actions import open_booking, record_order, register_person
from hub.custody.records import Person
from hub.custody.rules import OrderFacts, OrderKind, PersonFacts, Sex
from hub.database import Sessions, session_scope
from hub.movements import feed
from hub.movements.actions import apply_passages
from hub.movements.passages import Passage, Place, Somebody
from hub.movements.records import Zone
from hub.movements.rules import Decision, Proof
from hub.movements.site.files import read_site
from hub.movements.site.importing import import_site
from hub.settings import Settings, write_first
from hub.terminals.records import Status, Terminal
from hub.web.door import Site, service
from hub.website.app import Parts, create_app, live_feed

NOON = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
"""Noon in Belize."""
NEVER = datetime(2999, 1, 1, tzinfo=UTC)
PASSWORD = "correct-horse-battery"
SITE = b"""
[[zone]]
code = "yard"
name = "Yard"
kind = "MOVEMENT_AREA"
[[zone]]
code = "block-a"
name = "Block A"
kind = "BLOCK"
capacity = 2
[[zone]]
code = "workshop"
name = "Workshop"
kind = "WORKSHOP"
capacity = 10
[[checkpoint]]
code = "a-in"
name = "Block A, entry"
from_zone = "yard"
to_zone = "block-a"
[[checkpoint]]
code = "w-in"
name = "Workshop, entry"
from_zone = "yard"
to_zone = "workshop"
"""


def cheap_passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class World:
    """Everything that a test of the site touches."""

    folder: Path
    engine: Engine
    sessions: Sessions
    passwords: Passwords
    vault: Vault
    at: datetime = NOON
    sequence: int = 0
    seal: FactorSeal = field(default_factory=lambda: FactorSeal(b"s" * 32))
    rules: SignInRules = DEFAULT_RULES
    held: tuple[SignInRules, Flask] | None = None
    apps: list[Flask] = field(default_factory=list)

    def app(self, *, secure: bool = False, embedded_broker: bool = False) -> Flask:
        key = b"f" * 32
        parts = Parts(
            self.sessions,
            self.vault,
            key,
            lambda: self.at,
            secure,
            self.passwords,
            embedded_broker,
            seal=self.seal,
            rules=self.rules,
        )
        app = create_app(parts)
        self.apps.append(app)
        app.testing = False
        app.config["PROPAGATE_EXCEPTIONS"] = False
        return app

    def close(self) -> None:
        """Whoever looked at the control room set a thread going, which would look into the database for ever."""
        for app in self.apps:
            live_feed(app).stop()
        self.engine.dispose()

    def settings(self) -> Settings:
        """Write the hub.toml that leads a command in `folder` to this database."""
        return write_first(self.folder, database=self.engine.url.render_as_string(hide_password=False))

    def now(self) -> None:
        """Follow the clock of this machine from here on, for tests with processes of their own."""
        self.at = datetime.now(UTC)

    def later(self, **parts: float) -> None:
        self.at += timedelta(**parts)

    def browser(self, login: str, role: Role = Role.RECORDS_OFFICER) -> FlaskClient:
        """A browser in which a new account of this role is signed in, as the page would have left it.

        Through the page itself goes `sign_in`, which costs as much as two pages more.
        """
        self.account(login, role)
        client = self.stranger()
        opened = open_session(
            self.sessions,
            self.passwords,
            login=login,
            password=PASSWORD,
            address="127.0.0.1",
            device=None,
            now=self.at,
            browser="Werkzeug",
            rules=self.rules,
        )
        with client.application.app_context():
            site = service(Site)
        for name, value in ((site.session_cookie, opened.token), (site.device_cookie, opened.device)):
            client.set_cookie(name, value, httponly=True, samesite="Strict")
        return client

    def stranger(self) -> FlaskClient:
        """Another browser at one and the same site, for tests that need many: a site of its own costs more."""
        held = self.held
        if held is None or held[0] is not self.rules:
            held = self.held = (self.rules, self.app())
        return held[1].test_client()

    def account(self, login: str, role: Role = Role.RECORDS_OFFICER) -> None:
        """An account whose password is PASSWORD, and whose time to do without a second factor never ends."""
        with session_scope(self.sessions) as session:
            add_account(session, login, role, passwords=self.passwords, actor=OPERATOR, at=self.at)
            change_password(session, login, PASSWORD, passwords=self.passwords, actor=OPERATOR, at=self.at)
            find_account(session, login).factor_due_at = NEVER

    def site(self) -> None:
        with session_scope(self.sessions) as session:
            import_site(session, read_site(SITE), actor=OPERATOR, at=self.at)

    def person(self, surname: str = "Novelo", given: str = "Ana") -> Person:
        """Somebody in custody on an order."""
        with session_scope(self.sessions) as session:
            person = register_person(
                session, PersonFacts(surname, given, date(1990, 5, 1), Sex.FEMALE), actor=OPERATOR, at=self.at
            )
            booking = open_booking(session, person, admitted_at=self.at, recorded_at=self.at, by="test")
            order = OrderFacts(OrderKind.WARRANT, "W 1/2026", date(2026, 1, 2))
            record_order(session, booking, order, recorded_at=self.at, actor=OPERATOR)
        return person

    def terminal(self, name: str = "a-1", checkpoint: str = "a-in") -> int:
        with session_scope(self.sessions) as session:
            terminal = Terminal(
                name=name,
                checkpoint_code=checkpoint,
                verifying_key=bytes(32),
                sealing_key=bytes(32),
                certificate_fingerprint="0" * 64,
                certificate_until_at=self.at + timedelta(days=300),
                granted_at=self.at,
                status=Status.ACTIVE,
            )
            session.add(terminal)
            session.flush()
            return terminal.id

    def passage(
        self,
        person: Person | None,
        decision: Decision = "ADMIT",
        rule: str = "expected",
        *,
        to_zone: str = "block-a",
        at: datetime | None = None,
        terminal: str = "a-1",
    ) -> None:
        """A decision at the entry of a zone, as ingest would apply it."""
        self.sequence += 1
        with session_scope(self.sessions) as session:
            zones = {zone.code: zone.id for zone in session.query(Zone)}
            who = None
            if person is not None:
                who = Somebody(person.id, person.number, f"{person.surname.upper()}, {person.given}")
            proof = Proof(terminal, b"j" * 16, self.sequence, at or self.at, True)
            passage = Passage(
                proof,
                "a-in",
                Place(zones["yard"], "yard"),
                Place(zones[to_zone], to_zone),
                decision,
                rule,
                who,
            )
            feed.append(session, apply_passages(session, [passage], at=self.at))


_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def token_of(page: TestResponse) -> str:
    found = _TOKEN.search(page.text)
    assert found is not None
    return found[1]


def post(
    client: FlaskClient, address: str, form: dict[str, object], *, page: str | None = None
) -> TestResponse:
    """Send a form as a browser would: with the token of the page it stands on."""
    token = token_of(client.get(page or address))
    return client.post(address, data={"csrf_token": token, **form})


def sign_in(client: FlaskClient, login: str, password: str = PASSWORD, **form: object) -> TestResponse:
    return post(client, "/login", {"login": login, "password": password, **form})
