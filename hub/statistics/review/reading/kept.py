"""Reviews as they stand, or stood on an earlier day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.statistics.review.content import Content, Entry, digest_of, read, write
from hub.statistics.review.drafts import Edit, edited, with_log
from hub.statistics.review.records import Act, Review, ReviewAct, ReviewPaper, ReviewSeal


@dataclass(frozen=True)
class Standing:
    """A revision: `content` with every edit so far, or as it was sealed. `newest` is the one that can be worked on."""

    row: Review
    acts: Sequence[ReviewAct]
    seal: ReviewSeal | None
    content: Content
    raw: str
    newest: bool
    papers: Mapping[tuple[str, str], bytes]
    """Files of a frozen revision as they were handed out, by kind and language."""

    @property
    def digest(self) -> str:
        """What is signed."""
        return digest_of(self.raw)

    @property
    def signed(self) -> ReviewAct | None:
        """The writer's signature under the content as it stands; an edit since makes it void."""
        found = [one for one in self.acts if one.act == Act.SIGNED and one.digest == self.digest]
        return found[-1] if found else None


def newest_of(session: Session, year: int, known_at: datetime | None = None) -> Review | None:
    """The last take of the last revision of a year."""
    wanted = select(Review).where(Review.year == year).order_by(Review.id.desc()).limit(1)
    if known_at is not None:
        wanted = wanted.where(Review.made_at <= known_at)
    return session.scalar(wanted)


def listed(session: Session, known_at: datetime | None = None) -> list[tuple[Review, ReviewSeal | None]]:
    """The last take of each revision of each year, the newest first."""
    wanted = select(Review).order_by(Review.year.desc(), Review.revision.desc(), Review.take.desc())
    if known_at is not None:
        wanted = wanted.where(Review.made_at <= known_at)
    rows: dict[tuple[int, int], Review] = {}
    for row in session.scalars(wanted):
        rows.setdefault((row.year, row.revision), row)
    seals = {
        one.review_id: one for one in session.scalars(select(ReviewSeal)) if _known(one.sealed_at, known_at)
    }
    return [(row, seals.get(row.id)) for row in rows.values()]


def sealed_of(session: Session, year: int, revision: int) -> ReviewSeal | None:
    """The seal of a revision."""
    return session.scalar(select(ReviewSeal).where(ReviewSeal.year == year, ReviewSeal.revision == revision))


def standing_of(session: Session, row: Review, known_at: datetime | None = None) -> Standing:
    """A revision with what was done about it until then; None: until now."""
    takes = select(Review.id).where(Review.year == row.year, Review.revision == row.revision)
    acts = [
        one
        for one in session.scalars(
            select(ReviewAct).where(ReviewAct.review_id.in_(takes)).order_by(ReviewAct.id)
        )
        if _known(one.at, known_at)
    ]
    newest = newest_of(session, row.year, known_at)
    seal = session.scalar(select(ReviewSeal).where(ReviewSeal.review_id == row.id))
    if seal is not None and not _known(seal.sealed_at, known_at):
        seal = None
    raw = write(_draft(session, row, acts)) if seal is None else seal.content
    papers = {} if seal is None else _papers(session, row)
    return Standing(row, acts, seal, read(raw), raw, newest is not None and newest.id == row.id, papers)


def _papers(session: Session, row: Review) -> dict[tuple[str, str], bytes]:
    return {
        (one.kind, one.language): one.raw
        for one in session.scalars(select(ReviewPaper).where(ReviewPaper.review_id == row.id))
    }


def _known(at: datetime, known_at: datetime | None) -> bool:
    return known_at is None or at <= known_at


def _draft(session: Session, row: Review, acts: Sequence[ReviewAct]) -> Content:
    edits = [
        Edit(Act(one.act), one.key, one.text, one.reason, one.by, one.at)
        for one in acts
        if one.act != Act.SIGNED
    ]
    earlier = [
        one
        for one, _seal in reversed(listed(session))
        if one.year == row.year and one.revision < row.revision
    ]
    log = [Entry(one.revision, one.made_at, one.made_by, one.why) for one in (*earlier, row)]
    before = sealed_of(session, row.year, row.revision - 1)
    return with_log(edited(read(row.content), edits), log, None if before is None else read(before.content))
