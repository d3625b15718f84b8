"""The agencies' interface as their programs meet it: refusals before answers."""

from __future__ import annotations

import html
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from hub.custody.records import Booking
from hub.database import session_scope
from hub.sharing.api.buckets import Buckets
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.inbox.api import EXAMPLES
from hub.sharing.inbox.records import InboundMessage

from .agency_api_world import ApiWorld, Program, api_world
from .sharing_world import COURTS, FORENSIC, OBSERVATORY, POLICE, somebody
from .site_world import World

ORDER = msgspec.to_builtins(EXAMPLES["order"][0].body)


@pytest.fixture
def hub(world: World, tmp_path: Path) -> ApiWorld:
    return api_world(world, tmp_path / "keys")


@pytest.fixture
def courts(hub: ApiWorld) -> Program:
    return hub.program(COURTS).signed_in()


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document, which every refusal is."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    found: dict[str, Any] = answer.get_json()
    assert (found["type"], found["status"]) == (f"/problems/{code}", status)
    assert found["title"]
    assert found["detail"]
    return found


def rows(hub: ApiWorld, table: type[Any]) -> int:
    with session_scope(hub.world.sessions, writes=False) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_no_such_address(courts: Program) -> None:
    problem(courts.get("/v1/nothing"), 404, "not_found")


def test_another_method_names_those_that_go(courts: Program) -> None:
    answer = courts.call("DELETE", "/v1/orders")
    problem(answer, 405, "method")
    assert answer.headers["Allow"] == "OPTIONS, POST"
    assert courts.call("OPTIONS", "/v1/orders").headers["Allow"]
    assert courts.call("HEAD", "/v1/me").data == b""


def test_no_form_that_is_asked_for(courts: Program) -> None:
    problem(courts.get("/v1/me", headers={"Accept": "text/csv"}), 406, "not_acceptable")


@pytest.mark.parametrize(
    ("address", "pointer"),
    [
        ("/v1/events?limit=0", "limit"),
        ("/v1/events?limit=ten", "limit"),
        ("/v1/events?limit=1&limit=2", "limit"),
        ("/v1/me?verbose=1", "verbose"),
        ("/v1/events?since=2026", ""),
        ("/v1/custody/P-000001?fields=a b", "fields"),
    ],
)
def test_parameters_are_read_strictly(courts: Program, address: str, pointer: str) -> None:
    found = problem(courts.get(address), 400, "bad_parameters")
    assert found["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("cursor", ["x", "bm90aGluZw", "ZXZlbnRzOi0x", "Y2Vuc3VzX2xpc3Q6MQ"])
def test_a_cursor_of_somebody_else(courts: Program, cursor: str) -> None:
    problem(courts.get(f"/v1/events?after={cursor}"), 404, "bad_cursor")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad_request"),
        (b"[]", 422, "bad_body"),
        (b"\xff\xfe", 400, "bad_request"),
        (b'{"a":"\\u0000"}', 400, "bad_request"),
        (b'{"a":"\\ud800"}', 400, "bad_request"),
        (b"[" * 50_000, 422, "bad_body"),
        (b" " * 70_000, 413, "too_large"),
        (json.dumps({**ORDER, "verdict": "guilty"}).encode(), 422, "bad_body"),
        (json.dumps({**ORDER, "nc:DocumentCreationDate": "2026-11-22T15:00:00"}).encode(), 422, "bad_body"),
    ],
)
def test_a_body_is_read_strictly(hub: ApiWorld, courts: Program, body: bytes, status: int, code: str) -> None:
    problem(courts.post("/v1/orders", data=body, content_type="application/json"), status, code)
    assert rows(hub, InboundMessage) == 0


def test_other_media_types(courts: Program) -> None:
    problem(courts.post("/v1/orders", data="<order/>", content_type="application/xml"), 415, "media_type")
    packed = {"Content-Encoding": "gzip"}
    problem(courts.post("/v1/orders", json=ORDER, headers=packed), 415, "media_type")


def test_a_post_needs_a_key(courts: Program) -> None:
    courts.keys = 0
    plain = courts.http.post(
        "/v1/orders",
        json=ORDER,
        base_url="https://hub.example",
        headers={"Authorization": f"Bearer {courts.token}"},
        environ_overrides={"pims.test.certificate": courts.certificate},
    )
    problem(plain, 400, "idempotency_key_missing")
    problem(courts.post("/v1/orders", json=ORDER, headers={"Idempotency-Key": "a b"}), 400, "bad_parameters")


def test_one_field_too_many_gives_nothing_and_is_written_down(hub: ApiWorld, courts: Program) -> None:
    address = f"/v1/custody/{hub.about.number}?fields=nc:PersonSurName,pims:RemandDayQuantity"
    found = problem(courts.get(address), 403, "not_agreed")
    assert (found["code"], found["fields"]) == ("field_not_agreed", ["pims:RemandDayQuantity"])
    assert "Novelo" not in json.dumps(found)
    with session_scope(hub.world.sessions, writes=False) as session:
        row = session.scalars(select(Disclosure)).one()
    assert (row.refused, row.agency, row.fields) == ("field_not_agreed", COURTS, "pims:RemandDayQuantity")


