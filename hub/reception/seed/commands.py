"""`pims-hub seed`: fills a new hub with an invented prison."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from hub import settings
from hub.accounts.actions import add_account
from hub.accounts.audit import OPERATOR
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Role
from hub.accounts.records import Account
from hub.biometrics.vault import Vault
from hub.biometrics.vault_key import open_vault
from hub.cli import add_command, say
from hub.custody.records import Person
from hub.database import Sessions, make_engine, make_sessions, session_scope
from hub.errors import HubError
from hub.reception.seed.describe import describe
from hub.reception.seed.making import Order, make
from hub.web.formats import SITE_ZONE

if TYPE_CHECKING:
    from hub.cli import Subparsers

_MOST_PEOPLE = 200_000
_MOST_YEARS = 20


Afterwards = Callable[[Sessions, datetime], None]


def register(subparsers: Subparsers, afterwards: Afterwards) -> None:
    """Declare `seed`; `afterwards` is done with what was invented, as of now."""
    seed = partial(_seed, afterwards=afterwards)
    command = add_command(subparsers, "seed", seed, "Fill a new hub with an invented prison, for trials.")
    command.add_argument(
        "--people", type=int, default=1200, metavar="N", help="inside today; 1200 by default"
    )
    command.add_argument("--years", type=int, default=10, metavar="N", help="of history; 10 by default")
    command.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same one makes the same people"
    )
    command.add_argument(
        "--past", type=float, default=2.2, metavar="X", help="people who left for each inside; 2.2 by default"
    )
    command.add_argument(
        "--today",
        type=date.fromisoformat,
        metavar="DAY",
        help="the last day of the history; yesterday by default, as today is not over",
    )
    command.add_argument(
        "--describe",
        action="store_true",
        help="print the proportions of the register as it is; of a new hub once it is filled",
    )
    command.add_argument(
        "--accounts", action="store_true", help="also an account for each role, passwords shown once"
    )


def _seed(args: argparse.Namespace, *, afterwards: Afterwards) -> int:
    if not (1 <= args.people <= _MOST_PEOPLE and 1 <= args.years <= _MOST_YEARS and 0 <= args.past <= 20):
        raise HubError(
            "seed_size",
            f"Choose 1 to {_MOST_PEOPLE} people, 1 to {_MOST_YEARS} years and 0 to 20 who left for each.",
        )
    found = settings.load(args.data)
    engine = make_engine(found.database)
    sessions = make_sessions(engine)
    today = args.today or last_whole_day(datetime.now(UTC))
    if not (args.describe and _has_people(sessions)):
        _fill(args, sessions, today, open_vault(found.keys))
        afterwards(sessions, datetime.now(UTC))
    if args.describe:
        with session_scope(sessions, writes=False) as session:
            for line in describe(session, today):
                say(f"{line.words:<44} {line.value:>10,.10g} {line.unit}".rstrip())
    engine.dispose()
    return 0


def last_whole_day(at: datetime) -> date:
    """The day of the site before that of `at`: what an invented prison did later today would not be known yet."""
    return at.astimezone(SITE_ZONE).date() - timedelta(days=1)


def _fill(args: argparse.Namespace, sessions: Sessions, today: date, vault: Vault) -> None:
    _refuse_used(sessions)
    started = time.monotonic()
    counted_at = None if args.today else datetime.now(UTC)
    wanted = Order(args.people, args.years, args.seed, today, args.past, counted_at)
    made = make(sessions, wanted, _told, vault)
    say(
        f"Invented {made.people} people with {made.stays} stays, {made.inside} of them inside, "
        f"in {time.monotonic() - started:.1f} s."
    )
    if args.accounts:
        _accounts(sessions)


def _told(done: int, of_all: int) -> None:
    if done == of_all or not done % 5_000:
        say(f"[{done}/{of_all}]")


def _has_people(sessions: Sessions) -> bool:
    with session_scope(sessions, writes=False) as session:
        return session.scalar(select(Person.id).limit(1)) is not None


def _refuse_used(sessions: Sessions) -> None:
    if _has_people(sessions):
        raise HubError(
            "hub_in_use",
            "This hub has people already, and no invented ones are put among them. Make a new hub: pims-hub init",
        )


def _accounts(sessions: Sessions) -> None:
    passwords = Passwords()
    for role in Role:
        login = role.value.replace("_", "-")
        with session_scope(sessions) as session:
            if session.scalar(select(Account.id).where(Account.login == login)) is not None:
                continue
            password = add_account(
                session, login, role, passwords=passwords, actor=OPERATOR, at=datetime.now(UTC)
            )
        say(f"Account {login}, password (shown once): {password}")
