"""Entering figures, and what holds on a day. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.sentences import RefusedError, Sentence
from hub.statistics.entered.records import Entered, EnteredFigure

MOST: Final = 10_000_000_000
_EARLIEST: Final = date(1900, 1, 1)


def enter(
    session: Session,
    name: Entered,
    value: int,
    effective_on: date,
    source: str,
    *,
    actor: Actor,
    at: datetime,
) -> EnteredFigure:
    """Write a figure down; RefusedError without a source, and for what cannot be."""
    if not source.strip():
        raise RefusedError(
            "no_source", Sentence("Write where the figure comes from: who published it, and when.")
        )
    if not 0 < value <= MOST:
        raise RefusedError("no_figure", Sentence("Write a whole number above nought."))
    if not _EARLIEST <= effective_on <= at.date():
        raise RefusedError(
            "wrong_day", Sentence("Write the day from which the figure holds, not one to come.")
        )
    row = EnteredFigure(
        name=name.value, value=value, effective_on=effective_on, source=source.strip()[:300], recorded_at=at,
        recorded_by=actor.login[:64],
    )  # fmt: skip
    session.add(row)
    session.flush()
    write_down(
        session,
        at=at,
        actor=actor,
        act="figures.enter",
        subject=name.value,
        detail=f"{value} from {effective_on}",
    )
    return row


def entered(session: Session, name: Entered, known_at: datetime | None) -> Sequence[EnteredFigure]:
    """Rows of one figure as known then, by the day from which they hold; of one day the later one last."""
    wanted = select(EnteredFigure).where(EnteredFigure.name == name.value)
    if known_at is not None:
        wanted = wanted.where(EnteredFigure.recorded_at <= known_at)
    return session.scalars(wanted.order_by(EnteredFigure.effective_on, EnteredFigure.id)).all()


def in_force(rows: Sequence[EnteredFigure], day: date) -> EnteredFigure | None:
    """Which of the rows holds on a day."""
    held = [row for row in rows if row.effective_on <= day]
    return held[-1] if held else None
