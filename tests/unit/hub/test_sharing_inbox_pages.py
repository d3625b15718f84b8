"""The work list and the side-by-side page: what is shown, what is decided on it, who may."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.custody.legal import LEGAL_STATUS, ORDER, LegalStatus
from hub.custody.sentencing.forms import SENTENCE
from hub.database import session_scope
from hub.sharing.inbox.examples import EXAMPLES
from hub.sharing.inbox.messages import ImposedPart, SentTerm, Subject
from hub.sharing.inbox.records import State

from .inbox_world import ANA, Inbox, inbox, order, sentence
from .sharing_world import COURTS, OBSERVATORY, POLICE
from .site_world import World, post

UNKNOWN = Subject(surname="Tzul", given="Marvin", born_on=date(1988, 7, 2), sex="M")


@pytest.fixture
def desk(world: World) -> Inbox:
    return inbox(world)


@pytest.fixture
def rita(world: World, desk: Inbox) -> FlaskClient:
    return world.browser("rita", Role.RECORDS_OFFICER)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


def do(client: FlaskClient, number: str, act: str, **form: object) -> TestResponse:
    page = client.get(f"/inbox/{number}").text
    told = {
        "act": act,
        "version": hidden(page, "version"),
        "seen": hidden(page, "seen"),
        "whose": hidden(page, "whose"),
        **form,
    }
    return post(client, f"/inbox/{number}", told)


def ticks(desk: Inbox, number: str) -> dict[str, object]:
    return {f"record-{one.name}": "yes" for one in desk.read(number).proposals}


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEALTH, Role.TECHNICIAN, Role.AUDITOR])
def test_whoever_does_not_decide_sees_nothing(world: World, desk: Inbox, role: Role) -> None:
    number = desk.send("order", order()).number
    client = world.browser("other", role)
    assert client.get("/inbox").status_code == 403
    assert client.get(f"/inbox/{number}").status_code == 403


def test_there_is_no_such_message_and_no_such_act(rita: FlaskClient, desk: Inbox) -> None:
    assert rita.get("/inbox/IN-999999").status_code == 404
    number = desk.send("order", order()).number
    assert do(rita, number, "dance").status_code == 400
    answer = do(rita, number, "refuse", why="", words="so")
    assert answer.status_code == 400
    assert "Choose why it is refused." in answer.text
    assert do(rita, number, "choose", person="P-999999").status_code == 400


def test_an_empty_list_says_what_would_stand_there(rita: FlaskClient) -> None:
    assert "Nothing to decide" in rita.get("/inbox").text
    assert "No message like this" in rita.get("/inbox?part=kept").text


def test_every_kind_of_message_is_shown_with_what_would_change(rita: FlaskClient, desk: Inbox) -> None:
    agencies = {"definitions": OBSERVATORY} | dict.fromkeys(("arrest", "charge", "hold", "want"), POLICE)
    for exchange, examples in EXAMPLES.items():
        for one in examples:
            number = desk.send(exchange, one.body, agencies.get(exchange, COURTS)).number  # type: ignore[arg-type]
            page = rita.get(f"/inbox/{number}")
            assert page.status_code == 200
            assert "The message, as it came" in page.text
    listed = rita.get("/inbox").text
    assert listed.count("data-item") == sum(len(examples) for examples in EXAMPLES.values())
    assert "who?" in listed


def test_a_sentence_is_tried_then_accepted_with_the_officers_own_tick(
    world: World, rita: FlaskClient, desk: Inbox
) -> None:
    number = desk.send("sentence", sentence()).number
    page = rita.get(f"/inbox/{number}").text
    assert "Remand" in page
    assert "Release date, reckoned" in page
    assert "no sentence" in page
    assert not re.search(r'name="record-status" value="yes" checked', page)
    assert do(rita, number, "try", **ticks(desk, number)).status_code == 200
    assert desk.held(SENTENCE) == []
    answer = do(rita, number, "accept", **ticks(desk, number))
    assert answer.status_code == 303
    assert desk.held(LEGAL_STATUS)[-1].status is LegalStatus.SENTENCED
    page = rita.get(f"/inbox/{number}").text
    assert "What it became" in page
    assert "Accept, and record" not in page
    with session_scope(world.sessions, writes=False) as session:
        looked = session.query(AuditEntry).filter_by(act="inbox.compare", subject="P-000001").count()
    assert looked >= 3, "each look at the file beside the message is written down"


def test_what_must_be_put_right_stays_in_the_form(rita: FlaskClient, desk: Inbox) -> None:
    part = ImposedPart(count="1", offence="Robbery at night", term=SentTerm(years=1))
    number = desk.send("sentence", sentence(parts=(part,))).number
    form = {**ticks(desk, number), "p-charge-1-corrected": "1", "p-charge-1-offence": "Robbery <by night>"}
    answer = do(rita, number, "accept", **form)
    assert answer.status_code == 400
    assert "Robbery &lt;by night&gt;" in answer.text
    assert "Choose the offence&#39;s class" in answer.text or "Fill this in." in answer.text
    form |= {"p-charge-1-iccs": "0401", "p-charge-1-outcome": "convicted", "p-charge-1-order": "@order"}
    assert do(rita, number, "accept", **form).status_code == 303
    receipt = desk.receipt(number)
    assert receipt.state is State.CORRECTED
    assert any("Robbery <by night>" in line for line in receipt.corrections)


def test_a_twin_is_chosen_after_comparing(rita: FlaskClient, desk: Inbox) -> None:
    import msgspec

    twin = desk.person("Novelo", "Ana", date(1992, 1, 1))
    number = desk.send("order", order(subject=msgspec.structs.replace(ANA, number=""))).number
    page = rita.get(f"/inbox/{number}").text
    assert "Who is it? Compare, and choose one" in page
    assert "agrees" in page
    assert "differs" in page
    assert do(rita, number, "accept").status_code == 400
    assert do(rita, number, "choose", person=twin.number).status_code == 303
    assert do(rita, number, "accept", **ticks(desk, number)).status_code == 303
    assert len(desk.held(ORDER)) == 1, "nothing went to the other file"
    found = desk.read(number)
    assert found.item.person_id == twin.id


def test_a_file_that_changed_meanwhile_is_shown_again(rita: FlaskClient, desk: Inbox) -> None:
    first, second = (desk.send("order", order(f"o-{one}")).number for one in (1, 2))
    page = rita.get(f"/inbox/{second}").text
    assert do(rita, first, "accept", **ticks(desk, first)).status_code == 303
    answer = do(rita, second, "accept", seen=hidden(page, "seen"), **ticks(desk, second))
    assert answer.status_code == 409
    assert "The file has changed since you opened this page." in answer.text


def test_nobody_by_that_is_kept_and_stands_on_the_file_once_they_come(rita: FlaskClient, desk: Inbox) -> None:
    number = desk.send("order", order(subject=UNKNOWN)).number
    assert "nobody here by that" in rita.get("/inbox").text
    assert do(rita, number, "keep").status_code == 303
    assert "Nothing to decide" in rita.get("/inbox").text
    marvin = desk.person("Tzul", "Marvin", date(1988, 7, 2))
    assert number in rita.get(f"/people/{marvin.number}").text
    assert "was kept for somebody who may be here now" in rita.get("/inbox").text
    assert "may be here now" in rita.get("/inbox?part=kept").text
    assert number not in rita.get("/people/P-000001").text


def test_a_copy_leads_to_the_first(rita: FlaskClient, desk: Inbox) -> None:
    first = desk.send("order", order("o-1")).number
    second = desk.send("order", order("o-2", reference="RO o-1")).number
    page = rita.get(f"/inbox/{second}").text
    assert f"/inbox/{first}" in page
    assert "Accept, and record" not in page


def test_what_waits_is_counted_and_urgent_when_it_lies_too_long(
    world: World, rita: FlaskClient, desk: Inbox
) -> None:
    desk.send("order", order())
    assert "Messages of agencies to decide" in rita.get("/people").text
    assert "overdue" not in rita.get("/inbox").text
    world.later(hours=9)
    late = world.browser("rosa", Role.RECORDS_OFFICER)
    assert "overdue" in late.get("/inbox").text
    assert "lying too long" in late.get("/people").text


def test_taking_on_taking_back_and_definitions(rita: FlaskClient, desk: Inbox) -> None:
    number = desk.send("order", order()).number
    assert do(rita, number, "take").status_code == 303
    assert number in rita.get("/inbox?mine=1").text
    assert do(rita, number, "accept", **ticks(desk, number)).status_code == 303
    assert do(rita, number, "take_back", words="").status_code == 400
    assert do(rita, number, "take_back", words="Wrong person").status_code == 303
    assert "taken back, to decide again" in rita.get(f"/inbox/{number}").text
    told = EXAMPLES["definitions"][0].body
    number = desk.send("definitions", told, OBSERVATORY).number  # type: ignore[arg-type]
    assert do(rita, number, "accept").status_code == 303
    assert desk.receipt(number, OBSERVATORY).state is State.ACCEPTED


def test_pages_speak_spanish(rita: FlaskClient, desk: Inbox) -> None:
    number = desk.send("sentence", sentence()).number
    rita.set_cookie("pims-language", "es")
    assert "Lo que enviaron otras entidades" in rita.get("/inbox").text
    page = rita.get(f"/inbox/{number}").text
    assert "Lo que cambiaría" in page
    assert "Accept, and record" not in page
