"""Complaints: what somebody says was done to them or not done, with a clock for the answer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from msgspec.structs import replace
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.accounts.permissions import Permission
from hub.custody.facts.actions import Statement, state
from hub.custody.facts.kinds import Form, Kind
from hub.custody.facts.reading import Held, holding, rows_of, rows_of_kind
from hub.custody.facts.records import Fact
from hub.custody.life.turn import take_turn
from hub.custody.records import Person
from hub.sentences import RefusedError, Sentence

ANSWER_WITHIN_DAYS: Final = 14
"""What the form proposes; whoever takes the complaint may choose another day."""


class Channel(StrEnum):
    """How it came."""

    SPOKEN = "spoken"
    WRITTEN = "written"
    BOX = "box"
    FAMILY = "family"
    LAWYER = "lawyer"
    INSPECTION = "inspection"


CHANNELS: Final = {
    Channel.SPOKEN: Sentence("Told an officer"),
    Channel.WRITTEN: Sentence("In writing"),
    Channel.BOX: Sentence("Closed box"),
    Channel.FAMILY: Sentence("By the family"),
    Channel.LAWYER: Sentence("By a lawyer"),
    Channel.INSPECTION: Sentence("At an inspection"),
}


class Upheld(StrEnum):
    """What came of it."""

    UPHELD = "upheld"
    PARTLY = "partly"
    NOT_UPHELD = "not_upheld"
    TAKEN_BACK = "taken_back"
    HANDED_ON = "handed_on"


UPHELD: Final = {
    Upheld.UPHELD: Sentence("Right"),
    Upheld.PARTLY: Sentence("Partly right"),
    Upheld.NOT_UPHELD: Sentence("Not right"),
    Upheld.TAKEN_BACK: Sentence("Taken back"),
    Upheld.HANDED_ON: Sentence("Handed to an authority outside"),
}


class Complaint(Form, frozen=True):
    """`outcome` and `answer` are empty while nobody answered."""

    about: str
    said: str
    channel: Channel
    due_on: date
    owner: str = ""
    outcome: str = ""
    answer: str = ""
    handed_to: str = ""


def _say(value: Complaint) -> Sentence:
    if value.outcome:
        return Sentence(
            "%(about)s: %(outcome)s", {"about": value.about, "outcome": UPHELD[Upheld(value.outcome)]}
        )
    return Sentence("%(about)s: answer due %(day)s", {"about": value.about, "day": value.due_on})


def _check(value: Complaint, today: date) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    if not value.about.strip():
        faults["about"] = Sentence("Write in a few words what it is about.")
    if not value.said.strip():
        faults["said"] = Sentence("Write what the person says, in their words.")
    if not value.outcome and value.due_on < today:
        faults["due_on"] = Sentence("The answer cannot be due before today.")
    return faults


COMPLAINT: Final = Kind(
    name="complaint",
    form=Complaint,
    words=Sentence("Complaint"),
    say=_say,
    many=True,
    whole_days=False,
    by_hand=False,
    record=Permission.RECORD_UNIT_LIFE,
    check=_check,
)

CONFIDENTIAL: Final = Kind(
    name="confidential_complaint",
    form=Complaint,
    words=Sentence("Confidential complaint"),
    say=_say,
    many=True,
    whole_days=False,
    by_hand=False,
    see=Permission.HEAR_CONFIDENTIAL,
    record=Permission.HEAR_CONFIDENTIAL,
    check=_check,
)


def kind_of(*, confidential: bool) -> Kind[Complaint]:
    """Which of the two it is kept as."""
    return CONFIDENTIAL if confidential else COMPLAINT


def take_complaint(
    session: Session, person: Person, value: Complaint, *, confidential: bool, actor: Actor, at: datetime
) -> Fact:
    """Write a complaint down. A confidential one is seen afterwards by those alone who may hear them."""
    statement = Statement(kind_of(confidential=confidential), value, at)
    return state(session, person.id, statement, actor=actor, at=at)


def answer_complaint(
    session: Session,
    held: Held[Complaint],
    outcome: Upheld,
    answer: str,
    *,
    handed_to: str,
    actor: Actor,
    at: datetime,
) -> Fact:
    """Answer it; RefusedError for an answer without words, and where it was answered already."""
    if not answer.strip():
        raise RefusedError("no_answer", Sentence("Write the answer in words for the person."))
    if outcome is Upheld.HANDED_ON and not handed_to.strip():
        raise RefusedError("handed_to_whom", Sentence("Write to which authority it was handed."))
    row = held.row
    take_turn(session, row.person_id)
    kind = kind_of(confidential=row.kind == CONFIDENTIAL.name)
    now = {one.item: one for one in holding(kind, rows_of(session, [row.person_id], kind))}
    if held.item not in now or now[held.item].value.outcome:
        raise RefusedError(
            "answered_already", Sentence("Somebody answered this already. Load the page again to read it.")
        )
    value = replace(
        now[held.item].value,
        outcome=outcome.value,
        answer=answer.strip()[:2_000],
        handed_to=handed_to.strip()[:120],
    )
    return state(session, row.person_id, Statement(kind, value, at), actor=actor, at=at, item=held.item)


def complaints_of(
    session: Session, person_ids: Collection[int], *, confidential: bool, known_at: datetime | None = None
) -> list[Held[Complaint]]:
    """Complaints of somebody, oldest first."""
    kind = kind_of(confidential=confidential)
    return holding(kind, rows_of(session, person_ids, kind), known_at=known_at)


def open_complaints(
    session: Session, *, confidential: bool, known_at: datetime | None = None
) -> list[Held[Complaint]]:
    """Those of everybody that wait for an answer, or waited then, the most urgent first."""
    kind = kind_of(confidential=confidential)
    held = holding(kind, rows_of_kind(session, kind), known_at=known_at)
    return sorted((one for one in held if not one.value.outcome), key=lambda one: one.value.due_on)
