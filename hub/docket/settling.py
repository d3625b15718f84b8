"""Bringing the docket up to date with what was found: opening, renewing, closing what is no longer so.

Nothing disappears because a rule was edited: a finding closes by itself only when what was looked at has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final, cast

import msgspec
from sqlalchemy import ColumnElement, insert, select, text
from sqlalchemy.orm import Session

from hub.docket.judging import Found, Key
from hub.docket.limits import DUE, Limits
from hub.docket.ownership import Owners
from hub.docket.records import CloseKind, Finding, FindingStep, StepAct
from hub.rows import insert_rows
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE
from hub.web.kept_sentences import write_sentence

SYSTEM: Final = "docket"
"""Who acts where no person does."""
SHORTEST_DUE: Final = timedelta(hours=4)
_LOCK: Final = 0x50494D57


class Unknown(Enum):
    """That nobody can say what a check looks at now."""

    UNKNOWN = "unknown"


Inputs = Callable[[Finding], str | Unknown | None]
"""What the check of a finding looks at now; None where the person is looked at no more. UNKNOWN leaves it as it is."""
Trace = Callable[[Finding], Sentence]
"""Why a finding is no longer so."""


@dataclass(frozen=True)
class Tally:
    """What one settling did, in findings."""

    opened: int = 0
    reopened: int = 0
    renewed: int = 0
    settled: int = 0
    kept: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(mine + theirs for mine, theirs in zip(_parts(self), _parts(other), strict=True)))

    @property
    def changed(self) -> bool:
        return bool(self.opened or self.reopened or self.renewed or self.settled or self.kept)


def _parts(tally: Tally) -> tuple[int, ...]:
    return (tally.opened, tally.reopened, tally.renewed, tally.settled, tally.kept)


@dataclass(frozen=True)
class Plan:
    """What a settling will do; made by reading, carried out by `carry_out`."""

    opens: Sequence[tuple[Found, Finding | None]]
    renews: Sequence[tuple[Finding, Found]]
    closes: Sequence[Finding]
    keeps: Sequence[Finding]

    @property
    def person_ids(self) -> set[int]:
        """Of whom something changes."""
        opened = {found.person_id for found, _ in self.opens}
        return opened | {
            row.person_id for row in (*(row for row, _ in self.renews), *self.closes, *self.keeps)
        }


def take_turn(session: Session) -> None:
    """Let one runner at a time write findings; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


_COLUMNS: Final = (
    Finding.id, Finding.check_code, Finding.person_id, Finding.subject, Finding.band, Finding.since_at, Finding.rule,
    Finding.inputs, Finding.earlier_rule, Finding.owner, Finding.closed_at, Finding.close_kind, Finding.review_on,
)  # fmt: skip


def standing_rows(session: Session, person_ids: Collection[int]) -> list[Finding]:
    """Open findings of these people as plain rows, for a plan that is not carried out."""
    return _rows(session, Finding.closed_at.is_(None) & Finding.person_id.in_(list(person_ids)))


def standing_findings(session: Session, person_ids: Collection[int]) -> list[Finding]:
    """Open findings of these people to be written to: nobody else changes them until the transaction ends."""
    wanted = select(Finding).where(Finding.closed_at.is_(None), Finding.person_id.in_(list(person_ids)))
    locked = wanted.with_for_update(key_share=True).order_by(Finding.id)
    return list(session.scalars(locked.execution_options(populate_existing=True)))


def _rows(session: Session, wanted: ColumnElement[bool]) -> list[Finding]:
    rows = session.execute(select(*_COLUMNS).where(wanted).order_by(Finding.id)).all()
    return cast(list[Finding], rows)


def plan(
    session: Session, found: Mapping[Key, Found], standing: Sequence[Finding], inputs: Inputs, *, at: datetime
) -> Plan:
    """Compare what was found about some people with their open findings of the same checks."""
    keys = {(row.check_code, row.person_id, row.subject): row for row in standing}
    closes, keeps = [], []
    for key, row in keys.items():
        if key in found:
            continue
        now = inputs(row)
        if now is Unknown.UNKNOWN:
            continue
        if now != row.inputs:
            closes.append(row)
        elif not row.earlier_rule:
            keeps.append(row)
    return Plan(
        opens=_to_open(session, [one for key, one in found.items() if key not in keys], at),
        renews=[(row, found[key]) for key, row in keys.items() if key in found and _differs(row, found[key])],
        closes=closes,
        keeps=keeps,
    )


def _to_open(session: Session, new: Sequence[Found], at: datetime) -> list[tuple[Found, Finding | None]]:
    """Each with the finding that was closed before it; without what somebody explained, and nothing changed since."""
    if not new:
        return []
    ids = list({one.person_id for one in new})
    closed = _rows(session, Finding.person_id.in_(ids) & Finding.closed_at.is_not(None))
    before = {(row.check_code, row.person_id, row.subject): row for row in closed}
    return [(one, before.get(one.key)) for one in new if not _still_answered(before.get(one.key), one, at)]


