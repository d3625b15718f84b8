"""From what is known of somebody to what is found. Pure: the same snapshot and figures give the same findings."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from hub.docket.limits import Limits
from hub.docket.rules import CHECKS
from hub.docket.rules.base import Check, Doubt
from hub.docket.rules.files import NOT_CHECKED
from hub.docket.snapshot import Snapshot
from hub.docket.troubles import Trouble, attempt, trouble_of
from hub.web.kept_sentences import read_sentence, write_sentence

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

    def __reduce__(self) -> tuple[object, ...]:
        # A check is code and goes to no other process, its name does; so do words in the form in which they are kept.
        doubt = self.doubt
        told = (doubt.since_at, write_sentence(doubt.what), doubt.subject, doubt.rows, doubt.limits)
        return _again, (self.check.code, self.person_id, self.booking_id, told, self.rule, self.inputs)


_Told = tuple[datetime, str, int, tuple[int, ...], tuple[str, ...]]


def _again(code: str, person_id: int, booking_id: int, told: _Told, rule: str, inputs: str) -> Found:
    since_at, what, subject, rows, limits = told
    doubt = Doubt(since_at, read_sentence(what), subject, rows, limits)
    return Found(CHECKS[code], person_id, booking_id, doubt, rule, inputs)


@dataclass(frozen=True)
class Judged:
    """Everything that is in doubt about one person, each subject once; `failed` are checks that could not be made."""

    snapshot: Snapshot
    found: Sequence[Found]
    failed: frozenset[str] = frozenset()

    def inputs_of(self, check: Check) -> str | None:
        """What a check looks at; None where that cannot be told."""
        if check.code in self.failed:
            return None
        inputs = attempt(check.words, inputs_of, check, self.snapshot)
        return None if isinstance(inputs, Trouble) else inputs


def judge(snapshot: Snapshot, limits: Limits) -> Judged:
    """Every check of one person. One that fails on what was recorded is a finding of its own and stops no other."""
    found: list[Found] = []
    failed: dict[str, Trouble] = {}
    idle = _idle(frozenset(snapshot.facts))
    for check in CHECKS.values():
        if check.code in idle:
            continue
        try:
            doubts = list(check.find(snapshot, limits))
            if doubts:  # of most checks there are none
                found += _found(check, snapshot, limits, doubts)
        except Exception as error:  # noqa: BLE001 - it shows as a finding of NOT_CHECKED
            failed[check.code] = trouble_of(error, check.words)
    if not failed:
        return Judged(snapshot, found)
    troubles: list[Trouble] = []
    for one in failed.values():
        if one not in troubles:  # several checks fail for one and the same entry
            troubles.append(one)
    return _troubled(snapshot, limits, found, troubles, failed)


@lru_cache(maxsize=4096)
def _idle(kinds: frozenset[str]) -> frozenset[str]:
    """Checks that find nothing of anybody of whom there are facts of these kinds alone."""
    return frozenset(
        check.code
        for check in CHECKS.values()
        if check.needs and not any(kind.name in kinds for kind in check.needs)
    )


def not_judged(snapshot: Snapshot, limits: Limits, trouble: Trouble) -> Judged:
    """Of a file of which nothing could be read but whose it is: no check could be made."""
    return _troubled(snapshot, limits, (), [trouble], CHECKS.keys() - {NOT_CHECKED.code})


def _troubled(
    snapshot: Snapshot,
    limits: Limits,
    found: Sequence[Found],
    troubles: Sequence[Trouble],
    failed: Collection[str],
) -> Judged:
    whole = replace(snapshot, troubles=troubles)
    doubts = list(NOT_CHECKED.find(whole, limits))
    return Judged(whole, [*found, *_found(NOT_CHECKED, whole, limits, doubts)], frozenset(failed))


def _found(check: Check, snapshot: Snapshot, limits: Limits, doubts: Sequence[Doubt]) -> Sequence[Found]:
    each: dict[int, Doubt] = {}
    for doubt in doubts:
        each.setdefault(doubt.subject, doubt)
    inputs = inputs_of(check, snapshot)
    return [
        Found(
            check=check,
            person_id=snapshot.person_id,
            booking_id=snapshot.booking_id,
            doubt=doubt,
            rule=rule_of(check, doubt, limits),
            inputs=inputs,
        )
        for doubt in each.values()
    ]


def rule_of(check: Check, doubt: Doubt, limits: Limits) -> str:
    """Version and figures by which it was found, e.g. "1 remand_days=365"."""
    figures = (f"{name}={limits.number(name)}" for name in doubt.limits)
    return " ".join((str(check.version), *figures))[:200]


def inputs_of(check: Check, snapshot: Snapshot) -> str:
    """A digest of what the check looks at: the facts that count, and what else it reads."""
    rows = [f"{kind.name}:{held.row}" for kind in check.reads for held in snapshot.facts.get(kind.name, ())]
    whole = "|".join((str(snapshot.booking_id), *rows, check.also(snapshot)))
    return hashlib.sha256(whole.encode()).hexdigest()[:32]
