"""Who has words: the lists of the search gone through, the rarest word first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from hub.custody.search.records import SearchPosting
from hub.custody.search.sounds import LONGEST_WORD
from hub.custody.search.spellings import Spellings

LOOKED_AT: Final = 200
"""People who are ranked; those in custody are taken first."""
_COUNTED: Final = 20_000
"""Those who have a word are counted no further: it only tells which of the words is the rarest."""
_LAST: Final = "z" * (LONGEST_WORD + 1)
"""After every word there is, however the database sorts."""


def begins_with(column: InstrumentedAttribute[str], start: str) -> ColumnElement[bool]:
    """Condition on a column of folded words."""
    return and_(column >= start, column < (_next(start) or _LAST))


def _next(start: str) -> str | None:
    """The first word after all those that begin with `start`, of small letters and digits; None where none is."""
    bare = start.rstrip("z")
    if not bare:
        return None
    last = bare[-1]
    return bare[:-1] + ("a" if last == "9" else chr(ord(last) + 1))


def people_with(
    session: Session, weighed: Sequence[tuple[int, Spellings]], most: int = LOOKED_AT
) -> set[int]:
    """Those who have a word of each group; those in custody first where there are too many to look at."""
    groups = [group for _, group in sorted(weighed, key=lambda one: one[0])]
    found: set[int] = set()
    for inside in (True, False):
        left = most - len(found)
        if left > 0:
            found |= _some(session, groups, inside, left)
    return found


def _some(session: Session, groups: Sequence[Spellings], inside: bool, limit: int) -> set[int]:
    """At most `limit` who have a word of each group: those with the rarest are gone through, and looked up for the
    others."""
    shape = tuple((group.begins, bool(group.near)) for group in groups)
    asked = _asked(groups) | {"inside": inside, "most": limit}
    return set(session.scalars(_having(shape), asked))


def _asked(groups: Sequence[Spellings]) -> dict[str, object]:
    asked: dict[str, object] = {}
    for place, group in enumerate(groups):
        asked[f"word_{place}"] = group.typed
        if group.begins:
            asked[f"after_{place}"] = _next(group.typed) or _LAST
        if group.near:
            asked[f"near_{place}"] = sorted(group.near)
    return asked


@cache
def _having(shape: tuple[tuple[bool, bool], ...]) -> Select[int]:
    """The question for groups of which each is (with words that begin so, with words that come near)."""
    postings = [aliased(SearchPosting) for _ in shape]
    fits = [
        _fits(one.word, place, *kind) for place, (one, kind) in enumerate(zip(postings, shape, strict=True))
    ]
    first = postings[0]
    wanted = select(first.person_id).where(fits[0], first.in_custody == bindparam("inside"))
    for other, fit in zip(postings[1:], fits[1:], strict=True):
        has = select(other.word).where(other.person_id == first.person_id, fit)
        wanted = wanted.where(has.exists())
    return wanted.distinct().limit(bindparam("most"))


def _fits(word: InstrumentedAttribute[str], place: int, begins: bool, near: bool) -> ColumnElement[bool]:
    typed = bindparam(f"word_{place}", type_=String)
    exact = and_(word >= typed, word < bindparam(f"after_{place}", type_=String)) if begins else word == typed
    return or_(exact, word.in_(bindparam(f"near_{place}", expanding=True))) if near else exact


def how_many(session: Session, group: Spellings) -> int:
    """Postings of its words, counted no further than one needs."""
    return session.scalar(_count(group.begins, bool(group.near)), _asked([group])) or 0


@cache
def _count(begins: bool, near: bool) -> Select[int]:
    some = select(SearchPosting.person_id).where(_fits(SearchPosting.word, 0, begins, near)).limit(_COUNTED)
    return select(func.count()).select_from(some.subquery())
