"""Who is on the move: those who are late one by one, groups and ways in one line each, and parties outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

import msgspec
from sqlalchemy.orm import Session

from hub.control_room.lines import MoveLine, PersonLine
from hub.control_room.siting import Sites
from hub.custody.absence import WHY
from hub.movements.external.reading import Away, away
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
    """Open passes of now and soon, and who is outside, by person."""

    passes: Sequence[Pass]
    away: Mapping[int, Away]


def read_moves(session: Session, now: datetime) -> Moves:
    """Everything that moves or is about to."""
    return Moves(open_passes(session, now, until=now + SOON), away(session, now))


def moving(
    found: Moves, tree: Tree, sites: Sites, people: Mapping[int, PersonLine], language: str
) -> list[MoveLine]:
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
    lines += _outside(found.away.values(), people, language)
    return sorted(
        (msgspec.structs.replace(line, sites=sites.of((line.from_zone, line.to_zone))) for line in lines),
        key=lambda line: (line.rank, line.due_at is None, line.due_at or line.since_at or _NEVER),
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


def _outside(gone: Iterable[Away], people: Mapping[int, PersonLine], language: str) -> list[MoveLine]:
    """A convoy is one line, and those outside for one reason at one place; who is late stands alone."""
    ordered = sorted(gone, key=lambda one: (one.why.value, one.where, one.convoy_id or 0, one.due_back_at))
    late = [one for one in ordered if one.overdue]
    parties = groupby(
        (one for one in ordered if not one.overdue), key=lambda one: (one.why, one.where, one.convoy_id)
    )
    lines = [_party([one], people, language) for one in late]
    return lines + [_party(list(same), people, language) for _, same in parties]


def _party(party: Sequence[Away], people: Mapping[int, PersonLine], language: str) -> MoveLine:
    first = party[0]
    known = people.get(first.person_id)
    alone = len(party) == 1
    many = say_in(language, Sentence("%(count)s people", {"count": len(party)}))
    details = [f"{say_in(language, WHY[first.why])}: {first.where}"]
    if first.convoy_id is not None:
        details.append(say_in(language, Sentence("convoy %(number)s", {"number": first.convoy_id})))
    if first.escort:
        details.append(say_in(language, Sentence("with %(name)s", {"name": first.escort})))
    return MoveLine(
        key=f"outside-{first.why.value}-{first.person_id}",
        state=_OUTSIDE_LATE if first.overdue else _OUTSIDE,
        rank=2 if first.overdue else 6,
        title=(first.number if known is None else known.name) if alone else many,
        detail=". ".join(details),
        since_at=min(one.left_at for one in party),
        due_at=min(one.due_back_at for one in party),
        from_zone="",
        to_zone="",
        person=first.number if alone else "",
        people=len(party),
        page=_page_of(first),
    )


def _page_of(one: Away) -> str:
    if one.convoy_id is not None:
        return f"/external/convoys/{one.convoy_id}"
    return "/external" if one.occurrence_id is None else f"/external/{one.occurrence_id}"
