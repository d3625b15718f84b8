"""Signing in, waiting after wrong passwords, sessions that end, and the trail that cannot be changed."""

from __future__ import annotations

import argparse
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from hub.accounts.actions import change_password, find_account, first_administrator, reset_password
from hub.accounts.audit import OPERATOR, Actor, write_down
from hub.accounts.commands import register
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import ALLOWED, Permission, Role, permissions_of
from hub.accounts.records import Account, AuditEntry, LoginSession
from hub.accounts.rules import (
    ABSOLUTE_LIMIT,
    FREE_FAILURES,
    IDLE_LIMIT,
    LONGEST_WAIT,
    is_alive,
    is_login,
    make_password,
    wait_after,
)
from hub.accounts.sessions import SignedIn, WrongPasswordError, recognise, sign_in, sign_out
from hub.accounts.tries import MustWaitError, hash_token
from hub.database import session_scope
from hub.errors import HubError

from .site_world import NOON, PASSWORD, World


def enter(
    world: World, password: str = PASSWORD, *, login: str = "ada", address: str = "10.0.0.1", device: str = ""
) -> SignedIn:
    return sign_in(
        world.sessions,
        world.passwords,
        login=login,
        password=password,
        address=address,
        device=device or None,
        now=world.at,
    )


def fail(world: World, times: int, *, address: str = "10.0.0.1", device: str = "") -> None:
    for _ in range(times):
        with pytest.raises(WrongPasswordError):
            enter(world, "wrong", address=address, device=device)


def test_wrong_password_and_unknown_login_sound_the_same(world: World) -> None:
    world.account("ada")
    with pytest.raises(WrongPasswordError) as known:
        enter(world, "wrong")
    with pytest.raises(WrongPasswordError) as unknown:
        enter(world, login="nobody")
    assert str(known.value) == str(unknown.value)


def test_right_password_opens_a_session_known_only_by_its_hash(world: World) -> None:
    world.account("ada")
    opened = enter(world)
    with session_scope(world.sessions, writes=False) as session:
        row = session.scalars(select(LoginSession)).one()
        assert row.token_hash == hash_token(opened.token)
        assert recognise(session, opened.token, now=world.at, watching=False) is not None
        assert recognise(session, opened.token + "x", now=world.at, watching=False) is None


def test_after_some_failures_one_waits_and_the_wait_does_not_grow_by_trying(world: World) -> None:
    world.account("ada")
    fail(world, FREE_FAILURES)
    with pytest.raises(MustWaitError) as first:
        enter(world)
    with pytest.raises(MustWaitError) as second:
        enter(world)
    assert first.value.seconds == second.value.seconds == 1
    world.later(seconds=1.1)
    assert enter(world).token


def test_no_flood_of_failures_keeps_the_right_person_out_for_longer_than_the_longest_wait(
    world: World,
) -> None:
    world.account("ada")
    for _ in range(30):
        with pytest.raises(WrongPasswordError):
            enter(world, "wrong")
        world.later(minutes=5, seconds=1)
    assert enter(world).token


def test_failures_from_elsewhere_do_not_lock_out_the_control_room(world: World) -> None:
    world.account("ada")
    fail(world, FREE_FAILURES, address="10.9.9.9")
    with pytest.raises(MustWaitError):
        enter(world, address="10.9.9.9")
    assert enter(world, address="10.0.0.1").token


def test_a_browser_that_signed_in_before_is_not_locked_out_by_others_at_its_address(world: World) -> None:
    world.account("ada")
    device = enter(world).device
    fail(world, FREE_FAILURES)
    with pytest.raises(MustWaitError):
        enter(world)
    assert enter(world, device=device).token


def test_a_known_browser_still_waits_for_its_own_failures(world: World) -> None:
    world.account("ada")
    device = enter(world).device
    fail(world, FREE_FAILURES, device=device)
    with pytest.raises(MustWaitError):
        enter(world, device=device)


def test_a_device_token_of_ones_own_making_counts_for_nothing(world: World) -> None:
    world.account("ada")
    fail(world, FREE_FAILURES)
    with pytest.raises(MustWaitError):
        enter(world, device="made-up")


def test_success_forgets_the_failures(world: World) -> None:
    world.account("ada")
    fail(world, FREE_FAILURES - 1)
    enter(world)
    fail(world, FREE_FAILURES - 1)
    assert enter(world).token


@given(st.integers(min_value=0, max_value=10_000))
def test_the_wait_never_shrinks_and_has_an_end(failures: int) -> None:
    assert timedelta(0) <= wait_after(failures) <= wait_after(failures + 1) <= LONGEST_WAIT


def test_signing_out_ends_the_session(world: World) -> None:
    world.account("ada")
    token = enter(world).token
    with session_scope(world.sessions) as session:
        sign_out(session, token, actor=Actor("ada", "10.0.0.1"), now=world.at)
    with session_scope(world.sessions, writes=False) as session:
        assert recognise(session, token, now=world.at, watching=True) is None


def test_a_new_password_ends_every_session(world: World) -> None:
    world.account("ada")
    tokens = [enter(world).token, enter(world).token]
    with session_scope(world.sessions) as session:
        fresh = reset_password(session, "ada", passwords=world.passwords, actor=OPERATOR, at=world.at)
    with session_scope(world.sessions, writes=False) as session:
        assert [recognise(session, token, now=world.at, watching=False) for token in tokens] == [None, None]
    with pytest.raises(WrongPasswordError):
        enter(world)
    assert enter(world, fresh).must_change


