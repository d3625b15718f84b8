"""Accounts as an administrator handles them, and slips that set a password in person."""

from __future__ import annotations

import argparse
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from hub.accounts.actions import find_account
from hub.accounts.administering import change_account, close_account
from hub.accounts.audit import Actor
from hub.accounts.commands import register
from hub.accounts.permissions import Role
from hub.accounts.pins import officers_version
from hub.accounts.records import Account, AuditEntry, LoginFailure, LoginSession
from hub.accounts.rules import FREE_FAILURES
from hub.accounts.sessions import WrongPasswordError
from hub.accounts.sessions import sign_in as enter
from hub.accounts.slips.actions import confirm_slip, unconfirmed
from hub.accounts.slips.records import PasswordSlip
from hub.database import session_scope
from hub.sentences import RefusedError

from .factor_world import add_app
from .site_world import PASSWORD, World, post, sign_in

ROLE = Role.ADMINISTRATOR
NEW = "four-words-nobody-knows"
_CODE = re.compile(r"<code>([a-z0-9]{4}(?:-[a-z0-9]{4}){3})</code>")


def number_of(world: World, login: str) -> int:
    with session_scope(world.sessions, writes=False) as session:
        found = session.scalar(select(Account.id).where(Account.login == login))
    assert found is not None
    return found


def code_on(page: TestResponse) -> str:
    found = _CODE.search(page.text)
    assert found is not None, page.text
    return found[1]


def slip_for(world: World, client: FlaskClient, login: str, *, confirmed: bool = True, **form: str) -> str:
    """The code of a slip, which a second person has confirmed unless told otherwise."""
    address = f"/accounts/{number_of(world, login)}"
    code = code_on(post(client, f"{address}/slip", {"check": "staff card 114", **form}, page=address))
    with session_scope(world.sessions) as session:
        for row in unconfirmed(session, "somebody", at=world.at) if confirmed else ():
            confirm_slip(session, row.id, actor=Actor("somebody", "10.0.0.9"), at=world.at)
    return code


def use(world: World, login: str, code: str, new: str = NEW) -> TestResponse:
    form = {"login": login, "code": code, "new": new, "again": new}
    return post(world.stranger(), "/reset", form)


# --- the list and one account


def test_alone_the_list_says_what_to_do_first(client: FlaskClient) -> None:
    assert "Nobody but you has an account yet" in client.get("/accounts").text


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"login": "ada"}, "There is an account ada already"),
        ({"login": "Rosa Cal"}, "A login has 2 to 40"),
        ({"role": "warden"}, "Choose a role from the list"),
        ({"check": " "}, "Write how you made sure who it is"),
    ],
)
def test_what_cannot_be_opened_is_said_and_what_was_typed_stays(
    world: World, client: FlaskClient, form: dict[str, str], says: str
) -> None:
    whole = {"login": "rosa.cal", "role": "officer", "name": "Rosa Cal", "check": "staff card 7", **form}
    refused = post(client, "/accounts/new", whole)
    assert refused.status_code == 409
    assert says in refused.text
    assert 'value="Rosa Cal"' in refused.text
    with session_scope(world.sessions, writes=False) as session:
        assert session.scalars(select(Account.login)).all() == ["ada"]


def test_an_account_is_opened_with_a_slip_and_no_password_that_anybody_knows(
    world: World, client: FlaskClient
) -> None:
    form = {"login": "rosa.cal", "role": "officer", "name": "Rosa Cal", "check": "staff card 7"}
    page = post(client, "/accounts/new", form)
    code = code_on(page)
    assert page.headers["Cache-Control"] == "no-store"
    assert sign_in(world.stranger(), "rosa.cal", "!").status_code == 401
    assert code not in client.get("/accounts").text
    assert code not in client.get(f"/accounts/{number_of(world, 'rosa.cal')}").text
    assert "second person has to confirm" in use(world, "rosa.cal", code).text
    director = world.browser("dora", Role.DIRECTOR)
    assert "/accounts/slips" in director.get("/docket/board").text
    waiting = director.get("/accounts/slips")
    assert "rosa.cal" in waiting.text
    assert "No slip waits for you" in client.get("/accounts/slips").text
    assert post(director, "/accounts/slips/1", {"act": "confirm"}, page="/accounts/slips").status_code == 303
    assert use(world, "rosa.cal", code).location == "/login?done=reset"
    assert sign_in(world.stranger(), "rosa.cal", NEW).status_code == 303


