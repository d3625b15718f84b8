"""The box in which people are looked for, and its suggestions."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.database import session_scope

from .site_world import World, sign_in

ROLE = Role.RECORDS_OFFICER


def test_a_stranger_and_somebody_without_the_right_get_no_names(world: World) -> None:
    world.person("Vasquez", "Ana")
    stranger = world.app().test_client()
    assert stranger.get("/search/suggest?q=vas", headers={"Accept": "application/json"}).status_code == 401
    world.account("tom", Role.TECHNICIAN)
    technician = world.app().test_client()
    sign_in(technician, "tom")
    for address in ("/search/suggest?q=vas", "/people?q=vas"):
        answer = technician.get(address)
        assert answer.status_code == 403
        assert "VASQUEZ" not in answer.text


def test_suggestions_lead_to_files_and_say_why(world: World, client: FlaskClient) -> None:
    world.person("Vasquez", "Ana")
    part = client.get("/search/suggest?q=basques").text
    assert 'data-href="/people/P-000001"' in part
    assert "VASQUEZ, Ana" in part
    assert "sounds like it" in part
    assert "<html" not in part


def test_a_script_in_a_name_is_text(world: World, client: FlaskClient) -> None:
    world.person("<script>alert(1)</script>", "Ana")
    for address in ("/search/suggest?q=script", "/people?q=script"):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert "&lt;SCRIPT&gt;ALERT" in page or "&lt;script&gt;alert" in page


def test_the_list_says_how_each_was_found_and_can_leave_out_those_who_left(
    world: World, client: FlaskClient
) -> None:
    world.person("Vasquez", "Ana")
    page = client.get("/people?q=vasques&inside=1").text
    assert re.search(r"VASQUEZ, Ana.*sounds like it", page, re.DOTALL)
    assert "Nobody found" in client.get("/people?q=xyzzy").text


def test_a_number_opens_the_file_at_once(world: World, client: FlaskClient) -> None:
    world.person("Vasquez", "Ana")
    assert client.get("/people?q=p-000001").location == "/people/P-000001"


def test_what_was_looked_for_is_not_in_the_trail(world: World, client: FlaskClient) -> None:
    world.person("Vasquez", "Ana")
    client.get("/search/suggest?q=Vasquez")
    client.get("/people?q=Vasquez")
    with session_scope(world.sessions, writes=False) as session:
        rows = session.execute(select(AuditEntry.act, AuditEntry.actor, AuditEntry.detail)).all()
    assert [row.detail for row in rows if row.act == "people.list"] == ["suggested, 1", "searched, 1"]
    assert not any("asque" in row.detail for row in rows)


def test_the_box_is_on_every_page_of_those_who_may_search(world: World, client: FlaskClient) -> None:
    assert 'id="find-anywhere"' in client.get("/password").text
    world.account("tom", Role.TECHNICIAN)
    technician = world.app().test_client()
    sign_in(technician, "tom")
    assert 'id="find-anywhere"' not in technician.get("/password").text
