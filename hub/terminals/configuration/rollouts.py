"""Roll-outs: a change for several terminals, in stages that stop when one of them takes harm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.sentences import RefusedError, Sentence
from hub.terminals.configuration.actions import base_of, desire, latest, with_changes
from hub.terminals.configuration.facts import is_well, members_of, steps_of
from hub.terminals.configuration.records import Act, Rollout, RolloutAct, RolloutMember
from hub.terminals.configuration.rules import Course, Next, Standing, course, next_step, plan, standing
from hub.terminals.records import Status, Terminal, TerminalState

HUB = "hub"
"""Who acts when nobody does: the hub itself."""


def begin_rollout(
    session: Session,
    names: Sequence[str],
    changes: Mapping[str, Any],
    *,
    reason: str,
    first: int,
    percent: int,
    soak_s: int,
    probation_s: int,
    actor: Actor,
    at: datetime,
) -> int:
    """Plan the stages and note them; the hub sends the first one out with its next look. Gives the number.

    Terminals that are well go first. WrongSettingsError when a terminal could not take it, RefusedError when there
    is none to change, or when one of them is in a roll-out that has not ended.
    """
    terminals = _chosen(session, names)
    _check_free(session, terminals)
    settings = {terminal.id: _settings(session, terminal, changes) for terminal in terminals}
    rollout = Rollout(
        changes=dict(changes),
        by=actor.login,
        reason=reason[:200],
        begun_at=at,
        soak_s=soak_s,
        probation_s=probation_s,
    )
    session.add(rollout)
    session.flush()
    well = {terminal.name: is_well(session.get(TerminalState, terminal.id)) for terminal in terminals}
    ordered = sorted(well, key=lambda name: (not well[name], name))
    stage_of = {name: stage for stage, some in enumerate(plan(ordered, first, percent), 1) for name in some}
    for terminal in terminals:
        before, after = settings[terminal.id]
        session.add(
            RolloutMember(
                rollout_id=rollout.id,
                terminal_id=terminal.id,
                stage=stage_of[terminal.name],
                before=before,
                settings=after,
            )
        )
    session.flush()
    detail = f"{len(terminals)} terminals: {', '.join(changes)}"
    write_down(session, at=at, actor=actor, act="rollout.begin", subject=str(rollout.id), detail=detail)
    return rollout.id


def running(session: Session) -> list[Rollout]:
    """Roll-outs that go on by themselves."""
    ended = [Act.FINISHED.value, Act.TAKEN_BACK.value]
    over = select(RolloutAct.rollout_id).where(RolloutAct.act.in_(ended))
    open_ones = session.scalars(select(Rollout).where(Rollout.id.not_in(over)).order_by(Rollout.id)).all()
    return [one for one in open_ones if course(steps_of(session, one.id))[0] is Course.RUNNING]


def due(session: Session, rollout: Rollout, now: datetime) -> Next | None:
    """What happens next with a roll-out by itself."""
    steps = steps_of(session, rollout.id)
    return next_step(members_of(session, rollout.id), steps, timedelta(seconds=rollout.soak_s), now)


def advance(session: Session, rollout: Rollout, step: Next, now: datetime) -> None:
    """Note the step; one that begins a stage gives its terminals what they shall run by."""
    if step.act is Act.STAGE:
        wanted = select(RolloutMember).where(
            RolloutMember.rollout_id == rollout.id, RolloutMember.stage == step.stage
        )
        for member in session.scalars(wanted).all():
            desire(
                session,
                member.terminal_id,
                member.settings,
                by=rollout.by,
                reason=rollout.reason,
                at=now,
                probation_s=rollout.probation_s,
                rollout_id=rollout.id,
            )
    _note(session, rollout.id, step.act, step.stage, HUB, now, step.terminal, step.why)


def stop(session: Session, number: int, *, actor: Actor, at: datetime) -> None:
    """A person stops it: what was sent stays, nothing more goes out."""
    _expect(session, number, Course.RUNNING)
    _by_person(session, number, Act.STOPPED, actor, at)


def go_on(session: Session, number: int, *, actor: Actor, at: datetime) -> None:
    """A person lets it go on without the terminals of this stage that are not done."""
    _expect(session, number, Course.RUNNING, Course.STOPPED)
    stage = course(steps_of(session, number))[1]
    rollout = session.get(Rollout, number)
    assert rollout is not None
    soak = timedelta(seconds=rollout.soak_s)
    waiting = [
        member.terminal
        for member in members_of(session, number)
        if member.stage <= stage and standing(member, soak, at) is not Standing.DONE
    ]
    for terminal in waiting:
        _note(session, number, Act.WENT_ON, stage, actor.login, at, terminal, "")
    if not waiting:
        _note(session, number, Act.WENT_ON, stage, actor.login, at, None, "")
    write_down(session, at=at, actor=actor, act="rollout.went_on", subject=str(number))


def take_back(session: Session, number: int, *, actor: Actor, at: datetime) -> int:
    """Every terminal that it reached gets its settings from before, as a new version; gives how many."""
    _expect(session, number, Course.RUNNING, Course.STOPPED, Course.FINISHED)
    rollout = session.get(Rollout, number)
    assert rollout is not None
    reached = 0
    for member in session.scalars(select(RolloutMember).where(RolloutMember.rollout_id == number)).all():
        row = latest(session, member.terminal_id)
        if row is None or row.rollout_id != number:
            continue
        desire(
            session,
            member.terminal_id,
            member.before,
            by=actor.login,
            reason=f"Roll-out {number} taken back",
            at=at,
            probation_s=rollout.probation_s,
        )
        reached += 1
    _by_person(session, number, Act.TAKEN_BACK, actor, at)
    return reached


def _chosen(session: Session, names: Sequence[str]) -> list[Terminal]:
    wanted = select(Terminal).where(Terminal.name.in_(names), Terminal.status == Status.ACTIVE)
    found = list(session.scalars(wanted.order_by(Terminal.name)))
    if not found:
        raise RefusedError("no_terminals", Sentence("Choose at least one terminal."))
    return found


def _check_free(session: Session, terminals: Sequence[Terminal]) -> None:
    ids = {terminal.id for terminal in terminals}
    for rollout in running(session):
        wanted = select(RolloutMember.terminal_id).where(RolloutMember.rollout_id == rollout.id)
        if ids & set(session.scalars(wanted)):
            raise RefusedError(
                "in_rollout",
                Sentence(
                    "Roll-out %(number)s of these terminals is still going on. Stop it first, or wait.",
                    {"number": rollout.id},
                ),
            )


def _settings(
    session: Session, terminal: Terminal, changes: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    base = base_of(session, terminal.id)
    if base is None:
        raise RefusedError(
            "no_base",
            Sentence(
                "What terminal %(name)s runs by is not known: it has not said its model yet. Leave it out.",
                {"name": terminal.name},
            ),
        )
    return with_changes(base, {}), with_changes(base, changes)


def _expect(session: Session, number: int, *allowed: Course) -> None:
    if session.get(Rollout, number) is None:
        raise RefusedError("no_rollout", Sentence("There is no such roll-out."))
    if course(steps_of(session, number))[0] not in allowed:
        raise RefusedError(
            "rollout_over", Sentence("The roll-out does not stand so that this could be done.")
        )


def _by_person(session: Session, number: int, act: Act, actor: Actor, at: datetime) -> None:
    _note(session, number, act, course(steps_of(session, number))[1], actor.login, at, None, "")
    write_down(session, at=at, actor=actor, act=f"rollout.{act.value.lower()}", subject=str(number))


def _note(
    session: Session,
    number: int,
    act: Act,
    stage: int,
    by: str,
    at: datetime,
    terminal: str | None,
    why: str,
) -> None:
    session.add(
        RolloutAct(
            rollout_id=number, act=act.value, stage=stage, at=at, by=by[:64], terminal=terminal, why=why[:200]
        )
    )
    session.flush()
