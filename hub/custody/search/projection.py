"""Keeping what is searched in step with the facts, in their transaction; and making all of it again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.custody.facts.reading import item_of, steps
from hub.custody.facts.records import Act, Fact
from hub.custody.records import Booking, Person
from hub.custody.search.records import SearchEntry, SearchKey, SearchPosting
from hub.custody.search.sounds import LONGEST_WORD, name_words, sounds, without_one, words_of

T = TypeVar("T")

AT_ONCE: Final = 2_000
"""People in one round of a rebuild."""
_IN_ONE_QUESTION: Final = 500

IDENTITY: Final = "identity"
ALIAS: Final = "alias"
IDENTIFIER: Final = "identifier"
HOME: Final = "home"
STATUS: Final = "legal_status"
SEARCHED: Final = (IDENTITY, ALIAS, IDENTIFIER, HOME, STATUS)
"""Kinds by name: the search knows of them what it looks for, and they need not know the search's insides."""
_MANY: Final = frozenset({ALIAS, IDENTIFIER})


class Where(StrEnum):
    """In which part of a file a word stands."""

    SURNAME = "s"
    GIVEN = "g"
    ALIAS = "a"
    IDENTIFIER = "i"
    PLACE = "p"
    STATUS = "t"


@dataclass(frozen=True)
class _Made:
    entry: dict[str, object]
    words: frozenset[tuple[str, Where]]


@dataclass(frozen=True)
class Searched:
    """What is searched of somebody, from some of their facts."""

    place: str
    status: str
    words: frozenset[tuple[str, Where]]


def project(session: Session, person_id: int, at: datetime) -> None:
    """Projection of a kind of fact that is searched."""
    refresh(session, [person_id])


def refresh(session: Session, person_ids: Collection[int]) -> None:
    """Make again what is searched of these people. Somebody whose identity was withdrawn is found no more."""
    session.flush()
    for ids in in_parts(sorted(set(person_ids)), _IN_ONE_QUESTION):
        session.execute(delete(SearchPosting).where(SearchPosting.person_id.in_(ids)))
        session.execute(delete(SearchEntry).where(SearchEntry.person_id.in_(ids)))
        add(session, ids)


def rebuild(session: Session) -> int:
    """Make all of it again from the facts; gives how many people can be found."""
    for table in (SearchPosting, SearchEntry, SearchKey):
        session.execute(delete(table))
    everybody = session.scalars(select(Person.id).order_by(Person.id)).all()
    return sum(add(session, ids) for ids in in_parts(everybody, AT_ONCE))


def is_missing(session: Session) -> bool:
    """Whether there are people and nothing to search them by: a hub from before there was a search."""
    if session.scalar(select(SearchEntry.person_id).limit(1)) is not None:
        return False
    return session.scalar(select(Person.id).limit(1)) is not None


def add(session: Session, ids: Sequence[int]) -> int:
    """Make what is searched of people who have nothing of it yet; gives how many can be found."""
    made = list(_made(session, ids))
    postings = [
        {
            "word": word,
            "in_custody": one.entry["in_custody"],
            "person_id": one.entry["person_id"],
            "field": field.value,
        }
        for one in made
        for word, field in sorted(one.words)
    ]
    if made:
        session.execute(insert(SearchEntry), [one.entry for one in made])
    if postings:
        session.execute(insert(SearchPosting), postings)
    _learn(session, {word for one in made for word, _ in one.words})
    return len(made)


def _learn(session: Session, words: Collection[str]) -> None:
    known: set[str] = set()
    for part in in_parts(sorted(words), _IN_ONE_QUESTION):
        known.update(
            session.scalars(select(SearchKey.key).where(SearchKey.sort == "w", SearchKey.key.in_(part)))
        )
    new = sorted(set(words) - known)
    rows = [{"sort": sort, "key": key, "word": word} for word in new for sort, key in _keys(word)]
    if not rows:
        return
    # Two clerks may bring in the same new word at once: the one who comes second has nothing to add.
    chosen = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(chosen(SearchKey).on_conflict_do_nothing(), rows)