def test_role_and_name_are_changed_and_terminals_hear_of_it(world: World, client: FlaskClient) -> None:
    world.account("olga", Role.OFFICER)
    address = f"/accounts/{number_of(world, 'olga')}"
    with session_scope(world.sessions, writes=False) as session:
        before = officers_version(session)
    form = {"role": "records_officer", "name": "Olga Cal", "held_role": "officer"}
    assert post(client, f"{address}/change", form, page=address).status_code == 303
    with session_scope(world.sessions, writes=False) as session:
        assert find_account(session, "olga").role == "records_officer"
        assert officers_version(session) > before
        told = [
            row.detail for row in session.scalars(select(AuditEntry).where(AuditEntry.act == "account.role"))
        ]
    assert told == ["officer to records_officer"]
    late = post(client, f"{address}/change", {**form, "role": "auditor"}, page=address)
    assert late.status_code == 409
    assert "Somebody else changed this role" in late.text


@pytest.mark.parametrize(
    ("before", "after", "goes_on"),
    [
        (Role.TECHNICIAN, Role.RECORDS_OFFICER, False),
        (Role.RECORDS_OFFICER, Role.DIRECTOR, False),
        (Role.ADMINISTRATOR, Role.TECHNICIAN, True),
    ],
)
def test_a_role_that_may_do_more_is_entered_with_a_slip_again(
    world: World, client: FlaskClient, before: Role, after: Role, goes_on: bool
) -> None:
    olga = world.browser("olga", before)
    address = f"/accounts/{number_of(world, 'olga')}"
    form = {"role": after.value, "name": "", "held_role": before.value}
    assert post(client, f"{address}/change", form, page=address).status_code == 303
    assert (olga.get("/account").status_code == 200) is goes_on
    assert (sign_in(world.stranger(), "olga").status_code == 303) is goes_on
    assert ("Print a slip" in client.get(address).text) is not goes_on


def test_a_technician_s_slip_opens_no_files_and_needs_one_person(world: World, client: FlaskClient) -> None:
    world.account("tino", Role.TECHNICIAN)
    assert use(world, "tino", slip_for(world, client, "tino", confirmed=False)).status_code == 303


def test_a_director_refuses_a_slip_and_it_is_good_for_nothing(world: World, client: FlaskClient) -> None:
    world.account("rita")
    code = slip_for(world, client, "rita", confirmed=False)
    director = world.browser("dora", Role.DIRECTOR)
    answer = post(director, "/accounts/slips/1", {"act": "withdraw"}, page="/accounts/slips")
    assert answer.location == "/accounts/slips?done=1"
    assert use(world, "rita", code).status_code == 400
    with session_scope(world.sessions, writes=False) as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.actor == "dora")).all()
    assert "account.slip_withdrawn" in acts


def test_nobody_raises_or_closes_themselves_and_the_last_administrator_stays(
    world: World, client: FlaskClient
) -> None:
    world.account("eve", Role.ADMINISTRATOR)
    own = f"/accounts/{number_of(world, 'ada')}"
    form = {"role": "director", "name": "", "held_role": "administrator"}
    refused = post(client, f"{own}/change", form, page=own)
    assert "Nobody changes their own role" in refused.text
    assert "Nobody closes their own account" in post(client, f"{own}/close", {}, page=own).text
    assert (
        "Change your own password on its page"
        in post(client, f"{own}/slip", {"check": "me, myself"}, page=own).text
    )
    with session_scope(world.sessions) as session:
        ada = find_account(session, "ada")
        close_account(session, find_account(session, "eve"), actor=Actor("ada", "x"), at=world.at)
        for act in (
            lambda: close_account(session, ada, actor=Actor("eve", "x"), at=world.at),
            lambda: change_account(
                session,
                ada,
                role="officer",
                name="",
                held_role="administrator",
                actor=Actor("eve", "x"),
                at=world.at,
            ),
        ):
            with pytest.raises(RefusedError, match="the last administrator"):
                act()


def test_closing_ends_sessions_factors_and_password_and_opening_again_takes_a_slip(
    world: World, client: FlaskClient
) -> None:
    rita = world.browser("rita")
    add_app(world, rita)
    address = f"/accounts/{number_of(world, 'rita')}"
    assert post(client, f"{address}/close", {}, page=address).status_code == 303
    assert rita.get("/people").status_code == 302
    assert sign_in(world.stranger(), "rita").status_code == 401
    closed = post(client, f"{address}/slip", {"check": "staff card 9"}, page="/accounts")
    assert "This account is closed" in closed.text
    assert post(client, f"{address}/reopen", {}, page=address).status_code == 303
    assert sign_in(world.stranger(), "rita").status_code == 401
    assert use(world, "rita", slip_for(world, client, "rita")).status_code == 303
    assert sign_in(world.stranger(), "rita", NEW).location == "/"


