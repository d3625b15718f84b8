"""Taking a message in: agreed, kept as it came, once, and answered with a number. Nothing of custody is changed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, field
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.actions import next_number
from hub.custody.search.sounds import words_of
from hub.sentences import RefusedError, Sentence
from hub.sharing.gate import accept_from
from hub.sharing.inbox.clocks import due_at, liberty_of
from hub.sharing.inbox.messages import AboutSomebody, Message, names_in, write_message
from hub.sharing.inbox.messages.base import ENVELOPE
from hub.sharing.inbox.records import DONE, InboundBody, InboundMessage, InboxAct, InboxItem, InboxStep, State

SERIES: Final = "inbound"
_ALIVE: Final = (State.RECEIVED.value, State.KEPT.value, *DONE)


class Receipt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a message stands. `same_as` is the receipt of the message that said the same before.

    `reason_code` and `reason` say why it was refused; `corrections` what was recorded otherwise than it was sent, as
    lines "field: sent -> recorded".
    """

    number: Annotated[str, Meta(max_length=16)]
    state: State
    message_id: str = field(name="messageId")
    received_at: datetime = field(name="receivedAt")
    decided_at: datetime | None = field(name="decidedAt", default=None)
    same_as: str = field(name="sameAs", default="")
    reason_code: str = field(name="reasonCode", default="")
    reason: str = ""
    corrections: tuple[str, ...] = ()


def receive(
    session: Session,
    *,
    agency: str,
    exchange: str,
    message: Message,
    message_id: str,
    at: datetime,
    raw: bytes | None = None,
) -> Receipt:
    """Keep a message and answer with its number.

    NotAgreedError for what no agreement in force covers. The same message again gets its first number. RefusedError
    "message_id_reused" for another message under a number that was used. `raw` are the bytes as they came, where they
    are at hand.
    """
    agreed = accept_from(
        session, agency=agency, exchange=exchange, purpose=None, fields=names_in(message), at=at
    )
    digest = digest_of(exchange, message)
    known, number = _known(session, agency, message_id), ""
    if known is None:
        number = f"IN-{next_number(session, SERIES):06d}"
        # Whoever sends the same at the same time waits for the number: by now their message may be there.
        known = _known(session, agency, message_id)
    if known is not None:
        if known.digest != digest or known.exchange != exchange:
            raise RefusedError(
                "message_id_reused",
                Sentence("This message number was used for another message. Give each message its own."),
            )
        return _receipt(session, known)
    row = _row(session, number, agency, exchange, message, message_id, at)
    row.digest, row.agreement, row.agreement_version = digest, agreed.code, agreed.version
    body = write_message(message)
    row.body_hash = hashlib.sha256(body if raw is None else raw).hexdigest()
    _keep(session, row, message, at)
    session.add(InboundBody(id=row.id, body=body.decode(), sent=raw))
    session.flush()
    return _receipt(session, row)


def _row(
    session: Session, number: str, agency: str, exchange: str, message: Message, message_id: str, at: datetime
) -> InboundMessage:
    same = _same(session, agency, exchange, digest_of(exchange, message))
    return InboundMessage(
        number=number,
        agency=agency,
        exchange=exchange,
        message_id=message_id,
        case_number=message.case_number if isinstance(message, AboutSomebody) else "",
        sequence=message.sequence,
        liberty=int(liberty_of(exchange, message)),
        issued_at=message.issued_at,
        received_at=at,
        same_as_id=None if same is None else same.id,
    )


def _keep(session: Session, row: InboundMessage, message: Message, at: datetime) -> None:
    session.add(row)
    session.flush()
    by = f"agency:{row.agency}"[:64]
    session.add(_item(row, message, at))
    session.add(InboxStep(message_id=row.id, act=InboxAct.RECEIVED.value, at=at, by=by, note=""))
    write_down(
        session,
        at=at,
        actor=Actor(by, ""),
        act="inbox.receive",
        subject=row.number,
        detail=f"{row.exchange} {row.digest[:16]}",
    )
    session.flush()


def receipt_of(session: Session, agency: str, number: str) -> Receipt | None:
    """The receipt of a message that this agency sent; None for any other number."""
    row = session.scalar(
        select(InboundMessage).where(InboundMessage.number == number, InboundMessage.agency == agency)
    )
    return None if row is None else _receipt(session, row)


def digest_of(exchange: str, message: Message) -> str:
    """The content without its envelope: the same told twice has the same digest."""
    told: dict[str, Any] = msgspec.to_builtins(message)
    content = {name: value for name, value in told.items() if name not in ENVELOPE}
    return hashlib.sha256(
        exchange.encode() + b"\n" + msgspec.json.encode(content, order="deterministic")
    ).hexdigest()


def name_key(surname: str, given: str) -> str:
    """A name as it is compared here: folded words, surname first."""
    return f"{' '.join(words_of(surname))}|{' '.join(words_of(given))}"[:170]


def _known(session: Session, agency: str, message_id: str) -> InboundMessage | None:
    return session.scalar(
        select(InboundMessage).where(InboundMessage.agency == agency, InboundMessage.message_id == message_id)
    )


def _same(session: Session, agency: str, exchange: str, digest: str) -> InboundMessage | None:
    """A message that said the same and still counts: what was refused may be sent again."""
    return session.scalar(
        select(InboundMessage)
        .join(InboxItem, InboxItem.id == InboundMessage.id)
        .where(
            InboundMessage.digest == digest,
            InboundMessage.agency == agency,
            InboundMessage.exchange == exchange,
            InboxItem.state.in_(_ALIVE),
        )
        .order_by(InboundMessage.id)
        .limit(1)
    )


def _item(row: InboundMessage, message: Message, at: datetime) -> InboxItem:
    about = message.subject if isinstance(message, AboutSomebody) else None
    return InboxItem(
        id=row.id,
        state=(State.RECEIVED if row.same_as_id is None else State.DUPLICATE).value,
        version=1,
        liberty=row.liberty,
        due_at=due_at(liberty_of(row.exchange, message), at),
        person_id=None,
        subject_number="" if about is None else (about.number or about.booking).strip().upper(),
        subject_reference="" if about is None else about.reference.strip(),
        subject_name="" if about is None else name_key(about.surname, about.given),
        subject_born_on=None if about is None else about.born_on,
        owner="",
        decided_by="",
        decided_at=None,
        reason_code="",
        reason="",
        accepted="",
        cleared_at=None,
    )


def _receipt(session: Session, row: InboundMessage) -> Receipt:
    item = session.get_one(InboxItem, row.id)
    same = None if row.same_as_id is None else session.get_one(InboundMessage, row.same_as_id)
    return Receipt(
        number=row.number,
        state=State(item.state),
        message_id=row.message_id,
        received_at=row.received_at,
        decided_at=item.decided_at,
        same_as="" if same is None else same.number,
        reason_code=item.reason_code,
        reason=item.reason,
        corrections=tuple(msgspec.json.decode(item.accepted, type=list[str])) if item.accepted else (),
    )
