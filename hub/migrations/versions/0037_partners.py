"""The programs of other agencies, their certificates, tokens and addresses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.database import BIG

revision = "0037_partners"
down_revision = "0036_officers_at_desks"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_NO_END = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _clients()
    _certificates()
    _tokens()
    _answers()
    _webhooks()


def downgrade() -> None:
    for table in (
        "partner_webhooks",
        "partner_answers",
        "partner_tokens",
        "partner_certificates",
        "partner_clients",
    ):
        op.drop_table(table)


def _clients() -> None:
    op.create_table(
        "partner_clients",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("registered_at", _TIME, nullable=False),
        sa.Column("registered_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_clients")),
        sa.UniqueConstraint("client_id", name=op.f("uq_partner_clients_client_id")),
    )
    op.create_index(op.f("ix_partner_clients_agency"), "partner_clients", ["agency"])


def _certificates() -> None:
    op.create_table(
        "partner_certificates",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("client_id", BIG, nullable=False),
        sa.Column("thumbprint", sa.String(length=43), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("issued_at", _TIME, nullable=False),
        sa.Column("issued_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("revoked_at", _TIME, nullable=True),
        sa.Column("revoked_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["partner_clients.id"],
            name=op.f("fk_partner_certificates_client_id_partner_clients"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_certificates")),
        sa.UniqueConstraint("thumbprint", name=op.f("uq_partner_certificates_thumbprint")),
    )
    op.create_index(op.f("ix_partner_certificates_client_id"), "partner_certificates", ["client_id"])


def _tokens() -> None:
    op.create_table(
        "partner_tokens",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("certificate_id", BIG, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("issued_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["partner_certificates.id"],
            name=op.f("fk_partner_tokens_certificate_id_partner_certificates"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_partner_tokens_digest")),
    )
    op.create_index(op.f("ix_partner_tokens_certificate_id"), "partner_tokens", ["certificate_id"])
    op.create_index(op.f("ix_partner_tokens_expires_at"), "partner_tokens", ["expires_at"])


def _answers() -> None:
    op.create_table(
        "partner_answers",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("client_id", BIG, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("location", sa.String(length=200), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["partner_clients.id"], name=op.f("fk_partner_answers_client_id_partner_clients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_answers")),
        sa.UniqueConstraint("client_id", "key", name=op.f("uq_partner_answers_client_id_key")),
    )
    op.create_index(op.f("ix_partner_answers_at"), "partner_answers", ["at"])


def _webhooks() -> None:
    op.create_table(
        "partner_webhooks",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("batch", sa.Boolean(), nullable=False),
        sa.Column("ca_pem", sa.Text(), nullable=False),
        sa.Column("pin", sa.String(length=64), nullable=False),
        sa.Column("set_at", _TIME, nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_webhooks")),
    )
    op.create_index(
        "ix_partner_webhooks_one",
        "partner_webhooks",
        ["agency"],
        unique=True,
        sqlite_where=_NO_END,
        postgresql_where=_NO_END,
    )
