"""Keeping every terminal told what it shall run by, and every roll-out going."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from hub.database import Sessions, session_scope
from hub.pace import is_over
from hub.terminals.configuration.actions import reported
from hub.terminals.configuration.records import Act, ConfigurationReport, DesiredConfiguration, Rollout
from hub.terminals.configuration.rollouts import advance, due, running
from hub.terminals.configuration.rules import Next
from hub.terminals.epochs import current_epoch
from hub.terminals.records import Status, Terminal, TerminalState
from wire.configuration import KIND, Configuration
from wire.envelope import HUB, sign
from wire.keys import SigningKey
from wire.topics import Channel, topic
from wire.versions import Version

LOOK_EVERY: Final = timedelta(seconds=0.5)
CONFIRM_EVERY: Final = timedelta(seconds=20)
"""A terminal that runs by what it shall hears so at least every half minute."""
FIRST_PATIENCE: Final = timedelta(seconds=20)
"""How long a terminal may take to report a configuration, its start anew included, before it is told again."""
LONGEST_PATIENCE: Final = timedelta(minutes=5)

Send = Callable[[str, bytes], bool]
"""Hands a message to the broker (topic, payload); False when it did not leave."""

Tell = Callable[[Session, datetime, str, dict[str, Any]], None]
"""Puts an alarm (what, facts) before the control room, in the transaction of what it tells."""


@dataclass(frozen=True)
class Listener:
    """A terminal that is there, what it shall run by and what it says; `refused` is the newest it will not have."""

    terminal_id: int
    name: str
    session: int
    wanted: Version
    settings: dict[str, Any]
    probation_s: int
    held: Version | None
    refused: Version | None


@dataclass(frozen=True)
class _Sent:
    session: int
    version: Version
    at: datetime
    patience: timedelta


class ConfigurationDesk:
    """One thread calls `tick`, several times a second. Two desks at once only say things twice."""

    def __init__(self, sessions: Sessions, signing_key: SigningKey, send: Send, tell: Tell) -> None:
        self._sessions = sessions
        self._signing_key = signing_key
        self._send = send
        self._tell = tell
        self._looked_at: datetime | None = None
        self._sent: dict[int, _Sent] = {}
        self._confirmed: dict[int, tuple[Version, datetime]] = {}
        self._reported_ahead: set[tuple[int, Version]] = set()

    def tick(self, now: datetime) -> int:
        """Look once and send what is due; gives how many messages went out."""
        if not is_over(self._looked_at, LOOK_EVERY, now):
            return 0
        self._looked_at = now
        with session_scope(self._sessions, writes=False) as session:
            steps = [(one.id, step) for one in running(session) if (step := due(session, one, now))]
        for number, step in steps:
            self._take_step(number, step, now)
        with session_scope(self._sessions, writes=False) as session:
            present = listeners(session)
        here = {one.terminal_id for one in present}
        self._sent = {key: sent for key, sent in self._sent.items() if key in here}
        self._confirmed = {key: what for key, what in self._confirmed.items() if key in here}
        self._report_ahead(present, now)
        return sum(self._serve(one, now) for one in present)

    def _take_step(self, number: int, step: Next, now: datetime) -> None:
        with session_scope(self._sessions) as session:
            rollout = session.get(Rollout, number)
            # Somebody may have acted since we looked, or another desk.
            if rollout is None or due(session, rollout, now) != step:
                return
            advance(session, rollout, step, now)
            if step.act is Act.STOPPED:
                facts = {"rollout": number, "terminal": step.terminal, "why": step.why}
                self._tell(session, now, "rollout_stopped", facts)

    def _serve(self, one: Listener, now: datetime) -> int:
        if one.held == one.wanted:
            self._sent.pop(one.terminal_id, None)
            return self._confirm(one, now)
        if one.refused == one.wanted or (one.held is not None and one.held > one.wanted):
            return 0
        sent = self._sent.get(one.terminal_id)
        same = sent is not None and (sent.session, sent.version) == (one.session, one.wanted)
        if sent is not None and same and now - sent.at < sent.patience:
            return 0
        if not self._say(one, msgspec.json.encode(one.settings), now):
            return 0
        patience = min(sent.patience * 2, LONGEST_PATIENCE) if sent is not None and same else FIRST_PATIENCE
        self._sent[one.terminal_id] = _Sent(one.session, one.wanted, now, patience)
        return 1

    def _confirm(self, one: Listener, now: datetime) -> int:
        version, at = self._confirmed.get(one.terminal_id, (None, now))
        if version == one.wanted and now - at < CONFIRM_EVERY:
            return 0
        if not self._say(one, None, now):
            return 0
        self._confirmed[one.terminal_id] = (one.wanted, now)
        return 1

    def _say(self, one: Listener, settings: bytes | None, now: datetime) -> bool:
        said = Configuration(
            version=one.wanted, said_at=now, settings=settings, probation_s=float(one.probation_s)
        )
        return self._send(topic(one.name, Channel.CONFIG), sign(KIND, HUB, one.name, said, self._signing_key))

    def _report_ahead(self, present: list[Listener], now: datetime) -> None:
        for one in present:
            if (
                one.held is None
                or one.held <= one.wanted
                or (one.terminal_id, one.held) in self._reported_ahead
            ):
                continue
            with session_scope(self._sessions) as session:
                facts = {"terminal": one.name, "version": str(one.held), "current": str(one.wanted)}
                self._tell(session, now, "configuration_ahead", facts)
            self._reported_ahead.add((one.terminal_id, one.held))


def listeners(session: Session) -> list[Listener]:
    """Terminals that are online, may speak, and shall run by something."""
    epoch = current_epoch(session)
    later = aliased(DesiredConfiguration)
    newest = (
        ~select(later.id)
        .where(
            later.terminal_id == DesiredConfiguration.terminal_id,
            later.counter > DesiredConfiguration.counter,
        )
        .exists()
    )
    rows = session.execute(
        select(Terminal.name, TerminalState.session, DesiredConfiguration, ConfigurationReport)
        .join(TerminalState, TerminalState.terminal_id == Terminal.id)
        .join(DesiredConfiguration, DesiredConfiguration.terminal_id == Terminal.id)
        .outerjoin(ConfigurationReport, ConfigurationReport.terminal_id == Terminal.id)
        .where(Terminal.status == Status.ACTIVE, TerminalState.online, newest)
        .order_by(Terminal.name)
    )
    return [_listener(name, number, row, report, epoch) for name, number, row, report in rows]


def _listener(
    name: str, number: int, row: DesiredConfiguration, report: ConfigurationReport | None, epoch: int
) -> Listener:
    return Listener(
        row.terminal_id,
        name,
        number,
        Version(epoch, row.counter),
        row.settings,
        row.probation_s,
        None if report is None else reported(report.epoch, report.counter),
        None if report is None else reported(report.refused_epoch, report.refused_counter),
    )
