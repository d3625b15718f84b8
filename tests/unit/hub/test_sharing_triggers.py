"""What an agreement has sent of itself is sent, and what it does not is fetched: for answers as for news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

import pytest
from msgspec import structs
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.database import session_scope
from hub.sharing.agreements.actions import sign, write_version
from hub.sharing.agreements.terms import Grant
from hub.sharing.catalogue import Way
from hub.sharing.forensic.asking import Sender, request_prints
from hub.sharing.forensic.messages import FingerprintRequest
from hub.sharing.forensic.records import ForensicRequest
from hub.sharing.forensic.telling import exchange_of, tell
from hub.sharing.gate import share
from hub.sharing.outbox.events import DESCRIPTIONS, WORDS, EventType
from hub.sharing.outbox.records import Delivery, SharingEvent

from .inbox_world import Inbox, order
from .sharing_world import (
    FIRST,
    FORENSIC,
    KINDS,
    POLICE,
    PURPOSE,
    SECOND,
    WRITER,
    grants_of,
    sharing_world,
    terms_of,
)
from .site_world import World

GRANTS = grants_of(KINDS[FORENSIC])


@pytest.fixture
def inbox(world: World) -> Inbox:
    return Inbox(world, sharing_world(world))


def quiet(world: World, agency: str) -> None:
    """The same agreement, by which nothing goes of itself."""
    agree(world, agency, [structs.replace(one, events=()) for one in grants_of(KINDS[agency])])


def agree(world: World, agency: str, grants: Sequence[Grant]) -> None:
    """The second version of an agreement, in force at once."""
    with session_scope(world.sessions) as session:
        code = f"{agency}-2026"
        row = write_version(session, code, terms_of(world, *grants), seen=1, actor=WRITER, at=world.at)
        for signer in (FIRST, SECOND):
            sign(session, code, row.number, row.digest, actor=signer, at=world.at)


def told(world: World, agency: str) -> list[tuple[str, str]]:
    """Type and exchange of everything that an agency is told of, oldest first."""
    wanted = select(SharingEvent.type, Delivery.exchange).join(Delivery, Delivery.event_id == SharingEvent.id)
    with session_scope(world.sessions, writes=False) as session:
        found = session.execute(wanted.where(Delivery.agency == agency).order_by(Delivery.id)).all()
    return [(type.rpartition(".")[2], exchange) for type, exchange in found]


@pytest.mark.parametrize("sent", [True, False])
def test_a_decision_is_told_where_the_agreement_sends_receipts_and_else_lies_ready(
    inbox: Inbox, *, sent: bool
) -> None:
    if not sent:
        quiet(inbox.world, "courts")
    number = inbox.send("order", order()).number
    inbox.refuse(number, "wrong_court")
    assert told(inbox.world, "courts") == ([("order_answered", "order_receipt")] if sent else [])
    assert inbox.receipt(number).state == "refused", "who asks by the number reads it either way"


@pytest.mark.parametrize(
    ("agency", "kind", "form", "exchange", "type"),
    [
        (POLICE, "identity", "image", "identity_answer", "identity_answered"),
        (FORENSIC, "prints", "minutiae", "fingerprint_set", "prints_answered"),
        (FORENSIC, "prints", "reference", "custody_reference", "prints_answered"),
    ],
)
def test_an_answer_about_fingers_has_a_type_of_its_own_and_is_told_where_that_is_agreed(
    inbox: Inbox, agency: str, kind: str, form: str, exchange: str, type: str
) -> None:
    world = inbox.world
    request = ForensicRequest(
        number="FR-000001", kind=kind, agency=agency, client="c", message_id="m-1", digest="d", form=form,
        purpose=PURPOSE[exchange], requested_by="Insp. Castillo", legal_basis="An Act", case_number="C 1",
        asked_about="", positions="", dpi=None, approvals=1, received_at=world.at,
        until_at=world.at + timedelta(days=7), person_id=None,
    )  # fmt: skip
    answer(world, request)
    assert told(world, agency) == [(type, exchange)]
    quiet(world, agency)
    answer(world, request)
    assert told(world, agency) == [(type, exchange)], "nothing more"


def answer(world: World, request: ForensicRequest) -> None:
    with session_scope(world.sessions) as session:
        tell(session, request, world.at)


@pytest.mark.parametrize(("form", "purpose"), [("minutiae", "investigation"), ("reference", "court_listing")])
def test_an_answer_leaves_for_the_purpose_that_the_agreement_names(
    inbox: Inbox, form: Literal["minutiae", "reference"], purpose: str
) -> None:
    world, at = inbox.world, inbox.world.at
    other = {"fingerprint_set": "investigation", "custody_reference": "court_listing"}
    agree(
        world,
        FORENSIC,
        [structs.replace(one, purpose=other.get(one.exchange, one.purpose)) for one in GRANTS],
    )
    request = FingerprintRequest(
        message_id="m-1", issued_at=at, case="L 7", requested_by="Dr. Tillett", legal_basis="An Act",
        asked_about=inbox.sharing.number, form=form,
    )  # fmt: skip
    with session_scope(world.sessions) as session:
        row = request_prints(
            session, request, sender=Sender(FORENSIC, Actor("laboratory", "10.1.0.2")), at=at
        )
        assert row.purpose == purpose
        told = share(
            session, agency=FORENSIC, exchange=exchange_of(row), purpose=row.purpose, person=row.person_id,
            at=at, actor=WRITER, way=Way.PULL,
        )  # fmt: skip
        assert told.document["agreement"]["purpose"] == purpose


def test_every_type_is_described_for_machines_and_for_people() -> None:
    assert set(DESCRIPTIONS) == set(WORDS) == set(EventType)
