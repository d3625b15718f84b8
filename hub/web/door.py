"""What a view may reach for: the database, the clock, the visitor, and services handed in at start-up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from hub.database import Sessions, session_scope

T = TypeVar("T")


@dataclass(frozen=True)
class Visitor:
    """Whoever is signed in on this request, and what they may do.

    `asked` is the endpoint where they have to do something first, "" where nothing is asked. `proved_at` is when
    they last proved who they are; `factor_due_at` until when a second factor that they lack has to be there.
    `opened` holds (permission, person number) of what break-glass opened to them.
    """

    session_id: int
    login: str
    role: str
    permissions: frozenset[str]
    address: str
    must_change: bool
    account_id: int = 0
    name: str = ""
    asked: str = ""
    proved_at: datetime | None = None
    factor_due_at: datetime | None = None
    opened: frozenset[tuple[str, str]] = frozenset()

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def may_about(self, permission: str, number: str) -> bool:
        """Whether they may, by their role or for this one person's file by break-glass."""
        return self.may(permission) or (permission, number) in self.opened


Recognise = Callable[[str, str, bool, datetime], Visitor | None]
"""(token, address, only watching, now) -> the visitor of a living session."""


@dataclass(frozen=True)
class Site:
    """`secure` tells that pages are served over TLS; the cookies' names and flags follow from it."""

    sessions: Sessions
    clock: Callable[[], datetime]
    recognise: Recognise
    secure: bool

    @property
    def session_cookie(self) -> str:
        return "__Host-pims-session" if self.secure else "pims-session"

    @property
    def device_cookie(self) -> str:
        return "__Host-pims-device" if self.secure else "pims-device"


def provide(app: Flask, service: object) -> None:
    """Make a service reachable by its class."""
    app.extensions[f"pims.{type(service).__qualname__}"] = service


def service(kind: type[T]) -> T:
    """The service of this class; KeyError when start-up provided none."""
    found = current_app.extensions[f"pims.{kind.__qualname__}"]
    assert isinstance(found, kind)
    return found


def now() -> datetime:
    """Aware UTC."""
    return service(Site).clock()


def visitor() -> Visitor:
    """The visitor of a route that needs one."""
    known = visitor_or_none()
    assert known is not None
    return known


def visitor_or_none() -> Visitor | None:
    """The visitor, None for a stranger."""
    found: Visitor | None = g.get("visitor")
    return found


@contextmanager
def reading() -> Iterator[Session]:
    """A transaction that only reads and holds up nobody."""
    with session_scope(service(Site).sessions, writes=False) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """The one transaction of an action."""
    with session_scope(service(Site).sessions) as session:
        yield session


def is_fragment() -> bool:
    """Whether a script of ours wants the inner part of a page alone."""
    return request.headers.get("X-Fragment") == "1"
