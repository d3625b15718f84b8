"""Slips and marks, from terminals, from the hub's own page and from paper: taken once, whenever they arrive.

The caller has the transaction. Nothing that was signed is ever turned away: what is odd about it is said beside it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.accounts.permissions import Permission, permissions_of
from hub.accounts.records import Account
from hub.headcount.flags import ON_PAPER
from hub.headcount.meant import meant
from hub.headcount.reckoned import Reckoning
from hub.headcount.records import Headcount, HeadcountMark, HeadcountSlip, HeadcountUnit
from hub.headcount.states import ENDED, UNDER_WAY, State
from hub.headcount.turning import note, raise_alarm_line, revise, settle
from hub.movements import feed
from hub.movements.whereabouts.proofs import Key, NewProof, Source
from hub.movements.whereabouts.prove import prove, withdraw
from wire.happenings import CountMethod

PAGE: Final = "page"
PAPER: Final = ON_PAPER
NO_LINK: Final = b""


@dataclass(frozen=True)
class Told:
    """Where something comes from: the journal entry, or a page's own key (16 bytes by chance) with a running number.

    `at` is when it was done, between `earliest_at` and `latest_at`; `clock_sure` whether its clock can be trusted.
    """

    terminal: str
    journal_id: bytes
    sequence: int
    at: datetime
    clock_sure: bool = True
    link: bytes = NO_LINK
    earliest_at: datetime | None = None
    latest_at: datetime | None = None

    def proves(self, person_id: int, zone_id: int, source: Source, *, by: str, evidence: str) -> NewProof:
        """That somebody was in a zone when it was done."""
        return NewProof(
            person_id,
            zone_id,
            source,
            self.at,
            Key(self.terminal, self.journal_id, self.sequence),
            earliest_at=self.earliest_at,
            latest_at=self.latest_at,
            sure=self.clock_sure,
            link=self.link,
            by=by,
            evidence=evidence,
        )


@dataclass(frozen=True)
class NewSlip:
    """A slip. `session` 0: whoever counted knew of no announced count. `took_s` is the time that counting took.

    `counters` are logins; `saw_totals` that whoever entered it could see what was expected.
    """

    session: int
    unit: str
    recount: int
    method: CountMethod
    observed: int
    counters: tuple[str, ...]
    took_s: int
    signs_of_life: bool
    told: Told
    vacant_beds: tuple[tuple[str, int], ...] = ()
    remarks: str = ""
    entered_by: str = ""
    saw_totals: bool = False


@dataclass(frozen=True)
class NewMark:
    """One person seen alive; `person_id` None: nobody knows who."""

    session: int
    unit: str
    recount: int
    person_id: int | None
    method: CountMethod
    officer: str
    told: Told
    taken_back: bool = False


def take_slip(session: Session, new: NewSlip, at: datetime) -> Reckoning | None:
    """Keep a slip heard of at `at` and reckon the count; None for one that was taken before.

    RefusedError where no unit of a count is meant. One for a count that was cleared opens it again.
    """
    if _known(session, HeadcountSlip, new.told):
        return None
    began_at = new.told.at - timedelta(seconds=new.took_s)
    count, unit = meant(session, new.session, new.unit, began_at, new.told.at, at)
    late = State(count.state) in (*ENDED, State.REVISED)
    first, second = (*new.counters, "", "")[:2]
    session.add(
        HeadcountSlip(
            headcount_id=count.id,
            unit=unit.code,
            recount=new.recount,
            method=new.method.value,
            observed=new.observed,
            first_counter=first[:64],
            second_counter=second[:64],
            entered_by=(new.entered_by or first)[:64],
            signs_of_life=new.signs_of_life,
            vacant_beds=msgspec.json.encode(new.vacant_beds).decode(),
            remarks=new.remarks[:200],
            began_at=began_at,
            ended_at=new.told.at,
            clock_sure=new.told.clock_sure,
            heard_at=at,
            late=late,
            saw_totals=new.saw_totals or _lead(session, new.counters),
            **_key(new.told),
        )
    )
    session.flush()
    step, by = "SLIP_LATE" if late else "SLIP", Actor(new.entered_by or first, new.told.terminal)
    note(session, count, step, by, at, unit=unit.code, detail=f"{new.observed} ({', '.join(new.counters)})")
    if late:
        revise(session, count, unit.code, at)
    found = settle(session, count, at)
    _tell_of_flags(session, count, found, unit.code, at)
    return found


def is_taken(session: Session, key: bytes) -> bool:
    """Whether the slip of a page with this key was taken: whoever sends it twice is not told that it is too late."""
    wanted = exists().where(HeadcountSlip.terminal == PAGE, HeadcountSlip.journal_id == key)
    return bool(session.scalar(select(wanted)))


def take_mark(session: Session, new: NewMark, at: datetime) -> None:
    """Keep a mark heard of at `at`: it proves where the person was. Nothing happens for one that was taken before."""
    if _known(session, HeadcountMark, new.told):
        return
    count, unit = meant(session, new.session, new.unit, new.told.at, new.told.at, at)
    session.add(
        HeadcountMark(
            headcount_id=count.id,
            unit=unit.code,
            recount=new.recount,
            person_id=new.person_id,
            method=new.method.value,
            officer=new.officer[:64],
            at=new.told.at,
            clock_sure=new.told.clock_sure,
            heard_at=at,
            taken_back=new.taken_back,
            **_key(new.told),
        )
    )
    session.flush()
    _prove(session, count, unit, new, at)
    if _signed_before(session, count, unit, new.recount):
        revise(session, count, unit.code, at)
        settle(session, count, at)


def _prove(session: Session, count: Headcount, unit: HeadcountUnit, new: NewMark, at: datetime) -> None:
    if new.person_id is None:
        return
    if new.taken_back:
        _unprove(session, count, unit, new, at)
        return
    proof = replace(
        new.told.proves(
            new.person_id, unit.zone_id, Source.COUNT, by=new.officer, evidence=f"count {count.id}"
        ),
        late=State(count.state) not in UNDER_WAY,
    )
    feed.append(session, prove(session, [proof], at))


def _unprove(session: Session, count: Headcount, unit: HeadcountUnit, new: NewMark, at: datetime) -> None:
    """The marks that this one takes back prove nothing any more, in whichever order they came."""
    wanted = select(HeadcountMark).where(
        HeadcountMark.headcount_id == count.id,
        HeadcountMark.unit == unit.code,
        HeadcountMark.recount == new.recount,
        HeadcountMark.person_id == new.person_id,
        HeadcountMark.taken_back.is_(False),
        HeadcountMark.at <= new.told.at,
    )
    assert new.person_id is not None
    for row in session.scalars(wanted).all():
        withdraw(
            session,
            [new.person_id],
            row.terminal,
            row.journal_id,
            [row.sequence],
            at,
            f"count {count.id}: taken back",
        )


def _lead(session: Session, counters: Collection[str]) -> bool:
    """Whether one of them may see what is expected, at whatever screen: they cannot have counted blind."""
    roles = session.scalars(select(Account.role).where(Account.login.in_(counters)))
    return any(permissions_of(role) & {Permission.RUN_COUNT, Permission.CLEAR_COUNT} for role in roles)


def _signed_before(session: Session, count: Headcount, unit: HeadcountUnit, recount: int) -> bool:
    """A mark that comes after the slip it belongs to: the slip has to be reckoned anew."""
    wanted = select(HeadcountSlip.id).where(
        HeadcountSlip.headcount_id == count.id,
        HeadcountSlip.unit == unit.code,
        HeadcountSlip.recount >= recount,
    )
    return session.scalar(wanted.limit(1)) is not None


def _tell_of_flags(session: Session, count: Headcount, found: Reckoning, code: str, at: datetime) -> None:
    flags = sorted({flag.value for _, flags in found.unit(code).flags for flag in flags})
    if flags:
        raise_alarm_line(session, count, "count_flagged", at, unit=code, flags=flags)


def _known(session: Session, table: type[HeadcountSlip] | type[HeadcountMark], told: Told) -> bool:
    wanted = exists().where(
        table.terminal == told.terminal,
        table.journal_id == told.journal_id,
        table.sequence == told.sequence,
        table.link == told.link,
    )
    return bool(session.scalar(select(wanted)))


def _key(told: Told) -> dict[str, object]:
    return {
        "terminal": told.terminal[:40],
        "journal_id": told.journal_id,
        "sequence": told.sequence,
        "link": told.link,
    }
