"""Tables whose rows can be added and never changed: held by the database, not by good manners.

A table may have a door: rows of a person can be deleted while a confirmed deletion that the law asks for is being
carried out on them, and at no other time. A row is never changed, through the door or otherwise.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, event, text

_SQLITE = (
    "CREATE TRIGGER {table}_no_{verb} BEFORE {upper} ON {table} {when}"
    "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
)
_OPEN_DOOR = (
    "EXISTS (SELECT 1 FROM retention_items i JOIN retention_runs r ON r.id = i.run_id "
    "WHERE i.person_id = {owner} AND i.thing = '{door}' AND i.opened_at IS NOT NULL AND i.done_at IS NULL "
    "AND r.confirmed_by IS NOT NULL AND r.confirmed_by <> r.made_by)"
)
_POSTGRESQL_FUNCTION = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$ "
    "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"
)
_POSTGRESQL_DOOR = (
    "CREATE OR REPLACE FUNCTION {table}_door() RETURNS trigger AS $$ "
    "BEGIN IF {open} THEN RETURN OLD; END IF; "
    "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"
)
_POSTGRESQL = (
    "CREATE TRIGGER {table}_append_only BEFORE {verbs} ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
)
_POSTGRESQL_ROWS = (
    "CREATE TRIGGER {table}_door BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_door()"
)


def guards(
    table: str, dialect: str, door: str | None = None, owner: str = "OLD.person_id", also: str = ""
) -> list[str]:
    """Statements that make `table` refuse UPDATE and DELETE on "sqlite" or "postgresql".

    With `door` rows can be deleted whose person is that of a retention item of this thing under way; `owner` is
    whose a row is, in SQL; `also` is another condition in SQL under which a row can be deleted.
    """
    opened = None if door is None else _OPEN_DOOR.format(door=door, owner=owner)
    if opened is not None and also:
        opened = f"({opened} OR {also})"
    if dialect == "sqlite":
        when = "" if opened is None else f"WHEN NOT {opened} "
        return [
            _SQLITE.format(table=table, verb="update", upper="UPDATE", when=""),
            _SQLITE.format(table=table, verb="delete", upper="DELETE", when=when),
        ]
    if opened is None:
        return [
            _POSTGRESQL_FUNCTION,
            _POSTGRESQL.format(table=table, verbs="UPDATE OR DELETE OR TRUNCATE"),
        ]
    return [
        _POSTGRESQL_FUNCTION,
        _POSTGRESQL.format(table=table, verbs="UPDATE OR TRUNCATE"),
        _POSTGRESQL_DOOR.format(table=table, open=opened),
        _POSTGRESQL_ROWS.format(table=table),
    ]


def unguard(table: str, dialect: str) -> list[str]:
    """Statements that take the guards of a table without a door away, for a migration that puts others there."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER {table}_no_{verb}" for verb in ("update", "delete")]
    return [f"DROP TRIGGER {table}_append_only ON {table}"]


def protect(table: Table, door: str | None = None, owner: str = "OLD.person_id", also: str = "") -> None:
    """Guard `table` whenever SQLAlchemy itself creates it; migrations run `guards` by hand."""

    def guard(_table: Table, connection: Connection, **_options: Any) -> None:
        for statement in guards(table.name, connection.dialect.name, door, owner, also):
            # A colon in it would be taken for a parameter; there is none.
            connection.execute(text(statement))

    event.listen(table, "after_create", guard)
