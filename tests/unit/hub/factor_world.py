"""An app for codes and a security key, as their owner holds them."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import cbor2
import pyotp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from .site_world import World, post, token_of

_OPTIONS = re.compile(r'data-options="([^"]*)"')
_SECRET = re.compile(r"<code>([A-Z2-7 ]+)</code>")
_CODE = re.compile(r"<code>([a-z0-9]{4}(?:-[a-z0-9]{4})+)</code>")


@dataclass
class App:
    """Shows the code of any moment."""

    secret: str

    def code(self, at: datetime) -> str:
        return pyotp.TOTP(self.secret).at(at)


def add_app(world: World, client: FlaskClient, *, label: str = "phone") -> tuple[App, list[str]]:
    """Set an app up on the pages; gives it and the printed codes that came with it, none when there were some."""
    page = post(client, "/account/app", {}, page="/account")
    assert page.status_code == 303
    app = App(secret_on(client.get("/account/app")))
    form = {"code": app.code(world.at), "label": label}
    done = post(client, "/account/app/confirm", form, page="/account/app")
    assert done.status_code in (200, 303)
    return app, codes_on(done)


def secret_on(page: TestResponse) -> str:
    found = _SECRET.search(page.text)
    assert found is not None
    return found[1].replace(" ", "")


def codes_on(page: TestResponse) -> list[str]:
    return _CODE.findall(page.text)


def options_on(page: TestResponse) -> dict[str, Any]:
    """What the page's script hands to the browser's security key."""
    found = _OPTIONS.search(page.text)
    assert found is not None
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


@dataclass
class SecurityKey:
    """Signs as a FIDO2 key does: P-256, with a counter and a check of who touches it."""

    origin: str = "http://localhost"
    host: str = "localhost"
    verified: bool = True
    count: int = 0
    credential: bytes = field(default_factory=lambda: os.urandom(32))
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: dict[str, Any]) -> str:
        """Answer to the options of a registration."""
        data = self._authenticator_data(with_key=True)
        told = self._client_data("webauthn.create", options["challenge"])
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"clientDataJSON": _text(told), "attestationObject": _text(attestation)})

    def get(self, options: dict[str, Any]) -> str:
        """Answer to the options of a sign-in."""
        self.count += 1
        data = self._authenticator_data(with_key=False)
        told = self._client_data("webauthn.get", options["challenge"])
        signed = self.private.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"clientDataJSON": _text(told), "authenticatorData": _text(data), "signature": _text(signed)}
        )

    def _authenticator_data(self, *, with_key: bool) -> bytes:
        flags = 0x01 | (0x04 if self.verified else 0) | (0x40 if with_key else 0)
        data = hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")
        if not with_key:
            return data
        numbers = self.private.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return data + bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(key)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _answer(self, response: dict[str, str]) -> str:
        name = _text(self.credential)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": response,
            }
        )


def add_key(client: FlaskClient, key: SecurityKey) -> TestResponse:
    """Register the key on the pages."""
    page = client.get("/account/key")

    form = {"csrf_token": token_of(page), "answer": key.create(options_on(page)), "label": "blue key"}
    return client.post("/account/key", data=form)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
