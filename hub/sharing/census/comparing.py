"""Two lists beside each other: what they do not say alike. Pure.

Somebody is found by our number, then by theirs, then by name and birth together; of two who fit nobody is chosen.
Whoever came or went on the day of their list or later is no difference: they could not know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from hub.sentences import Sentence


class Sort(StrEnum):
    """In what the lists differ."""

    NOT_THERE = "not_there"
    NOT_HERE = "not_here"
    RELEASE_DATE = "release_date"
    STATUS = "status"
    TWINS = "twins"
    WHO = "who"
    TWICE = "twice"


SORTS: Final = {
    Sort.NOT_HERE: Sentence("On their list, not in custody here"),
    Sort.NOT_THERE: Sentence("In custody here, not on their list"),
    Sort.RELEASE_DATE: Sentence("Another release date"),
    Sort.STATUS: Sentence("Another legal status"),
    Sort.TWINS: Sentence("Several here may be meant"),
    Sort.WHO: Sentence("Our number with another name and birth"),
    Sort.TWICE: Sentence("Twice on their list"),
}
"""In the order in which they are worked: somebody held whom a court thinks free comes first."""


@dataclass(frozen=True)
class Here:
    """Somebody in custody, or gone since `until`: `numbers` are all of ours, `references` what others know them by."""

    number: str
    numbers: frozenset[str]
    references: frozenset[str]
    name: str
    born_on: date | None
    status: str = ""
    release_on: date | None = None
    since: date | None = None
    until: date | None = None
    on_list: bool = True
    """Whether somebody like this stands on the agency's kind of list."""
    shown: str = ""
    """The name as people read it; `name` is for comparing."""

    def __repr__(self) -> str:
        return f"Here({self.number})"


@dataclass(frozen=True)
class There:
    """One line of theirs. `numbers` are what they give as ours; `label` is what they know the person by."""

    line: int
    numbers: frozenset[str]
    reference: str
    name: str
    born_on: date | None
    status: str = ""
    release_on: date | None = None
    label: str = ""
    shown: str = ""

    def __repr__(self) -> str:
        return f"There({self.line})"


@dataclass(frozen=True)
class Difference:
    """One thing to work: see `records.CensusDifference`."""

    sort: Sort
    key: str
    person: str = ""
    here: Here | None = None
    there: There | None = None
    others: tuple[str, ...] = ()


@dataclass
class Compared:
    """Every difference, and how many lines were found here."""

    differences: list[Difference] = field(default_factory=list)
    matched: int = 0


def compare(ours: Iterable[Here], theirs: Sequence[There], listed_on: date, today: date) -> Compared:
    """Everything in which the two lists differ, as of the day of theirs."""
    index = _Index(ours)
    found, seen = Compared(), defaultdict[str, list[There]](list)
    named: set[str] = set()
    for line in theirs:
        people = index.find(line)
        if len(people) != 1:
            named |= {one.number for one in people}
            found.differences.append(_unsure(line, people))
            continue
        [here] = people
        if line.numbers & here.numbers and not _fits(here, line):
            named.add(here.number)
            found.differences.append(Difference(Sort.WHO, here.number, here.number, here, line))
            continue
        seen[here.number].append(line)
    for number, lines in seen.items():
        found.matched += 1
        found.differences += _of_one(index.by_lead[number], lines, listed_on, today)
    for here in index.by_lead.values():
        missing = here.number not in seen and here.number not in named
        known = here.since is None or here.since < listed_on
        if missing and known and here.on_list and here.until is None:
            found.differences.append(Difference(Sort.NOT_THERE, here.number, here.number, here))
    return found


class _Index:
    """People here by all that they can be found by."""

    def __init__(self, ours: Iterable[Here]) -> None:
        self.by_lead: dict[str, Here] = {}
        self._numbers: dict[str, Here] = {}
        self._references: dict[str, list[Here]] = defaultdict(list)
        self._names: dict[tuple[str, date | None], list[Here]] = defaultdict(list)
        for one in ours:
            self.by_lead[one.number] = one
            self._numbers.update(dict.fromkeys(one.numbers, one))
            for reference in one.references:
                self._references[reference].append(one)
            self._names[one.name, one.born_on].append(one)

    def find(self, line: There) -> list[Here]:
        """Whom a line means: nobody, one, or several between whom nobody here chooses."""
        numbered = {one.number: one for each in line.numbers if (one := self._numbers.get(each))}
        if numbered:
            return list(numbered.values())
        referred = self._references.get(line.reference, []) if line.reference else []
        if referred:
            return referred
        return self._names.get((line.name, line.born_on), []) if line.name and line.born_on else []


def _unsure(line: There, people: Sequence[Here]) -> Difference:
    if not people:
        return Difference(Sort.NOT_HERE, line.label, there=line)
    return Difference(Sort.TWINS, line.label, there=line, others=tuple(sorted(one.number for one in people)))


def _fits(here: Here, line: There) -> bool:
    """Whether a number that they gave is not contradicted by name and birth together, where they gave these."""
    if not line.name and line.born_on is None:
        return True
    same_birth = line.born_on is not None and line.born_on == here.born_on
    return same_birth or (bool(line.name) and line.name == here.name)


def _of_one(here: Here, lines: Sequence[There], listed_on: date, today: date) -> Iterator[Difference]:
    line = lines[0]
    if len(lines) > 1:
        yield Difference(Sort.TWICE, here.number, here.number, here, line)
    if here.until is not None:
        if here.until < listed_on:
            yield Difference(Sort.NOT_HERE, here.number, here.number, here, line)
        return
    if line.status and here.status and line.status != here.status:
        yield Difference(Sort.STATUS, here.number, here.number, here, line)
    # Without a signed date here theirs counts only once it has passed: somebody may be held too long.
    told = line.release_on is not None and (here.release_on is not None or line.release_on <= today)
    if told and line.release_on != here.release_on:
        yield Difference(Sort.RELEASE_DATE, here.number, here.number, here, line)


def whole(ours: int, differences: Iterable[Difference], theirs: int) -> bool:
    """Whether a list can be taken for whole: an empty one, or one that lacks half of everybody, hardly is."""
    lacking = sum(one.sort is Sort.NOT_THERE for one in differences)
    return theirs > 0 and (lacking <= FEW or lacking * 2 <= ours)


FEW: Final = 20
"""So many may be missing from a list, whatever share that is: small sites have short lists."""

Order: Final[Mapping[Sort, int]] = {sort: place for place, sort in enumerate(SORTS)}
