"""Who calls: by the connection's certificate first, then by the token that was asked with that very certificate."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hub.database import UtcDateTime
from hub.sharing.agreements.records import Agency
from hub.sharing.partners.records import AccessToken, PartnerCertificate, PartnerClient


@dataclass(frozen=True)
class Known:
    """A client in use, and which of its certificates the connection showed."""

    client: int
    client_id: str
    agency: str
    certificate: int


# Both are asked at every call: writing them anew each time costs more than asking.
_AT: Final = bindparam("at", type_=UtcDateTime())
_CERTIFICATE: Final = (
    select(PartnerClient.id, PartnerClient.client_id, PartnerClient.agency, PartnerCertificate.id)
    .join(PartnerCertificate, PartnerCertificate.client_id == PartnerClient.id)
    .join(Agency, Agency.code == PartnerClient.agency)
    .where(
        PartnerCertificate.thumbprint == bindparam("thumb"),
        PartnerCertificate.revoked_at.is_(None),
        PartnerCertificate.expires_at > _AT,
        PartnerClient.ended_at.is_(None),
        Agency.active,
    )
)
_TOKEN: Final = select(AccessToken.scope).where(
    AccessToken.digest == bindparam("digest"),
    AccessToken.certificate_id == bindparam("certificate"),
    AccessToken.expires_at > _AT,
)


def by_certificate(session: Session, thumb: str, at: datetime) -> Known | None:
    """The client of a certificate in use; None when it, its client or its agency has ended, or nobody knows it."""
    found = session.execute(_CERTIFICATE, {"thumb": thumb, "at": at}).one_or_none()
    return None if found is None else Known(*found)


def scopes_of(session: Session, token: str, certificate: int, at: datetime) -> frozenset[str] | None:
    """Scopes of a living token that was asked with this certificate; None for any other."""
    known = {"digest": digest(token), "certificate": certificate, "at": at}
    found = session.scalar(_TOKEN, known)
    return None if found is None else frozenset(found.split())


def digest(token: str) -> str:
    """What of a token is kept. A token is 256 random bits: nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
