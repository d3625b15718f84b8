"""Tables of movements. A movement is a fact and stays; a position is what the latest proof says."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

import hub.custody.records  # noqa: F401 - whose persons these tables point at
from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id

FIRST_SITE: Final = 1
"""The site that every hub has from its first day."""


class ZoneKind(StrEnum):
    """What sort of place a zone is."""

    BLOCK = "BLOCK"
    TIER = "TIER"
    CELL = "CELL"
    HOLDING_CELL = "HOLDING_CELL"
    MOVEMENT_AREA = "MOVEMENT_AREA"
    WORKSHOP = "WORKSHOP"
    CLINIC = "CLINIC"
    VISITS = "VISITS"
    COURT = "COURT"
    OUTSIDE = "OUTSIDE"


class Site(Base):
    """A prison of its own: its zones, its checkpoints and its plans. `sort` orders the switch; the first is shown."""

    __tablename__ = "sites"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    sort: Mapped[int] = mapped_column(default=0)


class Zone(Base):
    """Where a person can be known to be.

    `capacity` is the certified normal number, `working` how many it is run with, `maximum` beyond which nobody is let
    in; each None where nobody said. A zone may lie in another one of its site (`parent_id`). Counts are taken where
    `is_unit`. `sort` orders zones of one parent; a zone with `closed_at` is kept for what was, and used no more.
    """

    __tablename__ = "zones"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(16))
    capacity: Mapped[int | None]
    # Every zone has one: SQLite adds no column to a table that both refers and may not be empty.
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), nullable=True, default=FIRST_SITE)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("zones.id"))
    is_unit: Mapped[bool] = mapped_column(default=False, server_default=false())
    working: Mapped[int | None]
    maximum: Mapped[int | None]
    needs_pass: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_locked_at_night: Mapped[bool] = mapped_column(default=False, server_default=false())
    sort: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    closed_at: Mapped[datetime | None]


class Checkpoint(Base):
    """A point between two zones, passed in one direction.

    `walk_s` is how many seconds it takes, at the least, from the middle of the one zone to that of the other; None
    where nobody measured it.
    """

    __tablename__ = "checkpoints"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    from_zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    to_zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    walk_s: Mapped[int | None]
    closed_at: Mapped[datetime | None]


class ZonePermission(Base):
    """The person may enter the zone, from `permitted_at` until `withdrawn_at` (None: still)."""

    __tablename__ = "zone_permissions"
    __table_args__ = (
        Index(
            "uq_zone_permissions_open",
            "person_id",
            "zone_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    permitted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Movement(Base):
    """Somebody was seen to go from one zone to another. Append-only.

    `method` is "SCAN", "ATTESTED" where an officer vouched for who it was, or "PAPER" where it was written into a
    book and entered afterwards: then `terminal` is "paper" and the journal that of the batch. `clock_sure` tells
    whether the clock could be trusted for `occurred_at`. The entry it comes from makes one movement, however often
    it is delivered; `link` is that entry's place in its journal's chain.
    """

    __tablename__ = "movements"
    __table_args__ = (
        UniqueConstraint("terminal", "journal_id", "sequence", "link"),
        Index("ix_movements_person_id_occurred_at", "person_id", "occurred_at"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    type: Mapped[str] = mapped_column(String(16))
    direction: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(64))
    from_zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    to_zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    occurred_at: Mapped[datetime]
    clock_sure: Mapped[bool]
    recorded_at: Mapped[datetime]
    terminal: Mapped[str] = mapped_column(String(40))
    journal_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    sequence: Mapped[int] = mapped_column(BigInteger)
    link: Mapped[bytes] = mapped_column(LargeBinary(32))
    method: Mapped[str] = mapped_column(String(16), default="SCAN")


class Position(Base):
    """Where the latest proof puts a person; no row means that nobody was ever seen.

    `person_id` is whoever leads, where two were found to be one. `source` is a word of
    `hub.movements.whereabouts.proofs.Source`. `proven_at` is when the proof was made, not when the hub heard of it,
    certainly between `earliest_at` and `latest_at`. `basis` is what the fold over all proofs keeps beside this one.
    """

    __tablename__ = "positions"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, autoincrement=False)
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"), index=True)
    source: Mapped[str] = mapped_column(String(16))
    proven_at: Mapped[datetime]
    clock_sure: Mapped[bool]
    terminal: Mapped[str] = mapped_column(String(40))
    journal_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    sequence: Mapped[int] = mapped_column(BigInteger)
    earliest_at: Mapped[datetime | None]
    latest_at: Mapped[datetime | None]
    from_zone_id: Mapped[int | None]
    link: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    basis: Mapped[bytes | None] = mapped_column(LargeBinary)


class MovementReversal(Base):
    """A movement that never was so: entered from paper in error, or of a branch of a journal that does not hold.

    The movement stays readable. Append-only.
    """

    __tablename__ = "movement_reversals"

    movement_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("movements.id"), primary_key=True, autoincrement=False
    )
    reversed_at: Mapped[datetime]
    reversed_by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(300))


class FeedKind(StrEnum):
    """What a feed item tells: somebody dealt with a checkpoint, or something needs to be known."""

    PASSAGE = "passage"
    ATTEMPT = "attempt"
    TERMINAL = "terminal"
    ALARM = "alarm"
    ROLL = "roll"


class FeedItem(Base):
    """One line of the live feed, committed with the fact it tells of. Append-only; `id` never goes back."""

    __tablename__ = "feed_items"
    __table_args__ = (
        Index(
            "ix_feed_items_alarms",
            "at",
            sqlite_where=text("kind = 'alarm'"),
            postgresql_where=text("kind = 'alarm'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(16))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)


for _kept in (Movement, MovementReversal, FeedItem):
    protect(cast(Table, _kept.__table__))
