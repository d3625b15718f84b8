"""Publications as they stand. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.sentences import Sentence
from hub.statistics.cells import Figures
from hub.statistics.publishing import body
from hub.statistics.publishing.records import Act, Publication, PublicationAct, PublicationFile
from hub.web.kept_sentences import read_sentence


class State(StrEnum):
    """How a publication stands."""

    DRAFTED = "drafted"
    HELD = "held"
    FROZEN = "frozen"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Standing:
    """A publication with the act that ended its draft, None while nobody did."""

    row: Publication
    act: PublicationAct | None

    @property
    def state(self) -> State:
        if self.act is not None:
            return State.FROZEN if self.act.act == Act.FREEZE else State.DROPPED
        return State.HELD if self.row.held else State.DRAFTED

    @property
    def reasons(self) -> list[Sentence]:
        """Why it is held."""
        return [read_sentence(one) for one in json.loads(self.row.held)] if self.row.held else []


def standing(session: Session, number: int, known_at: datetime | None = None) -> Standing | None:
    """A publication by its number, as known then."""
    row = session.get(Publication, number)
    if row is None or (known_at is not None and row.drafted_at > known_at):
        return None
    wanted = select(PublicationAct).where(PublicationAct.publication_id == number)
    if known_at is not None:
        wanted = wanted.where(PublicationAct.at <= known_at)
    return Standing(row, session.scalar(wanted))


def standings(session: Session, known_at: datetime | None = None, limit: int = 200) -> list[Standing]:
    """All, the newest first, as known then."""
    wanted = (
        select(Publication, PublicationAct)
        .outerjoin(PublicationAct, _as_known(known_at))
        .order_by(Publication.id.desc())
        .limit(limit)
    )
    if known_at is not None:
        wanted = wanted.where(Publication.drafted_at <= known_at)
    return [Standing(row, act) for row, act in session.execute(wanted)]


def _as_known(known_at: datetime | None) -> ColumnElement[bool]:
    joined = PublicationAct.publication_id == Publication.id
    return joined if known_at is None else joined & (PublicationAct.at <= known_at)


def all_frozen(session: Session, known_at: datetime | None = None) -> Sequence[Publication]:
    """Every frozen publication, in the order in which they were frozen; as known then."""
    wanted = (
        select(Publication)
        .join(PublicationAct, PublicationAct.publication_id == Publication.id)
        .where(PublicationAct.act == Act.FREEZE)
        .order_by(PublicationAct.id)
    )
    if known_at is not None:
        wanted = wanted.where(PublicationAct.at <= known_at)
    return session.scalars(wanted).all()


def frozen(
    session: Session, period: str | None = None, known_at: datetime | None = None
) -> list[Publication]:
    """Frozen publications of a period, or all, the newest revision last; as known then."""
    found = [one for one in standings(session, known_at, 10_000) if one.state is State.FROZEN]
    rows = [one.row for one in found if period is None or one.row.period == period]
    return sorted(rows, key=lambda row: (row.period, row.revision))


def files_of(session: Session, number: int) -> Sequence[PublicationFile]:
    """The files of a publication, the checksums last."""
    wanted = (
        select(PublicationFile).where(PublicationFile.publication_id == number).order_by(PublicationFile.id)
    )
    return session.scalars(wanted).all()


def published_figures(row: Publication) -> Figures:
    """The figures as they were given out."""
    return body.figures_of(row)
