"""Taking a request in: agreed, kept as it came, once. Nothing is searched or told before an officer approved."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.actions import next_number
from hub.custody.merging.reading import lead_of
from hub.custody.queries import person_by_number
from hub.custody.records import Booking
from hub.movements.alarms.raising import Cause, raise_alarm
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.reading import InForce, agreements_in_force
from hub.sharing.forensic.messages import FingerprintRequest, IdentityRequest, names_in
from hub.sharing.forensic.records import ForensicProbe, ForensicRequest, ForensicStep
from hub.sharing.forensic.rules import A_DAY, ANSWER_WITHIN, Ask, What, check_often
from hub.sharing.forensic.samples import Sample, read_sample
from hub.sharing.forensic.sealing import ParcelSeal
from hub.sharing.forensic.telling import exchange_of
from hub.sharing.gate import accept_from

SERIES: Final = "forensic"
OFTEN: Final = "agency_asks_often"
"""Code of the alarm."""
_PURPOSES: Final = {Ask.IDENTITY: "identification", Ask.PRINTS: "forensic_examination"}
"""For what an answer leaves where the agreement has it for that, or does not have it at all."""


@dataclass(frozen=True)
class Sender:
    """The agency and the program of it that sends."""

    agency: str
    actor: Actor


def request_identity(
    session: Session, seal: ParcelSeal, request: IdentityRequest, *, sender: Sender, at: datetime
) -> ForensicRequest:
    """Keep the question whose finger this is until an officer here approves it.

    NotAgreedError for what no agreement in force covers, RefusedError for a file that is no finger, TooManyError when
    the named authority has asked too often. The same message again gives the first request.
    """
    agreed = _agreed(session, sender, "identity_request", request, at)
    known = _known(session, sender, Ask.IDENTITY, request)
    if known is not None:
        return known
    sample = read_sample(request)
    row = _row(Ask.IDENTITY, request, sender, agreed, at)
    # Whoever asks at the same time waits for the number: by now the same request may be there, or the day be used up.
    row.number = f"FR-{next_number(session, SERIES):06d}"
    known = _known(session, sender, Ask.IDENTITY, request)
    if known is not None:
        return known
    uses_up = _uses_up(session, Ask.IDENTITY, sender, request.requested_by, at)
    row.form, row.dpi = ("image" if sample.is_image else "record"), sample.dpi
    row.positions = str(sample.position or "")
    _add(session, row, sender, at)
    _keep(session, seal, row, sample)
    if uses_up:
        _ring(session, row, at)
    return row


def request_prints(
    session: Session, request: FingerprintRequest, *, sender: Sender, at: datetime
) -> ForensicRequest:
    """Keep the request for somebody's fingers. The answer is the same whether there is such a person or not.

    NotAgreedError and TooManyError as for a finger.
    """
    agreed = _agreed(session, sender, "fingerprint_request", request, at)
    known = _known(session, sender, Ask.PRINTS, request)
    if known is not None:
        return known
    row = _row(Ask.PRINTS, request, sender, agreed, at)
    row.number = f"FR-{next_number(session, SERIES):06d}"
    known = _known(session, sender, Ask.PRINTS, request)
    if known is not None:
        return known
    uses_up = _uses_up(session, Ask.PRINTS, sender, request.requested_by, at)
    row.form, row.asked_about = request.form, request.asked_about
    row.positions = " ".join(str(one) for one in sorted(set(request.positions)))
    row.person_id = _person(session, request.asked_about)
    _add(session, row, sender, at)
    if uses_up:
        _ring(session, row, at)
    return row


def _agreed(
    session: Session,
    sender: Sender,
    exchange: str,
    request: IdentityRequest | FingerprintRequest,
    at: datetime,
) -> InForce:
    return accept_from(
        session, agency=sender.agency, exchange=exchange, purpose=None, fields=names_in(request), at=at
    )


def _known(
    session: Session, sender: Sender, kind: Ask, request: IdentityRequest | FingerprintRequest
) -> ForensicRequest | None:
    row = session.scalar(
        select(ForensicRequest).where(
            ForensicRequest.agency == sender.agency,
            ForensicRequest.kind == kind.value,
            ForensicRequest.message_id == request.message_id,
        )
    )
    if row is not None and row.digest != _digest(request):
        raise RefusedError(
            "message_id_reused",
            Sentence("This message number was used for another message. Give each message its own."),
        )
    return row


def _digest(request: IdentityRequest | FingerprintRequest) -> str:
    return hashlib.sha256(msgspec.json.encode(request, order="deterministic")).hexdigest()


def _row(
    kind: Ask,
    request: IdentityRequest | FingerprintRequest,
    sender: Sender,
    agreed: InForce,
    at: datetime,
) -> ForensicRequest:
    return ForensicRequest(
        kind=kind.value,
        agency=sender.agency,
        client=sender.actor.login[:64],
        message_id=request.message_id,
        digest=_digest(request),
        purpose=_PURPOSES[kind],
        requested_by=request.requested_by.strip(),
        legal_basis=request.legal_basis.strip(),
        case_number=request.case.strip(),
        asked_about="",
        positions="",
        form="",
        dpi=None,
        approvals=agreed.terms.approvals,
        received_at=at,
        until_at=at + ANSWER_WITHIN,
        person_id=None,
    )


def _add(session: Session, row: ForensicRequest, sender: Sender, at: datetime) -> None:
    row.purpose = _purpose(session, row, at)
    session.add(row)
    session.flush()
    session.add(ForensicStep(request_id=row.id, what=What.RECEIVED.value, at=at, by=row.client, words=""))
    write_down(session, at=at, actor=sender.actor, act=f"forensic.{row.kind}", subject=row.number)
    session.flush()


def _purpose(session: Session, row: ForensicRequest, at: datetime) -> str:
    """For what the answer is agreed."""
    exchange = exchange_of(row)
    found = agreements_in_force(session, at, row.agency)
    agreed = [purpose for one in found for purpose in one.terms.purposes_of(exchange)]
    return row.purpose if row.purpose in agreed or not agreed else agreed[0]


def _keep(session: Session, seal: ParcelSeal, row: ForensicRequest, sample: Sample) -> None:
    sealed = seal.lock(sample.raw, f"probe {row.id}")
    session.add(ForensicProbe(request_id=row.id, is_image=sample.is_image, sealed=sealed))
    session.flush()


def _uses_up(session: Session, kind: Ask, sender: Sender, authority: str, at: datetime) -> bool:
    """Whether this is the last request of its kind for a day, of this authority or of its whole agency."""
    wanted = (
        select(ForensicRequest.received_at, ForensicRequest.requested_by)
        .where(
            ForensicRequest.agency == sender.agency,
            ForensicRequest.kind == kind.value,
            ForensicRequest.received_at > at - A_DAY,
        )
        .order_by(ForensicRequest.received_at)
    )
    rows = session.execute(wanted).all()
    named = _plain(authority)
    mine = [when for when, who in rows if _plain(who) == named]
    return check_often(kind, mine, [when for when, _ in rows])


def _plain(authority: str) -> str:
    """A name as it is compared: another spacing or case makes no other officer."""
    return " ".join(authority.casefold().replace(".", " ").split())


def _person(session: Session, number: str) -> int | None:
    found = person_by_number(session, number)
    if found is not None:
        return lead_of(session, found.id)
    stay = session.scalar(select(Booking.person_id).where(Booking.number == number.strip().upper()))
    return None if stay is None else lead_of(session, stay)


def _ring(session: Session, row: ForensicRequest, at: datetime) -> None:
    raise_alarm(session, Cause(OFTEN, key=row.agency, evidence={"request": row.number}), at)
