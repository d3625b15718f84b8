"""Protection of terminals at rest, renewals, boots, thefts and re-keying; the language people are spoken to in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from hub.accounts.append_only import guards

revision = "0005_protection"
down_revision = "0004_claims"
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    "person_languages",
    "key_releases",
    "thefts",
    "theft_people",
    "theft_officers",
    "theft_steps",
    "breach_notices",
)
_TABLES = (
    "person_languages",
    "breach_notices",
    "theft_steps",
    "theft_officers",
    "theft_people",
    "thefts",
    "terminal_boots",
    "certificate_renewals",
    "key_releases",
    "roll_halves",
    "terminal_holdings",
)
"""In the order they can be dropped."""


def upgrade() -> None:
    """Adds the tables; what they hold begins empty."""
    _make_protection()
    _make_renewals()
    _make_boots()
    _make_thefts()
    _make_theft_lists()
    _make_languages()
    for table in _APPEND_ONLY:
        for statement in guards(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def downgrade() -> None:
    """Takes the tables away."""
    for table in _TABLES:
        op.drop_table(table)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_terminal(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["terminal_id"], ["terminals.id"], name=op.f(f"fk_{table}_terminal_id_terminals")
    )


def _make_protection() -> None:
    op.create_table(
        "terminal_holdings",
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("protection", sa.String(length=40), nullable=False),
        sa.Column("officers_page", sa.Boolean(), nullable=False),
        sa.Column("roll_scope", sa.String(length=40), nullable=False),
        _moment("heard_at"),
        _of_terminal("terminal_holdings"),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_terminal_holdings")),
    )
    op.create_table(
        "roll_halves",
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("locked", sa.LargeBinary(length=128), nullable=True),
        _moment("made_at"),
        _moment("destroyed_at", nullable=True),
        _of_terminal("roll_halves"),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_roll_halves")),
    )
    op.create_table(
        "key_releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("boot_id", sa.String(length=32), nullable=False),
        _moment("at"),
        sa.Column("given", sa.Boolean(), nullable=False),
        _of_terminal("key_releases"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_releases")),
    )
    op.create_index(op.f("ix_key_releases_terminal_id"), "key_releases", ["terminal_id"])


def _make_renewals() -> None:
    op.create_table(
        "certificate_renewals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("key_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        _moment("asked_at"),
        sa.Column("certificate", sa.Text(), nullable=True),
        _moment("until_at", nullable=True),
        sa.Column("why", sa.String(length=200), nullable=False),
        _moment("decided_at", nullable=True),
        _moment("told_at", nullable=True),
        _of_terminal("certificate_renewals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_renewals")),
        sa.UniqueConstraint(
            "terminal_id",
            "key_fingerprint",
            name=op.f("uq_certificate_renewals_terminal_id_key_fingerprint"),
        ),
    )
    op.create_index(op.f("ix_certificate_renewals_decided_at"), "certificate_renewals", ["decided_at"])


def _make_boots() -> None:
    op.create_table(
        "terminal_boots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("boot_id", sa.String(length=32), nullable=False),
        _moment("first_at"),
        _moment("last_at"),
        sa.Column("last_session", sa.BigInteger(), nullable=False),
        _moment("alarmed_at", nullable=True),
        _of_terminal("terminal_boots"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal_boots")),
        sa.UniqueConstraint("terminal_id", "boot_id", name=op.f("uq_terminal_boots_terminal_id_boot_id")),
    )
    op.create_index(
        "ix_terminal_boots_terminal_id_last_session", "terminal_boots", ["terminal_id", "last_session"]
    )


def _make_thefts() -> None:
    op.create_table(
        "thefts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        _moment("reported_at"),
        sa.Column("reported_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("protection", sa.String(length=40), nullable=False),
        sa.Column("roll_version", sa.String(length=40), nullable=False),
        sa.Column("roll_scope", sa.String(length=40), nullable=False),
        sa.Column("names_held", sa.Boolean(), nullable=False),
        sa.Column("half_destroyed", sa.Boolean(), nullable=False),
        _moment("heard_at", nullable=True),
        _moment("key_given_at", nullable=True),
        _of_terminal("thefts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thefts")),
        sa.UniqueConstraint("terminal_id", name=op.f("uq_thefts_terminal_id")),
    )
    op.create_table(
        "breach_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        _moment("at"),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_notices")),
    )


def _make_theft_lists() -> None:
    _make_list(
        "theft_people",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("fingers", sa.String(length=40), nullable=False),
        sa.Column("impressions", sa.Integer(), nullable=False),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_theft_people_person_id_persons")
        ),
    )
    _make_list("theft_officers", sa.Column("login", sa.String(length=64), nullable=False))
    _make_list(
        "theft_steps",
        _moment("at"),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=500), nullable=False),
    )


def _make_list(table: str, *parts: SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theft_id", sa.Integer(), nullable=False),
        *parts,
        sa.ForeignKeyConstraint(["theft_id"], ["thefts.id"], name=op.f(f"fk_{table}_theft_id_thefts")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_theft_id"), table, ["theft_id"])


def _make_languages() -> None:
    op.create_table(
        "person_languages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        _moment("recorded_at"),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_person_languages_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_languages")),
    )
    op.create_index(op.f("ix_person_languages_person_id"), "person_languages", ["person_id"])
