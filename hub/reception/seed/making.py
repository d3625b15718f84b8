"""Making the invented prison: everybody inside and everybody who has left, in parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from sqlalchemy.orm import Session

from hub.accounts.audit import OPERATOR, write_down
from hub.biometrics.vault import Vault
from hub.custody.identity import Identity
from hub.custody.legal import LegalStatus
from hub.custody.rules import Sex
from hub.database import Sessions, session_scope
from hub.reception.bulk import Bulk
from hub.reception.seed import clinic, dates, inside, pairs, plan, said, stays, troubles, visiting, weekdays
from hub.reception.seed.counted import count
from hub.reception.seed.names import Community
from hub.reception.seed.pairs import Double, Doubled
from hub.reception.seed.pen import Pen, Stay
from hub.reception.seed.plan import Sketch, Wrong
from hub.reception.seed.prison import (
    FARM_BLOCK,
    JUVENILES,
    ON_THE_FARM,
    REMAND_BLOCKS,
    SENTENCED_BLOCKS,
    WOMEN,
    Block,
)
from hub.reception.seed.scans import Scans
from hub.reception.seed.site import Homes, build
from hub.reception.seed.who import (
    Like,
    Somebody,
    invent_identity,
    write_life,
    write_person,
    written_twice,
)
from hub.web.formats import SITE_ZONE

RECORDED_BY: Final = "seed"
_AT_ONCE: Final = 500
_TWINS: Final = 0.006
_BROTHERS: Final = 0.015
_PAST_THICK: Final = 0.08
"""Of stays that ended, how many files still hold property and visits."""
_NOT_SIGNED: Final = frozenset(
    {
        Wrong.UNVERIFIED,
        Wrong.FINE_NEARLY_PAID,
        Wrong.FINE_PAID,
    }
)


@dataclass(frozen=True)
class Order:
    """What to make: `people` inside today, `past` who have left for each of them, over so many years.

    `counted_at` is when everybody was last counted where they live, left out: noon of that day.
    """

    people: int
    years: int
    seed: int
    today: date
    past: float = plan.PAST_PEOPLE
    counted_at: datetime | None = None


@dataclass(frozen=True)
class Made:
    """What was made."""

    people: int
    inside: int
    stays: int


def make(
    sessions: Sessions, order: Order, told: Callable[[int, int], None], vault: Vault | None = None
) -> Made:
    """Write the whole of it, some hundreds of people in a transaction; `told` hears of (done, of all).

    Scans and photos are made where there is a vault to seal them in.
    """
    maker = _Maker(order, vault)
    now = maker.now_at
    with session_scope(sessions) as session:
        maker.homes = build(session, order.people, actor=OPERATOR, at=now)
        dates.enact(session, at=now)
        detail = f"{order.people} people, {order.years} years, seed {order.seed}"
        write_down(session, at=now, actor=OPERATOR, act="register.seed", detail=detail)
    todo: list[Sketch | None] = [*maker.sketches(), *([None] * round(order.people * order.past))]
    for start in range(0, len(todo), _AT_ONCE):
        with session_scope(sessions) as session:
            maker.write(session, todo[start : start + _AT_ONCE])
        told(min(start + _AT_ONCE, len(todo)), len(todo))
    with session_scope(sessions) as session:
        maker.finish(session)
    return Made(maker.written, order.people, maker.stays)


class _Maker:
    def __init__(self, order: Order, vault: Vault | None) -> None:
        self.order = order
        self.rng = Random(order.seed)  # noqa: S311 - people are invented here, not keys
        self.now_at = datetime.combine(order.today, time(12), SITE_ZONE)
        self.span = inside.Span(order.today - timedelta(days=365 * order.years), order.today)
        self.homes = Homes({}, {})
        self.places: dict[str, int] = {}
        self.thick = min(1.0, plan.ALL_THICK_UNTIL / order.people)
        self.written = self.stays = 0
        self.last: Somebody | None = None
        self.crowd = troubles.Crowd()
        self.scans = Scans(vault)
        self.left_open: set[int] = set()
        self.to_double = pairs.doubles(self.rng, order.people)
        self.doubled: list[Double] = []
        self.at_home: list[tuple[int, str]] = []

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
        count(session, self.at_home, self.order.counted_at or self.now_at)
        self.at_home.clear()
        self.scans.seal(session)

    def finish(self, session: Session) -> None:
        """What needs everybody to be there."""
        pairs.settle(session, self.rng, self.doubled, self.now_at)
        pairs.keep_apart(session, self.rng, self.crowd.apart)
        dates.sign(session, self.rng, self.left_open, self.order.today, people=self.order.people)

    def _inside(self, bulk: Bulk, sketch: Sketch) -> None:
        assert sketch.status is not None
        sound = sketch.wrong is None or sketch.wrong is not Wrong.BARE_FILE
        thick = sound and (sketch.wrong is not None or self.rng.random() < self.thick)
        home = self._home(sketch, sketch.status)
        stay = inside.present(self.rng, sketch, sketch.status, self.span, home, thick=thick)
        before = [] if sketch.juvenile else self._history(plan.earlier_stays(self.rng), stay.admitted_on)
        first_on = before[0].admitted_on if before else stay.admitted_on
        born_on = plan.birth(self.rng, first_on, self.order.today, juvenile=sketch.juvenile)
        who = self._write_one(
            bulk, sketch.sex, born_on, [*before, stay], careful=sound, abroad=sketch.wrong in plan.FOREIGN
        )
        if stay.zone and sketch.wrong is not Wrong.NO_CELL:
            self.at_home.append((who.person_id, stay.zone))
        if self.to_double and sketch.wrong is None and not sketch.juvenile and first_on > self._early:
            self._twice(bulk, who, first_on, self.to_double.pop())

    @property
    def _early(self) -> date:
        return self.span.first_on + timedelta(days=500)

    def _who_left(self, bulk: Bulk) -> None:
        sex = Sex.FEMALE if self.rng.random() < 0.03 else Sex.MALE
        found = self._history(1 + plan.earlier_stays(self.rng) // 2, self.order.today)
        if not found:
            return
        born_on = plan.birth(self.rng, found[0].admitted_on, self.order.today, juvenile=False)
        self._write_one(bulk, sex, born_on, found, careful=self.rng.random() < 0.5)

    def _history(self, count: int, before: date) -> list[Stay]:
        return inside.history(self.rng, count, before, self.span, _PAST_THICK * self.thick)

    def _write_one(
        self, bulk: Bulk, sex: Sex, born_on: date, wanted: list[Stay], *, careful: bool, abroad: bool = False
    ) -> Somebody:
        rng, like = self.rng, None if abroad else self._like(sex)
        identity, of = invent_identity(rng, sex, born_on, like, abroad=abroad)
        who = self._person(bulk, identity, of, wanted[0], born_here=not abroad)
        if careful:
            who = write_life(bulk, rng, who, like)
        self.last = who
        self._stays(bulk, who, wanted)
        return who

    def _like(self, sex: Sex) -> Like | None:
        chance = self.rng.random()
        if self.last is None or self.last.identity.sex is not sex or chance > _TWINS + _BROTHERS:
            return None
        return Like(self.last, brother=chance > _TWINS)

    def _person(
        self, bulk: Bulk, identity: Identity, of: Community, first: Stay, *, born_here: bool
    ) -> Somebody:
        noted_at = datetime.combine(first.admitted_on, time(8), SITE_ZONE)
        self.written += 1
        return write_person(bulk, self.rng, identity, of, noted_at, born_here=born_here)

    def _twice(self, bulk: Bulk, who: Somebody, first_on: date, became: Doubled) -> None:
        """A second file of somebody, of a stay before the others."""
        stay = inside.earlier(self.rng, first_on, self.span)
        if stay is None:
            self.to_double.append(became)
            return
        identity = written_twice(self.rng, who.identity)
        other = self._person(bulk, identity, who.community, stay, born_here=True)
        self._stays(bulk, other, [stay])
        self.doubled.append(Double(who.person_id, other.person_id, became))

    def _stays(self, bulk: Bulk, who: Somebody, wanted: list[Stay]) -> None:
        for stay in wanted:
            pen = Pen(bulk, self.rng, who, stay, self.order.today)
            self.scans.of_stay(pen)
            stays.write_stay(pen)
            if stay.thick:
                self._life(pen)
            if stay.wrong in _NOT_SIGNED:
                self.left_open.add(pen.booking_id)
            self.stays += 1

    def _life(self, pen: Pen) -> None:
        if not pen.stay.is_open:
            if pen.chance(0.3):
                visiting.visits(pen)
            return
        clinic.seen(pen)
        if pen.chance(0.62):
            visiting.visits(pen)
        weekdays.days(pen)
        troubles.troubles(pen, self.crowd)
        self.crowd.join(pen)
        said.spoken(pen)

    def _home(self, sketch: Sketch, status: LegalStatus) -> tuple[str, str]:
        block = self._block(sketch, status)
        turn = self.places.get(block.code, 0)
        self.places[block.code] = turn + 1
        if block in SENTENCED_BLOCKS and turn % ON_THE_FARM == 0 and FARM_BLOCK.code in self.homes.cells:
            block, turn = FARM_BLOCK, turn // ON_THE_FARM
        cells = self.homes.cells[block.code]
        cell = cells[turn % len(cells)]
        return self.homes.zones[cell], cell

    def _block(self, sketch: Sketch, status: LegalStatus) -> Block:
        if sketch.sex is Sex.FEMALE:
            return WOMEN
        if sketch.juvenile and sketch.wrong is not Wrong.WITH_ADULTS:
            return JUVENILES
        after = status in (LegalStatus.SENTENCED, LegalStatus.INDETERMINATE_SENTENCE)
        return self.rng.choice(SENTENCED_BLOCKS if after else REMAND_BLOCKS)
