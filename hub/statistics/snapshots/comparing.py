"""Why the roll of a day is another one now than it was then: which stays were told of later, and in what way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from hub.sentences import Sentence
from hub.statistics.periods import Period
from hub.statistics.reading.timelines import ALWAYS, Ints, micros
from hub.statistics.snapshots.rolls import BY, Body, Roll, roll_on

CAUSES: Final = {
    "admission_later": Sentence("The admission was recorded later, or put at an earlier time"),
    "admission_gone": Sentence("The admission was withdrawn, or put at a later time"),
    "release_later": Sentence("The release was recorded later, or put at an earlier time"),
    "release_gone": Sentence("The release was taken back, or put at a later time"),
    "at_large_later": Sentence("That they were unlawfully at large was recorded later"),
    "at_large_gone": Sentence("That they were unlawfully at large was corrected"),
    "files_joined": Sentence("Two files were found to be of one person"),
    "files_parted": Sentence("Files that had been joined were parted"),
    "off_file": Sentence("The file was deleted when its time was over"),
}
_MORE: Final = frozenset({"admission_later", "release_gone", "at_large_gone", "files_parted"})


@dataclass(frozen=True)
class Compared:
    """`causes` counts stays by why they are in the one and not in the other; `moved` those in both, by the cut in which
    they changed their category. `then` plus and minus the causes is `now`.
    """

    day: date
    then: Body
    now: Body
    causes: Mapping[str, int]
    moved: Mapping[str, int]

    @property
    def explained(self) -> bool:
        """Whether the causes make up the difference."""
        change = sum(many if cause in _MORE else -many for cause, many in self.causes.items())
        return self.then.total + change == self.now.total


def compare(session: Session, day: date, *, then: datetime, now: datetime) -> Compared:
    """The roll of a day as known at two times."""
    before, after = roll_on(session, day, then), roll_on(session, day, now)
    moment = micros(Period(day, day).ends_at)
    ids = np.union1d(before.world.stays.ids[before.held], after.world.stays.ids[after.held])
    was, held = _in(before, ids), _in(after, ids)
    causes: dict[str, int] = {}
    for stay in ids[was & ~held]:
        _count(causes, _why_not(after, int(stay), moment, gone=True))
    for stay in ids[~was & held]:
        _count(causes, _why_not(before, int(stay), moment, gone=False))
    _by_person(before, after, causes)
    both = ids[was & held]
    one, other = before.world.stays.row_of(both), after.world.stays.row_of(both)
    moved = {by: int((before.codes[by][one] != after.codes[by][other]).sum()) for by in BY}
    return Compared(day, before.body, after.body, causes, {by: many for by, many in moved.items() if many})


def _in(roll: Roll, ids: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.isin(ids, roll.world.stays.ids[roll.held])


def _why_not(roll: Roll, stay: int, moment: int, *, gone: bool) -> str:
    """Why a stay is not in a roll. `gone`: it was in the earlier one; otherwise it came into the later one."""
    stays = roll.world.stays
    row = int(stays.row_of(np.array([stay]))[0])
    if row < 0:
        if np.isin(stay, stays.aside):
            return "files_joined" if gone else "files_parted"
        if not gone:
            return "admission_later"
        return "admission_gone" if np.isin(stay, stays.every) else "off_file"
    if stays.starts[row] >= moment:
        return "admission_gone" if gone else "admission_later"
    if stays.ends[row] != ALWAYS and stays.ends[row] < moment:
        return "release_later" if gone else "release_gone"
    return "at_large_later" if gone else "at_large_gone"


def _by_person(before: Roll, after: Roll, causes: dict[str, int]) -> None:
    """Stays of one person count once: whoever had two, as files were joined without being one stay."""
    twice = [int(one.held.sum()) - one.body.total for one in (before, after)]
    change = twice[1] - twice[0]
    for _one in range(abs(change)):
        _count(causes, "files_joined" if change > 0 else "files_parted")


def _count(causes: dict[str, int], cause: str) -> None:
    causes[cause] = causes.get(cause, 0) + 1
