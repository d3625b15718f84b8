"""Two files of one person: every way by which a program asks gives the number that leads, and what its file says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hub.custody.legal import CHARGE, LEGAL_STATUS, Charge, LegalStatus, Status
from hub.custody.records import Booking, Person
from hub.custody.who.naming import ALIAS, Alias
from hub.database import session_scope
from hub.sharing.disclosures.records import Disclosure

from .agency_api_world import ApiWorld, api_world
from .docket_world import record
from .sharing_world import COURTS, POLICE, SharingWorld, narrow, somebody
from .site_world import World
from .test_merging import merge, out

FAR: timedelta = timedelta(days=400)


@pytest.fixture
def hub(world: World, tmp_path: Path) -> ApiWorld:
    return api_world(world, tmp_path / "keys")


def persons(hub: ApiWorld, *who: SharingWorld) -> list[Person]:
    with session_scope(hub.world.sessions, writes=False) as session:
        return [session.get_one(Person, one.person) for one in who]


def subject(data: dict[str, Any]) -> tuple[str, str, str]:
    """Number, surname and number of the stay."""
    booking = data["j:Booking"]
    found = booking["j:BookingSubject"]
    return (
        found["j:SubjectIdentification"]["nc:IdentificationID"],
        found["nc:RoleOfPerson"]["nc:PersonName"]["nc:PersonSurName"],
        booking["j:BookingAgencyRecordIdentification"]["nc:IdentificationID"],
    )


def stay_of(hub: ApiWorld, who: SharingWorld) -> str:
    with session_scope(hub.world.sessions, writes=False) as session:
        return session.get_one(Booking, who.booking).number


@pytest.fixture
def twice(hub: ApiWorld) -> SharingWorld:
    """The same person under a second number, recorded later, with another spelling and status, and the same alias."""
    found = somebody(hub.world, "Nobelo", "Ana")
    [_, led] = persons(hub, hub.about, found)
    record(hub.world, led, LEGAL_STATUS, Status(status=LegalStatus.SENTENCED))
    return found


@pytest.mark.parametrize("same_stay", [True, False])
def test_either_number_is_answered_with_the_number_and_the_file_that_lead(
    hub: ApiWorld, twice: SharingWorld, *, same_stay: bool
) -> None:
    lead, led = persons(hub, hub.about, twice)
    if not same_stay:
        out(hub.world, led)
    aside = stay_of(hub, twice)
    merge(hub.world, lead, led, same_stay=same_stay)
    courts = hub.program(COURTS).signed_in()
    asked = [lead.number, led.number, stay_of(hub, hub.about), *([aside] if same_stay else [])]
    answers = [courts.get(f"/v1/custody/{number}").get_json()["data"] for number in asked]
    assert {subject(one) for one in answers} == {(lead.number, "Novelo", stay_of(hub, hub.about))}
    assert all(one == answers[0] for one in answers)
    [said] = {one["j:Detention"]["pims:LegalStatusCode"] for one in answers}
    assert said == "REMAND", "the stay that goes on says how it stands"
    person = answers[0]["j:Booking"]["j:BookingSubject"]
    assert person["pims:EarlierSubjectIdentification"] == [led.number]
    earlier = answers[0]["j:Booking"].get("pims:EarlierBookingIdentification", [])
    assert earlier == ([aside] if same_stay else [])


def test_lists_have_one_line_of_one_person(hub: ApiWorld, twice: SharingWorld) -> None:
    lead, led = persons(hub, hub.about, twice)
    merge(hub.world, lead, led, same_stay=True)
    wanted = [(lead.number, "Novelo", stay_of(hub, hub.about))]
    for agency, address in ((COURTS, "/v1/lists/remand-ageing"), (POLICE, "/v1/lists/census")):
        lines = hub.program(agency).signed_in().get(address).get_json()["data"]
        assert [subject(one) for one in lines] == wanted, address


def test_what_both_files_say_is_said_once(hub: ApiWorld, twice: SharingWorld) -> None:
    lead, led = persons(hub, hub.about, twice)
    record(hub.world, led, CHARGE, Charge(iccs="0401", offence="Robbery", case="C 8"))
    record(hub.world, lead, CHARGE, Charge(iccs="0401", offence="Robbery", case="C 7"))
    record(hub.world, led, ALIAS, Alias(surname="Chika"))
    merge(hub.world, lead, led, same_stay=True)
    data = hub.program(COURTS).signed_in().get(f"/v1/custody/{led.number}").get_json()["data"]
    cases = [one["nc:CaseTrackingID"] for one in data["j:Arrest"]["j:ArrestCharge"]]
    assert cases == ["C 7", "C 7", "C 8"], (
        "two counts of one file stay two; the other file's same one does not count"
    )


def test_a_number_led_by_somebody_held_is_answered_however_long_ago_its_own_stay_ended(
    hub: ApiWorld, twice: SharingWorld
) -> None:
    lead, led = persons(hub, hub.about, twice)
    with session_scope(hub.world.sessions) as session:
        session.get_one(Booking, twice.booking).released_at = hub.at - FAR
    courts = hub.program(COURTS).signed_in()
    assert courts.get(f"/v1/custody/{led.number}").status_code == 404
    merge(hub.world, lead, led)
    courts.signed_in()
    old = courts.get(f"/v1/custody/{led.number}").get_json()["data"]
    assert subject(old) == (lead.number, "Novelo", stay_of(hub, hub.about))
    assert courts.get(f"/v1/custody/{stay_of(hub, twice)}").status_code == 404, "that stay ended long ago"


def test_that_a_number_is_led_by_another_is_told_where_it_is_agreed(
    hub: ApiWorld, twice: SharingWorld
) -> None:
    lead, led = persons(hub, hub.about, twice)
    merge(hub.world, lead, led, same_stay=True)
    kept = ("pims:EarlierSubjectIdentification", "pims:EarlierBookingIdentification")
    narrow(hub.world, COURTS, {"custody_status": kept})
    answer = hub.program(COURTS).signed_in().get(f"/v1/custody/{led.number}")
    assert subject(answer.get_json()["data"])[0] == lead.number
    assert led.number not in answer.text
    with session_scope(hub.world.sessions, writes=False) as session:
        row = session.scalars(select(Disclosure).order_by(Disclosure.id.desc())).first()
        assert row is not None
        assert (row.person, row.reference) == (lead.number, led.number)
