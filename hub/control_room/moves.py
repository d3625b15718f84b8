"""Who is on the move: those who are late one by one, groups and ways in one line each, and parties outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy.orm import Session

from hub.control_room.lines import MoveLine
from hub.custody.absence import WHY
from hub.custody.away import Away, people_away
from hub.movements.passes.reading import Pass, open_passes
from hub.movements.passes.rules import LATE, PassState, Reason
from hub.movements.passes.words import REASONS
from hub.movements.site.tree import Tree
from hub.sentences import Sentence
from hub.web.formats import clock_time
from hub.web.language import say_in

SOON: Final = timedelta(minutes=30)
MOST_SINGLE: Final = 30
"""People on their way alone who are shown one by one; of more, each way is one line."""

_RANK: Final = {PassState.UNACCOUNTED: 1, PassState.OVERDUE: 2, PassState.DEPARTED: 3, PassState.DUE: 4}
_BACK, _OUTSIDE_LATE, _OUTSIDE, _THERE = "BACK", "OUTSIDE_LATE", "OUTSIDE", 5


@dataclass(frozen=True)
class Moves:
    """Open passes of now and soon, and who is outside."""

    passes: Sequence[Pass]
    away: Sequence[Away]


def read_moves(session: Session, now: datetime) -> Moves:
    """Everything that moves or is about to."""
    return Moves(open_passes(session, now, until=now + SOON), people_away(session, now))


def moving(found: Moves, tree: Tree, language: str) -> list[MoveLine]:
    """Lines said in `language`: the late first, then those on their way, those due, those there, those outside."""
    late = [one for one in found.passes if one.state in LATE]
    on_way = [one for one in found.passes if one.state == PassState.DEPARTED]
    alone = [one for one in on_way if not one.group]
    lines = [_single(one, tree, language) for one in late]
    lines += _together([one for one in on_way if one.group], lambda one: one.group, tree, language)
    if len(alone) <= MOST_SINGLE:
        lines += [_single(one, tree, language) for one in alone]
    else:
        lines += _together(alone, _way, tree, language)
    rest = [one for one in found.passes if one.state in (PassState.DUE, PassState.ARRIVED)]
    lines += _together(rest, lambda one: (one.state, *_way(one), one.reason), tree, language)
    lines += _outside(found.away, language)
    return sorted(
        lines, key=lambda line: (line.rank, line.due_at is None, line.due_at or line.since_at or _NEVER)
    )


_NEVER: Final = datetime.max


def _way(one: Pass) -> tuple[int, int]:
    return (one.to_zone_id, one.from_zone_id) if one.leg == _BACK else (one.from_zone_id, one.to_zone_id)


def _single(one: Pass, tree: Tree, language: str) -> MoveLine:
    start, end = (tree.zone(zone) for zone in _way(one))
    return MoveLine(
        key=f"pass-{one.id}",
        state=one.state,
        rank=_RANK.get(PassState(one.state), _THERE),
        title=f"{one.surname.upper()}, {one.given}",
        detail=f"{start.name} → {end.name}. {_reason(one, language)}",
        since_at=one.state_since,
        due_at=one.back_by_at if one.leg == _BACK else one.there_at,
        from_zone=start.code,
        to_zone=end.code,
        person=one.number,
        people=1,
        page=f"/moves/{one.id}",
    )


def _together(
    passes: Iterable[Pass], by: Callable[[Pass], object], tree: Tree, language: str
) -> list[MoveLine]:
    """One line for all that `by` gives the same for."""
    ordered = sorted(passes, key=lambda one: (str(by(one)), one.there_at))
    return [_group(list(same), tree, language) for _, same in groupby(ordered, by)]


def _group(passes: Sequence[Pass], tree: Tree, language: str) -> MoveLine:
    first = passes[0]
    if len(passes) == 1:
        return _single(first, tree, language)
    start, end = (tree.zone(zone) for zone in _way(first))
    number = first.group or min(one.id for one in passes)
    due = min(one.there_at for one in passes)
    until = Sentence("until %(time)s", {"time": clock_time(max(one.until_at for one in passes))})
    until_words = f" {say_in(language, until)}" if first.state == PassState.ARRIVED else ""
    return MoveLine(
        key=f"group-{first.state}-{number}",
        state=first.state,
        rank=_RANK.get(PassState(first.state), _THERE),
        title=say_in(language, Sentence("%(count)s people", {"count": len(passes)})),
        detail=f"{start.name} → {end.name}. {_reason(first, language)}{until_words}",
        since_at=min(one.state_since for one in passes),
        due_at=None if first.state == PassState.ARRIVED else due,
        from_zone=start.code,
        to_zone=end.code,
        person="",
        people=len(passes),
        page="/moves",
    )


def _reason(one: Pass, language: str) -> str:
    return say_in(language, REASONS[Reason(one.reason)])


def _outside(away: Sequence[Away], language: str) -> list[MoveLine]:
    """Those outside for one reason at one place are one line; who is late stands alone."""
    late = [one for one in away if one.overdue]
    rest = sorted(
        (one for one in away if not one.overdue), key=lambda one: (one.value.why.value, one.value.where)
    )
    lines = [_party([one], language) for one in late]
    parties = groupby(rest, lambda one: (one.value.why, one.value.where))
    return lines + [_party(list(same), language) for _, same in parties]


def _party(party: Sequence[Away], language: str) -> MoveLine:
    first = party[0]
    person = first.person
    name = f"{person.surname.upper()}, {person.given}"
    many = say_in(language, Sentence("%(count)s people", {"count": len(party)}))
    return MoveLine(
        key=f"outside-{first.value.why.value}-{first.held.item}",
        state=_OUTSIDE_LATE if first.overdue else _OUTSIDE,
        rank=2 if first.overdue else 6,
        title=name if len(party) == 1 else many,
        detail=f"{say_in(language, WHY[first.value.why])}: {first.value.where}",
        since_at=min(one.left_at for one in party),
        due_at=min(one.value.due_back_at for one in party),
        from_zone="",
        to_zone="",
        person=person.number if len(party) == 1 else "",
        people=len(party),
        page="/external",
    )