def _still_answered(closed: Finding | None, found: Found, at: datetime) -> bool:
    """Whether a person's close-out still covers what is found."""
    if closed is None or closed.inputs != found.inputs or closed.closed_at is None:
        return False
    today = at.astimezone(SITE_ZONE).date()
    if closed.close_kind == CloseKind.HELD_RIGHTLY:
        return closed.review_on is not None and today < closed.review_on
    if closed.close_kind == CloseKind.DONE:
        return closed.closed_at.astimezone(SITE_ZONE).date() >= today
    return False


def _differs(row: Finding, found: Found) -> bool:
    return (
        row.earlier_rule
        or row.inputs != found.inputs
        or row.rule != found.rule
        or row.since_at != found.doubt.since_at
        or row.band != found.check.band
    )


def carry_out(
    session: Session,
    made: Plan,
    *,
    owners: Owners,
    limits: Limits,
    fact_id: int,
    trace: Trace,
    at: datetime,
) -> Tally:
    """Write a plan, in the transaction in which it was made."""
    _open(session, made.opens, owners, limits, fact_id, at)
    for row, found in made.renews:
        _renew(session, row, found, fact_id, at)
    for row in made.closes:
        _settle(session, row, trace(row), at)
    for row in made.keeps:
        row.earlier_rule, row.version = True, row.version + 1
        add_step(session, row.id, StepAct.EARLIER_RULE, at=at, detail={"rule": row.rule})
    session.flush()
    reopened = sum(1 for _, before in made.opens if before is not None)
    return Tally(len(made.opens) - reopened, reopened, len(made.renews), len(made.closes), len(made.keeps))


def add_step(
    session: Session,
    finding_id: int,
    act: StepAct,
    *,
    at: datetime,
    by: str = SYSTEM,
    note: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down that something happened to a finding."""
    session.add(
        FindingStep(
            finding_id=finding_id, at=at, by=by, act=act.value, note=note[:300], detail=_json(detail or {})
        )
    )


def _open(
    session: Session,
    opens: Sequence[tuple[Found, Finding | None]],
    owners: Owners,
    limits: Limits,
    fact_id: int,
    at: datetime,
) -> None:
    if not opens:
        return
    rows = [_row(found, before, owners, limits, fact_id, at) for found, before in opens]
    ids = session.scalars(insert(Finding).returning(Finding.id, sort_by_parameter_order=True), rows).all()
    insert_rows(
        session,
        FindingStep,
        [
            {
                "finding_id": number, "at": at, "by": SYSTEM, "act": StepAct.OPENED.value, "note": "",
                "detail": _json(
                    {
                        "what": row["what"], "rows": row["rows"], "owner": row["owner"],
                        "since": row["since_at"].isoformat(), "band": row["band"], "rule": row["rule"],
                    }
                ),
            }
            for number, row in zip(ids, rows, strict=True)
        ],
    )  # fmt: skip


def _row(
    found: Found, before: Finding | None, owners: Owners, limits: Limits, fact_id: int, at: datetime
) -> dict[str, Any]:
    doubt = found.doubt
    due_at = at + limits.hours(f"{DUE}{found.check.code}")
    if doubt.since_at > at:  # what is still to come is due before it comes
        due_at = max(min(due_at, doubt.since_at), at + SHORTEST_DUE)
    kept = before.owner if before is not None and before.owner in owners.workers else None
    return {
        "check_code": found.check.code,
        "person_id": found.person_id,
        "booking_id": found.booking_id,
        "subject": doubt.subject,
        "band": int(found.check.band),
        "opened_at": at,
        "since_at": doubt.since_at,
        "due_at": due_at,
        "what": write_sentence(doubt.what),
        "rows": _json(list(doubt.rows)),
        "rule": found.rule,
        "inputs": found.inputs,
        "fact_id": fact_id,
        "owner": kept or owners.owner_of(found.check.code),
        "earlier_rule": False,
        "escalated": 0,
        "earlier_id": None if before is None else before.id,
        "version": 1,
    }


def _renew(session: Session, row: Finding, found: Found, fact_id: int, at: datetime) -> None:
    what, rows = write_sentence(found.doubt.what), _json(list(found.doubt.rows))
    told = (row.rows, row.since_at) != (rows, found.doubt.since_at)
    row.what, row.rows, row.since_at = what, rows, found.doubt.since_at
    row.rule, row.inputs, row.fact_id, row.band = found.rule, found.inputs, fact_id, int(found.check.band)
    row.earlier_rule, row.version = False, row.version + 1
    if told:
        told_now = {"what": what, "rows": rows, "since": row.since_at.isoformat(), "band": row.band}
        add_step(session, row.id, StepAct.EVIDENCE, at=at, detail=told_now | {"rule": row.rule})


def _settle(session: Session, row: Finding, why: Sentence, at: datetime) -> None:
    row.closed_at, row.closed_by, row.close_kind = at, SYSTEM, CloseKind.FACTS_CHANGED.value
    row.close_reason, row.offered_to, row.version = write_sentence(why), None, row.version + 1
    add_step(session, row.id, StepAct.CLOSED, at=at, detail={"why": row.close_reason})


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