def test_sessions_of_somebody_are_ended(world: World, client: FlaskClient) -> None:
    rita = world.browser("rita")
    address = f"/accounts/{number_of(world, 'rita')}"
    assert post(client, f"{address}/end-sessions", {}, page=address).status_code == 303
    assert rita.get("/people").status_code == 302


def test_an_account_that_there_is_not_is_not_found(client: FlaskClient) -> None:
    assert client.get("/accounts/999").status_code == 404
    assert post(client, "/accounts/999/close", {}, page="/accounts").status_code == 404
    assert post(client, "/accounts/slips/999", {"act": "withdraw"}, page="/accounts").status_code == 404


# --- slips


@pytest.mark.parametrize("code", ["", "aaaa-bbbb-cccc-dddd", "x" * 200])
def test_a_code_that_is_none_sets_nothing(world: World, client: FlaskClient, code: str) -> None:
    world.account("rita")
    slip_for(world, client, "rita")
    refused = use(world, "rita", code)
    assert refused.status_code == 400
    assert "do not belong together" in refused.text
    assert 'value="rita"' in refused.text
    assert sign_in(world.stranger(), "rita").status_code == 303


def test_a_slip_is_for_its_own_login_and_works_once(world: World, client: FlaskClient) -> None:
    world.account("rita")
    world.account("bob")
    code = slip_for(world, client, "rita")
    assert use(world, "bob", code).status_code == 400
    assert use(world, "rita", code.upper().replace("-", " ")).status_code == 303
    assert use(world, "rita", code, "another-password-of-mine").status_code == 400
    assert sign_in(world.stranger(), "rita", NEW).status_code == 303


def test_a_slip_lives_for_a_day_and_a_new_one_ends_it(world: World, client: FlaskClient) -> None:
    world.account("rita")
    old = slip_for(world, client, "rita")
    new = slip_for(world, client, "rita")
    assert use(world, "rita", old).status_code == 400
    world.later(hours=24)
    assert use(world, "rita", new).status_code == 400


def test_a_weak_password_does_not_spend_the_code(world: World, client: FlaskClient) -> None:
    world.account("rita")
    code = slip_for(world, client, "rita")
    weak = use(world, "rita", code, "short")
    assert "password is too short" in weak.text
    assert f'value="{code}"' in weak.text
    differs = {"login": "rita", "code": code, "new": NEW, "again": "other"}
    assert "differ" in post(world.stranger(), "/reset", differs).text
    assert use(world, "rita", code).status_code == 303


def test_a_slip_ends_sessions_and_waiting_and_keeps_the_second_factor_unless_told(
    world: World, client: FlaskClient
) -> None:
    rita = world.browser("rita")
    add_app(world, rita)
    assert use(world, "rita", slip_for(world, client, "rita")).status_code == 303
    assert rita.get("/people").status_code == 302
    assert sign_in(world.stranger(), "rita", NEW).location == "/second-factor"
    code = slip_for(world, client, "rita", drops_factors="1")
    assert use(world, "rita", code, "another-password-of-mine").status_code == 303
    assert sign_in(world.stranger(), "rita", "another-password-of-mine").location == "/"
    with session_scope(world.sessions, writes=False) as session:
        (why,) = session.scalars(
            select(AuditEntry.why).where(AuditEntry.act == "account.slip_printed", AuditEntry.detail != "")
        )
    assert why == "staff card 114"


def test_a_slip_that_reaches_files_needs_a_second_person(world: World, client: FlaskClient) -> None:
    eve = world.browser("eve", Role.ADMINISTRATOR)
    world.account("zoe", Role.ADMINISTRATOR)
    code = slip_for(world, client, "eve", confirmed=False)
    assert "second person has to confirm" in use(world, "eve", code).text
    with session_scope(world.sessions, writes=False) as session:
        number = session.scalar(select(PasswordSlip.id))
    for browser in (client, eve):  # who printed it, and who would use it
        refused = post(browser, f"/accounts/slips/{number}", {"act": "confirm"}, page="/accounts")
        assert "Somebody else has to confirm it" in refused.text
    zoe = world.stranger()
    sign_in(zoe, "zoe")
    assert post(zoe, f"/accounts/slips/{number}", {"act": "confirm"}, page="/accounts").status_code == 303
    assert "confirmed by zoe" in client.get("/accounts").text
    assert use(world, "eve", code).status_code == 303
    over = post(zoe, f"/accounts/slips/{number}", {"act": "confirm"}, page="/accounts")
    assert "used, withdrawn or too old" in over.text


def test_a_withdrawn_slip_is_good_for_nothing(world: World, client: FlaskClient) -> None:
    world.account("rita")
    code = slip_for(world, client, "rita")
    assert post(client, "/accounts/slips/1", {"act": "withdraw"}, page="/accounts").status_code == 303
    assert use(world, "rita", code).status_code == 400


