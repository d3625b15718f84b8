"""Name twins: people whom a name alone does not tell apart."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from hub.custody.records import Person
from hub.custody.search.projection import Where
from hub.custody.search.records import SearchEntry, SearchKey, SearchPosting
from hub.custody.search.sounds import fold, one_slip, sounds, without_one, words_of
from hub.sentences import Sentence

CLOSE_YEARS: Final = 5
"""Births no further apart are taken for one by somebody in a hurry; estimates are off by as much."""
MOST: Final = 10
MOST_WORDS: Final = 3
MOST_SPELLINGS: Final = 400
SHORT: Final = 3
"""Letters of a word in which a slip makes another name."""
_NAMES: Final = (Where.SURNAME.value, Where.GIVEN.value)


@dataclass(frozen=True)
class Twin:
    """Somebody who may be taken for another. `same_name` says that not a letter of the name differs."""

    person_id: int
    number: str
    surname: str
    given: str
    born_on: date | None
    in_custody: bool
    same_name: bool
    why: Sentence

    def __repr__(self) -> str:
        return f"Twin({self.number})"


def name_twins(
    session: Session,
    person_id: int,
    *,
    surname: str,
    given: str,
    born_on: date | None,
    besides: Collection[int] = (),
) -> list[Twin]:
    """People with the same or a like-sounding name and a close birth, those in custody and the very name first.

    `person_id` is 0 for somebody who is not in the register yet; `besides` are other numbers of the same person. Every
    word of the surname counts, and the first given name, in whichever order they were written.
    """
    words = [*words_of(surname)[:MOST_WORDS], *words_of(given)[:1]]
    alike = _alike(session, words)
    if not alike or not all(alike.values()):
        return []
    rows = session.execute(_people(alike, {person_id, *besides}, born_on))
    twins = [_twin(row[0], row[1], surname, given, born_on) for row in rows]
    twins.sort(key=_order)
    return twins[:MOST]


def _alike(session: Session, words: Collection[str]) -> dict[str, set[str]]:
    """For each word those of the register that sound like it or are one slip away, itself among them."""
    asked = []
    for word in words:
        slips = without_one(word) if len(word) > SHORT else {word}
        asked += [and_(SearchKey.sort == "s", SearchKey.key.in_(sounds(word)))]
        asked += [and_(SearchKey.sort == "t", SearchKey.key.in_(slips))]
    known = (
        set(session.scalars(select(SearchKey.word).where(or_(*asked)).limit(MOST_SPELLINGS)))
        if asked
        else set()
    )
    return {word: {other for other in known if _is_alike(word, other)} | {word} for word in words}


def _is_alike(word: str, other: str) -> bool:
    return not sounds(word).isdisjoint(sounds(other)) or (len(word) > SHORT and one_slip(word, other))


def _people(
    alike: Mapping[str, Collection[str]], own: Collection[int], born_on: date | None
) -> Select[Person, bool]:
    """The surname is the rarer word: whoever has it is looked up by number for the others."""
    first, *others = alike.values()
    named = select(SearchPosting.person_id).where(
        SearchPosting.word.in_(first),
        SearchPosting.in_custody.in_((True, False)),
        SearchPosting.field.in_(_NAMES),
    )
    for group in others:
        other = aliased(SearchPosting)
        has_word = select(other.word).where(other.person_id == SearchPosting.person_id, other.word.in_(group))
        named = named.where(has_word.correlate(SearchPosting).exists())
    wanted = select(Person, SearchEntry.in_custody).join(SearchEntry, SearchEntry.person_id == Person.id)
    wanted = wanted.where(Person.id.in_(named), Person.id.not_in(own))
    if born_on is not None:
        reach = timedelta(days=CLOSE_YEARS * 366)
        earliest = born_on - reach if born_on > date.min + reach else date.min
        wanted = wanted.where(
            or_(Person.born_on.is_(None), Person.born_on.between(earliest, born_on + reach))
        )
    return wanted.order_by(SearchEntry.in_custody.desc(), Person.id).limit(3 * MOST)


def _twin(person: Person, in_custody: bool, surname: str, given: str, born_on: date | None) -> Twin:
    same = (fold(person.surname), fold(person.given)) == (fold(surname), fold(given))
    if same and born_on is not None and person.born_on == born_on:
        why = Sentence("the same name and the same birth")
    elif same:
        why = Sentence("the same name")
    else:
        why = Sentence("a name that sounds alike")
    return Twin(person.id, person.number, person.surname, person.given, person.born_on, in_custody, same, why)


def _order(twin: Twin) -> tuple[bool, bool, str]:
    return not twin.in_custody, not twin.same_name, twin.number
