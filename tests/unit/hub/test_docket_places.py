"""Juveniles among adults, however many places they live in."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from hub.custody.identity import IDENTITY, Identity
from hub.custody.records import Person
from hub.custody.rules import Sex
from hub.custody.stays import HOME, Home
from hub.database import session_scope
from hub.docket.limits_in_force import limits_on
from hub.docket.young import among_adults
from hub.reception.bulk import Bulk

from .site_world import World

PLACES = 1_100
"""More than a database takes in one condition."""


def test_one_adult_is_found_among_more_than_a_thousand_cells_of_juveniles(world: World) -> None:
    with session_scope(world.sessions) as session:
        bulk = Bulk(session, by="seed")
        for place in range(PLACES):
            live(bulk, world, place, date(2015, 1, 1))
        grown = live(bulk, world, 7, date(1980, 1, 1))
        bulk.flush()
    with session_scope(world.sessions, writes=False) as session:
        found = among_adults(session, limits_on(session, world.at.date()), world.at)
        assert grown not in found
        assert len(found) == 1
        born = session.scalar(select(Person.born_on).where(Person.id.in_(found)))
        assert born == date(2015, 1, 1)


def live(bulk: Bulk, world: World, place: int, born_on: date) -> int:
    """Somebody inside who lives in the cell with this number since ten days."""
    since = world.at - timedelta(days=10)
    who = Identity(surname="Doe", given="Jan", born_on=born_on, sex=Sex.MALE)
    person_id = bulk.person(who, created_at=since)
    bulk.fact(IDENTITY, who, person_id, None, since, since)
    stay = bulk.stay(person_id, admitted_at=since, recorded_at=since)
    bulk.fact(HOME, Home(zone="young", cell=f"Y-{place}"), person_id, stay, since, since)
    return person_id
