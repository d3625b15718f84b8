"""The console of agencies: what each got and did not get, with evidence, and sending again by those who may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.sharing.console.reckoning import lines
from hub.sharing.outbox.drop_records import Kind
from hub.sharing.outbox.drop_settings import DropWish, set_drop
from hub.sharing.outbox.records import Delivery, DeliverySender, State

from .outbox_world import RITA, Outbox
from .site_world import World, post

ROLE = Role.DIRECTOR


@pytest.fixture
def outbox(world: World) -> Iterator[Outbox]:
    made = Outbox(world)
    made.agree("police")
    yield made.begin()
    made.close()


def told(outbox: Outbox, count: int = 2) -> list[int]:
    """Deliveries to the police, which has a drop; their numbers."""
    with session_scope(outbox.world.sessions) as session:
        set_drop(session, DropWish("police", Kind.FOLDER, "police"), actor=RITA, at=outbox.world.at)
    for number in range(count):
        outbox.admit(outbox.world.person(f"Novelo{'abcdef'[number]}"))
    outbox.exchange().gather()
    with session_scope(outbox.world.sessions, writes=False) as session:
        return list(session.scalars(select(Delivery.id).order_by(Delivery.sequence)))


def put(outbox: Outbox, number: int, state: State) -> None:
    with session_scope(outbox.world.sessions) as session:
        session.execute(
            update(Delivery).where(Delivery.id == number).values(state=state.value, done_at=outbox.world.at)
        )


def test_without_agencies_it_says_so(client: FlaskClient) -> None:
    assert "No agency is known yet" in client.get("/sharing").text


def test_each_agency_has_its_line_with_what_is_wrong_first(outbox: Outbox, client: FlaskClient) -> None:
    first, _ = told(outbox)
    with session_scope(outbox.world.sessions, writes=False) as session:
        (line,) = lines(session, outbox.world.at)
        assert (line.waiting, line.dead, line.level) == (2, 0, "well")
        (line,) = lines(session, outbox.world.at + timedelta(hours=1))
        assert (line.late, line.level) == (True, "trouble")
    put(outbox, first, State.DEAD)
    page = client.get("/sharing").text
    assert "Police" in page
    assert "given up: decide" in page


def test_the_delay_of_95_of_100_is_that_of_the_last_day(outbox: Outbox) -> None:
    first, second = told(outbox)
    with session_scope(outbox.world.sessions) as session:
        for number, late in ((first, 4), (second, 90)):
            session.execute(
                update(Delivery)
                .where(Delivery.id == number)
                .values(state="sent", done_at=outbox.world.at + timedelta(seconds=late))
            )
        (line,) = lines(session, outbox.world.at + timedelta(minutes=2))
        assert (line.sent, line.lag_s) == (2, 90.0)
        (line,) = lines(session, outbox.world.at + timedelta(days=2))
        assert (line.sent, line.lag_s) == (0, None)


def test_what_is_never_fetched_is_late_as_well(outbox: Outbox) -> None:
    for number in told(outbox):
        put(outbox, number, State.OFFERED)
    with session_scope(outbox.world.sessions, writes=False) as session:
        (line,) = lines(session, outbox.world.at + timedelta(hours=1))
        assert (line.offered, line.late, line.oldest_at) == (2, False, outbox.world.at)
        (line,) = lines(session, outbox.world.at + timedelta(hours=26))
        assert (line.late, str(line.words)) == (True, "late")


def test_all_that_was_ever_told_adds_up_and_is_said_when_it_does_not(
    outbox: Outbox, client: FlaskClient
) -> None:
    first, second = told(outbox)
    put(outbox, first, State.DEAD)
    page = client.get("/sharing/agencies/police").text
    assert "2 events since the beginning:" in page
    assert "1 waiting, 1 given up." in page
    assert "do not add up" not in page
    with session_scope(outbox.world.sessions) as session:
        session.delete(session.get_one(Delivery, second))
    assert "do not add up" in client.get("/sharing/agencies/police").text


def test_deliveries_are_listed_by_state_and_an_empty_state_says_so(
    outbox: Outbox, client: FlaskClient
) -> None:
    first, _ = told(outbox)
    put(outbox, first, State.DEAD)
    assert client.get("/sharing/agencies/police").text.count("data-item") == 2
    assert client.get("/sharing/agencies/police?state=dead").text.count("data-item") == 1
    assert "Nothing is in this state" in client.get("/sharing/agencies/police?state=stopped").text
    assert client.get("/sharing/agencies/nobody").status_code == 404


def test_a_look_at_the_evidence_of_one_is_in_the_trail(outbox: Outbox, client: FlaskClient) -> None:
    first, _ = told(outbox)
    page = client.get(f"/sharing/deliveries/{first}").text
    assert "Not tried yet" in page
    with session_scope(outbox.world.sessions, writes=False) as session:
        looks = session.scalars(select(AuditEntry.subject).where(AuditEntry.act == "sharing.delivery")).all()
    assert [one.startswith("P-") for one in looks] == [True]
    assert client.get("/sharing/deliveries/99999").status_code == 404


def test_what_was_given_up_is_sent_again_after_asking(outbox: Outbox, client: FlaskClient) -> None:
    first, second = told(outbox)
    put(outbox, first, State.DEAD)
    page = client.get("/sharing/agencies/police/again").text
    assert "Deliveries to be sent again: 1." in page
    assert post(client, "/sharing/agencies/police/again", {"state": "dead"}).status_code == 303
    assert [one[:2] for one in outbox.deliveries()] == [("waiting", "again"), ("waiting", "")]
    with session_scope(outbox.world.sessions, writes=False) as session:
        (detail,) = session.scalars(select(AuditEntry.detail).where(AuditEntry.act == "sharing.replay"))
    assert detail.startswith("1 deliveries")
    refused = post(client, f"/sharing/deliveries/{second}", {})
    assert refused.status_code == 409
    assert "It waits to be sent already" in refused.text


def test_a_range_is_a_range(outbox: Outbox, client: FlaskClient) -> None:
    for number in told(outbox, 4):
        put(outbox, number, State.SENT)
    form = {"state": "sent", "first": "2", "last": "3"}
    assert post(client, "/sharing/agencies/police/again", form).status_code == 303
    assert [one[0] for one in outbox.deliveries()] == ["sent", "waiting", "waiting", "sent"]


def test_who_may_look_may_not_send_again(outbox: Outbox, world: World) -> None:
    first, _ = told(outbox)
    put(outbox, first, State.DEAD)
    auditor, officer = world.browser("otto", Role.AUDITOR), world.browser("olga", Role.OFFICER)
    assert auditor.get("/sharing").status_code == 200
    assert auditor.get("/sharing/agencies/police/again").status_code == 403
    assert post(auditor, f"/sharing/deliveries/{first}", {}).status_code == 403
    assert officer.get("/sharing").status_code == 403
    assert outbox.deliveries()[0][0] == "dead"


def test_an_administrator_sets_a_drop_and_is_told_what_is_wrong_with_it(outbox: Outbox, world: World) -> None:
    ada = world.browser("una", Role.ADMINISTRATOR)
    address = "/sharing/agencies/police/drop"
    assert "No file went or came yet" in ada.get(address).text
    for wrong in ("/etc", "../up", "a//b", ""):
        assert post(ada, address, {"kind": "folder", "place": wrong}).status_code == 409
    strange = post(ada, address, {"kind": "sftp", "place": "in", "host": "h", "login": "l", "host_key": "x"})
    assert "Paste the server" in strange.text
    assert post(ada, address, {"kind": "folder", "place": "police"}).status_code == 303
    assert "End the drop" in ada.get(address).text
    assert post(ada, address, {"act": "end"}).status_code == 303
    assert "End the drop" not in ada.get(address).text


def test_when_they_last_answered_is_said_as_a_time_past(outbox: Outbox, client: FlaskClient) -> None:
    told(outbox)
    with session_scope(outbox.world.sessions) as session:
        session.execute(update(DeliverySender).values(contact_at=outbox.world.at))
    outbox.world.later(minutes=9)
    for address in ("/sharing", "/sharing/agencies/police"):
        assert re.search(r"<time class=\"age\"[^>]*>9 min</time> ago", client.get(address).text), address
    client.set_cookie("pims-language", "es")
    assert re.search(r"hace <time class=\"age\"[^>]*>9 min</time>", client.get("/sharing").text)
