"""What every message has: who sent it, when, about whom. Names in JSON are NIEM's where NIEM has one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, field

_UNSEEN: Final = r"\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
"""What no eye sees and what turns a line around: a name that reads otherwise than it is compared."""
PRINTABLE: Final = rf"^[^\x00-\x1f{_UNSEEN}]*$"
"""Text on one line: what a form of paper could hold."""
FILLED: Final = rf"^[^\x00-\x1f{_UNSEEN}]*[^\x00-\x20\xa0\u3000{_UNSEEN}][^\x00-\x1f{_UNSEEN}]*$"
"""The same, with something to read in it."""
LINES: Final = rf"^[^\x00-\x08\x0b-\x1f{_UNSEEN}]*$"
"""Text on several lines."""

EARLIEST: Final = 1900
LATEST: Final = 2200

Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$")]
Name = Annotated[str, Meta(max_length=80, pattern=PRINTABLE)]
Reference = Annotated[str, Meta(min_length=1, max_length=80, pattern=FILLED)]
Line = Annotated[str, Meta(max_length=200, pattern=PRINTABLE)]
Words = Annotated[str, Meta(max_length=500, pattern=LINES)]
Moment = Annotated[datetime, Meta(tz=True)]
Part = Annotated[int, Meta(ge=0, le=999)]


class Base(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Base of all parts of messages. ValueError, which makes the message invalid, for a date that no paper can bear."""

    def __post_init__(self) -> None:
        for name, told in zip(self.__struct_fields__, self.__struct_encode_fields__, strict=True):
            held = getattr(self, name)
            if isinstance(held, date) and not EARLIEST <= held.year <= LATEST:
                raise ValueError(f"{told} must lie between the years {EARLIEST} and {LATEST}")


class Subject(Base, frozen=True, kw_only=True):
    """Whom the message is about, as the sender knows them.

    `number` and `booking` are ours, where they know them; `reference` is theirs.
    """

    surname: Name = field(name="nc:PersonSurName")
    given: Name = field(name="nc:PersonGivenName", default="")
    number: Name = field(name="j:SubjectIdentification", default="")
    booking: Name = field(name="j:BookingAgencyRecordIdentification", default="")
    reference: Name = field(name="nc:PersonOtherIdentification", default="")
    born_on: date | None = field(name="nc:PersonBirthDate", default=None)
    sex: Literal["M", "F", "U"] = field(name="j:PersonSexCode", default="U")

    def __repr__(self) -> str:
        return "Subject()"


class Message(Base, frozen=True, kw_only=True):
    """The envelope. `sequence` counts the messages of one case at the sender, from 1; None where they do not count."""

    message_id: Code = field(name="nc:DocumentIdentification")
    issued_at: Moment = field(name="nc:DocumentCreationDate")
    sent_by: Name = field(name="nc:DocumentSubmitterName", default="")
    sequence: Annotated[int, Meta(ge=1, le=1_000_000)] | None = field(
        name="nc:DocumentSequenceID", default=None
    )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message_id})"


class AboutSomebody(Message, frozen=True, kw_only=True):
    """A message about one person."""

    subject: Subject = field(name="j:Subject")

    @property
    def case_number(self) -> str:
        """The number of the case at the court; "" where the message names none."""
        return str(getattr(self, "case", "")).strip()


ENVELOPE: Final = frozenset(
    {
        "nc:DocumentIdentification",
        "nc:DocumentCreationDate",
        "nc:DocumentSubmitterName",
        "nc:DocumentSequenceID",
    }
)
"""Names that tell of the message and not of a person."""
