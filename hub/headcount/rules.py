"""A whole count reckoned from what was said: differences named where names are known, candidates where not. Pure.

Everything is a function of sets and of the latest word, so that any order of arrival ends the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hub.headcount import candidates as guesses
from hub.headcount.candidates import Candidate
from hub.headcount.expecting import elsewhere, expected, unplaced
from hub.headcount.flags import Flag, flags_of
from hub.headcount.marking import Tally, Twice, tally, twice
from hub.headcount.reckoned import Extra, Missing, Reckoning, UnitReckoning
from hub.headcount.values import (
    BY_NAME,
    Explanation,
    LastProof,
    Limits,
    Mark,
    OutCount,
    Person,
    Roster,
    Slip,
    What,
)
from wire.happenings import CountMethod


@dataclass(frozen=True)
class Facts:
    """Everything that is known of a count. `scope` are the units that are counted."""

    scope: Sequence[str]
    roster: Roster
    outs: Mapping[Person, OutCount] = field(default_factory=dict)
    slips: Sequence[Slip] = ()
    marks: Sequence[Mark] = ()
    explanations: Sequence[Explanation] = ()
    proofs: Mapping[Person, LastProof] = field(default_factory=dict)
    open_from: datetime | None = None
    frozen_at: datetime | None = None
    two_counters: bool = True
    blind: bool = True
    others: frozenset[Person] = frozenset()
    """Without a unit, and not this count's to find: only some units, or another site, are counted."""
    limits: Limits = field(default_factory=Limits)
    beside: Callable[[str, LastProof], bool] = lambda unit, proof: False


def reckon(facts: Facts) -> Reckoning:
    """The count as all that was said leaves it."""
    wanted = expected(facts.roster, facts.outs)
    tallies = {code: _tally_of(code, facts) for code in facts.scope}
    running = {code: _running_of(code, facts) for code in facts.scope}
    told = [one for pair in zip(tallies.values(), running.values(), strict=True) for one in pair if one]
    doubled = tuple(one for one in twice(told) if not _set_aside(one, facts))
    units = tuple(_unit(code, wanted, tallies, running[code], facts) for code in facts.scope)
    explained = {one.person for one in facts.explanations if one.accepted and one.unit == ""}
    nowhere = unplaced(facts.roster, facts.outs)
    uncounted = sum(len(people) for code, people in wanted.items() if code not in facts.scope)
    return Reckoning(
        units=units,
        roll=facts.roster.roll,
        expected=sum(len(wanted[code]) for code in facts.scope),
        outside_scope=uncounted + len(nowhere & facts.others),
        elsewhere=elsewhere(facts.roster, facts.outs),
        away=facts.roster.away,
        unplaced=nowhere - explained - facts.others,
        found=len((nowhere & explained) - facts.others),
        twice=doubled,
    )


def newest(slips: Iterable[Slip], unit: str, open_from: datetime | None = None) -> Slip | None:
    """The slip that counts: of the highest recount, the one signed last. Empty beds count nobody.

    One that was signed before counting could begin counts nothing: it was written down before it was made.
    """
    mine = [
        slip
        for slip in slips
        if slip.unit == unit
        and slip.method is not CountMethod.VACANT_BEDS
        and (open_from is None or slip.ended_at >= open_from)
    ]
    return max(mine, key=lambda slip: (slip.recount, slip.moment), default=None)


def _tally_of(code: str, facts: Facts) -> Tally | None:
    """Names that the newest slip stands on."""
    slip = newest(facts.slips, code, facts.open_from)
    if slip is None or slip.method not in BY_NAME:
        return None
    found = tally(code, slip.recount, facts.marks, facts.limits.same_scan_s)
    aside = {one.person for one in _accepted(facts, code) if one.what is What.SET_ASIDE}
    seen = {person: mark for person, mark in found.seen.items() if person not in aside}
    return Tally(code, found.recount, seen, found.unknown, found.again - aside)


def _running_of(code: str, facts: Facts) -> Tally | None:
    """Marks of a recount that nobody has signed yet."""
    slip = newest(facts.slips, code, facts.open_from)
    later = [m.recount for m in facts.marks if m.unit == code and (slip is None or m.recount > slip.recount)]
    return tally(code, max(later), facts.marks, facts.limits.same_scan_s) if later else None


def _set_aside(one: Twice, facts: Facts) -> bool:
    """A person said which mark counts: all but one unit's are set aside."""
    if len(one.units) < 2:
        return any(
            e.person == one.person and e.what is What.SET_ASIDE and e.accepted for e in facts.explanations
        )
    return False  # marks that were set aside are not in the tallies any more


def _accepted(facts: Facts, code: str) -> list[Explanation]:
    return [one for one in facts.explanations if one.accepted and one.unit == code]


