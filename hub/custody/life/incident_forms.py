"""What is written of an incident: its report, and the part that each person had in it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Form, Kind, Per
from hub.custody.life.links import linking
from hub.sentences import Sentence


class IncidentSort(StrEnum):
    """What sort of thing it was."""

    ASSAULT = "assault"
    FIGHT = "fight"
    SELF_HARM = "self_harm"
    CONTRABAND = "contraband"
    DAMAGE = "damage"
    DISOBEDIENCE = "disobedience"
    ESCAPE_ATTEMPT = "escape_attempt"
    ACCIDENT = "accident"
    FIRE = "fire"
    USE_OF_FORCE = "use_of_force"
    ILL_TREATMENT = "ill_treatment"
    OTHER = "other"


INCIDENT_SORTS: Final = {
    IncidentSort.ASSAULT: Sentence("Assault"),
    IncidentSort.FIGHT: Sentence("Fight"),
    IncidentSort.SELF_HARM: Sentence("Self-harm"),
    IncidentSort.CONTRABAND: Sentence("Forbidden things"),
    IncidentSort.DAMAGE: Sentence("Damage"),
    IncidentSort.DISOBEDIENCE: Sentence("Disobedience"),
    IncidentSort.ESCAPE_ATTEMPT: Sentence("Attempt to escape"),
    IncidentSort.ACCIDENT: Sentence("Accident"),
    IncidentSort.FIRE: Sentence("Fire"),
    IncidentSort.USE_OF_FORCE: Sentence("Use of force"),
    IncidentSort.ILL_TREATMENT: Sentence("Ill-treatment alleged"),
    IncidentSort.OTHER: Sentence("Other"),
}


class IncidentRole(StrEnum):
    """What somebody was in it."""

    ACCUSED = "accused"
    VICTIM = "victim"
    WITNESS = "witness"
    PRESENT = "present"


INCIDENT_ROLES: Final = {
    IncidentRole.ACCUSED: Sentence("Accused"),
    IncidentRole.VICTIM: Sentence("Victim"),
    IncidentRole.WITNESS: Sentence("Witness"),
    IncidentRole.PRESENT: Sentence("Was there"),
}


class Finding(StrEnum):
    """What the hearing found."""

    PROVED = "proved"
    NOT_PROVED = "not_proved"
    WITHDRAWN = "withdrawn"
    TO_POLICE = "to_police"


FINDINGS: Final = {
    Finding.PROVED: Sentence("Proved"),
    Finding.NOT_PROVED: Sentence("Not proved"),
    Finding.WITHDRAWN: Sentence("Withdrawn"),
    Finding.TO_POLICE: Sentence("Handed to the police"),
}


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What happened. Witnesses who are not prisoners are named here, prisoners have a part on their file."""

    sort: IncidentSort
    occurred_at: datetime
    place: str
    what: str
    staff: str = ""
    force_used: str = ""
    injuries: str = ""
    told_to: str = ""


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something added later, or how it was closed."""

    text: str


class IncidentPart(Form, frozen=True):
    """The part of one person. Of somebody accused: what of, when they were told, heard, and what was found.

    `finding` is empty until there is one; `appeal_outcome` until an appeal is decided.
    """

    incident: str
    role: IncidentRole
    accused_of: str = ""
    told_at: datetime | None = None
    answer: str = ""
    helped_by: str = ""
    heard_at: datetime | None = None
    heard_by: str = ""
    witnesses_heard: str = ""
    finding: str = ""
    finding_reason: str = ""
    appealed_on: date | None = None
    appeal_decided_by: str = ""
    appeal_outcome: str = ""


def _say(value: IncidentPart) -> Sentence:
    values = {"number": value.incident, "role": INCIDENT_ROLES[value.role]}
    if not value.finding:
        return Sentence("Incident %(number)s: %(role)s", values)
    return Sentence(
        "Incident %(number)s: %(role)s, %(finding)s", values | {"finding": FINDINGS[Finding(value.finding)]}
    )


INCIDENT_PART: Final = Kind(
    name="incident_part",
    form=IncidentPart,
    words=Sentence("Part in an incident"),
    say=_say,
    many=True,
    per=Per.BOOKING,
    whole_days=False,
    by_hand=False,
    record=Permission.RECORD_UNIT_LIFE,
    project=linking("incident_part", IncidentPart, lambda value: [value.incident]),
)
