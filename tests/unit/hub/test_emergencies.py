"""Break-glass: who may, what it opens and for how long, and the review that nobody does for themselves."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from hub.accounts.actions import find_account
from hub.accounts.audit import Actor, write_down
from hub.accounts.emergencies.actions import review
from hub.accounts.emergencies.held import may_see, opened_to, unreviewed
from hub.accounts.emergencies.records import EmergencyUse
from hub.accounts.permissions import Permission, Role, permissions_of
from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.keeping.oversight.access import access_report
from hub.web.door import Visitor

from .site_world import World, post, sign_in, token_of

ROLE = Role.OFFICER
REASON = "He collapsed in B2 and the clinic does not answer the radio."
RITA = Actor("rita", "test")
FOUND = "I asked the officer and read the log of the unit."


def break_glass(client: FlaskClient, number: str, reason: str = REASON) -> TestResponse:
    return post(client, "/break-glass", {"person": number, "reason": reason})


def uses(world: World) -> list[EmergencyUse]:
    with session_scope(world.sessions, writes=False) as session:
        return list(session.scalars(select(EmergencyUse).order_by(EmergencyUse.id)))


def acts(world: World) -> list[tuple[str, str, str]]:
    with session_scope(world.sessions, writes=False) as session:
        rows = session.execute(select(AuditEntry.act, AuditEntry.subject, AuditEntry.why))
        return [(act, subject, why) for act, subject, why in rows if act.startswith("emergency")]


def visitor(role: Role, account_id: int = 1) -> Visitor:
    return Visitor(1, "x", role, permissions_of(role), "here", must_change=False, account_id=account_id)


def test_without_a_use_the_file_stays_closed(world: World, client: FlaskClient) -> None:
    person = world.person()
    assert client.get(f"/people/{person.number}").status_code == 403
    assert client.get("/people").status_code == 403


def test_a_closed_file_offers_the_emergency_to_whom_it_is_open_and_tells_nobody_whether_it_exists(
    world: World, client: FlaskClient
) -> None:
    number = world.person().number
    for asked in (number, "P-000099"):
        page = client.get(f"/people/{asked}").text
        assert f'href="/break-glass?person={asked}"' in page
    assert "/break-glass?person" not in client.get("/people").text
    glass = client.get(f"/break-glass?person={number}").text
    assert f'value="{number}"' in glass
    assert "Leave without opening a file" in glass
    assert "/break-glass?person" not in world.browser("tess", Role.TECHNICIAN).get(f"/people/{number}").text


@pytest.mark.parametrize(
    "role", [Role.ADMINISTRATOR, Role.TECHNICIAN, Role.HEALTH, Role.DIRECTOR, Role.AUDITOR]
)
def test_who_may_not_break_glass_does_not(world: World, role: Role) -> None:
    client = world.browser("x.y", role)
    assert client.get("/break-glass").status_code == 403
    assert client.post("/break-glass", data={"person": "P-000001", "reason": REASON}).status_code in (
        400,
        403,
    )
    assert uses(world) == []


@pytest.mark.parametrize(
    ("number", "reason", "says"),
    [
        ("P-000001", "urgent", "Say what happened"),
        ("P-000001", " " * 40, "Say what happened"),
        ("P-999999", REASON, "Nobody has this number"),
        ("", REASON, "Nobody has this number"),
    ],
)
def test_a_use_needs_a_reason_and_a_person(
    world: World, client: FlaskClient, number: str, reason: str, says: str
) -> None:
    world.person()
    refused = break_glass(client, number, reason)
    assert refused.status_code == 400
    assert says in refused.text
    assert reason in refused.text
    assert uses(world) == []


def test_a_use_opens_one_file_for_reading_for_half_an_hour(world: World, client: FlaskClient) -> None:
    ana, other = world.person(), world.person("Cal", "Rosa")
    assert break_glass(client, ana.number.lower()).location == f"/people/{ana.number}"
    page = client.get(f"/people/{ana.number}")
    assert page.status_code == 200
    assert f"the file of {ana.number} is open to you until 12:30" in page.text
    assert client.get(f"/people/{other.number}").status_code == 403
    assert client.get("/people").status_code == 403
    for writing in (f"/people/{ana.number}/re-enrol", f"/people/{ana.number}/photos"):
        assert client.post(writing, data={}).status_code in (400, 403, 404, 405)
    assert acts(world) == [("emergency.open", ana.number, REASON)]
    world.later(minutes=29)
    client.get("/break-glass")
    world.later(seconds=59)
    assert client.get(f"/people/{ana.number}").status_code == 200
    world.later(seconds=1)
    assert client.get(f"/people/{ana.number}").status_code == 403


def test_it_opens_it_to_nobody_else(world: World, client: FlaskClient) -> None:
    ana = world.person()
    break_glass(client, ana.number)
    assert world.browser("bob", Role.OFFICER).get(f"/people/{ana.number}").status_code == 403


def test_breaking_twice_is_one_use_and_closing_ends_it(world: World, client: FlaskClient) -> None:
    ana = world.person()
    break_glass(client, ana.number)
    break_glass(client, ana.number)
    assert len(uses(world)) == 1
    bob = world.browser("bob", Role.OFFICER)
    assert post(bob, "/break-glass/1/close", {}, page="/break-glass").status_code == 404
    assert post(client, "/break-glass/1/close", {}, page="/break-glass").status_code == 303
    assert client.get(f"/people/{ana.number}").status_code == 403


def test_may_see_asks_role_and_use(world: World) -> None:
    ana = world.person()
    sam = world.browser("sam", Role.SHIFT_SUPERVISOR)
    who = visitor(Role.SHIFT_SUPERVISOR)
    with session_scope(world.sessions, writes=False) as session:
        assert may_see(session, who, Permission.SEE_PEOPLE, ana.number, now=world.at)
        assert not may_see(session, who, Permission.SEE_HEALTH, ana.number, now=world.at)
    break_glass(sam, ana.number)
    with session_scope(world.sessions, writes=False) as session:
        assert may_see(session, who, Permission.SEE_HEALTH, ana.number, now=world.at)
        assert not may_see(session, who, Permission.SEE_HEALTH, "P-000002", now=world.at)
        assert not may_see(session, who, Permission.RECORD_HEALTH, ana.number, now=world.at)
        assert not may_see(session, visitor(Role.DIRECTOR), Permission.SEE_HEALTH, ana.number, now=world.at)
        assert opened_to(session, 2, now=world.at) == frozenset()


def test_a_role_that_loses_break_glass_loses_what_it_opened(world: World, client: FlaskClient) -> None:
    ana = world.person()
    break_glass(client, ana.number)
    with session_scope(world.sessions) as session:
        find_account(session, "ada").role = Role.TECHNICIAN.value
    assert client.get(f"/people/{ana.number}").status_code == 403


# --- reviews


def test_a_use_waits_in_the_list_at_once_and_a_review_is_written_once(
    world: World, client: FlaskClient
) -> None:
    ana = world.person()
    director = world.browser("dan", Role.DIRECTOR)
    assert "Nothing waits" in director.get("/emergencies").text
    break_glass(client, ana.number)
    client.get(f"/people/{ana.number}")
    assert "collapsed in B2" in director.get("/emergencies").text
    page = director.get("/emergencies/1").text
    assert "Looked at the file" in page
    assert ("<dt>Ends</dt>" in page, "<dt>Ended</dt>" in page) == (True, False)
    for form, says in (
        ({"finding": "fine", "words": FOUND}, "Choose what you found"),
        ({"finding": "needed", "words": "ok"}, "Write what you looked at"),
    ):
        refused = post(director, "/emergencies/1", form)
        assert refused.status_code == 409
        assert says in refused.text
    assert post(director, "/emergencies/1", {"finding": "needed", "words": FOUND}).status_code == 303
    assert client.get(f"/people/{ana.number}").status_code == 403  # reviewed is over
    aud = world.browser("aud", Role.AUDITOR)
    assert FOUND in aud.get("/emergencies/1").text
    late = aud.post("/emergencies/1", data={"csrf_token": _token(aud), "finding": "misused", "words": FOUND})
    assert late.status_code == 409
    assert "Somebody reviewed this one" in late.text
    assert [use.finding for use in uses(world)] == ["needed"]
    assert acts(world)[-1] == ("emergency.review", ana.number, FOUND)


def _token(client: FlaskClient) -> str:
    return token_of(client.get("/emergencies/1"))


def test_nobody_reviews_themselves(world: World, client: FlaskClient) -> None:
    break_glass(client, world.person().number)
    with session_scope(world.sessions) as session:
        find_account(session, "ada").role = Role.DIRECTOR.value
    assert "somebody else has to review it" in client.get("/emergencies/1").text
    form = {"csrf_token": _token(client), "finding": "needed", "words": FOUND}
    refused = client.post("/emergencies/1", data=form)
    assert refused.status_code == 409
    assert "Nobody reviews themselves" in refused.text


def test_a_use_that_nobody_reviews_escalates(world: World, client: FlaskClient) -> None:
    break_glass(client, world.person().number)
    late = "Uses of break-glass that nobody reviewed within"
    world.later(hours=23)
    assert late not in world.browser("dan", Role.DIRECTOR).get("/emergencies").text
    world.later(hours=2)
    dan = world.stranger()
    sign_in(dan, "dan")
    assert f"{late} 24 hours: 1." in dan.get("/emergencies").text
    assert late not in world.browser("eve", Role.ADMINISTRATOR).get("/accounts").text
    world.later(hours=48)
    eve = world.stranger()
    sign_in(eve, "eve")
    assert f"{late} 72 hours: 1." in eve.get("/accounts").text
    with session_scope(world.sessions, writes=False) as session:
        assert len(unreviewed(session)) == 1
        assert unreviewed(session, before=world.at.replace(year=2000)) == []


def test_a_use_that_there_is_not_is_not_found(world: World) -> None:
    dan = world.browser("dan", Role.DIRECTOR)
    assert dan.get("/emergencies/99").status_code == 404
    assert (
        post(dan, "/emergencies/99", {"finding": "needed", "words": FOUND}, page="/emergencies").status_code
        == 404
    )


def test_the_persons_report_says_that_it_was_an_emergency_and_not_in_whose_words(
    world: World, client: FlaskClient
) -> None:
    person = world.person()
    with session_scope(world.sessions) as session:
        write_down(session, at=world.at, actor=RITA, act="person.look", subject=person.number)
    break_glass(client, person.number)
    assert client.get(f"/people/{person.number}").status_code == 200
    world.later(minutes=31)
    with session_scope(world.sessions) as session:
        login = uses(world)[0].login
        review(session, uses(world)[0].id, finding="needed", words=FOUND, actor=RITA, at=world.at)
        write_down(session, at=world.at, actor=Actor(login, "x"), act="person.look", subject=person.number)
        report = access_report(session, person, world.at)
    said = {(str(use.what), str(use.role)): str(use.why) for use in report.uses}
    looks = [str(use.why) for use in report.uses if str(use.what) == "Looked at the file"]
    assert [why.partition(".")[0] for why in looks] == ["Keeping the file", "Emergency", "Keeping the file"]
    assert said["Opened the file in an emergency", "Officer"].startswith("Emergency. Whoever opened the file")
    assert not any(REASON in why or FOUND in why for why in said.values())
