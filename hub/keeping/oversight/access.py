"""A person's own access report: who looked at or changed their file, when, in what role and why.

It names roles, not officers: the law gives the person the use that was made of the file, and the auditor has the names.
What the law lets be withheld, because it would endanger somebody or a search, is left out without a trace of it, and
every report says that it may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit_purposes import PREFIX, said_why
from hub.accounts.emergencies.records import EmergencyUse
from hub.accounts.records import AuditEntry
from hub.custody.merging.reading import family_of
from hub.custody.queries import names
from hub.custody.records import Person
from hub.keeping.oversight.words import act_words, kind_of, role_words
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE

WITHHELD_KINDS: Final = frozenset({"alert", "keep_apart", "confidential_complaint", "hold"})
"""Facts that protect others, or that another agency asked for in a search."""
WITHHELD_ACTS: Final = (
    "agency.",
    "confidential.",
    "disclosure.",
    "forensic.",
    "keep_apart.",
    "alert.",
    "theft.",
)
_IN_AN_EMERGENCY: Final = Sentence(
    "Emergency. Whoever opened the file wrote the reason down, and somebody else reviews it."
)
_REVIEWED: Final = Sentence("What was found is written down.")
_LOOKS: Final = tuple(f"{PREFIX}{family}" for family in ("file", "law", "health", "release"))
"""Purposes of acts that a use of break-glass makes possible to somebody who may not see files otherwise."""


@dataclass(frozen=True)
class Use:
    """What one role did in one day, `times` over; `first_at` is the first of them."""

    first_at: datetime
    what: Sentence
    role: Sentence
    why: Sentence
    times: int


@dataclass(frozen=True)
class AccessReport:
    """`numbers` are all numbers of the person, those of joined files too; `uses` oldest first, by day."""

    person: Person
    numbers: tuple[str, ...]
    made_at: datetime
    uses: tuple[Use, ...]


def access_report(session: Session, person: Person, at: datetime) -> AccessReport:
    """Every use of the file until now."""
    family = names(session, family_of(session, person.id))
    numbers = tuple(sorted(one.number for one in family.values()))
    wanted = select(AuditEntry).where(AuditEntry.subject.in_(numbers)).order_by(AuditEntry.id)
    glass = session.scalars(select(EmergencyUse).where(EmergencyUse.person_number.in_(numbers))).all()
    return AccessReport(person, numbers, at, _grouped(session.scalars(wanted), glass))


def may_be_told(line: AuditEntry) -> bool:
    """Whether the person may know of a use."""
    return kind_of(line) not in WITHHELD_KINDS and not line.act.startswith(WITHHELD_ACTS)


def _grouped(lines: Iterable[AuditEntry], glass: Sequence[EmergencyUse]) -> tuple[Use, ...]:
    groups: dict[tuple[date, str, str, str, str], list[AuditEntry]] = {}
    for line in lines:
        if may_be_told(line):
            day = line.at.astimezone(SITE_ZONE).date()
            why = str(_why(line, glass))
            groups.setdefault((day, line.role, line.act, kind_of(line), why), []).append(line)
    return tuple(
        Use(lines[0].at, act_words(lines[0]), role_words(lines[0]), _why(lines[0], glass), len(lines))
        for lines in groups.values()
    )


def _why(line: AuditEntry, glass: Sequence[EmergencyUse]) -> Sentence:
    """Of an emergency that there is a reason, not its words: they may name others."""
    if line.act == "emergency.review":
        return _REVIEWED
    if line.act.startswith("emergency.") or any(_was_open(use, line) for use in glass):
        return _IN_AN_EMERGENCY
    return said_why(line.why, line.role)


def _was_open(use: EmergencyUse, line: AuditEntry) -> bool:
    """Whether this look was made through a use of break-glass."""
    ended_at = use.until_at if use.closed_at is None else use.closed_at
    return line.actor == use.login and use.opened_at <= line.at <= ended_at and line.why.startswith(_LOOKS)
