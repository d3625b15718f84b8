"""From what somebody typed to people, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hub.custody.records import Booking, Person
from hub.custody.search.postings import LOOKED_AT, begins_with, how_many, people_with
from hub.custody.search.projection import Where, squashed
from hub.custody.search.records import SearchEntry, SearchPosting
from hub.custody.search.sounds import sounds, words_of
from hub.custody.search.spellings import Spellings, likeness, near_words, spellings_of

LONGEST_TEXT: Final = 100
MOST_WORDS: Final = 6
_COMMON: Final = 2_000
"""Postings from which on a word is known to be meant as it stands."""
_FEW: Final = 20
"""With fewer who have the very words, other spellings are looked for too."""
_NUMBER: Final = re.compile(r"([pb]?)[\s-]*0*(\d{1,9})", re.IGNORECASE)
_SERIES_WIDTH: Final = 6
_BETWEEN_WORDS: Final = frozenset({"in", "of", "the", "cell", "celda", "en", "de", "del", "la", "el"})
_SAME: Final = {
    "preventiva": "remand",
    "preventivo": "remand",
    "prision": "remand",
    "condenado": "sentenced",
    "condenada": "sentenced",
    "sentenciado": "sentenced",
    "sentenciada": "sentenced",
    "inmigracion": "immigration",
    "detenido": "detainee",
    "bloque": "block",
}
"""Spanish words for codes that are kept in English."""


class Why(StrEnum):
    """What made somebody an answer."""

    NUMBER = "number"
    BOOKING = "booking"
    IDENTIFIER = "identifier"
    NAME = "name"
    ALIAS = "alias"
    PLACE = "place"
    STATUS = "status"
    SOUND = "sound"
    SLIP = "slip"


@dataclass(frozen=True)
class Hit:
    """Somebody who may be meant. `matched` is the word of the file, `likeness` 0 to 1."""

    person_id: int
    number: str
    surname: str
    given: str
    born_on: date | None
    sex: str
    in_custody: bool
    place: str
    status: str
    why: Why
    matched: str
    likeness: float

    def __repr__(self) -> str:
        return f"Hit({self.number})"


def find(session: Session, text: str, limit: int = 20, *, in_custody_only: bool = False) -> list[Hit]:
    """People for a number, a name however it is spelt, an alias, a cell or a status; at most `limit`, best first.

    Every word has to fit. Those with the very words come before those who only sound alike; of both, those in
    custody first. Nothing for an empty text.
    """
    text = text[:LONGEST_TEXT].strip()
    numbered = by_number(session, text)
    typed = typed_words(text)
    found = ranked(session, [spellings_of(session, word) for word in typed]) if typed else {}
    for person_id, why in numbered.items():
        found[person_id] = (1.0, why, text.upper())
    return _hits(session, found, limit, in_custody_only=in_custody_only)


def sounding_like(session: Session, surname: str, given: str, *, limit: int = 20) -> list[Hit]:
    """People with the same name, one that sounds like it, or one a slip away; the very name among them."""
    words = (*words_of(surname), *words_of(given))[:MOST_WORDS]
    names = [Spellings(word, False, near_words(session, word) - {word}) for word in words]
    return _hits(session, ranked(session, names), limit, in_custody_only=False) if names else []


def typed_words(text: str) -> list[str]:
    """The words that are looked for."""
    words = [_SAME.get(word, word) for word in words_of(text)]
    return ([word for word in words if word not in _BETWEEN_WORDS] or words)[:MOST_WORDS]


def by_number(session: Session, text: str) -> dict[int, Why]:
    """People whose number, or that of a stay or of another agency, was typed."""
    found: dict[int, Why] = {}
    number = _NUMBER.fullmatch(text)
    if number is not None:
        series, digits = number[1].upper(), number[2].zfill(_SERIES_WIDTH)
        if series in ("", "B"):
            wanted = select(Booking.person_id).where(Booking.number == f"B-{digits}")
            found |= dict.fromkeys(session.scalars(wanted), Why.BOOKING)
        if series in ("", "P"):
            found |= dict.fromkeys(
                session.scalars(select(Person.id).where(Person.number == f"P-{digits}")), Why.NUMBER
            )
    if any(letter.isdigit() for letter in text) and len(squashed(text)) > 3:
        wanted = select(SearchPosting.person_id).where(
            begins_with(SearchPosting.word, squashed(text)), SearchPosting.field == Where.IDENTIFIER.value
        )
        for person_id in session.scalars(wanted.limit(_FEW)):
            found.setdefault(person_id, Why.IDENTIFIER)
    return found


def ranked(
    session: Session, groups: Sequence[Spellings], most: int = LOOKED_AT
) -> dict[int, tuple[float, Why, str]]:
    """(likeness, why, the word of the file) of people with a word of each group, of at most `most` looked at."""
    weighed = [(how_many(session, group), group) for group in groups]
    exactly = [(count, replace(group, near=frozenset())) for count, group in weighed]
    people = people_with(session, exactly, most)
    # A word that very many have is no slip of another one.
    near = [count < _COMMON and bool(group.near) for count, group in weighed]
    if len(people) < _FEW and any(near):
        wider = [
            group if is_near else replace(group, near=frozenset())
            for (_, group), is_near in zip(weighed, near, strict=True)
        ]
        people |= people_with(session, [(how_many(session, group), group) for group in wider], most)
    elif len(groups) > 1 and not people:
        return {}
    found = _judge(session, people, groups)
    if not found and len(groups) > 1:
        joined = spellings_of(session, "".join(group.typed for group in groups))
        return _judge(session, people_with(session, [(0, joined)], most), [joined])
    return found


_WORDS: Final = select(SearchPosting.person_id, SearchPosting.word, SearchPosting.field).where(
    SearchPosting.person_id.in_(bindparam("people", expanding=True))
)


def _judge(
    session: Session, people: Collection[int], groups: Sequence[Spellings]
) -> dict[int, tuple[float, Why, str]]:
    if not people:
        return {}
    words: dict[int, list[tuple[str, Where]]] = {}
    for person_id, word, field in session.execute(_WORDS, {"people": sorted(people)}):
        words.setdefault(person_id, []).append((word, Where(field)))
    judged = {person_id: score(groups, have) for person_id, have in words.items()}
    return {person_id: score for person_id, score in judged.items() if score is not None}


_WORTH: Final = {
    Where.SURNAME: 1.0,
    Where.GIVEN: 0.97,
    Where.ALIAS: 0.9,
    Where.IDENTIFIER: 0.95,
    Where.PLACE: 0.95,
    Where.STATUS: 0.95,
}
_REASONS: Final = {
    Where.SURNAME: Why.NAME,
    Where.GIVEN: Why.NAME,
    Where.ALIAS: Why.ALIAS,
    Where.IDENTIFIER: Why.IDENTIFIER,
    Where.PLACE: Why.PLACE,
    Where.STATUS: Why.STATUS,
}


def score(groups: Sequence[Spellings], have: Iterable[tuple[str, Where]]) -> tuple[float, Why, str] | None:
    """Mean over the typed words of the best word of the file; the weakest of these is the reason that is told."""
    held = list(have)
    best: list[tuple[float, Why, str]] = []
    for group in groups:
        fits = [_fit(group, word, field) for word, field in held if group.fits(word)]
        if not fits:
            return None
        best.append(max(fits))
    weakest = min(best)
    return sum(one[0] for one in best) / len(best), weakest[1], weakest[2]


def _fit(group: Spellings, word: str, field: Where) -> tuple[float, Why, str]:
    worth = _WORTH[field]
    if word == group.typed:
        return worth, _REASONS[field], word
    if group.is_exact(word):
        return worth * (0.85 + 0.1 * len(group.typed) / len(word)), _REASONS[field], word
    near = 0.5 + 0.3 * likeness(group.typed, word)
    sounds_alike = not sounds(group.typed).isdisjoint(sounds(word))
    return worth * near, Why.SOUND if sounds_alike else Why.SLIP, word


def _hits(
    session: Session,
    found: dict[int, tuple[float, Why, str]],
    limit: int,
    *,
    in_custody_only: bool,
) -> list[Hit]:
    rows = session.execute(
        select(Person, SearchEntry)
        .join(SearchEntry, SearchEntry.person_id == Person.id)
        .where(Person.id.in_(found))
    )
    hits = [
        Hit(
            person.id,
            person.number,
            person.surname,
            person.given,
            person.born_on,
            person.sex,
            entry.in_custody,
            entry.place,
            entry.status,
            found[person.id][1],
            found[person.id][2],
            round(found[person.id][0], 4),
        )
        for person, entry in rows
        if entry.in_custody or not in_custody_only
    ]
    return sorted(hits, key=order)[: max(0, limit)]


def order(hit: Hit) -> tuple[object, ...]:
    """By what hits are sorted, the likeliest first."""
    only_near = hit.why in (Why.SOUND, Why.SLIP)
    return (
        only_near,
        not hit.in_custody,
        -hit.likeness,
        hit.surname.casefold(),
        hit.given.casefold(),
        hit.number,
    )
