"""Leading a count: announce, stop movement, count, climb the ladder, clear. The caller has the transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.headcount.limits import rules_at
from hub.headcount.loading import facts_of, units_of
from hub.headcount.records import Headcount, HeadcountUnit
from hub.headcount.rules import reckon
from hub.headcount.scope import hold, refuse_overlap, release, scope_words, sites, units_for
from hub.headcount.states import COURSES, LADDER, METHOD_OF, UNDER_WAY, State, needs_reason
from hub.headcount.turning import move, note, raise_alarm_line, reached, reckon_units
from hub.movements.site.tree import load as load_tree
from hub.sentences import RefusedError, Sentence
from wire.happenings import CountKind, CountMethod


@dataclass(frozen=True)
class Asked:
    """A count as somebody wants it held. Without `units` the whole of `site` (its code), without both every unit.

    `freeze_at` None: after the time that the rules allow from the announcement. `slot` names an hour of the schedule.
    """

    kind: CountKind
    units: tuple[str, ...] = ()
    site: str = ""
    name: str = ""
    freeze_at: datetime | None = None
    method: CountMethod | None = None
    slot: str | None = None
    paper: str | None = None


def announce(session: Session, asked: Asked, *, actor: Actor, at: datetime) -> Headcount:
    """Begin a count: officers' pages hide roll and totals from now on. One that needs no announcement counts at once.

    RefusedError without units, or while another count holds one of them.
    """
    course, rules, tree = COURSES[asked.kind], rules_at(session, at), load_tree(session)
    units = units_for(tree, asked.units, asked.site, sites(session))
    if asked.paper is None:  # what was counted in the dark is over, whatever is counted now
        refuse_overlap(session, [unit.code for unit in units])
    wait = timedelta(seconds=rules.announce_s) if course.announced else timedelta()
    count = Headcount(
        kind=asked.kind.value,
        name=asked.name.strip()[:80],
        state=State.ANNOUNCED.value,
        method=(asked.method or course.method).value,
        blind=(asked.method or course.method) is CountMethod.NUMBER,
        scope=scope_words(asked.units, asked.site, units),
        site=asked.site,
        slot=asked.slot,
        announced_at=at,
        announced_by=actor.login[:64],
        freeze_at=max(at, asked.freeze_at or at + wait) if course.announced else at,
        paper=asked.paper,
        cleared_by="",
    )
    session.add(count)
    session.flush()
    session.add_all(
        HeadcountUnit(
            headcount_id=count.id,
            zone_id=unit.id,
            code=unit.code,
            name=tree.path(unit.id)[:160],
            recount=0,
            method=count.method,
        )
        for unit in units
    )
    session.flush()
    note(session, count, "ANNOUNCED", actor, at, detail=count.scope)
    write_down(session, at=at, actor=actor, act="count.announce", subject=str(count.id), detail=count.kind)
    if not course.announced:
        if course.freezes:
            freeze(session, count, actor=actor, at=at)
        begin(session, count, actor=actor, at=at)
    return count


def freeze(session: Session, count: Headcount, *, actor: Actor, at: datetime) -> None:
    """Movement stops: gates of the counted units refuse until the count is cleared. Who is under way shows as open."""
    move(session, count, State.FROZEN, actor, at)
    count.frozen_at = count.effective_at = at
    count.order_number = hold(session, count, actor, at)
    session.flush()
    write_down(session, at=at, actor=actor, act="count.freeze", subject=str(count.id))


def begin(session: Session, count: Headcount, *, actor: Actor, at: datetime) -> None:
    """Units count now. A formal count that was not frozen is refused: people would walk from slip to slip."""
    if COURSES[CountKind(count.kind)].freezes and count.frozen_at is None:
        raise RefusedError("not_frozen", Sentence("Movement has not stopped yet. Freeze first, then count."))
    move(session, count, State.COUNTING, actor, at)
    due = at + timedelta(seconds=rules_at(session, at).unit_due_s)
    count.began_at, count.effective_at = at, count.effective_at or at
    session.execute(update(HeadcountUnit).where(HeadcountUnit.headcount_id == count.id).values(due_at=due))
    session.flush()
    reckon_units(session, count, at)
    write_down(session, at=at, actor=actor, act="count.begin", subject=str(count.id))


def climb(
    session: Session,
    count: Headcount,
    rung: State,
    units: Collection[str],
    *,
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Ask units to count again: by name, their empty beds, by finger, or in an emergency everybody by name.

    RefusedError when no unit is named, or a rung is left out without a reason.
    """
    assert rung in LADDER
    known = {unit.code for unit in units_of(session, count)}
    wanted = known if rung is State.EMERGENCY else known & set(units)
    if not wanted:
        raise RefusedError("no_units", Sentence("Choose at least one unit that shall count again."))
    if needs_reason(rung, reached(session, count)) and len(reason.strip()) < 3:
        raise RefusedError(
            "rung_left_out",
            Sentence("A step of the procedure is left out: write why, in a few words."),
        )
    move(session, count, rung, actor, at, detail=", ".join(sorted(wanted)), why=reason.strip())
    due = at + timedelta(seconds=rules_at(session, at).unit_due_s)
    for unit in units_of(session, count):
        if unit.code in wanted:
            unit.recount, unit.method, unit.due_at, unit.warned_at = (
                unit.recount + 1,
                METHOD_OF[rung].value,
                due,
                None,
            )
    session.flush()
    write_down(
        session,
        at=at,
        actor=actor,
        act="count.recount",
        subject=str(count.id),
        detail=f"{rung.value}: {', '.join(sorted(wanted))}"[:500],
        why=reason,
    )
    if rung is State.EMERGENCY:
        raise_alarm_line(session, count, "count_missed", at, rung=rung.value)


