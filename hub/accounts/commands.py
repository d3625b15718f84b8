"""`pims-hub accounts ...`: making accounts and new passwords at the hub itself."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from hub import settings
from hub.accounts.actions import add_account, find_account, reset_password
from hub.accounts.audit import OPERATOR
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Role
from hub.accounts.pins import hash_pin, make_pin, set_pin
from hub.accounts.records import Account
from hub.cli import add_command, say
from hub.database import Sessions, make_engine, make_sessions, session_scope

if TYPE_CHECKING:
    from hub.cli import Subparsers


def register(subparsers: Subparsers) -> None:
    """Declare `accounts list`, `add`, `reset-password` and `make-pin`."""
    parser = subparsers.add_parser("accounts", help="who may log in")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_command(verbs, "list", _list, "List accounts with their roles.")
    add = add_command(verbs, "add", _add, "Make an account; its password is shown once.")
    add.add_argument("login")
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    add.add_argument("--name", default="", help="how colleagues read of them")
    pin = add_command(verbs, "make-pin", _make_pin, "Make a new PIN for terminals; it is shown once.")
    pin.add_argument("login")
    reset = add_command(verbs, "reset-password", _reset, "Make a new password; it is shown once.")
    reset.add_argument("login")


def _sessions(args: argparse.Namespace) -> Sessions:
    return make_sessions(make_engine(settings.load(args.data).database))


def _list(args: argparse.Namespace) -> int:
    with session_scope(_sessions(args), writes=False) as session:
        for account in session.scalars(select(Account).order_by(Account.login)):
            state = "closed" if account.closed_at else "open"
            say(f"{account.login}  {account.role}  {state}")
    return 0


def _add(args: argparse.Namespace) -> int:
    with session_scope(_sessions(args)) as session:
        password = add_account(
            session,
            args.login,
            Role(args.role),
            passwords=Passwords(),
            actor=OPERATOR,
            at=datetime.now(UTC),
            name=args.name,
        )
    say(f"Account: {args.login}")
    say(f"Password (shown once): {password}")
    return 0


def _make_pin(args: argparse.Namespace) -> int:
    pin = make_pin()
    hashed = hash_pin(Passwords(), pin)
    with session_scope(_sessions(args)) as session:
        name = find_account(session, args.login).name
        set_pin(session, args.login, hashed, name=name, actor=OPERATOR, at=datetime.now(UTC))
    say(f"Account: {args.login}")
    say(f"PIN for terminals (shown once): {pin}")
    return 0


def _reset(args: argparse.Namespace) -> int:
    with session_scope(_sessions(args)) as session:
        password = reset_password(
            session, args.login, passwords=Passwords(), actor=OPERATOR, at=datetime.now(UTC)
        )
    say(f"Account: {args.login}")
    say(f"Password (shown once): {password}")
    return 0
