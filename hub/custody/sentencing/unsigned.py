"""Dates that still want two signatures, or want them again: the soonest release first. Nothing here writes.

Tables narrow everybody down to those whose date may want them (`doubtful`); only these are reckoned, which decides, and
of very many only as many as fill a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.records import Booking
from hub.custody.sentencing.basis import Rules, digest_of
from hub.custody.sentencing.case import Case
from hub.custody.sentencing.dates import (
    CHANGED,
    BestKnown,
    Certainty,
    Signed,
    judge,
    newest_signed,
    rules_of,
)
from hub.custody.sentencing.doubtful import Doubtful, doubtful
from hub.custody.sentencing.reading import cases
from hub.custody.sentencing.reckoner import reckon
from hub.custody.then import named
from hub.sentences import Sentence

PAGE: Final = 50
_ALL_AT_ONCE: Final = 400
"""So many are all reckoned for one page: the count is exact, and so is the order."""


@dataclass(frozen=True)
class Unsigned:
    """A date that may be signed and is not, or not any more; `why` says what is missing."""

    number: str
    surname: str
    given: str
    release_on: date
    why: Sentence

    def __repr__(self) -> str:
        return f"Unsigned({self.number})"


@dataclass(frozen=True)
class Part:
    """A page of them. `total` is exact, or else the most that it can be; `next_from` where the next page begins."""

    lines: tuple[Unsigned, ...]
    total: int
    exact: bool
    next_from: int | None


def unsigned(session: Session, *, now: datetime, today: date, start: int = 0, then: bool = False) -> Part:
    """Open stays with a date of release that nobody signed, or whose signatures do not fit any more.

    A date that waits for the second officer alone is not among them. `start` is 0 or the `next_from` of another page;
    `then` asks for `now` as it was known at that time.
    """
    known_at = now if then else None
    rules = rules_of(session, today=today, known_at=known_at)
    if not rules.policies:
        return Part((), 0, True, None)  # without a policy there is no date to sign
    waiting = doubtful(session, now=now, then=then)
    if len(waiting) <= _ALL_AT_ONCE:
        found = _reckoned(session, waiting, rules, known_at)
        shown = found[start : start + PAGE]
        more = start + PAGE if start + PAGE < len(found) else None
        return Part(_lines(session, shown, known_at), len(found), True, more)
    found, start = [], max(start, 0)
    while start < len(waiting) and len(found) < PAGE:
        found += _reckoned(session, waiting[start : start + PAGE], rules, known_at)
        start += PAGE
    lines = _lines(session, sorted(found, key=_order), known_at)
    return Part(lines, len(waiting), False, start if start < len(waiting) else None)


@dataclass(frozen=True)
class _Found:
    one: Doubtful
    on: date
    why: Sentence


def _reckoned(
    session: Session, some: Sequence[Doubtful], rules: Rules, known_at: datetime | None
) -> list[_Found]:
    by_stay = {one.booking_id: one for one in some}
    signed = newest_signed(session, list(by_stay), known_at=known_at)
    found = []
    for booking_id, case in cases(session, list(by_stay), known_at=known_at):
        known = judge(booking_id, case, rules, signed.get(booking_id))
        why = _why(known, case, rules, signed.get(booking_id))
        if why is not None and known.on is not None:
            found.append(_Found(by_stay[booking_id], known.on, why))
    return sorted(found, key=_order)


def _order(found: _Found) -> tuple[date, int]:
    return found.on, found.one.booking_id


def _why(known: BestKnown, case: Case, rules: Rules, signed: Signed | None) -> Sentence | None:
    """What is missing; None for a date that cannot be signed, is signed, or waits for the second officer."""
    if known.certainty is not Certainty.UNVERIFIED:
        return None
    if signed is None or signed.signature is not None:
        return known.reasons[0]
    reckoned = reckon(case, rules.policies, rules.holidays, today=rules.today, explain=False)
    return None if signed.row.digest == digest_of(case, reckoned, rules) else CHANGED


def _lines(session: Session, found: Sequence[_Found], known_at: datetime | None) -> tuple[Unsigned, ...]:
    people = _people(session, [each.one.booking_id for each in found])
    names = named(session, people.values(), known_at)
    return tuple(
        Unsigned(who.number, who.surname, who.given, each.on, each.why)
        for each, who in ((each, names[people[each.one.booking_id]]) for each in found)
    )


def _people(session: Session, booking_ids: Sequence[int]) -> Mapping[int, int]:
    rows = session.execute(select(Booking.id, Booking.person_id).where(Booking.id.in_(booking_ids)))
    return {row.id: row.person_id for row in rows}
