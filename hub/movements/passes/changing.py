"""Calling off a pass, and giving it other times. The caller holds the transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.records import Person
from hub.movements.passes.looking import Found, Plan, check_times, draft_again, look
from hub.movements.passes.planning import Override, refuse_clashes, sign
from hub.movements.passes.proving import advance
from hub.movements.passes.reading import going_in
from hub.movements.passes.records import PassRow
from hub.movements.passes.ringing import write_step
from hub.movements.passes.rules import PassState
from hub.sentences import RefusedError, Sentence


def cancel_pass(session: Session, number: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """Nobody may go on this pass any more; RefusedError for one that is over, or whose person is on the way."""
    row = session.get(PassRow, number, with_for_update=True, populate_existing=True)
    if row is None or row.closed_at is not None:
        raise RefusedError("pass_over", Sentence("This pass is over already. Nothing was changed."))
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
    _refuse_outing(row)
    if (row.departed_at or row.arrived_at) and row.returned_at is None:
        raise RefusedError(
            "pass_in_use",
            Sentence("The person is on this pass now, and comes back on it. Shorten it instead, or wait."),
        )
    row.state, row.state_at, row.closed_at, row.next_at = PassState.CANCELLED.value, at, at, None
    write_step(session, row.id, "CANCELLED", at, at, by=actor.login, text=reason.strip())
    write_down(
        session, at=at, actor=actor, act="pass.cancel", subject=_number(session, row), detail=f"{row.id}"
    )
    session.flush()


def change_times(
    session: Session,
    number: int,
    there_at: datetime,
    until_at: datetime,
    reason: str,
    *,
    override: Override | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Other times for a pass that is not over. Whoever is there already only has another time to go back.

    ClashesError when something speaks against the new times that did not against the old ones, and `override` does not
    sign for it.
    """
    row = session.get(PassRow, number, with_for_update=True, populate_existing=True)
    if row is None or row.closed_at is not None:
        raise RefusedError("pass_over", Sentence("This pass is over already. Nothing was changed."))
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
    _refuse_outing(row)
    gone = row.departed_at is not None or row.arrived_at is not None
    ahead = timedelta(0) if gone else there_at - row.there_at
    from_at = row.from_at + ahead
    check_times(from_at, row.there_at if gone else there_at, until_at, at)
    before = _clashes(session, row, at)
    row.from_at, row.until_at = from_at, until_at
    row.there_at = row.there_at if gone else there_at
    plan = look(session, [draft_again(row)], at)
    fresh = Plan(plan.drafts, Found({0: [one for one in plan.found.of(0) if one.key not in before]}))
    refuse_clashes(fresh, override)
    write_step(session, row.id, "CHANGED", at, at, by=actor.login, text=reason.strip())
    write_down(
        session, at=at, actor=actor, act="pass.change", subject=_number(session, row), detail=f"{row.id}"
    )
    if override is not None and fresh.found.of(0):
        row.signed_by = override.actor.login[:64]
        sign(session, row, override, " ".join(sorted(one.key for one in fresh.found.of(0))), at)
    session.flush()
    advance(session, [row.id], at)


def _refuse_outing(row: PassRow) -> None:
    if going_in(row.source) is not None:
        raise RefusedError(
            "pass_of_outing",
            Sentence(
                "This pass follows the going out of the prison: change the times there, or call it off there."
            ),
        )


def _clashes(session: Session, row: PassRow, at: datetime) -> frozenset[str]:
    return frozenset(one.key for one in look(session, [draft_again(row)], at).found.of(0))


def _number(session: Session, row: PassRow) -> str:
    return session.scalar(select(Person.number).where(Person.id == row.person_id)) or ""
