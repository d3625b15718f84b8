"""Parting two joined files: exactly what was before, and each thing recorded since goes to the one it is said to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.facts.reading import item_of, rows_of, steps
from hub.custody.facts.records import Act as FactAct
from hub.custody.facts.records import Fact
from hub.custody.merging.actions import add_step, bring_up_to_date
from hub.custody.merging.checks import need_reason, other_account, other_of, standing_at
from hub.custody.merging.moving import Kinds, MovedTo, items_named, move_items
from hub.custody.merging.reading import Standing, family_of
from hub.custody.merging.records import JoinedStay
from hub.custody.merging.rules import Act
from hub.custody.records import Booking
from hub.sentences import RefusedError, Sentence


class Moves(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To which of the two persons each thing goes that was recorded since the merge: items of facts, and stays."""

    items: dict[int, int]
    stays: dict[int, int]


@dataclass(frozen=True)
class Later:
    """What was recorded since a merge and belongs to one of the two: stays, and facts outside of those stays."""

    stays: tuple[Booking, ...]
    rows: tuple[Fact, ...]

    @property
    def empty(self) -> bool:
        return not self.stays and not self.rows


def later(session: Session, standing: Standing) -> Later:
    """What was opened on either file since the two were joined, and still counts.

    What goes on with something that stood on a file before stays on that file.
    """
    merged = standing.merged
    assert merged is not None
    assert merged.lead_id is not None
    people = family_of(session, merged.lead_id)
    stays = session.scalars(
        select(Booking)
        .where(Booking.person_id.in_(people), Booking.recorded_at > merged.at)
        .order_by(Booking.id)
    ).all()
    new = {stay.id for stay in stays}
    rows = [
        step.row
        for step in steps(rows_of(session, people))
        if step.row.recorded_at > merged.at
        and step.row.item is None
        and step.row.act == FactAct.STATES
        and step.row.booking_id not in new
    ]
    counting = _counting(session, people)
    return Later(tuple(stays), tuple(row for row in rows if row.id in counting))


def ask(
    session: Session,
    case_id: int,
    moves: Moves,
    reason: str,
    *,
    kinds: Kinds,
    seen: int,
    actor: Actor,
    at: datetime,
) -> None:
    """Ask for two files to be parted, saying whose each later thing is; somebody else decides."""
    reason = need_reason(reason)
    standing = standing_at(session, case_id, Act.PART_ASKED, seen)
    _check(session, standing, moves, kinds)
    add_step(
        session,
        standing,
        Act.PART_ASKED,
        reason=reason,
        moves=msgspec.json.encode(moves).decode(),
        actor=actor,
        at=at,
    )


def part(session: Session, case_id: int, *, kinds: Kinds, seen: int, actor: Actor, at: datetime) -> None:
    """Part them, as the second person. RefusedError where something was recorded since it was asked for."""
    standing = standing_at(session, case_id, Act.PARTED, seen)
    asked = standing.last
    other_account(asked.by, actor)
    moves = moves_of(standing)
    _check(session, standing, moves, kinds)
    merged = standing.merged
    assert merged is not None
    assert merged.lead_id is not None
    led = other_of(standing.case, merged.lead_id)
    found = later(session, standing)
    add_step(session, standing, Act.PARTED, reason=asked.reason, moves=asked.moves, actor=actor, at=at)
    _reopen(session, merged.aside_id)
    for stay in found.stays:
        if moves.stays[stay.id] != stay.person_id:
            stay.person_id = moves.stays[stay.id]
    session.flush()
    _move(session, found, moves, kinds, actor=actor, at=at)
    bring_up_to_date(session, (merged.lead_id, led), at)


def moves_of(standing: Standing) -> Moves:
    """What was said when parting was asked for."""
    return msgspec.json.decode(standing.last.moves, type=Moves)


def _check(session: Session, standing: Standing, moves: Moves, kinds: Kinds) -> None:
    merged = standing.merged
    assert merged is not None
    pair = {standing.case.one_id, standing.case.other_id}
    found = later(session, standing)
    wanted = {item_of(row) for row in found.rows}, {stay.id for stay in found.stays}
    given = set(moves.items), set(moves.stays)
    if wanted != given or not {*moves.items.values(), *moves.stays.values()} <= pair:
        raise RefusedError(
            "unassigned",
            Sentence("Say of each thing recorded since the merge to whom of the two it belongs."),
        )
    _check_stays(session, found, moves, merged.aside_id)
    _check_targets(session, found, moves, kinds)


def _check_stays(session: Session, found: Later, moves: Moves, aside_id: int | None) -> None:
    """Nobody may be left with two open stays."""
    reopened = [] if aside_id is None else [session.get_one(Booking, aside_id).person_id]
    holders = [moves.stays[stay.id] for stay in found.stays if stay.released_at is None]
    if len(set(holders + reopened)) != len(holders + reopened):
        raise RefusedError(
            "two_open_stays_parted",
            Sentence(
                "Parted so, one of the two would have two open stays. Give the newest stay to the other one, "
                "or release it first."
            ),
        )


def _check_targets(session: Session, found: Later, moves: Moves, kinds: Kinds) -> None:
    """A fact of a stay needs a stay at the person it goes to, and goes where the facts it names go."""
    rows = {row.id: row for row in found.rows}
    for row in found.rows:
        target = moves.items[row.id]
        if row.booking_id is not None and target != row.person_id and not _stay_for(session, target):
            raise RefusedError(
                "no_stay_for_fact",
                Sentence(
                    "%(kind)s belongs to a stay, and the file it is to go to has none. Leave it where it is.",
                    {"kind": kinds[row.kind].words},
                ),
            )
        for named in items_named(row, kinds):
            goes = moves.items.get(named) if named in rows else row.person_id
            if goes != target:
                raise RefusedError(
                    "torn_apart",
                    Sentence(
                        "%(kind)s names another fact that goes to the other file. Give both to the same person.",
                        {"kind": kinds[row.kind].words},
                    ),
                )


def _move(session: Session, found: Later, moves: Moves, kinds: Kinds, *, actor: Actor, at: datetime) -> None:
    by_target: dict[int, dict[int, MovedTo]] = {}
    for row in found.rows:
        target = moves.items[row.id]
        if target != row.person_id:
            stay = None if row.booking_id is None else _stay_for(session, target)
            by_target.setdefault(row.person_id, {})[row.id] = MovedTo(target, stay)
    moved = {stay.id: stay.person_id for stay in found.stays}
    if moved:
        wanted = select(Fact).where(Fact.booking_id.in_(moved), Fact.item.is_(None))
        for row in session.scalars(wanted):
            target = moved[row.booking_id or 0]
            if target != row.person_id:
                by_target.setdefault(row.person_id, {})[row.id] = MovedTo(target, row.booking_id)
    for person_id, items in by_target.items():
        move_items(session, person_id, items, kinds=kinds, actor=actor, at=at)


def _reopen(session: Session, aside_id: int | None) -> None:
    if aside_id is None:
        return
    session.get_one(Booking, aside_id).released_at = None
    row = session.get(JoinedStay, aside_id)
    if row is not None:
        session.delete(row)
    session.flush()


def _stay_for(session: Session, person_id: int) -> int | None:
    """The newest stay of somebody."""
    return session.scalar(
        select(Booking.id).where(Booking.person_id == person_id).order_by(Booking.id.desc()).limit(1)
    )


def _counting(session: Session, people: tuple[int, ...]) -> set[int]:
    """Items of which some row counts still."""
    return {
        item_of(step.row)
        for step in steps(rows_of(session, people))
        if step.overtaken_by is None and step.row.act != FactAct.WITHDRAWS
    }
