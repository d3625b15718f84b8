"""Alarms' steps and what terminals tell in evidence, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from hub.movements.alarms.codes import CLOSE_REASONS
from hub.movements.alarms.records import AlarmStep, Step
from hub.movements.alarms.rules import DIRECTOR, SUPERVISOR
from hub.sentences import Sentence
from hub.web.formats import calendar_date, clock_seconds

STEPS: Final = {
    Step.RAISED.value: Sentence("Rang"),
    Step.AGAIN.value: Sentence("Rang again"),
    Step.ACKNOWLEDGED.value: Sentence("Acknowledged"),
    Step.ASSIGNED.value: Sentence("Given to %(name)s"),
    Step.NOTED.value: Sentence("Note"),
    Step.ON_THE_WAY.value: Sentence("An officer is on the way"),
    Step.ESCALATED.value: Sentence("Went up to %(name)s"),
    Step.OVER.value: Sentence("The cause ended"),
    Step.CLOSED.value: Sentence("Closed: %(name)s"),
}

ESCALATED_TO: Final = {
    SUPERVISOR: Sentence("the shift supervisor"),
    DIRECTOR: Sentence("the director"),
}

EVIDENCE: Final = {
    "absence": Sentence("Absence"),
    "advice": Sentence("What to do"),
    "against": Sentence("To be kept apart from"),
    "by": Sentence("By"),
    "convoy": Sentence("Convoy"),
    "due_back_at": Sentence("Due back"),
    "ended": Sentence("The order is ended"),
    "flags": Sentence("What is odd about it"),
    "group": Sentence("Group"),
    "kind": Sentence("Kind"),
    "late_s": Sentence("Late by, in seconds"),
    "leave_at": Sentence("Was to leave"),
    "leg": Sentence("On the way"),
    "meet_at": Sentence("May meet at"),
    "missing": Sentence("Missing"),
    "number": Sentence("Number of the person"),
    "other_at": Sentence("Other proof, time"),
    "other_terminal": Sentence("Other proof, terminal"),
    "other_zone": Sentence("Other proof, zone"),
    "passes": Sentence("Passes"),
    "people": Sentence("How many people"),
    "referral": Sentence("Referral"),
    "restriction": Sentence("To be kept apart by"),
    "rung": Sentence("Step of the count"),
    "seen_at": Sentence("Last seen"),
    "unit": Sentence("Unit"),
    "where": Sentence("Where"),
    "at": Sentence("Time"),
    "called_at": Sentence("Called at"),
    "checkpoint": Sentence("Checkpoint"),
    "clock_sure": Sentence("Clock sure"),
    "count": Sentence("Number"),
    "current": Sentence("The hub has"),
    "entries": Sentence("Entries"),
    "held": Sentence("The hub holds"),
    "journal": Sentence("Journal"),
    "late": Sentence("Told late"),
    "officer": Sentence("Officer"),
    "order": Sentence("Order"),
    "outcome": Sentence("Outcome"),
    "pass": Sentence("Pass"),
    "person": Sentence("Person"),
    "reason": Sentence("Reason"),
    "said_farewell": Sentence("Its connection ended"),
    "sequence": Sentence("Entry"),
    "since": Sentence("Since"),
    "terminal": Sentence("Terminal"),
    "trouble": Sentence("Trouble"),
    "version": Sentence("Version"),
    "why": Sentence("Why"),
    "zone": Sentence("Zone"),
}
"""Names of what stands in an alarm's evidence; others are shown as they are written."""

_PLACES: Final = frozenset({"zone", "other_zone", "unit"})
_YES, _NO = Sentence("yes"), Sentence("no")
_LEFT_OUT: Final = frozenset({"what", "key", "terminal", "person", "name"})
"""What the head of the panel says already."""


def said(step: AlarmStep, names: Mapping[str, str]) -> Sentence:
    """A step in words; `names` are those behind logins."""
    words = STEPS.get(step.step, Sentence("%(name)s"))
    name: object = names.get(step.to or "", step.to or step.step)
    if step.step == Step.ESCALATED:
        name = ESCALATED_TO.get(step.evidence.get("escalation", 0), name)
    elif step.step == Step.CLOSED:
        name = CLOSE_REASONS.get(step.evidence.get("reason", ""), name)
    return Sentence(words.text, {"name": name})


def told(evidence: Mapping[str, Any], places: Mapping[str, str]) -> list[tuple[Sentence, str | Sentence]]:
    """The evidence line by line; times at the site, and what nobody knows left out. `places` are names of zones."""
    return [
        (
            EVIDENCE.get(name, Sentence("%(code)s", {"code": name.replace("_", " ")})),
            places.get(value, value) if name in _PLACES and isinstance(value, str) else _value(value),
        )
        for name, value in sorted(evidence.items())
        if name not in _LEFT_OUT and value is not None
    ]


def _value(value: object) -> str | Sentence:
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, str) and "T" in value:
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return value
        return f"{calendar_date(at)} {clock_seconds(at)}" if at.tzinfo else value
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
