"""Which column says what: mappings that cannot be, and those kept under a name for the next file of the kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.reception.register.mapping import CODES, Chosen, fits
from hub.reception.register.reading import Table
from hub.reception.register.records import RegisterMapping
from hub.sentences import RefusedError, Sentence


def save(session: Session, name: str, chosen: Chosen, *, by: str, at: datetime) -> None:
    """Keep a mapping under a name; one of that name is replaced."""
    name = " ".join(name.split())[:80]
    if not name:
        raise RefusedError("no_name", Sentence("Give the mapping a name, such as that of the register."))
    row = session.scalar(select(RegisterMapping).where(RegisterMapping.name == name))
    if row is None:
        row = RegisterMapping(name=name)
        session.add(row)
    row.chosen, row.saved_at, row.saved_by = (
        msgspec.json.encode(chosen, order="deterministic").decode(),
        at,
        by[:64],
    )
    session.flush()


def saved(session: Session, headers: Sequence[str] | None = None) -> dict[str, Chosen]:
    """Saved mappings by name; with `headers` those whose columns are all there."""
    found = {
        row.name: msgspec.json.decode(row.chosen, type=Chosen)
        for row in session.scalars(select(RegisterMapping).order_by(RegisterMapping.name))
    }
    return {name: chosen for name, chosen in found.items() if headers is None or fits(chosen, headers)}


def refuse_headers(table: Table) -> None:
    """RefusedError for a column without a name, and for two of one name."""
    empty = [place for place, header in enumerate(table.headers, 1) if not header]
    if empty:
        raise RefusedError(
            "headers",
            Sentence(
                "Column %(place)s has no name in the first row. Name every column.", {"place": empty[0]}
            ),
        )
    if len(set(table.headers)) != len(table.headers):
        twice = next(header for header in table.headers if table.headers.count(header) > 1)
        raise RefusedError(
            "headers",
            Sentence("Two columns are called '%(name)s'. Give each its own name.", {"name": twice[:40]}),
        )


def refuse_mapping(chosen: Chosen, table: Table) -> None:
    """RefusedError for columns that the file does not have, and where nothing says the name."""
    unknown = [code for code in chosen.columns if code not in CODES]
    if unknown or not fits(chosen, table.headers):
        raise RefusedError(
            "mapping",
            Sentence("The mapping names a column that this file does not have. Map the columns anew."),
        )
    if "surname" not in chosen.columns and "full_name" not in chosen.columns:
        raise RefusedError(
            "mapping", Sentence("Say which column holds the name: without one nobody can be imported.")
        )
