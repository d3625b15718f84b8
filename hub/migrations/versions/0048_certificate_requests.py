"""Requests for certificates of agencies' programs, and the certificates, so that a page can give them out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.database import BIG

revision = "0048_certificate_requests"
down_revision = "0047_cells_since"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_TABLE, _CERTIFICATES = "partner_requests", "partner_certificates"
_NO_END = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.add_column(
        _CERTIFICATES, sa.Column("fingerprint", sa.String(length=64), nullable=False, server_default="")
    )
    op.add_column(_CERTIFICATES, sa.Column("pem", sa.Text(), nullable=False, server_default=""))
    op.create_index(op.f("ix_partner_certificates_fingerprint"), _CERTIFICATES, ["fingerprint"])
    op.create_table(
        _TABLE,
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("client_id", BIG, nullable=False),
        sa.Column("pem", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", _TIME, nullable=True),
        sa.Column("confirmed_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("ended_as", sa.String(length=32), nullable=False),
        sa.Column("certificate_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["partner_clients.id"], name=op.f("fk_partner_requests_client_id_partner_clients")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["partner_certificates.id"],
            name=op.f("fk_partner_requests_certificate_id_partner_certificates"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_requests")),
    )
    op.create_index(op.f("ix_partner_requests_fingerprint"), _TABLE, ["fingerprint"])
    op.create_index(
        "ix_partner_requests_one",
        _TABLE,
        ["client_id"],
        unique=True,
        sqlite_where=_NO_END,
        postgresql_where=_NO_END,
    )


def downgrade() -> None:
    op.drop_table(_TABLE)
    op.drop_index(op.f("ix_partner_certificates_fingerprint"), _CERTIFICATES)
    op.drop_column(_CERTIFICATES, "pem")
    op.drop_column(_CERTIFICATES, "fingerprint")
