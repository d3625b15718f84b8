"""The court diary: dates are fixed, lists printed, outcomes make facts, and nobody is released by going to court."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from hub.accounts.permissions import Role
from hub.custody.facts.reading import Held, current
from hub.custody.legal import (
    CHARGE,
    HEARING,
    LEGAL_STATUS,
    ORDER,
    RELEASE_ORDER,
    Charge,
    Hearing,
    LegalStatus,
    ReleaseReason,
)
from hub.custody.life.alerts import ALERT, Alert, AlertType
from hub.custody.life.keep_aparts import KeptApart, Part, Restriction, keep_apart
from hub.custody.records import Booking, Person
from hub.custody.who.health import HEALTH_FLAG, OPERATIONAL_NEED, FlagSort, HealthFlag, OperationalNeed
from hub.database import session_scope

from .docket_world import RITA, look, record, remanded, standing
from .site_world import World, post

TODAY = "/diary?day=2026-11-22"
FOLLOW = (HEARING, CHARGE, LEGAL_STATUS, ORDER, RELEASE_ORDER)


@pytest.fixture
def rita(world: World) -> FlaskClient:
    world.site()
    return world.browser("rita", Role.RECORDS_OFFICER)


def held(world: World, person: Person, kind: Any) -> list[Held[Any]]:
    with session_scope(world.sessions, writes=False) as session:
        return current(session, kind, person_id=person.id)


def date_of(world: World, person: Person) -> str:
    """Address of the outcome of the person's first date."""
    return f"/diary/outcome/{person.number}/{held(world, person, HEARING)[0].item}"


def seen(world: World, person: Person) -> str:
    return str(held(world, person, HEARING)[0].row.id)


NEW = {
    "person": "P-000001", "court": "Dangriga", "hearing_at": "2026-12-01T09:00", "purpose": "plea", "case": "C 8",
    "source": "notice 4",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"person": "P-999999"}, "Nobody with this number is in custody"),
        ({"hearing_at": "2026-11-21T09:00"}, "This date has passed"),
        ({"hearing_at": "soon"}, "Write the day and the time"),
        ({"hearing_at": "9999-12-31T23:59"}, "Write the day and the time"),
        ({"court": " "}, "Write the court"),
        ({"source": ""}, "Say which paper this comes from"),
    ],
)
def test_what_cannot_be_is_not_written_and_nothing_typed_is_lost(
    world: World, rita: FlaskClient, change: dict[str, str], says: str
) -> None:
    person = world.person()
    answer = post(rita, "/diary", {**NEW, **change}, page="/diary")
    assert (answer.status_code, says in answer.text, 'value="plea"' in answer.text) == (400, True, True)
    assert held(world, person, HEARING) == []


def test_the_same_case_is_in_the_diary_once_a_day(world: World, rita: FlaskClient) -> None:
    person = world.person()
    assert post(rita, "/diary", NEW, page="/diary").status_code == 303
    again = post(rita, "/diary", {**NEW, "hearing_at": "2026-12-01T14:00"}, page="/diary")
    assert "in the diary for that day already" in again.text
    assert post(rita, "/diary", {**NEW, "case": "C 9"}, page="/diary").status_code == 303
    assert len(held(world, person, HEARING)) == 2
    page = rita.get("/diary?day=2026-12-01").text
    assert page.count("C 8") >= 1
    assert "to come" in page
    assert "Enter the outcome" not in page


def test_remanded_makes_the_next_date_and_an_order_until_then_at_once(
    world: World, rita: FlaskClient
) -> None:
    person = remanded(world, next_in_days=0.01)
    form = {
        "seen": seen(world, person), "outcome": "remanded", "reference": "R 22", "next_at": "2026-12-20T09:00",
        "remand_until_on": "2026-12-20",
    }  # fmt: skip
    assert post(rita, date_of(world, person), form).status_code == 303
    first, second = held(world, person, HEARING)
    assert (first.value.outcome, first.value.produced) == ("remanded", True)
    assert (second.value.case, second.value.court, second.value.outcome) == ("C 7", "Belize City", "")
    order = held(world, person, ORDER)[-1]
    assert (order.value.reference, str(order.value.expires_on), order.row.source) == (
        "R 22",
        "2026-12-20",
        "R 22",
    )
    world.later(days=2)
    look(world)
    assert standing(world) == []


def test_bail_puts_the_release_on_the_docket_and_releases_nobody(world: World, rita: FlaskClient) -> None:
    person = remanded(world, next_in_days=0)
    form = {"seen": seen(world, person), "outcome": "bail_granted", "reference": "B 3", "let_go": "1"}
    assert post(rita, date_of(world, person), form).status_code == 303
    (ordered,) = held(world, person, RELEASE_ORDER)
    assert (ordered.value.reason, ordered.value.reference) == (ReleaseReason.BAIL, "B 3")
    with session_scope(world.sessions, writes=False) as session:
        assert session.query(Booking).one().released_at is None
    look(world)
    assert "release_ordered" in {row.check_code for row in standing(world)}


