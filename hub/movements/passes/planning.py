"""Planning moves: what speaks against each, and making passes of them. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.movements.move_limits import limits
from hub.movements.passes.clashes import Clash, Found, Grade, Move, called_out_of, clashes, worst
from hub.movements.passes.records import PassRow
from hub.movements.passes.ringing import write_step
from hub.movements.passes.rules import Escort, Leg, PassState, Reason
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

    `source` says once what it was made of ("visit:12"): the same is never made twice.
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


@dataclass(frozen=True)
class Plan:
    """Drafts, each with where it begins, and what speaks against each by its place in the list."""

    drafts: tuple[Draft, ...]
    found: Found

    def clear(self) -> list[int]:
        """Places of those that nobody has to sign for."""
        return [place for place in range(len(self.drafts)) if worst(self.found.of(place)) in FREE]


@dataclass(frozen=True)
class Override:
    """The second officer, who signs for what speaks against it, and why."""

    actor: Actor
    reason: str


class ClashesError(RefusedError):
    """Something speaks against some of what was planned; `plan` says what."""

    def __init__(self, plan: Plan, message: Sentence) -> None:
        super().__init__("clashes", message)
        self.plan = plan


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
            pass_id=-1 - place,
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
        draft = _called_out(placed[place], move, known)
        if draft is not placed[place]:
            placed[place], moves[place] = draft, ways.move(draft, place)
    names = known.names
    for move in () if first_wins else moves.values():
        known.count_in(move)
    for place, move in moves.items():
        day = move.from_at.astimezone(SITE_ZONE).date()
        found = clashes(move, known.around(move), known.room(move), day, names)
        if found:
            by_place[place] = found
        if first_wins and worst(found) in FREE:
            known.count_in(move)
    return Plan(tuple(placed), Found(by_place))


def make_clear(session: Session, drafts: Sequence[Draft], *, actor: Actor, at: datetime) -> Plan:
    """Make passes of those that nobody has to sign for, and of no others; the plan says what speaks against those."""
    plan = look(session, drafts, at, first_wins=True)
    _make(session, plan, plan.clear(), None, actor, at)
    return plan


def make_passes(
    session: Session,
    drafts: Sequence[Draft],
    *,
    override: Override | None = None,
    actor: Actor,
    at: datetime,
) -> list[int]:
    """Make passes of all of these; their numbers. ClashesError when something speaks against one of them.

    With `override`, what a second officer may sign for is made in spite of it, and says who signed and why.
    """
    for draft in drafts:
        check_times(draft.from_at, draft.there_at, draft.until_at, at)
    plan = look(session, drafts, at)
    grade = plan.found.worst(range(len(drafts)))
    if grade is Grade.NEVER:
        raise ClashesError(plan, Sentence("Some of these moves cannot be: see below. Leave those out."))
    if grade is Grade.SECOND and override is None:
        raise ClashesError(
            plan,
            Sentence(
                "Something speaks against some of these moves. Leave them out, or have a second officer sign."
            ),
        )
    if override is not None and grade is Grade.SECOND and not override.reason.strip():
        raise ClashesError(plan, Sentence("The second officer writes why it shall be done all the same."))
    return _make(session, plan, range(len(plan.drafts)), override, actor, at)


def _make(
    session: Session, plan: Plan, places: Sequence[int], override: Override | None, actor: Actor, at: datetime
) -> list[int]:
    grace = timedelta(seconds=limits(session).grace_s)
    rows = {place: _row(plan.drafts[place], grace, actor, at) for place in places}
    signed = {
        place for place in places if override is not None and worst(plan.found.of(place)) is Grade.SECOND
    }
    for place in signed:
        rows[place].signed_by = override.actor.login[:64] if override is not None else ""
    session.add_all(rows.values())
    session.flush()
    for place, row in rows.items():
        found = plan.found.of(place)
        codes = " ".join(sorted({one.code for one in found}))
        write_step(session, row.id, "MADE", at, at, by=actor.login, evidence=codes)
        if any(one.code == "interrupted" for one in found):
            _begin_here(session, row, actor, at)
        if place in signed and override is not None:
            _sign(session, row, override, codes, at)
    return [row.id for row in rows.values()]


def _row(draft: Draft, grace: timedelta, actor: Actor, at: datetime) -> PassRow:
    return PassRow(
        person_id=draft.person_id,
        from_zone_id=draft.from_zone_id,
        to_zone_id=draft.to_zone_id,
        reason=draft.reason.value,
        escort=draft.escort.value,
        officer=draft.officer[:64],
        group_id=draft.group_id,
        series_id=draft.series_id,
        source=draft.source,
        from_at=draft.from_at,
        there_at=draft.there_at,
        until_at=draft.until_at,
        one_way=draft.one_way,
        made_at=at,
        made_by=actor.login[:64],
        signed_by="",
        state=PassState.DUE.value,
        leg=Leg.OUT.value,
        state_at=at,
        next_at=draft.there_at + grace,
    )


def _sign(session: Session, row: PassRow, override: Override, codes: str, at: datetime) -> None:
    by, text = override.actor, override.reason.strip()
    write_step(session, row.id, "SIGNED", at, at, by=by.login, text=text, evidence=codes)
    write_down(session, at=at, actor=by, act="pass.sign", subject=str(row.id), detail=codes[:200])


def _begin_here(session: Session, outer: PassRow, actor: Actor, at: datetime) -> None:
    """Moves that were planned before for the time of this one begin at its place now, and lead back there."""
    inner = select(PassRow).where(
        PassRow.person_id == outer.person_id,
        PassRow.id != outer.id,
        PassRow.closed_at.is_(None),
        PassRow.departed_at.is_(None),
        PassRow.arrived_at.is_(None),
        PassRow.from_at >= outer.there_at,
        PassRow.until_at <= outer.until_at,
        PassRow.to_zone_id != outer.to_zone_id,
    )
    for row in session.scalars(inner.order_by(PassRow.id).with_for_update()):
        row.from_zone_id = outer.to_zone_id
        write_step(session, row.id, "CHANGED", at, at, by=actor.login, evidence=f"pass {outer.id}")


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
