"""What other agencies send is kept as it came, with how it stands and the facts it became."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0040_inbox"
down_revision = "0039_sharing"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_OF_MESSAGE = "(SELECT i.person_id FROM inbox_items i WHERE i.id = OLD.id)"
_OF_PART = "(SELECT i.person_id FROM inbox_items i WHERE i.id = OLD.message_id)"


def upgrade() -> None:
    _messages()
    _items()
    _parts()
    # The row that senders wait at: the first two, at once, would both want to make it.
    op.execute(sa.text("INSERT INTO counters (series, last) VALUES ('inbound', 0)"))
    for column in ("agency", "digest"):
        op.create_index(op.f(f"ix_inbound_messages_{column}"), "inbound_messages", [column])
    for column in ("state", "person_id", "subject_number", "subject_name"):
        op.create_index(op.f(f"ix_inbox_items_{column}"), "inbox_items", [column])
    op.create_index(op.f("ix_inbox_steps_message_id"), "inbox_steps", ["message_id"])
    for column in ("message_id", "fact_id"):
        op.create_index(op.f(f"ix_inbox_facts_{column}"), "inbox_facts", [column])
    owners = {"inbound_messages": _OF_MESSAGE, "inbox_steps": _OF_PART, "inbox_facts": _OF_PART}
    for table, owner in owners.items():
        for statement in guards(table, op.get_bind().dialect.name, "facts", owner):
            op.execute(sa.text(statement))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM counters WHERE series = 'inbound'"))
    for table in ("inbox_facts", "inbox_steps", "inbox_items", "inbound_messages"):
        op.drop_table(table)


def _messages() -> None:
    op.create_table(
        "inbound_messages",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("exchange", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("case_number", sa.String(length=80), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("liberty", sa.Integer(), nullable=False),
        sa.Column("issued_at", _TIME, nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("agreement", sa.String(length=64), nullable=False),
        sa.Column("agreement_version", sa.Integer(), nullable=False),
        sa.Column("same_as_id", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_messages")),
        sa.UniqueConstraint("number", name=op.f("uq_inbound_messages_number")),
        sa.UniqueConstraint("agency", "message_id", name=op.f("uq_inbound_messages_agency_message_id")),
    )


def _items() -> None:
    op.create_table(
        "inbox_items",
        sa.Column("id", BIG, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("liberty", sa.Integer(), nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("subject_number", sa.String(length=80), nullable=False),
        sa.Column("subject_reference", sa.String(length=80), nullable=False),
        sa.Column("subject_name", sa.String(length=170), nullable=False),
        sa.Column("subject_born_on", sa.Date(), nullable=True),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.Column("reason_code", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("accepted", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_inbox_items_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_items")),
    )


def _parts() -> None:
    op.create_table(
        "inbox_steps",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["inbound_messages.id"], name=op.f("fk_inbox_steps_message_id_inbound_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_steps")),
    )
    op.create_table(
        "inbox_facts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("fact_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["inbound_messages.id"], name=op.f("fk_inbox_facts_message_id_inbound_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_facts")),
    )
