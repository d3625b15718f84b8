"""Whether a person who was recognised may go into the far zone now, by the plan that the gate holds. Pure.

The rules stand in the order in which they are asked. Who may be where at all comes before with whom, and that before
how many: the first rule that holds gives its name to the answer. What the gate cannot know it does not refuse by: it
refers to an officer, whose word then lifts all but the rules of `FOR_NOBODY`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from edge.plan.held import HeldPlan, is_way_back
from edge.plan.presence import Where, Whereabouts
from wire.happenings import Decision
from wire.plan import EscortNeed, GatePass

EXPECTED: Final = "expected"
BY_PLAN: Final = "pass"
ESCORTED: Final = "escorted"
ZONE_NOT_ALLOWED: Final = "zone_not_allowed"
NOT_PLANNED: Final = "no_pass"
TOO_EARLY: Final = "pass_not_yet"
TOO_LATE: Final = "pass_over"
CURFEW: Final = "curfew"
PLAN_OLD: Final = "plan_old"
CLOCK_UNSURE: Final = "clock_unsure"
ESCORT_MISSING: Final = "escort_missing"
KEEP_APART: Final = "keep_apart"
KEEP_APART_UNKNOWN: Final = "keep_apart_unknown"
ZONE_FULL: Final = "zone_full"
NEEDS_OFFICER: Final = "needs_officer"

LATE: Final = "late"
PASSBACK: Final = "passback"
PRESENCE_OLD: Final = "presence_old"

REFERRING: Final = frozenset({PLAN_OLD, CLOCK_UNSURE, KEEP_APART_UNKNOWN, NEEDS_OFFICER})
"""Rules that ask an officer; all others that forbid refuse."""
BY_HOURS: Final = frozenset({TOO_EARLY, TOO_LATE, CURFEW})
"""Rules that nobody is refused by while the clock is not sure."""
FOR_NOBODY: Final = frozenset({ZONE_NOT_ALLOWED, NOT_PLANNED, TOO_EARLY, KEEP_APART})
"""Rules that an officer's word at the gate does not lift: the control room's does."""

LIFTED_BY_OFFICER: Final = frozenset({TOO_LATE, CURFEW, ESCORT_MISSING, ZONE_FULL})
"""Rules that refuse, and that an officer at the gate may lift."""


@dataclass(frozen=True)
class Entry:
    """Somebody recognised who wants to go from `from_zone` into `to_zone` at `at`.

    `permitted` tells whether the roll says that they may always be there. `escorted` that an officer takes them
    through now, `with_officer` that an officer stands there and gives their word. No scan alone opens a `guarded` gate.
    """

    person: str
    permitted: bool
    from_zone: str
    to_zone: str
    at: datetime
    clock_sure: bool = True
    guarded: bool = False
    escorted: bool = False
    with_officer: bool = False


@dataclass(frozen=True)
class Judged:
    """What to do, by which rule; `pass_number` and `against` where a pass or another person had a part in it."""

    decision: Decision
    rule: str
    pass_number: int | None = None
    against: str | None = None
    flags: tuple[str, ...] = field(default=())


def judge(entry: Entry, plan: HeldPlan | None, where: Whereabouts) -> Judged:
    """The answer to `entry`; without a plan the roll's permissions alone decide."""
    access = _access(entry, plan)
    if access.decision is not Decision.ADMIT or plan is None:
        return _guarded(entry, access)
    judged = _apart(entry, plan, where, access) or _room(entry, plan, where, access) or access
    if judged.decision is not Decision.ADMIT:
        return judged
    return _guarded(entry, replace(judged, flags=(*judged.flags, *_oddities(entry, plan, where))))


def _access(entry: Entry, plan: HeldPlan | None) -> Judged:
    """May the person be there at all, and at this hour?"""
    if plan is None:
        rule = EXPECTED if entry.permitted else ZONE_NOT_ALLOWED
        return Judged(Decision.ADMIT if entry.permitted else Decision.REFUSE, rule)
    held = plan.passes.get(entry.person, ())
    opening = _open_pass(entry, held)
    always = entry.permitted and not plan.needs_pass
    curfew = plan.curfew_at(entry.at) is not None
    if always and not curfew and (opening is not None or not plan.hours_unknown):
        rule = ESCORTED if entry.escorted else EXPECTED
        return Judged(Decision.ADMIT, rule, None if opening is None else opening.number)
    if opening is not None:
        return _by_pass(entry, opening)
    if always:
        return _forbid(entry, CURFEW if curfew else CLOCK_UNSURE)
    return _without_pass(entry, plan, held)


