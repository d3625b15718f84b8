"""Codes of an app, printed codes and security keys: set up, asked for, spent, lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.actions import find_account
from hub.accounts.factors.app_codes import matching_step, readable
from hub.accounts.factors.printed_codes import print_codes, take_printed
from hub.accounts.factors.records import Factor, RecoveryCode
from hub.accounts.factors.sealing import FactorSeal
from hub.accounts.permissions import Permission, Role
from hub.accounts.policy import SignInRules, rules_from
from hub.accounts.records import AuditEntry, LoginSession
from hub.accounts.rules import FREE_FAILURES
from hub.accounts.second import second_officer
from hub.accounts.tries import MustWaitError, count_try
from hub.database import session_scope
from hub.errors import HubError
from hub.sentences import RefusedError
from hub.settings import AccountSettings
from hub.web.routes import Pages
from wire.errors import WireError

from .factor_world import App, SecurityKey, add_app, add_key, options_on, secret_on
from .site_world import NOON, PASSWORD, World, post, sign_in, token_of

SECRET = b"0123456789abcdefghij"


def enter(world: World, client: FlaskClient) -> None:
    """Up to the second factor."""
    world.later(minutes=2)
    assert sign_in(client, "ada").location == "/second-factor"


def show(client: FlaskClient, code: str) -> int:
    return post(client, "/second-factor", {"proof": "1", "code": code}).status_code


# --- codes of an app


def test_codes_are_those_of_rfc_6238() -> None:
    from hub.accounts.factors.app_codes import STEP_S, _code

    secret = b"12345678901234567890"
    expected = {
        59: "287082",
        1111111109: "081804",
        1111111111: "050471",
        1234567890: "005924",
        2000000000: "279037",
    }
    assert {at: _code(secret, at // STEP_S) for at in expected} == expected


@pytest.mark.parametrize(("off_s", "good"), [(-61, False), (-30, True), (0, True), (30, True), (90, False)])
def test_a_phone_may_be_half_a_minute_off(off_s: int, good: bool) -> None:
    at = NOON.replace(second=0)
    code = App(readable(SECRET).replace(" ", "")).code(at + timedelta(seconds=off_s))
    assert (matching_step(SECRET, code, at) is not None) is good


def test_the_app_is_asked_for_after_the_password_and_its_code_works_once(
    world: World, client: FlaskClient
) -> None:
    app, codes = add_app(world, client)
    assert len(codes) == 10
    browser = world.stranger()
    enter(world, browser)
    assert browser.get("/people").location == "/second-factor"
    assert browser.get("/account").location == "/second-factor"
    assert show(browser, "000000") == 401
    assert show(browser, "٠٠٠٠٠٠") == 401
    code = app.code(world.at)
    assert show(browser, code) == 303
    assert browser.get("/people").status_code == 200
    again = world.stranger()
    assert sign_in(again, "ada").status_code == 303
    assert show(again, code) == 401
    assert again.get("/people").location == "/second-factor"


def test_an_older_code_than_the_last_is_spent_too(world: World, client: FlaskClient) -> None:
    app, _ = add_app(world, client)
    browser = world.stranger()
    enter(world, browser)
    older = app.code(world.at - timedelta(seconds=30))
    assert show(browser, app.code(world.at)) == 303
    second = world.stranger()
    sign_in(second, "ada")
    assert show(second, older) == 401


def test_where_one_wanted_to_go_is_kept_past_the_second_factor(world: World, client: FlaskClient) -> None:
    app, _ = add_app(world, client)
    browser = world.stranger()
    world.later(minutes=2)
    asked = sign_in(browser, "ada", next="/people?q=a")
    assert asked.location == "/second-factor?next=/people?q%3Da"
    form = {"proof": "1", "code": app.code(world.at), "next": "/people?q=a"}
    assert post(browser, "/second-factor", form).location == "/people?q=a"


def test_whoever_waits_may_sign_out_and_nothing_else(world: World, client: FlaskClient) -> None:
    add_app(world, client)
    browser = world.stranger()
    enter(world, browser)
    for address in ("/account/app", "/account/codes", "/password", "/pin"):
        form = {"csrf_token": token_of(browser.get("/second-factor")), "password": "x"}
        assert browser.post(address, data=form).status_code in (302, 303, 405), address
        assert browser.get(address).location in ("/second-factor", None), address
    assert post(browser, "/logout", {}, page="/second-factor").location == "/login"


def test_a_wrong_clock_is_told_apart_from_a_wrong_code_while_the_app_is_set_up(
    world: World, client: FlaskClient
) -> None:
    post(client, "/account/app", {}, page="/account")
    app = App(secret_on(client.get("/account/app")))
    slow = app.code(world.at - timedelta(minutes=10))
    answer = post(client, "/account/app/confirm", {"code": slow, "label": "old phone"}, page="/account/app")
    assert answer.status_code == 400
    assert "clock is 10 min off" in answer.text
    assert 'value="old phone"' in answer.text
    for typed in ("abc", "é", "١٢٣٤٥٦", "²²²²²²"):
        letters = post(client, "/account/app/confirm", {"code": typed}, page="/account/app")
        assert letters.status_code == 400
        assert "A code has six digits" in letters.text
    assert "It is in use" not in client.get("/account").text


def test_the_picture_is_an_image_and_gone_after_the_first_code(world: World, client: FlaskClient) -> None:
    assert client.get("/account/app/picture.svg").status_code == 404
    post(client, "/account/app", {}, page="/account")
    picture = client.get("/account/app/picture.svg")
    assert picture.mimetype == "image/svg+xml"
    assert b"<svg" in picture.data
    assert b"style=" not in picture.data
    app = App(secret_on(client.get("/account/app")))
    post(client, "/account/app/confirm", {"code": app.code(world.at)}, page="/account/app")
    assert client.get("/account/app/picture.svg").status_code == 404


def test_an_app_that_nobody_finished_setting_up_is_begun_anew(world: World, client: FlaskClient) -> None:
    post(client, "/account/app", {}, page="/account")
    app = App(secret_on(client.get("/account/app")))
    world.later(minutes=15)
    assert client.get("/account/app/picture.svg").status_code == 404
    assert app.secret[:4] not in client.get("/account/app").text
    late = post(client, "/account/app/confirm", {"code": app.code(world.at)}, page="/account/app")
    assert "Begin again" in late.text


def test_the_secret_stands_sealed_and_never_in_the_trail(world: World, client: FlaskClient) -> None:
    app, codes = add_app(world, client)
    with session_scope(world.sessions, writes=False) as session:
        row = session.scalars(select(Factor)).one()
        assert row.sealed is not None
        opened = world.seal.open(row.sealed, row.account_id)
        assert readable(opened).replace(" ", "") == app.secret
        with pytest.raises(WireError):
            FactorSeal(b"t" * 32).open(row.sealed, row.account_id)
        with pytest.raises(WireError):
            world.seal.open(row.sealed, row.account_id + 1)
        told = " ".join(f"{entry.act} {entry.detail}" for entry in session.scalars(select(AuditEntry)))
    assert "account.factor_added app" in told
    world.engine.dispose()
    stored = b"".join(path.read_bytes() for path in world.folder.iterdir())
    assert opened not in stored
    assert app.secret.encode() not in stored
    assert not any(code.encode() in stored for code in codes)


def test_wrong_codes_make_one_wait_and_strangers_do_not_keep_the_owner_out(
    world: World, client: FlaskClient
) -> None:
    app, _ = add_app(world, client)
    home = world.stranger()
    enter(world, home)
    assert show(home, app.code(world.at)) == 303
    device = home.get_cookie("pims-device")
    assert device is not None
    thief = world.stranger()
    world.later(minutes=1)
    sign_in(thief, "ada")
    for _ in range(FREE_FAILURES):
        assert show(thief, "000000") == 401
    waiting = post(thief, "/second-factor", {"proof": "1", "code": app.code(world.at)})
    assert "Wait 1 s" in waiting.text
    owner = world.stranger()
    owner.set_cookie("pims-device", device.value)
    sign_in(owner, "ada")
    assert show(owner, app.code(world.at)) == 303


# --- printed codes


def test_a_printed_code_works_once_however_it_is_typed(world: World, client: FlaskClient) -> None:
    _, codes = add_app(world, client)
    browser = world.stranger()
    enter(world, browser)
    assert show(browser, codes[3].upper().replace("-", " ")) == 303
    again = world.stranger()
    sign_in(again, "ada")
    assert show(again, codes[3]) == 401
    assert "9 printed codes are left" in browser.get("/account").text


def test_a_new_sheet_ends_the_old_one(world: World, client: FlaskClient) -> None:
    _, old = add_app(world, client)
    page = post(client, "/account/codes", {}, page="/account")
    assert len(set(old)) == 10
    browser = world.stranger()
    enter(world, browser)
    assert show(browser, old[0]) == 401
    from .factor_world import codes_on

    assert show(browser, codes_on(page)[0]) == 303


def test_another_account_s_code_is_nobody_s(world: World) -> None:
    world.account("ada")
    world.account("bob")
    with session_scope(world.sessions) as session:
        ada, bob = find_account(session, "ada").id, find_account(session, "bob").id
        (code, *_rest) = print_codes(session, ada, seal=world.seal, at=world.at)
    with session_scope(world.sessions) as session:
        assert not take_printed(session, bob, code, seal=world.seal, at=world.at)
        assert take_printed(session, ada, code, seal=world.seal, at=world.at)
        assert len(session.scalars(select(RecoveryCode).where(RecoveryCode.used_at.is_not(None))).all()) == 1


# --- security keys


def test_a_security_key_is_registered_and_opens_the_door(world: World, client: FlaskClient) -> None:
    key = SecurityKey()
    assert "shown this once" in add_key(client, key).text
    browser = world.stranger()
    enter(world, browser)
    page = browser.get("/second-factor")
    asked = options_on(page)
    assert asked["userVerification"] == "required"
    answer = key.get(asked)
    form = {"csrf_token": token_of(page), "proof": "1", "answer": answer}
    assert browser.post("/second-factor", data=form).status_code == 303
    assert browser.get("/people").status_code == 200
    thief = world.stranger()
    sign_in(thief, "ada")
    form["csrf_token"] = token_of(thief.get("/second-factor"))
    assert thief.post("/second-factor", data=form).status_code == 401  # an answer is to one challenge only


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"origin": "http://pims.evil.test"}, "phished"),
        ({"host": "evil.test"}, "for another site"),
        ({"verified": False}, "touched by anybody"),
        ({"count": -5}, "copied: its counter goes back"),
    ],
)
def test_a_key_s_answer_that_is_not_good_opens_nothing(
    world: World, client: FlaskClient, wrong: dict[str, object], why: str
) -> None:
    key = SecurityKey(count=10)
    add_key(client, key)
    browser = world.stranger()
    enter(world, browser)
    page = browser.get("/second-factor")
    if "count" in wrong:
        wrong = {"count": 3}
    bad = replace(key, **wrong)  # type: ignore[arg-type]
    form = {"csrf_token": token_of(page), "proof": "1", "answer": bad.get(options_on(page))}
    refused = browser.post("/second-factor", data=form)
    assert refused.status_code == 401, why
    assert "answer was not good" in refused.text
    page = browser.get("/second-factor")
    world.later(seconds=3)
    key.count = 10
    form = {"csrf_token": token_of(page), "proof": "1", "answer": key.get(options_on(page))}
    assert browser.post("/second-factor", data=form).status_code == 303


def test_another_key_s_signature_is_not_taken(world: World, client: FlaskClient) -> None:
    key = SecurityKey()
    add_key(client, key)
    browser = world.stranger()
    enter(world, browser)
    page = browser.get("/second-factor")
    forged = SecurityKey(credential=key.credential)
    form = {"csrf_token": token_of(page), "proof": "1", "answer": forged.get(options_on(page))}
    assert browser.post("/second-factor", data=form).status_code == 401


@pytest.mark.parametrize("junk", ["{", "[]", "{}", '{"id": 3}', "x" * 20_000, '{"id":"!","response":{}}'])
def test_junk_for_an_answer_is_refused_in_words(world: World, client: FlaskClient, junk: str) -> None:
    add_key(client, SecurityKey())
    browser = world.stranger()
    enter(world, browser)
    refused = post(browser, "/second-factor", {"proof": "1", "answer": junk})
    assert refused.status_code == 401
    assert "answer was not good" in refused.text
    registering = post(client, "/account/key", {"answer": junk, "label": "mine"})
    assert registering.status_code == 400
    assert 'value="mine"' in registering.text


def test_a_key_is_registered_once_and_not_by_anybody_else(world: World, client: FlaskClient) -> None:
    key = SecurityKey()
    add_key(client, key)
    assert "registered already" in add_key(client, key).text
    assert "registered already" in add_key(world.browser("bob"), key).text


def test_a_site_opened_by_number_registers_no_keys_and_says_so(world: World, client: FlaskClient) -> None:
    answer = client.get("/account/key", base_url="http://127.0.0.1:8443")
    assert answer.status_code == 302  # the cookie belongs to the name
    browser = world.stranger()
    world.account("bob")
    base = "http://127.0.0.1:8443"
    form = {"csrf_token": token_of(browser.get("/login", base_url=base)), "login": "bob", "password": "x"}
    form["password"] = "correct-horse-battery"
    assert browser.post("/login", data=form, base_url=base).status_code == 303
    assert "by its name, not by a number" in browser.get("/account/key", base_url=base).text


def test_hub_toml_says_the_site_where_a_server_stands_before_the_hub(world: World) -> None:
    world.rules = rules_from(AccountSettings(site="https://pims.example:8443"))
    client = world.browser("ada")
    key = SecurityKey(origin="https://pims.example:8443", host="pims.example")
    assert "shown this once" in add_key(client, key).text


# --- who needs one, and when


def test_the_grace_begins_with_the_first_sign_in_and_ends_in_the_setting_up(world: World) -> None:
    client = world.browser("rita", Role.RECORDS_OFFICER)
    with session_scope(world.sessions) as session:
        find_account(session, "rita").factor_due_at = None
    post(client, "/logout", {}, page="/account")
    sign_in(client, "rita")
    assert "Your role needs a second factor by 29 Nov 2026." in client.get("/people").text
    world.later(days=7, seconds=1)
    assert sign_in(client, "rita").status_code == 303
    assert client.get("/people").location == "/account"
    assert "the time to do without is over" in client.get("/account").text
    add_app(world, client)
    assert client.get("/people").status_code == 200


def test_after_the_grace_a_stranger_with_the_password_does_not_make_the_factor_theirs(world: World) -> None:
    client = world.browser("rita", Role.RECORDS_OFFICER)
    with session_scope(world.sessions) as session:
        find_account(session, "rita").factor_due_at = world.at
    thief = world.stranger()
    sign_in(thief, "rita")
    assert thief.get("/people").location == "/account"
    assert post(thief, "/account/app", {}, page="/account").status_code == 409
    assert "never signed in before" in thief.get("/account/key").text
    post(client, "/logout", {}, page="/account")
    assert sign_in(client, "rita").status_code == 303
    add_app(world, client)
    assert client.get("/people").status_code == 200


def test_roles_that_need_none_are_left_in_peace(world: World) -> None:
    client = world.browser("olga", Role.OFFICER)
    with session_scope(world.sessions) as session:
        find_account(session, "olga").factor_due_at = world.at
    assert client.get("/officer").status_code == 200


def test_the_last_factor_of_a_role_that_needs_one_stays(world: World, client: FlaskClient) -> None:
    add_app(world, client)
    with session_scope(world.sessions, writes=False) as session:
        (number,) = session.scalars(select(Factor.id)).all()
    refused = post(client, f"/account/factors/{number}/remove", {}, page="/account")
    assert refused.status_code == 409
    assert "Add another one before" in refused.text
    add_key(client, SecurityKey())
    assert post(client, f"/account/factors/{number}/remove", {}, page="/account").status_code == 303
    gone = post(client, f"/account/factors/{number}/remove", {}, page="/account")
    assert "removed already" in gone.text
    with session_scope(world.sessions, writes=False) as session:
        row = session.get(Factor, number)
        assert row is not None
        assert row.sealed is None


def test_a_colleague_s_factor_is_none_of_one_s_business(world: World, client: FlaskClient) -> None:
    add_app(world, client)
    other = world.browser("bob")
    assert post(other, "/account/factors/1/remove", {}, page="/account").status_code == 409
    with session_scope(world.sessions, writes=False) as session:
        assert session.scalars(select(Factor.removed_at)).all() == [None]


def test_the_control_room_is_not_asked_on_its_own_network(world: World) -> None:
    world.rules = rules_from(AccountSettings(control_room_networks=("10.20.0.0/24",)))
    client = world.browser("carl", Role.CONTROL_ROOM)
    add_app(world, client)

    def from_there(address: str) -> str | None:
        browser = world.stranger()
        browser.environ_base["REMOTE_ADDR"] = address
        return sign_in(browser, "carl").location

    assert from_there("10.20.0.7") == "/"
    assert from_there("10.20.1.7") == "/second-factor"


@pytest.mark.parametrize(
    "settings",
    [AccountSettings(second_factor=("warden",)), AccountSettings(most_sessions={"warden": 2})],
)
def test_a_role_that_there_is_not_is_named(settings: AccountSettings) -> None:
    with pytest.raises(HubError, match="names the role 'warden'"):
        rules_from(settings)


def test_inside_the_control_room_the_wait_is_short(world: World) -> None:
    rules = SignInRules()
    assert not rules.is_control_room("10.20.0.7")
    assert not rules.is_control_room("nonsense")
    with session_scope(world.sessions) as session:
        for _ in range(12):
            count_try(session, "carl", "address 10.20.0.7", world.at, longest=timedelta(0))
        with pytest.raises(MustWaitError) as waits:
            count_try(session, "carl", "address 10.20.0.7", world.at, longest=timedelta(seconds=2))
    assert waits.value.seconds == 2


# --- grave acts


def test_a_grave_act_asks_again_after_ten_minutes_and_keeps_what_was_typed(world: World) -> None:
    client = world.browser("ada", Role.ADMINISTRATOR)
    app, _ = add_app(world, client)
    world.later(minutes=11)
    form = {"login": "new.one", "role": "officer", "name": "New One", "check": "staff card 7"}
    asked = post(client, "/accounts/new", form)
    assert asked.status_code == 401
    assert '<input type="hidden" name="login" value="new.one">' in asked.text
    wrong = client.post(
        "/accounts/new", data={**form, "csrf_token": token_of(asked), "proof": "1", "code": "123456"}
    )
    assert wrong.status_code == 401
    done = client.post(
        "/accounts/new",
        data={**form, "csrf_token": token_of(asked), "proof": "1", "code": app.code(world.at)},
    )
    assert done.status_code == 200
    assert "new.one" in done.text
    assert (
        post(client, "/accounts/new", {**form, "login": "another"}).status_code == 200
    )  # fresh for ten minutes


def test_whoever_has_no_factor_is_asked_for_the_password(world: World) -> None:
    client = world.browser("ada", Role.ADMINISTRATOR)
    world.later(minutes=11)
    asked = post(client, "/accounts/1/end-sessions", {}, page="/accounts")
    assert asked.status_code == 401
    assert 'name="password"' in asked.text
    client.get("/account/key")
    page = client.get("/confirm?next=/account/key")
    form = {"csrf_token": token_of(page), "next": "/account/key", "proof": "1"}
    assert client.post("/confirm", data={**form, "password": "wrong"}).status_code == 401
    right = client.post("/confirm", data={**form, "password": "correct-horse-battery"})
    assert right.location == "/account/key"
    assert client.get("/account/key").status_code == 200


# --- sessions


def test_one_s_own_sessions_are_listed_and_ended_and_nobody_else_s(world: World, client: FlaskClient) -> None:
    second = world.stranger()
    second.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko Firefox/130.0"
    sign_in(second, "ada")
    other = world.browser("bob")
    page = client.get("/account").text
    assert "Firefox, Linux" in page
    with session_scope(world.sessions, writes=False) as session:
        (_, of_second, of_bob) = session.scalars(select(LoginSession.id).order_by(LoginSession.id)).all()
    guessed = post(client, "/account/sessions/end", {"session": str(of_bob)}, page="/account")
    assert guessed.status_code == 409
    assert other.get("/people").status_code == 200
    assert (
        post(client, "/account/sessions/end", {"session": str(of_second)}, page="/account").status_code == 303
    )
    assert second.get("/people").status_code == 302
    sign_in(second, "ada")
    assert post(client, "/account/sessions/end", {}, page="/account").status_code == 303
    assert second.get("/people").status_code == 302
    assert client.get("/people").status_code == 200


def test_one_session_more_than_the_role_may_hold_ends_the_one_used_longest_ago(world: World) -> None:
    browsers = [world.browser("rita")]
    for _ in range(3):
        world.later(minutes=1)
        browser = world.stranger()
        sign_in(browser, "rita")
        browsers.append(browser)
    assert [browser.get("/people").status_code for browser in browsers] == [302, 200, 200, 200]
    with session_scope(world.sessions, writes=False) as session:
        acts = session.scalars(select(AuditEntry.act)).all()
    assert acts.count("session.crowded_out") == 1


# --- a session in wrong hands, and a colleague's code


def test_a_session_that_proved_nothing_of_late_registers_no_key(world: World, client: FlaskClient) -> None:
    add_app(world, client)
    world.later(minutes=11)
    token = token_of(client.get("/account"))
    for _ in range(2):  # a first refused answer must not hand out what a second one could answer
        junk = client.post("/account/key", data={"csrf_token": token, "answer": "{}"})
        assert (junk.status_code, junk.location) == (303, "/account/key")
    assert client.get("/account/key").location.startswith("/confirm")


def test_the_present_password_is_not_guessed_at_on_a_screen_left_open(
    world: World, client: FlaskClient
) -> None:
    wrong = {"old": "not it at all", "new": "a-new-one-of-length", "again": "a-new-one-of-length"}
    for _ in range(FREE_FAILURES):
        assert "present password is wrong" in post(client, "/password", wrong).text
    right = {**wrong, "old": PASSWORD}
    assert "Wait" in post(client, "/password", right).text
    world.later(minutes=6)
    assert post(client, "/password", right).location == "/login"


@pytest.fixture
def signing(world: World) -> Flask:
    """A site with a page on which a second officer signs."""
    pages = Pages("signing", __name__)

    @pages.page("/signing", Permission.SEE_PEOPLE, methods=("POST",))
    def sign() -> tuple[str, int]:
        try:
            return second_officer(Permission.CONFIRM_RELEASE, besides=()).login, 200
        except RefusedError as error:
            return str(error.message), 409

    app = world.app()
    app.register_blueprint(pages)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def test_a_colleague_s_code_is_not_guessed_at_with_the_password(
    world: World, client: FlaskClient, signing: Flask
) -> None:
    app, _ = add_app(world, world.browser("sonia", Role.SHIFT_SUPERVISOR))
    world.later(minutes=2)
    browser = signing.test_client()
    browser.post("/login", data={"login": "ada", "password": PASSWORD})
    form = {"second_login": "sonia", "second_password": PASSWORD, "second_code": "000000"}
    for _ in range(FREE_FAILURES):
        assert "Type the code" in browser.post("/signing", data=form).text
    good = {**form, "second_code": app.code(world.at)}
    assert "Wait" in browser.post("/signing", data=good).text
    with session_scope(world.sessions) as session:
        refused = session.scalars(select(AuditEntry).where(AuditEntry.act == "login.factor_refused")).all()
        assert {(line.actor, line.subject) for line in refused} == {("sonia", "sonia")}
    world.later(minutes=6)
    good["second_code"] = app.code(world.at)
    assert browser.post("/signing", data=good).text == "sonia"
    assert browser.post("/signing", data=good).status_code == 409


def test_who_is_late_with_a_second_factor_signs_for_nobody(
    world: World, client: FlaskClient, signing: Flask
) -> None:
    world.account("sonia", Role.DIRECTOR)
    browser = signing.test_client()
    browser.post("/login", data={"login": "ada", "password": PASSWORD})
    form = {"second_login": "sonia", "second_password": PASSWORD}
    with session_scope(world.sessions) as session:
        find_account(session, "sonia").factor_due_at = world.at
    assert "set up a second factor first" in browser.post("/signing", data=form).text
