"""Requests of other agencies by finger and for fingers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0042_forensic"
down_revision = "0041_figures"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _requests()
    op.create_table(
        "forensic_steps",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=16), server_default="", nullable=False),
        sa.Column("words", sa.String(length=300), server_default="", nullable=False),
        _of_request("forensic_steps"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forensic_steps")),
    )
    op.create_index(op.f("ix_forensic_steps_request_id"), "forensic_steps", ["request_id"])
    op.create_table(
        "forensic_probes",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("is_image", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _of_request("forensic_probes"),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_forensic_probes")),
    )
    _candidates()
    op.create_table(
        "forensic_parcels",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        _of_person("forensic_parcels"),
        _of_request("forensic_parcels"),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_forensic_parcels")),
    )
    op.create_index(op.f("ix_forensic_parcels_person_id"), "forensic_parcels", ["person_id"])
    for statement in guards("forensic_steps", op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def downgrade() -> None:
    for table in ("parcels", "candidates", "probes", "steps", "requests"):
        op.drop_table(f"forensic_{table}")


def _requests() -> None:
    op.create_table(
        "forensic_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("requested_by", sa.String(length=80), nullable=False),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.Column("case_number", sa.String(length=80), nullable=False),
        sa.Column("asked_about", sa.String(length=80), nullable=False),
        sa.Column("positions", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("dpi", sa.Integer(), nullable=True),
        sa.Column("approvals", sa.Integer(), nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("until_at", _TIME, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        _of_person("forensic_requests"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forensic_requests")),
        sa.UniqueConstraint(
            "agency", "kind", "message_id", name=op.f("uq_forensic_requests_agency_kind_message_id")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_forensic_requests_number")),
    )
    for column in ("agency", "person_id", "received_at"):
        op.create_index(op.f(f"ix_forensic_requests_{column}"), "forensic_requests", [column])


def _candidates() -> None:
    op.create_table(
        "forensic_candidates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("finger_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        _of_person("forensic_candidates"),
        _of_request("forensic_candidates"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forensic_candidates")),
        sa.UniqueConstraint("request_id", "rank", name=op.f("uq_forensic_candidates_request_id_rank")),
    )
    for column in ("person_id", "request_id"):
        op.create_index(op.f(f"ix_forensic_candidates_{column}"), "forensic_candidates", [column])


def _of_request(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_request_id_forensic_requests")
    return sa.ForeignKeyConstraint(["request_id"], ["forensic_requests.id"], name=name)


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f(f"fk_{table}_person_id_persons"))
