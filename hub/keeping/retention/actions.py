"""Rules proposed by one person and approved by another; deletions made by one and confirmed by another.

The caller holds the transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.keeping.retention.reading import Outlook, open_run, outlook
from hub.keeping.retention.records import RetentionItem, RetentionRule, RetentionRun
from hub.keeping.retention.rules import OUTCOMES
from hub.keeping.retention.things import THINGS, Thing
from hub.rows import insert_rows
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

MOST_DAYS: Final = 365 * 120


@dataclass(frozen=True)
class RuleDraft:
    """A rule as it is proposed. `keep_days` None keeps for ever."""

    outcome: str
    thing: str
    keep_days: int | None
    authority: str
    effective_on: date


def propose_rule(session: Session, draft: RuleDraft, *, actor: Actor, at: datetime) -> RetentionRule:
    """Put a rule before a second person; RefusedError for one that cannot be."""
    if draft.outcome not in OUTCOMES or draft.thing not in {thing.value for thing in THINGS}:
        raise RefusedError("no_rule", Sentence("Choose how the person left, and what the rule is about."))
    if draft.keep_days is not None and not 0 <= draft.keep_days <= MOST_DAYS:
        raise RefusedError(
            "keep_days",
            Sentence("Write how many days something is kept, from 0 to 43,800, or choose for ever."),
        )
    if not draft.authority.strip():
        raise RefusedError("no_authority", Sentence("Write which law or decision says so."))
    rule = RetentionRule(
        outcome=draft.outcome,
        thing=draft.thing,
        keep_days=draft.keep_days,
        authority=draft.authority.strip()[:200],
        effective_on=draft.effective_on,
        proposed_at=at,
        proposed_by=actor.login[:64],
    )
    session.add(rule)
    session.flush()
    _write(session, at, actor, "retention.propose", rule)
    return rule


def decide_rule(session: Session, rule_id: int, *, approve: bool, actor: Actor, at: datetime) -> None:
    """Approve or turn down a proposed rule; RefusedError when it is one's own or decided already."""
    rule = session.get(RetentionRule, rule_id)
    if rule is None:
        raise RefusedError("no_rule", Sentence("There is no such rule."))
    if approve and rule.proposed_by == actor.login:
        raise RefusedError("own_rule", Sentence("Another person has to approve the rule that you proposed."))
    values = (
        {"approved_at": at, "approved_by": actor.login[:64]}
        if approve
        else {"refused_at": at, "refused_by": actor.login[:64]}
    )
    changed = session.execute(
        update(RetentionRule)
        .where(
            RetentionRule.id == rule_id,
            RetentionRule.approved_at.is_(None),
            RetentionRule.refused_at.is_(None),
        )
        .values(values)
        .returning(RetentionRule.id)
    ).all()
    if len(changed) != 1:
        raise RefusedError(
            "decided", Sentence("Somebody decided on this rule already. Look at the list again.")
        )
    _write(session, at, actor, "retention.approve" if approve else "retention.turn_down", rule)


def make_run(session: Session, *, actor: Actor, at: datetime) -> RetentionRun:
    """Write down what is due today, for a second person to confirm; RefusedError when nothing is, or one is open."""
    if open_run(session) is not None:
        raise RefusedError(
            "run_open", Sentence("A deletion is open already. Confirm it, or give it up, before the next.")
        )
    today = at.astimezone(SITE_ZONE).date()
    found = outlook(session, today)
    if not found.items:
        raise RefusedError("nothing_due", Sentence("By the rules in force nothing has to be deleted today."))
    run = RetentionRun(due_on=today, made_at=at, made_by=actor.login[:64])
    session.add(run)
    session.flush()
    insert_rows(session, RetentionItem, _rows(run.id, found))
    write_down(
        session,
        at=at,
        actor=actor,
        act="retention.make",
        subject=str(run.id),
        detail=f"{len(found.items)} items",
    )
    return run


def confirm_run(session: Session, run_id: int, *, actor: Actor, at: datetime) -> None:
    """As the second person let a deletion be carried out; RefusedError when it is one's own."""
    run = _open(session, run_id)
    if run.made_by == actor.login:
        raise RefusedError("own_run", Sentence("Another person has to confirm the deletion that you made."))
    changed = session.execute(
        update(RetentionRun)
        .where(
            RetentionRun.id == run_id, RetentionRun.confirmed_at.is_(None), RetentionRun.ended_at.is_(None)
        )
        .values(confirmed_at=at, confirmed_by=actor.login[:64])
        .returning(RetentionRun.id)
    ).all()
    if len(changed) != 1:
        raise RefusedError("confirmed", Sentence("This deletion was confirmed already."))
    write_down(session, at=at, actor=actor, act="retention.confirm", subject=str(run_id))


def give_up_run(session: Session, run_id: int, *, actor: Actor, at: datetime) -> None:
    """End a deletion; what was not deleted stays. Anybody who may make one may give it up."""
    run = _open(session, run_id)
    run.ended_at, run.ended = at, "given up"
    session.flush()
    write_down(session, at=at, actor=actor, act="retention.give_up", subject=str(run_id))


def end_if_done(session: Session, run: RetentionRun, *, actor: Actor, at: datetime) -> bool:
    """End a deletion of which nothing is left to do."""
    left = session.scalar(
        select(func.count())
        .select_from(RetentionItem)
        .where(RetentionItem.run_id == run.id, RetentionItem.done_at.is_(None))
    )
    if left:
        return False
    run.ended_at, run.ended = at, "done"
    session.flush()
    write_down(session, at=at, actor=actor, act="retention.done", subject=str(run.id))
    return True


def _rows(run_id: int, found: Outlook) -> list[dict[str, object]]:
    return [
        {
            "run_id": run_id,
            "person_id": item.person_id,
            "thing": Thing(item.thing).value,
            "rule_id": item.due.rule_id,
            "due_on": item.due.on,
            "pieces": 0,
            "result": "",
            "note": "",
        }
        for item in found.items
    ]


def _open(session: Session, run_id: int) -> RetentionRun:
    run = session.get(RetentionRun, run_id)
    if run is None or run.ended_at is not None:
        raise RefusedError("no_run", Sentence("There is no such deletion, or it has ended."))
    return run


def _write(session: Session, at: datetime, actor: Actor, act: str, rule: RetentionRule) -> None:
    kept = "for ever" if rule.keep_days is None else f"{rule.keep_days} days"
    detail = f"{rule.outcome}, {rule.thing}: {kept} from {rule.effective_on}"
    write_down(session, at=at, actor=actor, act=act, subject=str(rule.id), detail=detail)
