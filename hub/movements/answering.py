"""Answering a referral at the hub: on the officer's page or in the control room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.actions import open_booking_of
from hub.custody.queries import person_by_number
from hub.custody.records import Person
from hub.movements import feed
from hub.movements.at_gates import has_pass_now
from hub.movements.attestations import Vouched, attest
from hub.movements.orders.actions import let_through
from hub.movements.orders.in_force import places
from hub.movements.passages import Place, Somebody
from hub.movements.permitting import zones_of
from hub.movements.records import Zone
from hub.movements.referral_records import Referral
from hub.movements.referral_rules import Outcome, What, fault_of_reason
from hub.movements.referrals import is_allowed, locked, note
from hub.movements.rules import Decision, Proof
from hub.movements.standing import procedure_of
from hub.sentences import RefusedError, Sentence
from wire.happenings import EntryReference


@dataclass(frozen=True)
class Answer:
    """What somebody says to a referral. `person` is a number, "" for nobody known here.

    `although` confirms that a person passes who may not enter that zone.
    """

    outcome: Outcome
    person: str
    reason: str
    although: bool = False


def answer(
    session: Session, referral_id: int, said: Answer, *, actor: Actor, watches_all: bool, now: datetime
) -> Referral:
    """Answer an open referral; an ATTESTED person is let through once. RefusedError says what stands against it."""
    row = locked(session, referral_id)
    if not is_allowed(session, row, actor.login, watches_all=watches_all, now=now):
        raise RefusedError("not_yours", Sentence("This referral is with another officer."))
    reason = " ".join(said.reason.split())
    if said.outcome is Outcome.GONE:
        _close(session, row, reason, actor, now)
        return row
    fault = fault_of_reason(reason)
    if fault is not None:
        raise RefusedError("reason", fault)
    person = _person(session, row, said, now)
    lines = attest(session, _word(session, row, said, person, reason, actor, now), at=now)
    feed.append(session, lines)
    # A terminal cut off meanwhile takes no orders: the word stands, and the gate is opened by hand.
    if person is not None and said.outcome is Outcome.ATTESTED and row.terminal in places(session):
        let_through(
            session,
            terminal=row.terminal,
            person=person.number,
            referral=EntryReference(terminal=row.terminal, journal_id=row.journal_id, sequence=row.sequence),
            by=actor.login,
            reason=reason,
            now=now,
        )
    number = "" if person is None else person.number
    write_down(
        session, at=now, actor=actor, act="referral.answer", subject=number, detail=f"{row.id} {row.outcome}"
    )
    return row


def _close(session: Session, row: Referral, reason: str, actor: Actor, now: datetime) -> None:
    row.outcome, row.answered_at = Outcome.GONE.value, now
    note(session, row, What.ANSWERED, now, login=actor.login, text=reason)
    write_down(session, at=now, actor=actor, act="referral.answer", detail=f"{row.id} {row.outcome}")


def _person(session: Session, row: Referral, said: Answer, now: datetime) -> Person | None:
    """Whom the answer names, checked against custody and zones."""
    person = person_by_number(session, said.person) if said.person else None
    if said.person and person is None:
        raise RefusedError("no_person", Sentence("Nobody has this number. Choose the person again."))
    if said.outcome is not Outcome.ATTESTED:
        return person
    if person is None:
        raise RefusedError("who", Sentence("Choose who it is, or turn the person back."))
    if open_booking_of(session, person.id) is None:
        raise RefusedError(
            "not_held",
            Sentence("%(number)s is not in custody here. Turn the person back.", {"number": person.number}),
        )
    zone = session.get_one(Zone, row.to_zone_id)
    always = zone.code in zones_of(session, [person.id]).get(person.id, [])
    if not (said.although or always or has_pass_now(session, person.id, zone.id, now)):
        raise RefusedError(
            "zone_not_allowed",
            Sentence(
                "%(number)s may not enter %(zone)s. Turn the person back, or tick that you let them through "
                "all the same.",
                {"number": person.number, "zone": zone.name},
            ),
        )
    return person


def _word(
    session: Session,
    row: Referral,
    said: Answer,
    person: Person | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Vouched:
    decision: Decision = "ADMIT" if said.outcome is Outcome.ATTESTED else "REFUSE"
    codes = dict(
        session.execute(
            select(Zone.id, Zone.code).where(Zone.id.in_([row.from_zone_id, row.to_zone_id]))
        ).all()
    )
    who = None
    if person is not None:
        who = Somebody(person.id, person.number, f"{person.surname.upper()}, {person.given}")
    return Vouched(
        proof=Proof(row.terminal, row.journal_id, row.sequence, now, True, row.link),
        checkpoint=row.checkpoint,
        from_zone=Place(row.from_zone_id, codes[row.from_zone_id]),
        to_zone=Place(row.to_zone_id, codes[row.to_zone_id]),
        decision=decision,
        person=who,
        officer=actor.login,
        reason=reason,
        referral=row,
        standing=person is not None and procedure_of(session, person.id) is not None,
        at_terminal=False,
    )
