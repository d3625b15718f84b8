"""Stays that cannot be as they are written hold figures back though their sums come out even, and are led to."""

from __future__ import annotations

import pytest

from hub.accounts.permissions import Role
from hub.custody.records import Booking, Person
from hub.database import session_scope
from hub.statistics.contradicted.cases import What, cases_of
from hub.statistics.indicators.balancing import CODE
from hub.statistics.periods import Period, period_of
from hub.statistics.publishing.reading import State, standing

from .publishing_world import drafted
from .site_world import World
from .statistics_world import Register, at

NOVEMBER, DECEMBER = period_of("2025-11"), period_of("2025-12")


@pytest.fixture
def register(world: World) -> Register:
    """Twenty in custody since October; the clock stands in February."""
    world.at = at("2026-02-01")
    register = Register(world)
    for day in range(1, 21):
        register.admit(at(f"2025-10-{day:02}"))
    return register


def why(register: Register, period: Period, code: str = "admissions") -> str:
    held = register.figures(period).cube(code).cell(period).held
    assert held is None or held.code == CODE
    return "" if held is None else str(held.why)


def cases(world: World, period: Period) -> list[tuple[What, str, str]]:
    with session_scope(world.sessions, writes=False) as session:
        return [(one.what, one.booking, one.other) for one in cases_of(session, period, None)]


def backwards(register: Register) -> Booking:
    booking = register.admit(at("2025-11-10"))
    register.release(booking, at("2025-11-08"), known=at("2025-11-10"))
    return booking


def person_of(world: World, booking: Booking) -> Person:
    with session_scope(world.sessions, writes=False) as session:
        return session.get_one(Person, booking.person_id)


def overlapping(world: World, register: Register) -> tuple[Booking, Booking]:
    """Both over within the month: one person twice in and twice out."""
    first = register.admit(at("2025-11-03"))
    register.release(first, at("2025-11-09"))
    second = register.admit(at("2025-11-05"), person=person_of(world, first))
    register.release(second, at("2025-11-20"))
    return first, second


def test_a_stay_that_ends_before_it_begins_holds_its_month_and_no_other(
    world: World, register: Register
) -> None:
    booking = backwards(register)
    for code in ("admissions", "releases", "population", "opening"):
        assert why(register, NOVEMBER, code).startswith("One stay ends before it begins"), code
    assert why(register, DECEMBER) == ""
    assert cases(world, NOVEMBER) == [(What.BACKWARDS, booking.number, "")]
    assert cases(world, DECEMBER) == []


def test_of_several_it_is_said_how_many(world: World, register: Register) -> None:
    backwards(register)
    backwards(register)
    assert why(register, NOVEMBER).startswith("2 stays end before they begin")


def test_two_stays_of_one_person_at_once_hold_it_too(world: World, register: Register) -> None:
    first, second = overlapping(world, register)
    assert why(register, NOVEMBER).startswith("One stay begins while the same person is in custody already")
    assert why(register, DECEMBER) == ""
    assert cases(world, NOVEMBER) == [(What.OVERLAPPING, second.number, first.number)]


def test_a_long_stay_over_two_short_ones_is_found_with_both(world: World, register: Register) -> None:
    long = register.admit(at("2025-10-25"))
    person = person_of(world, long)
    register.release(long, at("2025-11-25"))
    short = []
    for day in (3, 12):
        short.append(register.admit(at(f"2025-11-{day:02}"), person=person))
        register.release(short[-1], at(f"2025-11-{day + 2:02}"))
    assert cases(world, NOVEMBER) == [(What.OVERLAPPING, one.number, long.number) for one in short]


def test_who_came_again_the_moment_they_left_or_while_at_large_contradicts_nothing(
    world: World, register: Register
) -> None:
    first = register.admit(at("2025-11-03"))
    person = person_of(world, first)
    register.release(first, at("2025-11-05"))
    again = register.admit(at("2025-11-05"), person=person)
    register.escape(again, at("2025-11-08"))
    register.release(again, at("2025-11-15"))
    anew = register.admit(at("2025-11-12"), person=person)
    register.release(anew, at("2025-11-20"))
    assert cases(world, NOVEMBER) == []
    assert why(register, NOVEMBER) == ""


def test_a_draft_is_held_says_it_once_and_leads_to_the_files(world: World, register: Register) -> None:
    booking = backwards(register)
    number = drafted(world, NOVEMBER)
    with session_scope(world.sessions, writes=False) as session:
        found = standing(session, number)
        assert found is not None
        assert found.state is State.HELD
        assert [str(one) for one in found.reasons] == [
            "Prison population, 2025-11: One stay ends before it begins: its admission or its release has the wrong "
            "time."
        ]
    director = world.browser("dora", Role.DIRECTOR)
    link = "/figures/contradictions?period=2025-11"
    assert f'href="{link}"' in director.get(f"/publications/{number}").text
    page = director.get(link).text
    assert booking.number in page
    assert f'/people/{person_of(world, booking).number}"' in page
    assert 'href="/figures/contradictions?period=2025"' in director.get("/figures?year=2025").text


def test_who_may_not_open_files_sees_how_many_and_a_day_before_there_were_none(
    world: World, register: Register
) -> None:
    booking = backwards(register)
    director = world.browser("dora", Role.DIRECTOR)
    assert booking.number not in director.get("/figures/contradictions?period=2025-11&known=2025-11-05").text
    reader = world.browser("ana", Role.AUDITOR)
    page = reader.get("/figures/contradictions?period=2025-11").text
    assert "Ends before it begins" in page
    assert booking.number not in page
    assert "Which files these are is seen by those who may open files." in page
    answer = director.get("/figures/contradictions?period=november")
    assert (answer.status_code, "Write a year as 2025" in answer.text) == (400, True)
    spanish = director.get("/figures/contradictions?period=2025-11", headers={"Accept-Language": "es"}).text
    assert "Termina antes de empezar" in spanish


def test_a_second_release_counts_once_and_is_said(world: World, register: Register) -> None:
    booking = register.admit(at("2025-10-25"))
    register.release(booking, at("2025-11-08"))
    register.release(booking, at("2025-11-09"))
    assert register.figures(NOVEMBER).cube("releases").cell(NOVEMBER).value == 1
    assert cases(world, NOVEMBER) == [(What.TWO_RELEASES, booking.number, "")]


def test_the_command_names_the_bookings(
    world: World, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    from hub.__main__ import main

    booking = backwards(register)
    world.settings()
    assert main(["statistics", "contradictions", "2025-11", "--data", str(world.folder)]) == 1
    assert booking.number in capsys.readouterr().out
