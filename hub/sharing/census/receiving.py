"""Taking an agency's list in: agreed field by field, kept until it is compared, never taken for the truth."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta, field
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.sentences import RefusedError, Sentence
from hub.sharing.census.messages import MOST, CensusMessage, CensusRow, ListedPerson
from hub.sharing.census.records import CensusLine, CensusList
from hub.sharing.gate import accept_from
from hub.sharing.inbox.messages.base import ENVELOPE

EXCHANGE: Final = "census_list_in"
KEPT: Final = 2
"""Lists of an agency whose lines are kept: the newest, and the one before it to look something up in."""
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")
_LISTED_ON: Final = "pims:ListedOn"


class ListReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a list: its number here and how many lines of it were kept."""

    number: Annotated[str, Meta(max_length=20)]
    message_id: str = field(name="messageId")
    lines: int
    received_at: datetime = field(name="receivedAt")


def receive_list(session: Session, agency: str, message: CensusMessage, at: datetime) -> ListReceipt:
    """Keep a whole list. The same again gets the same receipt; NotAgreedError for what no agreement covers.

    RefusedError "message_id_reused" for another list under a number that was used.
    """
    parts = [_content(one) for one in message.people]
    known = _known(session, agency, message.message_id)
    if known is not None:
        held = session.scalars(
            select(CensusLine.told).where(CensusLine.list_id == known.id).order_by(CensusLine.line)
        ).all()
        if known.listed_on != message.listed_on or known.lines != len(parts) or (held and held != parts):
            raise RefusedError(
                "message_id_reused",
                Sentence("This message number was used for another list. Give each list its own."),
            )
        return _receipt(known)
    row = _open(session, agency, message.message_id, message.listed_on, message.people, at)
    session.add_all(CensusLine(list_id=row.id, line=line, told=told) for line, told in enumerate(parts, 1))
    row.lines = len(parts)
    session.flush()
    _forget(session, agency)
    return _receipt(row)


def receive_row(session: Session, agency: str, list_id: str, line: int, row: CensusRow, at: datetime) -> str:
    """Keep one row of a file: all rows under one `list_id` are one list. The number of the list."""
    known = _known(session, agency, list_id) or _open(session, agency, list_id, row.listed_on, [row], at)
    if known.listed_on != row.listed_on:
        raise RefusedError("two_days", Sentence("All rows of a list are as of one day. Check the column."))
    _agreed(session, agency, [row], at)
    there = select(CensusLine.id).where(CensusLine.list_id == known.id, CensusLine.line == line)
    if session.scalar(there) is None:
        if known.lines >= MOST:
            raise RefusedError("too_many", Sentence("A list has 5,000 people at the most."))
        session.add(CensusLine(list_id=known.id, line=line, told=_content(row)))
        known.lines, known.received_at = known.lines + 1, at
    session.flush()
    _forget(session, agency)
    return number_of(known)


def newest_list(session: Session, agency: str) -> CensusList | None:
    """The list of an agency that came last."""
    return session.scalars(
        select(CensusList).where(CensusList.agency == agency).order_by(CensusList.id.desc()).limit(1)
    ).first()


def lines_of(session: Session, row: CensusList) -> list[tuple[int, ListedPerson]]:
    """The lines of a list that are still kept."""
    wanted = select(CensusLine.line, CensusLine.told).where(CensusLine.list_id == row.id)
    read = msgspec.json.Decoder(ListedPerson).decode
    return [(line, read(told)) for line, told in session.execute(wanted.order_by(CensusLine.line))]


def number_of(row: CensusList) -> str:
    """How a list is called."""
    return f"CL-{row.id:06d}"


def _open(
    session: Session,
    agency: str,
    list_id: str,
    listed_on: date,
    people: Iterable[ListedPerson],
    at: datetime,
) -> CensusList:
    today = at.date()
    if listed_on > today:
        raise RefusedError("to_come", Sentence("The list is of a day to come. Check its day."))
    agreed = _agreed(session, agency, people, at)
    row = CensusList(
        agency=agency,
        list_id=list_id,
        listed_on=listed_on,
        received_at=at,
        agreement=agreed[0],
        agreement_version=agreed[1],
        lines=0,
    )
    session.add(row)
    session.flush()
    actor = Actor(f"agency:{agency}", "")
    write_down(session, at=at, actor=actor, act="census.receive", detail=f"{number_of(row)} {list_id}"[:200])
    return row


def _agreed(session: Session, agency: str, people: Iterable[ListedPerson], at: datetime) -> tuple[str, int]:
    names = {_LISTED_ON}
    for one in people:
        names |= set(msgspec.to_builtins(one)) - ENVELOPE
    under = accept_from(session, agency=agency, exchange=EXCHANGE, purpose=None, fields=sorted(names), at=at)
    return under.code, under.version


def _content(one: ListedPerson) -> str:
    told = msgspec.to_builtins(one)
    told.pop(_LISTED_ON, None)
    return _ENCODER.encode(told).decode()


def _known(session: Session, agency: str, list_id: str) -> CensusList | None:
    return session.scalar(
        select(CensusList).where(CensusList.agency == agency, CensusList.list_id == list_id)
    )


def _receipt(row: CensusList) -> ListReceipt:
    return ListReceipt(
        number=number_of(row), message_id=row.list_id, lines=row.lines, received_at=row.received_at
    )


def _forget(session: Session, agency: str) -> None:
    """Lines of older lists go: what differed in them stands among the differences."""
    kept = session.scalars(
        select(CensusList.id).where(CensusList.agency == agency).order_by(CensusList.id.desc()).limit(KEPT)
    ).all()
    older = select(CensusList.id).where(CensusList.agency == agency, CensusList.id < min(kept))
    if session.scalar(select(func.count()).select_from(CensusLine).where(CensusLine.list_id.in_(older))):
        session.execute(delete(CensusLine).where(CensusLine.list_id.in_(older)))
