"""Programs of agencies that somebody has to see to: certificates that end, requests that nobody has compared yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.sharing.agreements.records import Agency
from hub.sharing.partners.records import CertificateRequest, PartnerCertificate, PartnerClient

WARNED_BEFORE: Final = timedelta(days=30)


def count_expiring(session: Session, at: datetime) -> int:
    """Programs in use whose last certificate ends within 30 days, or ended in the last 30: nothing follows it yet."""
    last = (
        select(PartnerCertificate.client_id, func.max(PartnerCertificate.expires_at).label("ends_at"))
        .where(PartnerCertificate.revoked_at.is_(None))
        .group_by(PartnerCertificate.client_id)
        .subquery()
    )
    wanted = (
        select(func.count())
        .select_from(PartnerClient)
        .join(last, last.c.client_id == PartnerClient.id)
        .join(Agency, Agency.code == PartnerClient.agency)
        .where(
            PartnerClient.ended_at.is_(None),
            Agency.active,
            last.c.ends_at.between(at - WARNED_BEFORE, at + WARNED_BEFORE),
        )
    )
    return session.scalar(wanted) or 0


def last_end(certificates: Iterable[PartnerCertificate]) -> datetime | None:
    """When the last of a program's certificates that were not revoked ends."""
    return max((one.expires_at for one in certificates if one.revoked_at is None), default=None)


def count_requests(session: Session) -> int:
    """Requests under way: each waits for a telephone call, or to be certified."""
    wanted = select(func.count()).select_from(CertificateRequest).where(CertificateRequest.ended_at.is_(None))
    return session.scalar(wanted) or 0
