"""People for what somebody typed, as their files were known at an earlier time. Slower than the search of today.

The index says what holds now. Of whoever it no longer fits (another name since, another cell, another status, come
back or left) what was searched then is made again from the facts; of everybody else it is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.facts.reading import by_person
from hub.custody.facts.records import Fact
from hub.custody.records import Booking
from hub.custody.search.finding import (
    LONGEST_TEXT,
    Hit,
    Why,
    by_number,
    order,
    ranked,
    score,
    typed_words,
)  # fmt: skip
from hub.custody.search.projection import (
    ALIAS,
    HOME,
    IDENTIFIER,
    IDENTITY,
    SEARCHED,
    STATUS,
    Searched,
    Where,
    searched,
    squashed,
)  # fmt: skip
from hub.custody.search.records import SearchEntry
from hub.custody.search.spellings import Spellings, is_near, spellings_of
from hub.custody.then import facts_of, named, on_file, open_stays

MOST: Final = 2_000
"""People of the index who are looked at: some of them had not come yet, or had another name."""
Score = tuple[float, Why, str]


def find_then(
    session: Session, text: str, limit: int, known_at: datetime, *, in_custody_only: bool = False
) -> list[Hit]:
    """The same as `finding.find`, as known then."""
    text = text[:LONGEST_TEXT].strip()
    typed = typed_words(text)
    if not typed:
        return []
    stays = {person: stay for stay, person in open_stays(session, known_at).items()}
    made = _made_again(session, stays, known_at)
    groups = _with_old_words([spellings_of(session, word) for word in typed], made.values())
    found = {one: told for one, told in ranked(session, groups, MOST).items() if one not in made}
    for person_id, why in _numbered(session, text, made, known_at).items():
        found[person_id] = (1.0, why, text.upper())
    for person_id, of_file in made.items():
        told = score(groups, ((word, field) for word, field in of_file.words))
        if told is not None:
            found.setdefault(person_id, told)
    there = on_file(session, known_at, found)
    found = {one: told for one, told in found.items() if one in there}
    return _hits(session, found, made, stays, known_at, limit, in_custody_only=in_custody_only)


def _made_again(session: Session, stays: dict[int, int], known_at: datetime) -> dict[int, Searched]:
    """What was searched of those whom the index of today does not fit; bounded by the roll and by corrected names."""
    changed = _renamed(session, known_at)
    inside = set(open_stays(session, None).values())
    changed |= inside ^ set(stays)
    moved = select(Fact.person_id).where(Fact.kind.in_((HOME, STATUS)), Fact.recorded_at > known_at)
    changed |= set(session.scalars(moved.distinct())) & set(stays)
    changed = on_file(session, known_at, changed)
    rows = [row for row in facts_of(session, changed, SEARCHED) if row.recorded_at <= known_at]
    made = {one: searched(one, own, stays.get(one)) for one, own in by_person(rows).items()}
    return {one: of_file for one, of_file in made.items() if of_file is not None}


def _renamed(session: Session, known_at: datetime) -> set[int]:
    kinds = (IDENTITY, ALIAS, IDENTIFIER)
    later = select(Fact.person_id).where(Fact.kind.in_(kinds), Fact.recorded_at > known_at)
    return set(session.scalars(later.distinct()))


def _with_old_words(groups: Sequence[Spellings], files: Collection[Searched]) -> list[Spellings]:
    """Words that nobody has any more are in no vocabulary: they come near all the same."""
    words = {word for of_file in files for word, _ in of_file.words}
    return [
        replace(group, near=group.near | {word for word in words if _comes_near(group, word)})
        for group in groups
    ]


def _comes_near(group: Spellings, word: str) -> bool:
    typed = group.typed
    if not typed.isalpha() or len(typed) < 2 or not word.isalpha() or group.is_exact(word):
        return False
    return is_near(typed, word)


def _numbered(session: Session, text: str, made: dict[int, Searched], known_at: datetime) -> dict[int, Why]:
    """Who has the number then: not of a stay that was recorded later, nor of an agency's that was given since."""
    found = {}
    for person_id, why in by_number(session, text).items():
        if why is Why.IDENTIFIER and person_id in made:
            continue
        if why is Why.BOOKING and not _had_stay(session, person_id, text, known_at):
            continue
        found[person_id] = why
    start = squashed(text)
    if any(letter.isdigit() for letter in text) and len(start) > 3:
        for person_id, of_file in made.items():
            if any(field is Where.IDENTIFIER and word.startswith(start) for word, field in of_file.words):
                found.setdefault(person_id, Why.IDENTIFIER)
    return found


def _had_stay(session: Session, person_id: int, text: str, known_at: datetime) -> bool:
    digits = "".join(letter for letter in text if letter.isdigit()).lstrip("0").zfill(6)
    wanted = select(Booking.id).where(
        Booking.person_id == person_id, Booking.number == f"B-{digits}", Booking.recorded_at <= known_at
    )
    return session.scalar(wanted) is not None


def _hits(
    session: Session,
    found: dict[int, Score],
    made: dict[int, Searched],
    stays: dict[int, int],
    known_at: datetime,
    limit: int,
    *,
    in_custody_only: bool,
) -> list[Hit]:
    people = named(session, found, known_at)
    entries = {
        entry.person_id: entry
        for entry in session.scalars(select(SearchEntry).where(SearchEntry.person_id.in_(found)))
    }
    hits = []
    for person_id, (likeness, why, matched) in found.items():
        who, was = people[person_id], made.get(person_id) or entries.get(person_id)
        if was is None or (in_custody_only and person_id not in stays):
            continue
        hits.append(
            Hit(
                person_id, who.number, who.surname, who.given, who.born_on, who.sex, person_id in stays,
                was.place, was.status, why, matched, round(likeness, 4),
            )
        )  # fmt: skip
    return sorted(hits, key=order)[: max(0, limit)]
