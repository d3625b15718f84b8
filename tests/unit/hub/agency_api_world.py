"""The agencies' interface over a database with four agencies: programs with certificates of a real authority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hub.accounts.audit import OPERATOR
from hub.database import session_scope
from hub.sharing.api.buckets import Buckets
from hub.sharing.api.door import Interface
from hub.sharing.partners.actions import add_client, issue
from hub.sharing.partners.authority import AgenciesAuthority, prepare_agencies
from hub.website.agency_app import create_agency_app

from .sharing_world import SharingWorld, sharing_world
from .site_world import World

SHOWN = "pims.test.certificate"
"""Where the tests' requests carry the certificate that a TLS connection would have shown."""


@cache
def request_pem(name: str) -> str:
    """A certificate request of a key that nobody needs again."""
    key = generate_private_key(SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
    return made.public_bytes(Encoding.PEM).decode()


def shown(environ: Mapping[str, Any]) -> bytes | None:
    """The certificate of a request."""
    return environ.get(SHOWN)


@dataclass
class Program:
    """A program of an agency: calls with its certificate, and with a token once it asked for one."""

    client_id: str
    certificate: bytes
    http: FlaskClient
    token: str = ""
    keys: int = 0

    def call(self, method: str, address: str, **more: Any) -> TestResponse:
        """One call; a POST gets a key of its own unless one is named."""
        headers = dict(more.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if method == "POST":
            self.keys += 1
            headers.setdefault("Idempotency-Key", f"{self.client_id}-{self.keys:08d}")
        return self.http.open(
            address,
            method=method,
            headers=headers,
            base_url="https://hub.example",
            environ_overrides={SHOWN: self.certificate},
            **more,
        )

    def get(self, address: str, **more: Any) -> TestResponse:
        return self.call("GET", address, **more)

    def post(self, address: str, **more: Any) -> TestResponse:
        return self.call("POST", address, **more)

    def ask_token(self, scope: str | None = None, client_id: str | None = None) -> TestResponse:
        form = {"grant_type": "client_credentials", "client_id": client_id or self.client_id}
        if scope is not None:
            form["scope"] = scope
        return self.http.post(
            "/v1/token",
            data=form,
            base_url="https://hub.example",
            environ_overrides={SHOWN: self.certificate},
        )

    def signed_in(self, scope: str | None = None) -> Program:
        answer = self.ask_token(scope)
        assert answer.status_code == 200, answer.text
        self.token = answer.get_json()["access_token"]
        return self


@dataclass
class ApiWorld:
    """The interface, whom it is about, and the programs of the agencies."""

    world: World
    app: Flask
    about: SharingWorld
    authority: AgenciesAuthority
    programs: dict[str, Program] = field(default_factory=dict)

    def program(self, agency: str, client_id: str = "") -> Program:
        """The program of an agency, made when first asked for."""
        name = client_id or f"{agency}-records"
        if name not in self.programs:
            with session_scope(self.world.sessions) as session:
                add_client(
                    session, agency=agency, client_id=name, about="records", actor=OPERATOR, at=self.at
                )
                session.flush()
                made = issue(
                    session,
                    self.authority,
                    client_id=name,
                    request_pem=request_pem(name),
                    actor=OPERATOR,
                    at=self.at,
                )
                der = x509.load_pem_x509_certificate(made.pem.encode()).public_bytes(Encoding.DER)
            self.programs[name] = Program(name, der, self.app.test_client())
        return self.programs[name]

    @property
    def at(self) -> datetime:
        return self.world.at


def api_world(world: World, folder: Path, buckets: Buckets | None = None) -> ApiWorld:
    """The interface over a world with agreements in force and one person on remand."""
    folder.mkdir(mode=0o700, exist_ok=True)
    authority = prepare_agencies(folder, at=world.at)
    about = sharing_world(world)
    interface = Interface(
        world.sessions, lambda: world.at, shown, buckets or Buckets(), lambda: 0.0, "https://hub.example"
    )
    return ApiWorld(world, create_agency_app(interface, folder), about, authority)
