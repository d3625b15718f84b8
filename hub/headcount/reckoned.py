"""What a count comes to: differences with names where names are known. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.headcount.candidates import Candidate
from hub.headcount.flags import Flag
from hub.headcount.marking import Tally, Twice
from hub.headcount.values import Mark, OutCount, Person, Slip
from wire.happenings import CountMethod


@dataclass(frozen=True)
class Missing:
    """Expected and not marked. `seen` are marks of the same person elsewhere in this count."""

    person: Person
    seen: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Extra:
    """Marked and not expected. `belongs` is the unit that expects them, and then they are misplaced."""

    person: Person
    mark: Mark
    belongs: str | None = None

    @property
    def misplaced(self) -> bool:
        return self.belongs is not None


@dataclass(frozen=True)
class UnitReckoning:
    """One unit. `off` is None before the first slip; names are known where the newest slip is by name or by scan.

    `left` is what no accepted explanation covers: plus and minus apart, so that they never cancel out.
    """

    code: str
    expected: frozenset[Person]
    slip: Slip | None
    slips: tuple[Slip, ...]
    flags: tuple[tuple[Slip, tuple[Flag, ...]], ...]
    off: int | None
    named: Tally | None
    running: Tally | None
    missing: tuple[Missing, ...]
    extra: tuple[Extra, ...]
    candidates: tuple[Candidate, ...]
    doubts: tuple[Candidate, ...]
    explained: int
    left_plus: int
    left_minus: int
    vacancy: tuple[tuple[str, int], ...] = ()
    disputed: bool = False
    """Two slips of this recount say different numbers: the one that fits is not the one that is right."""

    @property
    def beds_counted(self) -> bool:
        """Whether anybody has counted the empty beds."""
        return any(slip.method is CountMethod.VACANT_BEDS for slip in self.slips)

    @property
    def agrees(self) -> bool:
        return self.slip is not None and not (self.left_plus or self.left_minus or self.disputed)

    @property
    def unknown(self) -> int:
        return 0 if self.named is None else self.named.unknown


@dataclass(frozen=True)
class Reckoning:
    """The whole count. `roll` is the sum of all that follows it, always."""

    units: tuple[UnitReckoning, ...]
    roll: int
    expected: int
    outside_scope: int
    elsewhere: Mapping[Person, OutCount]
    away: Mapping[Person, str]
    unplaced: frozenset[Person]
    found: int
    """In no unit, and an accepted explanation says where."""
    twice: tuple[Twice, ...]

    @property
    def sum(self) -> int:
        """Everybody, by where they are: the roll, or the figures do not agree."""
        parts = (len(self.elsewhere), len(self.away), len(self.unplaced), self.found)
        return self.expected + self.outside_scope + sum(parts)

    @property
    def counted(self) -> int:
        return sum(one.slip.observed for one in self.units if one.slip is not None)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Units without any slip."""
        return tuple(one.code for one in self.units if one.slip is None)

    @property
    def off_units(self) -> tuple[str, ...]:
        """Units that do not agree."""
        return tuple(one.code for one in self.units if not one.agrees)

    @property
    def agrees(self) -> bool:
        """Every unit agrees and nobody stands in two of them: then, and only then, it may be cleared."""
        return (
            not self.waiting
            and all(one.agrees for one in self.units)
            and not self.twice
            and not self.unplaced
        )

    def unit(self, code: str) -> UnitReckoning:
        return next(one for one in self.units if one.code == code)
