"""A person's signature on the screen, kept sealed among the documents of the file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.biometrics.documents.actions import Scan, attach
from hub.biometrics.documents.drawn import picture_of
from hub.biometrics.vault import Vault
from hub.custody.papers import PaperSort
from hub.custody.records import Booking
from hub.web.formats import SITE_ZONE


def keep_drawing(
    session: Session, vault: Vault, booking: Booking, strokes: str, *, at: datetime, actor: Actor
) -> int:
    """Number of the document; RefusedError for strokes that are no signature."""
    document = attach(
        session,
        vault,
        booking.person_id,
        Scan("signature.png", picture_of(strokes)),
        title="Signature for property",
        at=at,
        actor=actor,
        booking_id=booking.id,
        sort=PaperSort.SIGNATURE,
        dated_on=at.astimezone(SITE_ZONE).date(),
    )
    return document.id
