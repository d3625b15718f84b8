"""Tables of whereabouts: every proof, the rules by which proofs age, ways that were timed, and areas reset."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class ProofRow(Base):
    """Somebody was in `zone_id` at `at`, certainly between `earliest_at` and `latest_at`.

    `person_id` is whom the evidence names, whoever leads them since. `other_zone_id` is the other side of the
    checkpoint. `by_entry` tells that a journal has the evidence itself. A proof that was taken back stays readable.
    """

    __tablename__ = "proofs"
    __table_args__ = (
        Index("ix_proofs_person_id_latest_at", "person_id", "latest_at"),
        Index("ix_proofs_at", "at"),
        Index(
            "uq_proofs_own",
            "person_id",
            "terminal",
            "journal_id",
            "sequence",
            unique=True,
            sqlite_where=text("NOT by_entry"),
            postgresql_where=text("NOT by_entry"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    other_zone_id: Mapped[int | None] = mapped_column(ForeignKey("zones.id"))
    source: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    earliest_at: Mapped[datetime]
    latest_at: Mapped[datetime]
    sure: Mapped[bool]
    terminal: Mapped[str] = mapped_column(String(40))
    journal_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    sequence: Mapped[int] = mapped_column(BigInteger)
    link: Mapped[bytes] = mapped_column(LargeBinary(32))
    checkpoint: Mapped[str] = mapped_column(String(64))
    decision: Mapped[str] = mapped_column(String(8))
    rule: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(64))
    evidence: Mapped[str] = mapped_column(String(80))
    late: Mapped[bool]
    by_entry: Mapped[bool]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str | None] = mapped_column(String(300))


class LocationRules(Base):
    """How proofs age, as JSON of `hub.movements.whereabouts.limits.Limits`, from `from_at` on. Append-only."""

    __tablename__ = "location_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_at: Mapped[datetime]
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(300))
    content: Mapped[str] = mapped_column(Text)


class TravelTime(Base):
    """How long people took from leaving one zone to entering another, learnt from their movements; milliseconds.

    Made anew from the movements each time, so that nothing old stays in it. `measured` is how many were timed.
    """

    __tablename__ = "travel_times"

    from_zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"), primary_key=True, autoincrement=False)
    to_zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"), primary_key=True, autoincrement=False)
    fastest_ms: Mapped[int]
    median_ms: Mapped[int]
    p90_ms: Mapped[int]
    measured: Mapped[int]
    learnt_at: Mapped[datetime]


class AreaReset(Base):
    """Somebody said that proofs of a zone made before `at` say nothing of who is there now. Append-only."""

    __tablename__ = "area_resets"

    id: Mapped[int] = mapped_column(primary_key=True)
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"), index=True)
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(300))


for _kept in (LocationRules, AreaReset):
    protect(cast(Table, _kept.__table__))
