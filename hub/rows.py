"""Many rows at once, written or changed: past what the mapper, and SQLAlchemy itself, does for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, cast

from sqlalchemy import Boolean, Connection, Dialect, LargeBinary, Table, bindparam, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

from hub.database import Base

_Convert = Callable[[Any], Any] | None

COPIED_FROM: Final = 50
"""Rows from which PostgreSQL's COPY is worth its two round trips."""


def insert_rows(session: Session, table: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert many rows at once, by column name; nothing when there are none.

    For what is written by the thousand: a tenth of the cost of going through mapped objects. Every row names the same
    columns.
    """
    if not rows:
        return
    wanted = cast(Table, table.__table__)
    names = tuple(sorted(rows[0]))
    if _leaves_a_default(wanted, names):
        session.connection().execute(insert(wanted), rows)
    elif len(rows) >= COPIED_FROM and session.get_bind().dialect.name == "postgresql":
        _copy(session.connection(), wanted, names, rows)
    else:
        execute_rows(session, _insertion(wanted, names), rows)


def execute_rows(session: Session, statement: UpdateBase, rows: Sequence[Mapping[str, object]]) -> None:
    """A statement with named values for each row, past what SQLAlchemy does for each; the statement is one kept."""
    connection = session.connection()
    text_of, order, converters = _prepared(connection.dialect, statement)
    columns = [_column(rows, name, converters[name]) for name in order]
    values = zip(*columns, strict=True)
    if connection.dialect.positional:
        connection.exec_driver_sql(text_of, list(values))
    else:
        connection.exec_driver_sql(text_of, [dict(zip(order, row, strict=True)) for row in values])


def _column(rows: Sequence[Mapping[str, object]], name: str, convert: _Convert) -> list[Any]:
    if convert is None:
        return [row[name] for row in rows]
    return [convert(row[name]) for row in rows]


@lru_cache(maxsize=256)
def _leaves_a_default(table: Table, names: tuple[str, ...]) -> bool:
    """Whether SQLAlchemy has to reckon a value for a column that the rows do not name."""
    return any(one.default is not None and one.name not in names for one in table.columns)


@lru_cache(maxsize=256)
def _insertion(table: Table, names: tuple[str, ...]) -> UpdateBase:
    return insert(table).inline().values({name: bindparam(name) for name in names})


@lru_cache(maxsize=256)
def _prepared(dialect: Dialect, statement: UpdateBase) -> tuple[str, list[str], dict[str, _Convert]]:
    """The statement as the driver gets it, its values in order, and what makes each a value of the driver's."""
    compiled = statement.compile(dialect=dialect)
    binds = compiled.binds
    order = list(compiled.positiontup or binds)
    return str(compiled), order, {name: _converter(dialect, bind.type) for name, bind in binds.items()}


def _converter(dialect: Dialect, kind: TypeEngine[Any]) -> _Convert:
    """None where both drivers take the value as it is."""
    if isinstance(kind, Boolean | LargeBinary):
        return None
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _copy(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Mapping[str, object]]
) -> None:
    dialect = connection.dialect
    quoted = ", ".join(dialect.identifier_preparer.quote(name) for name in names)
    statement = f"COPY {dialect.identifier_preparer.format_table(table)} ({quoted}) FROM STDIN"
    columns = [_column(rows, name, _converter(dialect, table.columns[name].type)) for name in names]
    driver: Any = connection.connection.driver_connection
    errors: Any = dialect.loaded_dbapi
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copying:
            for row in zip(*columns, strict=True):
                copying.write_row(row)
    except errors.Error as error:
        # Whoever waits for a busy database, or puts a bad row aside, knows SQLAlchemy's names of these.
        raise DBAPIError.instance(
            statement, None, error, errors.Error, hide_parameters=True, dialect=dialect
        ) from error
