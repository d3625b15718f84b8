"""Headcounts written down in a few letters, for tables of examples.

A unit is "A: 1 2 3": its code and who lives there. Times are seconds after the count was frozen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hub.headcount.expecting import fold
from hub.headcount.rules import Facts
from hub.headcount.values import (
    Explanation,
    LastProof,
    Mark,
    Moment,
    OutStep,
    Roster,
    Slip,
    Unit,
    What,
)
from wire.happenings import CountMethod, OutCountStep

FROZEN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_METHODS = {
    "number": CountMethod.NUMBER,
    "name": CountMethod.BY_NAME,
    "scan": CountMethod.BY_SCAN,
    "beds": CountMethod.VACANT_BEDS,
}


def after(seconds: float) -> datetime:
    return FROZEN + timedelta(seconds=seconds)


def roster(*units: str, away: Sequence[int] = (), no_unit: Sequence[int] = ()) -> Roster:
    found = {}
    for text in units:
        code, _, people = text.partition(":")
        found[code] = Unit(code, code, frozenset(int(one) for one in people.split()))
    return Roster(found, dict.fromkeys(away, "Court: Central"), frozenset(no_unit))


def out(text: str, units: Sequence[str] = ()) -> list[OutStep]:
    """ "5 A->clinic declared ann @1; 5 A->clinic accepted bob @2" as steps."""
    steps = []
    for number, one in enumerate(part for part in text.split(";") if part.strip()):
        person, way, step, officer, at = one.split()
        unit, place = way.split("->")
        inside = place if place in units else None
        moment = Moment(after(float(at[1:])), "t", b"", number)
        steps.append(OutStep(int(person), unit, place, inside, OutCountStep(step.upper()), officer, moment))
    return steps


def slip(
    text: str,
    *,
    counters: tuple[str, ...] = ("ann", "bob"),
    took_s: float | None = None,
    sequence: int = 1,
    **more: object,
) -> Slip:
    """ "A 3", "A 3 name", "A 3 name r1 @90": unit, number, method, recount, when it was signed."""
    unit, number, *rest = text.split()
    method, recount, at = CountMethod.NUMBER, 0, 600.0
    for word in rest:
        if word.startswith("@"):
            at = float(word[1:])
        elif word.startswith("r"):
            recount = int(word[1:])
        else:
            method = _METHODS[word]
    length = 3 * int(number) if took_s is None else took_s
    ended = after(at)
    return Slip(
        unit=unit,
        recount=recount,
        method=method,
        observed=int(number),
        counters=counters,
        began_at=ended - timedelta(seconds=length),
        moment=Moment(ended, unit, b"", sequence),
        **more,  # type: ignore[arg-type]
    )


def marks(text: str, *, at: float = 300) -> list[Mark]:
    """ "A r1: 1 2 ? -2 3@400": marks in a unit; ? somebody unknown, -2 taken back."""
    where, _, people = text.partition(":")
    unit, *recount = where.split()
    number = int(recount[0][1:]) if recount else 0
    found = []
    for place, word in enumerate(people.split()):
        name, _, when = word.partition("@")
        back = name.startswith("-")
        person = None if name.lstrip("-") == "?" else int(name.lstrip("-"))
        moment = Moment(after(float(when) if when else at + place), unit, b"m", place)
        found.append(Mark(unit, number, person, "ann", moment, back))
    return found


def proof(person: int, unit: str | None, seconds: float, *, sure: bool = True, zone: str = "") -> LastProof:
    return LastProof(person, zone or unit or "yard", unit, after(seconds), sure)


def said(text: str, *, accepted: bool = True) -> Explanation:
    """ "A ABSENT 3", "A PRESENT ?"."""
    unit, what, person = text.split()
    return Explanation(unit, What(what), None if person == "?" else int(person), accepted)


def facts(
    people: Roster,
    slips: Sequence[Slip] = (),
    *,
    outs: str = "",
    seen: Sequence[Mark] = (),
    explanations: Sequence[Explanation] = (),
    proofs: Sequence[LastProof] = (),
    scope: Sequence[str] | None = None,
    others: frozenset[int] = frozenset(),
) -> Facts:
    return Facts(
        scope=sorted(people.units) if scope is None else scope,
        roster=people,
        outs=fold(out(outs, list(people.units))),
        slips=slips,
        marks=seen,
        explanations=explanations,
        proofs={one.person: one for one in proofs},
        open_from=FROZEN,
        frozen_at=FROZEN,
        others=others,
    )
