"""Programs of agencies on their page: added, cut off, and told where to listen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.audit import OPERATOR
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.errors import HubError
from hub.sharing.partners.actions import cut_off, issue, webhook_of
from hub.sharing.partners.authority import prepare_agencies
from hub.sharing.partners.lists import count_expiring
from hub.sharing.partners.records import PartnerClient, Webhook
from hub.terminals.authority import prepare_authority
from hub.terminals.errors import KeysError

from .agency_api_world import request_pem
from .sharing_world import open_agencies
from .site_world import World, post

ROLE = Role.ADMINISTRATOR
PAGE = "/sharing/partners"
PIN = "ab" * 32


@pytest.fixture
def admin(world: World, client: FlaskClient) -> FlaskClient:
    open_agencies(world)
    return client


def act(browser: FlaskClient, /, **form: str) -> int:
    return post(browser, PAGE, form, page=PAGE).status_code


@pytest.mark.parametrize(
    "form",
    [
        {"act": "add", "agency": "nobody", "client": "x"},
        {"act": "add", "agency": "police", "client": "Police Records"},
        {"act": "cut_off"},
        {"act": "webhook_end", "agency": "police"},
        {"act": "webhook", "agency": "police", "url": "http://police.example/in", "pin": PIN},
        {"act": "webhook", "agency": "police", "url": "https://u:p@police.example/in", "pin": PIN},
        {"act": "webhook", "agency": "police", "url": "https://police.example/in"},
        {"act": "webhook", "agency": "police", "url": "https://police.example/in", "pin": "12"},
        {"act": "webhook", "agency": "police", "url": "https://police.example/in", "ca_pem": "none"},
        {"act": ""},
    ],
)
def test_what_cannot_be_is_said_and_nothing_changes(
    world: World, admin: FlaskClient, form: dict[str, str]
) -> None:
    assert act(admin, **form) == 409
    with session_scope(world.sessions, writes=False) as session:
        assert session.scalars(select(PartnerClient)).all() == []
        assert session.scalars(select(Webhook)).all() == []


def test_from_adding_to_cutting_off(world: World, admin: FlaskClient) -> None:
    assert "No program of an agency was added yet" in admin.get(PAGE).text
    assert act(admin, act="add", agency="police", client="police-records", about="Records") == 303
    assert act(admin, act="add", agency="police", client="police-records") == 409
    its_own = f"{PAGE}/police-records"
    for reason, status in ((" ", 409), ("Machine lost", 303)):
        form = {"act": "cut_off", "reason": reason}
        assert post(admin, its_own, form, page=its_own).status_code == status
    page = admin.get(PAGE).text
    assert "Machine lost" in page
    with session_scope(world.sessions, writes=False) as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("partner.%"))).all()
    assert acts == ["partner.add", "partner.cut_off"]


def test_an_address_takes_the_place_of_the_one_before(world: World, admin: FlaskClient) -> None:
    for number in (1, 2):
        url = f"https://police.example/in{number}"
        assert act(admin, act="webhook", agency="police", url=url, pin=PIN.upper()) == 303
    with session_scope(world.sessions, writes=False) as session:
        held = webhook_of(session, "police")
        assert held is not None
        assert (held.url, held.pin) == ("https://police.example/in2", PIN)
        assert len(session.scalars(select(Webhook)).all()) == 2
    assert act(admin, act="webhook_end", agency="police") == 303
    assert "in2" not in admin.get(PAGE).text


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.RECORDS_OFFICER, Role.TECHNICIAN, Role.AUDITOR])
def test_others_do_not_come_in(world: World, role: Role) -> None:
    assert world.browser("other", role).get(PAGE).status_code == 403


def test_a_certificate_is_always_in_the_clients_name(world: World, admin: FlaskClient) -> None:
    folder = world.folder / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    authority = prepare_agencies(folder, at=world.at)
    act(admin, act="add", agency="police", client="police-records")
    with session_scope(world.sessions) as session:
        issued = issue(
            session,
            authority,
            client_id="police-records",
            request_pem=request_pem("courts-records"),
            actor=OPERATOR,
            at=world.at,
        )
        made = x509.load_pem_x509_certificate(issued.pem.encode())
    assert made.subject.rfc4514_string() == "CN=police-records"
    usage = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert "until" in admin.get(PAGE).text


def test_the_authority_is_apart_from_the_terminals(world: World) -> None:
    """Both stand in one folder of keys, made again without change; a lost key is not replaced in silence."""
    folder = world.folder / "keys"
    terminals = prepare_authority(folder, now=world.at)
    agencies = prepare_agencies(folder, hosts=["hub.example"], at=world.at)
    assert agencies.certificate.subject != terminals.certificate.subject
    assert prepare_agencies(folder, at=world.at).pem == agencies.pem
    (folder / "agencies-ca.key").unlink()
    with pytest.raises(KeysError, match="missing"):
        prepare_agencies(folder, at=world.at)


@pytest.mark.parametrize(
    "pem", ["", "nothing", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----"]
)
def test_a_request_that_is_none(world: World, pem: str) -> None:
    folder = world.folder / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    with pytest.raises(HubError, match="openssl req"):
        prepare_agencies(folder, at=world.at).certify(pem, "police-records", world.at)


def test_a_certificate_that_ends_soon_waits_until_another_follows(world: World, admin: FlaskClient) -> None:
    folder = world.folder / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    authority = prepare_agencies(folder, at=world.at)
    act(admin, act="add", agency="police", client="police-records")

    def certify(name: str) -> None:
        with session_scope(world.sessions) as session:
            issue(
                session,
                authority,
                client_id="police-records",
                request_pem=request_pem(name),
                actor=OPERATOR,
                at=world.at,
            )

    def waiting() -> int:
        with session_scope(world.sessions, writes=False) as session:
            return count_expiring(session, world.at)

    certify("first")
    assert waiting() == 0
    world.at += timedelta(days=340)
    assert waiting() == 1
    certify("second")
    assert waiting() == 0
    world.at += timedelta(days=340)
    assert waiting() == 1
    with session_scope(world.sessions) as session:
        cut_off(session, client_id="police-records", reason="gone", actor=OPERATOR, at=world.at)
    assert waiting() == 0
