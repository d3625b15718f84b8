"""An agency's program at the interface, and officers at the site, over one prison with enrolled fingers."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.biometrics.actions import enrol_finger
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import prepare_finger
from hub.database import session_scope
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.forensic.messages import FingerprintRequest, IdentityRequest
from hub.sharing.forensic.sealing import ParcelSeal
from hub.web.door import provide

from .agency_api_world import ApiWorld, Program, api_world
from .sharing_world import FORENSIC, POLICE
from .site_world import World, post

Prints = dict[tuple[int, int], bytes]
ISSUED = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


@dataclass
class Asked:
    """Both sides of a request."""

    world: World
    api: ApiWorld
    prints: Prints
    sent: int = 0
    officers: dict[str, FlaskClient] = field(default_factory=dict)

    @property
    def police(self) -> Program:
        program = self.api.program(POLICE)
        return program if program.token else program.signed_in()

    @property
    def laboratory(self) -> Program:
        program = self.api.program(FORENSIC)
        return program if program.token else program.signed_in()

    def officer(self, login: str = "rita", role: Role = Role.RECORDS_OFFICER) -> FlaskClient:
        if login not in self.officers:
            self.officers[login] = self.world.browser(login, role)
        return self.officers[login]

    def ask(self, sample: bytes, **parts: Any) -> TestResponse:
        """A request by finger; an image at 500 dpi unless said otherwise."""
        self.sent += 1
        known: dict[str, Any] = {
            "message_id": f"CIB-{self.sent}",
            "issued_at": ISSUED,
            "case": "CIB 411/2026",
            "requested_by": "Insp. R. Castillo, 114",
            "legal_basis": "Order of the magistrate of 20 November 2026",
            "form": "image",
            "sample": base64.b64encode(sample).decode(),
            "resolution": 500,
        }
        body = msgspec.json.encode(IdentityRequest(**(known | parts)))
        return self.police.post("/v1/identity-requests", data=body, content_type="application/json")

    def ask_prints(self, about: str, **parts: Any) -> TestResponse:
        self.sent += 1
        known: dict[str, Any] = {
            "message_id": f"NFSS-{self.sent}",
            "issued_at": ISSUED,
            "case": "NFSS 77/2026",
            "requested_by": "Dr. M. Tillett",
            "legal_basis": "Request of the court of 20 November 2026",
            "asked_about": about,
            "form": "minutiae",
        }
        body = msgspec.json.encode(FingerprintRequest(**(known | parts)))
        return self.laboratory.post("/v1/fingerprint-requests", data=body, content_type="application/json")

    def acts(self, prefix: str = "forensic.") -> list[str]:
        with session_scope(self.world.sessions, writes=False) as session:
            found = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id))
            return [act for act in found if act.startswith(prefix)]

    def disclosures(self) -> list[Disclosure]:
        with session_scope(self.world.sessions, writes=False) as session:
            return list(session.scalars(select(Disclosure).order_by(Disclosure.id)))

    def rows(self, table: type[Any]) -> list[Any]:
        with session_scope(self.world.sessions, writes=False) as session:
            return list(session.scalars(select(table)))


def forensic_world(world: World, folder: Path, prints: Prints) -> Asked:
    """The person of the agreements' world with right and left index finger (prints 1 and 2) enrolled."""
    api = api_world(world, folder)
    seal = ParcelSeal(b"p" * 32)
    for app in (api.app, world.stranger().application):
        with app.app_context():
            provide(app, seal)
    asked = Asked(world, api, prints)
    enrol(asked, api.about.person, 2, prints[1, 1])
    enrol(asked, api.about.person, 7, prints[2, 1])
    return asked


def enrol(asked: Asked, person: int, position: int, png: bytes) -> None:
    world = asked.world
    finger = prepare_finger(position, [png])
    search = DuplicateSearch(world.vault, world.sessions)
    with session_scope(world.sessions) as session:
        enrol_finger(session, world.vault, search, person, finger, at=world.at, by="test")


def number_of(answer: TestResponse) -> str:
    """The number of a request that was taken in."""
    assert answer.status_code == 202, answer.text
    found: str = answer.get_json()["number"]
    return found


def page_of(client: FlaskClient, number: str) -> str:
    """The address of a request, by way of the list."""
    listed = client.get("/identity").text
    found = re.search(rf'href="(/identity/\d+)"[^>]*>{number}<', listed)
    assert found is not None, listed
    return found[1]


def act(client: FlaskClient, page: str, name: str, **form: object) -> TestResponse:
    return post(client, page, {"act": name, **form})


def problem(answer: Any, status: int, code: str) -> str:
    assert answer.status_code == status, answer.text
    found = answer.get_json()
    assert code in (found["code"], found["type"].removeprefix("/problems/"))
    return str(found["detail"])
