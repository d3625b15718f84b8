"""An officer here approves a request, or refuses it with a reason. Each act is one step, and stands in the trail."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.biometrics.handing_out import HandedFinger, fingers_to_hand_out
from hub.biometrics.probes import Candidate
from hub.biometrics.vault import Vault
from hub.custody.facts.actions import Statement, state
from hub.custody.facts.reading import current
from hub.custody.merging.reading import family_of
from hub.custody.who.identifiers import IDENTIFIER, Identifier, IdentifierSort, plain_number
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.reading import agency_by_code
from hub.sharing.forensic.clearing import clear
from hub.sharing.forensic.parcels import pack
from hub.sharing.forensic.records import ForensicCandidate, ForensicParcel, ForensicRequest
from hub.sharing.forensic.rules import FETCH_WITHIN, State, What, approvers
from hub.sharing.forensic.sealing import ParcelSeal
from hub.sharing.forensic.steps import add_step, over, standing, steps_of
from hub.sharing.forensic.telling import tell

_APPROVABLE = frozenset({State.WAITING, State.SECOND})


def approve_search(
    session: Session,
    row: ForensicRequest,
    found: Sequence[Candidate],
    *,
    actor: Actor,
    at: datetime,
) -> State:
    """One officer's yes to an identity request; with the last that is needed, `found` is laid before them."""
    now_stands = _approve(session, row, actor, at)
    if now_stands is State.COMPARING:
        session.add_all(
            ForensicCandidate(
                request_id=row.id,
                rank=rank,
                person_id=one.person_id,
                finger_id=one.finger_id,
                position=one.position,
            )
            for rank, one in enumerate(found, 1)
        )
        add_step(session, row, What.SEARCHED, actor=actor, at=at)
    return now_stands


def approve_prints(
    session: Session,
    vault: Vault,
    seal: ParcelSeal,
    row: ForensicRequest,
    *,
    actor: Actor,
    at: datetime,
) -> State:
    """One officer's yes to a request for fingers; with the last that is needed they are packed and told of.

    RefusedError when the officer has not looked at what would leave, or there is nothing that could.
    """
    if row.person_id is None:
        raise RefusedError(
            "nobody", Sentence("Nobody here has the number that was asked about. Refuse the request.")
        )
    if not any(one.what == What.LOOKED and one.by == actor.login for one in steps_of(session, row.id)):
        raise RefusedError(
            "not_looked", Sentence("Look at what would leave first, then approve it or refuse the request.")
        )
    fingers = wanted_fingers(session, vault, row)
    if row.form != "reference" and not fingers:
        raise RefusedError(
            "no_fingers",
            Sentence("None of the fingers that were asked for is enrolled. Refuse the request and say so."),
        )
    now_stands = _approve(session, row, actor, at)
    if now_stands is State.READY:
        if row.form != "reference":
            _pack(session, seal, row, fingers, at)
        row.until_at = at + FETCH_WITHIN
        _keep_their_number(session, row, actor, at)
        tell(session, row, at)
    return now_stands


def refuse(session: Session, row: ForensicRequest, words: str, *, actor: Actor, at: datetime) -> None:
    """An officer's no, with the reason that the agency reads. What came with the request is deleted."""
    if standing(session, row, at) not in (*_APPROVABLE, State.COMPARING, State.READY):
        raise over()
    if not words.strip():
        raise RefusedError("no_reason", Sentence("Write why: the agency reads it."))
    add_step(session, row, What.REFUSED, actor=actor, at=at, told=words.strip())
    clear(session, row)
    tell(session, row, at)


def wanted_fingers(session: Session, vault: Vault, row: ForensicRequest) -> list[HandedFinger]:
    """What would leave by this request: the best impression of each finger that was asked for."""
    if row.person_id is None:
        return []
    positions: Collection[int] = [int(one) for one in row.positions.split()]
    return fingers_to_hand_out(session, vault, family_of(session, row.person_id), positions)


def _approve(session: Session, row: ForensicRequest, actor: Actor, at: datetime) -> State:
    if standing(session, row, at) not in _APPROVABLE:
        raise over()
    if actor.login in approvers(steps_of(session, row.id)):
        raise RefusedError(
            "approved_already",
            Sentence("You approved this already. The agreement asks for another officer as well."),
        )
    add_step(session, row, What.APPROVED, actor=actor, at=at)
    return standing(session, row, at)


def _pack(
    session: Session, seal: ParcelSeal, row: ForensicRequest, fingers: Sequence[HandedFinger], at: datetime
) -> None:
    plain = msgspec.msgpack.encode(pack(fingers, images=row.form == "images"))
    assert row.person_id is not None
    session.add(
        ForensicParcel(
            request_id=row.id,
            person_id=row.person_id,
            sealed=seal.lock(plain, f"set {row.id}"),
            made_at=at,
        )
    )


def _keep_their_number(session: Session, row: ForensicRequest, actor: Actor, at: datetime) -> None:
    """The laboratory's case number on the file, once."""
    assert row.person_id is not None
    held = current(session, IDENTIFIER, person_id=row.person_id)
    numbers = {plain_number(one.value.number) for one in held if one.value.sort is IdentifierSort.FORENSIC}
    if plain_number(row.case_number) in numbers:
        return
    agency = agency_by_code(session, row.agency)
    value = Identifier(
        IdentifierSort.FORENSIC, row.case_number[:60], "" if agency is None else agency.name[:80]
    )
    state(session, row.person_id, Statement(IDENTIFIER, value, at, row.number), actor=actor, at=at)
