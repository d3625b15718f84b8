"""The language a person is spoken to in, at terminals too. Recorded, never guessed; the newest row holds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, cast

from sqlalchemy import ForeignKey, String, Table, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.accounts.append_only import protect
from hub.custody.changes import note_change
from hub.database import Base
from hub.sentences import RefusedError, Sentence

LANGUAGES: Final = {"en": Sentence("English"), "es": Sentence("Spanish"), "bzj": Sentence("Kriol")}
"""Those that terminals have lines in."""


class PersonLanguage(Base):
    """Somebody said which language they want. Append-only."""

    __tablename__ = "person_languages"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(64))


def set_language(session: Session, person_id: int, language: str, *, at: datetime, by: str) -> None:
    """Keep it, and have terminals hear of it; RefusedError for a language without lines."""
    if language not in LANGUAGES:
        raise RefusedError("unknown_language", Sentence("Choose one of the languages that are listed."))
    session.add(PersonLanguage(person_id=person_id, language=language, recorded_at=at, recorded_by=by))
    note_change(session, person_id, at)


def languages_of(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """Language codes by person; those nobody asked are left out."""
    rows = session.execute(_NEWEST, {"ids": list(person_ids)})
    return {row.person_id: row.language for row in rows}


_NEWEST: Final = select(PersonLanguage.person_id, PersonLanguage.language).where(
    PersonLanguage.id.in_(
        select(func.max(PersonLanguage.id))
        .where(PersonLanguage.person_id.in_(bindparam("ids", expanding=True)))
        .group_by(PersonLanguage.person_id)
    )
)


protect(cast(Table, PersonLanguage.__table__))
