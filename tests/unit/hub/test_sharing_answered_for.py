"""For how long after a release somebody is answered for by their number stands in the agreement."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from hub.custody.records import Booking
from hub.database import session_scope
from hub.sharing.agreements.actions import sign, write_version
from hub.sharing.agreements.terms import ANSWERED_DAYS, faults_of, read_terms, write_terms
from hub.sharing.agreements.words import lines_of

from .agency_api_world import ApiWorld, Program, api_world
from .sharing_world import COURTS, FIRST, FORENSIC, KINDS, SECOND, WRITER, grants_of, open_agencies, terms_of
from .site_world import World
from .test_sharing_agreements import FORM, post

ASKED = {
    **{name: value for name, value in FORM.items() if not name.startswith("g.")},
    "code": "courts-2027",
    "g.custody_status.0.purpose": "court_listing",
    "g.custody_status.0.field": ["j:SubjectIdentification"],
}


@pytest.fixture
def hub(world: World, tmp_path: Path) -> ApiWorld:
    return api_world(world, tmp_path / "keys")


def released(hub: ApiWorld, days_ago: float) -> str:
    with session_scope(hub.world.sessions) as session:
        stay = session.get_one(Booking, hub.about.booking)
        stay.released_at = hub.at - timedelta(days=days_ago)
        return stay.number


def agree_on(hub: ApiWorld, days: int, seen: int = 1) -> None:
    terms = msgspec.structs.replace(terms_of(hub.world, *grants_of(KINDS[COURTS])), answered_days=days)
    with session_scope(hub.world.sessions) as session:
        row = write_version(session, f"{COURTS}-2026", terms, seen=seen, actor=WRITER, at=hub.at)
        for signer in (FIRST, SECOND):
            sign(session, f"{COURTS}-2026", row.number, row.digest, actor=signer, at=hub.at)


def answered(courts: Program, *numbers: str) -> list[int]:
    return [courts.get(f"/v1/custody/{number}").status_code for number in numbers]


def test_it_is_ninety_days_where_an_agreement_does_not_say(hub: ApiWorld) -> None:
    courts = hub.program(COURTS).signed_in()
    stay = released(hub, ANSWERED_DAYS - 0.1)
    assert answered(courts, stay, hub.about.number) == [200, 200]
    stay = released(hub, ANSWERED_DAYS + 0.1)
    assert answered(courts, stay, hub.about.number) == [404, 404]
    [said] = courts.get("/v1/agreements").get_json()["agreements"]
    assert said["answered_days"] == ANSWERED_DAYS == 90


def test_the_agreement_says_longer_shorter_or_not_at_all_and_holds_from_the_next_call(hub: ApiWorld) -> None:
    courts = hub.program(COURTS).signed_in()
    stay = released(hub, 120)
    assert answered(courts, stay) == [404]
    agree_on(hub, 365)
    assert answered(courts, stay, hub.about.number) == [200, 200]
    agree_on(hub, 30, seen=2)
    assert answered(courts, stay) == [404]
    agree_on(hub, 0, seen=3)
    assert answered(courts, released(hub, 0.01)) == [404]


def test_it_is_proposed_where_an_agreement_is_drafted_and_kept_as_written(world: World) -> None:
    open_agencies(world)
    rita = world.browser("rita")
    assert 'name="answered_days"' not in rita.get("/agreements/new/forensic").text
    assert 'name="answered_days" type="number" value="90"' in rita.get("/agreements/new/courts").text
    for wrong in ("", "3651", "ninety"):
        refused = post(rita, "/agreements/new/courts", **ASKED, answered_days=wrong)
        assert (refused.status_code, "0 to 3650" in refused.text) == (400, True), wrong
    assert post(rita, "/agreements/new/courts", **ASKED, answered_days="0").status_code == 303
    page = rita.get(f"/agreements/{ASKED['code']}/write").text
    assert 'name="answered_days" type="number" value="0"' in page


def test_the_term_stands_where_something_is_asked_by_number_and_has_bounds(world: World) -> None:
    courts = terms_of(world, *grants_of(KINDS[COURTS]))
    laboratory = terms_of(world, *grants_of(KINDS[FORENSIC]))
    label = "After a release they are still answered for, in days"
    assert [line.values for line in lines_of(courts) if line.label.text == label] == [(90,)]
    assert [line for line in lines_of(laboratory) if line.label.text == label] == []
    for wrong in (-1, 3_651):
        faults = faults_of(msgspec.structs.replace(courts, answered_days=wrong), KINDS[COURTS])
        assert list(faults) == ["answered_days"]
    assert "answered_days" not in write_terms(courts), "what was signed before has the digest that it had"
    assert read_terms(write_terms(courts)).answered_days == 90
