"""Writing down what becomes of authorisations, occurrences and convoys."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.movements.external.records import ExternalStep

HUB: Final = "hub"
"""Who wrote a step that nobody wrote."""
AUTHORISATION: Final = "A"
OCCURRENCE: Final = "O"
CONVOY: Final = "C"


def write_step(
    session: Session,
    subject: str,
    number: int,
    what: str,
    *,
    occurred_at: datetime,
    at: datetime,
    by: str = HUB,
    text: str = "",
) -> None:
    """Add a line."""
    session.add(
        ExternalStep(
            subject=subject,
            subject_id=number,
            what=what,
            occurred_at=occurred_at,
            at=at,
            by=by[:64],
            text=text.strip()[:300],
        )
    )


def steps_of(session: Session, subject: str, number: int) -> list[ExternalStep]:
    """Everything that became of it, as it was written."""
    wanted = select(ExternalStep).where(ExternalStep.subject == subject, ExternalStep.subject_id == number)
    return list(session.scalars(wanted.order_by(ExternalStep.id)))
