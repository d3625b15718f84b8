"""From a terminal's wish for a new certificate to the answer. The caller holds the transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.terminals import certificates
from hub.terminals.authority import Authority
from hub.terminals.errors import RequestError
from hub.terminals.records import Status, Terminal, TerminalState
from hub.terminals.renewal.records import CertificateRenewal

A_DAY = timedelta(days=1)
MOST_A_DAY = 10
"""New keys of one terminal. It needs one a year; a terminal that asks without end shall not fill the table."""

_UNDECIDED = (
    select(CertificateRenewal)
    .where(CertificateRenewal.decided_at.is_(None))
    .order_by(CertificateRenewal.id)
    .limit(50)
)


@dataclass(frozen=True)
class Answer:
    """A decided renewal on its way to a terminal that is there; `certificate` is empty when it gets none."""

    renewal_id: int
    terminal: str
    certificate: str
    why: str


def note_wish(session: Session, terminal_id: int, name: str, request: str, now: datetime) -> None:
    """Keep what a terminal asks for; asked again for the same key, the same answer goes out again.

    RequestError when the request is damaged, proves no key, names somebody else, or is one too many for a day.
    """
    asked, key = certificates.read_certificate_request(request)
    if asked != name:
        raise RequestError("other_name", "The certificate request is in another name than the terminal's.")
    raw = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    fingerprint = hashlib.sha256(raw).hexdigest()
    known = session.scalar(
        select(CertificateRenewal).where(
            CertificateRenewal.terminal_id == terminal_id, CertificateRenewal.key_fingerprint == fingerprint
        )
    )
    if known is not None:
        known.told_at = None
        return
    if _asked_since(session, terminal_id, now - A_DAY) >= MOST_A_DAY:
        raise RequestError("too_often", "This terminal asked for too many certificates today.")
    session.add(
        CertificateRenewal(
            terminal_id=terminal_id, key_fingerprint=fingerprint, request=request, asked_at=now, why=""
        )
    )
    session.flush()


def waits_for_decision(session: Session) -> bool:
    """Whether any wish was not decided yet."""
    return session.scalars(_UNDECIDED).first() is not None


def decide(session: Session, authority: Authority, now: datetime) -> int:
    """Certify every new key of an active terminal. Gives how many wishes were decided."""
    decided = 0
    for renewal in list(session.scalars(_UNDECIDED.with_for_update())):
        terminal = session.get_one(Terminal, renewal.terminal_id)
        renewal.decided_at = now
        if terminal.status == Status.ACTIVE:
            _certify(renewal, terminal, authority, now)
        else:
            renewal.why = "The terminal was cut off."
        decided += 1
    session.flush()
    return decided


def answers(session: Session) -> list[Answer]:
    """Decided renewals that terminals which are there were not told of yet."""
    rows = session.execute(
        select(CertificateRenewal, Terminal.name)
        .join(Terminal, Terminal.id == CertificateRenewal.terminal_id)
        .join(TerminalState, TerminalState.terminal_id == Terminal.id)
        .where(CertificateRenewal.decided_at.is_not(None), CertificateRenewal.told_at.is_(None))
        .where(Terminal.status == Status.ACTIVE, TerminalState.online)
    )
    return [Answer(row.id, name, row.certificate or "", row.why) for row, name in rows]


def note_told(session: Session, renewal_id: int, now: datetime) -> None:
    """The answer left."""
    session.get_one(CertificateRenewal, renewal_id).told_at = now


def renewals(session: Session, terminal_id: int, most: int = 20) -> list[CertificateRenewal]:
    """The last renewals of a terminal, newest first."""
    wanted = select(CertificateRenewal).where(CertificateRenewal.terminal_id == terminal_id)
    return list(session.scalars(wanted.order_by(CertificateRenewal.id.desc()).limit(most)))


def _certify(renewal: CertificateRenewal, terminal: Terminal, authority: Authority, now: datetime) -> None:
    fresh = authority.issue_terminal_certificate(renewal.request, terminal.name, now)
    renewal.certificate = certificates.certificate_pem(fresh)
    renewal.until_at = terminal.certificate_until_at = fresh.not_valid_after_utc
    terminal.certificate_fingerprint = fresh.fingerprint(SHA256()).hex()


def _asked_since(session: Session, terminal_id: int, since: datetime) -> int:
    wanted = select(func.count()).select_from(CertificateRenewal)
    where = (CertificateRenewal.terminal_id == terminal_id, CertificateRenewal.asked_at > since)
    return session.scalar(wanted.where(*where)) or 0
