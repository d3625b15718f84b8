"""An agreement that ends while something is on its way: nothing more leaves, and the log says why."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from hub.database import session_scope
from hub.sharing.agreements.actions import suspend
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.outbox.events import EventType
from hub.sharing.outbox.records import Delivery
from hub.sharing.outbox.spreading import enqueue

from .agency_api_world import ApiWorld, Program, api_world
from .sharing_world import COURTS, FIRST, somebody
from .site_world import World


@pytest.fixture
def made(world: World, tmp_path: Path) -> ApiWorld:
    return api_world(world, tmp_path / "agencies")


@pytest.fixture
def court(made: ApiWorld) -> Program:
    return made.program(COURTS).signed_in()


def end(made: ApiWorld) -> None:
    with session_scope(made.world.sessions) as session:
        suspend(session, f"{COURTS}-2026", "breach", actor=FIRST, at=made.at)


def refusals(made: ApiWorld) -> list[tuple[str, str]]:
    with session_scope(made.world.sessions, writes=False) as session:
        wanted = select(Disclosure.exchange, Disclosure.refused).where(Disclosure.refused != "")
        return [(exchange, code) for exchange, code in session.execute(wanted.order_by(Disclosure.id))]


def queue(made: ApiWorld) -> None:
    with session_scope(made.world.sessions) as session:
        enqueue(
            session, agency=COURTS, type=EventType.STATUS_CHANGED, exchange="custody_status",
            reference="B-000001", person=made.about.person, booking=made.about.booking, at=made.at,
        )  # fmt: skip


def states(made: ApiWorld) -> list[str]:
    with session_scope(made.world.sessions, writes=False) as session:
        return list(session.scalars(select(Delivery.state).order_by(Delivery.id)))


def test_the_second_page_of_a_list_is_refused(made: ApiWorld, court: Program) -> None:
    somebody(made.world, "Chan", "Luis")
    first = court.get("/v1/lists/census?limit=1").get_json()
    end(made)
    second = court.get(f"/v1/lists/census?limit=1&cursor={first['next']}")
    assert (second.status_code, second.get_json()["code"]) == (403, "suspended")
    assert "CHAN" not in second.text.upper()
    assert refusals(made) == [("census_list", "suspended")]


def test_what_lay_ready_is_stopped_when_it_is_asked_for(made: ApiWorld, court: Program) -> None:
    queue(made)
    queue(made)
    page = court.get("/v1/events?limit=1").get_json()
    assert (len(page["events"]), states(made)) == (1, ["sent", "offered"])
    end(made)
    rest = court.get(f"/v1/events?after={page['next']}").get_json()
    assert rest["events"] == []
    assert states(made) == ["sent", "stopped"]
    detail = court.get(f"/v1/events/{page['events'][0]['id']}")
    assert (detail.status_code, detail.get_json()["code"]) == (403, "suspended")
    assert {code for _, code in refusals(made)} == {"suspended"}


def test_without_an_agreement_a_number_that_exists_and_one_that_does_not_are_answered_alike(
    made: ApiWorld, court: Program
) -> None:
    end(made)
    there = court.get(f"/v1/custody/{made.about.number}")
    nowhere = court.get("/v1/custody/P-999999")
    assert (there.status_code, there.get_json()) == (nowhere.status_code, nowhere.get_json())


def test_a_program_sees_events_of_what_its_token_is_good_for_alone(made: ApiWorld) -> None:
    queue(made)
    narrow = made.program(COURTS, "court-clerk").signed_in("order")
    assert narrow.get("/v1/events").get_json()["events"] == []
    assert states(made) == ["offered"], "and takes nothing away from the others"
