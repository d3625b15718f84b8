"""What gates decide moves by, and the fingers of officers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG, UtcDateTime

revision = "0028_gate_plans"
down_revision = "0027_passes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gate_plans",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("known_until_at", UtcDateTime(), nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_gate_plans_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_plans")),
        sa.UniqueConstraint("terminal_id", "counter", name=op.f("uq_gate_plans_terminal_id_counter")),
    )
    op.create_table(
        "plan_holdings",
        sa.Column("terminal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("since_at", UtcDateTime(), nullable=False),
        sa.Column("heard_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_plan_holdings_terminal_id_terminals")
        ),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_plan_holdings")),
    )
    op.create_table(
        "roll_reaches",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("zone_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_roll_reaches_person_id_persons")
        ),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_roll_reaches_zone_id_zones")),
        sa.PrimaryKeyConstraint("person_id", "zone_id", name=op.f("pk_roll_reaches")),
    )
    _officers()
    for table in ("gate_plans", "officer_consents"):
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def _officers() -> None:
    op.create_table(
        "officer_consents",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_officer_consents_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_consents")),
    )
    op.create_index(op.f("ix_officer_consents_account_id"), "officer_consents", ["account_id"])
    op.create_table(
        "officer_keys",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(128), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_officer_keys_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_officer_keys")),
    )
    op.create_table(
        "officer_fingers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quality", sa.Integer(), nullable=False),
        sa.Column("sealed_template", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", UtcDateTime(), nullable=False),
        sa.Column("enrolled_by", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_officer_fingers_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_fingers")),
        sa.UniqueConstraint("account_id", "position", name=op.f("uq_officer_fingers_account_id_position")),
    )


def downgrade() -> None:
    for table in (
        "officer_fingers",
        "officer_keys",
        "officer_consents",
        "roll_reaches",
        "plan_holdings",
        "gate_plans",
    ):
        op.drop_table(table)