def test_sentenced_changes_the_status_decides_the_charge_and_leads_to_the_sentence(
    world: World, rita: FlaskClient
) -> None:
    person = remanded(world)
    charge = record(world, person, CHARGE, Charge(iccs="0502", offence="Theft"))
    date = Hearing(court="Dangriga", hearing_at=world.at, purpose="sentence", case="C 9", charge=charge.id)
    item = record(world, person, HEARING, date).id
    form = {"seen": str(item), "outcome": "sentenced", "reference": "S 5"}
    answer = post(rita, f"/diary/outcome/{person.number}/{item}", form)
    assert answer.location == f"/people/{person.number}/sentences/new"
    assert held(world, person, LEGAL_STATUS)[-1].value.status is LegalStatus.SENTENCED
    (decided,) = held(world, person, CHARGE)
    assert (decided.value.outcome, str(decided.value.decided_on)) == ("Sentenced", "2026-11-22")
    assert held(world, person, ORDER)[-1].value.reference == "S 5"


def test_an_outcome_entered_in_error_is_taken_back_with_all_that_followed(
    world: World, rita: FlaskClient
) -> None:
    person = remanded(world, next_in_days=0.01)
    before = [[one.value for one in held(world, person, kind)] for kind in FOLLOW]
    form = {
        "seen": seen(world, person), "outcome": "convicted", "reference": "V 3", "next_at": "2026-12-20T09:00",
        "remand_until_on": "2026-12-20",
    }  # fmt: skip
    assert post(rita, date_of(world, person), form).status_code == 303
    after = [[one.value for one in held(world, person, kind)] for kind in FOLLOW]
    assert after != before
    old, back = form["seen"], {"act": "take_back", "reason": "it was another file"}
    assert post(rita, date_of(world, person), {**back, "seen": old}).status_code == 409
    now = {**back, "seen": seen(world, person)}
    assert post(rita, date_of(world, person), {**now, "reason": " "}).status_code == 400
    assert [[one.value for one in held(world, person, kind)] for kind in FOLLOW] == after
    assert post(rita, date_of(world, person), now).status_code == 303
    assert [[one.value for one in held(world, person, kind)] for kind in FOLLOW] == before
    again = {**back, "seen": seen(world, person)}
    assert "No outcome of this date" in post(rita, date_of(world, person), again).text


def test_what_was_built_upon_an_outcome_keeps_it(world: World) -> None:
    world.site()
    person = remanded(world, next_in_days=0.01)
    form = {
        "seen": seen(world, person), "outcome": "adjourned", "reference": "A 1", "next_at": "2026-11-22T12:30",
    }  # fmt: skip
    world.later(hours=1)
    rita = world.browser("rita")
    assert post(rita, date_of(world, person), form).status_code == 303, "heard again before this was entered"
    first, second = held(world, person, HEARING)
    world.later(minutes=1)
    heard = {"seen": str(second.row.id), "outcome": "bail_granted", "reference": "B 1", "let_go": "1"}
    assert post(rita, f"/diary/outcome/{person.number}/{second.item}", heard).status_code == 303
    back = {"seen": str(first.row.id), "act": "take_back", "reason": "it was another file"}
    answer = post(rita, date_of(world, person), back)
    assert (answer.status_code, "was changed since" in answer.text) == (409, True)


def test_not_brought_needs_a_reason_and_counts_in_the_figures(world: World, rita: FlaskClient) -> None:
    person = remanded(world, next_in_days=0)
    form = {"seen": seen(world, person), "outcome": "not_produced"}
    assert "why the person was not brought" in post(rita, date_of(world, person), form).text
    form["not_produced_because"] = "no vehicle"
    assert post(rita, date_of(world, person), form).status_code == 303
    page = rita.get(TODAY).text
    assert "1 dates, 0 brought, 1 not brought, 0 without outcome" in page
    assert "no vehicle" in page


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"outcome": ""}, "Choose what came of it"),
        ({"outcome": "remanded"}, "Write the reference"),
        ({"outcome": "remanded", "reference": "R 1"}, "Write the next court date"),
        (
            {"outcome": "remanded", "reference": "R 1", "next_at": "2026-12-20T09:00"},
            "until when the court remanded",
        ),
        (
            {"outcome": "adjourned", "reference": "R 1", "next_at": "2026-11-20T09:00"},
            "must be in the future",
        ),
        ({"outcome": "adjourned", "reference": "R 1", "next_at": "tomorrow"}, "This is no date"),
        (
            {
                "outcome": "remanded",
                "reference": "R 1",
                "next_at": "2026-12-20T09:00",
                "remand_until_on": "2026-11-01",
            },
            "ends before it begins",
        ),
    ],
)
def test_an_outcome_that_cannot_be_writes_nothing(
    world: World, rita: FlaskClient, form: dict[str, str], says: str
) -> None:
    person = remanded(world, next_in_days=0)
    before = len(held(world, person, ORDER))
    answer = post(rita, date_of(world, person), {"seen": seen(world, person), **form})
    assert (answer.status_code, says in answer.text) == (400, True)
    if form.get("reference"):
        assert 'value="R 1"' in answer.text
    assert (len(held(world, person, ORDER)), held(world, person, HEARING)[0].value.outcome) == (before, "")


