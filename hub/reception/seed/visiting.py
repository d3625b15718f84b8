"""Who comes to see invented people: the register of visitors, bans, visits and what came of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from hub.custody.life.records import VisitorRow, VisitorStep
from hub.custody.life.visitors import Ban, Who
from hub.custody.life.visits import VISIT, VISITOR_OF, MayVisit, Visit, VisitKind, VisitOutcome
from hub.custody.rules import Sex
from hub.reception.seed.names import given
from hub.reception.seed.pen import Pen, at_hour
from hub.reception.seed.staff import OFFICERS, SUPERVISORS

_MOST_VISITS: Final = 12
_RELATIONS: Final = ("mother", "sister", "brother", "wife", "aunt", "cousin", "friend")
_BANS: Final = (
    "Brought a telephone hidden in food.",
    "Threatened the officer at the gate.",
    "Gave a false name.",
    "Brought cannabis.",
)
_OUTCOMES: Final = (
    (VisitOutcome.TOOK_PLACE, 82, ""),
    (VisitOutcome.NOT_COME, 9, ""),
    (VisitOutcome.PERSON_DECLINED, 3, ""),
    (VisitOutcome.ENDED_EARLY, 2, "Raised voices; both were warned."),
    (VisitOutcome.TURNED_AWAY, 2, "Came without a paper."),
    (VisitOutcome.CANCELLED, 2, "The block was locked for a search."),
)


def visits(pen: Pen) -> None:
    """Whom somebody wants to see, how often they came, and what is booked."""
    rng = pen.rng
    first_on = pen.stay.admitted_on + timedelta(days=rng.randint(2, 40))
    if first_on >= pen.until:
        return
    for place in range(rng.choices((1, 2, 3, 4), (5, 4, 2, 1))[0]):
        since_on = first_on + timedelta(days=rng.randint(0, (pen.until - first_on).days))
        banned_on = pen.until - timedelta(days=rng.randint(2, 60)) if pen.chance(0.02) else None
        number, relation = _visitor(pen, place, since_on, banned_on)
        at = at_hour(since_on, 9)
        item = pen.at(VISITOR_OF, MayVisit(visitor=number, relation=relation), at)
        pen.bulk.link(item, number, VISITOR_OF, pen.who.person_id)
        _came(pen, number, relation, since_on, banned_on)


def _visitor(pen: Pen, place: int, on: date, banned_on: date | None) -> tuple[str, str]:
    rng, relation = pen.rng, _RELATIONS[0] if place == 0 else pen.rng.choice(_RELATIONS)
    sex = Sex.MALE if relation in ("brother", "cousin", "friend") else Sex.FEMALE
    who = Who(
        surname=pen.who.identity.surname if relation != "friend" else rng.choice(pen.who.community.surnames),
        given=given(rng, pen.who.community, sex),
        identity=f"{rng.randint(1, 999_999):09d}",
        identity_sort="Social security card",
        phone=f"6{rng.randint(0, 99):02d}-{rng.randint(0, 9999):04d}",
        address=pen.who.town,
    )
    row, number = pen.bulk.id_of(VisitorRow), pen.bulk.number("visitor", "V")
    at = min(max(at_hour(on, 9), pen.admitted_at), pen.now_at)
    pen.bulk.add(VisitorRow, {"id": row, "number": number, "recorded_at": at})
    _step(pen, row, 1, "who", who, at, "")
    if banned_on is not None and banned_on > on:
        why = rng.choice(_BANS)
        ends_on = None if pen.chance(0.3) else banned_on + timedelta(days=180)
        ban = Ban(reason=why, authority=rng.choice(SUPERVISORS), from_on=banned_on, until_on=ends_on)
        _step(pen, row, 2, "ban", ban, at_hour(banned_on, 11), why)
    return number, relation


def _step(
    pen: Pen, row: int, number: int, act: str, value: msgspec.Struct, at: datetime, reason: str
) -> None:
    pen.bulk.add(
        VisitorStep,
        {
            "visitor_id": row,
            "number": number,
            "act": act,
            "value": msgspec.json.encode(value, order="deterministic").decode(),
            "at": at,
            "by": pen.rng.choice(OFFICERS),
            "reason": reason,
        },
    )


def _came(pen: Pen, number: str, relation: str, since_on: date, banned_on: date | None) -> None:
    rng, every = pen.rng, pen.rng.choice((7, 14, 28, 56))
    sort = VisitKind.FRIEND if relation == "friend" else VisitKind.FAMILY
    span = (pen.until - since_on).days
    last_on = pen.until - timedelta(days=rng.randint(0, every))
    for back in range(min(_MOST_VISITS, span // every)):
        day = _visiting_day(last_on - timedelta(days=back * every))
        if not since_on <= day < pen.until:
            continue
        outcome, _, why = rng.choices(_OUTCOMES, [share for _, share, _ in _OUTCOMES])[0]
        if banned_on is not None and day > banned_on:
            outcome, why = VisitOutcome.TURNED_AWAY, "Banned since the last visit."
        _visit(pen, number, day, sort, outcome.value, why)
    if pen.stay.is_open and banned_on is None and pen.chance(0.3):
        _visit(pen, number, _visiting_day(pen.today + timedelta(days=rng.randint(1, 12))), sort, "", "")


def _visiting_day(day: date) -> date:
    """The Saturday or Sunday of its week: the days on which families come."""
    return day - timedelta(days=day.weekday()) + timedelta(days=5 + day.toordinal() % 2)


def _visit(pen: Pen, number: str, day: date, sort: VisitKind, outcome: str, why: str) -> None:
    value = Visit(
        visitors=(number,),
        visit_at=at_hour(day, pen.rng.choice((9, 10, 13, 14))),
        sort=sort,
        place="Visits",
        outcome=outcome,
        outcome_reason=why,
    )
    officer = pen.rng.choice(OFFICERS)
    person, stay = pen.who.person_id, pen.booking_id
    recorded_at = min(max(value.visit_at - timedelta(days=5), pen.admitted_at), pen.now_at)
    if outcome:
        recorded_at = min(value.visit_at + timedelta(minutes=40), pen.now_at)
    item = pen.bulk.fact(VISIT, value, person, stay, value.visit_at, recorded_at, by=officer)
    pen.bulk.link(item, number, VISIT, person)
