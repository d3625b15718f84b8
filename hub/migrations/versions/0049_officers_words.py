"""What officers wrote of messages and requests stands apart from the steps, which keep its hash."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

from hub.accounts.append_only import guards
from hub.database import BIG

revision = "0049_officers_words"
down_revision = "0048_certificate_requests"
branch_labels = None
depends_on = None

_OWNER = "(SELECT i.person_id FROM inbox_items i WHERE i.id = OLD.message_id)"
_OF_NOBODY = (
    "EXISTS (SELECT 1 FROM inbox_items i WHERE i.id = OLD.message_id "
    "AND i.person_id IS NULL AND i.cleared_at IS NOT NULL)"
)


def upgrade() -> None:
    op.create_table(
        "inbox_words",
        sa.Column("step_id", BIG, autoincrement=False, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_inbox_words")),
    )
    op.create_index(op.f("ix_inbox_words_message_id"), "inbox_words", ["message_id"])
    op.create_table(
        "forensic_words",
        sa.Column("step_id", BIG, autoincrement=False, nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["forensic_requests.id"],
            name=op.f("fk_forensic_words_request_id_forensic_requests"),
        ),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_forensic_words")),
    )
    for column in ("request_id", "written_at"):
        op.create_index(op.f(f"ix_forensic_words_{column}"), "forensic_words", [column])
    for table in ("inbox_steps", "forensic_steps"):
        _open(table)
    _move_from_inbox()
    _move_from_forensic()
    for table in ("inbox_steps", "forensic_steps"):
        _close(table)
    op.execute(sa.text("UPDATE inbox_items SET reason = '' WHERE cleared_at IS NOT NULL"))
    for statement in guards("inbox_words", op.get_bind().dialect.name, "facts", _OWNER, _OF_NOBODY):
        op.execute(sa.text(statement))


def downgrade() -> None:
    """Puts the words back where they are still there; of those that were deleted the hash stays."""
    for table in ("inbox_steps", "forensic_steps"):
        _open(table)
    op.execute(
        sa.text(
            "UPDATE inbox_steps SET note = (SELECT w.words FROM inbox_words w WHERE w.step_id = inbox_steps.id) "
            "WHERE id IN (SELECT step_id FROM inbox_words)"
        )
    )
    op.execute(
        sa.text(
            "UPDATE forensic_steps SET words = CASE WHEN what = 'answered' THEN 'unreadable: ' ELSE '' END || "
            "(SELECT w.words FROM forensic_words w WHERE w.step_id = forensic_steps.id) "
            "WHERE id IN (SELECT step_id FROM forensic_words)"
        )
    )
    for table in ("inbox_steps", "forensic_steps"):
        _close(table)
    op.drop_table("forensic_words")
    op.drop_table("inbox_words")


def _open(table: str) -> None:
    """Let rows be changed while this migration runs."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(
        sa.text(
            f"DROP TRIGGER {table}_no_update" if sqlite else f"DROP TRIGGER {table}_append_only ON {table}"
        )
    )


def _close(table: str) -> None:
    dialect = op.get_bind().dialect.name
    door = ("facts", _OWNER) if table == "inbox_steps" else ()
    # The first of SQLite's two statements is about changes; PostgreSQL's function is there, its first trigger is not.
    op.execute(sa.text(guards(table, dialect, *door)[0 if dialect == "sqlite" else 1]))


def _hash(words: str) -> str:
    return "sha256 " + hashlib.sha256(words.encode()).hexdigest()


def _move_from_inbox() -> None:
    bind = op.get_bind()
    found = bind.execute(
        sa.text(
            "SELECT s.id, s.message_id, s.note, i.cleared_at FROM inbox_steps s "
            "LEFT JOIN inbox_items i ON i.id = s.message_id "
            "WHERE s.act IN ('refused', 'taken_back') AND s.note <> ''"
        )
    ).all()
    for step, message, note, cleared_at in found:
        bind.execute(sa.text("UPDATE inbox_steps SET note = :n WHERE id = :i"), {"n": _hash(note), "i": step})
        if cleared_at is None:
            bind.execute(
                sa.text("INSERT INTO inbox_words (step_id, message_id, words) VALUES (:s, :m, :w)"),
                {"s": step, "m": message, "w": note},
            )


def _move_from_forensic() -> None:
    bind = op.get_bind()
    found = bind.execute(
        sa.text(
            "SELECT id, request_id, what, words FROM forensic_steps "
            "WHERE words <> '' AND (what = 'refused' OR (what = 'answered' AND words LIKE 'unreadable: %'))"
        )
    ).all()
    for step, request, what, said in found:
        outcome, _, rest = said.partition(": ") if what == "answered" else ("", "", said)
        kept = f"{outcome}: {_hash(rest)}" if outcome else _hash(rest)
        bind.execute(sa.text("UPDATE forensic_steps SET words = :k WHERE id = :i"), {"k": kept, "i": step})
        bind.execute(
            sa.text(
                "INSERT INTO forensic_words (step_id, request_id, words, written_at) "
                "SELECT :s, :r, :w, at FROM forensic_steps WHERE id = :s"
            ),
            {"s": step, "r": request, "w": rest},
        )
