"""Keeping every terminal's copy of the roll current: who is told what, when, and when again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.biometrics.vault import Vault
from hub.database import Sessions, session_scope
from hub.movements import feed
from hub.movements.records import FeedKind
from hub.roll.actions import Listener, current_version, listeners
from hub.roll.content import changes
from hub.roll.rosters import OfficerBook
from hub.roll.rules import Need, base_of, need_of
from wire.codec import encode
from wire.envelope import HUB, sign
from wire.keys import SigningKey, sealing_key
from wire.roll import KIND, RollChanges, RollUpdate, seal_context
from wire.sealing import seal
from wire.topics import Channel, topic
from wire.versions import Version

CONFIRM_EVERY = timedelta(seconds=20)
"""A current terminal hears so at least every half minute; the rest is for the way and a slow tick."""
FIRST_PATIENCE = timedelta(seconds=15)
"""How long a terminal may take to report an update before it is told again."""
LONGEST_PATIENCE = timedelta(minutes=4)
"""A terminal that keeps failing is told ever more rarely, up to this."""

Send = Callable[[str, bytes], bool]
"""Hands a message to the broker (topic, payload); False when it did not leave."""


@dataclass(frozen=True)
class _Sent:
    """An update on its way to a terminal connected as `session`."""

    session: int
    to: Version
    scope: str
    at: datetime
    patience: timedelta


@dataclass(frozen=True)
class _Work:
    """What one look at the database says has to go out."""

    listener: Listener
    base: Version
    parts: list[RollChanges]


class RollDesk:
    """Tells terminals about the roll. One thread calls `tick`, several times a second.

    At most one update is on its way to a terminal. Two desks at once only say things twice.
    """

    def __init__(self, sessions: Sessions, vault: Vault, signing_key: SigningKey, send: Send) -> None:
        self._sessions = sessions
        self._vault = vault
        self._signing_key = signing_key
        self._send = send
        self._sent: dict[int, _Sent] = {}
        self._confirmed: dict[int, datetime] = {}
        self._reported_ahead: set[tuple[int, Version]] = set()
        self._book = OfficerBook(vault)
        self._kept: tuple[tuple[Version, Version, str], list[RollChanges]] | None = None

    def tick(self, now: datetime) -> int:
        """Look once and send what is due; gives how many messages went out."""
        with session_scope(self._sessions, writes=False) as session:
            current = current_version(session)
            present = listeners(session, self._book, now)
            due = [one for one in present if self._is_due(one, current, now)]
            work = [
                _Work(one, base, self._parts(session, base, current, one))
                for one in sorted(due, key=lambda one: one.scope.word())
                for base in [base_of(_need(one, current), one.held)]
            ]
        self._forget_absent(present)
        self._report_ahead(present, current, now)
        sent = sum(self._update(item, current, now) for item in work)
        return sent + sum(self._confirm(one, current, now) for one in present)

    def _is_due(self, one: Listener, current: Version, now: datetime) -> bool:
        sent = self._sent.get(one.terminal_id)
        if sent is not None and (one.session != sent.session or _has_arrived(one, sent)):
            del self._sent[one.terminal_id]
            sent = None
        if _need(one, current) not in (Need.DIFFERENCE, Need.WHOLE):
            return False
        return sent is None or now - sent.at >= sent.patience

    def _parts(self, session: Session, base: Version, to: Version, one: Listener) -> list[RollChanges]:
        # Many terminals usually need the same way; the last one is kept until the roll changes.
        way = (base, to, one.scope.word())
        if self._kept is None or self._kept[0] != way:
            self._kept = (way, changes(session, self._vault, base, to, one.scope))
        return self._kept[1]

    def _update(self, work: _Work, to: Version, now: datetime) -> int:
        one = work.listener
        for part, content in enumerate(work.parts, 1):
            sealed = seal(encode(content), sealing_key(one.sealing_key), seal_context(one.name, to, part))
            if not self._say(one, work.base, to, part, len(work.parts), sealed, now):
                return part - 1
        before = self._sent.get(one.terminal_id)
        patience = FIRST_PATIENCE if before is None else min(before.patience * 2, LONGEST_PATIENCE)
        self._sent[one.terminal_id] = _Sent(one.session, to, one.scope.word(), now, patience)
        self._confirmed[one.terminal_id] = now
        return len(work.parts)

    def _confirm(self, one: Listener, current: Version, now: datetime) -> int:
        last = self._confirmed.get(one.terminal_id)
        if _need(one, current) is not Need.NOTHING or (last is not None and now - last < CONFIRM_EVERY):
            return 0
        if not self._say(one, current, current, 1, 1, b"", now):
            return 0
        self._confirmed[one.terminal_id] = now
        return 1

    def _say(
        self, one: Listener, base: Version, to: Version, part: int, parts: int, sealed: bytes, now: datetime
    ) -> bool:
        update = RollUpdate(
            base=base,
            to=to,
            part=part,
            parts=parts,
            sealed=sealed,
            said_at=now,
            scope=one.scope.word(),
            session=one.session,
        )
        return self._send(topic(one.name, Channel.ROLL), sign(KIND, HUB, one.name, update, self._signing_key))

    def _forget_absent(self, present: list[Listener]) -> None:
        # A terminal that comes back says what it holds; nothing of the time before is still on its way.
        here = {one.terminal_id for one in present}
        self._sent = {key: sent for key, sent in self._sent.items() if key in here}
        self._confirmed = {key: at for key, at in self._confirmed.items() if key in here}

    def _report_ahead(self, present: list[Listener], current: Version, now: datetime) -> None:
        news = [
            one
            for one in present
            if _need(one, current) is Need.HUB_IS_BEHIND
            and (one.terminal_id, one.held) not in self._reported_ahead
        ]
        if not news:
            return
        with session_scope(self._sessions) as session:
            feed.append(session, [_ahead(one, current, now) for one in news])
        self._reported_ahead.update((one.terminal_id, one.held) for one in news)


def _need(one: Listener, current: Version) -> Need:
    return need_of(one.held, one.held_scope, current, one.scope.word())


def _has_arrived(one: Listener, sent: _Sent) -> bool:
    return one.held > sent.to or (one.held == sent.to and one.held_scope == sent.scope)


def _ahead(one: Listener, current: Version, now: datetime) -> feed.Line:
    told = {"what": "roll_ahead", "terminal": one.name, "version": str(one.held), "current": str(current)}
    return feed.Line(now, FeedKind.ALARM, {**told, "at": now.isoformat()})
