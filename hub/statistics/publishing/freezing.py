"""Freezing a draft: the second person looks, signs, and from then on nothing of it changes."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.biometrics.vault import Vault
from hub.sentences import RefusedError, Sentence
from hub.statistics.control import k_on
from hub.statistics.periods import period_of
from hub.statistics.publishing.body import digest_of, read_proof
from hub.statistics.publishing.files.about import SUMS
from hub.statistics.publishing.reading import Standing, State, all_frozen, files_of, standing
from hub.statistics.publishing.records import Act, Publication, PublicationAct
from wire.keys import SigningKey, public_bytes, signing_key, verifying_key

PURPOSE: Final = "published figures"


def signer_of(vault: Vault) -> SigningKey:
    """The hub's key for publications."""
    return signing_key(vault.derive(PURPOSE))


def freeze(session: Session, number: int, *, actor: Actor, at: datetime, key: SigningKey) -> Publication:
    """Publish a draft. RefusedError for the one who drafted it, for a held one, and when another came between."""
    found = _open(session, number)
    row = found.row
    if found.state is State.HELD:
        raise RefusedError("held", Sentence("This draft is held: put right what it says, and draft anew."))
    if row.drafted_by == actor.login[:64]:
        raise RefusedError(
            "same_person", Sentence("Somebody else than who drafted it looks at it and freezes it.")
        )
    if [one.id for one in all_frozen(session)] != read_proof(row).compared_with:
        raise RefusedError(
            "out_of_date",
            Sentence("Another publication was frozen since this was drafted. Drop it and draft anew."),
        )
    k = k_on(session, period_of(row.period).last_on, at)
    if k > row.k:
        raise RefusedError(
            "larger_threshold",
            Sentence(
                "Since this was drafted with %(before)s, numbers are told from %(now)s on only. "
                "Drop it and draft anew.",
                {"before": row.k, "now": k},
            ),
        )
    if digest_of(row) != row.digest:
        raise RefusedError("changed", Sentence("This draft is not what was drafted. Drop it and draft anew."))
    sums = next(one for one in files_of(session, number) if one.name == SUMS)
    _end(
        session,
        row,
        Act.FREEZE,
        "",
        actor,
        at,
        key.sign(sums.content.encode()).hex(),
        public_bytes(key.public_key()).hex(),
    )
    detail = f"{row.period} revision {row.revision}"
    write_down(session, at=at, actor=actor, act="figures.freeze", subject=str(number), detail=detail)
    return row


def drop(session: Session, number: int, note: str, *, actor: Actor, at: datetime) -> Publication:
    """Put a draft away; it stays readable."""
    row = _open(session, number).row
    _end(session, row, Act.DROP, note.strip()[:300], actor, at, "", "")
    detail = f"{row.period} revision {row.revision}"
    write_down(session, at=at, actor=actor, act="figures.drop", subject=str(number), detail=detail)
    return row


def is_genuine(act: PublicationAct, sums: str) -> bool:
    """Whether the checksums are what was signed."""
    try:
        verifying_key(bytes.fromhex(act.public_key)).verify(bytes.fromhex(act.signature), sums.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _open(session: Session, number: int) -> Standing:
    found = standing(session, number)
    if found is None:
        raise RefusedError("no_such_publication", Sentence("There is no such publication."))
    if found.act is not None:
        raise RefusedError("ended", Sentence("This draft was frozen or dropped already."))
    return found


def _end(
    session: Session,
    row: Publication,
    act: Act,
    note: str,
    actor: Actor,
    at: datetime,
    signature: str,
    key: str,
) -> None:
    session.add(
        PublicationAct(
            publication_id=row.id, act=act.value, at=at, by=actor.login[:64], note=note, signature=signature,
            public_key=key,
        )
    )  # fmt: skip
    session.flush()
