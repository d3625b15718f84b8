"""Tables whose rows can be added and never changed: held by the database, not by good manners."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, event, text

_SQLITE = (
    "CREATE TRIGGER {table}_no_{verb} BEFORE {upper} ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
)
_POSTGRESQL_FUNCTION = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$ "
    "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"
)
_POSTGRESQL = (
    "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
)


def guards(table: str, dialect: str) -> list[str]:
    """Statements that make `table` refuse UPDATE and DELETE on "sqlite" or "postgresql"."""
    if dialect == "sqlite":
        return [_SQLITE.format(table=table, verb=verb, upper=verb.upper()) for verb in ("update", "delete")]
    return [_POSTGRESQL_FUNCTION, _POSTGRESQL.format(table=table)]


def protect(table: Table) -> None:
    """Guard `table` whenever SQLAlchemy itself creates it; migrations run `guards` by hand."""

    def guard(_table: Table, connection: Connection, **_options: Any) -> None:
        for statement in guards(table.name, connection.dialect.name):
            connection.execute(text(statement))

    event.listen(table, "after_create", guard)
