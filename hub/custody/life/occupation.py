"""Programmes, work and the hours of both; letters and calls."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind, Per
from hub.sentences import Sentence

MINUTES_OF_A_DAY: Final = 24 * 60


class ProgrammeSort(StrEnum):
    """What a programme is for."""

    EDUCATION = "education"
    VOCATIONAL = "vocational"
    TREATMENT = "treatment"
    RELIGIOUS = "religious"
    SPORT = "sport"
    OTHER = "other"


PROGRAMME_SORTS: Final = {
    ProgrammeSort.EDUCATION: Sentence("Education"),
    ProgrammeSort.VOCATIONAL: Sentence("Vocational training"),
    ProgrammeSort.TREATMENT: Sentence("Treatment"),
    ProgrammeSort.RELIGIOUS: Sentence("Religious"),
    ProgrammeSort.SPORT: Sentence("Sport and culture"),
    ProgrammeSort.OTHER: Sentence("Other"),
}


class TookPart(StrEnum):
    """How taking part ended."""

    COMPLETED = "completed"
    LEFT = "left"
    REMOVED = "removed"
    RELEASED = "released"


TOOK_PART: Final = {
    TookPart.COMPLETED: Sentence("Completed"),
    TookPart.LEFT: Sentence("Left it"),
    TookPart.REMOVED: Sentence("Taken off it"),
    TookPart.RELEASED: Sentence("Released before the end"),
}


class Way(StrEnum):
    """How people outside are written or spoken to."""

    LETTER_IN = "letter_in"
    LETTER_OUT = "letter_out"
    CALL = "call"
    VIDEO = "video"
    PARCEL = "parcel"


WAYS: Final = {
    Way.LETTER_IN: Sentence("Letter received"),
    Way.LETTER_OUT: Sentence("Letter sent"),
    Way.CALL: Sentence("Telephone call"),
    Way.VIDEO: Sentence("Video call"),
    Way.PARCEL: Sentence("Parcel"),
}


class Programme(Form, frozen=True):
    """Enrolled from the day it takes effect. `outcome` is empty while it goes on."""

    name: str
    sort: ProgrammeSort = ProgrammeSort.EDUCATION
    provider: str = ""
    certificate: str = ""
    outcome: str = ""
    ended_on: date | None = None


class Work(Form, frozen=True):
    """Work from the day it takes effect. Pay in cents an hour, 0 for none."""

    task: str
    place: str = ""
    supervisor: str = ""
    cents_an_hour: int = 0
    outcome: str = ""
    ended_on: date | None = None


class Attendance(Form, frozen=True):
    """Minutes on one day, at work or in a programme. `absent_because` where the person did not come."""

    on: date
    minutes: int = 0
    work: int | None = None
    programme: int | None = None
    paid_cents: int = 0
    absent_because: str = ""


class Correspondence(Form, frozen=True):
    """A letter, parcel or call. `held_back` says why it did not get through, and on whose authority."""

    way: Way
    with_whom: str
    relation: str = ""
    held_back: str = ""


def _check_named(value: Programme | Work, today: date) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    name = "name" if isinstance(value, Programme) else "task"
    if not str(getattr(value, name)).strip():
        faults[name] = Sentence("Write what it is.")
    if value.outcome and value.ended_on is None:
        faults["ended_on"] = Sentence("Write on which day it ended.")
    if isinstance(value, Work) and not 0 <= value.cents_an_hour <= 100_000:
        faults["cents_an_hour"] = Sentence("Write the pay for an hour in dollars, or leave it empty.")
    return faults


def _check_attendance(value: Attendance, today: date) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    if value.on > today:
        faults["on"] = Sentence("This day has not come yet.")
    if not 0 <= value.minutes <= MINUTES_OF_A_DAY:
        faults["minutes"] = Sentence("A day has at most 1440 minutes.")
    elif value.minutes == 0 and not value.absent_because.strip():
        faults["absent_because"] = Sentence("Write why the person did not come, or how long they were there.")
    if (value.work is None) == (value.programme is None):
        faults["work"] = Sentence("Choose the work or the programme, one of the two.")
    return faults


_OUTCOMES: Final = {"": Sentence("Goes on"), **{key.value: words for key, words in TOOK_PART.items()}}

PROGRAMME: Final = Kind(
    name="programme",
    form=Programme,
    words=Sentence("Programme"),
    say=lambda value: Sentence("%(name)s", {"name": value.name}),
    fields=(
        Field("name", Sentence("Programme"), required=True, longest=120),
        Field(
            "sort",
            Sentence("What for"),
            Input.CHOICE,
            options={key.value: words for key, words in PROGRAMME_SORTS.items()},
        ),
        Field("provider", Sentence("Given by"), longest=120),
        Field("outcome", Sentence("How it ended"), Input.CHOICE, options=_OUTCOMES),
        Field("ended_on", Sentence("Ended"), Input.DATE),
        Field("certificate", Sentence("Certificate"), longest=120),
    ),
    many=True,
    per=Per.BOOKING,
    group=Group.LIFE,
    record=Permission.RECORD_UNIT_LIFE,
    check=_check_named,
)

WORK: Final = Kind(
    name="work",
    form=Work,
    words=Sentence("Work"),
    say=lambda value: Sentence("%(task)s", {"task": value.task}),
    fields=(
        Field("task", Sentence("Work"), required=True, longest=120),
        Field("place", Sentence("Where"), longest=120),
        Field("supervisor", Sentence("Supervised by"), longest=80),
        Field("cents_an_hour", Sentence("Pay for an hour"), Input.MONEY),
        Field("outcome", Sentence("How it ended"), Input.CHOICE, options=_OUTCOMES),
        Field("ended_on", Sentence("Ended"), Input.DATE),
    ),
    many=True,
    per=Per.BOOKING,
    group=Group.LIFE,
    record=Permission.RECORD_UNIT_LIFE,
    check=_check_named,
)

ATTENDANCE: Final = Kind(
    name="attendance",
    form=Attendance,
    words=Sentence("Hours"),
    say=lambda value: Sentence("%(day)s: %(minutes)s min", {"day": value.on, "minutes": value.minutes}),
    fields=(
        Field("on", Sentence("Day"), Input.DATE, required=True),
        Field("work", Sentence("Work"), Input.ITEM, of="work"),
        Field("programme", Sentence("Programme"), Input.ITEM, of="programme"),
        Field("minutes", Sentence("Minutes"), Input.NUMBER),
        Field("paid_cents", Sentence("Paid"), Input.MONEY),
        Field("absent_because", Sentence("Did not come because")),
    ),
    many=True,
    per=Per.BOOKING,
    group=Group.LIFE,
    record=Permission.RECORD_UNIT_LIFE,
    check=_check_attendance,
)

CORRESPONDENCE: Final = Kind(
    name="correspondence",
    form=Correspondence,
    words=Sentence("Letter or call"),
    say=lambda value: Sentence("%(way)s: %(whom)s", {"way": WAYS[value.way], "whom": value.with_whom}),
    fields=(
        Field(
            "way", Sentence("How"), Input.CHOICE, options={key.value: words for key, words in WAYS.items()}
        ),
        Field("with_whom", Sentence("With whom"), required=True, longest=120),
        Field("relation", Sentence("What they are to each other"), longest=80),
        Field("held_back", Sentence("Held back because, and by whom")),
    ),
    many=True,
    per=Per.BOOKING,
    group=Group.LIFE,
    record=Permission.RECORD_UNIT_LIFE,
)

KINDS: Final = (PROGRAMME, WORK, ATTENDANCE, CORRESPONDENCE)
