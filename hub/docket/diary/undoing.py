"""Taking an outcome back that was entered in error: with every fact that followed from it, or not at all."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.catalogue import KINDS
from hub.custody.facts.actions import ChangedMeanwhileError, withdraw
from hub.custody.facts.reading import steps
from hub.custody.facts.records import Fact
from hub.custody.legal import CHARGE, HEARING, LEGAL_STATUS, ORDER, RELEASE_ORDER
from hub.docket.diary.reading import Appointment
from hub.sentences import RefusedError, Sentence

_FOLLOW: Final = (HEARING.name, CHARGE.name, LEGAL_STATUS.name, ORDER.name, RELEASE_ORDER.name)


def take_back_outcome(
    session: Session, appointment: Appointment, reason: str, *, seen: int, actor: Actor, at: datetime
) -> None:
    """The date is open again; status, charge, orders and next date are as they were before.

    `seen` is the row of the date as the page showed it: ChangedMeanwhileError when somebody was quicker. RefusedError
    once the person was released, or when a fact that followed was changed since.
    """
    row = appointment.held.row
    if row.id != seen:
        raise ChangedMeanwhileError(row.id)
    if not appointment.hearing.outcome:
        raise RefusedError("no_outcome", Sentence("No outcome of this date is on file."))
    if not appointment.inside:
        raise RefusedError(
            "released",
            Sentence(
                "The person has gone since. Open the release, and take that back first if they never went."
            ),
        )
    told = session.scalars(select(Fact).where(Fact.person_id == row.person_id, Fact.kind.in_(_FOLLOW))).all()
    overtaken = {step.row.id for step in steps(told) if step.overtaken_by is not None}
    written = [
        one
        for one in told
        if (one.recorded_at, one.recorded_by) == (row.recorded_at, row.recorded_by) and one.id >= row.id
    ]
    items = {(one.kind, one.item or one.id) for one in written}
    newest = max(one.id for one in written)
    later = [one for one in told if one.id > newest and (one.kind, one.item or one.id) in items]
    if later or any(one.id in overtaken for one in written):
        raise RefusedError(
            "built_upon",
            Sentence("Something that followed from it was changed since. Correct each of them on the file."),
        )
    for one in reversed(written):
        withdraw(session, one, KINDS[one.kind], reason=reason, actor=actor, at=at)
