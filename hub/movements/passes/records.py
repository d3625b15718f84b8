"""Tables of passes. A pass is brought up to date by what is seen; each step of it is a row that stays."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

import hub.movements.records  # noqa: F401 - whose zones these tables point at
from hub.accounts.append_only import protect
from hub.database import Base, Id


class PassSeries(Base):
    """Moves that come again: times are seconds after midnight at the site, `weekdays` digits 0 (Monday) to 6.

    `from_zone_id` None starts where each person lives. On a public holiday it takes place where `on_holidays` says so.
    Nothing of it changes but its end: a new one is begun then.
    """

    __tablename__ = "pass_series"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(16))
    from_zone_id: Mapped[int | None] = mapped_column(ForeignKey("zones.id"))
    to_zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    from_s: Mapped[int]
    there_s: Mapped[int]
    until_s: Mapped[int]
    weekdays: Mapped[str] = mapped_column(String(7))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    escort: Mapped[str] = mapped_column(String(8))
    officer: Mapped[str] = mapped_column(String(64))
    on_holidays: Mapped[bool]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(String(64), default="")
    end_reason: Mapped[str] = mapped_column(String(300), default="")


class SeriesMember(Base):
    """Somebody goes along with a series, from `added_at` until `removed_at` (None: still)."""

    __tablename__ = "pass_series_people"
    __table_args__ = (
        Index(
            "uq_pass_series_people_open",
            "series_id",
            "person_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    series_id: Mapped[int] = mapped_column(ForeignKey("pass_series.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(64))
    signed_by: Mapped[str] = mapped_column(String(64), default="")
    """The second officer who signed for what speaks against it."""
    signed_for: Mapped[str] = mapped_column(String(300), default="")
    """What was signed for: keys of clashes, with spaces between. Anything else keeps the person back."""
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str] = mapped_column(String(64), default="")


class SeriesSkip(Base):
    """A series does not take place on that day, or with times at other times of it. Append-only."""

    __tablename__ = "pass_series_skips"
    __table_args__ = (UniqueConstraint("series_id", "on"),)

    id: Mapped[Id]
    series_id: Mapped[int] = mapped_column(ForeignKey("pass_series.id"))
    on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    from_s: Mapped[int | None]
    there_s: Mapped[int | None]
    until_s: Mapped[int | None]


class PassClash(Base):
    """What by itself would have become a pass of that day did not, because of what spoke against it. Append-only.

    `source` is what it would have been made of; once for a person, so that nobody is asked again and again.
    """

    __tablename__ = "pass_clashes"
    __table_args__ = (UniqueConstraint("source", "person_id"),)

    id: Mapped[Id]
    source: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("pass_series.id"))
    on: Mapped[date] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(String(16))
    to_zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    codes: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class PassGroup(Base):
    """People who go together; the number by which a gate counts them in and through."""

    __tablename__ = "pass_groups"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80))
    officer: Mapped[str] = mapped_column(String(64))
    source: Mapped[str | None] = mapped_column(String(80), unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))


class PassRow(Base):
    """A permission to move. Its number is shown as "pass 123".

    The person may go from `from_at`, is due there by `there_at`, stays until `until_at` and then comes back, unless
    `one_way`. The times under it come from what was seen. `next_at` is when time alone changes the state, None when
    it cannot; `seen_at` the latest proof that was looked at. `closed_at` ends it: nothing is expected any more.
    """

    __tablename__ = "passes"
    __table_args__ = (
        UniqueConstraint("source", "person_id"),
        Index("ix_passes_person_id", "person_id"),
        Index("ix_passes_from_at", "from_at"),
        Index(
            "ix_passes_open",
            "next_at",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    from_zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    to_zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    reason: Mapped[str] = mapped_column(String(16))
    escort: Mapped[str] = mapped_column(String(8))
    officer: Mapped[str] = mapped_column(String(64), default="")
    group_id: Mapped[int | None] = mapped_column(ForeignKey("pass_groups.id"), index=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("pass_series.id"))
    source: Mapped[str | None] = mapped_column(String(80))
    from_at: Mapped[datetime]
    there_at: Mapped[datetime]
    until_at: Mapped[datetime]
    one_way: Mapped[bool]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))
    signed_by: Mapped[str] = mapped_column(String(64), default="")
    departed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(12))
    leg: Mapped[str] = mapped_column(String(4))
    state_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class PassStep(Base):
    """Something became of a pass. Append-only. `occurred_at` is when it happened, `at` when it was written."""

    __tablename__ = "pass_steps"
    __table_args__ = (Index("ix_pass_steps_pass_id", "pass_id"),)

    id: Mapped[Id]
    pass_id: Mapped[int] = mapped_column(ForeignKey("passes.id"))
    what: Mapped[str] = mapped_column(String(12))
    occurred_at: Mapped[datetime]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(String(300))
    evidence: Mapped[str] = mapped_column(String(120))


class EscortRun(Base):
    """A group at a gate: counted in (BEGUN), or counted through (ENDED, with who is `missing`). Append-only."""

    __tablename__ = "escort_runs"
    __table_args__ = (Index("ix_escort_runs_group_id", "group_id"),)

    id: Mapped[Id]
    group_id: Mapped[int] = mapped_column(BigInteger)
    what: Mapped[str] = mapped_column(String(6))
    checkpoint: Mapped[str] = mapped_column(String(64))
    officer: Mapped[str] = mapped_column(String(64))
    people: Mapped[list[str]] = mapped_column(JSON)
    missing: Mapped[list[str]] = mapped_column(JSON)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    terminal: Mapped[str] = mapped_column(String(40))


for _kept in (SeriesSkip, PassClash, PassStep, EscortRun):
    protect(cast(Table, _kept.__table__))
