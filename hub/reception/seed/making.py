"""Making the invented prison: everybody inside and everybody who has left, in parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from sqlalchemy.orm import Session

from hub.accounts.audit import OPERATOR, write_down
from hub.custody.identity import Identity
from hub.custody.legal import LegalStatus
from hub.custody.rules import Sex
from hub.database import Sessions, session_scope
from hub.reception.bulk import Bulk
from hub.reception.seed import plan
from hub.reception.seed.offences import offence, term_days
from hub.reception.seed.plan import Sketch, Wrong
from hub.reception.seed.site import JUVENILES, REMAND_BLOCKS, SENTENCED_BLOCKS, WOMEN, Block, Homes, build
from hub.reception.seed.stays import Stay, StayWriter
from hub.reception.seed.who import invent_identity, write_life, write_person
from hub.web.formats import SITE_ZONE

RECORDED_BY: Final = "seed"
_AT_ONCE: Final = 500
_TWINS: Final = 0.006
_SERVED: Final = 2 / 3
"""Of a past sentence: how long people stayed. What the law says is no constant; this is a history that is over."""


@dataclass(frozen=True)
class Order:
    """What to make: `people` inside today, `past` who have left for each of them, over so many years."""

    people: int
    years: int
    seed: int
    today: date
    past: float = plan.PAST_PEOPLE


@dataclass(frozen=True)
class Made:
    """What was made."""

    people: int
    inside: int
    stays: int


def make(sessions: Sessions, order: Order, told: Callable[[int, int], None]) -> Made:
    """Write the whole of it, some hundreds of people in a transaction; `told` hears of (done, of all)."""
    maker = _Maker(order)
    now = maker.now_at
    with session_scope(sessions) as session:
        maker.homes = build(session, order.people, actor=OPERATOR, at=now)
        detail = f"{order.people} people, {order.years} years, seed {order.seed}"
        write_down(session, at=now, actor=OPERATOR, act="register.seed", detail=detail)
    todo: list[Sketch | None] = [*maker.sketches(), *([None] * round(order.people * order.past))]
    for start in range(0, len(todo), _AT_ONCE):
        with session_scope(sessions) as session:
            maker.write(session, todo[start : start + _AT_ONCE])
        told(min(start + _AT_ONCE, len(todo)), len(todo))
    return Made(maker.written, order.people, maker.stays)


class _Maker:
    def __init__(self, order: Order) -> None:
        self.order = order
        self.rng = Random(order.seed)  # noqa: S311 - people are invented here, not keys
        self.now_at = datetime.combine(order.today, time(12), SITE_ZONE)
        self.first_day = order.today - timedelta(days=365 * order.years)
        self.homes = Homes({})
        self.places: dict[str, int] = {}
        self.written = self.stays = 0
        self.last: Identity | None = None

    def sketches(self) -> list[Sketch]:
        return plan.sketches(self.rng, self.order.people)

    def write(self, session: Session, part: list[Sketch | None]) -> None:
        bulk = Bulk(session, by=RECORDED_BY)
        for sketch in part:
            if sketch is None:
                self._who_left(bulk)
            else:
                self._inside(bulk, sketch)
        bulk.flush()

    def _inside(self, bulk: Bulk, sketch: Sketch) -> None:
        assert sketch.status is not None
        stay = self._present(sketch, sketch.status)
        before = [] if sketch.juvenile else self._history(plan.earlier_stays(self.rng), stay.admitted_on)
        first_on = before[0].admitted_on if before else stay.admitted_on
        born_on = plan.birth(self.rng, first_on, self.order.today, juvenile=sketch.juvenile)
        self._write_one(
            bulk, sketch.sex, born_on, [*before, stay], careful=sketch.wrong is not Wrong.BARE_FILE
        )

    def _who_left(self, bulk: Bulk) -> None:
        sex = Sex.FEMALE if self.rng.random() < 0.03 else Sex.MALE
        stays = self._history(1 + plan.earlier_stays(self.rng) // 2, self.order.today)
        if not stays:
            return
        born_on = plan.birth(self.rng, stays[0].admitted_on, self.order.today, juvenile=False)
        self._write_one(bulk, sex, born_on, stays, careful=self.rng.random() < 0.5)

    def _write_one(self, bulk: Bulk, sex: Sex, born_on: date, stays: list[Stay], *, careful: bool) -> None:
        rng = self.rng
        twin_of = (
            self.last if self.last is not None and self.last.sex is sex and rng.random() < _TWINS else None
        )
        identity, community = invent_identity(rng, sex, born_on, twin_of)
        self.last = identity
        noted_at = datetime.combine(stays[0].admitted_on, time(8), SITE_ZONE)
        who = write_person(bulk, rng, identity, community, noted_at)
        if careful:
            write_life(bulk, rng, who)
        self.written += 1
        for stay in stays:
            StayWriter(bulk, rng, who, stay, self.order.today).write()
            self.stays += 1

    def _present(self, sketch: Sketch, status: LegalStatus) -> Stay:
        today, rng = self.order.today, self.rng
        what = offence(rng, inside=True)
        sentenced_on = None
        term = 0
        if status is LegalStatus.SENTENCED or status is LegalStatus.INDETERMINATE_SENTENCE:
            term = 30 if sketch.wrong is Wrong.FINE_PAID else term_days(rng, what)
            # So many days served that the full term has not passed yet, unless that is what is wrong.
            passed = sketch.wrong is Wrong.RELEASE_PASSED
            served = term + rng.randint(3, 40) if passed else int(term * 0.62 * rng.random())
            sentenced_on = today - timedelta(days=min(served, 365 * self.order.years))
            waited = rng.choice((0, min(1500, plan.remand_days(rng))))
            if not passed:
                # What was waited is credited: the term must outlast both.
                waited = min(waited, max(0, term - (today - sentenced_on).days - rng.randint(5, 60)))
            admitted_on = sentenced_on - timedelta(days=waited)
        elif sketch.juvenile or status in (LegalStatus.IMMIGRATION_DETAINEE, LegalStatus.CIVIL_PRISONER):
            admitted_on = today - timedelta(days=rng.randint(1, 150))
        else:
            least = 100 if sketch.wrong is not None else 1
            admitted_on = today - timedelta(days=max(least, plan.remand_days(rng)))
        home = self._home(sketch, status)
        zone, cell = home if home is not None else ("", "")
        return Stay(status, what, admitted_on, sentenced_on, term, None, zone, cell, sketch.wrong)

    def _history(self, count: int, before: date) -> list[Stay]:
        """Stays that ended, oldest first, none overlapping another, each begun within the years."""
        found: list[Stay] = []
        end = before - timedelta(days=self.rng.randint(60, 900))
        if count and (before - self.first_day).days > 1200:
            end = before - timedelta(days=self.rng.randint(60, (before - self.first_day).days - 300))
        for _ in range(count):
            stay = self._past(end)
            if stay.admitted_on < self.first_day:
                break
            found.append(stay)
            end = stay.admitted_on - timedelta(days=self.rng.randint(60, 900))
        return found[::-1]

    def _past(self, released_on: date) -> Stay:
        rng = self.rng
        what = offence(rng, inside=False)
        if rng.random() < 0.35:
            admitted_on = released_on - timedelta(days=min(1_500, plan.remand_days(rng)))
            return Stay(LegalStatus.REMAND, what, admitted_on, None, 0, released_on, "", "")
        term = min(2_555, term_days(rng, what))
        sentenced_on = released_on - timedelta(days=max(1, int(term * _SERVED)))
        waited = rng.choice((0, 0, min(500, plan.remand_days(rng))))
        return Stay(
            LegalStatus.SENTENCED,
            what,
            sentenced_on - timedelta(days=waited),
            sentenced_on,
            term,
            released_on,
            "",
            "",
        )

    def _home(self, sketch: Sketch, status: LegalStatus) -> tuple[str, str] | None:
        block = self._block(sketch, status)
        cells = self.homes.cells[block.code]
        turn = self.places.get(block.code, 0)
        self.places[block.code] = turn + 1
        return block.code, cells[turn % len(cells)]

    def _block(self, sketch: Sketch, status: LegalStatus) -> Block:
        if sketch.sex is Sex.FEMALE:
            return WOMEN
        if sketch.juvenile and sketch.wrong is not Wrong.WITH_ADULTS:
            return JUVENILES
        after = status in (LegalStatus.SENTENCED, LegalStatus.INDETERMINATE_SENTENCE)
        return self.rng.choice(SENTENCED_BLOCKS if after else REMAND_BLOCKS)
