"""Policies of release: written down, accepted by a second person, withdrawn the same way. The caller commits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.facts.actions import FactFaultsError
from hub.custody.sentencing.policy import Numbered, Policy, faults_of
from hub.custody.sentencing.records import PolicyAct, PolicyDecision, PolicyRow
from hub.sentences import RefusedError, Sentence


@dataclass(frozen=True)
class Standing:
    """A policy with what was decided about it, as known at a time."""

    row: PolicyRow
    policy: Policy
    decisions: tuple[PolicyDecision, ...]
    replaced_by: int | None = None

    def decided(self, act: PolicyAct) -> PolicyDecision | None:
        return next((one for one in self.decisions if one.act == act), None)

    @property
    def stands(self) -> bool:
        """Signed twice and not withdrawn, whether or not a newer version has taken its place."""
        return self.decided(PolicyAct.ACCEPTED) is not None and self.decided(PolicyAct.WITHDRAWN) is None

    @property
    def in_force(self) -> bool:
        """Stands, and no newer version of it does."""
        return self.stands and self.replaced_by is None

    @property
    def is_draft(self) -> bool:
        return self.decided(PolicyAct.ACCEPTED) is None and self.decided(PolicyAct.WITHDRAWN) is None

    @property
    def leaves(self) -> bool:
        """Whether somebody proposed to withdraw it and nobody has signed that yet."""
        return self.in_force and self.decided(PolicyAct.WITHDRAWAL_PROPOSED) is not None


def draft(
    session: Session, policy: Policy, *, replaces: int | None = None, actor: Actor, at: datetime
) -> PolicyRow:
    """Write a policy down; it changes nothing until a second person accepts it. FactFaultsError by field."""
    faults = faults_of(policy)
    if faults:
        raise FactFaultsError(faults)
    row = PolicyRow(
        value=msgspec.json.encode(policy, order="deterministic").decode(),
        replaces_id=replaces,
        made_by=actor.login,
        made_at=at,
    )
    session.add(row)
    session.flush()
    write_down(session, at=at, actor=actor, act="policy.draft", subject=str(row.id))
    return row


def accept(session: Session, policy_id: int, *, actor: Actor, at: datetime) -> None:
    """The second signature: in force from here on. RefusedError for whoever wrote it down."""
    standing = standing_of(session, policy_id)
    if not standing.is_draft:
        raise RefusedError(
            "decided", Sentence("This has been decided already. Open it again to see by whom.")
        )
    _refuse_same(standing.row.made_by, actor)
    _decide(session, policy_id, PolicyAct.ACCEPTED, "", actor, at)


def propose_withdrawal(session: Session, policy_id: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """Say why a policy in force has to go; a second person decides, once the differences are known."""
    standing = standing_of(session, policy_id)
    if not standing.in_force or standing.leaves:
        raise RefusedError(
            "decided", Sentence("This has been decided already. Open it again to see by whom.")
        )
    _decide(session, policy_id, PolicyAct.WITHDRAWAL_PROPOSED, _reason(reason), actor, at)


def withdraw(session: Session, policy_id: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """Drop a draft, or take a policy out of force as the second person."""
    standing = standing_of(session, policy_id)
    proposed = standing.decided(PolicyAct.WITHDRAWAL_PROPOSED)
    if standing.in_force and proposed is not None:
        _refuse_same(proposed.by, actor)
        reason = reason or proposed.reason
    elif not standing.is_draft:
        raise RefusedError(
            "decided", Sentence("This has been decided already. Open it again to see by whom.")
        )
    _decide(session, policy_id, PolicyAct.WITHDRAWN, _reason(reason), actor, at)


_POLICIES: Final = select(PolicyRow)
_DECISIONS: Final = select(PolicyDecision).order_by(PolicyDecision.id)


def all_policies(session: Session, *, known_at: datetime | None = None) -> list[Standing]:
    """Every policy that was ever written down, newest first, as known at a time."""
    rows = [row for row in session.scalars(_POLICIES) if known_at is None or row.made_at <= known_at]
    found: dict[int, list[PolicyDecision]] = {row.id: [] for row in rows}
    for decision in session.scalars(_DECISIONS):
        if known_at is None or decision.at <= known_at:
            found[decision.policy_id].append(decision)
    live = {
        number
        for number, decisions in found.items()
        if any(one.act == PolicyAct.ACCEPTED for one in decisions)
        and not any(one.act == PolicyAct.WITHDRAWN for one in decisions)
    }
    replaced = {row.replaces_id: row.id for row in rows if row.replaces_id is not None and row.id in live}
    standings = [Standing(row, read_policy(row), tuple(found[row.id]), replaced.get(row.id)) for row in rows]
    return sorted(standings, key=lambda one: -one.row.id)


def standing_of(session: Session, policy_id: int) -> Standing:
    """One policy; RefusedError for a number that none has."""
    for standing in all_policies(session):
        if standing.row.id == policy_id:
            return standing
    raise RefusedError("no_policy", Sentence("There is no such policy. Go back to the list."))


def in_force(session: Session, *, known_at: datetime | None = None) -> list[Numbered]:
    """Policies that dates are reckoned by."""
    return numbered(one for one in all_policies(session, known_at=known_at) if one.in_force)


def with_change(session: Session, policy_id: int, *, withdraws: bool) -> list[Numbered]:
    """Policies as they would be once a draft is accepted, or one in force withdrawn."""
    standings = all_policies(session)
    changed = next(one for one in standings if one.row.id == policy_id)
    kept = [one for one in standings if one.in_force and one.row.id != policy_id]
    if withdraws:
        back = changed.row.replaces_id
        returning = [one for one in standings if one.row.id == back and one.stands]
        return numbered([*kept, *returning])
    return numbered([*(one for one in kept if one.row.id != changed.row.replaces_id), changed])


def numbered(standings: Iterable[Standing]) -> list[Numbered]:
    """As the reckoner takes them."""
    return [Numbered(one.row.id, one.policy) for one in standings]


def read_policy(row: PolicyRow) -> Policy:
    """The rules of a row."""
    return msgspec.json.decode(row.value, type=Policy)


def _reason(text: str) -> str:
    if not text.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
    return text.strip()[:300]


def _refuse_same(first: str, actor: Actor) -> None:
    if first == actor.login:
        raise RefusedError(
            "same_person",
            Sentence("You signed this first. A second person has to look at it and decide."),
        )


def _decide(
    session: Session, policy_id: int, act: PolicyAct, reason: str, actor: Actor, at: datetime
) -> None:
    session.add(PolicyDecision(policy_id=policy_id, act=act.value, by=actor.login, at=at, reason=reason))
    try:
        session.flush()
    except IntegrityError as error:
        raise RefusedError(
            "decided", Sentence("This has been decided already. Open it again to see by whom.")
        ) from error
    write_down(session, at=at, actor=actor, act=f"policy.{act}", subject=str(policy_id), detail=reason)
