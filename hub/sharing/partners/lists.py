"""Programs of agencies that somebody has to see to, counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.sharing.agreements.records import Agency
from hub.sharing.partners.records import PartnerCertificate, PartnerClient

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
