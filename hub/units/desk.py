"""Officers' pages kept told of their units: whole, sealed, at most once a second, confirmed when nothing moved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from hub.database import Sessions, session_scope
from hub.terminals.epochs import current_epoch
from hub.units.assigned import Assigned, assigned, stamp
from hub.units.holding import Listener, listeners
from hub.units.picture import picture_of, seen, units_at
from wire.codec import encode
from wire.envelope import HUB, sign
from wire.keys import SigningKey, sealing_key
from wire.sealing import seal
from wire.topics import Channel, topic
from wire.unit import KIND, UnitPicture, UnitUpdate, seal_context
from wire.versions import Version

EVERY: Final = timedelta(seconds=1)
"""However much moves, no page hears more often."""
CONFIRM_EVERY: Final = timedelta(seconds=20)
PATIENCE: Final = timedelta(seconds=15)
"""How long a terminal may take to say that it holds what it was sent."""
READ_ANEW: Final = timedelta(seconds=60)
"""Who lives where may change by the clock alone, as when a move that was entered for later takes effect."""

Send = Callable[[str, bytes], bool]
"""Hands a message to the broker (topic, payload); False when it did not leave."""


@dataclass(frozen=True)
class _Sent:
    session: int
    version: Version
    digest: bytes
    at: datetime
    confirmed_at: datetime


class UnitDesk:
    """One thread calls `tick`, several times a second. Two desks at once only say things twice."""

    def __init__(self, sessions: Sessions, signing_key: SigningKey, send: Send) -> None:
        self._sessions = sessions
        self._signing_key = signing_key
        self._send = send
        self._sent: dict[int, _Sent] = {}
        self._looked_at: datetime | None = None
        self._base: tuple[tuple[int, int], datetime, Assigned] | None = None

    def tick(self, now: datetime) -> int:
        """Look once and send what is due; more than 0 when it is to be looked at again soon."""
        if self._looked_at is not None and timedelta(0) <= now - self._looked_at < EVERY:
            return 1
        self._looked_at = now
        with session_scope(self._sessions, writes=False) as session:
            present = listeners(session)
            epoch = current_epoch(session)
            pictures = self._pictures(session, present, now) if present else {}
        here = {one.terminal_id for one in present}
        self._sent = {key: sent for key, sent in self._sent.items() if key in here}
        return sum(self._tell(one, pictures[one.terminal_id], epoch, now) for one in present)

    def _pictures(self, session: Session, present: list[Listener], now: datetime) -> dict[int, UnitPicture]:
        known = seen(session, now, self._assigned(session, now))
        return {
            one.terminal_id: picture_of(
                session, units_at(known.tree, one.zones), now, terminal=one.name, known=known
            )
            for one in present
        }

    def _assigned(self, session: Session, now: datetime) -> Assigned:
        found = stamp(session)
        held = self._base
        if held is None or held[0] != found or not timedelta(0) <= now - held[1] < READ_ANEW:
            held = self._base = (found, now, assigned(session, now))
        return held[2]

    def _tell(self, one: Listener, picture: UnitPicture, epoch: int, now: datetime) -> int:
        plain = encode(picture)
        digest = hashlib.sha256(plain).digest()
        sent = self._sent.get(one.terminal_id)
        if sent is None or sent.session != one.session or sent.digest != digest:
            return self._say(one, plain, digest, epoch, now)
        if one.held != sent.version:
            return self._say(one, plain, digest, epoch, now) if now - sent.at >= PATIENCE else 0
        return self._confirm(one, sent, now) if now - sent.confirmed_at >= CONFIRM_EVERY else 0

    def _say(self, one: Listener, plain: bytes, digest: bytes, epoch: int, now: datetime) -> int:
        version = self._next(one, epoch, now)
        sealed = seal(plain, sealing_key(one.sealing_key), seal_context(one.name, version))
        if not self._publish(one, version, sealed, now):
            return 0
        self._sent[one.terminal_id] = _Sent(one.session, version, digest, now, now)
        return 1

    def _confirm(self, one: Listener, sent: _Sent, now: datetime) -> int:
        if not self._publish(one, sent.version, b"", now):
            return 0
        self._sent[one.terminal_id] = _Sent(sent.session, sent.version, sent.digest, sent.at, now)
        return 1

    def _next(self, one: Listener, epoch: int, now: datetime) -> Version:
        """By the clock, and past whatever was said or is held: a restart of ours needs no memory."""
        sent = self._sent.get(one.terminal_id)
        past = [int(now.timestamp() * 1000)]
        past += [
            version.counter + 1
            for version in (one.held, None if sent is None else sent.version)
            if version is not None and version.epoch == epoch
        ]
        return Version(epoch, max(past))

    def _publish(self, one: Listener, version: Version, sealed: bytes, now: datetime) -> bool:
        update = UnitUpdate(version=version, said_at=now, sealed=sealed, session=one.session)
        return self._send(topic(one.name, Channel.UNIT), sign(KIND, HUB, one.name, update, self._signing_key))
