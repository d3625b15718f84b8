"""The pages of fingers taken at a desk, as who may, who may not, and whoever was too late."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.biometrics.officers import consent
from hub.custody.records import Person
from hub.database import session_scope
from hub.reception.desk import asking
from hub.reception.desk.records import DeskSaid, FingerTask, UnusableFinger
from hub.reception.desk.rules import Status

from .site_world import World, post, sign_in, token_of

ASK = "/people/P-000001/fingers"


@pytest.fixture
def ana(world: World) -> Person:
    world.site()
    return world.person()


@pytest.fixture
def desk(world: World, ana: Person) -> int:
    """A terminal that said it is a desk."""
    terminal = world.terminal("desk-1")
    with session_scope(world.sessions) as session:
        session.add(
            DeskSaid(terminal_id=terminal, book_epoch=0, book_counter=0, refused=0, heard_at=world.at)
        )
    return terminal


def asked(client: FlaskClient, desk: int, fingers: tuple[int, ...] = (2, 7)) -> str:
    """Asks for fingers; the address of the task's page."""
    answer = post(
        client, ASK, {"desk": desk, "fingers": [str(one) for one in fingers], "reason": "admission"}
    )
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def acts(world: World) -> list[str]:
    with session_scope(world.sessions, writes=False) as session:
        return [act for act in session.scalars(select(AuditEntry.act)) if act.startswith("fingers.")]


def test_a_colleague_who_may_not_admit_is_refused(world: World, desk: int) -> None:
    world.account("otto", Role.OFFICER)
    browser = world.app().test_client()
    sign_in(browser, "otto")
    assert [browser.get(address).status_code for address in (ASK, "/fingers", f"/fingers/{'a' * 32}")] == [
        403,
        403,
        403,
    ]


def test_nobody_and_nothing_is_not_found(client: FlaskClient, desk: int) -> None:
    assert client.get("/people/P-000099/fingers").status_code == 404
    assert client.get(f"/fingers/{'b' * 32}").status_code == 404


def test_without_a_desk_it_says_how_to_get_one(client: FlaskClient, ana: Person) -> None:
    page = client.get(ASK)
    assert "There is no enrolment desk yet" in page.text
    assert "Ask the desk" not in page.text


def test_no_finger_chosen_keeps_the_form(client: FlaskClient, desk: int) -> None:
    answer = post(client, ASK, {"desk": desk, "reason": "more"})
    assert (answer.status_code, "Choose at least one finger" in answer.text) == (409, True)


@pytest.mark.parametrize("typed", ["9" * 30, "9" * 5_000, "²", "-1", "x"])
def test_a_desk_or_finger_of_no_sense_is_said_as_well(client: FlaskClient, desk: int, typed: str) -> None:
    answer = post(client, ASK, {"desk": typed, "fingers": ["2", "²", "9" * 30], "reason": "more"})
    assert (answer.status_code, "not there any more" in answer.text) == (409, True)


def test_a_desk_that_was_cut_off_meanwhile_is_said(client: FlaskClient, desk: int) -> None:
    answer = post(client, ASK, {"desk": 999, "fingers": "2", "reason": "more"})
    assert (answer.status_code, "not there any more" in answer.text) == (409, True)


def test_who_is_asked_for_already_is_shown_where(client: FlaskClient, desk: int) -> None:
    where = asked(client, desk)
    assert where in client.get(ASK).text
    answer = post(client, ASK, {"desk": desk, "fingers": "1", "reason": "more"})
    assert (answer.status_code, "asked for already" in answer.text) == (409, True)


