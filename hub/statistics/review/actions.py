"""Making, editing and signing a review. The caller holds the transaction; a row is locked where it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.sentences import RefusedError, Sentence
from hub.statistics.review.composing import content_of
from hub.statistics.review.content import Content, Recommendation, write
from hub.statistics.review.evidence import Span
from hub.statistics.review.gathering import gather, span_of
from hub.statistics.review.progress import Part, Progress, Told, nobody
from hub.statistics.review.reading.kept import Standing, newest_of, sealed_of, standing_of
from hub.statistics.review.records import Act, Review, ReviewAct
from hub.statistics.snapshots.keeping import SETTLED

MOST_TEXT: Final = 2_000
MOST_ADDED: Final = 100
_REASON: Final = 300


@dataclass(frozen=True)
class Derived:
    """A review that was derived and not kept yet."""

    span: Span
    content: Content


def derive(session: Session, year: int, at: datetime, told: Told = nobody) -> Derived:
    """Derive the review of a year from what is known at `at`, less a little: only reads, and takes a while.

    `told` hears how far it is.
    """
    span = span_of(year, at - SETTLED)
    found = gather(session, span, told)
    told(Progress(Part.WRITING))
    return Derived(span, content_of(found))


def keep(session: Session, derived: Derived, why: str, *, actor: Actor, at: datetime) -> Review:
    """Keep a derived review: as the first revision, or in place of one that nobody sealed yet.

    After a sealed one it is the next revision, and `why` has to say what for.
    """
    year, known_at = derived.span.year, derived.span.known_at
    last = newest_of(session, year)
    is_sealed = last is not None and sealed_of(session, year, last.revision) is not None
    refuse_without_reason(session, year, why)
    revision = 1 if last is None else last.revision + int(is_sealed)
    take = 1 if last is None or is_sealed else last.take + 1
    if not is_sealed and last is not None:
        why = why.strip() or last.why
    row = Review(
        year=year, revision=revision, take=take, reference_on=derived.span.reference_on, known_at=known_at,
        content=write(msgspec.structs.replace(derived.content, revision=revision)), why=why.strip()[:_REASON],
        made_at=at, made_by=actor.login[:64],
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise RefusedError(
            "made_meanwhile", Sentence("Somebody else made this review at the same time. Look at theirs.")
        ) from None
    tell(session, "review.make", row, actor, at)
    return row


def refuse_without_reason(session: Session, year: int, why: str) -> None:
    """RefusedError where the year has a sealed review and nobody says why there is to be another."""
    last = newest_of(session, year)
    if last is not None and sealed_of(session, year, last.revision) is not None and not why.strip():
        raise RefusedError("no_reason", Sentence("Write why the frozen review needs another revision."))


def make(session: Session, year: int, why: str, *, actor: Actor, at: datetime) -> Review:
    """Both in one transaction, for whoever keeps nobody waiting."""
    refuse_without_reason(session, year, why)
    return keep(session, derive(session, year, at), why, actor=actor, at=at)


def reword(session: Session, review_id: int, key: str, text: str, *, actor: Actor, at: datetime) -> None:
    """Put the writer's words beside the derived ones; empty words take them back."""
    one = open_review(session, review_id)
    found = _known(one, key)
    if not text.strip() and not found.rule:
        raise RefusedError("no_text", Sentence("Write what is recommended."))
    _act(session, one, Act.REWORDED, key, _text(text), "", actor, at)


def drop(session: Session, review_id: int, key: str, reason: str, *, actor: Actor, at: datetime) -> None:
    """Leave a recommendation out, with the reason, which stays in the review."""
    one = open_review(session, review_id)
    _known(one, key)
    if not reason.strip():
        raise RefusedError(
            "no_reason", Sentence("Write why it is dropped: it stays in the review with that.")
        )
    _act(session, one, Act.DROPPED, key, "", reason.strip()[:_REASON], actor, at)


def restore(session: Session, review_id: int, key: str, *, actor: Actor, at: datetime) -> None:
    """Take a dropped one in again."""
    one = open_review(session, review_id)
    _known(one, key)
    _act(session, one, Act.RESTORED, key, "", "", actor, at)


def add(session: Session, review_id: int, text: str, *, actor: Actor, at: datetime) -> None:
    """A recommendation of the writer's own."""
    one = open_review(session, review_id)
    if not text.strip():
        raise RefusedError("no_text", Sentence("Write what is recommended."))
    many = sum(act.act == Act.ADDED for act in one.acts)
    if many >= MOST_ADDED:
        raise RefusedError("too_many", Sentence("There are a hundred of them already. Reword one."))
    _act(session, one, Act.ADDED, f"own:{many + 1}", _text(text), "", actor, at)


def sign(session: Session, review_id: int, digest: str, *, actor: Actor, at: datetime) -> None:
    """The writer's signature under what they saw."""
    one = open_review(session, review_id)
    refuse_changed(one, digest)
    if one.signed is not None:
        raise RefusedError("signed", Sentence("It is signed already, and waits for the director."))
    _act(session, one, Act.SIGNED, "", "", "", actor, at, digest)


def open_review(session: Session, review_id: int) -> Standing:
    """The revision, locked, which can still be worked on."""
    row = session.get(Review, review_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise RefusedError("no_review", Sentence("There is no such review."))
    one = standing_of(session, row)
    if one.seal is not None:
        raise RefusedError(
            "frozen", Sentence("This revision is frozen. Make another one to change something.")
        )
    if not one.newest:
        raise RefusedError("older", Sentence("The review was made anew meanwhile. Work on the newest one."))
    return one


def _known(one: Standing, key: str) -> Recommendation:
    found = next((rec for rec in one.content.recommendations if rec.key == key), None)
    if found is None:
        raise RefusedError("no_recommendation", Sentence("There is no such recommendation in it."))
    return found


def refuse_changed(one: Standing, digest: str) -> None:
    """RefusedError where what was read is not what stands there."""
    if digest != one.digest:
        raise RefusedError(
            "changed", Sentence("The review was changed since you opened it. Read it again, then sign.")
        )


def _text(text: str) -> str:
    found = text.strip().replace("\r\n", "\n").replace("\0", "")
    if len(found) > MOST_TEXT:
        raise RefusedError("too_long", Sentence("Write it in at most 2,000 characters."))
    return found


def _act(
    session: Session, one: Standing, act: Act, key: str, text: str, reason: str, actor: Actor, at: datetime,
    digest: str = "",
) -> None:  # fmt: skip
    session.add(
        ReviewAct(
            review_id=one.row.id, act=act.value, key=key, text=text, reason=reason, digest=digest, at=at,
            by=actor.login[:64],
        )
    )  # fmt: skip
    session.flush()
    tell(session, f"review.{act.value}", one.row, actor, at, key)


def tell(session: Session, act: str, row: Review, actor: Actor, at: datetime, detail: str = "") -> None:
    """Write an act about a review into the trail."""
    subject = f"{row.year}/{row.revision}"
    write_down(session, at=at, actor=actor, act=act, subject=subject, detail=detail or f"take {row.take}")
