"""An agency's list as it is sent: at once, or a row of a file for each person."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from msgspec import Meta, field

from hub.custody.legal import LegalStatus
from hub.sharing.inbox.messages.base import Base, Message, Name

MOST: Final = 5_000


class ListedPerson(Base, frozen=True, kw_only=True):
    """One person as the agency has them. `status` is a code as our own list has it."""

    surname: Name = field(name="nc:PersonSurName", default="")
    given: Name = field(name="nc:PersonGivenName", default="")
    number: Name = field(name="j:SubjectIdentification", default="")
    booking: Name = field(name="j:BookingAgencyRecordIdentification", default="")
    reference: Name = field(name="nc:PersonOtherIdentification", default="")
    born_on: date | None = field(name="nc:PersonBirthDate", default=None)
    sex: Literal["M", "F", "U"] = field(name="j:PersonSexCode", default="U")
    court: Name = field(name="j:CourtName", default="")
    case: Name = field(name="nc:CaseTrackingID", default="")
    paper: Name = field(name="nc:IdentificationID", default="")
    status: LegalStatus | None = field(name="pims:ListedStatusText", default=None)
    release_on: date | None = field(name="j:SupervisionReleaseEligibilityDate", default=None)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (self.number or self.booking or self.reference or self.surname):
            raise ValueError("a line needs a number, a reference or a name")

    def __repr__(self) -> str:
        return "ListedPerson()"


_SOMEBODY: Final = {
    "anyOf": [
        {"required": [name], "properties": {name: {"minLength": 1}}}
        for name in (
            "j:SubjectIdentification",
            "j:BookingAgencyRecordIdentification",
            "nc:PersonOtherIdentification",
            "nc:PersonSurName",
        )
    ]
}
"""What `ListedPerson` asks for, as a schema says it: who reads the schema alone is not refused afterwards."""
Listed = Annotated[ListedPerson, Meta(extra_json_schema=_SOMEBODY)]


class CensusMessage(Message, frozen=True, kw_only=True):
    """A whole list, as of the end of a day."""

    listed_on: date = field(name="pims:ListedOn")
    people: Annotated[tuple[Listed, ...], Meta(max_length=MOST)] = field(name="pims:ListedPerson")


class CensusRow(ListedPerson, frozen=True, kw_only=True):
    """A row of a file: all rows of one file are one list."""

    listed_on: date = field(name="pims:ListedOn")
