"""The terminal's side of a claim: it opens, reveals, and asks how it stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hub.sentences import RefusedError, Sentence
from hub.terminals.claims.identity import HubIdentity
from hub.terminals.claims.records import Claim
from hub.terminals.claims.rules import FORGET, LIFE, MOST_OPEN, MOST_OPEN_OF_ONE, state_of
from hub.terminals.errors import RequestError
from hub.terminals.requests import check_request, find_holder
from wire.claims import Answer, ClaimState, Offer, Opening, claim_code, commitment_of, signed_part
from wire.envelope import check_signature
from wire.errors import WireError
from wire.keys import verifying_key
from wire.provisioning import Request, read_request

SUPERSEDED = "The same terminal asked again; this claim is over."


def open_claim(
    session: Session,
    opening: Opening,
    identity: HubIdentity,
    *,
    claim: str,
    nonce: bytes,
    address: str,
    now: datetime,
) -> Offer:
    """Note a terminal that asks; `claim` is a fresh number (32 hex digits), `nonce` 32 fresh random bytes.

    An earlier claim of the same keys is over by that. RequestError when the request could never be granted or its
    sender does not hold the signing key; RefusedError when too many claims are open.
    """
    request = _proven(opening)
    check_request(request)
    find_holder(session, request)
    _forget_old(session, now)
    _end_earlier(session, request.verifying_key, now)
    _check_room(session, address, now)
    session.add(
        Claim(
            claim=claim,
            name=request.terminal,
            model=request.model,
            request=opening.request,
            verifying_key=request.verifying_key,
            commitment=opening.commitment,
            hub_nonce=nonce,
            address=address[:64],
            opened_at=now,
        )
    )
    session.flush()
    return _offer(claim, nonce, identity)


def reveal(session: Session, claim: str, nonce: bytes, identity: HubIdentity, now: datetime) -> Answer:
    """Take the nonce that the terminal committed to; from now on the claim has a code and waits for people.

    RefusedError when there is no such claim or the nonce is another one.
    """
    found = find_claim(session, claim)
    if commitment_of(found.request, nonce) != found.commitment:
        raise RefusedError(
            "other_nonce", Sentence("What the terminal reveals is not what it committed to. Ask again.")
        )
    if state_of(found, now) is ClaimState.OPENED:
        found.code = claim_code(found.request, _offer(claim, found.hub_nonce, identity), nonce)
        session.flush()
    return answer_of(found, now)


def answer_of(claim: Claim, now: datetime) -> Answer:
    """How the claim stands, with the grant once there is one."""
    state = state_of(claim, now)
    return Answer(state=state, why=claim.ended_why[:400], grant=claim.grant or b"")


def find_claim(session: Session, claim: str) -> Claim:
    """RefusedError when there is none of that number."""
    found = session.scalars(select(Claim).where(Claim.claim == claim)).one_or_none()
    if found is None:
        raise RefusedError("no_claim", Sentence("There is no such claim any more. Ask to be taken in again."))
    return found


def _proven(opening: Opening) -> Request:
    try:
        request = read_request(opening.request)
        covered = signed_part(opening.request, opening.commitment)
        check_signature(verifying_key(request.verifying_key), opening.signature, covered)
    except (WireError, ValueError) as error:
        raise RequestError(
            "not_proven",
            "The request is not signed by the terminal's own key. Make it again on the terminal.",
        ) from error
    return request


def _offer(claim: str, nonce: bytes, identity: HubIdentity) -> Offer:
    return Offer(
        claim=claim, hub_verifying_key=identity.verifying_key, authority=identity.authority, nonce=nonce
    )


def _forget_old(session: Session, now: datetime) -> None:
    session.execute(delete(Claim).where(Claim.opened_at < now - FORGET, Claim.approved_at.is_(None)))


def _end_earlier(session: Session, key: bytes, now: datetime) -> None:
    earlier = session.scalars(
        select(Claim).where(Claim.verifying_key == key, Claim.ended_at.is_(None), Claim.granted_at.is_(None))
    )
    for claim in earlier:
        claim.ended_at, claim.ended_why = now, SUPERSEDED
    session.flush()


def _check_room(session: Session, address: str, now: datetime) -> None:
    open_now = (Claim.opened_at > now - LIFE, Claim.ended_at.is_(None), Claim.approved_at.is_(None))
    count = select(func.count()).select_from(Claim).where(*open_now)
    mine = session.scalar(count.where(Claim.address == address[:64])) or 0
    if mine >= MOST_OPEN_OF_ONE or (session.scalar(count) or 0) >= MOST_OPEN:
        raise RefusedError(
            "too_many_claims",
            Sentence("Too many terminals wait to be taken in. Approve or refuse some at the hub first."),
        )
