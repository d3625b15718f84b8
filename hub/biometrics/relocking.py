"""A new key for a person whose old one has to go while scans of papers stay: they are locked anew first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from hub.biometrics.documents.records import Document
from hub.biometrics.vault import Vault, shred_person


def relock_documents(session: Session, vault: Vault, person_id: int, at: datetime) -> int:
    """Throw the person's key away and lock the scans with a new one; how many there are.

    Scans are never changed: each row goes and comes again with its number, through the door that a deletion opens.
    """
    old = vault.person_key(session, person_id)
    rows = session.scalars(select(Document).where(Document.person_id == person_id)).all()
    if old is None or not rows:
        return 0
    plain = {row.id: old.unlock(row.sealed, "document", 0, 0) for row in rows}
    columns = [column.name for column in Document.__table__.columns]
    kept = [{name: getattr(row, name) for name in columns} for row in rows]
    for row in rows:
        session.expunge(row)
    shred_person(session, person_id)
    session.expire_all()
    new = vault.make_person_key(session, person_id, at=at)
    session.flush()
    session.execute(delete(Document).where(Document.person_id == person_id))
    for values in kept:
        values["sealed"] = new.lock(plain[values["id"]], "document", 0, 0)
    session.execute(insert(Document), kept)
    return len(kept)
