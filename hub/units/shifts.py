"""Who has which unit: shifts taken over at officers' pages. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.records import Account
from hub.units.records import UnitShift


@dataclass(frozen=True)
class Source:
    """The journal entry that says so, and when it happened."""

    terminal: str
    journal_id: bytes
    sequence: int
    at: datetime
    clock_sure: bool


@dataclass(frozen=True)
class Taken:
    """What an officer signed for."""

    unit: str
    officer: str
    from_officer: str | None
    roll_seen: int
    remarks: str


@dataclass(frozen=True)
class Holder:
    """Who took a unit over last."""

    unit: str
    officer: str
    name: str
    since_at: datetime
    from_officer: str | None
    roll_seen: int
    roll_known: int | None
    remarks: str
    terminal: str


def note_shift(session: Session, taken: Taken, source: Source, roll_known: int | None, now: datetime) -> bool:
    """Keeps it; False when the same entry came before."""
    same = select(UnitShift.id).where(
        UnitShift.terminal == source.terminal,
        UnitShift.journal_id == source.journal_id,
        UnitShift.sequence == source.sequence,
    )
    if session.scalar(same) is not None:
        return False
    session.add(
        UnitShift(
            unit=taken.unit,
            officer=taken.officer,
            from_officer=taken.from_officer,
            roll_seen=taken.roll_seen,
            roll_known=roll_known,
            remarks=taken.remarks,
            at=source.at,
            clock_sure=source.clock_sure,
            recorded_at=now,
            terminal=source.terminal,
            journal_id=source.journal_id,
            sequence=source.sequence,
        )
    )
    session.flush()
    return True


def holders(session: Session, units: Collection[str] | None = None) -> dict[str, Holder]:
    """Who has each unit now, by its code: whoever took it over last, by when they did and not by when we heard."""
    newest = select(func.max(UnitShift.at).label("at"), UnitShift.unit).group_by(UnitShift.unit)
    if units is not None:
        newest = newest.where(UnitShift.unit.in_(units))
    last = newest.subquery()
    rows = session.execute(
        select(UnitShift, Account.name)
        .join(last, (last.c.unit == UnitShift.unit) & (last.c.at == UnitShift.at))
        .outerjoin(Account, Account.login == UnitShift.officer)
        .order_by(UnitShift.id)
    )
    return {shift.unit: _holder(shift, name) for shift, name in rows}


def history(session: Session, unit: str, most: int = 20) -> list[Holder]:
    """Who had it, the newest first."""
    rows = session.execute(
        select(UnitShift, Account.name)
        .outerjoin(Account, Account.login == UnitShift.officer)
        .where(UnitShift.unit == unit)
        .order_by(UnitShift.at.desc(), UnitShift.id.desc())
        .limit(most)
    )
    return [_holder(shift, name) for shift, name in rows]


def _holder(shift: UnitShift, name: str | None) -> Holder:
    return Holder(
        shift.unit,
        shift.officer,
        name or shift.officer,
        shift.at,
        shift.from_officer,
        shift.roll_seen,
        shift.roll_known,
        shift.remarks,
        shift.terminal,
    )
