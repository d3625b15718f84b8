"""What becomes passes by itself: series of the days ahead, and visits that were booked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final, cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.facts.reading import holding
from hub.custody.facts.records import Fact
from hub.custody.life.visits import VISIT
from hub.custody.records import Booking
from hub.custody.then import COLUMNS
from hub.movements.move_limits import limits
from hub.movements.passes.groups import new_group, zone_for
from hub.movements.passes.looking import FREE, Draft, look
from hub.movements.passes.planning import make_clear
from hub.movements.passes.records import PassClash, PassGroup, PassRow, PassSeries, SeriesMember
from hub.movements.passes.ringing import HUB, write_step
from hub.movements.passes.rules import Escort, PassState, Reason
from hub.movements.passes.series_days import calendar, draft_of, source_of
from hub.web.formats import SITE_ZONE

BY_ITSELF: Final = Actor(HUB, "")
MADE_AT_ONCE: Final = 300
"""In one transaction, so that scans get their turn between."""


@dataclass
class Waiting:
    """What is to be made, what was left out before, and passes whose visit was called off or moved."""

    drafts: list[Draft] = field(default_factory=list)
    again: list[Draft] = field(default_factory=list)
    groups: dict[str, PassSeries] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.drafts or self.gone)


def to_feed(session: Session, now: datetime) -> Waiting:
    """What series and visits ask for within the time planned ahead, and is not there yet. Nothing is written."""
    until_at = now + timedelta(seconds=limits(session).plan_ahead_s)
    found = Waiting()
    _of_series(session, now, until_at, found)
    if not found.drafts:  # a visit calls somebody out of work, so that the work is planned first
        _of_visits(session, now, until_at, found)
    return found


def worth_again(session: Session, waiting: Waiting, now: datetime) -> bool:
    """Whether nothing speaks any more against something of what was left out."""
    return bool(look(session, waiting.again[:MADE_AT_ONCE], now, first_wins=True).clear())


def feed_passes(session: Session, now: datetime, *, again: bool = False) -> int:
    """Make them; how many. What something speaks against is not made, and stands on the board with the reason.

    With `again`, what was left out before is made where nothing speaks against it any more.
    """
    waiting = to_feed(session, now)
    for pass_id in waiting.gone:
        row = session.get_one(PassRow, pass_id)
        row.state, row.state_at, row.closed_at, row.next_at = PassState.CANCELLED.value, now, now, None
        write_step(session, row.id, "CANCELLED", now, now, evidence=row.source or "")
    fresh = waiting.drafts[:MADE_AT_ONCE]
    some = fresh + (waiting.again[: MADE_AT_ONCE - len(fresh)] if again else [])
    plan = make_clear(session, _grouped(session, some, waiting.groups, now), actor=BY_ITSELF, at=now)
    made = set(plan.clear())
    for place, draft in enumerate(plan.drafts[: len(fresh)]):
        if place not in made:
            grave = [one.code for one in plan.found.of(place) if one.grade not in FREE]
            _leave_out(session, draft, grave, now)
    session.flush()
    return len(made) + len(waiting.gone)


def _leave_out(session: Session, draft: Draft, codes: Sequence[str], now: datetime) -> None:
    row = PassClash(
        source=draft.source,
        person_id=draft.person_id,
        series_id=draft.series_id,
        on=draft.from_at.astimezone(SITE_ZONE).date(),
        reason=draft.reason.value,
        to_zone_id=draft.to_zone_id,
        codes=" ".join(sorted(set(codes)))[:200],
        at=now,
    )
    session.add(row)


def _of_series(session: Session, now: datetime, until_at: datetime, found: Waiting) -> None:
    today, last = now.astimezone(SITE_ZONE).date(), until_at.astimezone(SITE_ZONE).date()
    days = [today + timedelta(days=ahead) for ahead in range((last - today).days + 1)]
    rows = session.scalars(
        select(PassSeries).where(
            PassSeries.ended_at.is_(None),
            PassSeries.from_on <= last,
            or_(PassSeries.until_on.is_(None), PassSeries.until_on >= today),
        )
    ).all()
    if not rows:
        return
    known, people = calendar(session, [row.id for row in rows]), _members(session, [row.id for row in rows])
    made = _made(session, [source_of(row.id, on) for row in rows for on in days])
    left = _left_out(session, today)
    for row in rows:
        for day in (known.day(row, on) for on in days):
            if day is None or day.times is None:
                continue
            for member in people.get(row.id, ()):
                draft = replace(
                    draft_of(row, member.person_id, day.on, day.times),
                    signed_by=member.signed_by,
                    signed_for=frozenset(member.signed_for.split()),
                )
                if (
                    (draft.source, draft.person_id) in made
                    or draft.there_at <= now
                    or draft.from_at > until_at
                ):
                    continue
                again = (draft.source, draft.person_id) in left
                (found.again if again else found.drafts).append(draft)
                if draft.escort is Escort.GROUP:
                    found.groups[cast(str, draft.source)] = row


def _members(session: Session, series: Sequence[int]) -> dict[int, list[SeriesMember]]:
    """Who goes along, by series. Whoever was released since they were put down goes along no more."""
    found: dict[int, list[SeriesMember]] = {}
    held = (Booking.person_id == SeriesMember.person_id) & Booking.released_at.is_(None)
    wanted = (
        select(SeriesMember)
        .join(Booking, held & (Booking.recorded_at <= SeriesMember.added_at))
        .where(SeriesMember.series_id.in_(series), SeriesMember.removed_at.is_(None))
    )
    for row in session.scalars(wanted.order_by(SeriesMember.id)):
        found.setdefault(row.series_id, []).append(row)
    return found


def _made(session: Session, sources: Sequence[str]) -> set[tuple[str | None, int]]:
    """(source, person) of what was made of these."""
    found: set[tuple[str | None, int]] = set()
    for start in range(0, len(sources), 500):
        part = sources[start : start + 500]
        rows = session.execute(select(PassRow.source, PassRow.person_id).where(PassRow.source.in_(part)))
        found |= {(source, person_id) for source, person_id in rows}
    return found


def _left_out(session: Session, today: date) -> set[tuple[str | None, int]]:
    """(source, person) of what something spoke against: looked at again now and then, and written down once."""
    rows = session.execute(select(PassClash.source, PassClash.person_id).where(PassClash.on >= today))
    return {(source, person_id) for source, person_id in rows}


def _of_visits(session: Session, now: datetime, until_at: datetime, found: Waiting) -> None:
    """Booked visits without an outcome become passes; passes of visits called off or moved are cancelled."""
    near = select(Fact.item, Fact.id).where(
        Fact.kind == VISIT.name, Fact.effective_at > now - timedelta(days=1), Fact.effective_at <= until_at
    )
    items = {item or row_id for item, row_id in session.execute(near)}
    if not items:
        return
    rows = cast(
        Sequence[Fact],
        session.execute(
            select(*COLUMNS).where(Fact.kind == VISIT.name, or_(Fact.item.in_(items), Fact.id.in_(items)))
        ).all(),
    )
    zone, before = zone_for(session, Reason.VISITS), timedelta(seconds=limits(session).visit_before_s)
    wanted: dict[tuple[str, int], Draft] = {}
    for one in holding(VISIT, rows):
        if one.value.outcome or zone is None:
            continue
        at = one.value.visit_at
        to = zone_for(session, Reason.VISITS, one.value.place) or zone
        source = f"visit:{one.item}:{int(at.timestamp())}"
        wanted[source, one.row.person_id] = Draft(
            person_id=one.row.person_id, to_zone_id=to, reason=Reason.VISITS, from_at=at - before, there_at=at,
            until_at=at + timedelta(minutes=one.value.minutes), source=source,
        )  # fmt: skip
    _compare_visits(session, items, wanted, now, until_at, found)


def _compare_visits(
    session: Session,
    items: Iterable[int],
    wanted: dict[tuple[str, int], Draft],
    now: datetime,
    until_at: datetime,
    found: Waiting,
) -> None:
    starts = or_(*(PassRow.source.startswith(f"visit:{item}:") for item in sorted(items)))
    held = session.execute(
        select(PassRow.id, PassRow.source, PassRow.person_id, PassRow.closed_at, PassRow.departed_at).where(
            starts
        )
    ).all()
    known = {(row.source, row.person_id) for row in held}
    left = _left_out(session, now.astimezone(SITE_ZONE).date())
    found.gone += [
        row.id
        for row in held
        if row.closed_at is None and row.departed_at is None and (row.source, row.person_id) not in wanted
    ]
    for key, draft in wanted.items():
        if key not in known and draft.there_at > now and draft.from_at <= until_at:
            (found.again if key in left else found.drafts).append(draft)


def _grouped(
    session: Session, drafts: Sequence[Draft], groups: dict[str, PassSeries], now: datetime
) -> list[Draft]:
    """Drafts with the group of their day, which is made with the first of them."""
    numbers: dict[str, int] = {}
    found = []
    for draft in drafts:
        row = groups.get(draft.source or "")
        if row is None or draft.source is None:
            found.append(draft)
            continue
        if draft.source not in numbers:
            known = session.scalar(select(PassGroup.id).where(PassGroup.source == draft.source))
            numbers[draft.source] = known or new_group(
                session, row.name, row.officer, by=HUB, at=now, source=draft.source
            )
        found.append(replace(draft, group_id=numbers[draft.source]))
    return found
