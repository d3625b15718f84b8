"""Referrals, attestations, re-enrolment tasks, posts, standing procedures, photos.

Long, because it is one step: these tables refer to each other, and a hub has all of them or none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards

revision = "0007_referrals"
down_revision = "0006_configuration"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = (
    "officer_changes",
    "photos",
    "referral_changes",
    "attestations",
    "referral_settings",
    "standing_reviews",
)
_TABLES = (
    "alarm_handlings",
    "standing_reviews",
    "standing_procedures",
    "re_enrolments",
    "referral_settings",
    "attestations",
    "referral_changes",
    "referrals",
    "photos",
    "posts",
    "officer_changes",
    "officer_pins",
)
"""In the order they can be dropped."""


def upgrade() -> None:
    op.add_column("accounts", sa.Column("name", sa.String(length=80), nullable=False, server_default=""))
    op.add_column(
        "movements", sa.Column("method", sa.String(length=16), nullable=False, server_default="SCAN")
    )
    _make_officers()
    _make_photos()
    _make_referrals()
    _make_attestations()
    _make_tasks()
    _make_alarms()
    for table in _APPEND_ONLY:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_index("ix_feed_items_alarms", "feed_items")
    for table in _TABLES:
        op.drop_table(table)
    op.drop_column("movements", "method")
    op.drop_column("accounts", "name")


def _make_officers() -> None:
    op.create_table(
        "officer_pins",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_officer_pins_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_officer_pins")),
    )
    op.create_table(
        "officer_changes",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_changes")),
    )
    op.create_table(
        "posts",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_posts_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["checkpoints.id"], name=op.f("fk_posts_checkpoint_id_checkpoints")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
    )
    op.create_index(op.f("ix_posts_account_id"), "posts", ["account_id"], unique=False)
    op.create_index(op.f("ix_posts_until_at"), "posts", ["until_at"], unique=False)


def _make_photos() -> None:
    op.create_table(
        "photos",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed_page", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_small", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_photos_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_photos_person_id_number")),
    )


def _make_referrals() -> None:
    op.create_table(
        "referrals",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("terminal", sa.String(length=40), nullable=False),
        sa.Column("journal_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("checkpoint", sa.String(length=64), nullable=False),
        sa.Column("from_zone_id", sa.Integer(), nullable=False),
        sa.Column("to_zone_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("likely_id", sa.Integer(), nullable=True),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("quality", sa.Integer(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("needed", sa.Double(), nullable=True),
        sa.Column("second_finger", sa.Boolean(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_sure", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("past", sa.Boolean(), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["from_zone_id"], ["zones.id"], name=op.f("fk_referrals_from_zone_id_zones")),
        sa.ForeignKeyConstraint(["likely_id"], ["persons.id"], name=op.f("fk_referrals_likely_id_persons")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_referrals_person_id_persons")),
        sa.ForeignKeyConstraint(["to_zone_id"], ["zones.id"], name=op.f("fk_referrals_to_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint(
            "terminal",
            "journal_id",
            "sequence",
            "link",
            name=op.f("uq_referrals_terminal_journal_id_sequence_link"),
        ),
    )
    op.create_index("ix_referrals_likely_id_opened_at", "referrals", ["likely_id", "opened_at"], unique=False)
    op.create_index(
        "ix_referrals_open",
        "referrals",
        ["opened_at"],
        unique=False,
        sqlite_where=sa.text("outcome IS NULL AND NOT past"),
        postgresql_where=sa.text("outcome IS NULL AND NOT past"),
    )
    op.create_table(
        "referral_changes",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("referral_id", _BIG, nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_referral_changes_referral_id_referrals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_changes")),
    )
    op.create_index(
        op.f("ix_referral_changes_referral_id"), "referral_changes", ["referral_id"], unique=False
    )


def _make_attestations() -> None:
    op.create_table(
        "attestations",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("referral_id", _BIG, nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("checkpoint", sa.String(length=64), nullable=False),
        sa.Column("from_zone_id", sa.Integer(), nullable=False),
        sa.Column("to_zone_id", sa.Integer(), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("terminal", sa.String(length=40), nullable=False),
        sa.Column("journal_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_zone_id"], ["zones.id"], name=op.f("fk_attestations_from_zone_id_zones")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_attestations_person_id_persons")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_attestations_referral_id_referrals")
        ),
        sa.ForeignKeyConstraint(["to_zone_id"], ["zones.id"], name=op.f("fk_attestations_to_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestations")),
    )
    op.create_index(op.f("ix_attestations_person_id"), "attestations", ["person_id"], unique=False)
    op.create_index(op.f("ix_attestations_referral_id"), "attestations", ["referral_id"], unique=False)
    op.create_table(
        "referral_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("escalate_after_s", sa.Integer(), nullable=False),
        sa.Column("alarm_after_s", sa.Integer(), nullable=False),
        sa.Column("lapse_after_s", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("within_days", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_settings")),
    )


def _make_tasks() -> None:
    op.create_table(
        "re_enrolments",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("assigned_to", sa.String(length=64), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("closed_by_fingers", sa.Boolean(), nullable=True),
        sa.Column("close_note", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_re_enrolments_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_re_enrolments")),
    )
    op.create_index(
        "uq_re_enrolments_open",
        "re_enrolments",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "standing_procedures",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("instead", sa.String(length=200), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_approved_by", sa.String(length=64), nullable=True),
        sa.Column("second_approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("end_reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_standing_procedures_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_procedures")),
    )
    op.create_index(
        "uq_standing_procedures_open",
        "standing_procedures",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "standing_reviews",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("procedure_id", _BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_id"],
            ["standing_procedures.id"],
            name=op.f("fk_standing_reviews_procedure_id_standing_procedures"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_reviews")),
    )
    op.create_index(
        op.f("ix_standing_reviews_procedure_id"), "standing_reviews", ["procedure_id"], unique=False
    )


def _make_alarms() -> None:
    op.create_table(
        "alarm_handlings",
        sa.Column("feed_item_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["feed_item_id"], ["feed_items.id"], name=op.f("fk_alarm_handlings_feed_item_id_feed_items")
        ),
        sa.PrimaryKeyConstraint("feed_item_id", name=op.f("pk_alarm_handlings")),
    )
    op.create_index(
        "ix_feed_items_alarms",
        "feed_items",
        ["at"],
        unique=False,
        sqlite_where=sa.text("kind = 'alarm'"),
        postgresql_where=sa.text("kind = 'alarm'"),
    )
