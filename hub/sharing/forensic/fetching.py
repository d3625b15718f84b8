"""What an agency is given for its request, each time by the gate: the answer, the set, one record, and its receipt."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.sentences import RefusedError, Sentence
from hub.sharing.catalogue import Way
from hub.sharing.forensic.answering import outcome_of
from hub.sharing.forensic.clearing import clear
from hub.sharing.forensic.parcels import Parcel, file_of, unpack
from hub.sharing.forensic.records import ForensicParcel, ForensicRequest
from hub.sharing.forensic.rules import MOST_FETCHES, Ask, Outcome, State, What
from hub.sharing.forensic.sealing import ParcelSeal
from hub.sharing.forensic.steps import add_step, standing, steps_of, words_of
from hub.sharing.forensic.telling import exchange_of
from hub.sharing.gate import Shared, note_receipt, share

FILE_FIELD = "pims:FingerprintRecord"
RECORD_FIELD = "pims:MinutiaeRecord"


@dataclass(frozen=True)
class Reply:
    """How a request stands; `document` is what the gate let out, None while there is nothing to tell."""

    row: ForensicRequest
    state: State
    outcome: Outcome | None
    reason: str
    document: Mapping[str, Any] | None


def request_of(session: Session, agency: str, kind: Ask, number: str) -> ForensicRequest | None:
    """A request that this agency sent; None for any other number."""
    return session.scalar(
        select(ForensicRequest).where(
            ForensicRequest.number == number,
            ForensicRequest.agency == agency,
            ForensicRequest.kind == kind.value,
        )
    )


def identity_answer_of(session: Session, row: ForensicRequest, *, actor: Actor, at: datetime) -> Reply:
    """The answer, a disclosure each time it is asked for; NotAgreedError when it is agreed no longer."""
    outcome = outcome_of(session, row)
    state = standing(session, row, at)
    if outcome is None:
        return Reply(row, state, None, "", None)
    step = _decided(session, row)
    given = {
        "pims:RequestReference": row.message_id,
        "pims:IdentityOutcomeCode": outcome.value,
        "pims:AnsweredDate": _iso(step.at),
    }
    shared = _share(session, row, given, actor=actor, at=at)
    _note_fetch(session, row, shared, actor=actor, at=at)
    reason = words_of(session, row.id).get(step.id, "")
    return Reply(row, state, outcome, reason, shared.document)


def prints_state_of(session: Session, row: ForensicRequest, *, actor: Actor, at: datetime) -> Reply:
    """How a request for fingers stands. Where only the custody reference was asked for, it comes with this."""
    state = standing(session, row, at)
    outcome = outcome_of(session, row)
    reason = "" if outcome is None else words_of(session, row.id).get(_decided(session, row).id, "")
    if row.form != "reference" or state is not State.READY:
        return Reply(row, state, outcome, reason, None)
    shared = _share(session, row, _about(row), actor=actor, at=at)
    _note_fetch(session, row, shared, actor=actor, at=at)
    return Reply(row, state, outcome, reason, shared.document)


def set_of(session: Session, seal: ParcelSeal, row: ForensicRequest, *, actor: Actor, at: datetime) -> bytes:
    """The ANSI/NIST-ITL file of an approved set; NotAgreedError when the agreement does not name it."""
    parcel, sealed = _parcel(session, seal, row, at)
    given = _about(row) | {FILE_FIELD: _stands_for(sealed), "pims:FingerPositionCode": _positions(parcel)}
    shared = _share(session, row, given, actor=actor, at=at, needed=FILE_FIELD)
    _note_fetch(session, row, shared, actor=actor, at=at)
    return file_of(row, parcel, shared.values, at)


def record_of(
    session: Session, seal: ParcelSeal, row: ForensicRequest, position: int, *, actor: Actor, at: datetime
) -> bytes | None:
    """The ISO/IEC 19794-2 record of one finger of an approved set; None for a finger that is not in it."""
    parcel, _ = _parcel(session, seal, row, at)
    found = next((one for one in parcel.fingers if one.position == position), None)
    if found is None:
        return None
    given = _about(row) | {
        RECORD_FIELD: [_stands_for(found.record)],
        "pims:FingerPositionCode": [position],
    }
    shared = _share(session, row, given, actor=actor, at=at, needed=RECORD_FIELD)
    _note_fetch(session, row, shared, actor=actor, at=at)
    return found.record


def taken(session: Session, row: ForensicRequest, receipt: str, *, actor: Actor, at: datetime) -> State:
    """They have it: the receipt stands beside the disclosure, the set is destroyed here. Twice does no harm."""
    state = standing(session, row, at)
    if state is State.TAKEN:
        return state
    if state is not State.READY:
        raise _not_ready()
    fetched = [one for one in steps_of(session, row.id) if one.what == What.FETCHED]
    if not fetched:
        raise RefusedError("not_fetched", Sentence("Fetch the answer first, then send the receipt for it."))
    for step in fetched:
        note_receipt(session, int(step.words), receipt, at=at)
    add_step(session, row, What.TAKEN, actor=actor, at=at, words=receipt)
    clear(session, row)
    return State.TAKEN


def _parcel(session: Session, seal: ParcelSeal, row: ForensicRequest, at: datetime) -> tuple[Parcel, bytes]:
    held = session.get(ForensicParcel, row.id)
    if held is None or standing(session, row, at) is not State.READY:
        raise _not_ready()
    if sum(one.what == What.FETCHED for one in steps_of(session, row.id)) >= _most_fetches(row):
        raise RefusedError(
            "fetched_enough",
            Sentence("The set was fetched as often as it may be. Send the receipt, or ask again."),
        )
    return unpack(seal.unlock(held.sealed, f"set {row.id}")), held.sealed


def _most_fetches(row: ForensicRequest) -> int:
    """Of the file as a whole, and of the record of each finger."""
    fingers = len(row.positions.split()) or 10
    return MOST_FETCHES * (1 + fingers)


def _about(row: ForensicRequest) -> dict[str, Any]:
    return {"pims:RequestReference": row.message_id, "pims:LaboratoryCaseID": row.case_number}


def _positions(parcel: Parcel) -> list[int]:
    return [one.position for one in parcel.fingers]


def _stands_for(raw: bytes) -> str:
    """What the gate sees of a file: its digest. The file is made after the gate, of what it let through."""
    return base64.b64encode(hashlib.sha256(raw).digest()).decode()


def _share(
    session: Session,
    row: ForensicRequest,
    given: Mapping[str, Any],
    *,
    actor: Actor,
    at: datetime,
    needed: str = "",
) -> Shared:
    asked = partial(
        share,
        session,
        agency=row.agency,
        exchange=exchange_of(row),
        purpose=row.purpose,
        person=row.person_id,
        at=at,
        actor=actor,
        way=Way.PULL,
        reference=row.number,
        given=given,
    )
    shared = asked()
    if needed and needed not in shared.fields:
        # Everything agreed came, and this was not among it: asked for by name, the gate refuses and says why.
        return asked(wanted=(needed,))
    return shared


def _note_fetch(
    session: Session, row: ForensicRequest, shared: Shared, *, actor: Actor, at: datetime
) -> None:
    add_step(session, row, What.FETCHED, actor=actor, at=at, words=str(shared.disclosure_id))


def _decided(session: Session, row: ForensicRequest) -> Any:
    return next(one for one in steps_of(session, row.id) if one.what in (What.ANSWERED, What.REFUSED))


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _not_ready() -> RefusedError:
    return RefusedError(
        "not_ready",
        Sentence("There is no set to fetch: it waits for an officer, was refused, or its time is over."),
    )
