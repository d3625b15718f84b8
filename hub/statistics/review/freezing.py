"""Freezing a review: the director's signature, the papers as they are handed out, and the hub's seal under both."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.accounts.records import Account
from hub.biometrics.vault import Vault
from hub.sentences import RefusedError, Sentence
from hub.statistics.publishing.reading import all_frozen
from hub.statistics.review.actions import open_review, refuse_changed, tell
from hub.statistics.review.paper.pdf import pdf_of
from hub.statistics.review.paper.words import Seal, paper_of
from hub.statistics.review.reading.kept import Standing
from hub.statistics.review.records import ReviewPaper, ReviewSeal
from hub.statistics.review.showing import page_of
from hub.statistics.review.signing import Sealed, Signer, fingerprint_of, seal
from hub.statistics.snapshots.keeping import SETTLED
from hub.web.language import LANGUAGES


@dataclass(frozen=True)
class Prepared:
    """Everything that freezing writes: what is sealed, and each file by its kind and language."""

    sealed: Sealed
    papers: Mapping[tuple[str, str], bytes]


def prepare(
    session: Session, vault: Vault, one: Standing, digest: str, *, actor: Actor, at: datetime
) -> Prepared:
    """Set the papers with both signatures on them: it takes a while, and needs no transaction that writes.

    RefusedError as `freeze`.
    """
    writer = _signed(session, one, digest, actor)
    sealed = Sealed(
        year=one.row.year, revision=one.row.revision, digest=one.digest,
        writer=_signer(session, writer.login, writer.at), director=_signer(session, actor.login, at),
    )  # fmt: skip
    papers = {}
    for language in LANGUAGES:
        words = paper_of(one.content, one.digest, Seal(sealed, fingerprint_of(vault)), language)
        papers["pdf", language], papers["html", language] = pdf_of(words, at), page_of(words)
    hashes = {f"{kind}/{tongue}": hashlib.sha256(raw).hexdigest() for (kind, tongue), raw in papers.items()}
    return Prepared(msgspec.structs.replace(sealed, papers=hashes), papers)


def freeze(session: Session, vault: Vault, review_id: int, prepared: Prepared, *, actor: Actor) -> ReviewSeal:
    """Seal it: nothing of the revision can be changed afterwards. RefusedError where it changed meanwhile."""
    one, sealed = open_review(session, review_id), prepared.sealed
    writer = _signed(session, one, sealed.digest, actor)
    if (writer.login, writer.at) != (sealed.writer.login, sealed.writer.at):
        refuse_changed(one, "")
    row = seal(vault, one.row.id, one.raw, sealed)
    session.add(row)
    for (kind, language), raw in prepared.papers.items():
        session.add(ReviewPaper(review_id=one.row.id, language=language, kind=kind, raw=raw))
    session.flush()
    tell(session, "review.freeze", one.row, actor, sealed.director.at)
    return row


def _signed(session: Session, one: Standing, digest: str, actor: Actor) -> Signer:
    """The writer, who signed exactly this and is somebody else."""
    refuse_changed(one, digest)
    if len(all_frozen(session)) > len(all_frozen(session, one.row.known_at + SETTLED)):
        raise RefusedError(
            "published_since",
            Sentence(
                "Figures were published since this review was made: beside them it could tell of single people. "
                "Make the review anew."
            ),
        )
    signed = one.signed
    if signed is None:
        raise RefusedError("not_signed", Sentence("Whoever wrote it signs first."))
    if signed.by == actor.login:
        raise RefusedError("same_person", Sentence("Two people sign: you signed as the writer already."))
    return Signer(signed.by, signed.by, signed.at)


def _signer(session: Session, login: str, at: datetime) -> Signer:
    name = session.scalar(select(Account.name).where(func.lower(Account.login) == login.lower()))
    return Signer(login, name or login, at)
