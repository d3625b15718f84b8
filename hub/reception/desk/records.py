"""Tables of the enrolment desk: what was asked for, every change of it, what came, and where each image is from."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, LargeBinary, String, Table
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class FingerTask(Base):
    """Somebody's fingers, to be taken at one desk. `positions` are ISO codes in the order they are asked for, joined
    by commas; `parts` those that the desk's result has, empty until the first arrives.

    `stage` to `progress_at` are what the desk last reported.
    """

    __tablename__ = "desk_tasks"
    __table_args__ = (
        CheckConstraint(
            "status IN ('OPEN', 'RECEIVED', 'UNDECIDED', 'REFUSED', 'STORED', 'SET_ASIDE', 'CANCELLED', 'EXPIRED')",
            name="status",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str] = mapped_column(String(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"), index=True)
    positions: Mapped[str] = mapped_column(String(40))
    impressions: Mapped[int]
    reason: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16), index=True)
    parts: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(16))
    done: Mapped[int]
    now_position: Mapped[int | None]
    now_impressions: Mapped[int]
    progress_at: Mapped[datetime | None]


class TaskEvent(Base):
    """A change of a task. `what` is a status, or seen or begun. The highest id is the counter of the desks' books.
    Append-only.
    """

    __tablename__ = "desk_task_events"

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("desk_tasks.id"), index=True)
    what: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(200))


class Part(Base):
    """One finger as it came: sealed to the hub's receiving key. Gone once the task is settled."""

    __tablename__ = "desk_parts"
    __table_args__ = (Unique("task_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("desk_tasks.id"))
    position: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]


class FingerFinding(Base):
    """What the hub made of one finger of a task: `what` is stored, unusable, or why not. Append-only.

    `number` is the person whose finger it is already, when that is why.
    """

    __tablename__ = "desk_findings"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("desk_tasks.id"), index=True)
    position: Mapped[int]
    what: Mapped[str] = mapped_column(String(32))
    impressions: Mapped[int]
    number: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]


class DeskSaid(Base):
    """The last report of a terminal that is a desk: the book it holds."""

    __tablename__ = "desk_reports"

    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"), primary_key=True)
    book_epoch: Mapped[int] = mapped_column(BigInteger)
    book_counter: Mapped[int] = mapped_column(BigInteger)
    refused: Mapped[int] = mapped_column(BigInteger)
    heard_at: Mapped[datetime]


class Taking(Base):
    """Where an enrolled image is from: device, sensor, officer, time. `keep` says what ends its keeping: `with_file`
    as long as the person's file is kept. Append-only.
    """

    __tablename__ = "finger_takings"

    id: Mapped[int] = mapped_column(primary_key=True)
    finger_id: Mapped[int] = mapped_column(ForeignKey("fingers.id"), unique=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("desk_tasks.id"), index=True)
    terminal: Mapped[str] = mapped_column(String(40))
    sensor: Mapped[str] = mapped_column(String(80))
    dpi: Mapped[float] = mapped_column(Float)
    captured_at: Mapped[datetime]
    operator: Mapped[str] = mapped_column(String(64))
    below: Mapped[bool]
    keep: Mapped[str] = mapped_column(String(16))


class UnusableFinger(Base):
    """A finger that could not be taken on a day, and why. Append-only: a later enrolment of it stands beside."""

    __tablename__ = "unusable_fingers"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("desk_tasks.id"))
    position: Mapped[int]
    reason: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(String(200))
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(64))


for _kept in (TaskEvent, FingerFinding, UnusableFinger):
    protect(cast(Table, _kept.__table__))
_OWNER = "(SELECT f.person_id FROM fingers f WHERE f.id = OLD.finger_id)"
protect(cast(Table, Taking.__table__), door="biometrics", owner=_OWNER)
