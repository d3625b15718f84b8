"""Policies of release, reckoned dates and their signatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0013_sentencing"
down_revision = "0012_audit_chain"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_KEPT = (
    "release_policies",
    "policy_decisions",
    "reckonings",
    "reckoning_signatures",
    "release_holidays",
)


def upgrade() -> None:
    _policies()
    _trials()
    _reckonings()
    for table in _KEPT:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def _policies() -> None:
    op.create_table(
        "release_policies",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("replaces_id", BIG, nullable=True),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_policies")),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["release_policies.id"],
            name=op.f("fk_release_policies_replaces_id_release_policies"),
        ),
    )
    op.create_table(
        "policy_decisions",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("policy_id", BIG, nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_decisions")),
        sa.UniqueConstraint("policy_id", "act", name=op.f("uq_policy_decisions_policy_id_act")),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["release_policies.id"],
            name=op.f("fk_policy_decisions_policy_id_release_policies"),
        ),
    )
    op.create_table(
        "release_holidays",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("withdraws_id", BIG, nullable=True),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_holidays")),
        sa.UniqueConstraint("withdraws_id", name=op.f("uq_release_holidays_withdraws_id")),
        sa.ForeignKeyConstraint(
            ["withdraws_id"],
            ["release_holidays.id"],
            name=op.f("fk_release_holidays_withdraws_id_release_holidays"),
        ),
    )


def _trials() -> None:
    op.create_table(
        "policy_trials",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("policy_id", BIG, nullable=False),
        sa.Column("withdraws", sa.Boolean(), nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("started_at", _AT, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("last_booking_id", sa.Integer(), nullable=False),
        sa.Column("last_fact_id", BIG, nullable=False),
        sa.Column("moved_at", _AT, nullable=False),
        sa.Column("finished_at", _AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_trials")),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["release_policies.id"], name=op.f("fk_policy_trials_policy_id_release_policies")
        ),
    )
    op.create_index(op.f("ix_policy_trials_policy_id"), "policy_trials", ["policy_id"])
    op.create_table(
        "policy_differences",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("trial_id", BIG, nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("old_outcome", sa.String(length=16), nullable=False),
        sa.Column("old_on", sa.Date(), nullable=True),
        sa.Column("new_outcome", sa.String(length=16), nullable=False),
        sa.Column("new_on", sa.Date(), nullable=True),
        sa.Column("moved_days", sa.Integer(), nullable=True),
        sa.Column("past", sa.Boolean(), nullable=False),
        sa.Column("was_verified", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_differences")),
        sa.UniqueConstraint("trial_id", "booking_id", name=op.f("uq_policy_differences_trial_id_booking_id")),
        sa.ForeignKeyConstraint(
            ["trial_id"], ["policy_trials.id"], name=op.f("fk_policy_differences_trial_id_policy_trials")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_policy_differences_booking_id_bookings")
        ),
    )


def _reckonings() -> None:
    op.create_table(
        "reckonings",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("release_on", sa.Date(), nullable=True),
        sa.Column("full_term_on", sa.Date(), nullable=True),
        sa.Column("reckoned_by", sa.String(length=64), nullable=False),
        sa.Column("reckoned_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reckonings")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_reckonings_booking_id_bookings")
        ),
    )
    op.create_index(op.f("ix_reckonings_booking_id"), "reckonings", ["booking_id"])
    op.create_table(
        "reckoning_signatures",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("reckoning_id", BIG, nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reckoning_signatures")),
        sa.UniqueConstraint("reckoning_id", name=op.f("uq_reckoning_signatures_reckoning_id")),
        sa.ForeignKeyConstraint(
            ["reckoning_id"], ["reckonings.id"], name=op.f("fk_reckoning_signatures_reckoning_id_reckonings")
        ),
    )


def downgrade() -> None:
    """Signed dates are not thrown away."""
    raise RuntimeError("Signed dates are not turned back: restore a backup instead.")
