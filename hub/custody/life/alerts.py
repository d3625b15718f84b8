"""What whoever meets somebody has to know: alerts with a type, a local code, an authority, and an end."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind
from hub.custody.facts.reading import Held, by_person, holding, rows_of
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE


class AlertType(StrEnum):
    """What it warns of."""

    SELF_HARM = "self_harm"
    NURSE_FIRST = "nurse_first"
    ILL_TREATMENT = "ill_treatment"
    AT_RISK = "at_risk"
    VIOLENCE = "violence"
    ESCAPE = "escape"
    GANG = "gang"
    ARSON = "arson"
    STAFF = "staff"
    CONTRABAND = "contraband"
    OTHER = "other"


ALERT_TYPES: Final = {
    AlertType.SELF_HARM: Sentence("May harm themselves"),
    AlertType.NURSE_FIRST: Sentence("To the nurse before the cell"),
    AlertType.ILL_TREATMENT: Sentence("Complained of ill-treatment"),
    AlertType.AT_RISK: Sentence("At risk from others"),
    AlertType.VIOLENCE: Sentence("May be violent"),
    AlertType.ESCAPE: Sentence("May try to escape"),
    AlertType.GANG: Sentence("Belongs to a group"),
    AlertType.ARSON: Sentence("May set fire"),
    AlertType.STAFF: Sentence("Danger to staff"),
    AlertType.CONTRABAND: Sentence("Forbidden things"),
    AlertType.OTHER: Sentence("Other"),
}


class Alert(Form, frozen=True):
    """Active from the day it takes effect until and including `until_on`; without one until it is ended."""

    type: AlertType
    authorised_by: str
    code: str = ""
    about: str = ""
    until_on: date | None = None


def _check(value: Alert, today: date) -> dict[str, Sentence]:
    if not value.authorised_by.strip():
        return {"authorised_by": Sentence("Write who authorised the alert.")}
    return {}


ALERT: Final = Kind(
    name="alert",
    form=Alert,
    words=Sentence("Alert"),
    say=lambda value: ALERT_TYPES[value.type],
    fields=(
        Field(
            "type",
            Sentence("What it warns of"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in ALERT_TYPES.items()},
        ),
        Field("code", Sentence("Local code"), longest=20),
        Field("about", Sentence("What to know and do"), Input.LONG, longest=500),
        Field("authorised_by", Sentence("Authorised by"), required=True, longest=80),
        Field("until_on", Sentence("Until, where it ends by itself"), Input.DATE),
    ),
    many=True,
    group=Group.LIFE,
    record=Permission.RECORD_UNIT_LIFE,
    check=_check,
)


def alerts_of(
    session: Session, person_ids: Collection[int], at: datetime, *, known_at: datetime | None = None
) -> dict[int, list[Held[Alert]]]:
    """Alerts active at a time, by the person on whose file they stand; people without any are left out."""
    today = at.astimezone(SITE_ZONE).date()
    found: dict[int, list[Held[Alert]]] = {}
    for person_id, rows in by_person(rows_of(session, person_ids, ALERT)).items():
        active = [
            one
            for one in holding(ALERT, rows, effective_at=at, known_at=known_at)
            if one.value.until_on is None or one.value.until_on >= today
        ]
        if active:
            found[person_id] = active
    return found
