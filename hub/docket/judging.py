"""From what is known of somebody to what is found. Pure: the same snapshot and figures give the same findings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from hub.docket.limits import Limits
from hub.docket.rules import CHECKS
from hub.docket.rules.base import Check, Doubt
from hub.docket.snapshot import Snapshot

Key = tuple[str, int, int]
"""What makes two findings the same: check, person, subject."""


@dataclass(frozen=True)
class Found:
    """A doubt about somebody. `rule` names version and figures, `inputs` stands for what was looked at."""

    check: Check
    person_id: int
    booking_id: int
    doubt: Doubt
    rule: str
    inputs: str

    @property
    def key(self) -> Key:
        return (self.check.code, self.person_id, self.doubt.subject)


def judge(snapshot: Snapshot, limits: Limits) -> Iterator[Found]:
    """Everything that is in doubt about one person, each subject once."""
    for check in CHECKS.values():
        seen: set[int] = set()
        for doubt in check.find(snapshot, limits):
            if doubt.subject in seen:
                continue
            seen.add(doubt.subject)
            yield Found(
                check=check,
                person_id=snapshot.person_id,
                booking_id=snapshot.booking_id,
                doubt=doubt,
                rule=rule_of(check, doubt, limits),
                inputs=inputs_of(check, snapshot),
            )


def rule_of(check: Check, doubt: Doubt, limits: Limits) -> str:
    """Version and figures by which it was found, e.g. "1 remand_days=365"."""
    figures = (f"{name}={limits.number(name)}" for name in doubt.limits)
    return " ".join((str(check.version), *figures))[:200]


def inputs_of(check: Check, snapshot: Snapshot) -> str:
    """A digest of what the check looks at: the facts that count, and what else it reads."""
    rows = [f"{kind.name}:{held.row}" for kind in check.reads for held in snapshot.facts.get(kind.name, ())]
    whole = "|".join((str(snapshot.booking_id), *rows, check.also(snapshot)))
    return hashlib.sha256(whole.encode()).hexdigest()[:32]
