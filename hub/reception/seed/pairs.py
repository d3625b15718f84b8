"""Two files that are one person's, were, or only look so; and people who are kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.life.keep_aparts import KEEP_APART, KeptApart, Part, Restriction
from hub.custody.merging import actions
from hub.custody.merging.records import MergeCase, MergeStep
from hub.custody.merging.rules import Act
from hub.custody.records import Person
from hub.reception.bulk import Bulk
from hub.reception.seed.staff import CLERKS, SUPERVISORS, two
from hub.reception.seed.troubles import Apart

_IN_ONE_QUERY: Final = 500
_WHY: Final = (
    "The same father, birth year and scar.",
    "Same mother and village, told to two officers.",
    "He says so himself.",
)
_NOT_ONE: Final = "Two people: birth dates and tattoos differ."


class Doubled(StrEnum):
    """What became of somebody who was written down twice."""

    JOINED = "joined"
    PROPOSED = "proposed"
    SUSPECTED = "suspected"
    NOT_NOTICED = "not_noticed"
    REFUSED = "refused"
    """Two people after all, of one name."""


DOUBLED_OF_1200: Final = {
    Doubled.JOINED: 9,
    Doubled.PROPOSED: 2,
    Doubled.SUSPECTED: 1,
    Doubled.NOT_NOTICED: 5,
    Doubled.REFUSED: 3,
}


@dataclass(frozen=True)
class Double:
    """The file of somebody and a second one, older, of a stay that ended."""

    lead_id: int
    other_id: int
    became: Doubled


def doubles(rng: Random, people: int) -> list[Doubled]:
    """Of whom inside there is a second file, in a mixed order; at least one of each in a prison of some size."""
    least = 1 if people >= 40 else 0
    found = [
        became
        for became, often in DOUBLED_OF_1200.items()
        for _ in range(max(least, round(often * min(people, 6_000) / 1200)))
    ]
    rng.shuffle(found)
    return found


def settle(session: Session, rng: Random, found: Sequence[Double], now_at: datetime) -> None:
    """Put the pairs before two clerks, as far as they were noticed."""
    bulk, joined = Bulk(session, by=CLERKS[0]), []
    for one in found:
        first, second = two(rng, CLERKS)
        at = now_at - timedelta(days=rng.randint(2, 300))
        why = rng.choice(_WHY)
        if one.became is Doubled.SUSPECTED:
            _case(bulk, one, now_at - timedelta(hours=20), [_Step(Act.SUSPECTED, first)])
        elif one.became is Doubled.PROPOSED:
            _case(bulk, one, now_at - timedelta(hours=26), [_Step(Act.PROPOSED, first, why)])
        elif one.became is Doubled.JOINED:
            joined.append(one)
            _case(bulk, one, at, [_Step(Act.PROPOSED, first, why), _Step(Act.MERGED, second, why)])
        elif one.became is Doubled.REFUSED:
            _case(bulk, one, at, [_Step(Act.PROPOSED, first, why), _Step(Act.REFUSED, second, _NOT_ONE)])
    bulk.flush()
    touched = tuple(person_id for one in joined for person_id in (one.lead_id, one.other_id))
    actions.bring_up_to_date(session, touched, now_at)


@dataclass(frozen=True)
class _Step:
    act: Act
    by: str
    reason: str = ""


def _case(bulk: Bulk, pair: Double, at: datetime, steps: Sequence[_Step]) -> None:
    number = bulk.id_of(MergeCase)
    case = {
        "id": number,
        "one_id": min(pair.lead_id, pair.other_id),
        "other_id": max(pair.lead_id, pair.other_id),
        # Nobody of the invented prison has fingers: those are taken at a terminal, from a hand.
        "found_by": actions.BY_OFFICER,
        "opened_at": at,
        "opened_by": steps[0].by,
    }
    bulk.add(MergeCase, case)
    for place, step in enumerate(steps):
        leads = step.act in (Act.PROPOSED, Act.MERGED)
        row: dict[str, object] = {
            "case_id": number,
            "number": place + 1,
            "act": step.act.value,
            "at": at + timedelta(hours=4 * place),
            "by": step.by,
            "reason": step.reason,
            "lead_id": pair.lead_id if leads else None,
            "aside_id": None,
            "into_id": None,
            "moves": "",
        }
        bulk.add(MergeStep, row)


def keep_apart(session: Session, rng: Random, found: Sequence[Apart]) -> None:
    """After a fight, the two are not put into one cell or block."""
    bulk = Bulk(session, by=SUPERVISORS[0])
    numbers = _numbers(session, sorted({one.other_id for one in found}))
    seen: set[frozenset[int]] = set()
    for one in found:
        pair = frozenset((one.one_id, one.other_id))
        if pair in seen or len(pair) == 1:
            continue
        seen.add(pair)
        value = KeptApart(
            other=numbers[one.other_id],
            role=Part.PERPETRATOR if one.proved else Part.UNKNOWN,
            other_role=Part.VICTIM if one.proved else Part.UNKNOWN,
            restriction=rng.choices(list(Restriction), (5, 2, 3, 0))[0],
            reason="They fought.",
            authorised_by=one.by,
        )
        item = bulk.fact(KEEP_APART, value, one.one_id, None, one.at, one.at, by=one.by)
        bulk.link(item, value.other, KEEP_APART, one.one_id)
    bulk.flush()


def _numbers(session: Session, ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(ids), _IN_ONE_QUERY):
        wanted = select(Person.id, Person.number).where(Person.id.in_(ids[start : start + _IN_ONE_QUERY]))
        found |= {row.id: row.number for row in session.execute(wanted)}
    return found
