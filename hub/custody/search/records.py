"""Tables of the search: made from facts, and made again from them at any time."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base


class SearchEntry(Base):
    """Somebody as a line of the answers shows them. `place` and `status` are empty for those not in custody."""

    __tablename__ = "search_entries"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, autoincrement=False)
    in_custody: Mapped[bool]
    place: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(40))


class SearchPosting(Base):
    """Somebody has this word. `field` is of `hub.custody.search.projection.Where`."""

    __tablename__ = "search_postings"
    __table_args__ = (Index("ix_search_postings_person_id_word", "person_id", "word"),)

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    in_custody: Mapped[bool] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(String(1), primary_key=True)


class SearchKey(Base):
    """The vocabulary: each word by itself ("w"), by how it sounds ("s") and with a letter missing ("t")."""

    __tablename__ = "search_keys"

    sort: Mapped[str] = mapped_column(String(1), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    word: Mapped[str] = mapped_column(String(40), primary_key=True)
