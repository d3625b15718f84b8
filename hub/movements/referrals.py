"""Opening referrals, in the transaction of their passages, and who has them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.records import Person
from hub.movements.passages import Passage
from hub.movements.posts import on_duty, on_post, posts, responsible
from hub.movements.re_enrolment import Why, open_task
from hub.movements.referral_records import Referral, ReferralChange, ReferralSettings
from hub.movements.referral_rules import (
    ABOUT_FINGERS,
    Patience,
    Status,
    What,
    fault_of_patience,
    is_over,
    may_answer,
    status_of,
)
from hub.sentences import RefusedError, Sentence

REFER: Final = "REFER"
HUB: Final = "hub"
"""Who did what the hub does by itself."""
MOST_OPEN: Final = 200
"""As many as a screen can be about; the longest waiting come first."""


def open_referrals(session: Session, passages: Sequence[Passage], *, at: datetime) -> None:
    """A referral for each passage that asks for an officer; one told late is over and never rings."""
    asked = [passage for passage in passages if passage.decision == REFER]
    if not asked:
        return
    lines, waits = posts(session, at), patience(session)
    ids = _ids(session, {number for passage in asked for number in passage.candidates[:1]})
    for passage in asked:
        row = _row(passage, ids, at)
        row.holder = None if row.past else responsible(lines, passage.checkpoint, at)
        session.add(row)
        session.flush()
        note(session, row, What.PAST if row.past else What.OPENED, at)
        if row.holder is not None:
            note(session, row, What.GIVEN, at, login=row.holder)
        _ask_for_fingers(session, row, waits, at)


def note(
    session: Session, row: Referral, what: What, at: datetime, *, login: str = HUB, text: str = ""
) -> None:
    """One row of a referral's history."""
    session.add(ReferralChange(referral_id=row.id, what=what.value, at=at, login=login, note=text[:200]))
    session.flush()


def open_now(session: Session) -> list[Referral]:
    """Referrals that wait for an answer, the longest waiting first."""
    wanted = select(Referral).where(Referral.outcome.is_(None), Referral.past.is_(False))
    return list(session.scalars(wanted.order_by(Referral.opened_at, Referral.id).limit(MOST_OPEN)))


def changes_of(session: Session, referral_id: int) -> list[ReferralChange]:
    """The history of a referral, oldest first."""
    wanted = select(ReferralChange).where(ReferralChange.referral_id == referral_id)
    return list(session.scalars(wanted.order_by(ReferralChange.id)))


def opened_since(session: Session, since: datetime, limit: int) -> list[Referral]:
    """Referrals of a time, newest first, answered or not."""
    wanted = select(Referral).where(Referral.opened_at >= since).order_by(Referral.id.desc())
    return list(session.scalars(wanted.limit(limit)))


def is_allowed(session: Session, row: Referral, login: str, *, watches_all: bool, now: datetime) -> bool:
    """Whether `login` may see and answer it: its holder, whoever stands there or has the shift, and the watch."""
    lines = posts(session, now)
    present = frozenset([*on_post(lines, row.checkpoint, now), *on_duty(lines, now)])
    return may_answer(login, watches_all, row.holder, present)


def take(session: Session, referral_id: int, *, actor: Actor, watches_all: bool, now: datetime) -> Referral:
    """`actor` looks after it from now on; RefusedError when it is answered or not theirs to take."""
    row = locked(session, referral_id)
    if not is_allowed(session, row, actor.login, watches_all=watches_all, now=now):
        raise RefusedError("not_yours", Sentence("This referral is with another officer."))
    if row.holder != actor.login:
        row.holder = actor.login
        note(session, row, What.TAKEN, now, login=actor.login)
        write_down(session, at=now, actor=actor, act="referral.take", subject=str(row.id))
    return row


def locked(session: Session, referral_id: int) -> Referral:
    """An open referral, locked until the transaction ends; RefusedError when it is answered, over, or there is none."""
    row = session.get(Referral, referral_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None or row.outcome is not None:
        raise RefusedError(
            "answered", Sentence("This referral has been answered already. Open the list again.")
        )
    if row.past:
        raise RefusedError(
            "past", Sentence("It was over before the hub heard of it. Nobody waits there now.")
        )
    return row


def status(row: Referral, waits: Patience, now: datetime) -> Status:
    """Where a referral stands now."""
    return status_of(row.opened_at, row.outcome, row.past, waits, now)


def patience(session: Session) -> Patience:
    """How long a referral may wait at this site."""
    row = session.scalar(select(ReferralSettings).order_by(ReferralSettings.id.desc()).limit(1))
    if row is None:
        return Patience()
    return Patience(row.escalate_after_s, row.alarm_after_s, row.lapse_after_s, row.tries, row.within_days)


def set_patience(session: Session, wanted: Patience, *, actor: Actor, at: datetime) -> None:
    """Say how long a referral may wait; RefusedError when it makes no sense."""
    fault = fault_of_patience(wanted)
    if fault is not None:
        raise RefusedError("patience", fault)
    values = dict(
        zip(
            ("escalate_after_s", "alarm_after_s", "lapse_after_s", "tries", "within_days"),
            astuple(wanted),
            strict=True,
        )
    )
    session.add(ReferralSettings(**values, set_at=at, set_by=actor.login))
    write_down(session, at=at, actor=actor, act="referral.settings", detail=str(values))


def _row(passage: Passage, ids: dict[str, int], at: datetime) -> Referral:
    proof, person = passage.proof, passage.person
    first = ids.get(passage.candidates[0]) if passage.candidates else None
    return Referral(
        terminal=proof.terminal,
        journal_id=proof.journal_id,
        sequence=proof.sequence,
        link=proof.link,
        checkpoint=passage.checkpoint,
        from_zone_id=passage.from_zone.id,
        to_zone_id=passage.to_zone.id,
        rule=passage.rule,
        person_id=None if person is None else person.id,
        likely_id=first if person is None else person.id,
        candidates=list(passage.candidates),
        attempt=passage.attempt,
        quality=passage.quality,
        score=passage.score,
        needed=passage.needed,
        second_finger=passage.second_finger,
        occurred_at=proof.at,
        clock_sure=proof.clock_sure,
        opened_at=at,
        past=is_over(proof.at, proof.clock_sure, passage.late, at),
    )


def _ids(session: Session, numbers: Collection[str]) -> dict[str, int]:
    if not numbers:
        return {}
    rows = session.execute(select(Person.number, Person.id).where(Person.number.in_(numbers)))
    return dict(rows.all())


def _ask_for_fingers(session: Session, row: Referral, waits: Patience, at: datetime) -> None:
    """Fingers that fail again and again are taken anew; nothing else ever follows from it."""
    if row.likely_id is None or row.rule not in ABOUT_FINGERS:
        return
    since = at - timedelta(days=waits.within_days)
    wanted = select(func.count()).select_from(Referral)
    times = session.scalar(
        wanted.where(
            Referral.likely_id == row.likely_id,
            Referral.opened_at > since,
            Referral.rule.in_(sorted(ABOUT_FINGERS)),
        )
    )
    if (times or 0) >= waits.tries:
        open_task(session, row.likely_id, Why.OFTEN_REFERRED, at=at, by=HUB)
