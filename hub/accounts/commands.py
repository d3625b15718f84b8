"""`pims-hub accounts ...`: making and changing accounts at the hub itself."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import settings
from hub.accounts.actions import add_account, find_account, reset_password
from hub.accounts.administering import (
    account_of,
    change_account,
    close_account,
    drop_factors,
    reopen_account,
    sign_out_everywhere,
)
from hub.accounts.audit import OPERATOR
from hub.accounts.factors.held import with_factor
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Role
from hub.accounts.pins import hash_pin, make_pin, set_pin
from hub.accounts.records import Account
from hub.accounts.slips.actions import confirm_slip, print_slip, waiting_slips
from hub.cli import Command, add_command, say
from hub.database import Sessions, make_engine, make_sessions, session_scope
from hub.sentences import RefusedError, Sentence

if TYPE_CHECKING:
    from hub.cli import Subparsers

_ROLES = [role.value for role in Role]


def register(subparsers: Subparsers) -> None:
    """Declare `accounts` with its verbs: what the pages do, for whoever may run commands on the hub's machine."""
    parser = subparsers.add_parser("accounts", help="who may log in")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_command(verbs, "list", _list, "List accounts with their roles.")
    add = add_command(verbs, "add", _add, "Make an account; its password is shown once.")
    add.add_argument("login")
    add.add_argument("--role", required=True, choices=_ROLES)
    add.add_argument("--name", default="", help="how colleagues read of them")
    add.add_argument("--keep-password", action="store_true", help="need not be changed: for demonstrations")
    role = _for_one(verbs, "set-role", _set_role, "Give an account another role.")
    role.add_argument("role", choices=_ROLES)
    _for_one(verbs, "close", _close, "End an account: sessions, second factors, PIN at terminals.")
    _for_one(verbs, "reopen", _reopen, "Open a closed account again; print a slip afterwards.")
    _for_one(verbs, "end-sessions", _end_sessions, "Sign an account out everywhere.")
    _for_one(verbs, "remove-factors", _remove_factors, "Take lost second factors away.")
    _for_one(verbs, "reset-password", _reset, "Make a new password; it is shown once.")
    slip = _for_one(verbs, "print-slip", _print_slip, "Make a slip with which somebody sets a password.")
    slip.add_argument("--check", required=True, help="how you made sure who it is")
    _for_one(
        verbs, "confirm-slip", _confirm_slip, "Confirm the slip of an administrator, as the second person."
    )
    _for_one(verbs, "make-pin", _make_pin, "Make a new PIN for terminals; it is shown once.")


def _for_one(verbs: Subparsers, name: str, run: Command, summary: str) -> argparse.ArgumentParser:
    parser = add_command(verbs, name, run, summary)
    parser.add_argument("login")
    return parser


def _sessions(args: argparse.Namespace) -> Sessions:
    return make_sessions(make_engine(settings.load(args.data).database))


def _list(args: argparse.Namespace) -> int:
    with session_scope(_sessions(args), writes=False) as session:
        holding = with_factor(session)
        for account in session.scalars(select(Account).order_by(Account.login)):
            state = "closed" if account.closed_at else "open"
            factor = "  second factor" if account.id in holding else ""
            say(f"{account.login}  {account.role}  {state}{factor}")
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
            must_change=not args.keep_password,
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


def _set_role(args: argparse.Namespace) -> int:
    def act(session: Session, account: Account, at: datetime) -> None:
        change_account(
            session,
            account,
            role=args.role,
            name=account.name,
            held_role=account.role,
            actor=OPERATOR,
            at=at,
        )

    return _change(args, act, f"{args.login} is {args.role} from now on.")


def _close(args: argparse.Namespace) -> int:
    return _change(
        args,
        lambda session, row, at: close_account(session, row, actor=OPERATOR, at=at),
        f"Closed: {args.login}",
    )


def _reopen(args: argparse.Namespace) -> int:
    return _change(
        args,
        lambda session, row, at: reopen_account(session, row, actor=OPERATOR, at=at),
        f"Open again: {args.login}. Next: pims-hub accounts print-slip {args.login}",
    )


def _end_sessions(args: argparse.Namespace) -> int:
    return _change(
        args,
        lambda session, row, at: sign_out_everywhere(session, row, actor=OPERATOR, at=at),
        f"Signed out everywhere: {args.login}",
    )


def _remove_factors(args: argparse.Namespace) -> int:
    return _change(
        args,
        lambda session, row, at: drop_factors(session, row, actor=OPERATOR, at=at),
        f"Second factors taken away: {args.login}",
    )


def _print_slip(args: argparse.Namespace) -> int:
    with session_scope(_sessions(args)) as session:
        slip = print_slip(
            session,
            account_of(session, args.login),
            identity_check=args.check,
            drops_factors=False,
            actor=OPERATOR,
            at=datetime.now(UTC),
        )
    say(f"Account: {slip.login}")
    say(f"Code (shown once): {slip.code}")
    say(f"Good until {slip.until_at:%Y-%m-%d %H:%M} UTC, on the page /reset")
    return 0


def _confirm_slip(args: argparse.Namespace) -> int:
    at = datetime.now(UTC)
    with session_scope(_sessions(args)) as session:
        waiting = [
            slip
            for slip in waiting_slips(session, at=at)
            if slip.account.login == args.login and slip.needs_second and slip.confirmed_at is None
        ]
        if not waiting:
            raise RefusedError(
                "no_slip",
                Sentence(
                    "There is no slip that waits for %(login)s. Print one first.", {"login": args.login}
                ),
            )
        confirm_slip(session, waiting[0].id, actor=OPERATOR, at=at)
    say(f"Confirmed: the slip for {args.login}, printed by {waiting[0].made_by}")
    return 0


def _change(args: argparse.Namespace, act: Callable[[Session, Account, datetime], None], done: str) -> int:
    with session_scope(_sessions(args)) as session:
        act(session, account_of(session, args.login), datetime.now(UTC))
    say(done)
    return 0
