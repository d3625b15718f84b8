"""Proofs of places, doubts, and how long each holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0026_whereabouts"
down_revision = "0025_site"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_POSITION = ("earliest_at", "latest_at", "from_zone_id", "link", "basis")
_ENTRY = ("happened_at", "early_ms", "late_ms", "sure")

_COLUMNS = (
    "person_id, zone_id, other_zone_id, source, at, earliest_at, latest_at, sure, terminal, journal_id, sequence, "
    'link, checkpoint, decision, rule, "by", evidence, late, by_entry, recorded_at, withdrawn_at, withdrawn_why'
)
_AT_TERMINAL = (
    "EXISTS (SELECT 1 FROM attestations a WHERE a.terminal = {0}.terminal AND a.journal_id = {0}.journal_id "
    "AND a.sequence = {0}.sequence)"
)
_FROM_MOVEMENTS = f"""
INSERT INTO proofs ({_COLUMNS})
SELECT m.person_id, m.to_zone_id, m.from_zone_id, lower(m.method), m.occurred_at, m.occurred_at, m.occurred_at,
    m.clock_sure, m.terminal, m.journal_id, m.sequence, m.link, '', 'ADMIT', m.reason, '', '', m.method = 'PAPER',
    m.method = 'SCAN' OR (m.method = 'ATTESTED' AND {_AT_TERMINAL.format("m")}),
    m.recorded_at, r.reversed_at, r.reason
FROM movements m LEFT JOIN movement_reversals r ON r.movement_id = m.id
"""  # noqa: S608 - of our own words alone
_FROM_POSITIONS = f"""
INSERT INTO proofs ({_COLUMNS})
SELECT DISTINCT p.person_id, p.zone_id, CAST(NULL AS INTEGER), p.source, p.proven_at, p.proven_at, p.proven_at,
    p.clock_sure, p.terminal, p.journal_id, p.sequence, :nothing, '', 'REFUSE', '', '', '',
    p.source = 'paper',
    p.source = 'scan' OR (p.source = 'attested' AND {_AT_TERMINAL.format("p")}),
    p.proven_at, CAST(NULL AS {{moment}}), CAST(NULL AS VARCHAR)
FROM {{table}} p WHERE NOT EXISTS (
    SELECT 1 FROM proofs f WHERE f.person_id = p.person_id AND f.terminal = p.terminal
    AND f.journal_id = p.journal_id AND f.sequence = p.sequence)
"""  # noqa: S608 - of our own words alone


def upgrade() -> None:
    _make_proofs()
    _make_rules()
    _make_travel()
    _make_resets()
    for column in ("earliest_at", "latest_at"):
        op.add_column("positions", sa.Column(column, _AT, nullable=True))
    op.add_column("positions", sa.Column("from_zone_id", sa.Integer(), nullable=True))
    op.add_column("positions", sa.Column("link", sa.LargeBinary(length=32), nullable=True))
    op.add_column("positions", sa.Column("basis", sa.LargeBinary(), nullable=True))
    op.add_column("stored_entries", sa.Column("happened_at", _AT, nullable=True))
    for column in ("early_ms", "late_ms"):
        op.add_column("stored_entries", sa.Column(column, sa.BigInteger(), nullable=True))
    op.add_column("stored_entries", sa.Column("sure", sa.Boolean(), nullable=True))
    _bring_over()
    op.drop_table("positions_before")


def _bring_over() -> None:
    connection = op.get_bind()
    # Text on SQLite keeps its form only where nothing is cast.
    moment = "TIMESTAMP WITH TIME ZONE" if connection.dialect.name == "postgresql" else "TEXT"
    connection.execute(sa.text(_FROM_MOVEMENTS))
    for table in ("positions_before", "positions"):
        statement = sa.text(_FROM_POSITIONS.format(table=table, moment=moment))
        connection.execute(statement, {"nothing": b""})
    link = (
        "(SELECT f.{0} FROM proofs f WHERE f.person_id = positions.person_id AND f.terminal = positions.terminal "
        "AND f.journal_id = positions.journal_id AND f.sequence = positions.sequence AND f.zone_id = positions.zone_id "
        "ORDER BY f.id LIMIT 1)"
    )
    known = f"link = {link.format('link')}, from_zone_id = {link.format('other_zone_id')}"
    connection.execute(
        sa.text("UPDATE positions SET earliest_at = proven_at, latest_at = proven_at, " + known)  # noqa: S608 - ours
    )


def _make_proofs() -> None:
    op.create_table(
        "proofs",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("other_zone_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        *(sa.Column(column, _AT, nullable=False) for column in ("at", "earliest_at", "latest_at")),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.Column("terminal", sa.String(length=40), nullable=False),
        sa.Column("journal_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("checkpoint", sa.String(length=64), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("evidence", sa.String(length=80), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("by_entry", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", _AT, nullable=False),
        sa.Column("withdrawn_at", _AT, nullable=True),
        sa.Column("withdrawn_why", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_proofs_person_id_persons")),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_proofs_zone_id_zones")),
        sa.ForeignKeyConstraint(["other_zone_id"], ["zones.id"], name=op.f("fk_proofs_other_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofs")),
    )
    op.create_index("ix_proofs_person_id_latest_at", "proofs", ["person_id", "latest_at"])
    op.create_index("ix_proofs_at", "proofs", ["at"])
    op.create_index(
        "uq_proofs_own",
        "proofs",
        ["person_id", "terminal", "journal_id", "sequence"],
        unique=True,
        sqlite_where=sa.text("NOT by_entry"),
        postgresql_where=sa.text("NOT by_entry"),
    )


def _make_rules() -> None:
    op.create_table(
        "location_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_at", _AT, nullable=False),
        sa.Column("set_at", _AT, nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location_rules")),
    )
    _guard("location_rules")


def _make_travel() -> None:
    op.create_table(
        "travel_times",
        sa.Column("from_zone_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("to_zone_id", sa.Integer(), autoincrement=False, nullable=False),
        *(
            sa.Column(column, sa.Integer(), nullable=False)
            for column in ("fastest_ms", "median_ms", "p90_ms", "measured")
        ),
        sa.Column("learnt_at", _AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["from_zone_id"], ["zones.id"], name=op.f("fk_travel_times_from_zone_id_zones")
        ),
        sa.ForeignKeyConstraint(["to_zone_id"], ["zones.id"], name=op.f("fk_travel_times_to_zone_id_zones")),
        sa.PrimaryKeyConstraint("from_zone_id", "to_zone_id", name=op.f("pk_travel_times")),
    )


def _make_resets() -> None:
    op.create_table(
        "area_resets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("recorded_at", _AT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_area_resets_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_resets")),
    )
    op.create_index(op.f("ix_area_resets_zone_id"), "area_resets", ["zone_id"])
    _guard("area_resets")


def _guard(table: str) -> None:
    for statement in guards(table, op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def downgrade() -> None:
    op.create_table(
        "positions_before",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("batch", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("proven_at", _AT, nullable=False),
        sa.Column("clock_sure", sa.Boolean(), nullable=False),
        sa.Column("terminal", sa.String(length=40), nullable=False),
        sa.Column("journal_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_positions_before_person_id_persons")
        ),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_positions_before_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_positions_before")),
        sa.UniqueConstraint("batch", "person_id", name=op.f("uq_positions_before_batch_person_id")),
    )
    _guard("positions_before")
    for column in _ENTRY:
        op.drop_column("stored_entries", column)
    for column in _POSITION:
        op.drop_column("positions", column)
    for table in ("area_resets", "travel_times", "location_rules", "proofs"):
        op.drop_table(table)
