"""Who lives in which cell. The caller holds the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.actions import assign_home, open_booking_of
from hub.custody.changes import note_change
from hub.custody.facts.records import Fact
from hub.custody.queries import home_of
from hub.custody.records import Person
from hub.movements.cells.fitting import Fit, fit_of
from hub.movements.cells.reading import dwellers
from hub.movements.cells.records import Cell
from hub.movements.cells.rules import Grade
from hub.movements.permitting import permit_zones, zones_of
from hub.sentences import RefusedError, Sentence


@dataclass(frozen=True)
class Override:
    """A supervisor's word that somebody may live in a cell that something speaks against."""

    by: Actor
    reason: str


class NoFitError(RefusedError):
    """The cell does not fit; `fit` says why, and `grade` whether a supervisor can override it."""

    def __init__(self, fit: Fit, message: Sentence) -> None:
        super().__init__("no_fit", message)
        self.fit = fit


def move_to_cell(
    session: Session,
    person: Person,
    code: str,
    *,
    reason: str,
    override: Override | None,
    actor: Actor,
    at: datetime,
    effective_at: datetime | None = None,
) -> Fact:
    """From now (or `effective_at`, when it was done before) on the person lives in the cell; zones follow.

    NoFitError when something speaks against it that nobody overrode, or that nobody can. RefusedError for somebody
    who is not in custody, lives there already, or a cell that does not exist.
    """
    booking = open_booking_of(session, person.id)
    if booking is None:
        raise RefusedError(
            "not_inside",
            Sentence("%(number)s is not in custody: there is no cell to allot.", {"number": person.number}),
        )
    # Whoever takes the last place first has it: the other one waits here, and then sees that the cell is full.
    session.scalar(select(Cell.id).where(Cell.code == code).with_for_update(key_share=True))
    (dweller,) = dwellers(session, at, person_ids=[person.id])
    if dweller.cell == code:
        raise RefusedError("same_cell", Sentence("The person lives in this cell already."))
    fit = check_fit(session, fit_of(session, dweller.who, code, at), override)
    before = home_of(session, booking.id)
    fact = assign_home(
        session,
        booking,
        fit.cell.zone,
        effective_at=effective_at or at,
        recorded_at=at,
        actor=actor,
        cell=code,
    )
    if before is None or before.zone != fit.cell.zone:
        kept = set(zones_of(session, [person.id]).get(person.id, ()))
        if before is not None:
            kept.discard(before.zone)
        permit_zones(session, person.id, sorted(kept | {fit.cell.zone}), at)
        note_change(session, person.id, at)
    note_override(session, person.number, fit, override, reason, actor, at)
    return fact


def check_fit(session: Session, fit: Fit | None, override: Override | None) -> Fit:
    """The fit, when somebody may be put there; NoFitError or RefusedError otherwise."""
    if fit is None:
        raise RefusedError("no_cell", Sentence("There is no such cell. Choose another."))
    if fit.grade is Grade.NEVER:
        raise NoFitError(fit, Sentence("Nobody can be put into this cell now. Choose another."))
    if fit.grade is Grade.SUPERVISOR:
        if override is None:
            raise NoFitError(
                fit,
                Sentence(
                    "Something speaks against this cell. Choose another, or have a supervisor sign for it."
                ),
            )
        if not override.reason.strip():
            raise NoFitError(fit, Sentence("Write why this cell all the same: it stays with the record."))
    return fit


def note_override(
    session: Session,
    number: str,
    fit: Fit,
    override: Override | None,
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Write down the move, and who signed for it in spite of what."""
    detail = fit.cell.code
    if override is not None and fit.grade is Grade.SUPERVISOR:
        against = ",".join(sorted({one.code for one in fit.obstacles}))
        detail += f" in spite of {against}, signed by {override.by.login}: {override.reason.strip()[:150]}"
    elif reason.strip():
        detail += f": {reason.strip()[:150]}"
    write_down(session, at=at, actor=actor, act="cell.move", subject=number, detail=detail)
