"""What the pages of counts are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.custody.queries import names
from hub.headcount import candidates, explaining, flags
from hub.headcount.beds import Bedding, BedFinding, compare
from hub.headcount.limits import rules_at
from hub.headcount.loading import out_counts
from hub.headcount.muster import open_musters
from hub.headcount.out_counts import shown as shown_outs
from hub.headcount.reading import CountView, Viewer, open_sessions, session_view
from hub.headcount.records import Headcount, HeadcountSlip
from hub.headcount.running import newest
from hub.headcount.schedule import due_hours
from hub.headcount.states import COURSES, ENDED, LADDER, State, needs_reason
from hub.headcount.words import KINDS, MEANINGS, METHODS, OUT_STEPS, RUNGS, STATES, STEPS, WHATS
from hub.movements.cells.reading import cells, dwellers
from hub.movements.passes.reading import Pass, open_passes
from hub.movements.passes.rules import PassState
from hub.movements.passes.words import STATES as PASS_STATES
from hub.movements.records import Site
from hub.movements.site.tree import Node, Tree
from hub.movements.site.tree import load as load_tree
from hub.web.door import visitor
from wire.happenings import CountKind, CountMethod

HISTORY: Final = 60
_OUT: Final = frozenset({PassState.DEPARTED, PassState.ARRIVED, PassState.OVERDUE, PassState.UNACCOUNTED})


@dataclass(frozen=True)
class Past:
    """A count that is over: how long each part of it took."""

    count: Headcount
    kind: CountKind
    state: State
    held_for: timedelta | None
    counted_for: timedelta | None
    slips: int


def viewer() -> Viewer:
    """Whoever looks: those who may count and do not lead see no totals until the first slip is in."""
    who = visitor()
    leads = who.may(Permission.RUN_COUNT) or who.may(Permission.CLEAR_COUNT)
    return Viewer(who.login, leads or not who.may(Permission.TAKE_COUNT))


def shows_names() -> bool:
    """Names are for those who count and those who may open files; oversight reads numbers."""
    who = visitor()
    return who.may(Permission.SEE_PEOPLE) or who.may(Permission.TAKE_COUNT)


def list_facts(session: Session, now: datetime) -> dict[str, Any]:
    """Counts that go on, what the schedule calls for, and what was."""
    tree = load_tree(session)
    return {
        "now": now,
        "open": open_sessions(session, now),
        "musters": open_musters(session),
        "paper": newest(session),
        "past": history(session),
        "due": due_hours(session, now),
        "units": [(unit.code, tree.path(unit.id)) for unit in tree.units()],
        "sites": session.execute(select(Site.code, Site.name).order_by(Site.sort, Site.id)).all(),
        "rules": rules_at(session, now),
        "sees_totals": viewer().sees_totals,
        **_words(),
    }


def count_facts(session: Session, number: int, now: datetime) -> dict[str, Any] | None:
    """One count as this visitor may see it; None where there is none."""
    who = viewer()
    view = session_view(session, number, who, now)
    if view is None:
        return None
    tree = load_tree(session)
    outs = out_counts(session, view.count, tree)
    said = explaining.of_count(session, view.count)
    people = dict(view.people) | names(session, {*outs, *(row.person_id for row in said if row.person_id)})
    steps = [State(step.step) for step in view.steps if step.step in State._value2member_map_]
    return {
        "now": now,
        "view": view,
        "count": view.count,
        "kind": CountKind(view.count.kind),
        "course": COURSES[CountKind(view.count.kind)],
        "names": {unit.code: tree.path(unit.id) for unit in tree.units()},
        "people": people,
        "outs": shown_outs(session, view.count),
        "explanations": said,
        "slips": _slips(session, view),
        "beds": _beds(session, view, tree),
        "on_passes": _on_passes(session, view, tree, now) if who.sees_totals else [],
        "pass_states": PASS_STATES,
        "rungs": [(rung, needs_reason(rung, steps)) for rung in LADDER],
        "stages": _stages(view, steps),
        "ended": view.state in ENDED,
        "sees_totals": who.sees_totals,
        "shows_names": shows_names(),
        "zones": _places(tree),
        "state": view.state,
        "S": State,
        **_words(),
    }


def history(session: Session) -> list[Past]:
    """Counts that are over, the newest first, with how long they took."""
    over = [state.value for state in ENDED]
    rows = session.scalars(
        select(Headcount).where(Headcount.state.in_(over)).order_by(Headcount.id.desc()).limit(HISTORY)
    ).all()
    slips: dict[int, int] = {}
    for count_id in session.scalars(
        select(HeadcountSlip.headcount_id).where(HeadcountSlip.headcount_id.in_([row.id for row in rows]))
    ):
        slips[count_id] = slips.get(count_id, 0) + 1
    return [
        Past(
            count,
            CountKind(count.kind),
            State(count.state),
            _between(count.frozen_at, count.ended_at),
            _between(count.began_at, count.ended_at),
            slips.get(count.id, 0),
        )
        for count in rows
    ]


def _between(since: datetime | None, until: datetime | None) -> timedelta | None:
    return None if since is None or until is None else until - since


def _slips(session: Session, view: CountView) -> dict[str, Sequence[HeadcountSlip]]:
    rows = session.scalars(
        select(HeadcountSlip)
        .where(HeadcountSlip.headcount_id == view.count.id)
        .order_by(HeadcountSlip.recount, HeadcountSlip.ended_at, HeadcountSlip.id)
    ).all()
    return {unit.row.code: [row for row in rows if row.unit == unit.row.code] for unit in view.units}


def _beds(session: Session, view: CountView, tree: Tree) -> dict[str, list[BedFinding]]:
    """Cells whose empty beds are not as they should be, of units that counted them."""
    counted = [unit for unit in view.units if unit.reckoning is not None and unit.reckoning.beds_counted]
    if not counted:
        return {}
    at = view.count.effective_at or view.count.announced_at
    living: dict[str, set[int]] = {}
    for one in dwellers(session, at):
        living.setdefault(one.cell, set()).add(one.who.person_id)
    known = list(cells(session).values())
    found = {}
    for unit in counted:
        assert unit.reckoning is not None
        inside = {tree.zone(zone).code for zone in tree.within(unit.row.zone_id)}
        mine = [
            Bedding(one.code, one.working, frozenset(living.get(one.code, ())))
            for one in known
            if one.zone in inside and not one.out_of_order
        ]
        found[unit.row.code] = compare(mine, unit.reckoning.expected, dict(unit.reckoning.vacancy))
    return found


def _on_passes(session: Session, view: CountView, tree: Tree, now: datetime) -> list[tuple[Pass, str]]:
    """Who left the unit on a pass and is not back: to be counted through, declared elsewhere, or looked for."""
    if view.state in ENDED:
        return []
    out = [one for one in open_passes(session, now) if one.state in _OUT]
    return [(one, tree.path(one.to_zone_id)) for one in out]


def _stages(view: CountView, steps: Sequence[State]) -> list[tuple[State, bool, bool]]:
    """The way of this count: each stage with whether it was reached and whether it stands there."""
    course = COURSES[CountKind(view.count.kind)]
    way = [State.ANNOUNCED, *([State.FROZEN] if course.freezes else []), State.COUNTING, State.RECONCILING]
    way += [rung for rung in LADDER if rung in steps]
    way += [State.CANCELLED] if view.state is State.CANCELLED else [State.CLEARED]
    way += [State.REVISED] if view.state is State.REVISED else []
    return [(one, one in steps, one is view.state) for one in way]


def _places(tree: Tree) -> list[Node]:
    return tree.zones()


def _words() -> dict[str, Any]:
    return {
        "kinds": KINDS,
        "meanings": MEANINGS,
        "states": STATES,
        "rung_words": RUNGS,
        "methods": METHODS,
        "whats": WHATS,
        "step_words": STEPS,
        "out_words": OUT_STEPS,
        "why_words": candidates.WORDS,
        "flag_words": flags.WORDS,
        "courses": COURSES,
        "M": CountMethod,
    }
