"""Looking at moves before they are planned: where each begins, and what speaks against it. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from hub.movements.move_limits import limits
from hub.movements.passes.clashes import Clash, Grade, Move, called_out_of, clashes, worst
from hub.movements.passes.reading import Pass
from hub.movements.passes.records import PassRow
from hub.movements.passes.rules import Escort, Reason
from hub.movements.passes.seen import known_places
from hub.movements.passes.surroundings import Surroundings, homes_of, surroundings
from hub.movements.passes.ways import PassWays, ways_of
from hub.movements.site.tree import load
from hub.movements.site.ways import Graph, graph
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

MOST_AT_ONCE: Final = 600
LONGEST: Final = timedelta(hours=24)
FARTHEST: Final = timedelta(days=366)
FREE: Final = (None, Grade.NOTE)
"""Nobody has to sign."""


@dataclass(frozen=True)
class Draft:
    """A move to be planned. `from_zone_id` None: from where the person lives, or is when they are called out.

    `source` says once what it was made of ("visit:12"): the same is never made twice. `pass_id` is that of a pass that
    stands already, and is looked at anew. `signed_by` signed before for the keys of clashes in `signed_for`.
    """

    person_id: int
    to_zone_id: int
    reason: Reason
    from_at: datetime
    there_at: datetime
    until_at: datetime
    one_way: bool = False
    escort: Escort = Escort.NONE
    officer: str = ""
    group_id: int | None = None
    series_id: int | None = None
    from_zone_id: int | None = None
    source: str | None = None
    pass_id: int = 0
    signed_by: str = ""
    signed_for: frozenset[str] = frozenset()

    def is_free(self, found: Sequence[Clash]) -> bool:
        """Whether nobody has to sign any more."""
        grave = [one for one in found if one.grade not in FREE]
        return all(one.grade is Grade.SECOND and one.key in self.signed_for for one in grave)


@dataclass(frozen=True)
class Found:
    """What speaks against each of several moves planned together, by their place."""

    by_place: dict[int, list[Clash]] = field(default_factory=dict)

    def of(self, place: int) -> list[Clash]:
        return self.by_place.get(place, [])

    def worst(self, places: Collection[int]) -> Grade | None:
        return worst(clash for place in places for clash in self.of(place))


@dataclass(frozen=True)
class Plan:
    """Drafts, each with where it begins, and what speaks against each by its place in the list."""

    drafts: tuple[Draft, ...]
    found: Found

    def clear(self) -> list[int]:
        """Places of those that nobody has to sign for."""
        return [place for place, one in enumerate(self.drafts) if one.is_free(self.found.of(place))]


def check_times(from_at: datetime, there_at: datetime, until_at: datetime, now: datetime) -> None:
    """RefusedError for times that cannot be those of one move."""
    if not from_at <= there_at < until_at:
        raise RefusedError(
            "pass_times",
            Sentence(
                "The person may go first, is due there then, and leaves after that. Check the three times."
            ),
        )
    if until_at <= now:
        raise RefusedError("pass_past", Sentence("This move would be over already. Choose a later time."))
    if until_at - from_at > LONGEST or from_at - now > FARTHEST:
        raise RefusedError(
            "pass_far", Sentence("A move lasts at most a day and lies within a year. Check the days.")
        )


@dataclass(frozen=True)
class _Ways:
    """What a draft needs to become a move."""

    travel: PassWays
    graph: Graph
    grace: timedelta

    def move(self, draft: Draft, place: int) -> Move:
        assert draft.from_zone_id is not None
        back = timedelta(0)
        if not draft.one_way:
            back = self.travel.late_after(draft.to_zone_id, draft.from_zone_id)
        return Move(
            person_id=draft.person_id,
            zones=tuple(self.graph.zones_on(draft.from_zone_id, draft.to_zone_id)),
            reason=draft.reason.value,
            from_at=draft.from_at,
            there_at=draft.there_at,
            until_at=draft.until_at,
            back_at=draft.until_at + back + self.grace,
            escort=draft.escort.value,
            pass_id=draft.pass_id or -1 - place,
        )


def look(session: Session, drafts: Sequence[Draft], now: datetime, *, first_wins: bool = False) -> Plan:
    """What speaks against each of these moves. Nothing is written.

    Those planned together count for each other; with `first_wins` only those that stand before and that nobody has to
    sign for.
    """
    if not drafts:
        return Plan((), Found())
    if len(drafts) > MOST_AT_ONCE:
        raise RefusedError("too_many", Sentence("At most 600 moves are planned at once. Plan them in parts."))
    placed = _placed(session, drafts, now)
    by_place = {
        place: [clash] for place, draft in enumerate(placed) if (clash := _unplaced(draft)) is not None
    }
    ways = _Ways(ways_of(session, now), graph(session), timedelta(seconds=limits(session).grace_s))
    moves = {place: ways.move(draft, place) for place, draft in enumerate(placed) if place not in by_place}
    if not moves:
        return Plan(tuple(placed), Found(by_place))
    known = surroundings(session, list(moves.values()), now)
    for place, move in list(moves.items()):
        draft = placed[place] if move.pass_id > 0 else _called_out(placed[place], move, known)
        if draft is not placed[place]:
            placed[place], moves[place] = draft, ways.move(draft, place)
    names = known.names
    for move in () if first_wins else moves.values():
        if move.pass_id < 0:
            known.count_in(move)
    for place, move in moves.items():
        day = move.from_at.astimezone(SITE_ZONE).date()
        found = clashes(move, known.around(move), known.room(move), day, names)
        if found:
            by_place[place] = found
        if first_wins and placed[place].is_free(found):
            known.count_in(move)
    return Plan(tuple(placed), Found(by_place))


def _placed(session: Session, drafts: Sequence[Draft], now: datetime) -> list[Draft]:
    """Drafts with the zone that each begins in; None stays where nobody knows where the person lives or is."""
    wanting = {one.person_id for one in drafts if one.from_zone_id is None}
    homes = homes_of(session, load(session), wanting, now)
    lost = wanting - set(homes)
    seen = known_places(session, lost, now) if lost else {}
    starts = homes | {person: place.zone_id for person, place in seen.items()}
    return [
        draft if draft.from_zone_id is not None else replace(draft, from_zone_id=starts.get(draft.person_id))
        for draft in drafts
    ]


def _unplaced(draft: Draft) -> Clash | None:
    """Why a draft is no move at all."""
    if draft.from_zone_id is None:
        words = Sentence("Nobody knows where the person lives: allot a cell first.")
        return Clash("no_home", Grade.NEVER, words)
    if draft.from_zone_id == draft.to_zone_id:
        return Clash("same_zone", Grade.NEVER, Sentence("The person is at home there: no move is needed."))
    return None


def _called_out(draft: Draft, move: Move, known: Surroundings) -> Draft:
    """Whoever is called out of a workshop or a class begins there, and goes back there."""
    outer = called_out_of(move, known.moves.get(move.person_id, ()))
    return draft if outer is None else replace(draft, from_zone_id=outer.to_zone)


def draft_again(one: Pass | PassRow, signed: frozenset[str] = frozenset()) -> Draft:
    """A pass that stands, to be looked at anew; `signed` are keys of clashes that somebody signed for."""
    return Draft(
        person_id=one.person_id,
        to_zone_id=one.to_zone_id,
        reason=Reason(one.reason),
        from_at=one.from_at,
        there_at=one.there_at,
        until_at=one.until_at,
        one_way=one.one_way,
        escort=Escort(one.escort),
        from_zone_id=one.from_zone_id,
        pass_id=one.id,
        signed_by=one.signed_by,
        signed_for=signed,
    )
