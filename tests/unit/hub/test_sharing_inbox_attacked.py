"""A tired officer and an attacker at the work list: twice, too late, about somebody else, of one flood."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from hub.accounts.permissions import Role
from hub.accounts.records import LoginSession
from hub.custody.actions import open_booking_of
from hub.custody.legal import ORDER
from hub.custody.records import Person
from hub.custody.sentencing.forms import SENTENCE
from hub.database import session_scope
from hub.sharing.inbox.examples import EXAMPLES
from hub.sharing.inbox.messages import ImposedPart, Message, SentTerm, Subject, read_message, write_message
from hub.sharing.inbox.records import State

from .inbox_world import ANA, Inbox, inbox, order, sentence
from .sharing_world import POLICE
from .site_world import World, post, token_of
from .test_merging import merge
from .test_sharing_inbox_pages import do, hidden, ticks

TZUL = Subject(surname="Tzul", given="Marvin", born_on=date(1988, 7, 2), sex="M")


@pytest.fixture
def desk(world: World) -> Inbox:
    return inbox(world)


@pytest.fixture
def rita(world: World, desk: Inbox) -> FlaskClient:
    return world.browser("rita", Role.RECORDS_OFFICER)


def shown(client: FlaskClient, desk: Inbox, number: str) -> dict[str, object]:
    """The form of the page as a browser holds it, everything ticked."""
    page = client.get(f"/inbox/{number}")
    told = {name: hidden(page.text, name) for name in ("version", "seen", "whose")}
    return {"csrf_token": token_of(page), "act": "accept", **told, **ticks(desk, number)}


def out(world: World, person_id: int) -> None:
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person_id)
        assert booking is not None
        booking.released_at = world.at


def test_a_double_click_records_once_and_says_so(rita: FlaskClient, desk: Inbox) -> None:
    number = desk.send("order", order()).number
    before = len(desk.held(ORDER))
    form = shown(rita, desk, number)
    assert rita.post(f"/inbox/{number}", data=form).status_code == 303
    again = rita.post(f"/inbox/{number}", data=form)
    assert again.status_code == 409
    assert "Somebody did something about this message meanwhile" in again.text
    assert len(desk.held(ORDER)) == before + 1


def test_of_two_officers_at_once_one_decides(world: World, rita: FlaskClient, desk: Inbox) -> None:
    number = desk.send("order", order()).number
    before = len(desk.held(ORDER))
    rolf = world.browser("rolf", Role.RECORDS_OFFICER)
    accepts = shown(rita, desk, number)
    page = rolf.get(f"/inbox/{number}")
    refuses = {
        "csrf_token": token_of(page), "act": "refuse", "version": hidden(page.text, "version"),
        "why": "other", "words": "Not ours",
    }  # fmt: skip
    told: list[int] = []
    start = threading.Barrier(2)

    def send(client: FlaskClient, form: dict[str, Any]) -> None:
        start.wait()
        told.append(client.post(f"/inbox/{number}", data=form).status_code)

    both = [threading.Thread(target=send, args=pair) for pair in ((rita, accepts), (rolf, refuses))]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert sorted(told) == [303, 409]
    recorded = len(desk.held(ORDER)) - before
    assert recorded == (desk.receipt(number).state is State.ACCEPTED)


def test_whoever_left_while_the_page_was_open_gets_nothing_recorded(
    world: World, rita: FlaskClient, desk: Inbox
) -> None:
    number = desk.send("order", order()).number
    form = shown(rita, desk, number)
    out(world, desk.sharing.person)
    answer = rita.post(f"/inbox/{number}", data=form)
    assert answer.status_code == 400
    assert "This person is not in custody, or left since you opened this page" in answer.text
    assert desk.receipt(number).state is State.RECEIVED


def test_another_person_than_the_page_showed_gets_nothing_recorded(
    world: World, rita: FlaskClient, desk: Inbox
) -> None:
    first = desk.person("Tzul", "Marvin", TZUL.born_on)
    number = desk.send("order", order(subject=TZUL)).number
    form = shown(rita, desk, number)
    assert str(form["whose"]).startswith(first.number)
    for seen in ("P-000001 B-000001", first.number, ""):
        answer = rita.post(f"/inbox/{number}", data={**form, "whose": seen})
        assert answer.status_code == 409
        assert "Look whom it is about now" in answer.text
        assert first.number in hidden(answer.text, "whose")
    assert desk.receipt(number).state is State.RECEIVED
    assert rita.post(f"/inbox/{number}", data=form).status_code == 303


def test_a_person_who_was_merged_meanwhile_is_the_one_who_leads(
    world: World, rita: FlaskClient, desk: Inbox
) -> None:
    led = desk.person("Novello", "Anna", date(1990, 5, 1), inside=False)
    number = desk.send(
        "order", order(subject=Subject(surname="Novello", given="Anna", number=led.number))
    ).number
    do(rita, number, "choose", person=led.number)
    with session_scope(world.sessions, writes=False) as session:
        lead = session.get_one(Person, desk.sharing.person)
    merge(world, lead, led)
    page = rita.get(f"/inbox/{number}").text
    assert lead.number in hidden(page, "whose")
    assert do(rita, number, "accept", **ticks(desk, number)).status_code == 303
    assert any(one.reference == "RO o-1" for one in desk.held(ORDER))


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200f", "\u200b", "\x85", "\u2028", "\ufeff"])
def test_marks_that_nobody_sees_are_not_taken(mark: str) -> None:
    raw = write_message(order(subject=msgspec.structs.replace(ANA, surname=f"No{mark}velo")))
    with pytest.raises(msgspec.ValidationError):
        read_message("order", raw)


def test_names_of_other_scripts_and_tags_are_text(rita: FlaskClient, desk: Inbox) -> None:
    for place, surname in enumerate(("نوفيلو", "<script>alert(1)</script>", "Ñuñez-O'Brien", "{{ 7*7 }}")):
        message = order(f"x-{place}", subject=Subject(surname=surname))
        assert read_message("order", write_message(message)) == message
        number = desk.send("order", message).number
        page = rita.get(f"/inbox/{number}").text
        assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page
    assert "<script>alert" not in rita.get("/inbox").text


def test_ten_thousand_letters_are_not_taken_from_either_side(rita: FlaskClient, desk: Inbox) -> None:
    raw = write_message(order()).replace(b'"Belize City"', b'"' + b"x" * 10_000 + b'"')
    with pytest.raises(msgspec.ValidationError):
        read_message("order", raw)
    number = desk.send("order", order()).number
    answer = do(rita, number, "refuse", why="other", words="y" * 10_000)
    assert answer.status_code == 400
    assert "That is too long." in answer.text
    assert "y" * 10_000 in answer.text, "what was typed is not lost"


@pytest.mark.parametrize(
    "parts",
    [
        {"follows": "9"},
        {"follows": "2"},
        {"concurrent": True, "follows": "1"},
        {"concurrent": False},
    ],
)
def test_a_sentence_that_follows_nobody_knows_which_waits_for_a_choice(
    rita: FlaskClient, desk: Inbox, parts: dict[str, Any]
) -> None:
    first = ImposedPart(count="1", offence="Robbery", iccs="0401", term=SentTerm(years=3))
    second = ImposedPart(count="2", offence="Handling", iccs="0502", term=SentTerm(months=6), **parts)
    number = desk.send("sentence", sentence(parts=(first, second))).number
    answer = do(rita, number, "accept", **ticks(desk, number))
    assert answer.status_code == 400
    assert "does not say clearly which sentence this one follows" in answer.text
    assert 'href="#change-sentence-2"' in answer.text
    assert answer.text.count("<details open>") == 1, "only what has to be put right stands open"
    assert desk.held(SENTENCE) == []
    chosen = "" if parts.get("concurrent") else "@sentence-1"
    form = {**ticks(desk, number), "p-sentence-2-consecutive_to": chosen}
    assert do(rita, number, "accept", **form).status_code == 303
    assert len(desk.held(SENTENCE)) == 2
    assert desk.receipt(number).state is State.CORRECTED


def test_terms_below_nothing_and_beyond_all_are_not_recorded(rita: FlaskClient, desk: Inbox) -> None:
    number = desk.send("sentence", sentence()).number
    for years in ("-3", "1e9", "99999999999999999999", "٣", ""):
        form = {**ticks(desk, number), "p-sentence-1-term_years": years, "p-sentence-1-corrected": "1"}
        assert do(rita, number, "accept", **form).status_code == 400, years
    for day in ("9999-12-31", "0001-01-01", "2026-02-30", "yesterday"):
        form = {**ticks(desk, number), "p-order-issued_on": day}
        assert do(rita, number, "accept", **form).status_code in (400, 409), day
    assert desk.held(SENTENCE) == []


def test_thirty_sentences_at_once_are_one_form(rita: FlaskClient, desk: Inbox) -> None:
    parts = tuple(
        ImposedPart(
            count=str(one), offence=f"Count {one}", iccs="0401", term=SentTerm(days=one), credit_days=1
        )
        for one in range(1, 31)
    )
    number = desk.send("sentence", sentence(parts=parts)).number
    assert do(rita, number, "accept", **ticks(desk, number)).status_code == 303
    assert len(desk.held(SENTENCE)) == 30


def test_a_session_that_ended_records_nothing_and_leads_back(
    world: World, rita: FlaskClient, desk: Inbox
) -> None:
    number = desk.send("order", order()).number
    form = shown(rita, desk, number)
    with session_scope(world.sessions) as session:
        session.query(LoginSession).delete()
    answer = rita.post(f"/inbox/{number}", data=form)
    assert answer.status_code in (302, 303, 400, 401)
    assert desk.receipt(number).state is State.RECEIVED


def test_pages_hold_their_own_and_the_last_one_is_the_last(rita: FlaskClient, desk: Inbox) -> None:
    for place in range(45):
        number = desk.send("order", order(f"o-{place}", subject=TZUL, reference=f"R {place}")).number
        post(rita, f"/inbox/{number}", {"act": "take", "version": "1"})
    second = rita.get("/inbox?mine=1&page=2").text
    assert second.count("data-item") == 5
    assert "mine=1" in second.split('rel="prev"')[1].split(">")[0]
    assert rita.get("/inbox?page=900").text.count("data-item") == 5


def test_an_agency_that_floods_the_list_can_be_put_aside(rita: FlaskClient, desk: Inbox) -> None:
    for place in range(41):
        desk.send("order", order(f"o-{place}", subject=TZUL, reference=f"R {place}"))
    (hold,) = EXAMPLES["hold"][:1]
    assert isinstance(hold.body, Message)
    number = desk.send("hold", hold.body, POLICE).number
    assert number not in rita.get("/inbox").text
    page = rita.get("/inbox?agency=police").text
    assert number in page
    assert page.count("data-item") == 1
    assert "courts (41)" in page
    assert rita.get("/inbox?agency=courts&page=2").text.count("data-item") == 1
    assert "Nothing to decide" in rita.get("/inbox?agency=nobody").text