def _open_pass(entry: Entry, held: Sequence[GatePass]) -> GatePass | None:
    """The pass that is open now: one in time before one that is late, one without escort before one with."""
    opening = [one for one in held if _is_open(entry, one)]
    return min(
        opening,
        key=lambda one: (_is_late(entry, one), one.escort is not EscortNeed.NONE, one.until_at),
        default=None,
    )


def _is_open(entry: Entry, one: GatePass) -> bool:
    back = is_way_back(one, entry.from_zone, entry.to_zone)
    return one.from_at <= entry.at and (back or entry.at <= max(one.until_at, one.late_until_at))


def _is_late(entry: Entry, one: GatePass) -> bool:
    back = is_way_back(one, entry.from_zone, entry.to_zone)
    return entry.at > (one.back_by_at or one.until_at if back else one.until_at)


def _by_pass(entry: Entry, one: GatePass) -> Judged:
    if one.escort is not EscortNeed.NONE and not (entry.escorted or entry.with_officer):
        return _forbid(entry, ESCORT_MISSING, one)
    rule = ESCORTED if entry.escorted else BY_PLAN
    flags = (LATE,) if _is_late(entry, one) else ()
    return Judged(Decision.ADMIT, rule, one.number, flags=flags)


def _without_pass(entry: Entry, plan: HeldPlan, held: Sequence[GatePass]) -> Judged:
    coming = next((one for one in held if one.from_at > entry.at), None)
    if coming is not None:
        return _forbid(entry, TOO_EARLY, coming)
    if plan.known_until_at is not None and entry.at > plan.known_until_at:
        return _forbid(entry, PLAN_OLD)
    if held:
        return _forbid(entry, TOO_LATE, held[-1])
    return _forbid(entry, NOT_PLANNED if plan.needs_pass else ZONE_NOT_ALLOWED)


def _forbid(
    entry: Entry, rule: str, by: GatePass | None = None, against: str | None = None, flags: Sequence[str] = ()
) -> Judged:
    """Forbidden by `rule`, unless an officer's word lifts it."""
    number = None if by is None else by.number
    if entry.with_officer and rule not in FOR_NOBODY:
        return Judged(Decision.ADMIT, rule, number, against, tuple(flags))
    if rule in BY_HOURS and not entry.clock_sure:
        rule = CLOCK_UNSURE
    decision = Decision.REFER if rule in REFERRING else Decision.REFUSE
    return Judged(decision, rule, number, against, tuple(flags))


def _apart(entry: Entry, plan: HeldPlan, where: Whereabouts, access: Judged) -> Judged | None:
    """Somebody whom the person must not meet is there: surely, or for all that the gate knows."""
    unknown: str | None = None
    for other, zones in sorted(plan.apart.get(entry.person, {}).items()):
        found = where.where(other, zones)
        if found is Where.THERE:
            forbidden = _forbid(entry, KEEP_APART, against=other)
            return replace(forbidden, pass_number=access.pass_number)
        if found is not Where.ELSEWHERE and unknown is None:
            unknown = other
    if unknown is None or entry.with_officer:
        return None
    forbidden = _forbid(
        entry, KEEP_APART_UNKNOWN, against=unknown, flags=() if where.fresh else (PRESENCE_OLD,)
    )
    return replace(forbidden, pass_number=access.pass_number)


def _room(entry: Entry, plan: HeldPlan, where: Whereabouts, access: Judged) -> Judged | None:
    """The far zone is full. With an old word of the hub nobody can count, and nobody is kept out for it."""
    people = where.people_in()
    last = where.last(entry.person)
    is_in = last is not None and last.zone == entry.to_zone
    if plan.most is None or people is None or people < plan.most or is_in or entry.with_officer:
        return None
    return Judged(Decision.REFUSE, ZONE_FULL, access.pass_number)


def _oddities(entry: Entry, plan: HeldPlan, where: Whereabouts) -> list[str]:
    """What the record should say although the person passes."""
    found: list[str] = []
    came_in = where.last(entry.person)
    is_in = came_in is not None and came_in.zone == entry.to_zone and came_in.sure
    after_reset = came_in is not None and (plan.reset_at is None or came_in.at > plan.reset_at)
    if plan.passback and is_in and after_reset:
        found.append(PASSBACK)
    asked = bool(found) or plan.most is not None
    if asked and not where.fresh:
        found.append(PRESENCE_OLD)
    return found


def _guarded(entry: Entry, judged: Judged) -> Judged:
    """A scan alone never opens a guarded gate: with an officer's finger before it, it does."""
    if judged.decision is not Decision.ADMIT or not entry.guarded or entry.escorted or entry.with_officer:
        return judged
    return replace(judged, decision=Decision.REFER, rule=NEEDS_OFFICER)
