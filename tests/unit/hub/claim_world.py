"""Terminals that knock at a hub of the tests, honest ones and others."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from flask import Flask
from flask.testing import FlaskClient

from hub.terminals.certificates import new_key
from hub.website.app import Parts, create_app
from wire.claims import (
    Answer,
    Offer,
    Opening,
    Reveal,
    claim_code,
    commitment_of,
    read,
    signed_part,
    to_bytes,
)
from wire.keys import OpeningKey, SigningKey, public_bytes
from wire.provisioning import Request, to_json

from .site_world import World

JSON = {"Accept": "application/json"}


def site_with_keys(world: World, keys: Path, *, second_person: bool = False) -> Flask:
    """The site of a hub whose keys lie in `keys`."""
    parts = Parts(
        world.sessions,
        world.vault,
        b"f" * 32,
        lambda: world.at,
        False,
        world.passwords,
        keys=keys,
        second_person=second_person,
        seal=world.seal,
        rules=world.rules,
    )
    app = create_app(parts)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@dataclass
class Knocker:
    """A device with keys of its own."""

    name: str = "gate-1"
    model: str = "gate"
    signing: SigningKey = field(default_factory=SigningKey.generate)
    nonce: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def __post_init__(self) -> None:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])
        signed = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(new_key(), SHA256())
        document = Request(
            terminal=self.name,
            certificate_request=signed.public_bytes(Encoding.PEM).decode(),
            verifying_key=public_bytes(self.signing.public_key()),
            sealing_key=public_bytes(OpeningKey.generate().public_key()),
            model=self.model,
        )
        self.request = to_json(document)

    def opening(self, signer: SigningKey | None = None) -> Opening:
        commitment = commitment_of(self.request, self.nonce)
        signature = (signer or self.signing).sign(signed_part(self.request, commitment))
        return Opening(request=self.request, commitment=commitment, signature=signature)

    def knock(self, client: FlaskClient) -> tuple[Offer, str]:
        """Opens and reveals; the hub's offer and the code on this device's screen."""
        answer = client.post("/provisioning/claims", data=to_bytes(self.opening()), headers=JSON)
        assert answer.status_code == 200, answer.text
        offer = read(answer.data, Offer)
        told = client.post(
            f"/provisioning/claims/{offer.claim}/reveal",
            data=to_bytes(Reveal(nonce=self.nonce)),
            headers=JSON,
        )
        assert told.status_code == 200, told.text
        return offer, claim_code(self.request, offer, self.nonce)


def standing(client: FlaskClient, offer: Offer) -> Answer:
    """How the claim stands, as its terminal hears it."""
    return read(client.get(f"/provisioning/claims/{offer.claim}", headers=JSON).data, Answer)
