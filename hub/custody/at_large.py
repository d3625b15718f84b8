"""Somebody who should be held and is not: released in error, escaped, or not come back."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind, Per
from hub.sentences import Sentence


class How(StrEnum):
    """How it came about."""

    RELEASED_IN_ERROR = "released_in_error"
    ESCAPED = "escaped"
    NOT_RETURNED = "not_returned"


HOW: Final = {
    How.RELEASED_IN_ERROR: Sentence("Released in error"),
    How.ESCAPED: Sentence("Escaped"),
    How.NOT_RETURNED: Sentence("Did not come back from an absence"),
}


class AtLarge(Form, frozen=True):
    """Holds from `since_at` until it is ended, when the person is back. `police` is the reference of the report."""

    how: How
    since_at: datetime
    police: str
    told: str = ""
    """Who else was told, and when: court, victim, director."""


def _check(value: AtLarge, _today: date) -> dict[str, Sentence]:
    if not value.police.strip():
        return {"police": Sentence("Tell the police, and write the reference of the report.")}
    return {}


AT_LARGE: Final = Kind(
    name="at_large",
    form=AtLarge,
    words=Sentence("Unlawfully at large"),
    say=lambda value: HOW[value.how],
    fields=(
        Field(
            "how",
            Sentence("How"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in HOW.items()},
        ),
        Field("since_at", Sentence("Since"), Input.TIME, required=True),
        Field("police", Sentence("Reference of the police"), required=True, longest=80),
        Field("told", Sentence("Who else was told"), longest=200),
    ),
    many=True,
    per=Per.BOOKING,
    legal=True,
    whole_days=False,
    group=Group.LAW,
    record=Permission.RELEASE_PEOPLE,
    check=_check,
)
