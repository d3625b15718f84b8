"""The pages of moves and of going out, as officers use them."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.custody.actions import assign_home, open_booking_of
from hub.custody.records import Person
from hub.database import session_scope
from hub.movements.external.reading import away
from hub.movements.passes.reading import open_passes

from .site_world import PASSWORD, World, post

SAM = Actor("sam", "10.0.0.1")
HOURS = {"from_at": "2026-11-22T12:15", "there_at": "2026-11-22T12:30", "until_at": "2026-11-22T14:00"}
PLAN = {"reason": "WORK", "to": "workshop", "start": "", "escort": "NONE", "officer": "", **HOURS}
WEEK = {
    "name": "Carpentry", "reason": "WORK", "to": "workshop", "from_s": "08:00", "there_s": "08:15", "until_s": "11:30",
    "weekday": ["0", "1", "2", "3", "4"], "from_on": "2026-11-22", "until_on": "", "escort": "GROUP", "officer": "oto",
}  # fmt: skip


@pytest.fixture
def inside(world: World) -> World:
    world.site()
    return world


def living(world: World, surname: str = "Novelo") -> Person:
    person = world.person(surname)
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        assign_home(
            session, booking, "block-a", effective_at=world.at, recorded_at=world.at, actor=SAM, cell="a-1-03"
        )
    return person


def plan(client: FlaskClient, *people: Person, **more: object) -> str:
    form = {**PLAN, "act": "keep", "person": [one.number for one in people], **more}
    answer = post(client, "/moves/plan", form)
    return answer.location if answer.status_code == 303 else answer.text


def passes(world: World) -> int:
    with session_scope(world.sessions, writes=False) as session:
        return len(open_passes(session, world.at))


def test_an_officer_sees_moves_and_plans_none(inside: World) -> None:
    ana = living(inside)
    plan(inside.browser("sue", Role.SHIFT_SUPERVISOR), ana)
    otto = inside.browser("otto", Role.OFFICER)
    page = otto.get("/moves").text
    assert ana.number in page
    assert "Plan moves" not in page
    assert otto.get("/moves/plan").status_code == 403
    assert otto.get("/moves/1").status_code == 200
    assert "Cancel the pass" not in otto.get("/moves/1").text
    assert inside.browser("ada", Role.ADMINISTRATOR).get("/moves").status_code == 403


def test_a_move_is_looked_at_then_planned_and_what_was_typed_stays(inside: World) -> None:
    ana, bea = living(inside), living(inside, "Chan")
    con = inside.browser("con", Role.CONTROL_ROOM)
    wrong = post(con, "/moves/plan", {**PLAN, "act": "look", "people": f"{ana.number}, P-777777"})
    assert wrong.status_code == 409
    assert "Nobody has these numbers: P-777777" in wrong.text
    assert f"{ana.number}, P-777777" in wrong.text, "nothing typed is lost"
    assert (
        "Check the three times"
        in post(
            con, "/moves/plan", {**PLAN, "act": "look", "people": ana.number, "until_at": HOURS["from_at"]}
        ).text
    )
    looked = post(con, "/moves/plan", {**PLAN, "act": "look", "people": f"{ana.number} {bea.number}"}).text
    assert looked.count('name="person"') == 2
    assert passes(inside) == 0, "looking keeps nothing"
    assert plan(con, ana, bea).startswith("/moves?")
    assert passes(inside) == 2
    clash = plan(con, ana)
    assert "Has another move at this time: pass 1 to Workshop." in clash
    assert "a second officer has to sign" in clash
    inside.account("sue", Role.SHIFT_SUPERVISOR)
    signed = plan(
        con,
        ana,
        second_login="sue",
        second_password=PASSWORD,
        second_code="",
        override_reason="short of hands",
    )
    assert signed == "/moves/3"
    page = con.get(signed).text
    assert "signed by sue" in page
    assert "short of hands" in page


def test_a_pass_is_shortened_and_cancelled_with_a_reason(inside: World) -> None:
    ana = living(inside)
    con = inside.browser("con", Role.CONTROL_ROOM)
    page = plan(con, ana)
    times = {"act": "change", "there_at": "2026-11-22T12:40", "until_at": "2026-11-22T13:00"}
    assert "Write why" in post(con, page, {**times, "reason": ""}).text
    assert post(con, page, {**times, "reason": "shorter"}).status_code == 303
    assert "13:00" in con.get(page).text
    assert post(con, page, {"act": "cancel", "reason": "not needed"}).status_code == 303
    assert "over already" in post(con, page, {"act": "cancel", "reason": "again"}, page="/moves/plan").text
    assert con.get("/moves/99").status_code == 404


def test_lists_for_unlock_name_people_by_unit_and_by_destination_and_no_reason_of_health(
    inside: World,
) -> None:
    ana = living(inside)
    con = inside.browser("con", Role.CONTROL_ROOM)
    plan(con, ana, reason="CLINIC")
    otto = inside.browser("otto", Role.OFFICER)
    by_unit = otto.get("/moves/lists").text
    assert re.search(r"<h2>\s*Block A", by_unit)
    assert "a-1-03" in by_unit
    assert "12:15" in by_unit
    assert by_unit.count("tick-box") == 2
    assert re.search(r"<h2>\s*Workshop", otto.get("/moves/lists?by=destination").text)
    assert "Nobody is to be let out on this day" in otto.get("/moves/lists?day=2026-11-25").text
    assert "Write the day" in otto.get("/moves/lists?day=soon").text


def test_a_series_is_begun_gets_people_and_ends(inside: World) -> None:
    ana = living(inside)
    con = inside.browser("con", Role.CONTROL_ROOM)
    assert "Choose the days" in post(con, "/moves/series", {**WEEK, "weekday": []}).text
    page = post(con, "/moves/series", WEEK).location
    assert "Write the numbers" in post(con, page, {"act": "add", "people": ""}).text
    assert post(con, page, {"act": "add", "people": ana.number}).status_code == 303
    shown = con.get(page).text
    assert "08:15" in shown
    assert ana.number in shown
    assert post(con, page, {"act": "skip", "on": "2026-11-23", "reason": "holiday"}).status_code == 303
    assert "holiday" in con.get(page).text
    assert post(con, page, {"act": "remove", "person": ana.number}).status_code == 303
    assert post(con, page, {"act": "end", "reason": "no teacher"}).status_code == 303
    assert "no teacher" in con.get("/moves/series").text


def test_limits_are_set_with_a_reason_and_kept(inside: World) -> None:
    dora = inside.browser("dora", Role.DIRECTOR)
    page = dora.get("/moves/rules").text
    held = dict(re.findall(r'name="(\w+_s)" type="number" value="(\d+)"', page))
    assert "Write why" in post(dora, "/moves/rules", {**held, "grace_s": "60", "reason": ""}).text
    assert "at most a week" in post(dora, "/moves/rules", {**held, "grace_s": "-1", "reason": "drill"}).text
    assert post(dora, "/moves/rules", {**held, "grace_s": "61", "reason": "drill"}).status_code == 303
    assert 'value="61"' in dora.get("/moves/rules").text
    assert 'value="61"' not in dora.get("/moves/rules?known=2026-11-21").text


def test_somebody_goes_to_court_and_comes_back_and_leave_waits_for_a_word(inside: World) -> None:
    ana = living(inside)
    con = inside.browser("con", Role.CONTROL_ROOM)
    form = {
        "person": ana.number, "why": "court", "where_to": "Belmopan", "reference": "W 7/2026",
        "leave_at": "2026-11-22T12:00", "due_back_at": "2026-11-22T16:00", "escort": "Two officers",
    }  # fmt: skip
    assert "which paper" in post(con, "/external/new", {**form, "reference": ""}).text
    page = post(con, "/external/new", form).location
    assert "Has left" in con.get(page).text
    assert post(con, page, {"act": "leave", "at": "2026-11-22T12:00"}).status_code == 303
    with session_scope(inside.sessions, writes=False) as session:
        assert list(away(session, inside.at)) == [ana.id]
    assert "Nobody is out" not in con.get("/external").text
    assert "still to come" in post(con, page, {"act": "back", "at": "2026-11-22T15:00"}).text
    inside.later(minutes=10)
    assert post(con, page, {"act": "back", "at": "2026-11-22T12:10", "note": "early"}).status_code == 303
    assert "Nobody is out" in con.get("/external").text
    waits = post(con, "/external/new", {**form, "why": "funeral", "leave_at": "2026-11-22T14:00"}).location
    assert "Nobody has approved this" in post(con, waits, {"act": "leave", "at": "2026-11-22T12:10"}).text
    assert "Somebody who may approve absences" in con.get("/external/consents/2").text
    dora = inside.browser("dora", Role.DIRECTOR)
    assert post(dora, "/external/consents/2", {"consent": "APPROVED", "reason": ""}).status_code == 303
    assert post(con, waits, {"act": "leave", "at": "2026-11-22T12:10"}).status_code == 303


def test_a_convoy_is_planned_from_those_ticked_and_leaves_as_one(inside: World) -> None:
    people = [living(inside), living(inside, "Chan")]
    con = inside.browser("con", Role.CONTROL_ROOM)
    for one in people:
        post(
            con, "/external/new",
            {"person": one.number, "why": "court", "where_to": "Belmopan", "reference": "list 3",
             "leave_at": "2026-11-22T12:00", "due_back_at": "2026-11-22T16:00"},
        )  # fmt: skip
    about = {
        "name": "Court",
        "vehicle": "Bus 2",
        "driver": "Ed Paz",
        "escorts": "Two officers",
        "trip": ["1", "2"],
    }
    assert (
        "Write the vehicle" in post(con, "/external/convoys", {**about, "vehicle": ""}, page="/external").text
    )
    page = post(con, "/external/convoys", about, page="/external").location
    assert "Bus 2" in con.get(page).text
    assert post(con, page, {"act": "leave", "at": "2026-11-22T12:00", "trip": ["1", "2"]}).status_code == 303
    assert "2 of 2 out" in con.get("/moves").text
    inside.later(minutes=10)
    assert post(con, page, {"act": "back", "at": "2026-11-22T12:10", "trip": ["1"]}).status_code == 303
    with session_scope(inside.sessions, writes=False) as session:
        assert list(away(session, inside.at)) == [people[1].id]
