"""Which rule binds, and from what day on something may no longer be kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol

from hub.custody.legal import RELEASE_REASONS
from hub.custody.who.age import is_juvenile
from hub.keeping.retention.things import Thing
from hub.sentences import Sentence

JUVENILE: Final = "juvenile"
OTHER: Final = "other"
"""Left in a way that no rule names, or that nobody recorded."""

OUTCOMES: Final[Mapping[str, Sentence]] = {
    JUVENILE: Sentence("Under 18 when admitted, however they left"),
    **{reason.value: words for reason, words in RELEASE_REASONS.items()},
    OTHER: Sentence("Any other way of leaving"),
}


class Rule(Protocol):
    """A rule as it is stored."""

    id: int
    outcome: str
    thing: str
    keep_days: int | None
    effective_on: date


@dataclass(frozen=True)
class Stay:
    """A stay that ended: on which day, how, and how old the person was when it began."""

    left_on: date
    reason: str
    admitted_on: date
    born_on: date | None

    @property
    def outcome(self) -> str:
        if is_juvenile(self.born_on, self.admitted_on):
            return JUVENILE
        return self.reason if self.reason in OUTCOMES else OTHER


@dataclass(frozen=True)
class Due:
    """From `on` a thing may no longer be kept, by a rule."""

    on: date
    rule_id: int


def binding(rules: Iterable[Rule], today: date) -> dict[tuple[str, str], Rule]:
    """The rule in force for each outcome and thing: the latest that took effect. `rules` are approved ones."""
    found: dict[tuple[str, str], Rule] = {}
    for rule in sorted(rules, key=lambda one: (one.effective_on, one.id)):
        if rule.effective_on <= today:
            found[rule.outcome, rule.thing] = rule
    return found


def due(stays: Sequence[Stay], in_force: Mapping[tuple[str, str], Rule], thing: Thing) -> Due | None:
    """When a thing of somebody is due; None where a stay's rule keeps it for ever, or no rule speaks of it.

    The longest of several stays counts.
    """
    latest: Due | None = None
    for stay in stays:
        rule = in_force.get((stay.outcome, thing.value)) or in_force.get((OTHER, thing.value))
        if rule is None or rule.keep_days is None:
            return None
        on = stay.left_on + timedelta(days=rule.keep_days)
        if latest is None or on > latest.on:
            latest = Due(on, rule.id)
    return latest
