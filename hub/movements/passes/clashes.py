"""What speaks against a planned move, and who may sign in spite of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from hub.custody.life.keep_aparts import Restriction
from hub.custody.life.sanctions import SanctionType
from hub.movements.passes.rules import Escort, Reason
from hub.sentences import Sentence


class Grade(StrEnum):
    """What a clash asks for. NOTE is said and no more; SECOND needs a second officer; NEVER cannot be planned."""

    NOTE = "note"
    SECOND = "second"
    NEVER = "never"


@dataclass(frozen=True)
class Clash:
    """Something that speaks against a move; `about` is the number of the other person where there is one."""

    code: str
    grade: Grade
    words: Sentence
    about: str = ""

    @property
    def key(self) -> str:
        """By which a signature names it: who signed for one other person did not sign for the next."""
        return f"{self.code}/{self.about}" if self.about else self.code


@dataclass(frozen=True)
class Move:
    """A move as it is planned, or stands: from when until when the person is away from where they start.

    `zones` is the way there, both ends included. `there_at` to `until_at` they are at its end. `pass_id`
    below 0 numbers those that are only being planned.
    """

    person_id: int
    zones: tuple[int, ...]
    reason: str
    from_at: datetime
    there_at: datetime
    until_at: datetime
    back_at: datetime
    escort: str = Escort.NONE
    pass_id: int = 0

    @property
    def to_zone(self) -> int:
        return self.zones[-1]

    def overlaps(self, from_at: datetime, until_at: datetime) -> bool:
        return self.from_at < until_at and from_at < self.back_at


@dataclass(frozen=True)
class Outside:
    """Somebody is to be out, or is. `gone` for whoever has left."""

    from_at: datetime
    until_at: datetime
    where: str
    gone: bool


@dataclass(frozen=True)
class Serving:
    """A sanction that runs on these days, both included."""

    type: SanctionType
    from_on: date
    until_on: date | None


@dataclass(frozen=True)
class Apart:
    """Somebody the person must be kept from: their number, where they live, and their own moves.

    `there` are the zones that are one place with the one where the move ends, as far as these two go.
    """

    number: str
    restriction: Restriction
    forbidden: frozenset[int]
    lives_in: int | None
    moves: tuple[Move, ...]
    there: frozenset[int]


@dataclass(frozen=True)
class Room:
    """A zone's name and room, and the moves of others into it."""

    name: str
    working: int | None
    maximum: int | None
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class Around:
    """Everything that counts for one person's move. `risky` tells of an alert that asks for somebody at their side."""

    in_custody: bool
    moves: tuple[Move, ...] = ()
    outside: tuple[Outside, ...] = ()
    serving: tuple[Serving, ...] = ()
    apart: tuple[Apart, ...] = ()
    curfew: str = ""
    risky: bool = False
    closed_to: str = ""


_CALLED_OUT_OF: Final = frozenset({Reason.WORK, Reason.SCHOOL, Reason.CHAPEL, Reason.EXERCISE, Reason.OTHER})
_NOBODYS_TO_TAKE: Final = frozenset({Reason.COURT, Reason.CLINIC, Reason.VISITS, Reason.RECEPTION})
"""A sanction keeps nobody from the court, the nurse or a visit: Nelson Mandela Rules 27, 41 and 43 (3)."""


def clashes(move: Move, around: Around, room: Room, today_of: date, names: dict[int, str]) -> list[Clash]:
    """Everything that speaks against a move. `today_of` is the day of the move at the site; `names` are of zones."""
    if not around.in_custody:
        return [Clash("not_held", Grade.NEVER, Sentence("The person is not in custody here."))]
    if around.closed_to:
        words = Sentence("%(zone)s is closed.", {"zone": around.closed_to})
        return [Clash("closed", Grade.NEVER, words)]
    return [
        *_of_outside(move, around.outside),
        *_of_moves(move, around.moves, names),
        *_of_sanctions(move, around.serving, today_of),
        *_of_apart(move, around.apart, names),
        *_of_room(move, room),
        *_of_curfew(around.curfew),
        *_of_risk(move, risky=around.risky),
    ]


def worst(found: Iterable[Clash]) -> Grade | None:
    """The gravest grade, None when nothing speaks against it."""
    grades = {one.grade for one in found}
    return next((grade for grade in (Grade.NEVER, Grade.SECOND, Grade.NOTE) if grade in grades), None)


def called_out_of(move: Move, held: Sequence[Move]) -> Move | None:
    """The move from whose place this one begins: work or school during which the person is called away."""
    return next((one for one in held if _inside(move, one)), None)


def _inside(inner: Move, outer: Move) -> bool:
    return (
        outer.reason in _CALLED_OUT_OF
        and outer.pass_id != inner.pass_id
        and outer.there_at <= inner.from_at
        and inner.until_at <= outer.until_at
        and inner.to_zone != outer.to_zone
    )


def _of_outside(move: Move, outside: Iterable[Outside]) -> list[Clash]:
    found = []
    for one in outside:
        if not move.overlaps(one.from_at, one.until_at):
            continue
        values = {"where": one.where}
        if one.gone:
            found.append(Clash("away", Grade.NEVER, Sentence("Is out: %(where)s.", values)))
        else:
            found.append(Clash("away_then", Grade.SECOND, Sentence("Is to be out then: %(where)s.", values)))
    return found


