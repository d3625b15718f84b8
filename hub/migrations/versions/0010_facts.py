"""Facts: one table for what is recorded of people; orders, homes and identities move into it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0010_facts"
down_revision = "0009_health"
branch_labels = None
depends_on = None

_SITE = ZoneInfo("America/Belize")
_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "facts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("item", BIG, nullable=True),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("effective_at", _AT, nullable=False),
        sa.Column("recorded_at", _AT, nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("corrects_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_facts_person_id_persons")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_facts_booking_id_bookings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
    )
    op.create_index("ix_facts_person_id_kind", "facts", ["person_id", "kind"])
    op.create_index("ix_facts_kind_id", "facts", ["kind", "id"])
    op.create_index(op.f("ix_facts_booking_id"), "facts", ["booking_id"])
    _move()
    for table in ("orders", "home_zones"):
        op.drop_table(table)
    for statement in guards("facts", op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def _move() -> None:
    """Rows become facts in the order they were recorded; an order that corrects another goes on doing so."""
    facts = sa.table(
        "facts",
        *(sa.column(name) for name in ("person_id", "booking_id", "kind", "act", "value")),
        sa.column("effective_at", _AT),
        sa.column("recorded_at", _AT),
        *(sa.column(name) for name in ("recorded_by", "source", "reason", "item", "corrects_id", "id")),
    )
    connection = op.get_bind()
    moved: dict[int, tuple[int, int]] = {}
    for row in [*_identities(), *_homes()]:
        connection.execute(facts.insert().values(act="states", reason="", **row))
    for number, corrects, row in _orders():
        item, wrong = (None, None) if corrects is None else (moved[corrects][1], moved[corrects][0])
        done = connection.execute(
            facts.insert()
            .values(act="states", reason="", item=item, corrects_id=wrong, **row)
            .returning(facts.c.id)
        )
        new = int(done.scalar_one())
        moved[number] = (new, item or new)


def _rows(sql: str) -> list[dict[str, Any]]:
    return [dict(row) for row in op.get_bind().execute(sa.text(sql)).mappings()]


def _identities() -> Iterator[dict[str, object]]:
    for row in _rows("SELECT id, surname, given, born_on, sex, created_at FROM persons ORDER BY id"):
        value: dict[str, object] = {"surname": row["surname"], "given": row["given"]}
        if row["born_on"] is not None:
            value["born_on"] = str(row["born_on"])
        if row["sex"] != "U":
            value["sex"] = row["sex"]
        at = _aware(row["created_at"])
        yield _row(row["id"], None, "identity", value, at, at, "operator")


def _homes() -> Iterator[dict[str, object]]:
    for row in _rows(
        "SELECT b.person_id, h.* FROM home_zones h JOIN bookings b ON b.id = h.booking_id ORDER BY h.id"
    ):
        value = {"zone": row["zone_code"]}
        effective, recorded = _aware(row["effective_at"]), _aware(row["recorded_at"])
        yield _row(
            row["person_id"], row["booking_id"], "home", value, effective, recorded, row["recorded_by"]
        )


def _orders() -> Iterator[tuple[int, int | None, dict[str, object]]]:
    for row in _rows(
        "SELECT b.person_id, o.* FROM orders o JOIN bookings b ON b.id = o.booking_id ORDER BY o.id"
    ):
        value = {"kind": row["kind"], "reference": row["reference"], "issued_on": str(row["issued_on"])}
        if row["expires_on"] is not None:
            value["expires_on"] = str(row["expires_on"])
        day = date.fromisoformat(str(row["effective_on"]))
        effective = datetime.combine(day, time.min, _SITE).astimezone(UTC)
        fact = _row(
            row["person_id"],
            row["booking_id"],
            "order",
            value,
            effective,
            _aware(row["recorded_at"]),
            row["recorded_by"],
            row["reference"],
        )
        yield row["id"], row["corrects_id"], fact


def _row(
    person: int,
    booking: int | None,
    kind: str,
    value: dict[str, object],
    effective: datetime,
    recorded: datetime,
    by: str,
    source: str = "",
) -> dict[str, object]:
    return {
        "person_id": person,
        "booking_id": booking,
        "kind": kind,
        "value": json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")),
        "effective_at": _stored(effective),
        "recorded_at": _stored(recorded),
        "recorded_by": by,
        "source": source,
    }


def _aware(at: str | datetime) -> datetime:
    """SQLite gives text without an offset, PostgreSQL an aware time."""
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _stored(at: datetime) -> datetime:
    return at.replace(tzinfo=None) if op.get_bind().dialect.name == "sqlite" else at


def downgrade() -> None:
    raise RuntimeError("Facts are not turned back into fields: restore a backup instead.")
