"""Keeping and opening scans. The caller holds the transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.biometrics.documents.records import Document
from hub.biometrics.documents.sniffing import media_type_of
from hub.biometrics.vault import Vault
from hub.custody.facts.actions import Statement, state
from hub.custody.facts.kinds import Kind
from hub.custody.facts.reading import current
from hub.custody.papers import DOCUMENT, HEALTH_DOCUMENT, Paper, PaperSort
from hub.custody.records import Person
from hub.sentences import RefusedError, Sentence

_WHAT = "document"


@dataclass(frozen=True)
class Scan:
    """A file as it was handed in. `name` is what its owner called it: shown nowhere, kept nowhere."""

    name: str
    raw: bytes

    def __repr__(self) -> str:
        return "Scan()"


@dataclass(frozen=True)
class Opened:
    """A scan whose bytes are those that were handed in: the hash was compared."""

    document: Document
    raw: bytes

    def __repr__(self) -> str:
        return f"Opened({self.document.id})"


def attach(
    session: Session,
    vault: Vault,
    person_id: int,
    scan: Scan,
    *,
    title: str,
    at: datetime,
    actor: Actor,
    booking_id: int | None = None,
    health: bool = False,
    sort: PaperSort = PaperSort.OTHER,
    dated_on: date | None = None,
) -> Document:
    """Lock a scan with the person's key and say in a fact what it is. The same file again is the same document.

    RefusedError for what is no scan, FactFaultsError for a title or date that cannot be.
    """
    media_type = media_type_of(scan.raw)
    kind = HEALTH_DOCUMENT if health else DOCUMENT
    see = kind.see.value
    digest = hashlib.sha256(scan.raw).hexdigest()
    present = session.scalar(
        select(Document).where(
            Document.person_id == person_id, Document.sha256 == digest, Document.see == see
        )
    )
    document = present or _keep(session, vault, person_id, scan.raw, media_type, digest, see, actor, at)
    if present is None or not _described(session, present, kind):
        paper = Paper(title=title.strip()[:120] or media_type, sort=sort, dated_on=dated_on)
        statement = Statement(kind, paper, at, document_id=document.id, booking_id=booking_id)
        state(session, person_id, statement, actor=actor, at=at)
    return document


def open_document(
    session: Session, vault: Vault, document_id: int, person_ids: Collection[int]
) -> Opened | None:
    """A scan of one of these people; None when there is no such one, or the person's key was thrown away.

    RefusedError when what is stored is not what was handed in. Whether it may be seen is for the caller to say.
    """
    document = session.get(Document, document_id)
    if document is None or document.person_id not in person_ids:
        return None
    lock = vault.person_key(session, document.person_id)
    if lock is None:
        return None
    raw = lock.unlock(document.sealed, _WHAT, 0, 0)
    if hashlib.sha256(raw).hexdigest() != document.sha256:
        raise RefusedError(
            "document_changed",
            Sentence("What is stored is not what was handed in. Tell the director, and do not rely on it."),
        )
    return Opened(document, raw)


def documents_of(session: Session, person_ids: Collection[int]) -> dict[int, Document]:
    """Scans of these people by number, without their contents."""
    return {row.id: row for row in session.scalars(_OF_PEOPLE, {"ids": list(person_ids)})}


_OF_PEOPLE: Final = (
    select(Document).where(Document.person_id.in_(bindparam("ids", expanding=True))).order_by(Document.id)
)


def _keep(
    session: Session,
    vault: Vault,
    person_id: int,
    raw: bytes,
    media_type: str,
    digest: str,
    see: str,
    actor: Actor,
    at: datetime,
) -> Document:
    lock = vault.make_person_key(session, person_id, at=at)
    document = Document(
        person_id=person_id,
        media_type=media_type,
        size_bytes=len(raw),
        sha256=digest,
        sealed=lock.lock(raw, _WHAT, 0, 0),
        see=see,
        recorded_at=at,
        recorded_by=actor.login[:64],
    )
    session.add(document)
    session.flush()
    number = session.scalar(select(Person.number).where(Person.id == person_id)) or ""
    detail = f"document {document.id} {media_type} {digest[:16]}"
    write_down(session, at=at, actor=actor, act="document.add", subject=number, detail=detail)
    return document


def _described(session: Session, document: Document, kind: Kind[Paper]) -> bool:
    """Whether a fact that counts says what it is: of one taken back as wrong, handing it in again is a new word."""
    held = current(session, kind, person_id=document.person_id)
    return any(one.row.document_id == document.id for one in held)
