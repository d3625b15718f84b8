"""Two files that were taken for one person's and parted again: whose report says what was told meanwhile, and how."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from hub.custody.merging.reading import all_cases
from hub.custody.records import Person
from hub.database import session_scope
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.disclosures.telling import ToldReport, told_report

from .agency_api_world import ApiWorld, Program, api_world
from .sharing_world import COURTS, somebody
from .site_world import World
from .test_merging import merge, out, part

MARK = "While two files were one"


@pytest.fixture
def hub(world: World, tmp_path: Path) -> ApiWorld:
    return api_world(world, tmp_path / "keys")


@pytest.fixture
def courts(hub: ApiWorld) -> Program:
    return hub.program(COURTS)


def report(hub: ApiWorld, person: Person) -> ToldReport:
    with session_scope(hub.world.sessions, writes=False) as session:
        return told_report(session, session.get_one(Person, person.id), hub.at)


def asked(hub: ApiWorld, courts: Program, *people: Person) -> None:
    """Each is asked about once, a minute apart."""
    for one in people:
        hub.world.later(minutes=1)
        assert courts.signed_in().get(f"/v1/custody/{one.number}").status_code == 200


@pytest.fixture
def pair(hub: ApiWorld) -> tuple[Person, Person]:
    other = somebody(hub.world, "Nobelo", "Ana")
    with session_scope(hub.world.sessions, writes=False) as session:
        one, two = session.get_one(Person, hub.about.person), session.get_one(Person, other.person)
    out(hub.world, two)
    return one, two


def test_each_report_has_its_own_lines_and_marks_those_of_the_time_between(
    hub: ApiWorld, courts: Program, pair: tuple[Person, Person]
) -> None:
    lead, led = pair
    asked(hub, courts, lead, led, led)
    hub.world.later(minutes=1)
    case = merge(hub.world, lead, led)
    asked(hub, courts, lead, led)
    assert [len(report(hub, one).told) for one in pair] == [5, 5], "one person has one report"
    assert not report(hub, lead).joined, "as long as nobody says that it was a mistake"
    hub.world.later(minutes=1)
    part(hub.world, case, {})
    asked(hub, courts, lead)
    ones, others = report(hub, lead), report(hub, led)
    assert [line.joined for line in ones.told] == [False, True, True, False]
    assert [line.joined for line in others.told] == [False, False, True, True]
    assert ones.numbers == (lead.number,)
    with session_scope(hub.world.sessions, writes=False) as session:
        numbers = [row.person for row in session.scalars(select(Disclosure).order_by(Disclosure.id))]
    assert numbers == [lead.number, led.number, led.number, lead.number, lead.number, lead.number]


def test_a_third_file_that_stays_joined_takes_part_in_it(
    hub: ApiWorld, courts: Program, pair: tuple[Person, Person]
) -> None:
    """One leads two; the first is parted, the second is really the same person."""
    lead, led = pair
    third = somebody(hub.world, "Nobelo", "A.")
    with session_scope(hub.world.sessions, writes=False) as session:
        stays = session.get_one(Person, third.person)
    out(hub.world, stays)
    case = merge(hub.world, lead, led)
    merge(hub.world, lead, stays)
    asked(hub, courts, stays)
    hub.world.later(minutes=1)
    part(hub.world, case, {})
    asked(hub, courts, stays)
    assert [line.joined for line in report(hub, lead).told] == [True, False]
    assert [line.joined for line in report(hub, stays).told] == [True, False]
    assert [line.joined for line in report(hub, led).told] == [True]


def test_pages_say_it_and_name_nobody_else(
    hub: ApiWorld, courts: Program, pair: tuple[Person, Person]
) -> None:
    lead, led = pair
    case = merge(hub.world, lead, led)
    asked(hub, courts, lead)
    hub.world.later(minutes=1)
    part(hub.world, case, {})
    abel, rita = hub.world.browser("abel"), hub.world.browser("rita")
    for one, other in (pair, pair[::-1]):
        page = rita.get(f"/people/{one.number}/disclosures").text
        assert page.count(MARK) == 1
        assert "by mistake" in page
        assert other.number not in page
        assert "while two files were one" in rita.get(f"/people/{one.number}").text
        log = abel.get(f"/disclosures?person={one.number}").text
        assert log.count(f'<td class="figure">{lead.number}</td>') == 1
    with session_scope(hub.world.sessions, writes=False) as session:
        assert len(all_cases(session, open_only=False)) == 1
