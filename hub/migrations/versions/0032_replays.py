"""Bundles made for courts, and the terminals' signatures that they rest on."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG, UtcDateTime

revision = "0032_replays"
down_revision = "0031_headcounts"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)

_WITHOUT_SIGNATURE = """
INSERT INTO batch_signatures (terminal_id, journal_id, "first", "last", last_link, historical, received_at,
                              earliest_at, latest_at, is_long)
SELECT run.terminal_id, run.journal_id, run.starts, run.ends, entry.link, {true}, run.heard_at,
       :first_at, run.heard_at, {true}
FROM (
    SELECT terminal_id, journal_id, MIN(sequence) AS starts, MAX(sequence) AS ends, MAX(received_at) AS heard_at
    FROM stored_entries WHERE canonical GROUP BY terminal_id, journal_id, sequence / 256
) AS run
JOIN stored_entries AS entry ON entry.terminal_id = run.terminal_id AND entry.journal_id = run.journal_id
     AND entry.sequence = run.ends AND entry.canonical
"""
"""What came before signatures were kept is found all the same, and a bundle says that none is kept for it. When each
entry happened stands in its bytes; it was before the hub heard of it."""


def upgrade() -> None:
    _signatures()
    _bundles()


def downgrade() -> None:
    """Takes the tables away, and the signatures with them."""
    for table in ("replay_bundles", "batch_signatures"):
        op.drop_table(table)


def _signatures() -> None:
    op.create_table(
        "batch_signatures",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("journal_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("last_link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("historical", sa.Boolean(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=True),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("earliest_at", _TIME, nullable=False),
        sa.Column("latest_at", _TIME, nullable=False),
        sa.Column("is_long", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_batch_signatures_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_signatures")),
        sa.UniqueConstraint(
            "terminal_id",
            "journal_id",
            "last",
            "last_link",
            name=op.f("uq_batch_signatures_terminal_id_journal_id_last_last_link"),
        ),
    )
    op.create_index("ix_batch_signatures_earliest_at", "batch_signatures", ["earliest_at"])
    op.create_index(
        "ix_batch_signatures_long",
        "batch_signatures",
        ["latest_at"],
        sqlite_where=sa.text("is_long"),
        postgresql_where=sa.text("is_long"),
    )
    bind = op.get_bind()
    backfill = sa.text(_WITHOUT_SIGNATURE.format(true="1" if bind.dialect.name == "sqlite" else "true"))
    bind.execute(backfill.bindparams(sa.bindparam("first_at", _FIRST, UtcDateTime())))
    for statement in guards("batch_signatures", bind.dialect.name):
        op.execute(sa.text(statement))


def _bundles() -> None:
    op.create_table(
        "replay_bundles",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("from_at", _TIME, nullable=False),
        sa.Column("to_at", _TIME, nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("beat_at", _TIME, nullable=True),
        sa.Column("made_at", _TIME, nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("fetched", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replay_bundles")),
    )
    op.create_index(
        "ix_replay_bundles_waiting",
        "replay_bundles",
        ["asked_at"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