def test_a_court_that_has_not_sat_has_no_outcome(world: World, rita: FlaskClient) -> None:
    person = remanded(world, next_in_days=3)
    form = {"seen": seen(world, person), "outcome": "acquitted", "reference": "A 1"}
    page = date_of(world, person)
    assert "The court has not sat yet" in rita.get(page).text
    assert "not sat yet" in post(rita, page, form, page="/diary").text


def test_of_two_clerks_the_second_reads_what_the_first_wrote(world: World, rita: FlaskClient) -> None:
    person = remanded(world, next_in_days=0)
    form = {"seen": seen(world, person), "outcome": "acquitted", "reference": "A 1", "let_go": "1"}
    page = date_of(world, person)
    assert post(rita, page, form).status_code == 303
    second = post(rita, page, {**form, "reference": "A 2"}, page="/diary")
    assert (second.status_code, "The outcome is on file" in second.text) == (409, True)
    fresh = post(rita, page, {**form, "seen": seen(world, person)}, page="/diary")
    assert (fresh.status_code, "on file already" in fresh.text) == (409, True)
    assert len(held(world, person, RELEASE_ORDER)) == 1


def test_a_date_of_somebody_else_is_not_found_under_another_number(world: World, rita: FlaskClient) -> None:
    ana, rosa = remanded(world, next_in_days=0), remanded(world, "Cal", "Rosa", next_in_days=0)
    item = held(world, rosa, HEARING)[0].item
    assert rita.get(f"/diary/outcome/{ana.number}/{item}").status_code == 404
    assert rita.get(f"/diary/outcome/P-999999/{item}").status_code == 404
    form = {"seen": seen(world, rosa), "outcome": "acquitted", "reference": "A 1"}
    assert post(rita, f"/diary/outcome/{ana.number}/{item}", form, page="/diary").status_code == 404


def test_the_list_for_the_escort_warns_without_naming_an_illness(world: World, rita: FlaskClient) -> None:
    ana, rosa = remanded(world, next_in_days=0.05), remanded(world, "Cal", "Rosa", next_in_days=0.05)
    record(world, ana, ALERT, Alert(type=AlertType.ESCAPE, authorised_by="sol"))
    record(world, ana, HEALTH_FLAG, HealthFlag(sort=FlagSort.INFECTIOUS, what="tuberculosis"))
    record(world, ana, OPERATIONAL_NEED, OperationalNeed(need="wears a mask"))
    apart = KeptApart(
        other=rosa.number,
        role=Part.VICTIM,
        other_role=Part.PERPETRATOR,
        restriction=Restriction.SITE,
        reason="threats",
    )
    with session_scope(world.sessions) as session:
        keep_apart(session, session.get_one(Person, ana.id), apart, actor=RITA, at=world.at)
    page = rita.get("/diary/list/2026-11-22").text
    for words in (
        "2 officers",
        "May try to escape",
        "wears a mask",
        f"Keep apart from {rosa.number}",
        "signature",
        "a-1",
    ):
        assert words in page, words
    assert "tuberculosis" not in page
    assert rita.get("/diary/list/2026-13-01").status_code == 404
    assert "Nobody is before a court" in rita.get("/diary/list/2026-12-24").text


def test_courts_days_and_what_was_known(world: World, rita: FlaskClient) -> None:
    person = remanded(world, next_in_days=0.05)
    date = Hearing(court="Dangriga", hearing_at=world.at + timedelta(hours=2), purpose="plea", case="C 9")
    record(world, person, HEARING, date)
    assert "Every court" in rita.get(TODAY).text
    one = rita.get(f"{TODAY}&court=Dangriga").text
    assert ("plea" in one, "mention" in one) == (True, False)
    world.later(days=3)
    rita = world.browser("rosa", Role.RECORDS_OFFICER)
    assert "Nobody is before a court" in rita.get(f"{TODAY}&known=2026-11-21").text
    assert rita.get("/diary?day=never").status_code == 200
    assert rita.get("/diary?known=2099-01-01").status_code == 409


def test_the_diary_is_read_by_those_who_see_the_docket_and_written_by_records_officers(
    world: World, rita: FlaskClient
) -> None:
    person = remanded(world, next_in_days=0)
    director, officer = world.browser("dora", Role.DIRECTOR), world.browser("otto", Role.OFFICER)
    page = director.get(TODAY)
    assert (page.status_code, "Enter the outcome" in page.text, "no outcome yet" in page.text) == (
        200,
        False,
        True,
    )
    assert director.get(date_of(world, person)).status_code == 403
    assert officer.get(TODAY).status_code == 403
