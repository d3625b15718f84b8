"""Two people who must not meet: one fact on the file where it was recorded, shown on both."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.accounts.permissions import Permission
from hub.custody.facts.actions import Statement, state
from hub.custody.facts.kinds import Field, Form, Input, Kind
from hub.custody.facts.reading import Held, holding, rows_of
from hub.custody.facts.records import Fact
from hub.custody.life.links import held_by_target, linking
from hub.custody.merging.reading import leads
from hub.custody.records import Person
from hub.sentences import RefusedError, Sentence


class Part(StrEnum):
    """What one of the two is to the other."""

    VICTIM = "VICTIM"
    PERPETRATOR = "PERPETRATOR"
    NOT_RELEVANT = "NOT_RELEVANT"
    UNKNOWN = "UNKNOWN"


PARTS: Final = {
    Part.VICTIM: Sentence("Victim"),
    Part.PERPETRATOR: Sentence("Perpetrator"),
    Part.NOT_RELEVANT: Sentence("Not relevant"),
    Part.UNKNOWN: Sentence("Not known"),
}


class Restriction(StrEnum):
    """How far apart: never in one cell, tier, block, or on one site."""

    CELL = "CELL"
    TIER = "TIER"
    BLOCK = "BLOCK"
    SITE = "SITE"


RESTRICTIONS: Final = {
    Restriction.CELL: Sentence("Not in one cell"),
    Restriction.TIER: Sentence("Not on one tier"),
    Restriction.BLOCK: Sentence("Not in one block"),
    Restriction.SITE: Sentence("Not in one prison"),
}


class KeptApart(Form, frozen=True):
    """`other` is the number of the other person; `role` is of the one on whose file it stands."""

    other: str
    role: Part
    other_role: Part
    restriction: Restriction
    reason: str
    authorised_by: str = ""


@dataclass(frozen=True)
class KeepApart:
    """Two people as seen from the first: ids of the leading persons; `held` is the fact it comes from."""

    one_id: int
    other_id: int
    one_role: Part
    other_role: Part
    restriction: Restriction
    reason: str
    held: Held[KeptApart]


def _check(value: KeptApart, today: date) -> dict[str, Sentence]:
    if not value.reason.strip():
        return {"reason": Sentence("Write why the two must not meet.")}
    return {}


KEEP_APART: Final = Kind(
    name="keep_apart",
    form=KeptApart,
    words=Sentence("Keep apart"),
    say=lambda value: Sentence(
        "From %(number)s: %(restriction)s",
        {"number": value.other, "restriction": RESTRICTIONS[value.restriction]},
    ),
    fields=(
        Field("other", Sentence("Number of the other person"), required=True, longest=16),
        Field(
            "role",
            Sentence("This person is"),
            Input.CHOICE,
            options={key.value: words for key, words in PARTS.items()},
        ),
        Field(
            "other_role",
            Sentence("The other person is"),
            Input.CHOICE,
            options={key.value: words for key, words in PARTS.items()},
        ),
        Field(
            "restriction",
            Sentence("How far apart"),
            Input.CHOICE,
            options={key.value: words for key, words in RESTRICTIONS.items()},
        ),
        Field("reason", Sentence("Why"), Input.LONG, required=True, longest=500),
        Field("authorised_by", Sentence("Authorised by"), longest=80),
    ),
    many=True,
    whole_days=False,
    by_hand=False,
    record=Permission.DECIDE_SANCTIONS,
    check=_check,
    project=linking("keep_apart", KeptApart, lambda value: [value.other]),
)


def keep_apart(session: Session, person: Person, value: KeptApart, *, actor: Actor, at: datetime) -> Fact:
    """Record that two people must not meet. RefusedError for nobody, for oneself, and for the same pair twice."""
    other = session.scalar(select(Person).where(Person.number == value.other.strip().upper()))
    if other is None:
        raise RefusedError(
            "no_person", Sentence("There is no person with this number. Check it on the file.")
        )
    first = leads(session)
    if first.get(other.id, other.id) == first.get(person.id, person.id):
        raise RefusedError("same_person", Sentence("Nobody is kept apart from themselves. Check the number."))
    for one in keep_aparts_of(session, [person.id], at):
        if one.other_id == first.get(other.id, other.id):
            raise RefusedError(
                "kept_apart_already",
                Sentence("These two are kept apart already. Correct or close what is there."),
            )
    stated = KeptApart(
        other=other.number,
        role=value.role,
        other_role=value.other_role,
        restriction=value.restriction,
        reason=value.reason.strip(),
        authorised_by=value.authorised_by.strip() or actor.login,
    )
    return state(session, person.id, Statement(KEEP_APART, stated, at), actor=actor, at=at)


_NUMBERS: Final = select(Person.id, Person.number).where(Person.id.in_(bindparam("ids", expanding=True)))


def keep_aparts_of(
    session: Session,
    person_ids: Collection[int],
    at: datetime | None = None,
    *,
    known_at: datetime | None = None,
) -> list[KeepApart]:
    """Those that hold at a time (None: the latest) for any of these people, each seen from that person.

    Merged files count as one person.
    """
    first = leads(session)
    wanted = {first.get(one, one) for one in person_ids}
    family = wanted | {one for one, its in first.items() if its in wanted}
    numbers = {row.id: row.number for row in session.execute(_NUMBERS, {"ids": list(family)})}
    own = holding(KEEP_APART, rows_of(session, family, KEEP_APART), effective_at=at, known_at=known_at)
    pointing = held_by_target(session, KEEP_APART, numbers.values(), effective_at=at, known_at=known_at)
    held = {one.item: one for one in [*own, *pointing]}
    if not held:
        return []
    others = select(Person.number, Person.id).where(
        Person.number.in_({one.value.other for one in held.values()})
    )
    ids = {row[0]: row[1] for row in session.execute(others)}
    found: list[KeepApart] = []
    for one in held.values():
        here, there = one.row.person_id, ids.get(one.value.other)
        if there is None:
            continue
        found += _both_ways(one, first.get(here, here), first.get(there, there), wanted)
    return sorted(found, key=lambda apart: (apart.one_id, apart.held.item))


def _both_ways(held: Held[KeptApart], here: int, there: int, wanted: set[int]) -> list[KeepApart]:
    value = held.value
    ways = [
        KeepApart(here, there, value.role, value.other_role, value.restriction, value.reason, held),
        KeepApart(there, here, value.other_role, value.role, value.restriction, value.reason, held),
    ]
    return [way for way in ways if way.one_id in wanted and here != there]
