"""A program's certificate from its page: handed in, compared, certified by another process, fetched, and revoked."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
)
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.sharing.partners.authority import prepare_agencies
from hub.sharing.partners.certifier import Certifier
from hub.sharing.partners.lists import count_requests
from hub.sharing.partners.records import CertificateRequest, PartnerCertificate

from .certificates_world import LIST, PAGE, act, certify, csr, hand_in, key_of, number, private
from .sharing_world import open_agencies
from .site_world import World, post, token_of

ROLE = Role.ADMINISTRATOR


@pytest.fixture
def keys(world: World) -> Path:
    folder = world.folder / "agency-keys"
    folder.mkdir(mode=0o700)
    prepare_agencies(folder, at=world.at)
    return folder


@pytest.fixture
def admin(world: World, client: FlaskClient, keys: Path) -> FlaskClient:
    open_agencies(world)
    form = {"act": "add", "agency": "police", "client": "police-records"}
    assert post(client, LIST, form).location.endswith(f"{PAGE}?done=add")
    return client


@pytest.mark.parametrize("kind", ["secp256r1", "secp384r1", "secp521r1", "rsa 2048"])
def test_from_a_request_to_a_certificate_for_that_very_key(
    world: World, admin: FlaskClient, keys: Path, kind: str
) -> None:
    made = certify(world, admin, keys, csr(kind, "anybody"))
    assert made.public_key() == key_of(kind).public_key()
    assert made.subject.rfc4514_string() == "CN=police-records"
    page = admin.get(PAGE).text
    (authority,) = set(re.findall(rf'href="({PAGE}/certificates/\w+/agencies-ca\.pem)"', page))
    ca = x509.load_pem_x509_certificate(admin.get(authority).data)
    made.verify_directly_issued_by(ca)
    assert ca == prepare_agencies(keys, at=world.at).certificate
    chain = x509.load_pem_x509_certificates(admin.get(authority.replace("agencies-ca", "client-chain")).data)
    assert chain == [made, ca]
    with session_scope(world.sessions, writes=False) as session:
        acts = session.scalars(
            select(AuditEntry.act).where(AuditEntry.act.like("partner.%")).order_by(AuditEntry.id)
        ).all()
    assert acts == ["partner.add", "partner.request", "partner.confirm", "partner.issue"]


def test_the_page_says_what_openssl_says_and_certifies_nothing_before_it_was_compared(
    world: World, admin: FlaskClient, keys: Path
) -> None:
    hand_in(admin, csr(name="police-machine"), file=True)
    page = admin.get(PAGE).text
    der = key_of("secp256r1").public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = hashlib.sha256(der).hexdigest()
    assert " ".join(digest[at : at + 4] for at in range(0, 64, 4)) in page
    assert "CN=police-machine" in page
    assert "EC P-256" in page
    assert Certifier(world.sessions, keys).tick(world.at) == 0
    refused = act(admin, "confirm", number=number(admin))
    assert refused.status_code == 409
    assert "by a number that you knew before" in refused.text
    assert Certifier(world.sessions, keys).tick(world.at) == 0
    with session_scope(world.sessions, writes=False) as session:
        assert count_requests(session) == 1


REFUSED = {
    "no request": (b"hello", "no certificate request that can be read"),
    "nothing": (b"", "no certificate request that can be read"),
    "broken": (
        b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----",
        "no certificate request",
    ),
    "too large": (b"x" * 17_000, "smaller than 16 KB"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("file", [False, True])
def test_what_is_no_request_is_refused_in_a_sentence(
    world: World, admin: FlaskClient, case: str, *, file: bool
) -> None:
    raw, words = REFUSED[case]
    answer = hand_in(admin, raw, file=file)
    assert answer.status_code == 409
    assert words in answer.text
    with session_scope(world.sessions, writes=False) as session:
        assert session.scalars(select(CertificateRequest)).all() == []


def test_a_private_key_is_burnt_kept_nowhere_and_never_certified(
    world: World, admin: FlaskClient, keys: Path
) -> None:
    secret = private("secp256r1")
    answer = hand_in(admin, secret)
    assert answer.status_code == 409
    assert "burnt now" in answer.text
    body = secret.decode().split("\n")[1]
    assert body not in answer.text
    with session_scope(world.sessions, writes=False) as session:
        (row,) = session.scalars(select(CertificateRequest)).all()
        assert (row.pem, row.ended_as) == ("", "burnt")
        details = session.scalars(select(AuditEntry.detail)).all()
        assert not any(body in one for one in details)
    later = hand_in(admin, csr())
    assert later.status_code == 409
    assert "it is burnt" in later.text
    assert hand_in(admin, csr("secp384r1")).status_code == 303


def test_a_private_key_of_a_certificate_in_use_asks_for_its_end(
    world: World, admin: FlaskClient, keys: Path
) -> None:
    certify(world, admin, keys, csr())
    assert "Revoke that certificate now" in hand_in(admin, private("secp256r1")).text
    assert "its key was shown" in admin.get(PAGE).text


def test_a_second_request_while_one_waits_and_one_withdrawn(world: World, admin: FlaskClient) -> None:
    hand_in(admin, csr())
    waiting = number(admin)
    again = hand_in(admin, csr("secp384r1"), page=PAGE)
    assert again.status_code == 409
    assert "under way" in again.text
    assert act(admin, "withdraw", number="999").status_code == 409
    assert act(admin, "withdraw", number=waiting).status_code == 303
    assert hand_in(admin, csr("secp384r1")).status_code == 303
    assert act(admin, "confirm", number=waiting, heard="1").status_code == 409


def test_a_revoked_key_and_the_key_of_another_program_are_not_certified(
    world: World, admin: FlaskClient, keys: Path
) -> None:
    made = certify(world, admin, keys, csr())
    post(admin, LIST, {"act": "add", "agency": "courts", "client": "courts-records"})
    other = hand_in(admin, csr(name="courts-records"), page=f"{LIST}/courts-records")
    assert other.status_code == 409
    assert "the key of another program, police-records" in other.text
    serial = f"{made.serial_number:x}"
    assert act(admin, "revoke", serial=serial, reason=" ").status_code == 409
    assert act(admin, "revoke", f"{LIST}/courts-records", serial=serial, reason="lost").status_code == 409
    assert act(admin, "revoke", serial=serial, reason="Machine lost").status_code == 303
    assert "was revoked. Have a new key made" in hand_in(admin, csr()).text


def test_what_changed_between_confirming_and_certifying_is_found(
    world: World, admin: FlaskClient, keys: Path
) -> None:
    hand_in(admin, csr())
    act(admin, "confirm", number=number(admin), heard="1")
    assert "burnt now" in hand_in(admin, private("secp256r1")).text
    assert Certifier(world.sessions, keys).tick(world.at) == 0
    with session_scope(world.sessions, writes=False) as session:
        assert session.scalars(select(PartnerCertificate)).all() == []
    assert "private key shown" in admin.get(PAGE).text


def test_the_page_says_when_nobody_certifies(world: World, admin: FlaskClient) -> None:
    hand_in(admin, csr())
    act(admin, "confirm", number=number(admin), heard="1")
    assert "pims-certifier" not in admin.get(f"{PAGE}/standing").text
    world.at += timedelta(minutes=1)
    assert "pims-certifier" in admin.get(f"{PAGE}/standing").text


def test_renewal_is_asked_for_thirty_days_before(world: World, admin: FlaskClient, keys: Path) -> None:
    certify(world, admin, keys, csr())
    assert "Ask the agency for a new request" not in admin.get(PAGE).text
    world.at += timedelta(days=340)
    admin = world.browser("later", ROLE)
    assert "Ask the agency for a new request now" in admin.get(PAGE).text
    certify(world, admin, keys, csr("secp384r1"))
    assert "Ask the agency for a new request" not in admin.get(PAGE).text


def test_only_who_proved_themselves_a_moment_ago_confirms(world: World, admin: FlaskClient) -> None:
    hand_in(admin, csr())
    form = {"csrf_token": token_of(admin.get(PAGE)), "act": "confirm", "number": number(admin), "heard": "1"}
    world.at += timedelta(minutes=16)
    asked = admin.post(PAGE, data=form)
    assert asked.status_code == 401


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.RECORDS_OFFICER, Role.TECHNICIAN, Role.AUDITOR])
def test_others_neither_look_nor_hand_in(world: World, admin: FlaskClient, role: Role) -> None:
    other = world.browser("other", role)
    assert other.get(PAGE).status_code == 403
    assert other.get(f"{PAGE}/certificates/1/client.pem").status_code == 403
