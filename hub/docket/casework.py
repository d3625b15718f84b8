"""What people do about findings: taking, handing over, noting, closing, looking after what closed by itself.

Every act names the `version` of the finding that its page showed, so that of two people at once only one acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.records import Person
from hub.docket.ownership import not_a_worker, workers
from hub.docket.records import CloseKind, Finding, StepAct
from hub.docket.settling import add_step
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

MAX_NOTE: Final = 300
LONGEST_EXPLAINED: Final = timedelta(days=31)
"""What somebody explained is looked at again within a month: nobody is closed away for good."""


def take(session: Session, number: int, version: int, *, actor: Actor, at: datetime) -> None:
    """`actor` looks after it from now on."""
    row = _open(session, number, version)
    before, row.owner, row.offered_to = row.owner, actor.login, None
    _done(session, row, StepAct.TAKEN, actor, at, detail={"from": before})


def offer(
    session: Session, number: int, version: int, to: str, note: str, *, actor: Actor, at: datetime
) -> None:
    """Hand it over to another who works the docket. It stays with its owner until the other accepts."""
    row = _open(session, number, version)
    if not to:
        raise RefusedError("to_nobody", Sentence("Choose to whom you hand it over."))
    if to not in workers(session):
        raise not_a_worker(to)
    if to == row.owner:
        raise RefusedError("same_owner", Sentence("%(login)s has it already.", {"login": to}))
    said = _note(note, Sentence("Write what the other has to know: it goes with the finding."))
    row.offered_to = to
    _done(session, row, StepAct.OFFERED, actor, at, note=said, detail={"to": to})


def answer_offer(
    session: Session, number: int, version: int, *, accepts: bool, note: str = "", actor: Actor, at: datetime
) -> None:
    """Accept or decline what was handed over to `actor`; a declined one needs a reason."""
    row = _open(session, number, version)
    if row.offered_to != actor.login:
        raise RefusedError("not_offered", Sentence("This finding was not handed over to you."))
    if accepts:
        before, row.owner, row.offered_to = row.owner, actor.login, None
        _done(session, row, StepAct.ACCEPTED, actor, at, detail={"from": before})
        return
    said = _note(note, Sentence("Write why you do not take it."))
    row.offered_to = None
    _done(session, row, StepAct.DECLINED, actor, at, note=said)


def add_note(session: Session, number: int, version: int, note: str, *, actor: Actor, at: datetime) -> None:
    """Write down what was done or heard."""
    row = _open(session, number, version)
    said = _note(note, Sentence("Write what was done or heard."))
    _done(session, row, StepAct.NOTED, actor, at, note=said)


def close(
    session: Session,
    number: int,
    version: int,
    kind: CloseKind,
    reason: str,
    *,
    review_on: date | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Close it with a reason. What was dealt with opens again tomorrow if it is still so; what is held rightly is
    looked at again on `review_on`, within a month.
    """
    row = _open(session, number, version)
    said = _note(reason, Sentence("Write why it is closed: what was done, or on what paper it rests."))
    review_on = _review(review_on, at) if kind is CloseKind.HELD_RIGHTLY else None
    row.review_on, row.offered_to = review_on, None
    row.closed_at, row.closed_by, row.close_kind, row.close_reason = at, actor.login, kind.value, said
    detail = {"kind": kind.value, "review_on": str(row.review_on or "")}
    _done(session, row, StepAct.CLOSED, actor, at, note=said, detail=detail)


def look_after(session: Session, number: int, version: int, note: str, *, actor: Actor, at: datetime) -> None:
    """Somebody has looked at a finding that closed because its facts changed."""
    row = _row(session, number)
    if row.close_kind != CloseKind.FACTS_CHANGED or row.reviewed_by is not None or row.version != version:
        raise _changed()
    row.reviewed_by = actor.login
    _done(session, row, StepAct.REVIEWED, actor, at, note=" ".join(note.split())[:MAX_NOTE])


def _open(session: Session, number: int, version: int) -> Finding:
    row = _row(session, number)
    if row.closed_at is not None:
        raise RefusedError(
            "finding_closed",
            Sentence(
                "%(by)s has closed this finding meanwhile. Read why below.", {"by": row.closed_by or "?"}
            ),
        )
    if row.version != version:
        raise _changed()
    return row


def _row(session: Session, number: int) -> Finding:
    row = session.get(Finding, number, with_for_update={"key_share": True}, populate_existing=True)
    if row is None:
        raise RefusedError("no_finding", Sentence("There is no such finding."))
    return row


def _changed() -> RefusedError:
    return RefusedError(
        "changed_meanwhile",
        Sentence(
            "Something happened to this finding while you were writing. Read it again; your words are kept."
        ),
    )


def _note(words: str, empty: Sentence) -> str:
    said = " ".join(words.split())
    if len(said) < 3:
        raise RefusedError("note", empty)
    if len(said) > MAX_NOTE:
        raise RefusedError(
            "note", Sentence("That is too long. Use at most %(count)s characters.", {"count": MAX_NOTE})
        )
    return said


def _review(review_on: date | None, at: datetime) -> date:
    today = at.astimezone(SITE_ZONE).date()
    if review_on is None or not today < review_on <= today + LONGEST_EXPLAINED:
        raise RefusedError(
            "review_on", Sentence("Choose the day on which it is looked at again: within a month from now.")
        )
    return review_on


def _done(
    session: Session,
    row: Finding,
    act: StepAct,
    actor: Actor,
    at: datetime,
    *,
    note: str = "",
    detail: Mapping[str, str | None] | None = None,
) -> None:
    row.version += 1
    add_step(session, row.id, act, at=at, by=actor.login, note=note, detail=detail)
    number = session.get_one(Person, row.person_id).number
    told = f"finding {row.id} {row.check_code}"
    write_down(session, at=at, actor=actor, act=f"docket.{act.value}", subject=number, detail=told)
    session.flush()
