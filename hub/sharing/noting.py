"""Writing down what a partner was refused, and how what left arrived."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.records import Person
from hub.database import Sessions, session_scope
from hub.sharing.catalogue import Way
from hub.sharing.deciding import NotAgreedError
from hub.sharing.disclosures.writing import write_receipt, write_rows
from hub.sharing.documents import refusal_row


def note_refusal(
    session: Session, error: NotAgreedError, *, at: datetime, actor: Actor, way: Way, reference: str = ""
) -> int:
    """Write down what was refused, with the fields that were asked for in vain; its number.

    In a transaction of its own: the one that the refusal was raised in is rolled back.
    """
    number = "" if error.person is None else _number_of(session, error.person)
    row = refusal_row(error, number, reference)
    return write_rows(session, [row], at=at, actor=actor.login, way=way)[0]


@contextmanager
def refusals_noted(
    sessions: Sessions, *, at: datetime, actor: Actor, way: Way, reference: str = ""
) -> Iterator[None]:
    """Around a door's own transaction: a refusal that leaves the block is written down, and goes on."""
    try:
        yield
    except NotAgreedError as error:
        with session_scope(sessions) as session:
            note_refusal(session, error, at=at, actor=actor, way=way, reference=reference)
        raise


def note_receipt(session: Session, disclosure_id: int, receipt: str, *, at: datetime) -> None:
    """Write down how a disclosure arrived: "delivered", or what the partner called it. A row of its own."""
    write_receipt(session, disclosure_id, receipt, at=at)


def _number_of(session: Session, person: int) -> str:
    return session.scalar(select(Person.number).where(Person.id == person)) or ""
