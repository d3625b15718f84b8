"""The day in its order: what the clock of the story says, what happens, and where somebody who looks on finds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from simulation.day.chapters import agencies, clinic, court, headcount, unlock, visits, work
from simulation.day.stage import Stage


@dataclass(frozen=True)
class Chapter:
    """`at` is the hour in the story; `look` says what to watch, and on which page of the hub."""

    at: str
    title: str
    look: str
    play: Callable[[Stage], None]
    agencies: bool = False
    """Whether an agency's program has a part in it."""


SCRIPT: Final = (
    Chapter("07:00", "unlock", "the map and the roll on /control-room fill up", unlock.unlock),
    Chapter("07:30", "work", "four with passes go to the workshop: /moves", work.work),
    Chapter("08:10", "a near miss", "two who must not meet: alarms on /control-room", work.near_miss),
    Chapter("09:00", "clinic", "two set out, one arrives: /moves", clinic.clinic),
    Chapter(
        "09:40",
        "a birth was misread",
        "who was told it, and who has confirmed: /sharing/corrections (rita)",
        agencies.mistake,
        agencies=True,
    ),
    Chapter("10:00", "a convoy to court", "out and not released: /external", court.court),
    Chapter(
        "10:15",
        "an order from the courts",
        "what it changes, decided: /inbox (rita)",
        agencies.order,
        agencies=True,
    ),
    Chapter(
        "10:40", "a date in court", "it stands in the diary: /diary (rita)", agencies.hearing, agencies=True
    ),
    Chapter(
        "11:00", "somebody is late", "the pass turns OVERDUE and rings: /moves, /control-room", clinic.overdue
    ),
    Chapter(
        "11:30",
        "a release",
        "two sign, the police are told: /sharing (rita)",
        agencies.release,
        agencies=True,
    ),
    Chapter(
        "12:00",
        "the weekly census",
        "differences alone: /sharing/census (rita)",
        agencies.census,
        agencies=True,
    ),
    Chapter("14:00", "visits", "two are called to the visits: /moves", visits.visits),
    Chapter("14:30", "a terminal dies", "its gate goes dark on the map of /control-room", visits.power_cut),
    Chapter(
        "16:00",
        "end of work",
        "everybody comes home, but for one who stays behind: /control-room",
        work.come_home,
    ),
    Chapter("16:30", "headcount", "blind: one is hiding, one is in two places: /counts", headcount.count),
    Chapter(
        "17:00", "recount by name", "who is missing, and who was counted twice: /counts", headcount.recount
    ),
    Chapter("17:30", "found, recounted, cleared", "the control room clears: /counts", headcount.clear),
    Chapter("18:30", "back from court", "the convoy is in again: /external", court.back),
)
