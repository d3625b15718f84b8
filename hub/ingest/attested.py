"""Entries of officers at terminals: whom they vouched for, and who failed to sign in there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.records import Person
from hub.ingest.clocks import Moment
from hub.ingest.storing import Arrived
from hub.movements.attestations import Vouched, attest, find_referral
from hub.movements.feed import Line
from hub.movements.passages import Place, Somebody
from hub.movements.records import FeedKind, Zone
from hub.movements.referral_records import Referral
from hub.movements.rules import Decision, Proof
from wire.happenings import Attestation, SignIn
from wire.happenings import Decision as Said

LOCKED = "locked"


def take_attestation(
    session: Session, one: Arrived, moment: Moment, said: Attestation, now: datetime
) -> list[Line]:
    """An officer's word; people and places were looked at before, so all of them exist."""
    codes = {said.from_zone, said.to_zone}
    zones = dict(session.execute(select(Zone.code, Zone.id).where(Zone.code.in_(codes))).all())
    decision: Decision = "ADMIT" if said.decision is Said.ADMIT else "REFUSE"
    word = Vouched(
        proof=Proof(
            one.keys.name,
            one.journal_id,
            one.linked.entry.sequence,
            moment.at,
            moment.sure,
            one.linked.link,
            moment.earliest_at,
            moment.latest_at,
        ),
        checkpoint=said.checkpoint,
        from_zone=Place(zones[said.from_zone], said.from_zone),
        to_zone=Place(zones[said.to_zone], said.to_zone),
        decision=decision,
        person=_somebody(session, said.person),
        officer=said.officer,
        reason=said.reason,
        referral=_referral(session, one, said),
        standing=said.standing,
        late=one.historical,
        second=said.second,
    )
    return attest(session, word, at=now)


def take_sign_in(_session: Session, one: Arrived, moment: Moment, said: SignIn, now: datetime) -> list[Line]:
    """Signing in is in the journal; that a terminal shut somebody out is for the control room as well."""
    if said.outcome != LOCKED:
        return []
    told = {
        "what": "pin_locked",
        "terminal": one.keys.name,
        "at": moment.at.isoformat(),
        "officer": said.officer,
    }
    return [Line(now, FeedKind.ALARM, told)]


def _referral(session: Session, one: Arrived, said: Attestation) -> Referral | None:
    """The passage that it answers; a terminal speaks of its own only."""
    key = said.referral
    if key is None or key.terminal != one.keys.name:
        return None
    return find_referral(session, key.terminal, key.journal_id, key.sequence)


def _somebody(session: Session, number: str | None) -> Somebody | None:
    if number is None:
        return None
    person = session.scalars(select(Person).where(Person.number == number)).one()
    return Somebody(person.id, person.number, f"{person.surname.upper()}, {person.given}")
