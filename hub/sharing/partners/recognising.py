"""Who calls: by the connection's certificate first, then by the token that was asked with that very certificate."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.sharing.agreements.records import Agency
from hub.sharing.partners.records import AccessToken, PartnerCertificate, PartnerClient


@dataclass(frozen=True)
class Known:
    """A client in use, and which of its certificates the connection showed."""

    client: int
    client_id: str
    agency: str
    certificate: int


def by_certificate(session: Session, thumb: str, at: datetime) -> Known | None:
    """The client of a certificate in use; None when it, its client or its agency has ended, or nobody knows it."""
    found = session.execute(
        select(PartnerClient.id, PartnerClient.client_id, PartnerClient.agency, PartnerCertificate.id)
        .join(PartnerCertificate, PartnerCertificate.client_id == PartnerClient.id)
        .join(Agency, Agency.code == PartnerClient.agency)
        .where(
            PartnerCertificate.thumbprint == thumb,
            PartnerCertificate.revoked_at.is_(None),
            PartnerCertificate.expires_at > at,
            PartnerClient.ended_at.is_(None),
            Agency.active,
        )
    ).one_or_none()
    return None if found is None else Known(*found)


def scopes_of(session: Session, token: str, certificate: int, at: datetime) -> frozenset[str] | None:
    """Scopes of a living token that was asked with this certificate; None for any other."""
    found = session.scalar(
        select(AccessToken.scope).where(
            AccessToken.digest == digest(token),
            AccessToken.certificate_id == certificate,
            AccessToken.expires_at > at,
        )
    )
    return None if found is None else frozenset(found.split())


def digest(token: str) -> str:
    """What of a token is kept. A token is 256 random bits: nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