def _keys(word: str) -> Iterator[tuple[str, str]]:
    yield "w", word
    if word.isalpha():
        yield from (("s", key) for key in sorted(sounds(word)))
        yield from (("t", key) for key in sorted(without_one(word)) if len(word) > 3)


def _made(session: Session, ids: Sequence[int]) -> Iterator[_Made]:
    open_stays = select(Booking.person_id, Booking.id).where(
        Booking.person_id.in_(ids), Booking.released_at.is_(None)
    )
    stays = {row.person_id: row.id for row in session.execute(open_stays)}
    rows: dict[int, list[Fact]] = {}
    for row in session.scalars(select(Fact).where(Fact.person_id.in_(ids), Fact.kind.in_(SEARCHED))):
        rows.setdefault(row.person_id, []).append(row)
    for person_id in ids:
        held = _held(rows.get(person_id, []), stays.get(person_id))
        if held[IDENTITY]:
            yield _of_person(person_id, held, in_custody=person_id in stays)


def searched(person_id: int, rows: Iterable[Fact], booking_id: int | None) -> Searched | None:
    """What these rows make of somebody whose open stay is this; None without a name."""
    held = _held(rows, booking_id)
    if not held[IDENTITY]:
        return None
    made = _of_person(person_id, held, in_custody=booking_id is not None)
    return Searched(str(made.entry["place"]), str(made.entry["status"]), made.words)


def _of_person(person_id: int, held: Mapping[str, list[dict[str, Any]]], *, in_custody: bool) -> _Made:
    words: set[tuple[str, Where]] = set()
    for value in held[IDENTITY]:
        words |= {(word, Where.SURNAME) for word in name_words(value.get("surname", ""))}
        words |= {(word, Where.GIVEN) for word in name_words(value.get("given", ""))}
    for value in held[ALIAS]:
        for name in (value.get("surname", ""), value.get("given", ""), value.get("name", "")):
            words |= {(word, Where.ALIAS) for word in name_words(name)}
    for value in held[IDENTIFIER]:
        words |= {(squashed(value.get("number", "")), Where.IDENTIFIER)}
    place = status = ""
    if in_custody:
        for value in held[HOME]:
            place = value.get("cell") or value.get("zone", "")
            words |= {(word, Where.PLACE) for word in place_words(value.get("zone", ""))}
            words |= {(word, Where.PLACE) for word in place_words(value.get("cell", ""))}
        for value in held[STATUS]:
            status = value.get("status", "")
            words |= {(word, Where.STATUS) for word in words_of(status)}
    entry = {"person_id": person_id, "in_custody": in_custody, "place": place[:64], "status": status[:40]}
    return _Made(entry, frozenset((word, field) for word, field in words if word))


def in_parts(whole: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The whole in its order, in parts of at most `size`."""
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


def squashed(number: str) -> str:
    """An identifier without what clerks put between its digits."""
    return "".join(words_of(number))[:LONGEST_WORD]


def place_words(code: str) -> list[str]:
    """Words of a code such as block-b-12: block, b, 12, and all joined."""
    words = words_of(code)
    return [*words, "".join(words)[:LONGEST_WORD]]


def _held(rows: Iterable[Fact], booking_id: int | None) -> dict[str, list[dict[str, Any]]]:
    newest: dict[tuple[str, int], Fact] = {}
    for step in steps(rows):
        row = step.row
        if step.overtaken_by is not None or row.act == Act.WITHDRAWS:
            continue
        if row.kind in (HOME, STATUS) and row.booking_id != booking_id:
            continue
        key = (row.kind, item_of(row) if row.kind in _MANY else 0)
        before = newest.get(key)
        if before is None or (before.effective_at, before.id) < (row.effective_at, row.id):
            newest[key] = row
    held: dict[str, list[dict[str, Any]]] = {kind: [] for kind in SEARCHED}
    for row in newest.values():
        if row.act == Act.STATES:
            held[row.kind].append(msgspec.json.decode(row.value))
    return held