def test_an_agency_without_the_exchange_learns_nothing_of_anybody(hub: ApiWorld) -> None:
    """The same refusal whether the number is somebody's or nobody's."""
    police = hub.program(POLICE).signed_in()
    one, none = police.get(f"/v1/custody/{hub.about.number}"), police.get("/v1/custody/P-999999")
    problem(one, 403, "scope")
    assert one.data == none.data


def test_nobody_and_somebody_long_gone_are_answered_alike(hub: ApiWorld, courts: Program) -> None:
    never = courts.get("/v1/custody/P-999999")
    problem(never, 404, "not_found")
    with session_scope(hub.world.sessions) as session:
        stay = session.get_one(Booking, hub.about.booking)
        stay.released_at = hub.at - timedelta(days=91)
    assert courts.get(f"/v1/custody/{hub.about.number}").data == never.data


def test_custody_status_with_its_agreement(hub: ApiWorld, courts: Program) -> None:
    answer = courts.get(f"/v1/custody/{hub.about.number}?fields=nc:PersonSurName,pims:LegalStatusCode")
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    assert found["agreement"]["code"] == "courts-2026"
    assert found["agreement"]["onwardSharing"] is False
    assert "Novelo" in answer.text
    assert "Ana" not in answer.text
    with session_scope(hub.world.sessions, writes=False) as session:
        row = session.get_one(Disclosure, found["disclosure"])
    assert (row.way, row.actor) == ("pull", "agency:courts/courts-records")
    assert row.person == hub.about.number


def test_unchanged_is_said_with_304_and_written_down_all_the_same(hub: ApiWorld, courts: Program) -> None:
    address = f"/v1/custody/{hub.about.number}"
    first = courts.get(address)
    again = courts.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert rows(hub, Disclosure) == 2
    other = courts.get(f"{address}?fields=nc:PersonSurName")
    assert other.headers["ETag"] != first.headers["ETag"]


def test_a_list_is_the_same_whatever_happens_between_its_pages(hub: ApiWorld, courts: Program) -> None:
    for number in range(5):
        somebody(hub.world, f"Tzul{number}")
    first = courts.get("/v1/lists/census?limit=2").get_json()
    assert len(first["data"]) == 2
    with session_scope(hub.world.sessions) as session:
        stay = session.get_one(Booking, hub.about.booking)
        stay.released_at = hub.at
    somebody(hub.world, "Zuniga")
    shown, cursor = list(first["data"]), first["next"]
    while cursor:
        page = courts.get(f"/v1/lists/census?limit=2&cursor={cursor}").get_json()
        shown, cursor = shown + page["data"], page["next"]
    names = [str(one) for one in shown]
    assert len(names) == 7
    assert len(set(names)) == 7


def test_remand_ageing(hub: ApiWorld, courts: Program) -> None:
    found = courts.get("/v1/lists/remand-ageing").get_json()
    assert len(found["data"]) == 1
    assert found["next"] is None
    problem(courts.get("/v1/lists/remand-ageing?cursor=Y2Vuc3VzX2xpc3Q6MQ"), 404, "bad_cursor")


def test_pace_is_said_and_kept(world: World, tmp_path: Path) -> None:
    hub = api_world(world, tmp_path / "keys", Buckets(calls=3))
    courts = hub.program(COURTS).signed_in()
    answer = courts.get("/v1/me")
    assert answer.headers["RateLimit-Policy"] == '"client";q=3;w=60'
    assert answer.headers["RateLimit"].startswith('"client";r=1;')
    courts.get("/v1/me")
    refused = courts.get("/v1/me")
    problem(refused, 429, "too_many_requests")
    assert refused.headers["Retry-After"] == "20"
    assert hub.program(POLICE).ask_token().status_code == 200


def test_a_fault_says_a_number_and_nothing_else(hub: ApiWorld, courts: Program, monkeypatch: Any) -> None:
    def fail(*_given: object, **_more: object) -> None:
        raise ValueError("Novelo, Ana")

    monkeypatch.setattr("hub.sharing.pull.custody.read_one", fail)
    found = problem(courts.get(f"/v1/custody/{hub.about.number}"), 500, "fault")
    assert found["instance"].startswith("urn:pims:incident:")
    assert "Novelo" not in json.dumps(found)


@pytest.mark.parametrize("agency", [POLICE, COURTS, FORENSIC, OBSERVATORY])
def test_each_agency_sees_its_own_agreement(hub: ApiWorld, agency: str) -> None:
    found = hub.program(agency).signed_in().get("/v1/agreements").get_json()
    assert [one["code"] for one in found["agreements"]] == [f"{agency}-2026"]


def test_every_problem_has_its_page(hub: ApiWorld, courts: Program) -> None:
    from hub.sharing.api.openapi import problem_kinds
    from hub.website.agency_app import API

    for kind in problem_kinds(API):
        page = courts.get(kind.type, headers={"Accept": "text/html"})
        assert page.status_code == 200, kind.type
        assert html.escape(kind.title) in page.text.replace("&#39;", "&#x27;")
    assert courts.get("/problems/none").status_code == 404