def test_guessing_codes_makes_one_wait(world: World, client: FlaskClient) -> None:
    world.account("rita")
    slip_for(world, client, "rita")
    for _ in range(FREE_FAILURES):
        assert use(world, "rita", "aaaa-bbbb-cccc-dddd").status_code == 400
    assert use(world, "rita", "aaaa-bbbb-cccc-dddd").status_code == 429


# --- strangers do not lock anybody out


def test_ten_thousand_failures_of_strangers_keep_no_known_browser_out(world: World) -> None:
    world.account("carl", Role.CONTROL_ROOM)
    from hub.accounts.tries import MustWaitError, count_try, place_of

    def arrive(address: str, device: str | None = None) -> str:
        return enter(
            world.sessions,
            world.passwords,
            login="carl",
            password=PASSWORD,
            address=address,
            device=device,
            now=world.at,
        ).device

    home = arrive("10.20.0.7")
    with session_scope(world.sessions) as session:
        # A hundred places with a hundred failures each, the control room's own address among them.
        for place in ("10.20.0.7", *(f"198.51.100.{number}" for number in range(1, 100))):
            for _ in range(2):
                count_try(session, "carl", place_of(place), world.at)
        session.execute(update(LoginFailure).values(failures=100))
    assert arrive("10.20.0.7", home) == home
    assert arrive("203.0.113.9")  # a browser that nobody knows, at an address of its own
    with pytest.raises(MustWaitError):
        arrive("10.20.0.7")  # a browser that nobody knows, where the failures came from


def test_one_household_of_ipv6_is_one_place() -> None:
    from hub.accounts.tries import place_of

    assert place_of("2001:db8:1:2::1") == place_of("2001:db8:1:2:ffff::9") != place_of("2001:db8:1:3::1")
    assert place_of("::ffff:10.0.0.1") == place_of("10.0.0.1")
    assert place_of("unix:") == "address unix:"


def test_a_wrong_password_from_a_known_browser_counts_against_that_browser_alone(world: World) -> None:
    world.account("carl", Role.CONTROL_ROOM)
    client = world.browser("dora", Role.CONTROL_ROOM)
    post(client, "/logout", {}, page="/account")
    with pytest.raises(WrongPasswordError):
        enter(
            world.sessions,
            world.passwords,
            login="carl",
            password="wrong",
            address="10.20.0.7",
            device=None,
            now=world.at,
        )
    assert sign_in(client, "dora").status_code == 303


# --- at the hub itself


def run(world: World, *words: str) -> int:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    args = parser.parse_args(["accounts", words[0], "--data", str(world.folder), *words[1:]])
    status: int = args.run(args)
    return status


def test_the_command_line_does_what_the_pages_do(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.settings()
    world.account("ada", Role.ADMINISTRATOR)
    rita = world.browser("rita")
    add_app(world, rita)
    assert run(world, "list") == 0
    assert "rita  records_officer  open  second factor" in capsys.readouterr().out
    with pytest.raises(RefusedError, match="the last administrator"):
        run(world, "set-role", "ada", "officer")
    with pytest.raises(RefusedError, match="the last administrator"):
        run(world, "close", "ada")
    run(world, "set-role", "rita", "auditor")
    run(world, "end-sessions", "rita")
    run(world, "remove-factors", "rita")
    run(world, "close", "rita")
    run(world, "reopen", "rita")
    world.now()
    capsys.readouterr()
    run(world, "print-slip", "rita", "--check", "known to me")
    said = capsys.readouterr().out
    code = said.split("Code (shown once): ")[1].split()[0]
    assert use(world, "rita", code).status_code == 303
    with session_scope(world.sessions, writes=False) as session:
        assert (
            session.scalars(select(LoginSession.ended_at).where(LoginSession.ended_at.is_(None))).all() == []
        )
        acts = set(session.scalars(select(AuditEntry.act).where(AuditEntry.actor == "operator")))
    assert {
        "account.role",
        "account.end_sessions",
        "account.factors_removed",
        "account.close",
        "account.reopen",
    } <= acts


def test_the_command_line_confirms_a_slip(world: World) -> None:
    world.settings()
    world.now()
    client = world.browser("ada", Role.ADMINISTRATOR)
    world.account("eve", Role.ADMINISTRATOR)
    code = slip_for(world, client, "eve", confirmed=False)
    with pytest.raises(RefusedError, match="no slip that waits"):
        run(world, "confirm-slip", "ada")
    run(world, "confirm-slip", "eve")
    assert use(world, "eve", code).status_code == 303
