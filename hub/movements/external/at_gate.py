"""What a scan at the outer gate says: the absence that was planned begins or ends, or somebody leaves without one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.absence import ABSENCE, Why
from hub.custody.actions import open_booking_of
from hub.custody.away import people_away
from hub.custody.then import facts_of
from hub.movements.alarms.raising import Cause, over, raise_alarm
from hub.movements.external.leaving import Seen, come_back, leave
from hub.movements.external.records import Authorisation, Occurrence
from hub.movements.external.rules import Consent, movement_type
from hub.movements.passages import Passage
from hub.movements.records import Movement, MovementReversal, Zone
from hub.movements.rules import ADMIT
from hub.movements.whereabouts.places import BEYOND
from hub.movements.whereabouts.rules import limits_at
from hub.sentences import Sentence

WITHOUT: Final = "left_without_authority"
INSIDE: Final = "inside_while_away"
BY_ITSELF: Final = Actor("hub", "")
AROUND: Final = timedelta(hours=12)
"""A scan this far from the planned time of leaving is of that occurrence."""


Key = tuple[str, bytes, int]
"""Of a passage: terminal, journal and sequence."""
Meant = Mapping[Key, tuple[str, str]]
"""Type and direction of the movement that a passage is, where it is more than a way inside."""


def note_outside(session: Session, passages: Sequence[Passage], *, at: datetime) -> Meant:
    """Bring absences up to date by passages out of the prison and into it; what each of those movements is.

    Call it in the transaction of the passages, before they are applied: one crossing is one movement.
    """
    admitted = [one for one in passages if one.person is not None and one.decision == ADMIT]
    if not admitted:
        return {}
    outside = set(session.scalars(select(Zone.id).where(Zone.kind.in_(BEYOND))))
    meant: dict[Key, tuple[str, str]] = {}
    within: list[Passage] = []
    for one in admitted:
        out, into = one.to_zone.id in outside, one.from_zone.id in outside
        if out == into:
            within += [] if out or one.late else [one]
            continue
        kind = _out(session, one, at, outside) if out else _in(session, one, at)
        if kind is not None:
            meant[one.proof.terminal, one.proof.journal_id, one.proof.sequence] = kind, "OUT" if out else "IN"
    _seen_inside(session, within, at)
    return meant


def _out(session: Session, passage: Passage, at: datetime, outside: Collection[int]) -> str | None:
    assert passage.person is not None
    person_id, seen_at = passage.person.id, min(passage.proof.at, at)
    if open_booking_of(session, person_id) is None:
        return "REL"  # whether it was one is looked after with the releases
    if any(one.person.id == person_id for one in people_away(session, at)):
        return None
    wanted = (
        select(Occurrence.id, Authorisation.why)
        .join(Authorisation, Authorisation.id == Occurrence.authorisation_id)
        .where(
            Occurrence.person_id == person_id,
            Occurrence.closed_at.is_(None),
            Occurrence.left_at.is_(None),
            Authorisation.state == Consent.APPROVED.value,
            Occurrence.leave_at.between(seen_at - AROUND, seen_at + AROUND),
        )
    )
    row = session.execute(wanted.order_by(Occurrence.leave_at).limit(1)).one_or_none()
    back = _back_since(session, passage, outside)
    if row is None:
        _ring(session, passage, at)
        if back is not None:
            over(session, WITHOUT, f"person:{person_id}", at)
        return None
    leave(session, row.id, Seen(seen_at, passage.proof.terminal), actor=BY_ITSELF, at=at)
    if back is not None:
        come_back(session, row.id, back, actor=BY_ITSELF, at=at)
    return movement_type(Why(row.why))


def _back_since(session: Session, passage: Passage, outside: Collection[int]) -> Seen | None:
    """The return that was heard of before the leaving, as when the gate's own terminal was away for a day."""
    assert passage.person is not None
    wanted = (
        select(Movement.occurred_at, Movement.terminal)
        .where(
            Movement.person_id == passage.person.id,
            Movement.occurred_at > passage.proof.at,
            Movement.from_zone_id.in_(outside),
            Movement.to_zone_id.not_in(outside),
            ~exists().where(MovementReversal.movement_id == Movement.id),
        )
        .order_by(Movement.occurred_at)
    )
    row = session.execute(wanted.limit(1)).one_or_none()
    return None if row is None else Seen(row.occurred_at, row.terminal)


def _in(session: Session, passage: Passage, at: datetime) -> str | None:
    assert passage.person is not None
    over(session, WITHOUT, f"person:{passage.person.id}", at)
    wanted = (
        select(Occurrence.id, Occurrence.left_at, Authorisation.why)
        .join(Authorisation, Authorisation.id == Occurrence.authorisation_id)
        .where(
            Occurrence.person_id == passage.person.id,
            Occurrence.closed_at.is_(None),
            Occurrence.left_at.is_not(None),
        )
    )
    row = session.execute(wanted.limit(1)).one_or_none()
    if row is None or passage.proof.at < row.left_at:
        return None
    seen = Seen(min(passage.proof.at, at), passage.proof.terminal)
    come_back(session, row.id, seen, actor=BY_ITSELF, at=at)
    return movement_type(Why(row.why))


def _seen_inside(session: Session, passages: Sequence[Passage], at: datetime) -> None:
    """Whoever is out by the record and passes a checkpoint inside is in one of the two places only.

    Asked of live passages: what is heard of late rings for nobody, and is a difference of the roll all the same.
    """
    people = {one.person.id for one in passages if one.person is not None}
    if not people or not facts_of(session, people, (ABSENCE.name,)):
        return
    left = {one.person.id: one.left_at for one in people_away(session, at)}
    slack = timedelta(seconds=limits_at(session, at).paper_slack_s)
    for one in passages:
        assert one.person is not None
        left_at = left.get(one.person.id)
        if left_at is None or (one.proof.earliest_at or one.proof.at) <= left_at + slack:
            continue
        del left[one.person.id]
        number = {"number": one.person.number}
        words = Sentence("%(number)s is out by the record, and was seen inside", number)
        _raise(session, one, INSIDE, words, at)


def _ring(session: Session, passage: Passage, at: datetime) -> None:
    assert passage.person is not None
    number = {"number": passage.person.number}
    words = Sentence("%(number)s went out of the prison, and nobody has allowed it", number)
    _raise(session, passage, WITHOUT, words, at)


def _raise(session: Session, passage: Passage, code: str, words: Sentence, at: datetime) -> None:
    assert passage.person is not None
    evidence = {"checkpoint": passage.checkpoint, "rule": passage.rule, "sequence": passage.proof.sequence}
    cause = Cause(
        code,
        key=f"person:{passage.person.id}",
        zone_id=passage.to_zone.id,
        terminal=passage.proof.terminal,
        person_id=passage.person.id,
        evidence=evidence,
        words=words,
    )
    raise_alarm(session, cause, at)
