"""Planning moves: what speaks against each, and making passes of them. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.movements.move_limits import limits
from hub.movements.passes.clashes import Grade, worst
from hub.movements.passes.looking import Draft, Plan, check_times, look
from hub.movements.passes.records import PassRow
from hub.movements.passes.ringing import write_step
from hub.movements.passes.rules import Leg, PassState
from hub.sentences import RefusedError, Sentence

__all__ = ("ClashesError", "Draft", "Override", "make_clear", "make_passes", "refuse_clashes")


@dataclass(frozen=True)
class Override:
    """The second officer, who signs for what speaks against it, and why."""

    actor: Actor
    reason: str


class ClashesError(RefusedError):
    """Something speaks against some of what was planned; `plan` says what."""

    def __init__(self, plan: Plan, message: Sentence) -> None:
        super().__init__("clashes", message)
        self.plan = plan


def make_clear(session: Session, drafts: Sequence[Draft], *, actor: Actor, at: datetime) -> Plan:
    """Make passes of those that nobody has to sign for any more, and of no others; the plan says what keeps those."""
    plan = look(session, drafts, at, first_wins=True)
    _make(session, plan, plan.clear(), None, actor, at)
    return plan


def make_passes(
    session: Session,
    drafts: Sequence[Draft],
    *,
    override: Override | None = None,
    actor: Actor,
    at: datetime,
) -> list[int]:
    """Make passes of all of these; their numbers. ClashesError when something speaks against one of them.

    With `override`, what a second officer may sign for is made in spite of it, and says who signed and why.
    """
    for draft in drafts:
        check_times(draft.from_at, draft.there_at, draft.until_at, at)
    plan = look(session, drafts, at)
    refuse_clashes(plan, override)
    return _make(session, plan, range(len(plan.drafts)), override, actor, at)


def refuse_clashes(plan: Plan, override: Override | None) -> None:
    """ClashesError where something speaks against one of these that `override` does not sign for."""
    grade = plan.found.worst(range(len(plan.drafts)))
    if grade is Grade.NEVER:
        raise ClashesError(plan, Sentence("Some of these moves cannot be: see below. Leave those out."))
    if grade is Grade.SECOND and override is None:
        raise ClashesError(
            plan,
            Sentence(
                "Something speaks against some of these moves. Leave them out, or have a second officer sign."
            ),
        )
    if override is not None and grade is Grade.SECOND and not override.reason.strip():
        raise ClashesError(plan, Sentence("The second officer writes why it shall be done all the same."))


def _make(
    session: Session, plan: Plan, places: Sequence[int], override: Override | None, actor: Actor, at: datetime
) -> list[int]:
    grace = timedelta(seconds=limits(session).grace_s)
    rows = {place: _row(plan.drafts[place], grace, actor, at) for place in places}
    signed = {place for place in places if worst(plan.found.of(place)) is Grade.SECOND}
    for place in signed:
        rows[place].signed_by = (
            plan.drafts[place].signed_by if override is None else override.actor.login[:64]
        )
    session.add_all(rows.values())
    session.flush()
    for place, row in rows.items():
        found = plan.found.of(place)
        codes = " ".join(sorted({one.key for one in found}))
        write_step(session, row.id, "MADE", at, at, by=actor.login, evidence=codes)
        if any(one.code == "interrupted" for one in found):
            _begin_here(session, row, actor, at)
        if place in signed and override is None:
            write_step(session, row.id, "SIGNED", at, at, by=row.signed_by, evidence=codes)
        elif place in signed and override is not None:
            sign(session, row, override, codes, at)
    return [row.id for row in rows.values()]


def _row(draft: Draft, grace: timedelta, actor: Actor, at: datetime) -> PassRow:
    return PassRow(
        person_id=draft.person_id,
        from_zone_id=draft.from_zone_id,
        to_zone_id=draft.to_zone_id,
        reason=draft.reason.value,
        escort=draft.escort.value,
        officer=draft.officer[:64],
        group_id=draft.group_id,
        series_id=draft.series_id,
        source=draft.source,
        from_at=draft.from_at,
        there_at=draft.there_at,
        until_at=draft.until_at,
        one_way=draft.one_way,
        made_at=at,
        made_by=actor.login[:64],
        signed_by="",
        state=PassState.DUE.value,
        leg=Leg.OUT.value,
        state_at=at,
        next_at=draft.there_at + grace,
    )


def sign(session: Session, row: PassRow, override: Override, codes: str, at: datetime) -> None:
    """Write down who signed for what speaks against a pass."""
    by, text = override.actor, override.reason.strip()
    write_step(session, row.id, "SIGNED", at, at, by=by.login, text=text, evidence=codes)
    write_down(session, at=at, actor=by, act="pass.sign", subject=str(row.id), detail=codes[:200])


def _begin_here(session: Session, outer: PassRow, actor: Actor, at: datetime) -> None:
    """Moves that were planned before for the time of this one begin at its place now, and lead back there."""
    inner = select(PassRow).where(
        PassRow.person_id == outer.person_id,
        PassRow.id != outer.id,
        PassRow.closed_at.is_(None),
        PassRow.departed_at.is_(None),
        PassRow.arrived_at.is_(None),
        PassRow.from_at >= outer.there_at,
        PassRow.until_at <= outer.until_at,
        PassRow.to_zone_id != outer.to_zone_id,
    )
    for row in session.scalars(inner.order_by(PassRow.id).with_for_update()):
        row.from_zone_id = outer.to_zone_id
        write_step(session, row.id, "CHANGED", at, at, by=actor.login, evidence=f"pass {outer.id}")
