"""What screens, pages and terminals are shown of counts. The blind rule stands here, and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.custody.queries import names
from hub.custody.records import Person
from hub.headcount.loading import facts_of, out_counts, slips_of, units_of
from hub.headcount.reckoned import Reckoning, UnitReckoning
from hub.headcount.records import Headcount, HeadcountSlip, HeadcountStep, HeadcountUnit
from hub.headcount.rules import reckon
from hub.headcount.states import ENDED, LADDER, METHOD_OF, State
from hub.headcount.values import LastProof, OutCount
from hub.headcount.words import KINDS, STATES
from hub.movements.site.tree import load as load_tree
from hub.sentences import Sentence
from wire.happenings import CountKind, CountMethod
from wire.unit import CountPhase, OpenCount, OutCountShown


@dataclass(frozen=True)
class Viewer:
    """Whoever looks. Without `sees_totals` they may be counting, and see nothing that tells them what to find."""

    login: str
    sees_totals: bool


@dataclass(frozen=True)
class Brief:
    """An open count in a line: units in and not, what is over and short, and who is asked to count again."""

    number: int
    kind: CountKind
    words: Sentence
    state: State
    state_words: Sentence
    name: str
    scope: str
    announced_at: datetime
    freeze_at: datetime
    frozen_at: datetime | None
    began_at: datetime | None
    units_all: int
    units_in: int
    off_plus: int
    off_minus: int
    recounts: tuple[str, ...]
    waiting: tuple[str, ...]
    late: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"/counts/{self.number}"


@dataclass(frozen=True)
class UnitShown:
    """A unit as one viewer may see it. Where `hidden`, nothing tells what is expected or how far a number is off."""

    row: HeadcountUnit
    reckoning: UnitReckoning | None
    hidden: bool
    slips: int

    @property
    def asked(self) -> bool:
        """Whether a slip of this unit is still to come."""
        slip = None if self.reckoning is None else self.reckoning.slip
        return self.slips == 0 or slip is None or (self.row.recount > slip.recount and not self._beds_in())

    def _beds_in(self) -> bool:
        mine = () if self.reckoning is None else self.reckoning.slips
        return any(slip.recount == self.row.recount for slip in mine)


@dataclass(frozen=True)
class CountView:
    """A count as one viewer may see it; `reckoning` is None while anything of it is hidden from them."""

    count: Headcount
    state: State
    units: tuple[UnitShown, ...]
    reckoning: Reckoning | None
    steps: Sequence[HeadcountStep]
    people: Mapping[int, Person]
    proofs: Mapping[int, LastProof]


def open_sessions(session: Session, now: datetime) -> list[Brief]:
    """Counts that go on, oldest first: from what was reckoned last, so that it costs two questions."""
    over = [state.value for state in ENDED]
    counts = session.scalars(
        select(Headcount).where(Headcount.state.not_in(over)).order_by(Headcount.id)
    ).all()
    rows = session.scalars(
        select(HeadcountUnit)
        .where(HeadcountUnit.headcount_id.in_([count.id for count in counts]))
        .order_by(HeadcountUnit.id)
    ).all()
    return [_brief(count, [row for row in rows if row.headcount_id == count.id], now) for count in counts]


def session_view(session: Session, number: int, viewer: Viewer, now: datetime) -> CountView | None:
    """One count with everything that this viewer may know of it; None where there is none."""
    count = session.get(Headcount, number)
    if count is None:
        return None
    facts = facts_of(session, count, now, with_proofs=viewer.sees_totals)
    found = reckon(facts)
    slips = slips_of(session, count)
    shown = []
    for row in units_of(session, count):
        mine = [slip for slip in slips if slip.unit == row.code]
        hidden = not viewer.sees_totals and is_blind(count, sum(s.ended_at >= count.open_from for s in mine))
        shown.append(UnitShown(row, None if hidden else found.unit(row.code), hidden, len(mine)))
    any_hidden = any(unit.hidden for unit in shown)
    return CountView(
        count=count,
        state=State(count.state),
        units=tuple(shown),
        reckoning=None if any_hidden else found,
        steps=session.scalars(
            select(HeadcountStep).where(HeadcountStep.headcount_id == count.id).order_by(HeadcountStep.id)
        ).all(),
        people=names(session, _named(found)),
        proofs=facts.proofs,
    )


def is_blind(count: Headcount, slips: int) -> bool:
    """From the announcement until the unit's first slip, nothing may say what is to be found there.

    `slips` are those signed since counting was open: whoever signs before is told nothing for it.
    """
    return count.blind and slips == 0 and State(count.state) not in ENDED


def blind_units(session: Session) -> frozenset[str]:
    """Codes of units whose roll and totals are hidden from whoever may count them."""
    over = [state.value for state in ENDED]
    counted = select(HeadcountSlip.id).where(
        HeadcountSlip.headcount_id == HeadcountUnit.headcount_id,
        HeadcountSlip.unit == HeadcountUnit.code,
        HeadcountSlip.ended_at >= func.coalesce(Headcount.frozen_at, Headcount.freeze_at),
    )
    wanted = (
        select(HeadcountUnit.code)
        .join(Headcount, Headcount.id == HeadcountUnit.headcount_id)
        .where(Headcount.state.not_in(over), Headcount.blind, ~counted.exists())
    )
    return frozenset(session.scalars(wanted))


def counts_for(session: Session, units: Collection[str], now: datetime) -> list[OpenCount]:
    """Open counts of these units for an officers' page; what is off comes with a recount alone."""
    over = [state.value for state in ENDED]
    rows = session.execute(
        select(Headcount, HeadcountUnit)
        .join(HeadcountUnit, HeadcountUnit.headcount_id == Headcount.id)
        .where(Headcount.state.not_in(over), HeadcountUnit.code.in_(units))
        .order_by(Headcount.id, HeadcountUnit.id)
    ).all()
    found, known = [], _slips_by_unit(session, {count.id for count, _ in rows})
    reckoned: dict[int, Reckoning] = {}
    for count, unit in rows:
        slips = known.get((count.id, unit.code), [])
        asked = unit.recount > 0 and unit.recount not in slips
        if asked and slips and count.id not in reckoned:
            reckoned[count.id] = reckon(facts_of(session, count, now, with_proofs=True))
        shown = _recount_of(session, reckoned[count.id].unit(unit.code)) if asked and slips else None
        found.append(
            OpenCount(
                session=count.id,
                kind=CountKind(count.kind),
                phase=_phase(count, asked=asked, counted=bool(slips)),
                announced_at=count.announced_at,
                freeze_at=count.freeze_at,
                blind=is_blind(count, len(slips)),
                slips=len(slips),
                recount=unit.recount,
                method=CountMethod(unit.method),
                unit=unit.code,
                off=None if shown is None else shown[0],
                candidates=[] if shown is None else shown[1],
            )
        )
    return found