def clear(session: Session, count: Headcount, *, note_text: str = "", actor: Actor, at: datetime) -> None:
    """The count agrees: movement goes on. Tolerance is zero: RefusedError while anything is left over or short."""
    found = reckon(facts_of(session, count, at))
    if found.waiting:
        raise RefusedError(
            "units_missing",
            Sentence(
                "No slip yet of: %(units)s. Nothing is cleared before.", {"units": ", ".join(found.waiting)}
            ),
        )
    if not found.agrees:
        raise RefusedError(
            "difference",
            Sentence("The count does not agree. Recount, or name every difference and have it accepted."),
        )
    if COURSES[CountKind(count.kind)].freezes and count.frozen_at is None:
        raise RefusedError("not_frozen", Sentence("Movement has not stopped yet. Freeze first, then count."))
    before = State(count.state)
    if before in UNDER_WAY and before is not State.RECONCILING:
        move(session, count, State.RECONCILING, actor, at)
    reckon_units(session, count, at)
    move(session, count, State.CLEARED, actor, at, why=note_text.strip())
    count.cleared_at = count.ended_at = at
    count.cleared_by = actor.login[:64]
    release(session, count, "cleared", actor, at)
    session.flush()
    write_down(
        session,
        at=at,
        actor=actor,
        act="count.clear",
        subject=str(count.id),
        detail=f"roll {found.roll}, counted {found.counted} of {found.expected} expected",
    )


def cancel(session: Session, count: Headcount, *, reason: str, actor: Actor, at: datetime) -> None:
    """The count is given up, for a reason that stays with it; the gates go by their own rules again."""
    if len(reason.strip()) < 3:
        raise RefusedError("reason", Sentence("Write why, in a few words: it stays with the record."))
    move(session, count, State.CANCELLED, actor, at, why=reason.strip())
    count.ended_at = at
    release(session, count, "cancelled", actor, at)
    session.flush()
    write_down(session, at=at, actor=actor, act="count.cancel", subject=str(count.id), why=reason)
