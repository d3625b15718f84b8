"""What the terminal does about one finger: a pure function of the finding, the roll and the attempts so far.

A reject is never a fault of the person: the finger is asked for again, and in the end an officer is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge.ports import Finding, RollFacts
from wire.happenings import Decision, Outcome


@dataclass(frozen=True)
class Again:
    """Ask for the finger again; `advice` says what to change, empty when the image was fine."""

    advice: str


@dataclass(frozen=True)
class Answer:
    """The end of a passage, with the rule that said so; `person` is the matched one, if any."""

    decision: Decision
    rule: str
    person: str | None


Response = Again | Answer


def decide(
    finding: Finding, roll: RollFacts, to_zone: str, earlier: Sequence[Outcome], tries: int
) -> Response:
    """What to do about the finger of attempt `len(earlier) + 1` of at most `tries`.

    Rules: `no_roll`, `expected`, `zone_not_allowed`, `too_close`, `not_recognised`, `poor_quality`.
    """
    if not roll.zones:
        return Answer(Decision.REFER, "no_roll", None)
    zones = roll.zones.get(finding.person) if finding.person is not None else None
    if finding.outcome is Outcome.MATCH and finding.person is not None and zones is not None:
        return _matched(finding.person, zones, to_zone)
    outcome = Outcome.NO_MATCH if finding.outcome is Outcome.MATCH else finding.outcome
    if len(earlier) + 1 < tries:
        return Again(finding.advice)
    return Answer(Decision.REFER, _reason([*earlier, outcome]), None)


def _matched(person: str, zones: frozenset[str], to_zone: str) -> Answer:
    if to_zone not in zones:
        return Answer(Decision.REFUSE, "zone_not_allowed", person)
    return Answer(Decision.ADMIT, "expected", person)


def _reason(outcomes: Sequence[Outcome]) -> str:
    """The most telling of several failed fingers: two people alike, then nobody found, then no usable image."""
    if Outcome.AMBIGUOUS in outcomes:
        return "too_close"
    if Outcome.NO_MATCH in outcomes:
        return "not_recognised"
    return "poor_quality"
