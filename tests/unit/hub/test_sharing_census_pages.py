"""Lists that come by the interface and from files, and the pages on which differences are worked."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from flask.testing import FlaskClient

from hub.accounts.permissions import Role
from hub.custody.legal import LegalStatus
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.census.api import api as census_api
from hub.sharing.census.messages import CensusMessage, CensusRow
from hub.sharing.census.receiving import lines_of, newest_list
from hub.sharing.inbox.messages.base import ENVELOPE
from hub.website.drop_door import receive_row

from .agency_api_world import api_world
from .outbox_world import Outbox
from .sharing_world import SharingWorld
from .site_world import World, post
from .test_sharing_census import ana, census, listed, outbox

__all__ = ("ana", "outbox")

ROLE = Role.RECORDS_OFFICER
OFFENCE = {"pims:ListedOn": "2026-11-21", "nc:PersonSurName": "Novelo", "pims:ListedStatusText": "REMAND"}


def test_the_names_of_a_list_are_those_that_an_agreement_can_name() -> None:
    names = {one.encode_name for one in msgspec.structs.fields(CensusRow)}
    assert names <= set(EXCHANGES["census_list_in"].names)
    whole = {one.encode_name for one in msgspec.structs.fields(CensusMessage)} - ENVELOPE
    assert whole == {"pims:ListedOn", "pims:ListedPerson"}


def test_a_list_comes_by_the_interface(world: World, tmp_path: Path) -> None:
    made = api_world(world, tmp_path / "keys")
    court = made.program("courts").signed_in()
    body = json.loads(msgspec.json.encode(census_api.operations[0].examples[0].body))
    answer = court.post("/v1/lists/census", json=body)
    assert (answer.status_code, answer.get_json()["lines"]) == (202, 2)
    again = court.post("/v1/lists/census", json=body)
    assert again.get_json()["number"] == answer.get_json()["number"]
    body["pims:ListedPerson"].pop()
    assert court.post("/v1/lists/census", json=body).get_json()["code"] == "message_id_reused"
    body["pims:ListedPerson"] = [{"nc:PersonBirthDate": "1990-01-01"}]
    assert court.post("/v1/lists/census", json=body).status_code == 422


def test_rows_of_one_file_are_one_list(outbox: Outbox) -> None:
    at = outbox.world.at
    for line in (2, 3, 3):
        with session_scope(outbox.world.sessions) as session:
            row = {**OFFENCE, "nc:PersonGivenName": f"Ana {line}"}
            assert (
                receive_row(session, "courts", "census_list_in", row, f"drop-abc-{line}", at) == "CL-000001"
            )
    with session_scope(outbox.world.sessions, writes=False) as session:
        held = newest_list(session, "courts")
        assert held is not None
        assert held.lines == 2
        assert [line for line, _ in lines_of(session, held)] == [2, 3]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"pims:ListedOn": "yesterday"}, "not_understood"),
        ({"pims:ListedStatusText": "FREE"}, "not_understood"),
        ({"=cmd|' /C calc'!A0": "1"}, "not_understood"),
        ({"nc:PersonSurName": ""}, "not_understood"),
        ({"pims:ListedOn": "2099-01-01"}, "to_come"),
    ],
)
def test_a_poisoned_row_is_refused_and_leaves_nothing(
    outbox: Outbox, change: dict[str, object], code: str
) -> None:
    with pytest.raises(RefusedError) as refused, session_scope(outbox.world.sessions) as session:
        receive_row(session, "courts", "census_list_in", {**OFFENCE, **change}, "drop-a-2", outbox.world.at)
    assert refused.value.code == code
    with session_scope(outbox.world.sessions, writes=False) as session:
        assert newest_list(session, "courts") is None


def test_without_partners_the_page_says_so(client: FlaskClient) -> None:
    assert "No agency to compare with" in client.get("/sharing/census").text


def test_a_partner_that_was_never_compared_says_what_to_do(outbox: Outbox, client: FlaskClient) -> None:
    page = client.get("/sharing/census/police").text
    assert "Never compared" in page
    assert "Compare now" not in page
    wish = {"weekday": 2, "hour": 7, "scope": "remand", "days": 5, "active": "yes"}
    assert post(client, "/sharing/census/police/rule", wish, page="/sharing/census/police").status_code == 303
    assert "Wednesday, 07:00, People on remand" in client.get("/sharing/census/police").text
    faulty = post(client, "/sharing/census/police/rule", {**wish, "hour": 24}, page="/sharing/census/police")
    assert faulty.status_code == 400
    assert "an hour from 0 to 23" in faulty.text
    assert client.get("/sharing/census/forensic").status_code == 404


def test_a_difference_is_taken_and_closed_on_its_page(outbox: Outbox, ana: SharingWorld) -> None:
    census(outbox, listed(ana, status=LegalStatus.SENTENCED))
    client = outbox.world.browser("ada", ROLE)
    page = client.get("/sharing/census/courts").text
    assert "Another legal status" in page
    assert "nobody" in page
    address = "/sharing/census/differences/1"
    page = client.get(address).text
    assert "NOVELO, Ana" in page
    assert "Remand" in page
    assert "Sentenced" in page
    assert post(client, address, {"act": "take", "version": 1}).status_code == 303
    closing = {"act": "close", "version": 2, "why": "ours_wrong", "words": "no"}
    assert post(client, address, closing).status_code == 400
    assert post(client, address, {**closing, "version": 1, "words": "seen the paper"}).status_code == 409
    assert post(client, address, {**closing, "words": "seen the paper"}).status_code == 303
    page = client.get("/sharing/census/courts?part=done").text
    assert "Our file was wrong" in page
    assert "The lists do not differ" in client.get("/sharing/census/courts").text


def test_a_list_that_is_hardly_whole_is_compared_when_an_officer_says_so(
    outbox: Outbox, ana: SharingWorld
) -> None:
    outbox.later(days=1)
    assert census(outbox).state == "held"
    client = outbox.world.browser("ada", ROLE)
    page = client.get("/sharing/census/courts").text
    assert "hardly whole" in page
    assert post(client, "/sharing/census/courts", {"anyway": "yes"}).status_code == 303
    assert "In custody here, not on their list" in client.get("/sharing/census/courts").text


def test_who_only_looks_cannot_work(outbox: Outbox, ana: SharingWorld) -> None:
    census(outbox, listed(ana, status=LegalStatus.SENTENCED))
    auditor = outbox.world.browser("abel", Role.AUDITOR)
    page = auditor.get("/sharing/census/differences/1").text
    assert "Another legal status" in page
    assert "Close it" not in page
    assert auditor.post("/sharing/census/differences/1").status_code in (400, 403)
    assert outbox.world.browser("olga", Role.OFFICER).get("/sharing/census").status_code == 403


def test_what_is_overdue_waits_for_somebody(outbox: Outbox, ana: SharingWorld) -> None:
    census(outbox, listed(ana, status=LegalStatus.SENTENCED))
    outbox.world.at += timedelta(days=8)
    page = outbox.world.browser("rita", Role.RECORDS_OFFICER).get("/people").text
    assert "Differences with lists of agencies, overdue" in page
