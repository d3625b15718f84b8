"""The list of who is out with permission: why, since when, expected back when, those who are late first."""

from __future__ import annotations

import re
from datetime import timedelta

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.custody.absence import ABSENCE, Absence, Why
from hub.custody.actions import open_booking_of
from hub.custody.away import count_away, people_away
from hub.custody.facts.actions import Statement, correct, end, state
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY, Identity
from hub.custody.records import Person
from hub.database import session_scope

from .site_world import World

SAM = Actor("sam", "10.0.0.7")
YESTERDAY = {"known": "2026-11-21"}
TODAY = {"known": "2026-11-22"}


def leaves(
    world: World, person: Person, why: Why = Why.COURT, where: str = "Belmopan", hours: int = 6
) -> int:
    """The row with which somebody goes out, due back after some hours."""
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        value = Absence(
            why=why, where=where, due_back_at=world.at + timedelta(hours=hours), escort="Two officers"
        )
        said = Statement(ABSENCE, value, world.at, "Pass 7", booking_id=booking.id)
        return state(session, person.id, said, actor=SAM, at=world.at).id


def is_back(world: World, row: int) -> None:
    with session_scope(world.sessions) as session:
        held = session.get_one(Fact, row)
        end(session, held, ABSENCE, effective_at=world.at, reason="at the gate", actor=SAM, at=world.at)


def figures(page: str) -> dict[str, int]:
    return {words: int(count) for words, count in re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", page)}


def test_who_may_not_see_people_sees_no_list_and_a_wrong_number_is_said(world: World) -> None:
    assert world.browser("otto", Role.OFFICER).get("/away").status_code == 403
    page = world.browser("rita").get("/away/going", query_string={"person": "P-777777"})
    assert page.status_code == 404
    assert "Nobody has this number" in page.text
    assert 'value="P-777777"' in page.text


def test_nobody_out_is_said_and_the_roll_adds_up(world: World) -> None:
    world.person()
    page = world.browser("rita").get("/away").text
    assert "Nobody is out with permission" in page
    assert figures(page) == {
        "In custody": 1, "Out with permission": 0, "Inside, by the records": 1, "Should be back": 0,
    }  # fmt: skip


def test_those_who_should_be_back_come_first_and_each_is_counted_apart_from_the_roll(world: World) -> None:
    ana, ben, eva = world.person(), world.person("Cal", "Ben"), world.person("Pott", "Eva")
    leaves(world, ana, hours=30)
    late = leaves(world, ben, Why.HOSPITAL, "Karl Heusner", hours=2)
    world.later(hours=3)
    rita = world.browser("rita")
    page = rita.get("/away").text
    assert page.index(ben.number) < page.index(ana.number)
    assert eva.number not in page
    assert page.count("not back") == 1
    assert "Karl Heusner" in page
    assert "Pass 7" in page
    assert figures(page) == {
        "In custody": 3, "Out with permission": 2, "Inside, by the records": 1, "Should be back": 1,
    }  # fmt: skip
    only = rita.get("/away", query_string={"why": "court"}).text
    assert ana.number in only
    assert ben.number not in only
    is_back(world, late)
    assert ben.number not in rita.get("/away").text
    with session_scope(world.sessions, writes=False) as session:
        assert count_away(session, world.at).people == 1


def test_a_new_day_of_return_does_not_move_the_day_of_leaving(world: World) -> None:
    person = world.person()
    row, left_at = leaves(world, person, Why.HOSPITAL), world.at
    world.later(hours=5)
    with session_scope(world.sessions) as session:
        first = session.get_one(Fact, row)
        value = Absence(why=Why.HOSPITAL, where="Belmopan", due_back_at=world.at + timedelta(days=3))
        said = Statement(ABSENCE, value, world.at, "Ward 2", booking_id=first.booking_id)
        state(session, person.id, said, actor=SAM, at=world.at, item=row)
    with session_scope(world.sessions, writes=False) as session:
        (line,) = people_away(session, world.at)
    assert line.left_at == left_at
    assert line.value.due_back_at == world.at + timedelta(days=3)


def test_as_known_yesterday_nothing_shows_that_was_recorded_since(world: World) -> None:
    """Not the return, not another's leaving, not a corrected name, not a corrected place."""
    world.at -= timedelta(days=1)
    ana, ben = world.person(), world.person("Cal", "Ben")
    gone = leaves(world, ana, hours=30)
    world.later(days=1)
    leaves(world, ben)
    with session_scope(world.sessions) as session:
        wrong = session.get_one(Fact, gone)
        value = Absence(why=Why.COURT, where="San Ignacio", due_back_at=world.at)
        said = Statement(ABSENCE, value, wrong.effective_at, "Pass 7")
        gone = correct(session, wrong, said, reason="misread", actor=SAM, at=world.at).id
        named = session.query(Fact).filter_by(person_id=ana.id, kind=IDENTITY.name).one()
        right = Statement(
            IDENTITY, Identity(surname="Novelo", given="Anabel"), named.effective_at, "Birth paper"
        )
        correct(session, named, right, reason="misspelt", actor=SAM, at=world.at)
    is_back(world, gone)
    rita = world.browser("rita")
    then = rita.get("/away", query_string=YESTERDAY).text
    assert "NOVELO, Ana<" in then
    assert "Belmopan" in then
    assert figures(then)["Out with permission"] == 1
    assert f"/people/{ana.number}?known=2026-11-21" in then
    assert "Back to what is known now" in then
    for later in ("Anabel", "San Ignacio", ben.number, "Is back", "Somebody goes out"):
        assert later not in then, later
    now = rita.get("/away").text
    assert ana.number not in now
    assert ben.number in now


def test_going_out_is_recorded_on_a_form_that_leads_back_here(world: World) -> None:
    person = world.person()
    rita = world.browser("rita")
    led = rita.get("/away/going", query_string={"person": person.number.lower()})
    assert led.status_code == 303
    assert led.location == f"/external/new?person={person.number}"
    assert rita.get(led.location).status_code == 200
    row = leaves(world, person)
    back = f"/people/{person.number}/facts/{row}/end?next=/away"
    assert back.replace("&", "&amp;") in rita.get("/away").text
    assert rita.get(back).status_code == 200
