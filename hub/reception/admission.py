"""Admission: person, booking, order, home, fingers and zones in one transaction, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.biometrics.actions import enrol_finger
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import PreparedFinger, check_distinct
from hub.biometrics.vault import Vault
from hub.custody.actions import assign_home, open_booking, record_order, register_person
from hub.custody.changes import note_change
from hub.custody.facts.actions import Statement, state
from hub.custody.facts.kinds import Per
from hub.custody.facts.reading import current, one
from hub.custody.identity import IDENTITY, Identity
from hub.custody.legal import LEGAL_STATUS, ORDER, LegalStatus, OrderToHold, Status
from hub.custody.merging.reading import lead_of
from hub.custody.records import Booking, Person
from hub.custody.rules import Faults, OrderFacts, PersonFacts, faults_of_order, faults_of_person
from hub.custody.stays import ADMISSION
from hub.custody.stays import Admission as Stay
from hub.movements.cells.actions import Override, check_fit, note_override
from hub.movements.cells.fitting import fit_of
from hub.movements.cells.records import Cell
from hub.movements.cells.rules import Who
from hub.movements.permitting import permit_zones
from hub.movements.re_enrolment import Why, open_task
from hub.movements.records import Zone
from hub.reception.desk.asking import take_fingers
from hub.reception.desk.rules import FIRST_POSITIONS, Reason
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE, start_of

FINGERS_WANTED: Final = 2
"""A second finger, so that one cut or plaster keeps nobody standing at a gate."""
NO_ORDER: Final = Sentence(
    "Without an order nobody is taken in. Enter the order, or refuse the person at the gate."
)
SIGNED_RECEPTION: Final = "received without order, signed"
"""Source of a legal status that no paper gives yet."""


@dataclass(frozen=True)
class AtDesk:
    """Fingers are taken at a desk once the person is in: its terminal, and the task's name, by chance."""

    terminal_id: int
    task: str


@dataclass(frozen=True)
class More:
    """What a guided admission knows besides. Everything may be left out.

    `known_id` is a person who was here before. `paper` is the order as it reads, in the place of its short form.
    `stay` is the day and hour with what Rule 7 asks; a reception without valid order says so in it, and who signed.
    `fingers_later` says why no finger comes with the admission. `statements` are further facts; those that belong to
    a stay get this one.
    """

    known_id: int | None = None
    identity: Identity | None = None
    paper: OrderToHold | None = None
    status: LegalStatus | None = None
    stay: Stay | None = None
    cell: str = ""
    cell_override: Override | None = None
    fingers_later: str = ""
    statements: tuple[Statement[Any], ...] = ()

    def __repr__(self) -> str:
        return "More()"


@dataclass(frozen=True)
class Admission:
    """Everything an admission takes. `order` None is refused, save on a second officer's word; zones are codes.

    Without `at_desk` fingers come with it, or `more` says why they come later.
    """

    person: PersonFacts
    order: OrderFacts | None
    home_zone: str
    zones: frozenset[str]
    fingers: tuple[PreparedFinger, ...]
    at_desk: AtDesk | None = None
    more: More = More()

    def __repr__(self) -> str:
        return "Admission()"

    @property
    def is_overridden(self) -> bool:
        """Whether a second officer signed for a reception without valid order."""
        return self.more.stay is not None and bool(self.more.stay.override_by)


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
    if not admission.is_overridden:
        if admission.order is None:
            faults["order_reference"] = NO_ORDER
        else:
            faults |= faults_of_order(admission.order, today)
    faults |= _faults_of_zones(session, admission)
    come_later = admission.at_desk is not None or admission.more.fingers_later
    if not come_later and len(admission.fingers) < FINGERS_WANTED:
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
    by, more = actor.login, admission.more
    came_at = at if more.stay is None else more.stay.admitted_at
    person = _person(session, admission, actor, at)
    booking = open_booking(session, person, admitted_at=came_at, recorded_at=at, by=by)
    _record_stay(session, booking, admission, came_at, actor, at)
    _give_place(session, person, booking, admission, came_at, actor, at)
    for finger in admission.fingers:
        enrol_finger(session, vault, search, person.id, finger, at=at, by=by)
    for statement in more.statements:
        state(session, person.id, _of_stay(statement, booking), actor=actor, at=at)
    note_change(session, person.id, at)
    _arrange_fingers(session, person, admission, actor, at)
    write_down(session, at=at, actor=actor, act="person.admit", subject=person.number, detail=booking.number)
    return Admitted(person.id, person.number, booking.number)


