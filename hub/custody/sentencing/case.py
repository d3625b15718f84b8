"""What a release date is reckoned from, and what comes out: plain values, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

import msgspec

from hub.custody.sentencing.forms import Adjustment, FinePayment, Imposed, RemandCredit, SentenceType
from hub.sentences import Sentence


class Sentenced(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A sentence that holds. `item` names it in other facts, `fact` is the row, `source` its paper.

    `iccs` and `offence_on` are those of its charge; `charge_fact` and `order_fact` are 0 where there is none, or it
    does not hold any more.
    """

    item: int
    fact: int
    imposed: Imposed
    iccs: str = ""
    offence_on: date | None = None
    charge_fact: int = 0
    source: str = ""
    order_fact: int = 0

    @property
    def starts_on(self) -> date:
        return self.imposed.starts_on or self.imposed.imposed_on


class Paid(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    fact: int
    payment: FinePayment
    source: str = ""


class Credited(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    fact: int
    credit: RemandCredit
    source: str = ""


class Adjusted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    fact: int
    adjustment: Adjustment
    source: str = ""


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All that counts of one stay. The order of the parts has no meaning."""

    sentences: tuple[Sentenced, ...] = ()
    payments: tuple[Paid, ...] = ()
    credits: tuple[Credited, ...] = ()
    adjustments: tuple[Adjusted, ...] = ()

    def in_order(self) -> Case:
        """The same case with its parts by number."""
        if max(len(self.sentences), len(self.payments), len(self.credits), len(self.adjustments)) < 2:
            return self
        return Case(
            tuple(sorted(self.sentences, key=lambda part: part.item)),
            tuple(sorted(self.payments, key=lambda part: part.fact)),
            tuple(sorted(self.credits, key=lambda part: part.fact)),
            tuple(sorted(self.adjustments, key=lambda part: part.fact)),
        )


ENDLESS: Final = frozenset({SentenceType.LIFE, SentenceType.INDETERMINATE, SentenceType.UNFIT_TO_PLEAD})
"""Sentences that have no date of release."""


class Weight(StrEnum):
    """What a problem does to the dates."""

    LOOK = "look"
    """The date stands; somebody should look."""
    BLOCKS = "blocks"
    """No date of release until it is cleared up; the end of the full term stands as a bound."""
    STRUCTURE = "structure"
    """Nothing can be reckoned."""


@dataclass(frozen=True)
class Problem:
    """Something about the entries that cannot be, or that deserves a look; `words` say what to do."""

    code: str
    words: Sentence
    weight: Weight
    fact_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Step:
    """One line of the reckoning: what was done, by which rule, from which facts, and the day it leads to."""

    words: Sentence
    on: date | None = None
    rule: Sentence | None = None
    fact_ids: tuple[int, ...] = ()
    policy_id: int | None = None
    heading: bool = False


class Outcome(StrEnum):
    """What sort of date came out."""

    RELEASE = "release"
    NOT_LATER_THAN = "not_later_than"
    NO_DATE = "no_date"


@dataclass(frozen=True)
class Dates:
    """The dates that were reckoned.

    Of RELEASE `release_on` is the day of release; of NOT_LATER_THAN it is None and `full_term_on` the bound. Of
    NO_DATE `full_term_on` is that of the terms beside it, None where there are none or they cannot be reckoned.
    """

    outcome: Outcome
    release_on: date | None = None
    full_term_on: date | None = None
    parole_on: date | None = None
    licence_until_on: date | None = None

    @property
    def best_on(self) -> date | None:
        """The day that clocks run on."""
        if self.outcome is Outcome.NO_DATE:
            return None
        return self.release_on or self.full_term_on


@dataclass(frozen=True)
class Reckoned:
    """The dates with every step that led to them, and whatever is wrong with the entries."""

    dates: Dates
    steps: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()
    policy_ids: tuple[int, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether something has to be cleared up before anybody may sign."""
        return any(problem.weight is not Weight.LOOK for problem in self.problems)


def encode(reckoned: Reckoned) -> str:
    """JSON that `decode` reads; dates in sentences are under names that end in `_on`."""
    return _ENCODER.encode(reckoned).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"No JSON for {type(value).__name__}")


_ENCODER: Final = msgspec.json.Encoder(order="deterministic", enc_hook=_plain)


class _Words(msgspec.Struct):
    text: str
    values: dict[str, Any] = msgspec.field(default_factory=dict)


class _Step(msgspec.Struct):
    words: _Words
    on: date | None
    rule: _Words | None
    fact_ids: tuple[int, ...]
    policy_id: int | None
    heading: bool


class _Problem(msgspec.Struct):
    code: str
    words: _Words
    weight: Weight
    fact_ids: tuple[int, ...]


class _Reckoned(msgspec.Struct):
    dates: Dates
    steps: tuple[_Step, ...]
    problems: tuple[_Problem, ...]
    policy_ids: tuple[int, ...]


def decode(raw: str) -> Reckoned:
    """What `encode` wrote."""
    found = msgspec.json.decode(raw, type=_Reckoned)
    steps = tuple(
        Step(
            _sentence(step.words),
            step.on,
            None if step.rule is None else _sentence(step.rule),
            step.fact_ids,
            step.policy_id,
            step.heading,
        )
        for step in found.steps
    )
    problems = tuple(
        Problem(one.code, _sentence(one.words), one.weight, one.fact_ids) for one in found.problems
    )
    return Reckoned(found.dates, steps, problems, found.policy_ids)


def _sentence(words: _Words) -> Sentence:
    return Sentence(words.text, {name: _value(name, value) for name, value in words.values.items()})


def _value(name: str, value: Any) -> object:
    if name.endswith("_on") and isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, dict):
        return _sentence(_Words(**value))
    return value


@dataclass
class Notebook:
    """Where a reckoning writes its steps and problems down; `silent` ones keep no steps."""

    silent: bool = False
    steps: list[Step] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def heading(self, words: Sentence, *facts: int) -> None:
        if not self.silent:
            self.steps.append(Step(words, fact_ids=facts, heading=True))

    def step(
        self,
        words: Sentence,
        on: date | None = None,
        *,
        rule: Sentence | None = None,
        facts: tuple[int, ...] = (),
        policy: int | None = None,
    ) -> None:
        if not self.silent:
            self.steps.append(Step(words, on, rule, facts, policy))

    def problem(self, code: str, weight: Weight, words: Sentence, *facts: int) -> None:
        self.problems.append(Problem(code, words, weight, facts))


Numbers = Mapping[int, int]
"""How sentences are called in words: number by item, from 1."""