def _unit(
    code: str,
    wanted: Mapping[str, frozenset[Person]],
    tallies: Mapping[str, Tally | None],
    running: Tally | None,
    facts: Facts,
) -> UnitReckoning:
    mine, slip, named = wanted[code], newest(facts.slips, code, facts.open_from), tallies[code]
    slips = tuple(sorted((s for s in facts.slips if s.unit == code), key=lambda s: (s.recount, s.moment)))
    missing = _missing(mine, named, tallies)
    extra = _extra(code, mine, named, wanted)
    off = None if slip is None else slip.observed - len(mine)
    plus, minus, explained = _left(code, off, named, missing, extra, facts)
    return UnitReckoning(
        code=code,
        expected=mine,
        slip=slip,
        slips=slips,
        flags=tuple((s, _flags(s, named, facts)) for s in slips),
        off=off,
        named=named,
        running=running,
        missing=missing,
        extra=extra,
        candidates=tuple(_candidates(code, mine, off, named, facts)),
        doubts=tuple(guesses.doubts(code, mine, facts.proofs, facts.frozen_at)) if off == 0 else (),
        explained=explained,
        left_plus=plus,
        left_minus=minus,
        vacancy=_vacancy(slips),
        disputed=slip is not None and any(_disputes(one, slip, facts) for one in slips),
    )


def _disputes(one: Slip, slip: Slip, facts: Facts) -> bool:
    same = (one.recount, one.method) == (slip.recount, slip.method)
    in_time = facts.open_from is None or one.ended_at >= facts.open_from
    return same and in_time and one.observed != slip.observed


def _missing(
    mine: frozenset[Person], named: Tally | None, tallies: Mapping[str, Tally | None]
) -> tuple[Missing, ...]:
    if named is None:
        return ()
    others = [one for one in tallies.values() if one is not None and one.unit != named.unit]
    return tuple(
        Missing(person, tuple(one.seen[person] for one in others if person in one.seen))
        for person in sorted(mine - set(named.seen))
    )


def _extra(
    code: str, mine: frozenset[Person], named: Tally | None, wanted: Mapping[str, frozenset[Person]]
) -> tuple[Extra, ...]:
    if named is None:
        return ()
    belongs = {p: other for other, people in wanted.items() if other != code for p in people}
    return tuple(
        Extra(person, named.seen[person], belongs.get(person)) for person in sorted(set(named.seen) - mine)
    )


def _left(
    code: str,
    off: int | None,
    named: Tally | None,
    missing: Sequence[Missing],
    extra: Sequence[Extra],
    facts: Facts,
) -> tuple[int, int, int]:
    """What is left over and what is short after the accepted explanations, and how many of these apply."""
    said = _accepted(facts, code)
    if off is None:
        return 0, 0, 0
    if named is None:
        here = sum(one.what is not What.ABSENT for one in said)
        gone = sum(one.what is What.ABSENT for one in said)
        left = off - here + gone
        return max(0, left), max(0, -left), here + gone
    absent = {one.person for one in said if one.what is What.ABSENT}
    present = {one.person for one in said if one.what is What.PRESENT}
    strangers = sum(one.what is What.PRESENT and one.person is None for one in said)
    minus = [one for one in missing if one.person not in absent]
    plus = [one for one in extra if one.person not in present]
    unknown = max(0, named.unknown - strangers)
    slip = newest(facts.slips, code, facts.open_from)
    aside = sum(one.what is What.SET_ASIDE for one in said)
    # A number that is not the number of its marks hides somebody, whatever the names say.
    adrift = 0 if slip is None else slip.observed - named.number - aside
    explained = len(missing) - len(minus) + len(extra) - len(plus) + named.unknown - unknown + aside
    return len(plus) + unknown + max(0, adrift), len(minus) + max(0, -adrift), explained


def _candidates(
    code: str, mine: frozenset[Person], off: int | None, named: Tally | None, facts: Facts
) -> list[Candidate]:
    if off is None or off == 0 or named is not None:
        return []
    if off < 0:
        return guesses.short(code, mine, facts.outs, facts.proofs, facts.limits.candidates)
    return guesses.over(
        code,
        mine,
        facts.roster,
        facts.outs,
        facts.proofs,
        lambda proof: facts.beside(code, proof),
        facts.limits.candidates,
    )


def _flags(slip: Slip, named: Tally | None, facts: Facts) -> tuple[Flag, ...]:
    own = named if named is not None and named.recount == slip.recount else None
    if own is None and slip.method in BY_NAME:
        own = tally(slip.unit, slip.recount, facts.marks, facts.limits.same_scan_s)
    aside = [one for one in _accepted(facts, slip.unit) if one.what is What.SET_ASIDE]
    return flags_of(
        slip,
        open_from=facts.open_from,
        two_counters=facts.two_counters,
        blind=facts.blind,
        outs=facts.outs.values(),
        others=facts.slips,
        tally=None if aside else own,
        limits=facts.limits,
    )


def _vacancy(slips: Sequence[Slip]) -> tuple[tuple[str, int], ...]:
    """Empty beds by cell, of the newest count of beds."""
    mine = [slip for slip in slips if slip.method is CountMethod.VACANT_BEDS]
    return () if not mine else max(mine, key=lambda slip: (slip.recount, slip.moment)).vacant_beds
