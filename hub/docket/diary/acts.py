"""Writing the diary: a date is fixed; after court its outcome is entered, with every fact that follows from it.

A court trip is never a release: whoever is to go has an order to release on file, and the release is its own act.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import msgspec
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.facts.actions import ChangedMeanwhileError, FactFaultsError, Statement, state
from hub.custody.facts.kinds import Form, Kind, V
from hub.custody.facts.reading import current
from hub.custody.facts.records import Fact
from hub.custody.hearing_outcomes import DECIDES, HEARING_OUTCOMES, RELEASES, HearingOutcome
from hub.custody.legal import (
    CHARGE,
    HEARING,
    LEGAL_STATUS,
    ORDER,
    RELEASE_ORDER,
    Hearing,
    LegalStatus,
    OrderToHold,
    OrderToRelease,
    ReleaseReason,
    Status,
)
from hub.custody.rules import OrderKind
from hub.docket.diary.reading import Appointment, appointments_of, day_of
from hub.sentences import RefusedError, Sentence
from hub.web.formats import start_of

_REASONS: Final = {
    HearingOutcome.BAIL_GRANTED: ReleaseReason.BAIL,
    HearingOutcome.ACQUITTED: ReleaseReason.ACQUITTED,
    HearingOutcome.DISCHARGED: ReleaseReason.DISCHARGED,
    HearingOutcome.WITHDRAWN: ReleaseReason.CHARGES_WITHDRAWN,
}
_STATUSES: Final = {
    HearingOutcome.CONVICTED: LegalStatus.CONVICTED_UNSENTENCED,
    HearingOutcome.SENTENCED: LegalStatus.SENTENCED,
}
NEEDS_NEXT: Final = frozenset({HearingOutcome.REMANDED, HearingOutcome.ADJOURNED, HearingOutcome.CONVICTED})
"""Outcomes after which there has to be another date."""


class Outcome(Form, frozen=True):
    """What the court said, as it was typed in. `reference` is the paper that says so.

    `remand_until_on` makes an order to hold until then. `let_go` tells that the court ordered the release.
    """

    outcome: HearingOutcome
    reference: str = ""
    next_at: datetime | None = None
    next_court: str = ""
    next_purpose: str = ""
    remand_until_on: date | None = None
    let_go: bool = False
    conditions: str = ""
    not_produced_because: str = ""


@dataclass(frozen=True)
class _Writing:
    """Where facts of one outcome go, and by whom."""

    session: Session
    appointment: Appointment
    actor: Actor
    at: datetime
    source: str

    def after(self, *others: datetime) -> datetime:
        """When the court spoke, and not before what was in effect until then."""
        return max([min(self.appointment.hearing.hearing_at, self.at), *others])

    def state(
        self,
        kind: Kind[V],
        value: V,
        effective_at: datetime,
        *,
        item: int | None = None,
    ) -> Fact:
        statement = Statement(
            kind, value, effective_at, source=self.source, booking_id=self.appointment.booking_id
        )
        return state(
            self.session,
            self.appointment.person.id,
            statement,
            actor=self.actor,
            at=self.at,
            item=item,
        )


def fix_date(
    session: Session,
    person_id: int,
    booking_id: int,
    hearing: Hearing,
    source: str,
    *,
    actor: Actor,
    at: datetime,
) -> Fact:
    """Write a date into the diary. FactFaultsError for one in the past, and for the same case twice on one day."""
    if hearing.hearing_at <= at:
        raise FactFaultsError(
            {"hearing_at": Sentence("This date has passed. Check it, or choose a later one.")}
        )
    _refuse_twice(session, person_id, hearing, besides=None)
    statement = Statement(HEARING, hearing, at, source=source, booking_id=booking_id)
    return state(session, person_id, statement, actor=actor, at=at)


def record_outcome(
    session: Session, appointment: Appointment, outcome: Outcome, *, seen: int, actor: Actor, at: datetime
) -> None:
    """Enter what came of a date, and state everything that follows, in the caller's transaction.

    `seen` is the row of the date as the page showed it: ChangedMeanwhileError when somebody was quicker.
    FactFaultsError, by field, for what cannot be or is missing.
    """
    if appointment.held.row.id != seen:
        raise ChangedMeanwhileError(appointment.held.row.id)
    if appointment.hearing.outcome:
        raise RefusedError(
            "has_outcome",
            Sentence("The outcome of this date is on file already. Correct it on the file if it is wrong."),
        )
    faults = _faults(session, appointment, outcome, at)
    if faults:
        raise FactFaultsError(faults)
    writing = _Writing(session, appointment, actor, at, outcome.reference.strip() or "court diary")
    _close_date(writing, outcome)
    _decide_charge(writing, outcome)
    _change_status(writing, outcome)
    _hold_or_release(writing, outcome)
    _next_date(writing, outcome)


def _faults(
    session: Session, appointment: Appointment, outcome: Outcome, at: datetime
) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    not_produced = outcome.outcome is HearingOutcome.NOT_PRODUCED
    if appointment.on > day_of(at):
        faults["outcome"] = Sentence("The court has not sat yet. Enter the outcome on the day or after it.")
    if not_produced and not outcome.not_produced_because.strip():
        faults["not_produced_because"] = Sentence("Write why the person was not brought.")
    if not not_produced and not outcome.reference.strip():
        faults["reference"] = Sentence("Write the reference of the paper that came from the court.")
    if outcome.outcome in NEEDS_NEXT and outcome.next_at is None:
        faults["next_at"] = Sentence("Write the next court date. Nobody waits for a court without one.")
    if outcome.next_at is not None and (
        outcome.next_at <= appointment.hearing.hearing_at or day_of(outcome.next_at) < day_of(at)
    ):
        faults["next_at"] = Sentence("The next date must be in the future.")
    if outcome.outcome is HearingOutcome.REMANDED and outcome.remand_until_on is None:
        faults["remand_until_on"] = Sentence(
            "Write until when the court remanded the person: the order ends then."
        )
    elif outcome.remand_until_on is not None and outcome.remand_until_on < appointment.on:
        faults["remand_until_on"] = Sentence("The order ends before it begins. Check both dates.")
    if outcome.next_at is not None and "next_at" not in faults:
        _refuse_twice(
            session, appointment.person.id, _next(appointment, outcome), besides=appointment.held.item
        )
    return faults


def _refuse_twice(session: Session, person_id: int, hearing: Hearing, besides: int | None) -> None:
    for other in appointments_of(session, [person_id]):
        same_case = _key(other.hearing) == _key(hearing)
        if other.held.item != besides and other.on == day_of(hearing.hearing_at) and same_case:
            raise FactFaultsError({"hearing_at": Sentence("This case is in the diary for that day already.")})


def _key(hearing: Hearing) -> tuple[str, str]:
    return (hearing.court.casefold().strip(), hearing.case.casefold().strip())


def _close_date(writing: _Writing, outcome: Outcome) -> None:
    not_produced = outcome.outcome is HearingOutcome.NOT_PRODUCED
    value = msgspec.structs.replace(
        writing.appointment.hearing,
        outcome=outcome.outcome.value,
        produced=not not_produced,
        not_produced_because=outcome.not_produced_because.strip() if not_produced else "",
    )
    item = writing.appointment.held.item
    effective_at = max(value.hearing_at, writing.appointment.held.row.effective_at)
    writing.state(HEARING, value, effective_at, item=item)


def _decide_charge(writing: _Writing, outcome: Outcome) -> None:
    charge = writing.appointment.hearing.charge
    if charge is None or outcome.outcome not in DECIDES:
        return
    booking_id = writing.appointment.held.row.booking_id
    person_id = writing.appointment.held.row.person_id
    for held in current(writing.session, CHARGE, person_id=person_id, booking_id=booking_id):
        if held.item == charge:
            words, on = str(HEARING_OUTCOMES[outcome.outcome]), writing.appointment.on
            value = msgspec.structs.replace(held.value, outcome=words, decided_on=on)
            effective_at = writing.after(held.row.effective_at)
            statement = Statement(CHARGE, value, effective_at, writing.source, booking_id=booking_id)
            state(writing.session, person_id, statement, actor=writing.actor, at=writing.at, item=held.item)


def _change_status(writing: _Writing, outcome: Outcome) -> None:
    status = _STATUSES.get(outcome.outcome)
    if status is None:
        return
    before = current(
        writing.session,
        LEGAL_STATUS,
        person_id=writing.appointment.person.id,
        booking_id=writing.appointment.booking_id,
        effective_at=writing.at,
    )
    effective_at = writing.after(*(one.row.effective_at for one in before))
    writing.state(LEGAL_STATUS, Status(status=status), effective_at)


def _hold_or_release(writing: _Writing, outcome: Outcome) -> None:
    on, court, reference = (
        writing.appointment.on,
        writing.appointment.hearing.court,
        outcome.reference.strip(),
    )
    if outcome.outcome is HearingOutcome.SENTENCED:
        order = OrderToHold(kind=OrderKind.SENTENCE_ORDER, reference=reference, issued_on=on, court=court)
        writing.state(ORDER, order, start_of(on))
    elif outcome.remand_until_on is not None:
        until = outcome.remand_until_on
        order = OrderToHold(
            kind=OrderKind.REMAND_ORDER, reference=reference, issued_on=on, expires_on=until, court=court
        )
        writing.state(ORDER, order, start_of(on))
    elif outcome.outcome in RELEASES and outcome.let_go:
        release = OrderToRelease(
            reason=_REASONS[outcome.outcome], reference=reference, issued_on=on, court=court,
            conditions=outcome.conditions.strip(),
        )  # fmt: skip
        writing.state(RELEASE_ORDER, release, start_of(on))


def _next_date(writing: _Writing, outcome: Outcome) -> None:
    if outcome.next_at is not None:
        writing.state(HEARING, _next(writing.appointment, outcome), writing.at)


def _next(appointment: Appointment, outcome: Outcome) -> Hearing:
    before = appointment.hearing
    assert outcome.next_at is not None
    return Hearing(
        court=outcome.next_court.strip() or before.court,
        hearing_at=outcome.next_at,
        purpose=outcome.next_purpose.strip() or before.purpose,
        case=before.case,
        charge=before.charge,
        video=before.video,
    )
