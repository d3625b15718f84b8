"""Admission: person, booking, order, home, fingers and zones in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.biometrics.actions import enrol_finger
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import PreparedFinger, check_distinct
from hub.biometrics.vault import Vault
from hub.custody.actions import assign_home, open_booking, record_order, register_person
from hub.custody.changes import note_change
from hub.custody.rules import Faults, OrderFacts, PersonFacts, faults_of_order, faults_of_person
from hub.movements.actions import permit_zones
from hub.movements.records import Zone
from hub.reception.desk.asking import take_fingers
from hub.reception.desk.rules import FIRST_POSITIONS, Reason
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

FINGERS_WANTED: Final = 2
"""A second finger, so that one cut or plaster keeps nobody standing at a gate."""
NO_ORDER: Final = Sentence(
    "Without an order nobody is taken in. Enter the order, or refuse the person at the gate."
)


@dataclass(frozen=True)
class AtDesk:
    """Fingers are taken at a desk once the person is in: its terminal, and the task's name, by chance."""

    terminal_id: int
    task: str


@dataclass(frozen=True)
class Admission:
    """Everything an admission takes. `order` None is refused; zones are codes, the home among them.

    Without `at_desk` fingers come with it.
    """

    person: PersonFacts
    order: OrderFacts | None
    home_zone: str
    zones: frozenset[str]
    fingers: tuple[PreparedFinger, ...]
    at_desk: AtDesk | None = None

    def __repr__(self) -> str:
        return "Admission()"


@dataclass(frozen=True)
class Admitted:
    """The numbers that were given."""

    person_id: int
    person_number: str
    booking_number: str


class FaultyError(RefusedError):
    """The admission cannot be as it was entered; `faults` says why, by field."""

    def __init__(self, faults: Faults) -> None:
        super().__init__("faulty", Sentence("Some of what was entered cannot be. See the marked fields."))
        self.faults = faults


def check(session: Session, admission: Admission, now: datetime) -> None:
    """FaultyError with every field that is wrong, all at once."""
    today = now.astimezone(SITE_ZONE).date()
    faults = faults_of_person(admission.person, today)
    if admission.order is None:
        faults["order_reference"] = NO_ORDER
    else:
        faults |= faults_of_order(admission.order, today)
    faults |= _faults_of_zones(session, admission)
    if admission.at_desk is None and len(admission.fingers) < FINGERS_WANTED:
        faults["fingers"] = Sentence("Two fingers are needed, so that one wound keeps nobody at a gate.")
    if faults:
        raise FaultyError(faults)
    check_distinct(admission.fingers)


def admit(
    session: Session,
    vault: Vault,
    search: DuplicateSearch,
    admission: Admission,
    *,
    actor: Actor,
    at: datetime,
) -> Admitted:
    """Take somebody in; FaultyError or another RefusedError leaves nothing behind, once rolled back."""
    check(session, admission, at)
    assert admission.order is not None
    by = actor.login
    person = register_person(session, admission.person, actor=actor, at=at)
    booking = open_booking(session, person, admitted_at=at, recorded_at=at, by=by)
    record_order(session, booking, admission.order, recorded_at=at, actor=actor)
    assign_home(session, booking, admission.home_zone, effective_at=at, recorded_at=at, actor=actor)
    for finger in admission.fingers:
        enrol_finger(session, vault, search, person.id, finger, at=at, by=by)
    permit_zones(session, person.id, sorted(admission.zones | {admission.home_zone}), at)
    note_change(session, person.id, at)
    if admission.at_desk is not None:
        desk = admission.at_desk
        take_fingers(
            session,
            person,
            desk.terminal_id,
            FIRST_POSITIONS,
            Reason.ADMISSION,
            name=desk.task,
            actor=actor,
            at=at,
        )
    write_down(session, at=at, actor=actor, act="person.admit", subject=person.number, detail=booking.number)
    return Admitted(person.id, person.number, booking.number)


def zones_to_choose(session: Session) -> Sequence[Zone]:
    """Every zone of the site, in its order."""
    return session.scalars(select(Zone).order_by(Zone.id)).all()


def _faults_of_zones(session: Session, admission: Admission) -> dict[str, Sentence]:
    known = set(session.scalars(select(Zone.code)))
    if not known:
        return {"home_zone": Sentence("This hub has no zones yet. Import the site first.")}
    if admission.home_zone not in known:
        return {"home_zone": Sentence("Choose the zone where the person will live.")}
    strange = admission.zones - known
    if strange:
        return {"zones": Sentence("There is no zone %(zones)s.", {"zones": ", ".join(sorted(strange))})}
    return {}
