"""Tables of the census: when it is, the lists that agencies sent, each comparison, and the differences."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final, cast

from sqlalchemy import ForeignKey, Index, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id
from hub.sentences import Sentence


class Scope(StrEnum):
    """Whom the agency has on its list."""

    EVERYBODY = "everybody"
    REMAND = "remand"


SCOPES: Final = {
    Scope.EVERYBODY: Sentence("Everybody in custody"),
    Scope.REMAND: Sentence("People on remand"),
}


class RunState(StrEnum):
    """What came of a comparison."""

    COMPARED = "compared"
    NO_LIST = "no_list"
    HELD = "held"
    """Their list lacks so many people that it is hardly whole: nothing was compared."""


RUN_STATES: Final = {
    RunState.COMPARED: Sentence("compared"),
    RunState.NO_LIST: Sentence("their list did not come"),
    RunState.HELD: Sentence("held back: their list is hardly whole"),
}


class DifferenceState(StrEnum):
    """How a difference stands."""

    OPEN = "open"
    CLOSED = "closed"
    AGREED = "agreed"
    """Both lists say the same again, and nobody closed it."""


DIFFERENCE_STATES: Final = {
    DifferenceState.OPEN: Sentence("open"),
    DifferenceState.CLOSED: Sentence("closed"),
    DifferenceState.AGREED: Sentence("agreed by itself"),
}


class CensusRule(Base):
    """When the census with an agency is, from `set_at` on; the newest row of an agency counts.

    `weekday` counts from 0, Monday; `hour` is local. A difference is to be closed within `days` days.
    """

    __tablename__ = "census_rules"

    id: Mapped[Id]
    agency: Mapped[str] = mapped_column(String(32), index=True)
    weekday: Mapped[int]
    hour: Mapped[int]
    scope: Mapped[str] = mapped_column(String(12))
    days: Mapped[int]
    active: Mapped[bool]
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(String(64))


class CensusList(Base):
    """A list that an agency sent: at once, or line by line from a file. `received_at` is when its last line came."""

    __tablename__ = "census_lists"
    __table_args__ = (UniqueConstraint("agency", "list_id"),)

    id: Mapped[Id]
    agency: Mapped[str] = mapped_column(String(32))
    list_id: Mapped[str] = mapped_column(String(64))
    listed_on: Mapped[date]
    received_at: Mapped[datetime]
    agreement: Mapped[str] = mapped_column(String(64))
    agreement_version: Mapped[int]
    lines: Mapped[int]


class CensusLine(Base):
    """One person as an agency has them. Deleted once two newer lists are there: only differences are worked."""

    __tablename__ = "census_lines"
    __table_args__ = (UniqueConstraint("list_id", "line"),)

    id: Mapped[Id]
    list_id: Mapped[int] = mapped_column(BIG, ForeignKey("census_lists.id"))
    line: Mapped[int]
    told: Mapped[str] = mapped_column(Text)


class CensusRun(Base):
    """One comparison. `week_on` is the Monday of its week; `carried` were open before, `agreed` ended by themselves."""

    __tablename__ = "census_runs"
    __table_args__ = (Index("ix_census_runs_agency_week_on", "agency", "week_on"),)

    id: Mapped[Id]
    agency: Mapped[str] = mapped_column(String(32))
    week_on: Mapped[date]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    list_id: Mapped[int | None] = mapped_column(BIG)
    state: Mapped[str] = mapped_column(String(12))
    ours: Mapped[int]
    theirs: Mapped[int]
    found: Mapped[int]
    carried: Mapped[int]
    agreed: Mapped[int]


class CensusDifference(Base):
    """Something that the two lists do not say alike: one row for as long as it is the same, however many weeks.

    `key` is our number of the person where there is one, else what they know them by. `ours` and `theirs` are what
    either says, as JSON; they are emptied some time after it ended. `version` is raised by each act.
    """

    __tablename__ = "census_differences"
    __table_args__ = (
        UniqueConstraint("agency", "sort", "key"),
        Index("ix_census_differences_state_due_at", "state", "due_at"),
    )

    id: Mapped[Id]
    agency: Mapped[str] = mapped_column(String(32))
    sort: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(200))
    person: Mapped[str] = mapped_column(String(16), index=True)
    ours: Mapped[str] = mapped_column(Text)
    theirs: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8))
    version: Mapped[int]
    owner: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    seen_on: Mapped[date]
    weeks: Mapped[int]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(String(64))
    reason_code: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(String(300))


class StepAct(StrEnum):
    """What happened to a difference."""

    FOUND = "found"
    CHANGED = "changed"
    """It is still one, and either list says something else than the week before."""
    TAKEN = "taken"
    CLOSED = "closed"
    AGREED = "agreed"
    BACK = "back"
    """It was over, and the lists differ in it again."""


STEP_ACTS: Final = {
    StepAct.FOUND: Sentence("found"),
    StepAct.CHANGED: Sentence("still different, in another way"),
    StepAct.TAKEN: Sentence("taken on"),
    StepAct.CLOSED: Sentence("closed"),
    StepAct.AGREED: Sentence("the lists agree again"),
    StepAct.BACK: Sentence("different again"),
}


class CensusStep(Base):
    """One thing that happened to a difference."""

    __tablename__ = "census_steps"

    id: Mapped[Id]
    difference_id: Mapped[int] = mapped_column(BIG, ForeignKey("census_differences.id"), index=True)
    act: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(300))


for _kept in (CensusRule, CensusRun, CensusStep):
    protect(cast(Table, _kept.__table__))
