"""What people do with claims: approve after comparing the code, or refuse."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.sentences import RefusedError, Sentence
from hub.terminals.claims.checks import (
    UNKNOWN_CODE,
    Placing,
    check_agrees,
    check_code,
    check_replaced,
    check_waiting,
)
from hub.terminals.claims.records import Claim, ClaimApproval
from hub.terminals.claims.rules import approvals_needed, state_of
from hub.terminals.requests import find_holder
from wire.claims import ClaimState, typed_code
from wire.provisioning import read_request


def find_by_code(session: Session, typed: str, now: datetime) -> Claim:
    """The waiting claim whose code was typed; RefusedError when it is no code, or no claim waits with it."""
    code = typed_code(typed)
    if code is None:
        raise RefusedError("no_code", Sentence("A claim code has eight letters and digits, as ABCD-EFGH."))
    for claim in session.scalars(select(Claim).where(Claim.code == code)):
        if state_of(claim, now) is ClaimState.WAITING:
            return claim
    raise RefusedError("unknown_code", UNKNOWN_CODE)


def waiting_claims(session: Session, now: datetime) -> list[Claim]:
    """Claims that people may decide now, oldest first."""
    found = session.scalars(select(Claim).where(Claim.approved_at.is_(None)).order_by(Claim.id))
    return [claim for claim in found if state_of(claim, now) is ClaimState.WAITING]


def approve(
    session: Session,
    claim: Claim,
    typed: str,
    placing: Placing,
    *,
    second_person: bool,
    actor: Actor,
    now: datetime,
) -> bool:
    """One person vouches that the terminal shows this code, and says where it belongs; True when that was enough.

    RefusedError when the code is another, the claim no longer waits, the replaced terminal cannot be had, or the
    second person is the first one or says something else. RequestError when the name was taken meanwhile.
    """
    check_waiting(claim, now)
    check_code(claim, typed)
    find_holder(session, read_request(claim.request))
    check_replaced(session, claim, placing)
    before = _approvals(session, claim)
    check_agrees(before, placing, actor.login)
    _note_approval(session, claim, placing, actor, now)
    enough = len(before) + 1 >= approvals_needed(second_person)
    if enough:
        place = placing.checkpoint
        claim.checkpoint_code, claim.from_zone, claim.to_zone = (
            place.checkpoint,
            place.from_zone,
            place.to_zone,
        )
        claim.replaces, claim.approved_at = placing.replaces, now
    session.flush()
    return enough


def refuse(session: Session, claim: Claim, why: str, *, actor: Actor, now: datetime) -> None:
    """End a claim; `why` is shown on the terminal. RefusedError when it was decided already."""
    check_waiting(claim, now)
    claim.ended_at, claim.ended_why = now, why.strip()[:400]
    told = f"code {claim.code} {claim.ended_why}"
    write_down(session, at=now, actor=actor, act="terminal.claim_refused", subject=claim.name, detail=told)
    session.flush()


def approvers(session: Session, claim: Claim) -> list[str]:
    """Logins of those who approved it so far, in order."""
    return [approval.by for approval in _approvals(session, claim)]


def _approvals(session: Session, claim: Claim) -> list[ClaimApproval]:
    wanted = select(ClaimApproval).where(ClaimApproval.claim == claim.claim).order_by(ClaimApproval.id)
    return list(session.scalars(wanted))


def _note_approval(session: Session, claim: Claim, placing: Placing, actor: Actor, now: datetime) -> None:
    code, replaces = placing.checkpoint.checkpoint, placing.replaces
    session.add(
        ClaimApproval(claim=claim.claim, by=actor.login, at=now, checkpoint_code=code, replaces=replaces)
    )
    told = f"code {claim.code} checkpoint {code}" + (f" replaces {replaces}" if replaces else "")
    write_down(session, at=now, actor=actor, act="terminal.claim_approved", subject=claim.name, detail=told)
