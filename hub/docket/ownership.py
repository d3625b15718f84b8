"""Whose a finding is: the account named for its check, else whoever of those who work the docket has the fewest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Permission, Role, permissions_of
from hub.accounts.records import Account
from hub.docket.records import DocketOwner, Finding
from hub.docket.rules import CHECKS
from hub.sentences import RefusedError, Sentence

QUEUE: Final = Role.RECORDS_OFFICER
"""Whose work the docket is, unless somebody else is named; others join in when a finding goes up to them."""


@dataclass
class Owners:
    """Who may own findings, who of them gets those that nobody is named for, who is named, how many each has."""

    workers: frozenset[str]
    pool: frozenset[str]
    named: dict[str, str]
    load: Counter[str]

    def owner_of(self, check_code: str) -> str | None:
        """Whose a new finding of this check is; None where there is nobody."""
        login = self.named.get(check_code)
        if login is None:
            login = min(self.pool, key=lambda one: (self.load[one], one), default=None)
        if login is not None:
            self.load[login] += 1
        return login


def owners(session: Session) -> Owners:
    """The owners as they are now."""
    working = frozenset(workers(session))
    pool = frozenset(workers(session, QUEUE))
    rows = session.execute(
        select(Finding.owner, func.count()).where(Finding.closed_at.is_(None)).group_by(Finding.owner)
    )
    load = Counter({login: count for login, count in rows if login is not None})
    named = {code: login for code, login in named_owners(session).items() if login in working}
    return Owners(working, pool, named, load)


def workers(session: Session, role: Role | None = None) -> dict[str, str]:
    """Logins of those who may work the docket, with their names; of one role, or of all."""
    rows = session.scalars(select(Account).where(Account.closed_at.is_(None)).order_by(Account.login))
    return {
        row.login: row.name or row.login
        for row in rows
        if Permission.WORK_DOCKET in permissions_of(row.role) and role in (None, row.role)
    }


def named_owners(session: Session) -> dict[str, str]:
    """Check code -> login, where one was named."""
    rows = session.scalars(select(DocketOwner).order_by(DocketOwner.id))
    newest = {row.check_code: row.login for row in rows}
    return {code: login for code, login in newest.items() if login is not None}


def name_owner(session: Session, check_code: str, login: str | None, *, actor: Actor, at: datetime) -> None:
    """From now on findings of a check are `login`'s; None gives them to whoever has the fewest."""
    if check_code not in CHECKS:
        raise RefusedError("no_check", Sentence("There is no such check."))
    if login is not None and login not in workers(session):
        raise not_a_worker(login)
    session.add(DocketOwner(check_code=check_code, login=login, recorded_at=at, recorded_by=actor.login))
    write_down(
        session, at=at, actor=actor, act="docket.owner", subject=check_code, detail=login or "the fewest"
    )


def not_a_worker(login: str) -> RefusedError:
    """Why somebody cannot have a finding."""
    return RefusedError(
        "not_a_worker",
        Sentence("%(login)s may not work the docket. Choose somebody from the list.", {"login": login}),
    )