def test_resetting_also_ends_the_wait(world: World) -> None:
    world.account("ada")
    fail(world, FREE_FAILURES)
    with session_scope(world.sessions) as session:
        fresh = reset_password(session, "ada", passwords=world.passwords, actor=OPERATOR, at=world.at)
    assert enter(world, fresh).token


@pytest.mark.parametrize(
    ("age", "idle", "watching", "alive"),
    [
        (timedelta(0), timedelta(0), False, True),
        (timedelta(hours=1), IDLE_LIMIT, False, False),
        (timedelta(hours=1), IDLE_LIMIT, True, True),
        (ABSOLUTE_LIMIT, timedelta(0), True, False),
        (timedelta(seconds=-1), timedelta(0), False, False),
    ],
)
def test_life_of_a_session(age: timedelta, idle: timedelta, watching: bool, alive: bool) -> None:
    assert is_alive(NOON - age, NOON - idle, NOON, watching=watching) is alive


@pytest.mark.parametrize("weak", ["short", "a" * 30, "ada-has-a-long-password", "x" * 201])
def test_a_weak_password_is_refused_with_a_sentence(world: World, weak: str) -> None:
    world.account("ada")
    with session_scope(world.sessions) as session, pytest.raises(HubError, match=r"password is too"):
        change_password(session, "ada", weak, passwords=world.passwords, actor=OPERATOR, at=world.at)


def test_the_first_administrator_is_made_once(world: World) -> None:
    with session_scope(world.sessions) as session:
        password = first_administrator(session, passwords=world.passwords, at=world.at)
        assert first_administrator(session, passwords=world.passwords, at=world.at) is None
    assert password is not None
    assert enter(world, password, login="admin").token


def test_no_password_stands_in_the_database(world: World) -> None:
    world.account("ada")
    enter(world)
    world.engine.dispose()
    stored = b"".join(path.read_bytes() for path in world.folder.iterdir())
    assert PASSWORD.encode() not in stored


def test_hashes_are_argon2id_at_no_less_than_the_second_recommendation() -> None:
    encoded = Passwords().hash("whatever it is")
    assert encoded.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_generated_passwords_differ_and_are_long() -> None:
    made = {make_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(password) == 19 for password in made)


@pytest.mark.parametrize("login", ["", "a", "Ada", "ada lovelace", "1ada", "a" * 41, "ada\n", "../ada"])
def test_what_cannot_be_a_login(login: str) -> None:
    assert not is_login(login)


@pytest.mark.parametrize("verb", ["UPDATE audit_entries SET actor = 'x'", "DELETE FROM audit_entries"])
def test_the_trail_refuses_to_be_changed(world: World, verb: str) -> None:
    with session_scope(world.sessions) as session:
        write_down(session, at=world.at, actor=OPERATOR, act="test", subject="P-000001")
    with pytest.raises(DBAPIError, match="append-only"), session_scope(world.sessions) as session:
        session.execute(text(verb))
    with session_scope(world.sessions, writes=False) as session:
        assert session.scalars(select(AuditEntry.actor)).all() == ["operator"]


def test_sign_ins_and_refusals_are_in_the_trail(world: World) -> None:
    world.account("ada")
    fail(world, 1)
    enter(world)
    with session_scope(world.sessions, writes=False) as session:
        acts = session.execute(select(AuditEntry.act, AuditEntry.address).order_by(AuditEntry.id)).all()
    assert [tuple(act) for act in acts[-2:]] == [("sign_in.refused", "10.0.0.1"), ("sign_in", "10.0.0.1")]


def test_what_was_typed_for_a_login_and_names_no_account_is_not_kept(world: World) -> None:
    with pytest.raises(WrongPasswordError):
        enter(world, login="hkwr-p2mn-33tz-vwxy")
    with session_scope(world.sessions, writes=False) as session:
        told = session.execute(select(AuditEntry.actor, AuditEntry.subject, AuditEntry.act)).all()
    assert tuple(told[-1]) == ("(no such login)", "(no such login)", "sign_in.refused")


def test_every_role_stands_in_the_table_and_unknown_ones_may_nothing() -> None:
    assert set(ALLOWED) == set(Role)
    assert permissions_of("warden-of-the-moon") == frozenset()
    assert Permission.ADMIT_PEOPLE not in permissions_of(Role.CONTROL_ROOM)


def test_commands_add_and_reset(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.settings()
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    data = ["--data", str(world.folder)]
    args = parser.parse_args(["accounts", "add", *data, "bob", "--role", "control_room"])
    assert args.run(args) == 0
    first = capsys.readouterr().out.split("Password (shown once): ")[1].strip()
    assert sign_in(
        world.sessions,
        Passwords(),
        login="bob",
        password=first,
        address="x",
        device=None,
        now=world.at,
    ).must_change
    args = parser.parse_args(["accounts", "reset-password", *data, "nobody"])
    with pytest.raises(HubError, match="There is no account nobody"):
        args.run(args)
    args = parser.parse_args(["accounts", "list", *data])
    args.run(args)
    assert capsys.readouterr().out == "bob  control_room  open\n"


def test_a_closed_account_cannot_be_used(world: World) -> None:
    world.account("ada")
    token = enter(world).token
    with session_scope(world.sessions) as session:
        find_account(session, "ada").closed_at = world.at
    with session_scope(world.sessions, writes=False) as session:
        assert recognise(session, token, now=world.at, watching=False) is None
        assert session.scalars(select(Account)).one().closed_at is not None
    with pytest.raises(WrongPasswordError):
        enter(world)
