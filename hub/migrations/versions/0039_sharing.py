"""Other agencies, agreements with them, and the log of every act of sharing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0039_sharing"
down_revision = "0038_outbox"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_KEPT = ("agreements", "agreement_versions", "agreement_acts", "disclosures", "disclosure_links")


def upgrade() -> None:
    _agreements()
    _versions()
    _acts()
    _disclosures()
    for table in _KEPT:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def downgrade() -> None:
    """Takes the tables away, and with them what was ever shared: nobody can say it afterwards."""
    for table in (
        "disclosure_links",
        "disclosures",
        "agreement_acts",
        "agreement_versions",
        "agreements",
        "agencies",
    ):
        op.drop_table(table)


def _agreements() -> None:
    op.create_table(
        "agencies",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
        sa.UniqueConstraint("code", name=op.f("uq_agencies_code")),
    )
    op.create_table(
        "agreements",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_agreements_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("code", name=op.f("uq_agreements_code")),
    )
    op.create_index(op.f("ix_agreements_agency_id"), "agreements", ["agency_id"])


def _versions() -> None:
    op.create_table(
        "agreement_versions",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("agreement_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_agreement_versions_agreement_id_agreements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_versions")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_agreement_versions_agreement_id_number")),
    )


def _acts() -> None:
    op.create_table(
        "agreement_acts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("agreement_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=True),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_agreement_acts_agreement_id_agreements")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["agreement_versions.id"],
            name=op.f("fk_agreement_acts_version_id_agreement_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_acts")),
    )
    op.create_index(op.f("ix_agreement_acts_agreement_id"), "agreement_acts", ["agreement_id"])
    op.create_index(
        "uq_agreement_acts_signed",
        "agreement_acts",
        ["version_id", "by"],
        unique=True,
        sqlite_where=sa.text("act = 'signed'"),
        postgresql_where=sa.text("act = 'signed'"),
    )


def _disclosures() -> None:
    op.create_table(
        "disclosures",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("agreement", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("exchange", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("refused", sa.String(length=32), nullable=False),
        sa.Column("receipt_of", BIG, nullable=True),
        sa.Column("receipt", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
    )
    op.create_index("ix_disclosures_person_id", "disclosures", ["person", "id"])
    op.create_index("ix_disclosures_agency_id", "disclosures", ["agency", "id"])
    op.create_index("ix_disclosures_at", "disclosures", ["at"])
    op.create_index(op.f("ix_disclosures_receipt_of"), "disclosures", ["receipt_of"])
    op.create_table(
        "disclosure_links",
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("disclosure_id", BIG, nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosures.id"], name=op.f("fk_disclosure_links_disclosure_id_disclosures")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_disclosure_links")),
        sa.UniqueConstraint("disclosure_id", name=op.f("uq_disclosure_links_disclosure_id")),
    )
