"""Tables beside the facts: what is nobody's file alone (visitors, incidents), what facts point to, printed slips."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, Index, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id


class FactLink(Base):
    """A fact of one person points to `target`: a visitor, an incident or another person, by number.

    Made from the facts of a kind, of all its rows whether they still count: what holds is read from the facts.
    """

    __tablename__ = "fact_links"
    __table_args__ = (
        Index("ix_fact_links_target_kind", "target", "kind"),
        Index("ix_fact_links_person_id_kind", "person_id", "kind"),
    )

    item: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    target: Mapped[str] = mapped_column(String(24), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))


class VisitorRow(Base):
    """Somebody who comes to visit; the steps say who they are and whether they may."""

    __tablename__ = "visitors"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    recorded_at: Mapped[datetime]


class VisitorStep(Base):
    """What was recorded of a visitor; the highest `number` of an act holds. Append-only."""

    __tablename__ = "visitor_steps"
    __table_args__ = (UniqueConstraint("visitor_id", "number"),)

    id: Mapped[Id]
    visitor_id: Mapped[int] = mapped_column(ForeignKey("visitors.id"))
    number: Mapped[int]
    act: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(300))


class IncidentRow(Base):
    """Something that happened; the steps tell it, and the files of those involved say what part each had."""

    __tablename__ = "incidents"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    recorded_at: Mapped[datetime]


class IncidentStep(Base):
    """What was written of an incident: the report, a correction of it, a note, its close. Append-only."""

    __tablename__ = "incident_steps"
    __table_args__ = (UniqueConstraint("incident_id", "number"),)

    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"))
    number: Mapped[int]
    act: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(300))


class Slip(Base):
    """A slip that somebody was given: `content` is the JSON of what stood on it. Append-only."""

    __tablename__ = "slips"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"))
    language: Mapped[str] = mapped_column(String(8))
    content: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))


for _table in (VisitorStep, IncidentStep):
    protect(cast(Table, _table.__table__))
protect(cast(Table, Slip.__table__), door="facts")
