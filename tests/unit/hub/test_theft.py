"""The end of a terminal: cut off, or stolen, with all that was on its card written down."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.actions import find_account
from hub.accounts.audit import OPERATOR
from hub.accounts.permissions import Role
from hub.accounts.pins import officers_for_terminals, set_pin
from hub.accounts.records import AuditEntry
from hub.biometrics.records import Finger
from hub.custody.changes import note_change
from hub.custody.records import Person
from hub.database import session_scope
from hub.movements.permitting import permit_zones
from hub.movements.records import FeedItem
from hub.roll.actions import current_version, scope_of
from hub.roll.theft.queries import concerned
from hub.roll.theft.rules import clock, safe_cell
from hub.terminals.protection.actions import release_half
from hub.terminals.protection.records import RollHalf, TerminalHolding
from hub.terminals.records import Status, Terminal, TerminalState

from .site_world import World, post, sign_in

ROLE = Role.SHIFT_SUPERVISOR


def _enrol(world: World, person: Person, *zones: str, positions: tuple[int, ...] = (2, 7)) -> None:
    with session_scope(world.sessions) as session:
        session.add_all(
            Finger(
                person_id=person.id,
                position=position,
                impression=1,
                quality=80,
                sealed_template=b"",
                sealed_image=b"",
                enrolled_at=world.at,
                enrolled_by="test",
            )
            for position in positions
        )
        permit_zones(session, person.id, zones, world.at)
        note_change(session, person.id, world.at)


def _holds(world: World, terminal_id: int, protection: str = "none", *, page: bool = False) -> None:
    """The terminal is online and holds exactly what the hub wants it to."""
    with session_scope(world.sessions) as session:
        holding = TerminalHolding(
            terminal_id=terminal_id,
            protection=protection,
            officers_page=page,
            roll_scope="",
            heard_at=world.at,
        )
        session.add(holding)
        session.flush()
        holding.roll_scope = scope_of(session, session.get_one(Terminal, terminal_id)).word()
        version = current_version(session)
        session.add(
            TerminalState(
                terminal_id=terminal_id,
                session=1,
                online=True,
                said_at=world.at,
                heard_at=world.at,
                software="test",
                boot_id="0" * 32,
                roll_epoch=version.epoch,
                roll_counter=version.counter,
            )
        )


@pytest.fixture
def site(world: World) -> World:
    """Two people at block A, one in the workshop, one released; a-1 stands at block A."""
    world.site()
    for surname, zone in (("Ash", "block-a"), ("Birch", "yard"), ("Cedar", "workshop")):
        _enrol(world, world.person(surname, "Test"), zone)
    world.terminal()
    return world


def _audit(world: World) -> list[tuple[str, str, str]]:
    with session_scope(world.sessions, writes=False) as session:
        return [(one.actor, one.act, one.subject) for one in session.scalars(select(AuditEntry))]


def _on_card(world: World, theft: int = 1) -> list[tuple[str, list[int], bool]]:
    with session_scope(world.sessions, writes=False) as session:
        return [(one.surname, one.fingers, one.certain) for one in concerned(session, theft)]


def _steal(client: FlaskClient, name: str = "a-1") -> str:
    answer = post(client, f"/terminals/{name}/stolen", {"reason": "gone from the gate"})
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def _as(world: World, role: Role) -> FlaskClient:
    login = f"who-{role.value.replace('_', '-')}"
    world.account(login, role)
    browser = world.app().test_client()
    assert sign_in(browser, login).status_code == 303
    return browser


# Refusals


def test_who_may_not_cut_off_gets_neither_page_nor_act(site: World) -> None:
    for role in (Role.OFFICER, Role.RECORDS_OFFICER, Role.CONTROL_ROOM):
        browser = _as(site, role)
        for address in ("/terminals/a-1/cut-off", "/terminals/a-1/stolen"):
            assert browser.get(address).status_code == 403
    with session_scope(site.sessions, writes=False) as session:
        assert session.scalars(select(Terminal.status)).one() == Status.ACTIVE


def test_a_form_without_its_token_does_nothing(site: World, client: FlaskClient) -> None:
    assert client.post("/terminals/a-1/cut-off", data={"reason": "because"}).status_code == 400
    with session_scope(site.sessions, writes=False) as session:
        assert session.scalars(select(Terminal.status)).one() == Status.ACTIVE


def test_a_reason_is_wanted_and_nothing_happens_without(site: World, client: FlaskClient) -> None:
    for act in ("cut-off", "stolen"):
        answer = post(client, f"/terminals/a-1/{act}", {"reason": " "})
        assert answer.status_code == 409
        assert "Write a sentence" in answer.text
    with session_scope(site.sessions, writes=False) as session:
        assert session.scalars(select(Terminal.status)).one() == Status.ACTIVE


def test_what_does_not_exist_is_not_found(site: World, client: FlaskClient) -> None:
    for address in ("no/cut-off", "no/stolen", "thefts/9", "thefts/9/people", "thefts/9/people.csv"):
        assert client.get(f"/terminals/{address}").status_code == 404


def test_a_theft_is_reported_once(site: World, client: FlaskClient) -> None:
    _steal(client)
    assert "reported before" in client.get("/terminals/a-1/stolen").text
    again = client.post(
        "/terminals/a-1/stolen",
        data={"reason": "again and again", "csrf_token": _token(client)},
    )
    assert again.status_code == 409


def _token(client: FlaskClient) -> str:
    from .site_world import token_of

    return token_of(client.get("/terminals/thefts/1"))


def test_a_technician_sees_how_many_and_never_who(site: World, client: FlaskClient) -> None:
    _holds(site, 1)
    address = _steal(client)
    technician = _as(site, Role.TECHNICIAN)
    page = technician.get(address)
    assert page.status_code == 200
    assert "ASH" not in page.text
    for more in ("/people", "/people.csv"):
        assert technician.get(address + more).status_code == 403


def test_only_an_administrator_writes_down_who_is_told(site: World) -> None:
    client = site.browser("ada", Role.ADMINISTRATOR)
    form = {"words": "The commissioner, by telephone.", "hours": "48"}
    assert _as(site, Role.SHIFT_SUPERVISOR).post("/terminals/thefts/notice", data=form).status_code in (
        400,
        403,
    )
    bad = post(client, "/terminals/thefts/notice", {**form, "hours": "many"}, page="/terminals/thefts")
    assert bad.status_code == 409
    assert "The commissioner" in bad.text
    assert post(client, "/terminals/thefts/notice", form, page="/terminals/thefts").status_code == 303
    page = client.get("/terminals/thefts").text
    assert "Within 48 hours" in page
    assert "The commissioner, by telephone." in page


# Cutting off


def test_cutting_off_ends_it_for_good_and_is_written_down(site: World, client: FlaskClient) -> None:
    page = client.get("/terminals/a-1/cut-off").text
    assert "for good" in page
    assert "embedded broker" not in page
    answer = post(client, "/terminals/a-1/cut-off", {"reason": "lost a screw"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/terminals/a-1")
    with session_scope(site.sessions, writes=False) as session:
        terminal = session.scalars(select(Terminal)).one()
        assert (terminal.status, terminal.cut_off_reason) == (Status.CUT_OFF, "lost a screw")
    assert ("ada", "terminal.cut_off", "a-1") in _audit(site)
    assert "cut off already" in client.get("/terminals/a-1/cut-off").text


def test_with_the_embedded_broker_the_page_says_what_it_cannot_do(site: World) -> None:
    site.account("eve", Role.TECHNICIAN)
    browser = site.app(embedded_broker=True).test_client()
    sign_in(browser, "eve")
    assert "no access list" in browser.get("/terminals/a-1/cut-off").text


# What was on the card


def test_an_unprotected_card_is_listed_person_by_person(site: World, client: FlaskClient) -> None:
    _holds(site, 1)
    address = _steal(client)
    assert _on_card(site) == [("Ash", [2, 7], True), ("Birch", [2, 7], True)]
    page = client.get(address).text
    assert "count on everything in the list being read" in page
    assert "A finger cannot be changed." in page
    people = client.get(address + "/people").text
    assert "ASH, Test" in people
    assert "CEDAR" not in people
    assert ("ada", "theft.people", "a-1") in _audit(site)
    with session_scope(site.sessions, writes=False) as session:
        alarms = [line.payload["what"] for line in session.scalars(select(FeedItem))]
        assert "stolen" in alarms
        assert session.scalars(select(Terminal.status)).one() == Status.CUT_OFF


def test_a_protected_card_held_the_whole_site_and_its_half_is_destroyed(
    site: World, client: FlaskClient
) -> None:
    _holds(site, 1, "hub_released")
    with session_scope(site.sessions) as session:
        release_half(session, 1, "ab" * 16, b"k" * 32, site.at)
    address = _steal(client)
    assert [name for name, _, _ in _on_card(site)] == ["Ash", "Birch", "Cedar"]
    with session_scope(site.sessions, writes=False) as session:
        assert session.get_one(RollHalf, 1).locked is None
    page = client.get(address).text
    assert "the hub has destroyed it" in page
    assert "The hub destroyed its half of the key" in page
    assert "Got its half of the key last" in page


def test_whoever_changed_since_its_last_word_may_have_been_on_it(site: World, client: FlaskClient) -> None:
    _holds(site, 1)
    site.later(minutes=1)
    with session_scope(site.sessions) as session:
        permit_zones(session, 1, ["workshop"], site.at)
        permit_zones(session, 3, ["yard"], site.at)
    _steal(client)
    assert _on_card(site) == [("Ash", [2, 7], False), ("Birch", [2, 7], True), ("Cedar", [2, 7], False)]


def test_a_terminal_that_was_never_heard_held_nobody(site: World, client: FlaskClient) -> None:
    address = _steal(client)
    assert _on_card(site) == []
    assert "Nobody was on the card" in client.get(address + "/people").text


@pytest.mark.parametrize(("protection", "left"), [("none", 0), ("tpm", 1)])
def test_pins_that_lay_on_an_unprotected_card_are_taken_back(
    site: World, client: FlaskClient, protection: str, left: int
) -> None:
    site.account("mena", Role.OFFICER)
    with session_scope(site.sessions) as session:
        assert find_account(session, "mena")
        set_pin(session, "mena", "$argon2id$v=19$x", name="Mena", actor=OPERATOR, at=site.at)
    _holds(site, 1, protection, page=True)
    address = _steal(client)
    with session_scope(site.sessions, writes=False) as session:
        assert len(officers_for_terminals(session)) == left
    page = client.get(address).text
    assert "mena" in page
    assert ("taken back" in page) == (protection == "none")


def test_the_list_is_a_file_that_no_spreadsheet_takes_for_formulas(site: World, client: FlaskClient) -> None:
    _enrol(site, site.person("=cmd", "Ann"), "yard", positions=(1,))
    _holds(site, 1)
    address = _steal(client)
    answer = client.get(address + "/people.csv")
    assert answer.mimetype == "text/csv"
    assert "no-store" in answer.headers["Cache-Control"]
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["surname"] for row in rows] == ["'=cmd", "Ash", "Birch"]
    assert rows[0]["fingers_iso"] == "1"
    assert ("ada", "theft.people", "a-1") in _audit(site)


def test_steps_are_kept_in_order_with_who_took_them(site: World, client: FlaskClient) -> None:
    address = _steal(client)
    assert post(client, address + "/steps", {"what": "x"}, page=address).status_code == 409
    assert (
        post(client, address + "/steps", {"what": "The authority was told."}, page=address).status_code == 303
    )
    page = client.get(address).text
    assert page.index("Reported, and cut off") < page.index("The authority was told.")


def test_the_clock_runs_from_the_report(site: World, client: FlaskClient) -> None:
    address = _steal(client)
    site.later(hours=70, minutes=30)
    assert sign_in(client, "ada").status_code == 303
    assert "1 hour left" in client.get("/terminals/thefts").text
    assert "1 hour left" in client.get(address).text


# Rules


def test_the_clock_says_how_long_is_left() -> None:
    from .site_world import NOON

    told = clock(NOON, 72, NOON + timedelta(hours=70))
    assert (told.since, told.left) == (timedelta(hours=70), timedelta(hours=2))
    assert clock(NOON, 72, NOON + timedelta(hours=73)).left == -timedelta(hours=1)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_cell_never_begins_a_formula(text: str) -> None:
    assert safe_cell(text)[0] == "'"
    assert safe_cell("Novelo") == "Novelo"
