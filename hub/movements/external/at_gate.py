"""What a scan at the outer gate says: the absence that was planned begins or ends, or somebody leaves without one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.actions import open_booking_of
from hub.custody.away import people_away
from hub.movements.alarms.raising import Cause, raise_alarm
from hub.movements.external.leaving import Seen, come_back, leave
from hub.movements.external.records import Authorisation, Occurrence
from hub.movements.external.rules import Consent
from hub.movements.passages import Passage
from hub.movements.records import Zone, ZoneKind
from hub.movements.rules import ADMIT
from hub.sentences import Sentence

WITHOUT: Final = "left_without_authority"
BY_ITSELF: Final = Actor("hub", "")
AROUND: Final = timedelta(hours=12)
"""A scan this far from the planned time of leaving is of that occurrence."""


def note_outside(session: Session, passages: Sequence[Passage], *, at: datetime) -> int:
    """Bring absences up to date by passages out of the prison and into it; how many began or ended.

    Call it in the transaction of the passages, after they were applied.
    """
    admitted = [one for one in passages if one.person is not None and one.decision == ADMIT]
    if not admitted:
        return 0
    outside = set(
        session.scalars(select(Zone.id).where(Zone.kind.in_([ZoneKind.OUTSIDE.value, ZoneKind.COURT.value])))
    )
    done = 0
    for one in admitted:
        out, into = one.to_zone.id in outside, one.from_zone.id in outside
        if out and not into:
            done += _out(session, one, at)
        elif into and not out:
            done += _in(session, one, at)
    return done


def _out(session: Session, passage: Passage, at: datetime) -> int:
    assert passage.person is not None
    person_id, seen_at = passage.person.id, min(passage.proof.at, at)
    if open_booking_of(session, person_id) is None:
        return 0  # a release: whether it was one is looked after there
    if any(one.person.id == person_id for one in people_away(session, at)):
        return 0
    wanted = (
        select(Occurrence.id)
        .join(Authorisation, Authorisation.id == Occurrence.authorisation_id)
        .where(
            Occurrence.person_id == person_id,
            Occurrence.closed_at.is_(None),
            Occurrence.left_at.is_(None),
            Authorisation.state == Consent.APPROVED.value,
            Occurrence.leave_at.between(seen_at - AROUND, seen_at + AROUND),
        )
    )
    number = session.scalar(wanted.order_by(Occurrence.leave_at).limit(1))
    if number is None:
        _ring(session, passage, at)
        return 0
    leave(session, number, Seen(seen_at, passage.proof.terminal), actor=BY_ITSELF, at=at)
    return 1


def _in(session: Session, passage: Passage, at: datetime) -> int:
    assert passage.person is not None
    wanted = select(Occurrence.id, Occurrence.left_at).where(
        Occurrence.person_id == passage.person.id,
        Occurrence.closed_at.is_(None),
        Occurrence.left_at.is_not(None),
    )
    row = session.execute(wanted.limit(1)).one_or_none()
    if row is None or passage.proof.at < row.left_at:
        return 0
    seen = Seen(min(passage.proof.at, at), passage.proof.terminal)
    come_back(session, row.id, seen, actor=BY_ITSELF, at=at)
    return 1


def _ring(session: Session, passage: Passage, at: datetime) -> None:
    assert passage.person is not None
    words = Sentence(
        "%(number)s went out of the prison, and nobody has allowed it", {"number": passage.person.number}
    )
    evidence = {"checkpoint": passage.checkpoint, "rule": passage.rule, "sequence": passage.proof.sequence}
    cause = Cause(
        WITHOUT,
        key=f"person:{passage.person.id}",
        zone_id=passage.to_zone.id,
        terminal=passage.proof.terminal,
        person_id=passage.person.id,
        evidence=evidence,
        words=words,
    )
    raise_alarm(session, cause, at)
