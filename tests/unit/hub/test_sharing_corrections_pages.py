"""Merges are corrections too; the page of corrections, telling by hand, and a partner that says we are wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.custody.records import Booking
from hub.database import session_scope
from hub.sharing.agreements.actions import suspend
from hub.sharing.corrections.records import Correction
from hub.sharing.inbox.examples import EXAMPLES
from hub.sharing.inbox.messages import write_message
from hub.sharing.outbox.answers import Outcome
from hub.sharing.outbox.noting import Settled, note
from hub.sharing.outbox.records import Delivery

from .agency_api_world import api_world
from .outbox_world import RITA, Outbox
from .sharing_world import SharingWorld, somebody
from .site_world import World, post
from .test_merging import merge, part
from .test_sharing_corrections import born, hearers, outbox, told, who

__all__ = ("outbox", "who")


@pytest.fixture
def twice(outbox: Outbox, who: SharingWorld) -> SharingWorld:
    """The same person a second time, under another number that the courts were told."""
    other = somebody(outbox.world, "Nobelo", "Ana")
    with session_scope(outbox.world.sessions) as session:
        session.get_one(Booking, other.booking).released_at = outbox.world.at
    told(outbox, other, "courts", "custody_status")
    return other


def merged(outbox: Outbox, who: SharingWorld, other: SharingWorld) -> int:
    with session_scope(outbox.world.sessions, writes=False) as session:
        one = session.get_one(Booking, who.booking).person
        two = session.get_one(Booking, other.booking).person
    found = merge(outbox.world, one, two)
    outbox.exchange().gather()
    return found


def test_who_knows_the_number_that_is_led_hears_of_the_merge(
    outbox: Outbox, who: SharingWorld, twice: SharingWorld
) -> None:
    told(outbox, who, "police", "admission_notice")
    merged(outbox, who, twice)
    assert [(one[0], one[1], one[3]) for one in hearers(outbox)] == [("courts", "custody_status", "notice")]
    outbox.exchange().gather()
    assert len(hearers(outbox)) == 1
    with session_scope(outbox.world.sessions, writes=False) as session:
        row = session.scalars(select(Correction)).one()
        assert (row.sort, row.person) == ("joined", who.number)


def test_who_was_told_of_two_as_one_hears_that_they_are_two(
    outbox: Outbox, who: SharingWorld, twice: SharingWorld
) -> None:
    case = merged(outbox, who, twice)
    told(outbox, who, "police", "admission_notice")
    part(outbox.world, case, {})
    outbox.exchange().gather()
    assert [one[:2] for one in hearers(outbox)][1:] == [("police", "admission_notice")]
    with session_scope(outbox.world.sessions, writes=False) as session:
        assert session.scalars(select(Correction.sort).order_by(Correction.id)).all() == ["joined", "parted"]


def test_without_corrections_the_page_says_so(client: FlaskClient) -> None:
    assert "Nothing was told wrong" in client.get("/sharing/corrections").text


def test_the_page_says_what_was_wrong_who_got_it_and_who_confirmed(outbox: Outbox, who: SharingWorld) -> None:
    told(outbox, who, "courts", "custody_status")
    born(outbox, who, 3)
    client = outbox.world.browser("ada", Role.RECORDS_OFFICER)
    page = client.get("/sharing/corrections/C-000001").text
    assert "Born" in page
    assert "The courts" in page
    assert "To be fetched" in page
    with session_scope(outbox.world.sessions) as session:
        row = session.scalars(select(Delivery)).one()
        row.state = "waiting"
        session.flush()
        note(session, [Settled(row.id, 0, Outcome.RECEIVED, 200, 9, None)], outbox.world.at)
    assert "told, not fetched yet" in client.get("/sharing/corrections").text
    with session_scope(outbox.world.sessions, writes=False) as session:
        looked = select(AuditEntry.subject).where(AuditEntry.act == "correction.look")
        assert session.scalars(looked).all() == [who.number]


def test_telling_by_hand_is_written_down_once(outbox: Outbox, who: SharingWorld) -> None:
    told(outbox, who, "courts", "custody_status")
    with session_scope(outbox.world.sessions) as session:
        suspend(session, "courts-2026", "breach", actor=RITA, at=outbox.world.at)
    born(outbox, who, 3)
    client = outbox.world.browser("ada", Role.RECORDS_OFFICER)
    assert "to be told by hand" in client.get("/sharing/corrections?part=by_hand").text
    address = "/sharing/corrections/C-000001"
    assert post(client, address, {"hearer": 1, "words": "x"}).status_code == 409
    assert post(client, address, {"hearer": 1, "words": "Letter 14"}).status_code == 303
    page = client.get(address).text
    assert "Letter 14" in page
    assert "about corrections is suspended" in page
    assert "correction_notice" not in page
    assert "Settle it</button>" not in page
    again = {"hearer": 1, "words": "Letter 15"}
    assert post(client, address, again, page="/agreements/new").status_code == 409
    assert "No correction like this" in client.get("/sharing/corrections?part=by_hand").text


def test_who_only_looks_cannot_tell(outbox: Outbox, who: SharingWorld) -> None:
    told(outbox, who, "courts", "custody_status")
    born(outbox, who, 3)
    auditor = outbox.world.browser("abel", Role.AUDITOR)
    assert auditor.get("/sharing/corrections/C-000001").status_code == 200
    assert auditor.post("/sharing/corrections/C-000001").status_code in (400, 403)
    assert outbox.world.browser("olga", Role.OFFICER).get("/sharing/corrections").status_code == 403


def test_a_partner_says_that_we_are_wrong_and_it_lies_in_the_work_list(world: World, tmp_path: Path) -> None:
    api = api_world(world, tmp_path / "keys")
    body = json.loads(write_message(EXAMPLES["correction_request"][0].body))
    answer = api.program("police").signed_in().post("/v1/correction_requests", json=body)
    assert answer.status_code == 202
    page = world.browser("ada", Role.RECORDS_OFFICER).get("/inbox").text
    assert "They say that something we told is wrong" in page