def out_counts_for(session: Session, units: Collection[str]) -> list[OutCountShown]:
    """Out-counts of people of these units and of people accepted or awaited in them."""
    tree = load_tree(session)
    over = [state.value for state in ENDED]
    counts: list[Headcount | None] = list(
        session.scalars(select(Headcount).where(Headcount.state.not_in(over)).order_by(Headcount.id))
    )
    found: list[OutCountShown] = []
    for count in counts or [None]:
        outs = out_counts(session, count, tree)
        people = names(session, outs)
        found += [
            _out_shown(one, people[person], 0 if count is None else count.id)
            for person, one in sorted(outs.items())
            if one.unit in units or one.at_unit in units or one.place in units
        ]
    return found


def _brief(count: Headcount, units: Sequence[HeadcountUnit], now: datetime) -> Brief:
    asked = State(count.state) in LADDER
    return Brief(
        number=count.id,
        kind=CountKind(count.kind),
        words=KINDS[CountKind(count.kind)],
        state=State(count.state),
        state_words=STATES[State(count.state)],
        name=count.name,
        scope=count.scope,
        announced_at=count.announced_at,
        freeze_at=count.freeze_at,
        frozen_at=count.frozen_at,
        began_at=count.began_at,
        units_all=len(units),
        units_in=sum(unit.counted_at is not None for unit in units),
        off_plus=sum(max(0, unit.off or 0) for unit in units),
        off_minus=sum(max(0, -(unit.off or 0)) for unit in units),
        recounts=tuple(
            unit.name
            for unit in units
            if asked and unit.recount and unit.method == METHOD_OF[State(count.state)].value
        ),
        waiting=tuple(unit.name for unit in units if unit.counted_at is None),
        late=tuple(
            unit.name
            for unit in units
            if unit.counted_at is None and unit.due_at is not None and unit.due_at < now
        ),
    )


def _phase(count: Headcount, *, asked: bool, counted: bool) -> CountPhase:
    state = State(count.state)
    if state in (State.ANNOUNCED, State.FROZEN):
        return CountPhase(state.value)
    return CountPhase.RECOUNT if asked and (counted or state in LADDER) else CountPhase.COUNTING


def _recount_of(session: Session, found: UnitReckoning) -> tuple[int | None, list[str]]:
    """How far the newest slip is off, and whom names or evidence point to."""
    told = [one.person for one in found.missing] + [one.person for one in found.candidates]
    people = names(session, told)
    return found.off, [people[person].number for person in told[:50] if person in people]


def _slips_by_unit(session: Session, counts: Collection[int]) -> dict[tuple[int, str], list[int]]:
    found: dict[tuple[int, str], list[int]] = {}
    rows = session.execute(
        select(HeadcountSlip.headcount_id, HeadcountSlip.unit, HeadcountSlip.recount)
        .join(Headcount, Headcount.id == HeadcountSlip.headcount_id)
        .where(
            HeadcountSlip.headcount_id.in_(counts),
            HeadcountSlip.ended_at >= func.coalesce(Headcount.frozen_at, Headcount.freeze_at),
        )
    )
    for number, unit, recount in rows:
        found.setdefault((number, unit), []).append(recount)
    return found


def _out_shown(one: OutCount, person: Person, number: int) -> OutCountShown:
    return OutCountShown(
        person=person.number,
        session=number,
        from_unit=one.unit,
        place=one.place,
        place_zone=one.place,
        declared_by=one.declared_by,
        accepted_by=one.accepted_by or "",
    )


def _named(found: Reckoning) -> set[int]:
    """Everybody whom a page of the count may have to name."""
    people = {*found.elsewhere, *found.away, *found.unplaced}
    people |= {one.person for one in found.twice}
    for unit in found.units:
        people |= unit.expected
        people |= {one.person for one in unit.missing} | {one.person for one in unit.extra}
        people |= {one.person for one in (*unit.candidates, *unit.doubts)}
        for told in (unit.named, unit.running):
            people |= set() if told is None else set(told.seen)
    return people
