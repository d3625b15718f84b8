"""Tables of the docket. A finding's row says how it stands; its steps say everything that happened to it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import ForeignKey, Index, String, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id


class CloseKind(StrEnum):
    """How a finding ended."""

    DONE = "done"
    """Somebody dealt with it; it opens again when the next day still finds it."""
    HELD_RIGHTLY = "held_rightly"
    """Somebody explained why it is as it should be, until a day on which it is looked at again."""
    FACTS_CHANGED = "facts_changed"
    """It is no longer so; nobody closed it, somebody has to look."""


class StepAct(StrEnum):
    """What happened to a finding."""

    OPENED = "opened"
    EVIDENCE = "evidence"
    ASSIGNED = "assigned"
    TAKEN = "taken"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NOTED = "noted"
    EARLIER_RULE = "earlier_rule"
    ESCALATED = "escalated"
    CLOSED = "closed"
    REVIEWED = "reviewed"


class Finding(Base):
    """One line of the docket, from the day it was opened until it was closed; opened again, it is a new row.

    `subject` is the item it is about, 0 for the stay. `rule` is the version and the figures by which it was found,
    `inputs` stands for what was looked at, `fact_id` for how far the facts were known. `what` is the sentence and
    `rows` the facts that show it, both JSON; so is `close_reason` where the facts closed it. `version` counts
    changes, so that two people cannot both make one.
    """

    __tablename__ = "findings"
    __table_args__ = (
        Index(
            "uq_findings_open",
            "check_code",
            "person_id",
            "subject",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_findings_closed_at", "closed_at"),
    )

    id: Mapped[Id]
    check_code: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"))
    subject: Mapped[int] = mapped_column(BIG)
    band: Mapped[int]
    opened_at: Mapped[datetime]
    since_at: Mapped[datetime]
    due_at: Mapped[datetime]
    what: Mapped[str] = mapped_column(Text)
    rows: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(String(200))
    inputs: Mapped[str] = mapped_column(String(32))
    fact_id: Mapped[int] = mapped_column(BIG)
    owner: Mapped[str | None] = mapped_column(String(64), index=True)
    offered_to: Mapped[str | None] = mapped_column(String(64))
    earlier_rule: Mapped[bool]
    escalated: Mapped[int]
    earlier_id: Mapped[int | None] = mapped_column(BIG)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(64))
    close_kind: Mapped[str | None] = mapped_column(String(16))
    close_reason: Mapped[str | None] = mapped_column(Text)
    review_on: Mapped[date | None]
    reviewed_by: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int]


class FindingStep(Base):
    """Something that happened to a finding. `detail` is JSON for what is not said in words. Append-only."""

    __tablename__ = "finding_steps"

    id: Mapped[Id]
    finding_id: Mapped[int] = mapped_column(BIG, ForeignKey("findings.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    act: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(String(300))
    detail: Mapped[str] = mapped_column(Text)


class DocketLimit(Base):
    """A figure from a day on, with the authority for it. The newest row for a day counts. Append-only."""

    __tablename__ = "docket_limits"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(60), index=True)
    value: Mapped[int]
    effective_on: Mapped[date]
    authority: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(64))


class DocketOwner(Base):
    """Whose the findings of a check are from now on; None: whoever has the fewest. Append-only."""

    __tablename__ = "docket_owners"

    id: Mapped[Id]
    check_code: Mapped[str] = mapped_column(String(40))
    login: Mapped[str | None] = mapped_column(String(64))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(64))


class DocketRun(Base):
    """A look at everybody, and how the docket stood after it. `causes` is JSON: people by check. Append-only.

    `fact_id` and `change_id` are the newest facts and changes of persons when it began.
    """

    __tablename__ = "docket_runs"

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    day: Mapped[date] = mapped_column(index=True)
    fact_id: Mapped[int] = mapped_column(BIG)
    change_id: Mapped[int] = mapped_column(BIG)
    people: Mapped[int]
    in_doubt: Mapped[int]
    findings: Mapped[int]
    overdue: Mapped[int]
    oldest_since_at: Mapped[datetime | None]
    causes: Mapped[str] = mapped_column(Text)


class Waiting(Base):
    """Somebody whom the docket has to look at again; nobody's name says everybody.

    The database itself writes the row, in the transaction of the change (migration 0023): it is seen when the change
    is, however long that took and whichever way it came. Taken away by its number once looked at.
    """

    __tablename__ = "docket_queue"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it once, as declared

    id: Mapped[Id]
    person_id: Mapped[int | None] = mapped_column(BIG)


class FingerSearch(Base):
    """Every finger up to this one was looked for among those of other persons. Append-only."""

    __tablename__ = "finger_searches"

    id: Mapped[Id]
    finger_id: Mapped[int] = mapped_column(BIG)
    searched_at: Mapped[datetime]


for _kept in (FindingStep, DocketLimit, DocketOwner, DocketRun, FingerSearch):
    protect(cast(Table, _kept.__table__))
