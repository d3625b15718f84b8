"""Officers' PINs: which are refused, who may set one, and what terminals get of them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.__main__ import main
from hub.accounts.audit import OPERATOR
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Role
from hub.accounts.pins import (
    TerminalOfficer,
    fault_of_pin,
    hash_pin,
    make_pin,
    must_change_pins,
    officers_for_terminals,
    officers_version,
    set_pin,
)
from hub.accounts.records import Account, AuditEntry
from hub.database import session_scope
from hub.sentences import RefusedError

from .site_world import PASSWORD, World, post, sign_in


@pytest.mark.parametrize(
    "pin",
    [
        "",
        "12345",
        "123456789",
        "12a456",
        "١٢٣٤٥٦",
        "123456",
        "987654",
        "111111",
        "121212",
        "123123",
        "445544",
    ],
)
def test_a_pin_that_is_none_or_obvious_is_refused(pin: str) -> None:
    assert fault_of_pin(pin) is not None


@pytest.mark.parametrize("pin", ["482915", "7301946", "90817263"])
def test_other_pins_are_good(pin: str) -> None:
    assert fault_of_pin(pin) is None


def give(world: World, login: str, pin: str = "482915", name: str = "Olga Cal") -> str:
    hashed = hash_pin(world.passwords, pin)
    with session_scope(world.sessions) as session:
        set_pin(session, login, hashed, name=name, actor=OPERATOR, at=world.at)
    return hashed


def officers(world: World) -> tuple[list[TerminalOfficer], int]:
    with session_scope(world.sessions, writes=False) as session:
        return officers_for_terminals(session), officers_version(session)


def test_an_obvious_pin_is_never_hashed(world: World) -> None:
    with pytest.raises(RefusedError):
        hash_pin(world.passwords, "123456")


def test_terminals_get_the_pins_of_those_who_answer_there_and_of_nobody_else(world: World) -> None:
    for login, role in (
        ("olga", Role.OFFICER),
        ("rita", Role.RECORDS_OFFICER),
        ("sam", Role.SHIFT_SUPERVISOR),
    ):
        world.account(login, role)
    assert officers(world) == ([], 0)
    hashed = give(world, "olga")
    give(world, "rita")
    give(world, "sam", name="")
    found, version = officers(world)
    assert [(one.login, one.name) for one in found] == [("olga", "Olga Cal"), ("sam", "sam")]
    assert found[0].pin == hashed
    assert version == 3
    assert hashed not in repr(found)


def test_a_pin_on_a_stolen_terminal_goes_nowhere_until_it_is_set_anew(world: World) -> None:
    world.account("olga", Role.OFFICER)
    world.account("otto", Role.OFFICER)
    give(world, "olga")
    give(world, "otto")
    with session_scope(world.sessions) as session:
        assert must_change_pins(session, ["olga", "nobody"], at=world.at) == 1
    found, version = officers(world)
    assert [one.login for one in found] == ["otto"]
    assert version == 3
    with session_scope(world.sessions) as session:
        assert must_change_pins(session, None, at=world.at) == 1
        assert must_change_pins(session, None, at=world.at) == 0
    assert officers(world) == ([], 4)
    give(world, "olga", "7301946")
    assert [one.login for one in officers(world)[0]] == ["olga"]


def test_a_closed_account_leaves_the_terminals(world: World) -> None:
    world.account("olga", Role.OFFICER)
    give(world, "olga")
    with session_scope(world.sessions) as session:
        account = session.scalars(select(Account).where(Account.login == "olga")).one()
        account.closed_at = world.at
    assert officers(world)[0] == []


def test_a_made_pin_is_never_an_obvious_one() -> None:
    digits = iter("111111" + "482915")
    assert make_pin(lambda _: next(digits)) == "482915"


def test_a_pin_is_made_at_the_hub_and_shown_once(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.settings()
    data = ["--data", str(world.folder)]
    assert main(["accounts", "make-pin", "olga", *data]) == 2
    assert main(["accounts", "add", "olga", "--role", "officer", "--name", "Olga Cal", *data]) == 0
    capsys.readouterr()
    assert main(["accounts", "make-pin", "olga", *data]) == 0
    shown = capsys.readouterr().out.split("(shown once): ")[1].strip()
    assert fault_of_pin(shown) is None
    (officer,) = officers(world)[0]
    assert (officer.login, officer.name) == ("olga", "Olga Cal")
    assert Passwords().verify(officer.pin, shown)


# --- the page

FORM: dict[str, object] = {"name": "Olga Cal", "password": PASSWORD, "pin": "482915", "again": "482915"}


@pytest.fixture
def olga(world: World) -> FlaskClient:
    world.account("olga", Role.OFFICER)
    browser = world.app().test_client()
    assert sign_in(browser, "olga").status_code == 303
    return browser


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password": "wrong password!"}, "The password is wrong"),
        ({"again": "482916"}, "The two PINs differ"),
        ({"pin": "111111", "again": "111111"}, "among the first"),
        ({"pin": "4829", "again": "4829"}, "6 to 8 digits"),
    ],
)
def test_the_page_refuses_with_a_sentence(
    world: World, olga: FlaskClient, changed: dict[str, object], sentence: str
) -> None:
    answer = post(olga, "/pin", {**FORM, **changed})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert "482915" not in answer.text
    assert officers(world) == ([], 0)


def test_guessing_the_password_here_is_slowed_down_as_at_the_door(olga: FlaskClient) -> None:
    for _ in range(4):
        post(olga, "/pin", {**FORM, "password": "wrong password!"})
    assert "Too many wrong passwords" in post(olga, "/pin", FORM).text


def test_the_page_sets_a_pin_and_writes_down_that_it_did(world: World, olga: FlaskClient) -> None:
    assert post(olga, "/pin", FORM).status_code == 303
    assert [one.name for one in officers(world)[0]] == ["Olga Cal"]
    assert "The PIN is set" in olga.get("/pin?done=1").text
    with session_scope(world.sessions, writes=False) as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.act == "account.set_pin")).all()
    assert [(row.actor, row.subject, row.detail) for row in rows] == [("olga", "olga", "")]


def test_a_pin_taken_back_is_said_on_the_page(world: World, olga: FlaskClient) -> None:
    give(world, "olga")
    with session_scope(world.sessions) as session:
        must_change_pins(session, None, at=world.at)
    assert "was stolen" in olga.get("/pin").text