def _of_moves(move: Move, held: Iterable[Move], names: dict[int, str]) -> list[Clash]:
    found = []
    for one in held:
        if one.pass_id == move.pass_id or not move.overlaps(one.from_at, one.back_at):
            continue
        values = {"number": one.pass_id, "zone": names.get(one.to_zone, "")}
        if one.pass_id > 0 and _inside(move, one):
            words = Sentence("Is called out of %(zone)s and goes back there (pass %(number)s).", values)
            found.append(Clash("called_out", Grade.NOTE, words))
        elif one.pass_id > 0 and _inside(one, move):
            words = Sentence("Will be called out for pass %(number)s to %(zone)s.", values)
            found.append(Clash("interrupted", Grade.NOTE, words))
        elif move.from_at >= one.until_at or one.from_at >= move.until_at:
            words = Sentence("Little time between this and pass %(number)s to %(zone)s.", values)
            found.append(Clash("close", Grade.NOTE, words))
        elif one.pass_id < 0:
            words = Sentence("Stands twice in what is planned here.")
            found.append(Clash("two_at_once", Grade.SECOND, words))
        else:
            words = Sentence("Has another move at this time: pass %(number)s to %(zone)s.", values)
            found.append(Clash("two_at_once", Grade.SECOND, words))
    return found


def _of_sanctions(move: Move, serving: Iterable[Serving], day: date) -> list[Clash]:
    found = []
    for one in serving:
        if not one.from_on <= day or (one.until_on is not None and day > one.until_on):
            continue
        grade = Grade.NOTE if move.reason in _NOBODYS_TO_TAKE else Grade.SECOND
        if one.type is SanctionType.CONFINEMENT:
            found.append(Clash("confined", grade, Sentence("Is kept apart from others on that day.")))
        elif one.type is SanctionType.LOSS_OF_PRIVILEGES:
            found.append(Clash("privileges", Grade.NOTE, Sentence("Has lost privileges on that day.")))
    return found


def _of_apart(move: Move, apart: Iterable[Apart], names: dict[int, str]) -> list[Clash]:
    found = []
    for one in apart:
        grade = Grade.NEVER if one.restriction is Restriction.SITE else Grade.SECOND
        if one.lives_in in one.there:
            values = {"number": one.number, "zone": names.get(one.lives_in or 0, "")}
            words = Sentence("Must be kept apart from %(number)s, who lives in %(zone)s.", values)
            found.append(Clash("keep_apart", grade, words, one.number))
        for other in one.moves:
            found += _of_two(move, other, one, grade, names)
    return found


def _of_two(move: Move, other: Move, apart: Apart, grade: Grade, names: dict[int, str]) -> list[Clash]:
    values = {"number": apart.number, "zone": names.get(move.to_zone, "")}
    together = move.there_at < other.until_at and other.there_at < move.until_at
    if other.to_zone in apart.there and together:
        words = Sentence("Must be kept apart from %(number)s, who goes to %(zone)s at the same time.", values)
        return [Clash("keep_apart", grade, words, apart.number)]
    shared = (set(move.zones[1:]) & set(other.zones[1:])) & apart.forbidden
    for zone in sorted(shared):
        if _on_the_way(move, other):
            values = {"number": apart.number, "zone": names.get(zone, "")}
            words = Sentence("May meet %(number)s, from whom they are kept apart, in %(zone)s.", values)
            return [Clash("keep_apart_way", Grade.SECOND, words, apart.number)]
    return []


def _on_the_way(move: Move, other: Move) -> bool:
    """Whether the two are walking at one time, on the way there or back."""
    spans = ((move.from_at, move.there_at), (move.until_at, move.back_at))
    others = ((other.from_at, other.there_at), (other.until_at, other.back_at))
    return any(first < end and start < last for first, last in spans for start, end in others)


def _of_room(move: Move, room: Room) -> list[Clash]:
    places = [one for one in (room.working, room.maximum) if one is not None]
    if not places or len(room.moves) < min(places):
        return []
    most = _peak(move, room.moves) + 1
    values = {"zone": room.name, "count": most}
    if room.maximum is not None and most > room.maximum:
        words = Sentence(
            "%(zone)s would be over its maximum: %(count)s people for %(places)s.",
            {**values, "places": room.maximum},
        )
        return [Clash("over_maximum", Grade.NEVER, words)]
    if room.working is not None and most > room.working:
        words = Sentence(
            "%(zone)s would be full: %(count)s people for %(places)s places.",
            {**values, "places": room.working},
        )
        return [Clash("full", Grade.SECOND, words)]
    return []


def _peak(move: Move, others: Sequence[Move]) -> int:
    """The most people of other moves who are there at one moment while this person is."""
    marks = []
    for one in others:
        if one.there_at < move.until_at and move.there_at < one.until_at:
            marks += [(max(one.there_at, move.there_at), 1), (one.until_at, -1)]
    most = there = 0
    # At one moment those who go make room before those who come.
    for _, change in sorted(marks):
        there += change
        most = max(most, there)
    return most


def _of_curfew(name: str) -> list[Clash]:
    if not name:
        return []
    return [Clash("curfew", Grade.SECOND, Sentence("Falls into a curfew: %(name)s.", {"name": name}))]


def _of_risk(move: Move, *, risky: bool) -> list[Clash]:
    if not risky or move.escort != Escort.NONE:
        return []
    return [Clash("escort", Grade.SECOND, Sentence("An alert asks for an officer to go along."))]
