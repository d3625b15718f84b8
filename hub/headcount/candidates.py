"""Who it may be when a blind number is off: candidates by evidence, likeliest first, never findings. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from hub.headcount.values import LastProof, OutCount, Person, Roster
from hub.sentences import Sentence

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class Why(StrEnum):
    """What speaks for a candidate."""

    NOT_ACCEPTED = "not_accepted"
    OUT_TWICE = "out_twice"
    ELSEWHERE = "proven_elsewhere"
    UNPROVEN = "unproven"
    NEVER = "never_proven"
    HERE = "proven_here"
    BESIDE = "beside"
    OLDEST = "oldest_here"


WORDS: Final = {
    Why.NOT_ACCEPTED: Sentence("declared elsewhere, and nobody there has accepted"),
    Why.OUT_TWICE: Sentence("accepted at two places at once"),
    Why.ELSEWHERE: Sentence("last proven elsewhere"),
    Why.UNPROVEN: Sentence("where they are is unproven"),
    Why.NEVER: Sentence("nobody has ever proven where they are"),
    Why.HERE: Sentence("last proven here, and not expected"),
    Why.BESIDE: Sentence("last proven next door, and not expected there"),
    Why.OLDEST: Sentence("last proven here, the longest ago"),
}


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be the difference, and why. `place` is where an officer said they are, or the last zone."""

    person: Person
    why: Why
    place: str
    at: datetime | None
    unit: str | None = None
    """Of whoever is not expected here: where they are expected."""


def short(
    unit: str,
    expected: Collection[Person],
    outs: Mapping[Person, OutCount],
    proofs: Mapping[Person, LastProof],
    most: int,
) -> list[Candidate]:
    """Of people expected in a unit that counted too few: who may not be there."""
    found: list[tuple[int, float, Candidate]] = []
    for person in expected:
        out, proof = outs.get(person), proofs.get(person)
        if out is not None and out.accepted_by is None:
            found.append(_row(0, -out.at.timestamp(), Candidate(person, Why.NOT_ACCEPTED, out.place, out.at)))
        elif out is not None and out.also:
            place = ", ".join((out.place, *out.also))
            found.append(_row(1, 0.0, Candidate(person, Why.OUT_TWICE, place, out.at)))
        elif proof is None:
            found.append(_row(3, 0.0, Candidate(person, Why.NEVER, "", None)))
        elif proof.unit != unit:
            found.append(
                _row(2, -proof.at.timestamp(), Candidate(person, Why.ELSEWHERE, proof.zone, proof.at))
            )
        elif not proof.sure:
            found.append(_row(4, proof.at.timestamp(), Candidate(person, Why.UNPROVEN, proof.zone, proof.at)))
        else:
            found.append(_row(5, proof.at.timestamp(), Candidate(person, Why.OLDEST, proof.zone, proof.at)))
    return _first(found, most)


def over(
    unit: str,
    expected: Collection[Person],
    roster: Roster,
    outs: Mapping[Person, OutCount],
    proofs: Mapping[Person, LastProof],
    beside: Callable[[LastProof], bool],
    most: int,
) -> list[Candidate]:
    """Of people not expected in a unit that counted too many: who may be there. `beside` tells zones next door."""
    homes = {person: one.code for one in roster.units.values() for person in one.assigned}
    found: list[tuple[int, float, Candidate]] = []
    for person, proof in proofs.items():
        if person in expected:
            continue
        out, home = outs.get(person), homes.get(person)
        age = -proof.at.timestamp()
        if out is not None and out.accepted_by is not None and unit in (home, *out.also):
            found.append(_row(1, age, Candidate(person, Why.OUT_TWICE, out.place, out.at, home)))
        elif proof.unit == unit:
            found.append(_row(0, age, Candidate(person, Why.HERE, proof.zone, proof.at, home)))
        elif beside(proof):
            found.append(_row(2, age, Candidate(person, Why.BESIDE, proof.zone, proof.at, home)))
    return _first(found, most)


def doubts(
    unit: str, expected: Collection[Person], proofs: Mapping[Person, LastProof], since: datetime | None
) -> list[Candidate]:
    """What speaks against a number that agrees: two mistakes cancel out. Only sure proofs since movement stopped."""
    if since is None:
        return []
    found: list[tuple[int, float, Candidate]] = []
    for person, proof in proofs.items():
        if not proof.sure or proof.at < since:
            continue
        if person in expected and proof.unit != unit:
            one = Candidate(person, Why.ELSEWHERE, proof.zone, proof.at, unit)
            found.append(_row(0, -proof.at.timestamp(), one))
        elif person not in expected and proof.unit == unit:
            found.append(_row(1, -proof.at.timestamp(), Candidate(person, Why.HERE, proof.zone, proof.at)))
    return _first(found, 20)


def _row(rank: int, order: float, one: Candidate) -> tuple[int, float, Candidate]:
    return rank, order, one


def _first(found: list[tuple[int, float, Candidate]], most: int) -> list[Candidate]:
    return [one for _, _, one in sorted(found, key=lambda row: (row[0], row[1], row[2].person))[:most]]
