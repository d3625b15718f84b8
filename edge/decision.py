"""What the terminal does about one finger: a pure function of the finding, the roll, the orders and what came before.

A reject is never a fault of the person: the finger is asked for again, then another one, and in the end an officer is.
The rules stand in the order in which they are asked; each gives its name to the answer, for the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from edge.plan.planned import Planned
from edge.plan.presence import Whereabouts
from edge.plan.rules import Entry, judge
from edge.ports import Finding, RollFacts
from wire.happenings import Decision, Outcome
from wire.settings import GateKind, PassageRules

NEVER = datetime.min.replace(tzinfo=UTC)
"""Stands where no plan asks for the time."""

NOWHERE = Whereabouts("")

GUARDED: frozenset[GateKind] = frozenset({"perimeter", "sally_port"})
"""Gates that a scan alone never opens."""


class Finger(StrEnum):
    """Which finger is asked for, or was given: the one of the first attempt, or another."""

    SAME = "same"
    OTHER = "other"


@dataclass(frozen=True)
class Earlier:
    """How a finger fared that came before this one in the same series."""

    outcome: Outcome
    finger: Finger = Finger.SAME


@dataclass(frozen=True)
class InForce:
    """The orders that hold here now. `let_through` gives the order's number for each person it is for.

    `hold` is the freeze of a headcount.
    """

    evacuate: bool = False
    lockdown: bool = False
    let_through: Mapping[str, int] = field(default_factory=dict)
    hold: bool = False


NO_ORDERS = InForce()


@dataclass(frozen=True)
class Circumstances:
    """What else bears on one finger. `rules_age_s` is None when the hub never confirmed the rules.

    `planned` is None at a gate that no plan ever reached.
    """

    gate: GateKind = "interior"
    orders: InForce = NO_ORDERS
    clock_sure: bool = True
    rules_age_s: int | None = None
    planned: Planned | None = None

    @property
    def taken(self) -> frozenset[str]:
        """Whom an officer takes through now."""
        return frozenset() if self.planned is None else self.planned.taken


@dataclass(frozen=True)
class Again:
    """Ask again; `advice` says what to change, empty when the image was fine, and `finger` which to give."""

    advice: str
    finger: Finger = Finger.SAME


@dataclass(frozen=True)
class Answer:
    """The end of a passage, with the rule that said so; `person` is the matched one, if any.

    `order` is the number of the order that it used up; the others are those of `wire.happenings.Passage`.
    """

    decision: Decision
    rule: str
    person: str | None
    order: int | None = None
    pass_number: int | None = None
    against: str | None = None
    flags: tuple[str, ...] = ()


Response = Again | Answer


def decide(
    finding: Finding,
    roll: RollFacts,
    to_zone: str,
    earlier: Sequence[Earlier],
    rules: PassageRules,
    now: Circumstances,
    *,
    finger: Finger = Finger.SAME,
) -> Response:
    """What to do about this finger, which is the one that `finger` says, after the `earlier` ones of the series.

    Rules: `evacuation`, `lockdown`, `no_roll`, `let_through`, `count`, `second_finger`, `roll_old`, `rules_old`,
    `clock_unsure`, `plan_old`, `standing_procedure`, those of `edge.plan.rules`; and when no finger was recognised
    `too_close`, `not_recognised`, `poor_quality`.
    """
    person = _recognised(finding, roll)
    if now.orders.evacuate:
        return Answer(Decision.ADMIT, "evacuation", person)
    if now.orders.lockdown:
        return Answer(Decision.REFUSE, "lockdown", person)
    if not roll.zones:
        return Answer(Decision.REFER, "no_roll", None)
    vouched = _vouched_for(person, now)
    if vouched is not None:
        return vouched
    if now.orders.hold and not _may_pass_in_count(person, now):
        return Answer(Decision.REFUSE, "count", person)
    if person is None:
        return _ask_again(finding, earlier, rules, finger)
    if finding.unsure:
        return _ask_to_confirm(earlier, rules, finger, person)
    doubt = _doubt(roll, rules, now)
    if doubt is not None:
        return Answer(Decision.REFER, doubt, person)
    return _by_zone(person, roll, to_zone, now)


def _recognised(finding: Finding, roll: RollFacts) -> str | None:
    matched = finding.outcome is Outcome.MATCH and finding.person in roll.zones
    return finding.person if matched else None


def _vouched_for(person: str | None, now: Circumstances) -> Answer | None:
    """An officer at the hub has let this person through. A finger that is nobody's is never taken for theirs:
    for somebody whom no finger names, `edge.attestation.letting` acts by the officer's word alone.
    """
    order = None if person is None else now.orders.let_through.get(person)
    return None if order is None else Answer(Decision.ADMIT, "let_through", person, order)


def _may_pass_in_count(person: str | None, now: Circumstances) -> bool:
    """A group that an officer takes through is counted through; whose finger it is may take a few tries."""
    if person is None:
        return bool(now.taken or now.orders.let_through)
    return person in now.taken


def _ask_to_confirm(earlier: Sequence[Earlier], rules: PassageRules, finger: Finger, person: str) -> Response:
    """A match that stays in doubt: another finger of the same person, while there are tries, then an officer."""
    if _given(earlier, finger, Finger.OTHER) < rules.second_tries:
        return Again("", Finger.OTHER)
    return Answer(Decision.REFER, "second_finger", person)


def _doubt(roll: RollFacts, rules: PassageRules, now: Circumstances) -> str | None:
    """The rule by which an officer is asked although the person is known; None when the terminal may decide."""
    if rules.when_roll_old == "refer" and _is_old(roll.age_s, rules.roll_old_s):
        return "roll_old"
    if rules.when_rules_old == "refer" and _is_old(now.rules_age_s, rules.rules_old_s):
        return "rules_old"
    if rules.when_clock_unsure == "refer" and not now.clock_sure:
        return "clock_unsure"
    planned = now.planned
    if rules.when_plan_old == "refer" and planned is not None and _is_old(planned.age_s, rules.plan_old_s):
        return "plan_old"
    return None


def _is_old(age_s: int | None, most_s: int) -> bool:
    return age_s is None or age_s > most_s


def _by_zone(person: str, roll: RollFacts, to_zone: str, now: Circumstances) -> Answer:
    if person in roll.attested:
        return Answer(Decision.REFER, "standing_procedure", person)
    planned = now.planned
    entry = Entry(
        person=person,
        permitted=to_zone in roll.zones[person],
        from_zone="" if planned is None else planned.from_zone,
        to_zone=to_zone,
        at=NEVER if planned is None else planned.at,
        clock_sure=now.clock_sure,
        guarded=now.gate in GUARDED,
        escorted=person in now.taken,
    )
    found = judge(
        entry, None if planned is None else planned.plan, NOWHERE if planned is None else planned.where
    )
    return Answer(
        found.decision,
        found.rule,
        person,
        pass_number=found.pass_number,
        against=found.against,
        flags=found.flags,
    )


def _ask_again(finding: Finding, earlier: Sequence[Earlier], rules: PassageRules, finger: Finger) -> Response:
    """The same finger `tries` times, then another one `second_tries` times, then an officer."""
    if finger is Finger.SAME and _given(earlier, finger, Finger.SAME) < rules.tries:
        return Again(finding.advice)
    if _given(earlier, finger, Finger.OTHER) < rules.second_tries:
        return Again(finding.advice, Finger.OTHER)
    outcome = Outcome.NO_MATCH if finding.outcome is Outcome.MATCH else finding.outcome
    return Answer(Decision.REFER, _reason([*(one.outcome for one in earlier), outcome]), None)


def _given(earlier: Sequence[Earlier], now: Finger, which: Finger) -> int:
    """How often that finger came, this time included."""
    return sum(one.finger is which for one in earlier) + (now is which)


def _reason(outcomes: Sequence[Outcome]) -> str:
    """The most telling of several: a match in doubt, two people alike, nobody found, no usable image."""
    if Outcome.MATCH in outcomes:
        return "second_finger"
    if Outcome.AMBIGUOUS in outcomes:
        return "too_close"
    if Outcome.NO_MATCH in outcomes:
        return "not_recognised"
    return "poor_quality"
