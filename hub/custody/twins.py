"""Name twins: people whom a name alone does not tell apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

from sqlalchemy import Select, and_, bindparam, exists, or_, select
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
    if not alike:
        return []
    asked: dict[str, object] = {f"words_{place}": group for place, group in enumerate(alike)}
    asked["own"] = [person_id, *besides]
    if born_on is not None:
        reach = timedelta(days=CLOSE_YEARS * 366)
        asked["earliest"] = born_on - reach if born_on > date.min + reach else date.min
        asked["latest"] = born_on + reach if born_on < date.max - reach else date.max
    name = fold(surname), fold(given)
    rows = session.execute(_people(len(alike), by_birth=born_on is not None), asked)
    twins = [_twin(*row, name, born_on) for row in rows]
    twins.sort(key=_order)
    return twins[:MOST]


_LIKE: Final = (
    select(SearchKey.word)
    .where(
        or_(
            and_(SearchKey.sort == "s", SearchKey.key.in_(bindparam("sounds", expanding=True))),
            and_(SearchKey.sort == "t", SearchKey.key.in_(bindparam("slips", expanding=True))),
        )
    )
    .limit(MOST_SPELLINGS)
)


def _alike(session: Session, words: Sequence[str]) -> list[list[str]]:
    """For each word those of the register that sound like it or are one slip away, itself among them."""
    if not words:
        return []
    heard = set().union(*(sounds(word) for word in words))
    slips = set().union(*(without_one(word) if len(word) > SHORT else {word} for word in words))
    known = session.scalars(_LIKE, {"sounds": sorted(heard), "slips": sorted(slips)}).all()
    return [sorted({word, *(other for other in known if _is_alike(word, other))}) for word in words]


def _is_alike(word: str, other: str) -> bool:
    return not sounds(word).isdisjoint(sounds(other)) or (len(word) > SHORT and one_slip(word, other))


@cache
def _people(words: int, *, by_birth: bool) -> Select[int, str, str, str, date | None, bool]:
    """Who has one of `words_0`, one of `words_1` and so on.

    The list of the first, the surname and mostly the shortest, is gone through; in those of the others each of its
    people is looked up, to which `in_custody`, the same in all words of somebody, makes the whole key.
    """
    first = aliased(SearchPosting)
    named = select(first.person_id).where(
        first.word.in_(bindparam("words_0", expanding=True)),
        first.in_custody.in_((True, False)),
        first.field.in_(_NAMES),
    )
    for place in range(1, words):
        other = aliased(SearchPosting)
        named = named.where(
            exists().where(
                other.word.in_(bindparam(f"words_{place}", expanding=True)),
                other.in_custody == first.in_custody,
                other.person_id == first.person_id,
            )
        )
    wanted = (
        select(Person.id, Person.number, Person.surname, Person.given, Person.born_on, SearchEntry.in_custody)
        .join(SearchEntry, SearchEntry.person_id == Person.id)
        .where(Person.id.in_(named), Person.id.not_in(bindparam("own", expanding=True)))
    )
    if by_birth:
        close = Person.born_on.between(bindparam("earliest"), bindparam("latest"))
        wanted = wanted.where(or_(Person.born_on.is_(None), close))
    return wanted.order_by(SearchEntry.in_custody.desc(), Person.id).limit(3 * MOST)


def _twin(
    person_id: int,
    number: str,
    surname: str,
    given: str,
    born_on: date | None,
    in_custody: bool,
    name: tuple[str, str],
    birth: date | None,
) -> Twin:
    same = (fold(surname), fold(given)) == name
    if same and birth is not None and born_on == birth:
        why = Sentence("the same name and the same birth")
    elif same:
        why = Sentence("the same name")
    else:
        why = Sentence("a name that sounds alike")
    return Twin(person_id, number, surname, given, born_on, in_custody, same, why)


def _order(twin: Twin) -> tuple[bool, bool, str]:
    return not twin.in_custody, not twin.same_name, twin.number
