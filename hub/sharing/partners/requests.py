"""A program's certificate, step by step: handed in, compared with the agency by somebody, and certified elsewhere.

Nothing here touches the authority's key: what is confirmed is a row, which `certifier` reads in a process of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.sentences import RefusedError, Sentence
from hub.sharing.partners.asking import Asked, read_asked
from hub.sharing.partners.records import CertificateRequest, PartnerCertificate, PartnerClient

CERTIFIED, WITHDRAWN, BURNT = "certified", "withdrawn", "burnt"
_SHOWN: Final = 16
"""Digits of a fingerprint in the trail: enough to find the row by."""


def hand_in(
    session: Session, *, client_id: str, raw: bytes, actor: Actor, at: datetime
) -> CertificateRequest:
    """Take in a request that can be certified; RefusedError with the reason, BurntKeyError for a private key."""
    client = _locked(session, client_id)
    asked = read_asked(raw)  # first: a private key is burnt whatever else stands in its way
    if waiting_of(session, client.id) is not None:
        raise RefusedError(
            "waits",
            Sentence(
                "A request of this program is under way. Withdraw it first, where this one takes its place."
            ),
        )
    refuse_known_key(session, client, asked)
    row = CertificateRequest(
        client_id=client.id,
        pem=asked.pem,
        subject=asked.subject,
        key=asked.key,
        fingerprint=asked.fingerprint,
        asked_at=at,
        asked_by=actor.login,
    )
    session.add(row)
    session.flush()
    write_down(
        session,
        at=at,
        actor=actor,
        act="partner.request",
        subject=client_id,
        detail=_short(asked.fingerprint),
    )
    return row


def confirm(
    session: Session, *, client_id: str, number: int, heard: bool, actor: Actor, at: datetime
) -> None:
    """Say that the fingerprint was compared: from now on the key is certified, within seconds."""
    client = _locked(session, client_id)
    row = _under_way(session, client, number)
    if row.confirmed_at is not None:
        raise RefusedError("confirmed", Sentence("This request was confirmed already."))
    if not heard:
        raise RefusedError(
            "not_compared",
            Sentence(
                "Telephone the agency by a number that you knew before, let it read its fingerprint aloud, "
                "and say so here."
            ),
        )
    refuse_known_key(session, client, read_asked(row.pem.encode()))
    row.confirmed_at, row.confirmed_by = at, actor.login
    write_down(
        session, at=at, actor=actor, act="partner.confirm", subject=client_id, detail=_short(row.fingerprint)
    )


def withdraw(session: Session, *, client_id: str, number: int, actor: Actor, at: datetime) -> None:
    """End a request that was not certified yet, confirmed or not."""
    client = the_client(session, client_id, locked=True)
    row = _under_way(session, client, number)
    row.ended_at, row.ended_as = at, WITHDRAWN
    write_down(
        session, at=at, actor=actor, act="partner.withdraw", subject=client_id, detail=_short(row.fingerprint)
    )


def withdraw_all(session: Session, client: PartnerClient, at: datetime) -> None:
    """End what is under way of a client that is cut off."""
    if (row := waiting_of(session, client.id)) is not None:
        row.ended_at, row.ended_as = at, WITHDRAWN


def note_burnt(session: Session, *, client_id: str, fingerprint: str, actor: Actor, at: datetime) -> None:
    """Keep that a private key was shown, so that it is never certified: of the key its public fingerprint alone."""
    client = the_client(session, client_id)
    if fingerprint:
        row = CertificateRequest(
            client_id=client.id,
            pem="",
            subject="",
            key="",
            fingerprint=fingerprint,
            asked_at=at,
            asked_by=actor.login,
        )
        row.ended_at, row.ended_as = at, BURNT
        session.add(row)
    write_down(
        session, at=at, actor=actor, act="partner.key_burnt", subject=client_id, detail=_short(fingerprint)
    )


def waiting_of(session: Session, client: int) -> CertificateRequest | None:
    """The request of a client that is under way."""
    wanted = select(CertificateRequest).where(
        CertificateRequest.client_id == client, CertificateRequest.ended_at.is_(None)
    )
    return session.scalars(wanted).one_or_none()


def burnt_keys(session: Session) -> frozenset[str]:
    """Fingerprints of keys that were shown to somebody."""
    wanted = select(CertificateRequest.fingerprint).where(CertificateRequest.ended_as == BURNT)
    return frozenset(session.scalars(wanted))


def refuse_known_key(session: Session, client: PartnerClient, asked: Asked) -> None:
    """RefusedError for a key that was shown, was revoked, or is another program's. A client's own key may go on."""
    if asked.fingerprint in burnt_keys(session):
        raise RefusedError(
            BURNT,
            Sentence(
                "The private half of this key was sent to the prison before: it is burnt. Have a new key made."
            ),
        )
    held = select(PartnerCertificate).where(PartnerCertificate.fingerprint == asked.fingerprint)
    for one in session.scalars(held):
        if one.client_id != client.id:
            raise RefusedError(
                "key_of_another",
                Sentence(
                    "This is the key of another program, %(client)s. Each program has a key of its own: have one made.",
                    {"client": one.client.client_id},
                ),
            )
        if one.revoked_at is not None:
            raise RefusedError(
                "key_revoked",
                Sentence(
                    "A certificate of this key was revoked. Have a new key made, not a new request alone."
                ),
            )


def the_client(session: Session, client_id: str, *, locked: bool = False) -> PartnerClient:
    """The client of a name; RefusedError when there is none. `locked` keeps others from it until the end."""
    wanted = select(PartnerClient).where(PartnerClient.client_id == client_id)
    found = session.scalars(wanted.with_for_update() if locked else wanted).one_or_none()
    if found is None:
        raise RefusedError("no_client", Sentence("There is no client of that name."))
    return found


def _locked(session: Session, client_id: str) -> PartnerClient:
    client = the_client(session, client_id, locked=True)
    if client.ended_at is not None:
        raise RefusedError("cut_off", Sentence("This client was cut off. Add a new one under another name."))
    return client


def _under_way(session: Session, client: PartnerClient, number: int) -> CertificateRequest:
    row = waiting_of(session, client.id)
    if row is None or row.id != number:
        raise RefusedError(
            "not_under_way", Sentence("This request is no longer under way. Look at the page anew.")
        )
    return row


def _short(fingerprint: str) -> str:
    return fingerprint[:_SHOWN]
