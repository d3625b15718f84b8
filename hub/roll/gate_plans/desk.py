"""Keeping every gate's plan current, and its word of where people are: at most once a second."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from hub.database import Sessions, session_scope
from hub.movements import feed
from hub.movements.passes.reading import Pass
from hub.movements.records import FeedKind
from hub.pace import is_over
from hub.roll.gate_plans.gates import Gate, gates
from hub.roll.gate_plans.making import Made, number_plans
from hub.roll.gate_plans.planning import Everything, everything, plan_of, steps_stamp, was_decided
from hub.roll.gate_plans.planning import stamp as stamp_of_plans
from hub.roll.gate_plans.presence import Present, is_wanted, presence_of, present, stamp
from hub.roll.gate_plans.reaching import note_reaches
from wire.codec import encode
from wire.envelope import HUB, sign
from wire.keys import SigningKey, sealing_key
from wire.plan import (
    KIND,
    PRESENCE_KIND,
    PlanUpdate,
    PresenceUpdate,
    plan_context,
    presence_context,
)
from wire.sealing import seal
from wire.topics import Channel, topic
from wire.versions import Version

RECKON_EVERY: Final = timedelta(seconds=2)
"""A pass that is planned now is at its gates in this time."""
STEPS_EVERY: Final = timedelta(seconds=10)
"""What was only seen of passes waits so long: in an unlock that is much, and reading thousands costs half a second."""
READ_ANEW: Final = timedelta(seconds=60)
"""What becomes due by the clock alone waits no longer."""
CONFIRM_EVERY: Final = timedelta(seconds=20)
FIRST_PATIENCE: Final = timedelta(seconds=5)
"""How long a terminal may take to say that it holds a plan before it is told again."""
LONGEST_PATIENCE: Final = timedelta(minutes=2)
PRESENCE_EVERY: Final = timedelta(seconds=1)
PRESENCE_AGAIN: Final = timedelta(seconds=10)
"""Where nothing moved, this often the word is said anew, so that it does not grow old at the gate."""

Send = Callable[[str, bytes], bool]
"""Hands a message to the broker (topic, payload); False when it did not leave."""


@dataclass(frozen=True)
class _Sent:
    session: int
    version: Version
    at: datetime
    patience: timedelta


@dataclass(frozen=True)
class _Told:
    """What was said of where people are, and when, to a terminal connected as `session`."""

    session: int
    plain: bytes
    at: datetime


class GatePlanDesk:
    """One thread calls `tick`, several times a second. Two desks at once only say things twice."""

    def __init__(self, sessions: Sessions, signing_key: SigningKey, send: Send) -> None:
        self._sessions = sessions
        self._signing_key = signing_key
        self._send = send
        self._made: Mapping[int, Made] = {}
        self._inputs: tuple[object, ...] | None = None
        self._steps = 0
        self._reaching: tuple[Pass, ...] | None = None
        self._read_at: datetime | None = None
        self._reckoned_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._stamp: tuple[int, int] | None = None
        self._sent: dict[int, _Sent] = {}
        self._confirmed: dict[int, datetime] = {}
        self._told: dict[int, _Told] = {}
        self._reported_ahead: set[tuple[int, Version]] = set()

    def tick(self, now: datetime) -> int:
        """Look once and send what is due; gives how many messages went out."""
        with session_scope(self._sessions, writes=False) as session:
            all_gates = gates(session)
            known = self._read(session, all_gates, now)
        if known is not None:
            self._number(known, all_gates, now)
        if self._reaching is not None and not note_reaches(self._sessions, self._reaching, now):
            self._reaching = None
        here = [gate for gate in all_gates if gate.session is not None and gate.terminal_id in self._made]
        self._forget_absent(here)
        self._report_ahead(here, now)
        sent = sum(self._tell_plan(gate, self._made[gate.terminal_id], now) for gate in here)
        return sent + self._tell_presence(here, now)

    def _read(self, session: Session, all_gates: list[Gate], now: datetime) -> Everything | None:
        """What plans are made from, when it is time to look and something of it may be new."""
        if not all_gates or not is_over(self._reckoned_at, RECKON_EVERY, now):
            return None
        self._reckoned_at = now
        found, steps = stamp_of_plans(session), steps_stamp(session)
        patience = READ_ANEW if steps == self._steps else STEPS_EVERY
        decided = steps != self._steps and was_decided(session, self._steps)
        if found == self._inputs and not decided and not is_over(self._read_at, patience, now):
            return None
        self._inputs, self._steps, self._read_at = found, steps, now
        return everything(session, now, all_gates)

    def _number(self, known: Everything, all_gates: list[Gate], now: datetime) -> None:
        plans = {gate.terminal_id: plan_of(known, gate) for gate in all_gates}
        self._made = number_plans(self._sessions, plans, now)
        self._reaching = known.all_passes
        if len(self._made) < len(plans):
            self._inputs = None  # another process numbered some: they are read again at the next look

    def _tell_plan(self, gate: Gate, made: Made, now: datetime) -> int:
        if gate.held == made.version:
            self._sent.pop(gate.terminal_id, None)
            return self._confirm(gate, made, now)
        if gate.held is not None and gate.held > made.version:
            return 0
        before = self._sent.get(gate.terminal_id)
        again = before is not None and (before.session, before.version) == (gate.session, made.version)
        if again and before is not None and now - before.at < before.patience:
            return 0
        sealed = seal(made.plain, sealing_key(gate.sealing_key), plan_context(gate.name, made.version))
        if not self._say_plan(gate, made.version, sealed, now):
            return 0
        patience = FIRST_PATIENCE
        if again and before is not None:
            patience = min(before.patience * 2, LONGEST_PATIENCE)
        self._sent[gate.terminal_id] = _Sent(gate.session or 0, made.version, now, patience)
        self._confirmed[gate.terminal_id] = now
        return 1

    def _confirm(self, gate: Gate, made: Made, now: datetime) -> int:
        if not is_over(self._confirmed.get(gate.terminal_id), CONFIRM_EVERY, now):
            return 0
        if not self._say_plan(gate, made.version, b"", now):
            return 0
        self._confirmed[gate.terminal_id] = now
        return 1

    def _say_plan(self, gate: Gate, version: Version, sealed: bytes, now: datetime) -> bool:
        update = PlanUpdate(version=version, sealed=sealed, said_at=now, session=gate.session)
        return self._send(
            topic(gate.name, Channel.PLAN), sign(KIND, HUB, gate.name, update, self._signing_key)
        )

    def _tell_presence(self, here: list[Gate], now: datetime) -> int:
        wanted = [gate for gate in here if is_wanted(self._made[gate.terminal_id].plan)]
        if not wanted or not is_over(self._looked_at, PRESENCE_EVERY, now):
            return 0
        with session_scope(self._sessions, writes=False) as session:
            found = self._present(session, wanted, now)
        self._looked_at = now
        return 0 if found is None else sum(self._say_presence(gate, found, now) for gate in wanted)

    def _present(self, session: Session, wanted: list[Gate], now: datetime) -> Present | None:
        """Everybody's place, when somebody moved since or a gate is due to hear of it again."""
        fresh = stamp(session)
        due = [gate for gate in wanted if self._is_due(gate, now)]
        if fresh == self._stamp and not due:
            return None
        self._stamp = fresh
        return present(session, now)

    def _is_due(self, gate: Gate, now: datetime) -> bool:
        told = self._told.get(gate.terminal_id)
        return told is None or told.session != gate.session or is_over(told.at, PRESENCE_AGAIN, now)

    def _say_presence(self, gate: Gate, found: Present, now: datetime) -> int:
        plain = encode(presence_of(found, gate, self._made[gate.terminal_id].plan))
        told = self._told.get(gate.terminal_id)
        if told is not None and told.plain == plain and not self._is_due(gate, now):
            return 0
        sealed = seal(plain, sealing_key(gate.sealing_key), presence_context(gate.name, now))
        update = PresenceUpdate(said_at=now, sealed=sealed, session=gate.session)
        message = sign(PRESENCE_KIND, HUB, gate.name, update, self._signing_key)
        if not self._send(topic(gate.name, Channel.PRESENCE), message):
            return 0
        self._told[gate.terminal_id] = _Told(gate.session or 0, plain, now)
        return 1

    def _forget_absent(self, here: list[Gate]) -> None:
        present_now = {gate.terminal_id for gate in here}
        for known in (self._sent, self._confirmed, self._told):
            for gone in known.keys() - present_now:
                known.pop(gone)

    def _report_ahead(self, here: list[Gate], now: datetime) -> None:
        """A terminal that holds a newer plan than there is rightly refuses ours: somebody must raise the epoch."""
        for gate in here:
            wanted = self._made[gate.terminal_id].version
            key = None if gate.held is None else (gate.terminal_id, gate.held)
            if gate.held is None or gate.held <= wanted or key in self._reported_ahead:
                continue
            told = {"what": "plan_ahead", "terminal": gate.name, "version": str(gate.held)}
            line = feed.Line(now, FeedKind.ALARM, {**told, "current": str(wanted), "at": now.isoformat()})
            with session_scope(self._sessions) as session:
                feed.append(session, [line])
            self._reported_ahead.add((gate.terminal_id, gate.held))
