"""One finding with all that belongs to it: the facts that show it, what happened to it, what came before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.catalogue import KINDS
from hub.custody.facts.kinds import read_value
from hub.custody.facts.records import Fact
from hub.custody.then import named
from hub.custody.visible import May, visible
from hub.docket.limits import Unit
from hub.docket.lists import Line, earlier_of, line_of, steps_of
from hub.docket.records import CloseKind, Finding, FindingStep, StepAct
from hub.docket.rules import CHECKS, all_limits
from hub.docket.rules.base import BANDS, Band
from hub.sentences import Sentence
from hub.web.kept_sentences import read_sentence

ACTS: Final = {
    StepAct.OPENED: Sentence("Opened"),
    StepAct.EVIDENCE: Sentence("The evidence changed"),
    StepAct.ASSIGNED: Sentence("Given to %(to)s"),
    StepAct.TAKEN: Sentence("Taken"),
    StepAct.OFFERED: Sentence("Handed over to %(to)s, not yet accepted"),
    StepAct.ACCEPTED: Sentence("Accepted"),
    StepAct.DECLINED: Sentence("Declined"),
    StepAct.NOTED: Sentence("Note"),
    StepAct.EARLIER_RULE: Sentence(
        "The rule changed and would not find it now; it stays, found under an earlier rule"
    ),
    StepAct.ESCALATED: Sentence("Overdue: gone up to the %(to)s"),
    StepAct.CLOSED: Sentence("Closed"),
    StepAct.REVIEWED: Sentence("Looked after"),
}

CLOSE_KINDS: Final = {
    CloseKind.DONE.value: Sentence("Dealt with"),
    CloseKind.HELD_RIGHTLY.value: Sentence("Held rightly"),
    CloseKind.FACTS_CHANGED.value: Sentence("Closed by itself"),
}

_ROLES: Final = {"shift_supervisor": Sentence("supervisors"), "director": Sentence("director")}


@dataclass(frozen=True)
class Evidence:
    """A fact that shows a finding: what it says, when it took effect, when, by whom and from what it was recorded."""

    row: Fact
    kind: Sentence
    says: Sentence


@dataclass(frozen=True)
class Happened:
    """A step of a finding in words; `by` is empty where the docket itself acted."""

    at: datetime
    by: str
    words: Sentence
    note: str
    more: Sentence | None


@dataclass(frozen=True)
class Earlier:
    """A finding that was closed and opened again."""

    finding: Finding
    how: Sentence
    why: Sentence


@dataclass(frozen=True)
class Dossier:
    """Everything about a finding. `hidden` counts facts that the visitor may not see."""

    line: Line
    advice: Sentence | None
    band: Sentence
    evidence: Sequence[Evidence]
    hidden: int
    steps: Sequence[Happened]
    earlier: Sequence[Earlier]
    figures: Sequence[tuple[Sentence, str, Unit | None]]
    closed: Earlier | None


def dossier(
    session: Session, row: Finding, may: May, at: datetime, known_at: datetime | None = None
) -> Dossier:
    """The whole of a finding, without facts that `may` does not allow; `row` as it was then, where that is asked."""
    check = CHECKS.get(row.check_code)
    facts = _facts(session, row)
    shown = visible(facts, may)
    return Dossier(
        line=line_of(row, named(session, [row.person_id], known_at)[row.person_id], known_at or at),
        advice=None if check is None else check.advice,
        band=BANDS[Band(row.band)],
        evidence=[_evidence(one) for one in shown],
        hidden=len(facts) - len(shown),
        steps=[
            _happened(step) for step in steps_of(session, row.id) if known_at is None or step.at <= known_at
        ],
        earlier=[closed_as(one) for one in earlier_of(session, row)],
        figures=[_figure(word) for word in row.rule.split()[1:]],
        closed=None if row.closed_at is None else closed_as(row),
    )


def closed_as(row: Finding) -> Earlier:
    """How a finding ended, in words."""
    raw = row.close_reason or ""
    by_facts = row.close_kind == CloseKind.FACTS_CHANGED
    why = read_sentence(raw) if by_facts else Sentence("%(words)s", {"words": raw})
    return Earlier(row, CLOSE_KINDS.get(row.close_kind or "", Sentence("Closed")), why)


def _facts(session: Session, row: Finding) -> list[Fact]:
    numbers: list[int] = msgspec.json.decode(row.rows)
    return list(session.scalars(select(Fact).where(Fact.id.in_(numbers)).order_by(Fact.id)))


def _evidence(row: Fact) -> Evidence:
    kind = KINDS[row.kind]
    try:
        says = kind.say(read_value(kind, row.value))
    except msgspec.MsgspecError:
        says = Sentence("Cannot be read by this version.")
    return Evidence(row, kind.words, says)


def _happened(step: FindingStep) -> Happened:
    detail: dict[str, Any] = msgspec.json.decode(step.detail)
    words = ACTS[StepAct(step.act)]
    to = str(detail.get("to") or "")
    if "%(to)s" in words.text:
        words = Sentence(words.text, {"to": _ROLES.get(to, to)})
    told = detail.get("why") or detail.get("what")
    more = read_sentence(told) if isinstance(told, str) and told else None
    return Happened(step.at, "" if step.by == "docket" else step.by, words, step.note, more)


def _figure(word: str) -> tuple[Sentence, str, Unit | None]:
    """What a figure is, its value when the finding was made, and what it counts.

    By its name where it is no longer used.
    """
    name, _, value = word.partition("=")
    limit = all_limits().get(name)
    if limit is None or not (value.isascii() and value.isdigit()):
        return Sentence("%(words)s", {"words": name}) if limit is None else limit.words, value, None
    return limit.words, value, limit.unit
