"""Second factors, printed codes, slips for passwords, break-glass: what accounts need besides a password."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.database import BIG

revision = "0011_accounts_in_full"
down_revision = "0010_facts"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("accounts", sa.Column("factor_due_at", _AT, nullable=True))
    _sessions()
    _factors()
    _recovery_codes()
    _slips()
    _emergencies()


def _sessions() -> None:
    for column in (
        sa.Column("proved_at", _AT, nullable=True),
        sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("known", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("browser", sa.String(60), nullable=False, server_default=""),
        sa.Column("challenge", sa.LargeBinary(64), nullable=True),
        sa.Column("challenge_at", _AT, nullable=True),
    ):
        op.add_column("login_sessions", column)


def _factors() -> None:
    op.create_table(
        "factors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("label", sa.String(60), nullable=False),
        sa.Column("added_at", _AT, nullable=False),
        sa.Column("confirmed_at", _AT, nullable=True),
        sa.Column("used_at", _AT, nullable=True),
        sa.Column("removed_at", _AT, nullable=True),
        sa.Column("sealed", sa.LargeBinary(128), nullable=True),
        sa.Column("last_step", BIG, nullable=False),
        sa.Column("credential_id", sa.LargeBinary(1023), nullable=True),
        sa.Column("public_key", sa.LargeBinary(1024), nullable=True),
        sa.Column("sign_count", BIG, nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_factors_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factors")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_factors_credential_id")),
    )
    op.create_index(op.f("ix_factors_account_id"), "factors", ["account_id"])


def _recovery_codes() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("made_at", _AT, nullable=False),
        sa.Column("used_at", _AT, nullable=True),
        sa.Column("withdrawn_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("account_id", "code_hash", name=op.f("uq_recovery_codes_account_id_code_hash")),
    )


def _slips() -> None:
    op.create_table(
        "password_slips",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("made_at", _AT, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("until_at", _AT, nullable=False),
        sa.Column("identity_check", sa.String(200), nullable=False),
        sa.Column("drops_factors", sa.Boolean(), nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", _AT, nullable=True),
        sa.Column("confirmed_by", sa.String(64), nullable=False),
        sa.Column("used_at", _AT, nullable=True),
        sa.Column("withdrawn_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_password_slips_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_slips")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_password_slips_code_hash")),
    )
    op.create_index(op.f("ix_password_slips_account_id"), "password_slips", ["account_id"])


def _emergencies() -> None:
    op.create_table(
        "emergency_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("person_number", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", _AT, nullable=False),
        sa.Column("until_at", _AT, nullable=False),
        sa.Column("closed_at", _AT, nullable=True),
        sa.Column("reviewed_at", _AT, nullable=True),
        sa.Column("reviewed_by", sa.String(64), nullable=False),
        sa.Column("finding", sa.String(16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_emergency_uses_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_uses")),
    )
    for column in ("account_id", "person_number", "reviewed_at"):
        op.create_index(op.f(f"ix_emergency_uses_{column}"), "emergency_uses", [column])


def downgrade() -> None:
    for table in ("emergency_uses", "password_slips", "recovery_codes", "factors"):
        op.drop_table(table)
    for column in ("challenge_at", "challenge", "browser", "known", "waits", "proved_at"):
        op.drop_column("login_sessions", column)
    op.drop_column("accounts", "factor_due_at")
