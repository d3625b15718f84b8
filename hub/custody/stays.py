"""Coming in, living somewhere, going out: the facts of a stay that are not the law's."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind, Per
from hub.custody.facts.reading import holding, rows_of
from hub.custody.legal import RELEASE_REASONS, ReleaseReason
from hub.custody.records import Booking
from hub.custody.search.projection import project as keep_search
from hub.sentences import Sentence


class Admission(Form, frozen=True):
    """The day and hour somebody came in, and what Nelson Mandela Rule 7 asks to be written of it."""

    admitted_at: datetime
    arrested_at: datetime | None = None
    arrested_where: str = ""
    reasons: str = ""
    brought_by: str = ""
    injuries: str = ""
    """What was seen or said; "none seen" is an answer, empty is not."""
    ill_treatment: str = ""
    informed_of_rules: bool = False
    family_told: str = ""
    override: str = ""
    """Why the person was received without a valid order; empty where there was one."""
    override_by: str = ""
    override_until_at: datetime | None = None
    """By when an order must be here, or the person goes."""
    rules_language: str = ""
    """Language in which rules, rights and duties were told."""
    paper: str = ""
    """Reference of the paper record where all was dark."""


class Release(Form, frozen=True):
    """The day and hour somebody went out, on what authority, and who certified it."""

    released_at: datetime
    reason: ReleaseReason
    reference: str
    by: str
    second: str
    identity: str
    """How it was made sure who the person is: finger, or attested by photo and order."""
    paper: str = ""
    """Reference of the paper record where all was dark."""
    handed_to: str = ""
    """Who took the person over: another country, the immigration service, a family, an undertaker."""
    clinical_reference: str = ""
    police_reference: str = ""
    conditions: str = ""


class Home(Form, frozen=True):
    """Where somebody lives: the zone's code, and the cell's where one is allotted."""

    zone: str
    cell: str = ""


def _move_admission(session: Session, person_id: int, at: datetime) -> None:
    """A stay begins when the admission that holds says."""
    for one in holding(ADMISSION, rows_of(session, [person_id], ADMISSION)):
        booking = None if one.row.booking_id is None else session.get(Booking, one.row.booking_id)
        if booking is not None and booking.admitted_at != one.value.admitted_at:
            booking.admitted_at = one.value.admitted_at
    session.flush()


ADMISSION: Final = Kind(
    name="admission",
    form=Admission,
    words=Sentence("Admission"),
    say=lambda value: Sentence("Admitted"),
    fields=(
        Field("admitted_at", Sentence("Admitted"), Input.TIME, required=True),
        Field("arrested_at", Sentence("Arrested"), Input.TIME),
        Field("arrested_where", Sentence("Place of arrest")),
        Field("reasons", Sentence("Reasons for being held"), Input.LONG, longest=500),
        Field("brought_by", Sentence("Brought by"), longest=80),
        Field("injuries", Sentence("Visible injuries"), Input.LONG, longest=500),
        Field("ill_treatment", Sentence("Complaints of ill-treatment"), Input.LONG, longest=500),
        Field("informed_of_rules", Sentence("Told the rules, rights and duties"), Input.YES_NO),
        Field("family_told", Sentence("Family told, who and when")),
    ),
    per=Per.BOOKING,
    group=Group.STAY,
    whole_days=False,
    project=_move_admission,
)


def _close_stay(session: Session, person_id: int, at: datetime) -> None:
    """Stays end as the releases that hold say; one that was withdrawn opens its stay again."""
    rows = rows_of(session, [person_id], RELEASE)
    held = {one.row.booking_id: one.value.released_at for one in holding(RELEASE, rows)}
    told = {row.booking_id for row in rows if row.booking_id is not None}
    for booking in session.scalars(select(Booking).where(Booking.id.in_(told))):
        booking.released_at = held.get(booking.id)
    session.flush()
    keep_search(session, person_id, at)


RELEASE: Final = Kind(
    name="release",
    form=Release,
    words=Sentence("Release"),
    say=lambda value: RELEASE_REASONS[value.reason],
    per=Per.BOOKING,
    group=Group.STAY,
    whole_days=False,
    by_hand=False,
    record=Permission.RELEASE_PEOPLE,
    project=_close_stay,
)

HOME: Final = Kind(
    name="home",
    form=Home,
    words=Sentence("Lives in"),
    say=lambda value: Sentence("%(place)s", {"place": value.cell or value.zone}),
    fields=(
        Field("zone", Sentence("Block or tier"), Input.ZONE, required=True),
        Field("cell", Sentence("Cell"), longest=64),
    ),
    per=Per.BOOKING,
    group=Group.STAY,
    whole_days=False,
    by_hand=False,
    record=Permission.ALLOT_CELLS,
    project=keep_search,
)

KINDS: Final = (ADMISSION, RELEASE, HOME)
