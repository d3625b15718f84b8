"""What a change of policy would do: everybody reckoned both ways, in parts, before anybody may accept it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.facts.records import Fact
from hub.custody.records import Booking, Person
from hub.custody.sentencing.basis import Rules
from hub.custody.sentencing.dates import BestKnown, Certainty, judge, newest_signed, rules_of
from hub.custody.sentencing.forms import SENTENCE
from hub.custody.sentencing.policies import standing_of, with_change
from hub.custody.sentencing.reading import cases, last_fact
from hub.custody.sentencing.records import Difference, Trial
from hub.rows import insert_rows
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

PART: Final = 200
"""Stays reckoned in one transaction: no writer waits long for it."""
STALLED: Final = timedelta(seconds=60)
"""A trial that has not moved for so long was left by its process; another one goes on with it."""


@dataclass(frozen=True)
class Line:
    """One person whom a change moves."""

    difference: Difference
    number: str
    surname: str
    given: str


@dataclass(frozen=True)
class Tally:
    """How many dates move: to sooner, to later, due before today at once, and with signatures that become void."""

    moved: int
    sooner: int
    later: int
    past: int
    unsigned: int


def start(session: Session, policy_id: int, *, withdraws: bool, actor: Actor, at: datetime) -> Trial:
    """Begin to reckon everybody with a policy accepted, or withdrawn. RefusedError when it was decided."""
    standing = standing_of(session, policy_id)
    if withdraws != standing.in_force or not (standing.is_draft or standing.in_force):
        raise RefusedError(
            "decided", Sentence("This has been decided already. Open it again to see by whom.")
        )
    trial = Trial(
        policy_id=policy_id,
        withdraws=withdraws,
        started_by=actor.login[:64],
        started_at=at,
        total=session.scalar(select(func.count()).select_from(_sentenced().subquery())) or 0,
        done=0,
        last_booking_id=0,
        last_fact_id=last_fact(session),
        moved_at=at,
        finished_at=None,
    )
    session.add(trial)
    session.flush()
    write_down(session, at=at, actor=actor, act="policy.try", subject=str(policy_id))
    return trial


def step(session: Session, trial_id: int, at: datetime, *, size: int = PART) -> bool:
    """Reckon the next stays; whether more remain. Of two that step at once, one does nothing."""
    trial = session.get(Trial, trial_id)
    if trial is None or trial.finished_at is not None:
        return False
    known = trial.last_booking_id
    following = _sentenced().where(Booking.id > known).order_by(Booking.id).limit(size)
    wanted = list(session.scalars(following))
    changed = session.execute(
        update(Trial)
        .where(Trial.id == trial_id, Trial.last_booking_id == known, Trial.finished_at.is_(None))
        .values(
            last_booking_id=wanted[-1] if wanted else known,
            done=Trial.done + len(wanted),
            moved_at=at,
            finished_at=None if wanted else at,
        )
        .returning(Trial.id)
    ).all()
    if not changed:
        return True
    if not wanted:
        return False
    _compare(session, trial, wanted, at)
    return True


def stalled(trial: Trial, at: datetime) -> bool:
    """Whether a trial was left unfinished."""
    return trial.finished_at is None and at - trial.moved_at > STALLED


def newest_trial(session: Session, policy_id: int, *, withdraws: bool) -> Trial | None:
    """The last trial of a change."""
    return session.scalar(
        select(Trial)
        .where(Trial.policy_id == policy_id, Trial.withdraws == withdraws)
        .order_by(Trial.id.desc())
        .limit(1)
    )


def need_finished(session: Session, policy_id: int, *, withdraws: bool) -> Trial:
    """The trial on which a decision rests; RefusedError until one has run to its end."""
    trial = newest_trial(session, policy_id, withdraws=withdraws)
    if trial is None or trial.finished_at is None:
        raise RefusedError(
            "not_tried",
            Sentence("First everybody has to be reckoned with it. Start that, and read the differences."),
        )
    return trial


def lines(session: Session, trial_id: int, *, limit: int = 500, offset: int = 0) -> list[Line]:
    """Differences: who would be past release today first, then by how far the date moves."""
    rows = session.execute(
        select(Difference, Person)
        .join(Booking, Booking.id == Difference.booking_id)
        .join(Person, Person.id == Booking.person_id)
        .where(Difference.trial_id == trial_id)
        .order_by(
            Difference.past.desc(),
            func.abs(func.coalesce(Difference.moved_days, 100_000)).desc(),
            Difference.id,
        )
        .limit(limit)
        .offset(offset)
    )
    return [Line(difference, person.number, person.surname, person.given) for difference, person in rows]


def tally(session: Session, trial_id: int) -> Tally:
    """The differences counted."""
    rows = session.execute(
        select(Difference.moved_days, Difference.past, Difference.was_verified).where(
            Difference.trial_id == trial_id
        )
    ).all()
    days = [moved or 0 for moved, _, _ in rows]
    return Tally(
        len(rows),
        sum(1 for moved in days if moved < 0),
        sum(1 for moved in days if moved > 0),
        sum(1 for _, past, _ in rows if past),
        sum(1 for _, _, verified in rows if verified),
    )


def changed_since(session: Session, trial: Trial) -> int:
    """Facts about sentences recorded after a trial began: what it does not know of."""
    count = (
        select(func.count()).select_from(Fact).where(Fact.id > trial.last_fact_id, Fact.kind == SENTENCE.name)
    )
    return session.scalar(count) or 0


def _sentenced() -> Select[int]:
    sentenced = select(Fact.booking_id).where(Fact.kind == SENTENCE.name).distinct()
    return select(Booking.id).where(Booking.released_at.is_(None), Booking.id.in_(sentenced))


def _compare(session: Session, trial: Trial, booking_ids: Sequence[int], at: datetime) -> None:
    today = at.astimezone(SITE_ZONE).date()
    # A policy for everybody that takes effect later is tried as of that day: today it would change nothing.
    day = max(today, standing_of(session, trial.policy_id).policy.effective_on)
    now = rules_of(session, today=day)
    then = Rules(tuple(with_change(session, trial.policy_id, withdraws=trial.withdraws)), now.holidays, day)
    signed = newest_signed(session, booking_ids)
    found = []
    for booking_id, case in cases(session, booking_ids):
        old = judge(booking_id, case, now, signed.get(booking_id))
        new = judge(booking_id, case, then, signed.get(booking_id))
        if _dates(old) != _dates(new) or (old.certainty, new.certainty) == _VOID:
            found.append(_difference(trial.id, old, new, today))
    insert_rows(session, Difference, found)


_VOID: Final = (Certainty.VERIFIED, Certainty.UNVERIFIED)


def _dates(known: BestKnown) -> tuple[object, ...]:
    sure = known.certainty in (Certainty.VERIFIED, Certainty.UNVERIFIED)
    return (sure, known.on, known.parole_on, known.licence_until_on)


def _difference(trial_id: int, old: BestKnown, new: BestKnown, today: date) -> dict[str, object]:
    moved = None if old.on is None or new.on is None else (new.on - old.on).days
    return {
        "trial_id": trial_id,
        "booking_id": new.booking_id,
        "old_outcome": old.certainty.value,
        "old_on": old.on,
        "new_outcome": new.certainty.value,
        "new_on": new.on,
        "moved_days": moved,
        "past": new.on is not None and new.on < today and (old.on is None or old.on >= today),
        "was_verified": old.certainty is Certainty.VERIFIED,
    }
