"""The trail as JSON lines that prove themselves without the hub: every line with its link, the seals between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit_chain import START, export_covers, moment
from hub.accounts.audit_records import AuditLink, AuditSeal
from hub.accounts.records import AuditEntry
from wire.keys import SigningKey, public_bytes

FORM = 1
_CHUNK = 2_000

Row = dict[str, Any]


def export_trail(session: Session, key: SigningKey, at: datetime) -> Iterator[Row]:
    """Everything that is sealed: a head, lines and seals in the order of the chain, and a signed end."""
    yield {
        "pims": "audit trail",
        "form": FORM,
        "hub": public_bytes(key.public_key()).hex(),
        "exported_at": moment(at),
    }
    seals = iter(session.scalars(select(AuditSeal).order_by(AuditSeal.position)).all())
    seal = next(seals, None)
    position, link = 0, START
    wanted = (
        select(AuditLink, AuditEntry)
        .join(AuditEntry, AuditEntry.id == AuditLink.entry_id)
        .order_by(AuditLink.position)
        .execution_options(yield_per=_CHUNK)
    )
    for linked, line in session.execute(wanted):
        position, link = linked.position, linked.link
        yield _line(linked, line)
        if seal is not None and seal.position == position:
            yield _seal(seal)
            seal = next(seals, None)
    signature = key.sign(export_covers(position, link, at))
    yield {"end": position, "link": link.hex(), "signature": signature.hex()}


def _line(linked: AuditLink, line: AuditEntry) -> Row:
    return {
        "line": linked.position,
        "id": line.id,
        "at": moment(line.at),
        "actor": line.actor,
        "role": line.role,
        "address": line.address,
        "act": line.act,
        "subject": line.subject,
        "detail": line.detail,
        "why": line.why,
        "link": linked.link.hex(),
    }


def _seal(seal: AuditSeal) -> Row:
    return {
        "seal": seal.position,
        "sealed_at": moment(seal.sealed_at),
        "signature": seal.signature.hex(),
    }
