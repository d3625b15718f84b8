"""A hub with agencies, agreements in force, people to tell of, and one that sends."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.facts.actions import Statement, state
from hub.custody.facts.records import Fact
from hub.custody.legal import LEGAL_STATUS, LegalStatus, ReleaseReason, Status
from hub.custody.records import Booking, Person
from hub.custody.stays import ADMISSION, RELEASE, Admission, Release
from hub.database import session_scope
from hub.sharing.agreements.records import Act, Agency, Agreement, AgreementAct, AgreementVersion
from hub.sharing.agreements.terms import Frequency, Grant, Shape, Terms, digest_of, write_terms
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.corrections.telling import Corrector
from hub.sharing.outbox.records import Delivery, SharingEvent
from hub.sharing.outbox.signing import Signer
from hub.sharing.outbox.worker import Exchange
from hub.sharing.partners.records import Webhook
from wire.keys import public_bytes

from .site_world import World
from .webhook_receiver import Receiver

RITA = Actor("rita", "10.0.0.1")
API = "https://hub.example:9443"
GRANTS = {
    "police": [
        ("admission_notice", "custody_notice", ("admitted",)),
        ("release_notice", "custody_notice", ("released",)),
        ("escape_notice", "public_protection", ("escaped",)),
        ("recapture_notice", "public_protection", ("recaptured",)),
        ("correction_notice", "correction", ("corrected",)),
    ],
    "courts": [
        ("custody_status", "court_listing", ("status_changed",)),
        ("production_outcome", "court_listing", ("production_outcome",)),
    ],
}


@dataclass
class Outbox:
    """What tests of the outbox touch."""

    world: World
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    made: list[Exchange] = field(default_factory=list)

    @property
    def keys(self) -> dict[str, bytes]:
        return {"k1": public_bytes(self.key.public_key())}

    def exchange(self, **options: object) -> Exchange:
        """One that sends, by the clock of the world; signatures are made by the real one."""
        made = Exchange(
            self.world.sessions,
            lambda: _Now(Signer("k1", self.key)),
            API,
            lambda: self.world.at,
            chance=random.Random(1).random,
            **{"corrector": Corrector(), **options},  # type: ignore[arg-type]
        )
        self.made.append(made)
        return made

    def begin(self) -> Outbox:
        """Put the cursor where it is now: what was recorded before is history."""
        self.exchange().gather()
        return self

    def close(self) -> None:
        for one in self.made:
            one.close()

    def agree(
        self,
        code: str,
        *,
        grants: Sequence[tuple[str, str, Sequence[str]]] | None = None,
        starts_on: date = date(2026, 11, 1),
        ends_on: date | None = None,
        frequency: Frequency = Frequency.AT_ONCE,
        shape: Shape = Shape.CSV,
    ) -> None:
        """An agency with an agreement that two people signed, over every field of its exchanges."""
        terms = Terms(
            title="Notices",
            our_party="The prison",
            their_party=code,
            legal_basis="An Act",
            grants=tuple(
                Grant(name, purpose, EXCHANGES[name].names, tuple(f"pims.custody.{one}" for one in events))
                for name, purpose, events in (GRANTS[code] if grants is None else grants)
            ),
            shape=shape,
            frequency=frequency,
            retention_days=30,
            correction_route="By letter",
            security="Locked",
            breach_hours=24,
            starts_on=starts_on,
            review_on=date(2027, 6, 1),
            ends_on=ends_on,
        )
        raw, at = write_terms(terms), datetime(2026, 10, 1, tzinfo=UTC)
        with session_scope(self.world.sessions) as session:
            agency = Agency(
                code=code,
                kind=code,
                name=code.title(),
                contact="",
                active=True,
                opened_at=at,
                opened_by="ada",
            )
            session.add(agency)
            session.flush()
            held = Agreement(code=f"{code}-1", agency_id=agency.id, opened_at=at, opened_by="ada")
            session.add(held)
            session.flush()
            version = AgreementVersion(
                agreement_id=held.id,
                number=1,
                terms=raw,
                digest=digest_of(raw),
                starts_on=starts_on,
                review_on=terms.review_on,
                ends_on=ends_on,
                made_at=at,
                made_by="ada",
            )
            session.add(version)
            session.flush()
            for login in ("dora", "otto"):
                session.add(_act(held, version, Act.SIGNED, login, at))

    def suspend(self, code: str) -> None:
        with session_scope(self.world.sessions) as session:
            held = session.scalars(select(Agreement).where(Agreement.code == f"{code}-1")).one()
            session.add(_act(held, None, Act.SUSPENDED, "dora", self.world.at))

    def hook(self, code: str, receiver: Receiver, *, batch: bool = False, pinned: bool = False) -> None:
        """Have the agency's events go to a receiver, known by its authority or by its certificate alone."""
        with session_scope(self.world.sessions) as session:
            session.add(
                Webhook(
                    agency=code,
                    url=receiver.url,
                    batch=batch,
                    ca_pem="" if pinned else receiver.ca_pem,
                    pin=receiver.pin if pinned else "",
                    set_at=self.world.at,
                    set_by="ada",
                )
            )

    def admit(self, person: Person, *, at: datetime | None = None) -> Fact:
        """Record the admission of somebody whose stay is open."""
        when = at or self.world.at
        with session_scope(self.world.sessions) as session:
            said = Statement(
                ADMISSION, Admission(admitted_at=when), when, "Book 1", booking_id=_stay(session, person)
            )
            return state(session, person.id, said, actor=RITA, at=self.world.at)

    def status(self, person: Person, status: LegalStatus) -> Fact:
        with session_scope(self.world.sessions) as session:
            said = Statement(
                LEGAL_STATUS, Status(status=status), self.world.at, "W 1", booking_id=_stay(session, person)
            )
            return state(session, person.id, said, actor=RITA, at=self.world.at)

    def release(self, person: Person) -> Fact:
        with session_scope(self.world.sessions) as session:
            value = Release(
                released_at=self.world.at,
                reason=ReleaseReason.BAIL,
                reference="BO 7",
                by="rita",
                second="sonia",
                identity="seen",
            )
            said = Statement(RELEASE, value, self.world.at, "BO 7", booking_id=_stay(session, person))
            return state(session, person.id, said, actor=RITA, at=self.world.at)

    def later(self, **time: float) -> None:
        self.world.at += timedelta(**time)

    def deliveries(self, agency: str = "police") -> list[tuple[str, str, str, int]]:
        """State, outcome, type and tries of each delivery, in its order."""
        wanted = (
            select(Delivery.state, Delivery.outcome, SharingEvent.type, Delivery.tries)
            .join(SharingEvent, SharingEvent.id == Delivery.event_id)
            .where(Delivery.agency == agency)
            .order_by(Delivery.sequence)
        )
        with session_scope(self.world.sessions, writes=False) as session:
            return [
                (state, outcome, type_.rpartition(".")[2], tries)
                for state, outcome, type_, tries in session.execute(wanted)
            ]


class _Now:
    """Signs by the real clock, which the receiver goes by."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def sign(self, url: str, body: bytes, content_type: str, _at: datetime) -> object:
        return self._signer.sign(url, body, content_type, datetime.now(UTC))


def _act(held: Agreement, version: AgreementVersion | None, act: Act, by: str, at: datetime) -> AgreementAct:
    return AgreementAct(
        agreement_id=held.id,
        version_id=None if version is None else version.id,
        act=act.value,
        by=by,
        at=at,
        reason="",
        digest="" if version is None else version.digest,
    )


def _stay(session: Session, person: Person) -> int:
    return (
        session.scalars(
            select(Booking.id).where(Booking.person_id == person.id).order_by(Booking.id.desc())
        ).first()
        or 0
    )
