"""Four agencies with an agreement each, signed by two, and people whom something can be told about."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from hub.accounts.audit import Actor
from hub.custody.legal import CHARGE, Charge
from hub.custody.records import Booking, Person
from hub.custody.who.naming import ALIAS, Alias
from hub.database import session_scope
from hub.sharing.agreements.actions import open_agency, sign, write_agreement, write_version
from hub.sharing.agreements.records import Agreement, AgreementVersion
from hub.sharing.agreements.terms import Grant, Shape, Terms
from hub.sharing.catalogue import EXCHANGES, PartnerKind, exchanges_with
from hub.web.formats import SITE_ZONE

from ...databases import made_once
from .docket_world import record, remanded
from .site_world import World

WRITER = Actor("rosa", "10.0.0.1")
FIRST = Actor("dora", "10.0.0.2")
SECOND = Actor("abel", "10.0.0.3")
POLICE, COURTS, FORENSIC, OBSERVATORY = "police", "courts", "forensic", "observatory"
KINDS = {
    POLICE: PartnerKind.POLICE,
    COURTS: PartnerKind.COURTS,
    FORENSIC: PartnerKind.FORENSIC,
    OBSERVATORY: PartnerKind.OBSERVATORY,
}
PURPOSE = {
    "admission_notice": "custody_notice",
    "release_notice": "custody_notice",
    "transfer_notice": "custody_notice",
    "escape_notice": "public_protection",
    "recapture_notice": "public_protection",
    "identity_answer": "identification",
    "custody_status": "court_listing",
    "production_outcome": "court_listing",
    "remand_ageing": "remand_review",
    "order_receipt": "order_execution",
    "fingerprint_set": "forensic_examination",
    "custody_reference": "forensic_examination",
    "indicators": "crime_statistics",
    "census_list": "mutual_census",
    "correction_notice": "correction",
    "arrest": "investigation",
    "charge": "investigation",
    "hold": "investigation",
    "want": "public_protection",
    "identity_request": "identification",
    "order": "order_execution",
    "sentence": "order_execution",
    "hearing": "court_listing",
    "bail": "order_execution",
    "appeal": "order_execution",
    "fingerprint_request": "forensic_examination",
    "definitions": "crime_statistics",
    "correction_request": "correction",
    "census_list_in": "mutual_census",
}
"""For what each exchange is agreed with whoever may have it."""


@dataclass(frozen=True)
class SharingWorld:
    """What was made: one person on remand with a charge and another name, in their stay."""

    person: int
    number: str
    booking: int


def grants_of(kind: PartnerKind) -> tuple[Grant, ...]:
    """Everything that an agreement with this kind of partner can name, each for one purpose."""
    return tuple(Grant(one.name, PURPOSE[one.name], one.names, one.events) for one in exchanges_with(kind))


def terms_of(
    world: World,
    *grants: Grant,
    starts_on: date | None = None,
    ends_on: date | None = None,
    shape: Shape = Shape.JSON,
) -> Terms:
    """Terms that can be signed, in force from today until `ends_on`."""
    today = world.at.astimezone(SITE_ZONE).date()
    first = starts_on or today
    return Terms(
        title="Exchange of information",
        our_party="Belize Central Prison",
        their_party="The agency",
        legal_basis="Act for tests, section 1",
        grants=grants,
        shape=shape,
        retention_days=365,
        correction_route="records@prison.test",
        security="Mutual TLS, signed messages",
        breach_hours=24,
        starts_on=first,
        review_on=first + timedelta(days=365),
        ends_on=ends_on,
    )


def agree(world: World, agency: str, code: str, terms: Terms) -> None:
    """Write an agreement and have it signed by two others."""
    with session_scope(world.sessions) as session:
        row = write_agreement(session, agency=agency, code=code, terms=terms, actor=WRITER, at=world.at)
        for signer in (FIRST, SECOND):
            sign(session, code, row.number, row.digest, actor=signer, at=world.at)


def narrow(
    world: World, agency: str, without: Mapping[str, Collection[str]], shape: Shape = Shape.JSON
) -> None:
    """The agency's agreement without some fields of these exchanges, as a new version in force at once."""
    grants = [
        Grant(one.exchange, one.purpose, names, one.events)
        for one in grants_of(KINDS[agency])
        if (names := tuple(name for name in one.fields if name not in without.get(one.exchange, ())))
    ]
    code, terms = f"{agency}-2026", terms_of(world, *grants, shape=shape)
    with session_scope(world.sessions) as session:
        newest = session.scalar(
            select(func.max(AgreementVersion.number))
            .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
            .where(Agreement.code == code)
        )
        row = write_version(session, code, terms, seen=newest or 0, actor=WRITER, at=world.at)
        for signer in (FIRST, SECOND):
            sign(session, code, row.number, row.digest, actor=signer, at=world.at)


def open_agencies(world: World) -> None:
    """The four agencies, without an agreement."""
    with session_scope(world.sessions) as session:
        for code, kind in KINDS.items():
            open_agency(
                session, code=code, kind=kind, name=f"The {code}", contact=f"{code}@agency.test",
                actor=WRITER, at=world.at,
            )  # fmt: skip


def somebody(world: World, surname: str = "Novelo", given: str = "Ana") -> SharingWorld:
    """One more person on remand, with a charge and another name."""
    person: Person = remanded(world, surname, given)
    record(world, person, CHARGE, Charge(iccs="0401", offence="Robbery", case="C 7"))
    record(world, person, ALIAS, Alias(surname="Chica"))
    with session_scope(world.sessions, writes=False) as session:
        booking = session.query(Booking).filter_by(person_id=person.id).one()
        return SharingWorld(person.id, person.number, booking.id)


def sharing_world(world: World) -> SharingWorld:
    """All of it: agencies, agreements in force that name everything, and a person."""
    return made_once(world.engine, ("sharing", world.at), lambda: _sharing_world(world))


def _sharing_world(world: World) -> SharingWorld:
    open_agencies(world)
    for code, kind in KINDS.items():
        agree(world, code, f"{code}-2026", terms_of(world, *grants_of(kind)))
    return somebody(world)


def all_fields(exchange: str) -> tuple[str, ...]:
    return EXCHANGES[exchange].names
