"""What agencies are told of: events, their deliveries with every try, how far facts were read, and drops of files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0038_outbox"
down_revision = "0037_partners"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_KEPT = ("sharing_events", "delivery_attempts", "drop_settings", "drop_files")


def upgrade() -> None:
    _events()
    _deliveries()
    _reading()
    _drops()
    for table in _KEPT:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def downgrade() -> None:
    for table in (
        "drop_files",
        "drop_settings",
        "facts_taken",
        "fact_cursors",
        "delivery_senders",
        "delivery_attempts",
        "deliveries",
        "sharing_events",
    ):
        op.drop_table(table)


def _events() -> None:
    op.create_table(
        "sharing_events",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("occurred_at", _TIME, nullable=False),
        sa.Column("recorded_at", _TIME, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("fact_id", BIG, nullable=True),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_sharing_events_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_events")),
        sa.UniqueConstraint("fact_id", "type", name=op.f("uq_sharing_events_fact_id_type")),
        sa.UniqueConstraint("uid", name=op.f("uq_sharing_events_uid")),
    )
    op.create_index(op.f("ix_sharing_events_person_id"), "sharing_events", ["person_id"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("exchange", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("replays", sa.Integer(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("since_at", _TIME, nullable=False),
        sa.Column("next_at", _TIME, nullable=False),
        sa.Column("done_at", _TIME, nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("disclosure_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["sharing_events.id"], name=op.f("fk_deliveries_event_id_sharing_events")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("agency", "sequence", name=op.f("uq_deliveries_agency_sequence")),
        sa.UniqueConstraint("event_id", "agency", name=op.f("uq_deliveries_event_id_agency")),
    )
    op.create_index("ix_deliveries_agency_state_done_at", "deliveries", ["agency", "state", "done_at"])
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["agency", "sequence"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["agency", "person_id", "sequence"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "delivery_attempts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("delivery_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_attempts_delivery_id_deliveries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempts")),
    )
    op.create_index(op.f("ix_delivery_attempts_delivery_id"), "delivery_attempts", ["delivery_id"])


def _reading() -> None:
    op.create_table(
        "delivery_senders",
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("last", BIG, nullable=False),
        sa.Column("token", sa.String(length=36), nullable=False),
        sa.Column("until_at", _TIME, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", _TIME, nullable=True),
        sa.Column("contact_at", _TIME, nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("agency", name=op.f("pk_delivery_senders")),
    )
    op.create_table(
        "fact_cursors",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("settled", BIG, nullable=False),
        sa.Column("noted", BIG, nullable=False),
        sa.Column("horizon", BIG, nullable=False),
        sa.Column("noted_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_fact_cursors")),
    )
    op.create_table(
        "facts_taken",
        sa.Column("fact_id", BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("fact_id", name=op.f("pk_facts_taken")),
    )


def _drops() -> None:
    op.create_table(
        "drop_settings",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("host_key", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("set_at", _TIME, nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drop_settings")),
    )
    op.create_index(op.f("ix_drop_settings_agency"), "drop_settings", ["agency"])
    op.create_table(
        "drop_files",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("setting_id", BIG, nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("exchange", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["setting_id"], ["drop_settings.id"], name=op.f("fk_drop_files_setting_id_drop_settings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drop_files")),
        sa.UniqueConstraint(
            "agency", "direction", "number", name=op.f("uq_drop_files_agency_direction_number")
        ),
    )
    op.create_index(op.f("ix_drop_files_setting_id"), "drop_files", ["setting_id"])
