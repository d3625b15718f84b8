"""Which officers a terminal knows, and by what: read anew when an officer changed, not at every look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from hub.accounts.pins import officers_for_terminals, officers_version
from hub.biometrics.officers import logins_with_fingers, officer_templates
from hub.biometrics.vault import Vault
from hub.movements.posts import posts
from hub.roll.scope import Roster
from wire.roll import RollFinger, RollOfficer

AHEAD: Final = timedelta(hours=24)
"""A gate knows the officers of the posts to come: it may be cut off from the hub meanwhile."""


@dataclass
class OfficerBook:
    """Rosters by what they are for. Without a `vault` officers have no templates in them, only their logins.

    One thread uses it.
    """

    vault: Vault | None = None
    _version: int = -1
    _page: Roster | None = None
    _fingers: Mapping[str, list[RollFinger]] = field(default_factory=dict)
    _gates: dict[frozenset[str] | None, Roster] = field(default_factory=dict)
    _posted: Mapping[str, frozenset[str]] | None = None

    def look(self, session: Session, now: datetime | None) -> None:
        """Before rosters are asked for: forget what is not so any more. Without `now` nobody has a post."""
        version = officers_version(session)
        if version != self._version:
            self._version, self._page, self._gates = version, None, {}
            self._fingers = self._read(session)
        self._posted = {} if now is None else _posted(session, now) if self._fingers else {}

    def of_page(self, session: Session) -> Roster:
        """Everybody who signs in at terminals, with name, PIN and fingers."""
        if self._page is None:
            self._page = Roster.of(
                RollOfficer(
                    login=one.login, name=one.name, pin=one.pin, fingers=self._fingers.get(one.login, [])
                )
                for one in officers_for_terminals(session)
            )
        return self._page

    def of_gate(self, checkpoint: str | None) -> Roster:
        """For a gate without a page: fingers, and neither names nor PINs, to take people through.

        With `checkpoint` only those who have a post there: an unprotected card holds no more than it must.
        """
        logins = None if checkpoint is None else (self._posted or {}).get(checkpoint, frozenset())
        if logins not in self._gates:
            self._gates[logins] = Roster.of(
                RollOfficer(login=login, name="", pin="", fingers=fingers)
                for login, fingers in sorted(self._fingers.items())
                if logins is None or login in logins
            )
        return self._gates[logins]

    def _read(self, session: Session) -> Mapping[str, list[RollFinger]]:
        if self.vault is None:
            return {login: [] for login in logins_with_fingers(session)}
        return {
            login: [RollFinger(position=position, template=record) for position, record in found]
            for login, found in officer_templates(session, self.vault).items()
        }


def _posted(session: Session, now: datetime) -> Mapping[str, frozenset[str]]:
    """Logins by checkpoint, of posts of now and of the day to come."""
    found: dict[str, set[str]] = {}
    for post in posts(session, now):
        if post.from_at <= now + AHEAD:
            found.setdefault(post.checkpoint, set()).add(post.login)
    return {checkpoint: frozenset(logins) for checkpoint, logins in found.items()}
