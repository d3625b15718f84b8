"""Provisioning: claims, replacements, the model of a terminal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards

revision = "0004_claims"
down_revision = "0003_movements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the claims, and to each terminal its model and the one that it replaces."""
    _widen_terminals()
    _make_claims()
    _make_approvals()
    for statement in guards("terminal_claim_approvals", op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def downgrade() -> None:
    """Takes the claims and the two columns away."""
    for table in ("terminal_claim_approvals", "terminal_claims"):
        op.drop_table(table)
    with op.batch_alter_table("terminals") as terminals:
        terminals.drop_constraint(op.f("fk_terminals_replaces_id_terminals"), type_="foreignkey")
        terminals.drop_column("replaces_id")
        terminals.drop_column("model")


def _widen_terminals() -> None:
    with op.batch_alter_table("terminals") as terminals:
        terminals.add_column(sa.Column("model", sa.String(length=64), nullable=False, server_default=""))
        terminals.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        terminals.create_foreign_key(
            op.f("fk_terminals_replaces_id_terminals"), "terminals", ["replaces_id"], ["id"]
        )


def _make_claims() -> None:
    op.create_table(
        "terminal_claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("verifying_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hub_nonce", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checkpoint_code", sa.String(length=64), nullable=True),
        sa.Column("from_zone", sa.String(length=64), nullable=True),
        sa.Column("to_zone", sa.String(length=64), nullable=True),
        sa.Column("replaces", sa.String(length=40), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(length=400), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("grant", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal_claims")),
        sa.UniqueConstraint("claim", name=op.f("uq_terminal_claims_claim")),
    )
    op.create_index(op.f("ix_terminal_claims_opened_at"), "terminal_claims", ["opened_at"])


def _make_approvals() -> None:
    op.create_table(
        "terminal_claim_approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checkpoint_code", sa.String(length=64), nullable=False),
        sa.Column("replaces", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal_claim_approvals")),
        sa.UniqueConstraint("claim", "by", name=op.f("uq_terminal_claim_approvals_claim_by")),
    )
