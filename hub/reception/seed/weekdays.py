"""What invented people do all day: programmes, work and its hours, letters and calls, what was praised."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.custody.legal import LegalStatus
from hub.custody.life.occupation import (
    ATTENDANCE,
    CORRESPONDENCE,
    PROGRAMME,
    WORK,
    Attendance,
    Correspondence,
    Programme,
    ProgrammeSort,
    TookPart,
    Way,
    Work,
)
from hub.custody.who.course import REWARD, Reward
from hub.reception.seed.pen import Pen, at_hour
from hub.reception.seed.staff import OFFICERS, SUPERVISORS

_PROGRAMMES: Final = (
    ("Reading and writing", ProgrammeSort.EDUCATION, "Adult and Continuing Education"),
    ("Primary school examination", ProgrammeSort.EDUCATION, "Adult and Continuing Education"),
    ("Carpentry, first year", ProgrammeSort.VOCATIONAL, "Workshop"),
    ("Welding", ProgrammeSort.VOCATIONAL, "Workshop"),
    ("Baking", ProgrammeSort.VOCATIONAL, "Kitchen"),
    ("Twelve steps", ProgrammeSort.TREATMENT, "Volunteers"),
    ("Anger and how to live with it", ProgrammeSort.TREATMENT, "Psychologist"),
    ("Bible study", ProgrammeSort.RELIGIOUS, "Chaplaincy"),
    ("Football", ProgrammeSort.SPORT, "Officers"),
    ("Steel band", ProgrammeSort.SPORT, "Volunteers"),
)
_WORK: Final = (
    ("Kitchen", "Kitchen", 75),
    ("Bakery", "Kitchen", 75),
    ("Furniture workshop", "Workshop", 100),
    ("Blocks for building", "Workshop", 90),
    ("Garden and chickens", "Farm", 60),
    ("Laundry", "Laundry", 60),
    ("Cleaner of the block", "Block", 40),
    ("Barber", "Block", 50),
    ("Library", "School", 50),
)
_REWARDS: Final = (
    "Longer visit, for work in the kitchen",
    "Thanked in writing, for help at a fire",
    "Extra call",
)
_ABSENT: Final = ("At court", "Ill", "A visit", "The block was locked for a search")
_DAYS_OF_HOURS: Final = 10
_WAITING: Final = (LegalStatus.REMAND, LegalStatus.CONVICTED_UNSENTENCED)


def days(pen: Pen) -> None:
    """Whoever waits for a court works less often than whoever serves a sentence."""
    serving = pen.stay.status not in _WAITING
    if pen.days < 20:
        return
    if pen.chance(0.55 if serving else 0.25):
        _programme(pen)
    if pen.chance(0.5 if serving else 0.12):
        _work(pen)
    if pen.chance(0.3):
        _letters(pen)
    if serving and pen.chance(0.06):
        value = Reward(what=pen.rng.choice(_REWARDS), given_by=pen.rng.choice(SUPERVISORS))
        pen.at(REWARD, value, at_hour(pen.day(), 15))


def _programme(pen: Pen) -> None:
    name, sort, provider = pen.rng.choice(_PROGRAMMES)
    began_on = pen.day(15)
    ended = (pen.until - began_on).days > 150 and pen.chance(0.7)
    outcome = pen.rng.choices(list(TookPart)[:3], (7, 2, 1))[0] if ended else None
    value = Programme(
        name=name,
        sort=sort,
        provider=provider,
        outcome="" if outcome is None else outcome.value,
        ended_on=None if outcome is None else began_on + timedelta(days=pen.rng.randint(60, 150)),
        certificate=f"{name}, {began_on.year}" if outcome is TookPart.COMPLETED and pen.chance(0.6) else "",
    )
    told_at = at_hour(began_on if value.ended_on is None else value.ended_on, 10)
    pen.at(PROGRAMME, value, at_hour(began_on, 9), recorded_at=told_at, by=pen.rng.choice(OFFICERS))


def _work(pen: Pen) -> None:
    task, place, cents = pen.rng.choice(_WORK)
    officer = pen.rng.choice(OFFICERS)
    value = Work(task=task, place=place, supervisor=officer, cents_an_hour=cents)
    began_on = pen.day(15)
    work = pen.at(WORK, value, at_hour(began_on, 8), by=officer)
    for back in range(1, _DAYS_OF_HOURS + 4):
        day = pen.until - timedelta(days=back)
        if day.weekday() > 4 or day <= began_on:
            continue
        away = pen.chance(0.08)
        minutes = 0 if away else pen.rng.choice((180, 240, 240, 300))
        hours = Attendance(
            on=day,
            minutes=minutes,
            work=work,
            paid_cents=minutes * cents // 60,
            absent_because=pen.rng.choice(_ABSENT) if away else "",
        )
        pen.at(ATTENDANCE, hours, at_hour(day, 16), by=officer)


def _letters(pen: Pen) -> None:
    for _ in range(pen.rng.randint(1, 4)):
        value = Correspondence(
            way=pen.rng.choices(list(Way), (3, 3, 5, 1, 1))[0],
            with_whom=pen.who.kin or "family",
            relation="family",
            held_back="Held back by the supervisor: cash in the envelope." if pen.chance(0.02) else "",
        )
        pen.at(CORRESPONDENCE, value, at_hour(pen.day(), 11), by=pen.rng.choice(OFFICERS))