def _person(session: Session, admission: Admission, actor: Actor, at: datetime) -> Person:
    """Somebody new, or the person who was here before, with what is said of them now."""
    more, facts = admission.more, admission.person
    if more.known_id is None:
        if more.identity is None:
            return register_person(session, facts, actor=actor, at=at)
        return register_person(
            session, facts, actor=actor, at=at, born_estimated=more.identity.born_estimated
        )
    person = session.get_one(
        Person, lead_of(session, more.known_id), with_for_update={"key_share": True}, populate_existing=True
    )
    held = one(current(session, IDENTITY, person_id=person.id))
    said = more.identity or Identity(
        surname=facts.surname, given=facts.given, born_on=facts.born_on, sex=facts.sex
    )
    if held is None or held.value != said:
        source = admission.order.reference if admission.order is not None else ""
        state(session, person.id, Statement(IDENTITY, said, at, source=source), actor=actor, at=at)
    return person


def _record_stay(
    session: Session, booking: Booking, admission: Admission, came_at: datetime, actor: Actor, at: datetime
) -> None:
    more, person_id = admission.more, booking.person_id
    stay = more.stay or Stay(admitted_at=came_at)
    state(session, person_id, Statement(ADMISSION, stay, came_at, booking_id=booking.id), actor=actor, at=at)
    if more.paper is not None:
        source = more.paper.reference
        began = start_of(more.paper.issued_on)
        paper = Statement(ORDER, more.paper, began, source=source, booking_id=booking.id)
        state(session, person_id, paper, actor=actor, at=at)
    elif admission.order is not None:
        record_order(session, booking, admission.order, recorded_at=at, actor=actor)
    if more.status is not None:
        source = (
            f"{SIGNED_RECEPTION} {stay.override_by}" if admission.order is None else admission.order.reference
        )
        status = Statement(
            LEGAL_STATUS, Status(status=more.status), came_at, source=source, booking_id=booking.id
        )
        state(session, person_id, status, actor=actor, at=at)


def _give_place(
    session: Session,
    person: Person,
    booking: Booking,
    admission: Admission,
    came_at: datetime,
    actor: Actor,
    at: datetime,
) -> None:
    home = admission.home_zone
    if admission.more.cell:
        session.scalar(
            select(Cell.id).where(Cell.code == admission.more.cell).with_for_update(key_share=True)
        )
        status = admission.more.status or LegalStatus.UNKNOWN
        who = Who(person.id, person.sex, person.born_on, status.value)
        fit = check_fit(session, fit_of(session, who, admission.more.cell, at), admission.more.cell_override)
        home = fit.cell.zone
        note_override(session, person.number, fit, admission.more.cell_override, "", actor, at)
    assign_home(
        session,
        booking,
        home,
        effective_at=came_at,
        recorded_at=at,
        actor=actor,
        cell=admission.more.cell,
    )
    permit_zones(session, person.id, sorted(admission.zones | {home}), at)


def _arrange_fingers(
    session: Session, person: Person, admission: Admission, actor: Actor, at: datetime
) -> None:
    desk, later = admission.at_desk, admission.more.fingers_later
    if desk is not None:
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
    elif later and not admission.fingers:
        open_task(session, person.id, Why.ASKED_FOR, at=at, by=actor.login, note=later)


def _of_stay(statement: Statement[Any], booking: Booking) -> Statement[Any]:
    if statement.kind.per is Per.BOOKING:
        return replace(statement, booking_id=booking.id)
    return statement


def _faults_of_zones(session: Session, admission: Admission) -> dict[str, Sentence]:
    known = set(session.scalars(select(Zone.code).where(Zone.closed_at.is_(None))))
    if not known:
        return {"home_zone": Sentence("This hub has no zones yet. Import the site first.")}
    if not admission.more.cell and admission.home_zone not in known:
        return {"home_zone": Sentence("Choose the zone where the person will live.")}
    strange = admission.zones - known
    if strange:
        return {"zones": Sentence("There is no zone %(zones)s.", {"zones": ", ".join(sorted(strange))})}
    return {}
