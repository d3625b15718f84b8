"""Out with permission: at court, in hospital, on a temporary absence. The stay goes on: it is never a release."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind, Per
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE

LONGEST: Final = timedelta(days=92)
"""Whoever is out is not looked for inside: a mistyped year must not end that for good."""


class Why(StrEnum):
    """What somebody is out for."""

    COURT = "court"
    HOSPITAL = "hospital"
    TEMPORARY = "temporary"
    FUNERAL = "funeral"
    WORK = "work"
    TRANSFER = "transfer"
    """To another site of the same service."""
    OTHER = "other"


WHY: Final = {
    Why.COURT: Sentence("Court"),
    Why.HOSPITAL: Sentence("Hospital"),
    Why.TEMPORARY: Sentence("Temporary absence"),
    Why.FUNERAL: Sentence("Funeral, or somebody dying"),
    Why.WORK: Sentence("Work outside"),
    Why.TRANSFER: Sentence("Transfer to another site"),
    Why.OTHER: Sentence("Something else"),
}


class Absence(Form, frozen=True):
    """Holds from the moment the person leaves, which is when it takes effect, until it is ended: they are back."""

    why: Why
    where: str
    due_back_at: datetime
    escort: str = ""
    """Who goes along; empty for somebody who goes alone."""
    conditions: str = ""


def _check(value: Absence, today: date) -> dict[str, Sentence]:
    faults = {}
    if not value.where.strip():
        faults["where"] = Sentence("Write where the person is: which court, which hospital, which address.")
    if value.due_back_at.astimezone(SITE_ZONE).date() - today > LONGEST:
        faults["due_back_at"] = Sentence(
            "Write a day within three months. Who stays out longer is recorded anew then."
        )
    return faults


def _say(value: Absence) -> Sentence:
    return Sentence("%(why)s: %(where)s", {"why": WHY[value.why], "where": value.where})


ABSENCE: Final = Kind(
    name="absence",
    form=Absence,
    words=Sentence("Out with permission"),
    say=_say,
    fields=(
        Field(
            "why",
            Sentence("What for"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in WHY.items()},
        ),
        Field("where", Sentence("Where to"), required=True, longest=120),
        Field("due_back_at", Sentence("Due back"), Input.TIME, required=True),
        Field("escort", Sentence("Who goes along"), longest=120),
        Field("conditions", Sentence("Conditions"), longest=200),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    whole_days=False,
    group=Group.STAY,
    record=Permission.RECORD_UNIT_LIFE,
    check=_check,
)
