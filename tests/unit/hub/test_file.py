"""The file of a person: its story, its gauge, its twins, as it was known on a day, and who sees what of it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.custody.actions import open_booking, open_booking_of
from hub.custody.facts.actions import Statement, correct, state
from hub.custody.facts.kinds import Kind, Per
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY, Identity
from hub.custody.legal import CHARGE, Charge
from hub.custody.records import Person
from hub.custody.rules import Sex
from hub.custody.who.health import (
    HEALTH_FLAG,
    HEALTH_SCREENING,
    OPERATIONAL_NEED,
    FlagSort,
    HealthFlag,
    OperationalNeed,
    Screening,
    concerns,
    needs_nurse,
)
from hub.custody.who.naming import ALIAS, Alias
from hub.custody.who.origin import NATIONALITY, Nationality
from hub.database import session_scope

from .site_world import World, post, sign_in

CLERK = Actor("clerk", "10.0.0.5")
SECRET = "epilepsy since childhood"


def record(
    world: World, person: Person, kind: Kind[Any], value: object, *, source: str = "", days: int = 0
) -> int:
    """A fact in effect `days` ago; gives the number of its row."""
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        stay = booking.id if booking is not None and kind.per is Per.BOOKING else None
        at = world.at - timedelta(days=days)
        statement = Statement(kind, value, at, source, booking_id=stay)
        return state(session, person.id, statement, actor=CLERK, at=world.at).id


def page(client: FlaskClient, person: Person, **question: str) -> str:
    """The file; after days the session has ended and rita signs in again."""
    answer = client.get(f"/people/{person.number}", query_string=question)
    if answer.status_code == 302:
        sign_in(client, "rita")
        answer = client.get(f"/people/{person.number}", query_string=question)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.fixture
def rita(world: World) -> FlaskClient:
    world.site()
    return world.browser("rita", Role.RECORDS_OFFICER)


def test_nobody_s_number_and_a_stranger_get_nothing(world: World, rita: FlaskClient) -> None:
    assert rita.get("/people/P-000099").status_code == 404
    person = world.person()
    assert world.browser("tom", Role.TECHNICIAN).get(f"/people/{person.number}").status_code == 403
    assert world.app().test_client().get(f"/people/{person.number}").status_code == 302


def test_the_story_tells_each_fact_with_both_times_source_and_author(world: World, rita: FlaskClient) -> None:
    person = world.person()
    record(world, person, CHARGE, Charge(iccs="0502", offence="Burglary"), source="Sheet 12", days=30)
    told = re.sub(r"\s+", " ", page(rita, person))
    assert "<strong>Burglary</strong>" in told
    assert "23 Oct 2026" in told
    assert "recorded 22 Nov 2026 12:00, clerk; from Sheet 12" in told


def test_what_was_corrected_stays_readable_struck_with_its_reason(world: World, rita: FlaskClient) -> None:
    person = world.person()
    wrong = record(world, person, CHARGE, Charge(iccs="0502", offence="Burglary"), source="Sheet 12")
    with session_scope(world.sessions) as session:
        row = session.get_one(Fact, wrong)
        statement = Statement(CHARGE, Charge(iccs="0501", offence="Robbery"), row.effective_at, "Sheet 12")
        correct(session, row, statement, reason="misread", actor=CLERK, at=world.at)
    told = page(rita, person)
    assert "<s>Burglary</s>" in told
    assert "<strong>Robbery</strong>" in told
    assert "clerk: misread" in told


def test_every_link_of_the_file_leads_somewhere(world: World, rita: FlaskClient) -> None:
    person = world.person()
    links = set(re.findall(r'href="(/[^"#?]*)', rita.get(f"/people/{person.number}").text))
    assert "/people/P-000001/sentences/new" in links
    assert [link for link in links if "//" in link] == []


def test_the_whole_page_is_had_as_it_was_known_on_a_day(world: World, rita: FlaskClient) -> None:
    person = world.person("Novelo", "Ana")
    record(world, person, ALIAS, Alias(surname="Chiclera"))
    world.later(days=3)
    with session_scope(world.sessions) as session:
        row = session.scalars(select(Fact).where(Fact.kind == "identity")).one()
        value = Identity(surname="Nobelo", given="Anita", born_on=date(1991, 5, 1), sex=Sex.FEMALE)
        correct(
            session,
            row,
            Statement(IDENTITY, value, row.effective_at),
            reason="passport",
            actor=CLERK,
            at=world.at,
        )
    record(world, person, NATIONALITY, Nationality(country="GT"))
    now, then = page(rita, person), page(rita, person, known="2026-11-22")
    assert "NOBELO, Anita" in now
    assert "Guatemala" in now
    assert "foreign national" in now
    assert "NOVELO, Ana" in then
    assert "Chiclera" in then
    for later in ("NOBELO", "Guatemala", "foreign national", "passport", "1 May 1991"):
        assert later not in then
    assert "The file as it was known on 22 Nov 2026." in then
    assert "/facts/new/" not in then
    assert "Take it back" not in then
    assert "Add a scan" not in then


@pytest.mark.parametrize(("day", "status"), [("2026-13-40", 409), ("2030-01-01", 409), ("2020-01-01", 404)])
def test_a_day_that_cannot_be_shown_is_refused(
    world: World, rita: FlaskClient, day: str, status: int
) -> None:
    person = world.person()
    assert rita.get(f"/people/{person.number}?known={day}").status_code == status


def test_a_day_before_anything_was_written_says_so_to_those_who_may_see_the_file(
    world: World, rita: FlaskClient
) -> None:
    number = world.person().number
    early = rita.get(f"/people/{number}/release-date?known=2020-01-01")
    assert (early.status_code, "Nothing was recorded about this person on that day" in early.text) == (
        404,
        True,
    )
    assert f'href="/people/{number}"' in early.text
    assert "Nothing was recorded" not in rita.get("/people/P-000099?known=2020-01-01").text
    officer = world.browser("otto", Role.OFFICER)
    answers = {officer.get(f"/people/{one}?known=2020-01-01").status_code for one in (number, "P-000099")}
    assert answers == {403}


def test_an_earlier_stay_is_shown_with_its_own_law(world: World, rita: FlaskClient) -> None:
    person = world.person()
    with session_scope(world.sessions) as session:
        first = open_booking_of(session, person.id)
        assert first is not None
        first.released_at = world.at + timedelta(days=1)
    world.later(days=10)
    with session_scope(world.sessions) as session:
        again = session.get_one(Person, person.id)
        open_booking(session, again, admitted_at=world.at, recorded_at=world.at, by="test")
    assert "W 1/2026" not in _section(page(rita, person), "law")
    assert "W 1/2026" in _section(page(rita, person, stay="B-000001"), "law")


def _section(page: str, name: str) -> str:
    start = page.index(f'<section class="shelves" id="{name}"')
    return page[start : page.index("</section>", start)]


def test_name_twins_are_warned_of_at_the_top(world: World, rita: FlaskClient) -> None:
    person, twin, other = (
        world.person("Coc", "Marcelino"),
        world.person("Cock", "Marselino"),
        world.person("Bol", "Eva"),
    )
    told = page(rita, person)
    warned = told[told.index('aria-labelledby="twins"') : told.index("Compare photo and number")]
    assert twin.number in warned
    assert "a name that sounds alike" in warned
    assert "in custody now" in warned
    assert other.number not in warned
    assert person.number not in warned
    assert 'aria-labelledby="twins"' not in page(rita, other)


def test_people_born_far_apart_are_no_twins(world: World, rita: FlaskClient) -> None:
    person, other = world.person("Coc", "Marcelino"), world.person("Coc", "Marcelino")
    assert "the same name and the same birth" in page(rita, person)
    value = Identity(surname="Coc", given="Marcelino", born_on=date(1960, 1, 1), sex=Sex.MALE)
    record(world, other, IDENTITY, value)
    assert 'aria-labelledby="twins"' not in page(rita, person)


HEALTH = (
    (HEALTH_FLAG, HealthFlag(sort=FlagSort.CONDITION, what=SECRET)),
    (HEALTH_SCREENING, Screening(medicine=SECRET, takes_medicine=True)),
)


@pytest.mark.parametrize(("kind", "value"), HEALTH, ids=["flag", "screening"])
def test_health_is_for_the_clinic_alone(
    world: World, rita: FlaskClient, kind: Kind[Any], value: object
) -> None:
    person = world.person()
    row = record(world, person, kind, value)
    record(world, person, OPERATIONAL_NEED, OperationalNeed(need="lower bunk"))
    world.later(days=2)
    for question in ({}, {"known": "2026-11-23"}, {"story": "all"}):
        told = page(rita, person, **question)
        assert SECRET not in told
        assert "Illness" not in told
        assert f"/facts/{row}" not in told
        assert "ask the clinic" in told
        assert "lower bunk" in told
    assert rita.get(f"/people/{person.number}/facts/{row}").status_code == 404
    for mode in ("correct", "change", "end", "withdraw"):
        assert rita.get(f"/people/{person.number}/facts/{row}/{mode}").status_code == 404
    assert rita.get(f"/people/{person.number}/facts/new/{kind.name}").status_code == 403
    nora = world.browser("nora", Role.HEALTH)
    assert kind.words.text in page(nora, person)
    assert SECRET in nora.get(f"/people/{person.number}/facts/{row}").text


def test_others_hear_no_more_than_that_the_nurse_comes_first() -> None:
    assert not needs_nurse(Screening(thinks_of_suicide=False, long_illness="asthma"))
    assert needs_nurse(Screening(thinks_of_suicide=True))
    assert [str(words) for words in concerns(Screening(pregnant=True))] == ["Pregnant"]


def test_the_gauge_leads_to_the_form_of_what_is_missing(world: World, rita: FlaskClient) -> None:
    person = world.person()
    told = page(rita, person)
    held, wanted = map(int, re.findall(r"holds (\d+) of (\d+) things", told)[0])
    assert f'href="/people/{person.number}/facts/new/nationality' in told
    post(
        rita,
        f"/people/{person.number}/facts/new/nationality",
        {"f_country": "BZ", "effective": "2026-11-22"},
    )
    assert f"holds {held + 1} of {wanted} things" in page(rita, person)
    answer = post(
        rita,
        f"/people/{person.number}/facts/new/asked",
        {"f_about": "children", "f_answer": "none", "effective": "2026-11-22"},
    )
    assert answer.status_code == 303
    assert f"holds {held + 2} of {wanted} things" in page(rita, person)


def test_each_look_is_written_down_without_a_name(world: World, rita: FlaskClient) -> None:
    person = world.person()
    page(rita, person)
    page(rita, person, known="2026-11-22")
    with session_scope(world.sessions, writes=False) as session:
        looks = session.scalars(select(AuditEntry).where(AuditEntry.act == "person.look")).all()
    assert [(look.actor, look.subject, look.detail) for look in looks] == [
        ("rita", person.number, ""),
        ("rita", person.number, "as known on 2026-11-22"),
    ]


def test_a_script_in_a_name_is_a_name_that_is_written(world: World, rita: FlaskClient) -> None:
    person = world.person("<script>alert(1)</script>", "Ana")
    record(world, person, ALIAS, Alias(surname='"><img src=x onerror=alert(1)>'))
    told = page(rita, person)
    assert "<script>alert" not in told
    assert "<img src=x" not in told
    assert "&lt;SCRIPT&gt;ALERT(1)" in told
    assert "&lt;img src=x" in told


def test_somebody_under_eighteen_is_marked(world: World, rita: FlaskClient) -> None:
    person = world.person()
    assert ">juvenile<" not in page(rita, person)
    value = Identity(surname="Novelo", given="Ana", born_on=date(2008, 11, 23), sex=Sex.FEMALE)
    record(world, person, IDENTITY, value)
    assert ">juvenile<" in page(rita, person)
    world.later(days=1)
    assert ">juvenile<" not in page(rita, person)