def test_asked_watched_and_taken_back(client: FlaskClient, desk: int, world: World) -> None:
    where = asked(client, desk)
    page = client.get(where)
    assert "the desk has not seen it yet" in page.text
    assert "Right index finger" in page.text
    with session_scope(world.sessions) as session:
        task = session.scalars(select(FingerTask)).one()
        task.progress_at, task.stage, task.done, task.now_position = world.at, "capturing", 1, 7
    assert "now: image 1 of 3" in client.get(f"{where}/state").text
    assert post(client, where, {"act": "cancel"}).status_code == 303
    again = client.get(where)
    assert "Cancelled" in again.text
    late = client.post(where, data={"act": "cancel", "csrf_token": token_of(client.get(ASK))})
    assert (late.status_code, "changed in the meantime" in late.text) == (409, True)
    assert acts(world)[:2] == ["fingers.look", "fingers.ask"]
    assert "fingers.cancel" in acts(world)


def test_what_it_stands_by_is_refreshed_without_a_line_in_the_trail(
    client: FlaskClient, desk: int, world: World
) -> None:
    where = asked(client, desk)
    client.get(where)
    before = acts(world)
    client.get(f"{where}/state")
    assert acts(world) == before


def test_a_finger_of_another_file_is_put_before_a_person(
    client: FlaskClient, desk: int, world: World
) -> None:
    world.person("Bol", "Eva")
    where = asked(client, desk)
    with session_scope(world.sessions) as session:
        task = session.scalars(select(FingerTask)).one()
        asking.change(session, task, (Status.OPEN,), Status.UNDECIDED, at=world.at, by="hub")
        asking.add_finding(session, task, 7, "already_enrolled", at=world.at, number="P-000002")
    page = client.get(where)
    assert "Nothing was stored, and nothing is lost" in page.text
    assert 'href="/people/P-000002"' in page.text
    assert "decide" in client.get("/fingers").text
    refused = post(client, where, {"act": "aside", "note": ""})
    assert (refused.status_code, "Write why" in refused.text) == (409, True)
    assert post(client, where, {"act": "others"}).status_code == 303
    assert "Being checked" in client.get(where).text


def test_the_list_is_empty_until_somebody_asks(client: FlaskClient, desk: int) -> None:
    assert "No fingers are asked for" in client.get("/fingers").text
    asked(client, desk)
    assert "NOVELO, Ana" in client.get("/fingers").text


def test_the_file_leads_to_the_desk_and_says_what_cannot_be_taken(
    client: FlaskClient, desk: int, world: World, ana: Person
) -> None:
    asked(client, desk)
    with session_scope(world.sessions) as session:
        session.add(
            UnusableFinger(
                person_id=ana.id,
                task_id=1,
                position=7,
                reason="bandaged",
                note="",
                effective_at=world.at,
                recorded_at=world.at,
                recorded_by="officer-7",
            )
        )
    page = client.get("/people/P-000001")
    assert f'href="{ASK}"' in page.text
    assert "Left index finger: bandaged or hurt" in page.text


def test_in_spanish(client: FlaskClient, desk: int) -> None:
    where = asked(client, desk)
    client.set_cookie("pims-language", "es")
    assert "Retirarlo del puesto" in client.get(where, headers={"Accept-Language": "es"}).text


def test_an_officers_fingers_are_asked_of_a_desk_on_a_page_that_says_what_is_missing(
    world: World, desk: int
) -> None:
    world.account("luz", Role.OFFICER)
    page = "/officers/fingers/luz/desk"
    sue = world.browser("sue", Role.SHIFT_SUPERVISOR)
    assert "has not agreed yet" in sue.get(page).text
    fingers = {"desk": desk, "fingers": ["2", "7"], "act": "ask"}
    assert post(sue, page, fingers, page="/officers/fingers").status_code == 409
    with session_scope(world.sessions) as session:
        consent(session, "luz", actor=Actor("luz", ""), at=world.at)
    refused = post(sue, page, {**fingers, "fingers": ["2"]})
    assert (refused.status_code, "two to four" in refused.text) == (409, True)
    assert post(sue, page, fingers).status_code == 303
    assert "not begun yet" in sue.get(f"{page}/state").text
    assert post(sue, page, {"act": "cancel"}).status_code == 303
    assert "Cancelled" in sue.get(page).text
    assert world.browser("otto", Role.OFFICER).get(page).status_code == 403
    assert sue.get("/officers/fingers/nobody/desk").status_code == 404
