"""Looking lines of the trail up. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.audit_records import AuditLink, AuditSeal
from hub.accounts.records import AuditEntry
from hub.custody.merging.reading import family_of
from hub.custody.queries import names, person_by_number
from hub.web.formats import start_of

PAGE = 100


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty fields ask for nothing. Days are of the site, both included.

    `before` is the number of a line: older ones follow.
    """

    subject: str = ""
    actor: str = ""
    act: str = ""
    first_on: date | None = None
    last_on: date | None = None
    before: int = 0


@dataclass(frozen=True)
class Sealed:
    """How far the chain goes; `waiting` lines were written since."""

    position: int
    sealed_at: datetime | None
    waiting: int


def find_lines(session: Session, wanted: Wanted) -> tuple[Sequence[AuditEntry], bool]:
    """A page of lines, newest first, and whether older ones follow. A person's lines are those of joined files too."""
    found = select(AuditEntry).order_by(AuditEntry.id.desc())
    if wanted.subject:
        found = found.where(AuditEntry.subject.in_(_subjects(session, wanted.subject)))
    if wanted.actor:
        found = found.where(AuditEntry.actor == wanted.actor)
    if wanted.act:
        found = found.where(AuditEntry.act.startswith(wanted.act, autoescape=True))
    if wanted.first_on is not None:
        found = found.where(AuditEntry.at >= start_of(wanted.first_on))
    if wanted.last_on is not None and wanted.last_on < date.max:
        found = found.where(AuditEntry.at < start_of(wanted.last_on + timedelta(days=1)))
    if wanted.before:
        found = found.where(AuditEntry.id < wanted.before)
    lines = session.scalars(found.limit(PAGE + 1)).all()
    return lines[:PAGE], len(lines) > PAGE


def how_far_sealed(session: Session) -> Sealed:
    """Where the chain stands now."""
    last = session.scalar(select(AuditSeal).order_by(AuditSeal.position.desc()).limit(1))
    newest = session.scalar(select(func.max(AuditLink.entry_id))) or 0
    waiting = session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.id > newest)) or 0
    if last is None:
        return Sealed(0, None, waiting)
    return Sealed(last.position, last.sealed_at, waiting)


def _subjects(session: Session, subject: str) -> list[str]:
    person = person_by_number(session, subject)
    if person is None:
        return [subject]
    return [one.number for one in names(session, family_of(session, person.id)).values()]
