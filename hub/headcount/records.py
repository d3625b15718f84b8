"""Tables of headcounts. What was counted, signed and said is added and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

import hub.custody.records  # noqa: F401 - whose persons these tables point at
from hub.accounts.append_only import protect
from hub.database import Base, Id


class Headcount(Base):
    """One count of some units. `state` moves by steps alone, each guarded by the state that was seen.

    `effective_at` is the moment whose roster is counted: when movement stopped, or when counting began. `slot` names
    the hour of the schedule that called for it, once. `order_number` is the order that holds the gates.
    """

    __tablename__ = "headcounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(16), index=True)
    method: Mapped[str] = mapped_column(String(16))
    blind: Mapped[bool]
    scope: Mapped[str] = mapped_column(String(200))
    site: Mapped[str] = mapped_column(String(64))
    slot: Mapped[str | None] = mapped_column(String(64), unique=True)
    announced_at: Mapped[datetime] = mapped_column(index=True)
    announced_by: Mapped[str] = mapped_column(String(64))
    freeze_at: Mapped[datetime]
    frozen_at: Mapped[datetime | None]
    began_at: Mapped[datetime | None]
    effective_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    cleared_by: Mapped[str] = mapped_column(String(64), default="")
    ended_at: Mapped[datetime | None]
    order_number: Mapped[int | None]
    paper: Mapped[str | None] = mapped_column(String(80))

    @property
    def open_from(self) -> datetime:
        """From when on slips can be: movement stopped, or was to stop. What was signed before was not counted."""
        return self.frozen_at or self.freeze_at


class HeadcountUnit(Base):
    """A unit of a count: what is asked of it now, and what the newest slip came to when it was last reckoned."""

    __tablename__ = "headcount_units"
    __table_args__ = (UniqueConstraint("headcount_id", "code"),)

    id: Mapped[Id]
    headcount_id: Mapped[int] = mapped_column(ForeignKey("headcounts.id"))
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(160))
    recount: Mapped[int]
    method: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime | None]
    expected: Mapped[int | None]
    observed: Mapped[int | None]
    off: Mapped[int | None]
    named_off: Mapped[int] = mapped_column(default=0)
    counted_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]


class HeadcountStep(Base):
    """What was done with a count, by whom and why, and the state after it. Append-only."""

    __tablename__ = "headcount_steps"

    id: Mapped[Id]
    headcount_id: Mapped[int] = mapped_column(ForeignKey("headcounts.id"), index=True)
    step: Mapped[str] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    unit: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(String(500))


class HeadcountSlip(Base):
    """What two officers counted and signed. Append-only.

    `terminal` is "page" where it was entered at the hub, "paper" where it was written down while all was dark.
    `heard_at` is when the hub had it. `link` is the entry's place in its journal's chain, empty beside a journal.
    """

    __tablename__ = "headcount_slips"
    __table_args__ = (
        UniqueConstraint("terminal", "journal_id", "sequence", "link"),
        Index("ix_headcount_slips_headcount_id_unit", "headcount_id", "unit"),
    )

    id: Mapped[Id]
    headcount_id: Mapped[int] = mapped_column(ForeignKey("headcounts.id"))
    unit: Mapped[str] = mapped_column(String(64))
    recount: Mapped[int]
    method: Mapped[str] = mapped_column(String(16))
    observed: Mapped[int]
    first_counter: Mapped[str] = mapped_column(String(64))
    second_counter: Mapped[str] = mapped_column(String(64))
    entered_by: Mapped[str] = mapped_column(String(64))
    signs_of_life: Mapped[bool]
    vacant_beds: Mapped[str] = mapped_column(Text)
    remarks: Mapped[str] = mapped_column(String(200))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    clock_sure: Mapped[bool]
    heard_at: Mapped[datetime]
    late: Mapped[bool]
    saw_totals: Mapped[bool]
    terminal: Mapped[str] = mapped_column(String(40))
    journal_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    sequence: Mapped[int] = mapped_column(BigInteger)
    link: Mapped[bytes] = mapped_column(LargeBinary(32))


class HeadcountMark(Base):
    """One person seen alive, by name or by finger; without a person, somebody whom nobody knows. Append-only."""

    __tablename__ = "headcount_marks"
    __table_args__ = (
        UniqueConstraint("terminal", "journal_id", "sequence", "link"),
        Index("ix_headcount_marks_headcount_id_unit", "headcount_id", "unit"),
    )

    id: Mapped[Id]
    headcount_id: Mapped[int] = mapped_column(ForeignKey("headcounts.id"))
    unit: Mapped[str] = mapped_column(String(64))
    recount: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    method: Mapped[str] = mapped_column(String(16))
    officer: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    clock_sure: Mapped[bool]
    heard_at: Mapped[datetime]
    taken_back: Mapped[bool]
    terminal: Mapped[str] = mapped_column(String(40))
    journal_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    sequence: Mapped[int] = mapped_column(BigInteger)
    link: Mapped[bytes] = mapped_column(LargeBinary(32))


class OutCountRecord(Base):
    """An officer declared somebody of a unit to be elsewhere, accepted to have them there, or took it back.

    Without a headcount it holds for every count until it is withdrawn. Append-only.
    """

    __tablename__ = "out_count_steps"
    __table_args__ = (
        CheckConstraint("step IN ('DECLARED', 'ACCEPTED', 'WITHDRAWN')", name="step"),
        UniqueConstraint("terminal", "journal_id", "sequence", "link"),
    )

    id: Mapped[Id]
    headcount_id: Mapped[int | None] = mapped_column(ForeignKey("headcounts.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    unit: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(String(16))
    officer: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    clock_sure: Mapped[bool]
    heard_at: Mapped[datetime]
    terminal: Mapped[str] = mapped_column(String(40))
    journal_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    sequence: Mapped[int] = mapped_column(BigInteger)
    link: Mapped[bytes] = mapped_column(LargeBinary(32))


class HeadcountExplanation(Base):
    """A difference with a name: who is where, which officer says so, on what evidence; a second person accepts it."""

    __tablename__ = "headcount_explanations"

    id: Mapped[Id]
    headcount_id: Mapped[int] = mapped_column(ForeignKey("headcounts.id"), index=True)
    unit: Mapped[str] = mapped_column(String(64))
    what: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    place: Mapped[str] = mapped_column(String(120))
    officer: Mapped[str] = mapped_column(String(80))
    evidence: Mapped[str] = mapped_column(String(200))
    stated_at: Mapped[datetime]
    stated_by: Mapped[str] = mapped_column(String(64))
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[str] = mapped_column(String(64), default="")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str] = mapped_column(String(64), default="")


class HeadcountRules(Base):
    """The hours of counts and every limit, from `effective_at` on. `body` is JSON of `hub.headcount.limits`.

    Append-only: the newest one that is in effect holds.
    """

    __tablename__ = "headcount_rules"

    id: Mapped[Id]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)


class Muster(Base):
    """Everybody who was in a building when it was left is looked for until the muster ends."""

    __tablename__ = "musters"

    id: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(200))
    scope: Mapped[str] = mapped_column(String(200))
    zones: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime]
    began_by: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(String(64), default="")
    end_reason: Mapped[str] = mapped_column(String(200), default="")


class MusterPerson(Base):
    """Somebody who was in the building, or may have been, when the muster began: by which proof. Append-only."""

    __tablename__ = "muster_people"
    __table_args__ = (UniqueConstraint("muster_id", "person_id"),)

    id: Mapped[Id]
    muster_id: Mapped[int] = mapped_column(ForeignKey("musters.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    zone_id: Mapped[int | None] = mapped_column(ForeignKey("zones.id"))
    source: Mapped[str] = mapped_column(String(16))
    proven_at: Mapped[datetime | None]
    sure: Mapped[bool]


class MusterMark(Base):
    """An officer saw somebody at a muster point, or takes it back. Append-only."""

    __tablename__ = "muster_marks"

    id: Mapped[Id]
    muster_id: Mapped[int] = mapped_column(ForeignKey("musters.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    place: Mapped[str] = mapped_column(String(120))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    taken_back: Mapped[bool]


class RunningCount(Base):
    """The running count was made ready for the dark: when, how many, the hash of the file, and where it went.

    Append-only.
    """

    __tablename__ = "running_counts"

    id: Mapped[Id]
    made_at: Mapped[datetime] = mapped_column(index=True)
    people: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    printer: Mapped[str] = mapped_column(String(80))
    trouble: Mapped[str] = mapped_column(String(200))


for _kept in (
    HeadcountStep,
    HeadcountSlip,
    HeadcountMark,
    OutCountRecord,
    HeadcountRules,
    MusterPerson,
    MusterMark,
    RunningCount,
):
    protect(cast(Table, _kept.__table__))
