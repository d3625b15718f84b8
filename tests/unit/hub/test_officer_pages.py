"""The officer's page and what supervisors and records officers do about it: as owner, as colleague, as stranger."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.biometrics.photo_making import prepare_photo
from hub.biometrics.photos import add_photo
from hub.custody.actions import open_booking_of
from hub.custody.records import Person
from hub.database import session_scope
from hub.movements.duty_records import ReEnrolment
from hub.movements.posts import posts
from hub.movements.re_enrolment import Why, open_task
from hub.movements.referral_rules import Patience
from hub.movements.referrals import patience

from .duty_world import allow, put_on_post, refer, row, staffed
from .site_world import World, post, sign_in, token_of

FRAGMENT = {"X-Fragment": "1"}


def browser_of(world: World, login: str, role: Role | None = None) -> FlaskClient:
    if role is not None:
        world.account(login, role)
    browser = world.app().test_client()
    assert sign_in(browser, login).status_code == 303
    return browser


@pytest.fixture
def ana(world: World) -> Person:
    """In custody, with a photo, allowed into Block A; olga is on post there and sam has the shift."""
    staffed(world)
    world.terminal()
    person = world.person()
    allow(world, person)
    out = io.BytesIO()
    Image.linear_gradient("L").resize((200, 250)).convert("RGB").save(out, format="PNG")
    with session_scope(world.sessions) as session:
        prepared = prepare_photo(out.getvalue())
        add_photo(session, world.vault, person.id, prepared, taken_at=world.at, at=world.at, by="rita")
    return person


def answer(
    browser: FlaskClient, referral: int, headers: dict[str, str] | None = None, **form: str
) -> TestResponse:
    token = token_of(browser.get(f"/referrals/{referral}"))
    return browser.post(f"/referrals/{referral}/answer", data={"csrf_token": token, **form}, headers=headers)


def looks(world: World, act: str) -> list[tuple[str, str]]:
    with session_scope(world.sessions, writes=False) as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.act == act).order_by(AuditEntry.id))
        return [(line.actor, line.subject) for line in rows]


# --- who sees what


def test_a_colleague_elsewhere_sees_and_opens_nothing_of_it(world: World, ana: Person) -> None:
    referral = refer(world, [ana])
    put_on_post(world, "otto", "w-in")
    otto = browser_of(world, "otto")
    assert "Nobody waits for you" in otto.get("/officer").text
    assert otto.get(f"/referrals/{referral}").status_code == 403
    assert otto.get(f"/referrals/{referral}/photos/{ana.number}").status_code == 403
    token = token_of(otto.get("/pin"))
    form = {"csrf_token": token, "outcome": "ATTESTED", "person": ana.number, "reason": "I know the person"}
    assert otto.post(f"/referrals/{referral}/answer", data=form).status_code in (403, 409)
    assert row(world, referral).outcome is None


def test_a_records_officer_and_a_technician_have_no_officers_page(world: World, ana: Person) -> None:
    refer(world, [ana])
    for login, role in (("rita", Role.RECORDS_OFFICER), ("tom", Role.TECHNICIAN)):
        browser = browser_of(world, login, role)
        assert browser.get("/officer").status_code == 403
        assert browser.get("/referrals/1").status_code == 403


def test_one_that_is_not_there_is_not_found(world: World, ana: Person) -> None:
    assert browser_of(world, "olga").get("/referrals/99").status_code == 404


def test_the_officer_on_post_sees_it_with_photo_and_each_look_is_written_down(
    world: World, ana: Person
) -> None:
    referral = refer(world, [ana], "too_close")
    olga = browser_of(world, "olga")
    listed = olga.get("/officer/list").text
    assert "Block A, entry, until" in listed
    assert "Two people look too alike" in listed
    assert "NOVELO, Ana" in listed
    page = olga.get(f"/referrals/{referral}").text
    assert f"/referrals/{referral}/photos/P-000001" in page
    assert "asked for: 4.6" in page
    photo = olga.get(f"/referrals/{referral}/photos/P-000001")
    assert (photo.status_code, photo.mimetype) == (200, "image/jpeg")
    assert looks(world, "referral.look") == [("olga", "P-000001")]
    assert looks(world, "person.photo") == [("olga", "P-000001")]


def test_a_referral_shows_no_photo_of_anybody_released(world: World, ana: Person) -> None:
    referral = refer(world, [ana])
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, ana.id)
        assert booking is not None
        booking.released_at = world.at
    assert browser_of(world, "olga").get(f"/referrals/{referral}/photos/P-000001").status_code == 404


def test_somebody_else_is_found_by_name_and_only_people_in_custody(world: World, ana: Person) -> None:
    referral = refer(world)
    gone = world.person("Novelo", "Benita")
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, gone.id)
        assert booking is not None
        booking.released_at = world.at
    olga = browser_of(world, "olga")
    page = olga.get(f"/referrals/{referral}?q=novelo").text
    assert "NOVELO, Ana" in page
    assert "Benita" not in page
    assert "Nobody in custody matches" in olga.get(f"/referrals/{referral}?q=zzz").text


@pytest.mark.parametrize("late", [True, False])
def test_a_referral_that_is_over_opens_no_gate_and_shows_nobody_else(
    world: World, ana: Person, late: bool
) -> None:
    referral = refer(world, late=late)
    # One that came late is nobody's: the control room alone may look at it.
    browser = browser_of(world, "carla" if late else "olga")
    photo = f"/referrals/{referral}/photos/P-000001"
    if not late:
        assert browser.get(photo).status_code == 200
        answer(browser, referral, outcome="GONE", person="", reason="")
    page = browser.get(f"/referrals/{referral}?q=novelo").text
    assert "NOVELO" not in page
    assert "Confirm and let through" not in page
    assert browser.get(photo).status_code == 404


# --- answering


def test_a_refusal_keeps_what_was_chosen_and_says_what_is_missing(world: World, ana: Person) -> None:
    referral = refer(world, [ana])
    olga = browser_of(world, "olga")
    refused = answer(olga, referral, outcome="ATTESTED", person="P-000001", own_words="")
    assert refused.status_code == 409
    assert "Say how you know" in refused.text
    assert 'value="P-000001" checked' in refused.text
    assert answer(olga, referral, outcome="RELEASED").status_code == 400


def test_own_words_come_before_the_list_and_the_answer_leads_back(world: World, ana: Person) -> None:
    referral = refer(world, [ana])
    olga = browser_of(world, "olga")
    done = answer(
        olga,
        referral,
        outcome="ATTESTED",
        person="P-000001",
        reason="I know the person",
        own_words="Her sister",
    )
    assert done.location == f"/officer?answered={referral}"
    assert "Answered and on record" in olga.get(done.location).text
    page = olga.get(f"/referrals/{referral}").text
    assert "An officer vouched for the person" in page
    assert "Her sister" in page
    assert "open the gate by hand" in page, "its terminal is not connected"


def test_the_control_room_takes_and_answers_in_its_drawer(world: World, ana: Person) -> None:
    referral = refer(world, [ana])
    carla = browser_of(world, "carla")
    panel = carla.get(f"/referrals/{referral}", headers=FRAGMENT)
    assert "<html" not in panel.text
    form = {"csrf_token": token_of(panel)}
    taken = carla.post(f"/referrals/{referral}/take", data=form, headers=FRAGMENT)
    assert taken.status_code == 200
    assert "with carla" in taken.text
    done = answer(
        carla, referral, FRAGMENT, outcome="TURNED_BACK", person="", reason="Not the person they say"
    )
    assert done.status_code == 200
    assert "An officer turned the person back" in done.text
    again = carla.post(f"/referrals/{referral}/take", data=form, headers=FRAGMENT)
    assert again.status_code == 409
    assert "answered already" in again.text


def test_whoever_watches_longer_than_idle_sees_the_list_and_signs_in_again_to_answer(
    world: World, ana: Person
) -> None:
    referral = refer(world, [ana])
    olga = browser_of(world, "olga")
    world.later(minutes=40)
    assert olga.get("/officer/list").status_code == 200
    assert olga.get(f"/referrals/{referral}").status_code == 302


# --- the pages around it


def test_the_supervisor_sets_posts_and_times(world: World, ana: Person) -> None:
    sam = browser_of(world, "sam")
    page = sam.get("/posts").text
    assert "The whole shift" in page
    form: dict[str, object] = {
        "login": "otto",
        "checkpoint": "w-in",
        "from_at": "2026-11-22T12:00",
        "until_at": "2026-11-22T20:00",
    }
    refused = post(sam, "/posts", {**form, "until_at": "tomorrow"})
    assert refused.status_code == 400
    assert "Write both times" in refused.text
    assert post(sam, "/posts", form).status_code == 303
    with session_scope(world.sessions, writes=False) as session:
        (line,) = [line for line in posts(session, world.at) if line.login == "otto"]
    assert line.until_at.isoformat() == "2026-11-23T02:00:00+00:00", "times of the site"
    assert post(sam, f"/posts/{line.id}/end", {}, page="/posts").status_code == 303
    assert "otto" not in sam.get("/officer").text
    waits: dict[str, object] = {
        "escalate_after_s": "30",
        "alarm_after_s": "90",
        "lapse_after_s": "600",
        "tries": "4",
        "within_days": "10",
    }
    assert "Write whole numbers" in post(sam, "/posts/patience", {**waits, "tries": "x"}, page="/posts").text
    assert "must rise" in post(sam, "/posts/patience", {**waits, "alarm_after_s": "30"}, page="/posts").text
    assert post(sam, "/posts/patience", waits, page="/posts").status_code == 303
    with session_scope(world.sessions, writes=False) as session:
        assert patience(session) == Patience(30, 90, 600, 4, 10)


def test_the_supervisor_reads_what_became_of_a_day(world: World, ana: Person) -> None:
    refer(world, [ana])
    sam = browser_of(world, "sam")
    page = sam.get("/referrals").text
    assert "Finger not recognised" in page
    assert "NOVELO" not in page, "a list of events, not of people"
    assert browser_of(world, "olga").get("/referrals").status_code == 403


def test_records_officers_deal_with_fingers_to_take_again(world: World, ana: Person) -> None:
    rita = browser_of(world, "rita", Role.RECORDS_OFFICER)
    assert "No finger is to be taken again" in rita.get("/re-enrolment").text
    assert post(rita, f"/people/{ana.number}/re-enrol", {}, page=f"/people/{ana.number}").status_code == 303
    assert "Asked for by hand" in rita.get("/re-enrolment").text
    assert post(rita, "/re-enrolment/1", {"act": "take"}, page="/re-enrolment").status_code == 303
    refused = post(rita, "/re-enrolment/1", {"act": "close", "note": ""}, page="/re-enrolment")
    assert refused.status_code == 409
    assert "Write why no new fingers" in refused.text
    note = {"act": "close", "note": "Fingers are fine after all"}
    assert post(rita, "/re-enrolment/1", note, page="/re-enrolment").status_code == 303
    assert "No finger is to be taken again" in rita.get("/re-enrolment").text


def test_a_procedure_is_set_on_the_file_and_ends_the_asking_for_fingers(world: World, ana: Person) -> None:
    with session_scope(world.sessions) as session:
        open_task(session, ana.id, Why.ATTESTED, at=world.at, by="olga")
    address = f"/people/{ana.number}/standing"
    rita = browser_of(world, "rita", Role.RECORDS_OFFICER)
    assert "Put it in force" not in rita.get(address).text
    form: dict[str, object] = {"act": "set", "reason": "No ridges left", "instead": "Photo and date of birth"}
    assert post(rita, address, form, page="/pin").status_code == 403
    sam = browser_of(world, "sam")
    refused = post(sam, address, form)
    assert refused.status_code == 400
    assert "Say when it is to be reviewed" in refused.text
    assert post(sam, address, {**form, "review_on": "2027-01-10"}).status_code == 303
    assert "Photo and date of birth" in sam.get(f"/people/{ana.number}").text
    assert "No ridges left" in sam.get("/standing").text
    with session_scope(world.sessions, writes=False) as session:
        (task,) = session.scalars(select(ReEnrolment)).all()
    assert (task.closed_by, task.close_note) == ("sam", "standing procedure")
    ada = browser_of(world, "ada", Role.SHIFT_SUPERVISOR)
    assert post(ada, address, {"act": "approve"}).status_code == 303
    review = {"act": "review", "note": "Still no ridges", "review_on": "2027-05-01"}
    assert post(ada, address, review).status_code == 303
    assert "Still no ridges" in ada.get(address).text
    assert post(ada, address, {"act": "dance"}).status_code == 400
    assert post(ada, address, {"act": "end", "reason": "A finger has healed"}).status_code == 303
    assert "No procedure is in force" in ada.get(address).text
