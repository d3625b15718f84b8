"""How a roll-out goes on, from what is stored of it. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hub.terminals.configuration.records import Act
from wire.versions import Version

UNWELL_FOR = timedelta(seconds=120)
"""A terminal that takes a configuration starts anew, and is away for the seconds of that."""

MOST_ABSENCES = 3
"""A terminal that went away this often since it runs by the new configuration does not stay up with it."""


class Standing(StrEnum):
    """How one terminal of a roll-out stands."""

    NOT_YET = "not_yet"
    SENT = "sent"
    ON_TRIAL = "on_trial"
    WATCHED = "watched"
    DONE = "done"
    OTHER = "other"
    """Somebody gave it another configuration since."""
    REFUSED = "refused"
    UNWELL = "unwell"


class Course(StrEnum):
    """How a roll-out as a whole stands."""

    RUNNING = "running"
    STOPPED = "stopped"
    TAKEN_BACK = "taken_back"
    FINISHED = "finished"


@dataclass(frozen=True)
class Member:
    """A terminal of a roll-out as of now. `wanted` is None before its stage, `latest` False when another came since.

    `was_well` is how it stood when its stage began, `well` how it stands, unchanged since `changed_at`; `absences`
    counts how often it went away since it names the version.
    """

    terminal: str
    stage: int
    wanted: Version | None = None
    latest: bool = True
    held: Version | None = None
    on_trial: bool = False
    since_at: datetime | None = None
    refused: Version | None = None
    was_well: bool = True
    well: bool = True
    changed_at: datetime | None = None
    absences: int = 0


@dataclass(frozen=True)
class Step:
    """One line of a roll-out's course, as stored."""

    act: Act
    stage: int
    terminal: str | None


@dataclass(frozen=True)
class Next:
    """What has to be noted and done now: STAGE begins `stage`, STOPPED names the terminal and its standing."""

    act: Act
    stage: int
    terminal: str | None = None
    why: str = ""


def plan(names: Sequence[str], first: int, percent: int) -> list[list[str]]:
    """Stages in the order of `names`: `first` of them, then `percent` of all, then the rest."""
    second = first + max(1, math.ceil(len(names) * percent / 100))
    stages = [list(names[:first]), list(names[first:second]), list(names[second:])]
    return [stage for stage in stages if stage]


def course(steps: Sequence[Step]) -> tuple[Course, int]:
    """Where a roll-out stands, and its present stage, 0 before the first."""
    stage = max((step.stage for step in steps if step.act is Act.STAGE), default=0)
    last = steps[-1].act if steps else Act.STAGE
    told = {Act.STOPPED: Course.STOPPED, Act.TAKEN_BACK: Course.TAKEN_BACK, Act.FINISHED: Course.FINISHED}
    return told.get(last, Course.RUNNING), stage


def standing(member: Member, soak: timedelta, now: datetime) -> Standing:
    """How far a terminal is with what the roll-out wants of it."""
    if member.wanted is None:
        return Standing.NOT_YET
    if not member.latest:
        return Standing.OTHER
    if member.refused == member.wanted:
        return Standing.REFUSED
    held = member.held == member.wanted
    if _is_unwell(member, now) or (held and member.absences >= MOST_ABSENCES):
        return Standing.UNWELL
    if not held:
        return Standing.SENT
    if member.on_trial:
        return Standing.ON_TRIAL
    since = max(at for at in (member.since_at, member.changed_at, now - 2 * soak) if at is not None)
    return Standing.DONE if member.well and now - since >= soak else Standing.WATCHED


def next_step(
    members: Sequence[Member], steps: Sequence[Step], soak: timedelta, now: datetime
) -> Next | None:
    """What happens next by itself, None when somebody has to act, or time has to pass."""
    how, stage = course(steps)
    if how is not Course.RUNNING:
        return None
    if stage == 0:
        return Next(Act.STAGE, 1)
    excused = _excused(steps)
    begun = [member for member in members if member.stage <= stage and member.terminal not in excused]
    standings = {member.terminal: standing(member, soak, now) for member in begun}
    for terminal, how_it_is in standings.items():
        if how_it_is in (Standing.REFUSED, Standing.UNWELL):
            return Next(Act.STOPPED, stage, terminal, how_it_is.value)
    if any(how_it_is not in (Standing.DONE, Standing.OTHER) for how_it_is in standings.values()):
        return None
    last = max(member.stage for member in members)
    return Next(Act.FINISHED, stage) if stage >= last else Next(Act.STAGE, stage + 1)


def _is_unwell(member: Member, now: datetime) -> bool:
    """True for one that was well before and has not been for a while; who was unwell already is waited for."""
    if member.well or not member.was_well:
        return False
    return member.changed_at is None or now - member.changed_at >= UNWELL_FOR


def _excused(steps: Sequence[Step]) -> set[str]:
    """Terminals that made it stop before somebody let it go on without them."""
    went_on = max((place for place, step in enumerate(steps) if step.act is Act.WENT_ON), default=-1)
    return {step.terminal for step in steps[: went_on + 1] if step.terminal is not None}
