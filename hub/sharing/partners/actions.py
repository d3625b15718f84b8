"""Clients of agencies: added, certified, cut off. Whatever ends takes effect at the very next call."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.reading import agency_by_code
from hub.sharing.partners.asking import read_asked
from hub.sharing.partners.authority import AgenciesAuthority, thumbprint
from hub.sharing.partners.records import AccessToken, PartnerCertificate, PartnerClient, Webhook
from hub.sharing.partners.requests import refuse_known_key, the_client, withdraw_all
from hub.terminals.certificates import certificate_pem

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def add_client(
    session: Session, *, agency: str, client_id: str, about: str, actor: Actor, at: datetime
) -> PartnerClient:
    """Register a program of an agency; RefusedError when the agency is unknown or the name cannot be had."""
    if agency_by_code(session, agency) is None:
        raise RefusedError("no_agency", Sentence("There is no agency of that code. Open it first."))
    if _NAME.fullmatch(client_id) is None:
        raise RefusedError(
            "bad_name",
            Sentence(
                "A client's name has 1 to 40 lower-case letters, digits and hyphens, as police-records."
            ),
        )
    if session.scalar(select(PartnerClient.id).where(PartnerClient.client_id == client_id)) is not None:
        raise RefusedError(
            "name_taken", Sentence("There is a client of that name, in use or cut off. Choose another name.")
        )
    client = PartnerClient(
        client_id=client_id,
        agency=agency,
        about=about.strip()[:200],
        registered_at=at,
        registered_by=actor.login,
    )
    session.add(client)
    write_down(session, at=at, actor=actor, act="partner.add", subject=client_id, detail=agency)
    return client


def issue(
    session: Session,
    authority: AgenciesAuthority,
    *,
    client_id: str,
    request_pem: str,
    actor: Actor,
    at: datetime,
) -> PartnerCertificate:
    """Certify the key of a request for a client in use. Certificates issued before go on, so that keys can change."""
    client = the_client(session, client_id)
    if client.ended_at is not None:
        raise RefusedError("cut_off", Sentence("This client was cut off. Add a new one under another name."))
    asked = read_asked(request_pem.encode())
    refuse_known_key(session, client, asked)
    made = authority.certify(asked.pem, client_id, at)
    row = PartnerCertificate(
        client_id=client.id,
        thumbprint=thumbprint(made.public_bytes(Encoding.DER)),
        serial=f"{made.serial_number:x}",
        issued_at=at,
        issued_by=actor.login,
        expires_at=made.not_valid_after_utc,
        fingerprint=asked.fingerprint,
        pem=certificate_pem(made) + authority.pem,
    )
    session.add(row)
    session.flush()
    write_down(session, at=at, actor=actor, act="partner.issue", subject=client_id, detail=row.serial)
    return row


def cut_off(session: Session, *, client_id: str, reason: str, actor: Actor, at: datetime) -> None:
    """End a client for good: its certificates and tokens end with it, at once."""
    client = the_client(session, client_id)
    if client.ended_at is not None:
        raise RefusedError("cut_off", Sentence("This client was cut off already."))
    client.ended_at, client.ended_by, client.reason = at, actor.login, reason.strip()[:200]
    for certificate in client.certificates:
        if certificate.revoked_at is None:
            _revoke(session, certificate, reason, actor, at)
    withdraw_all(session, client, at)
    write_down(session, at=at, actor=actor, act="partner.cut_off", subject=client_id, detail=reason)


def revoke(session: Session, *, serial: str, reason: str, actor: Actor, at: datetime) -> None:
    """End one certificate and the tokens asked with it, at once; the client goes on with its others."""
    found = session.scalars(
        select(PartnerCertificate).where(PartnerCertificate.serial == serial)
    ).one_or_none()
    if found is None or found.revoked_at is not None:
        raise RefusedError("no_certificate", Sentence("There is no such certificate in use."))
    _revoke(session, found, reason, actor, at)
    write_down(
        session, at=at, actor=actor, act="partner.revoke", subject=found.client.client_id, detail=reason
    )


def set_webhook(
    session: Session, *, agency: str, url: str, batch: bool, ca_pem: str, pin: str, actor: Actor, at: datetime
) -> Webhook:
    """Say where an agency is told of events; the address before it ends. RefusedError for one that may not be."""
    if agency_by_code(session, agency) is None:
        raise RefusedError("no_agency", Sentence("There is no agency of that code. Open it first."))
    pin = pin.replace(":", "").strip().lower()
    ca_pem = ca_pem.strip()
    _check_url(url)
    _check_trust(ca_pem, pin)
    _end_webhook(session, agency, actor, at)
    fresh = Webhook(
        agency=agency,
        url=url,
        batch=batch,
        ca_pem=ca_pem,
        pin=pin,
        set_at=at,
        set_by=actor.login,
        ended_at=None,
    )
    session.add(fresh)
    write_down(
        session, at=at, actor=actor, act="partner.webhook", subject=agency, detail=urlsplit(url).netloc
    )
    return fresh


def end_webhook(session: Session, *, agency: str, actor: Actor, at: datetime) -> None:
    """Tell the agency no more; what is due to it waits until it has an address again, or asks."""
    if not _end_webhook(session, agency, actor, at):
        raise RefusedError("no_webhook", Sentence("This agency has no address in use."))
    write_down(session, at=at, actor=actor, act="partner.webhook_end", subject=agency)


def webhook_of(session: Session, agency: str) -> Webhook | None:
    """The address in force."""
    wanted = select(Webhook).where(Webhook.agency == agency, Webhook.ended_at.is_(None))
    return session.scalars(wanted).one_or_none()


def _revoke(session: Session, found: PartnerCertificate, reason: str, actor: Actor, at: datetime) -> None:
    found.revoked_at, found.revoked_by, found.reason = at, actor.login, reason.strip()[:200]
    living = update(AccessToken).where(AccessToken.certificate_id == found.id, AccessToken.expires_at > at)
    session.execute(living.values(expires_at=at))


def _end_webhook(session: Session, agency: str, actor: Actor, at: datetime) -> bool:
    held = webhook_of(session, agency)
    if held is None:
        return False
    held.ended_at, held.ended_by = at, actor.login
    session.flush()
    return True


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= 500
    if (
        not plain
        or parts.scheme != "https"
        or not parts.hostname
        or parts.username
        or parts.fragment
        or port == 0
    ):
        raise RefusedError(
            "bad_url",
            Sentence("The address begins with https:// and holds no password, as https://police.example/in."),
        )


def _check_trust(ca_pem: str, pin: str) -> None:
    if bool(ca_pem) == bool(pin):
        raise RefusedError(
            "trust",
            Sentence("Give either the certificate of the receiver's authority or the SHA-256 of its own."),
        )
    if pin and re.fullmatch(r"[0-9a-f]{64}", pin) is None:
        raise RefusedError("bad_pin", Sentence("The SHA-256 of a certificate has 64 hexadecimal digits."))
    if ca_pem:
        try:
            x509.load_pem_x509_certificates(ca_pem.encode())
        except ValueError:
            raise RefusedError(
                "bad_ca", Sentence("The authority's certificate cannot be read as PEM.")
            ) from None
