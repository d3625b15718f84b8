"""The orders that hold at this terminal: only ever forward, on the card before they are said to be taken, and in
force from the moment they came, with the hub or without it, until the hub says otherwise.

A thread takes them off the line, because the card may be slow and an order must not wait behind the journal.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Protocol

from edge.clock import Reading
from edge.decision import NO_ORDERS, InForce
from edge.errors import JournalWriteError
from edge.log import Log
from edge.orders_file import OrdersFile, Stored, mark_used
from edge.ports import Clock, Recorder
from edge.refusals import Refusals
from wire.errors import Refusal, WireError
from wire.happenings import EntryReference, OrdersTaken
from wire.journal import Clock as Confidence
from wire.orders import Order, OrderKind, Orders
from wire.versions import Version

TURN_S = 1.0
"""Longest wait between two looks at what could not be stored or journalled yet, and at what has ended by itself."""

UNREADABLE = "orders_unreadable"
UNSTORED = "orders_not_stored"


class Pulse(Protocol):
    """A thread's sign of life."""

    def __call__(self) -> None: ...


class OrdersBook:
    """`load`, then `connect`, then `run` as the body of a thread; everything else may be called from any."""

    def __init__(self, file: OrdersFile, refusals: Refusals, clock: Clock, log: Log) -> None:
        self._file = file
        self._refusals = refusals
        self._clock = clock
        self._log = log
        self._recorder: Recorder | None = None
        self._changed: Callable[[], None] = _nobody
        self._lock = threading.Lock()
        self._arrived: queue.Queue[bytes | None] = queue.Queue(64)
        self._orders: Orders | None = None
        self._stored: Stored | None = None
        self._is_stored = True
        self._complained = False
        self._unjournalled = False
        self._unreadable = False
        self._told = NO_ORDERS

    def load(self, aside_name: str) -> None:
        """Brings back what was in force. A file that is not the hub's is set aside, logged and reported.

        No card keeps a gate from starting: without a version in its state the hub tells it everything again.
        """
        try:
            found = self._file.load()
        except OSError as error:
            self._unreadable = True
            self._log.error(UNREADABLE, why=error.strerror)
            return
        except WireError as error:
            self._unreadable = True
            self._log.error(UNREADABLE, why=error.reason.value, to=self._set_aside(aside_name))
            return
        if found is not None:
            self._stored, self._orders = found
            self._told = self.in_force()

    def connect(self, recorder: Recorder, changed: Callable[[], None]) -> None:
        """From now on what is taken is journalled, and `changed` hears of every change."""
        self._recorder, self._changed = recorder, changed

    def version(self) -> Version | None:
        """Of the orders acted by; None before the first."""
        orders = self._orders
        return None if orders is None else orders.version

    def in_force(self) -> InForce:
        """What holds now."""
        with self._lock:
            orders, stored = self._orders, self._stored
        if orders is None or stored is None:
            return NO_ORDERS
        now = self._clock.read()
        holding = [order for order in orders.in_force if _holds(order, orders, stored, now)]
        kinds = {order.kind for order in holding}
        let = {
            order.person: order.number
            for order in holding
            if order.kind is OrderKind.LET_THROUGH and order.person is not None
        }
        return InForce(
            evacuate=OrderKind.EVACUATE in kinds,
            lockdown=OrderKind.LOCKDOWN in kinds,
            let_through=let,
            hold=OrderKind.HOLD in kinds,
        )

    def let_through(self) -> list[Order]:
        """Orders that let one person through and were not used up yet."""
        with self._lock:
            orders, stored = self._orders, self._stored
        if orders is None or stored is None:
            return []
        now = self._clock.read()
        wanted = [order for order in orders.in_force if order.kind is OrderKind.LET_THROUGH]
        return [order for order in wanted if _holds(order, orders, stored, now)]

    def answered(self) -> list[EntryReference]:
        """Referrals of this terminal that an officer at the hub has answered by letting the person through."""
        orders = self._orders
        return [order.referral for order in orders.in_force if order.referral is not None] if orders else []

    def used(self, number: int) -> None:
        """An order that holds for one person once is spent: it lets nobody else through, nor after a restart."""
        with self._lock:
            if self._stored is None:
                return
            self._stored = mark_used(self._stored, number)
            self._is_stored = False
            self._store()
        self._tell()

    def state(self) -> Mapping[str, Any]:
        """For `HubLink.also_tell`: a version that is not on the card yet is not said to be held."""
        with self._lock:
            held = self._orders is not None and self._is_stored
        return {"orders_version": self.version()} if held else {}

    def health(self) -> Mapping[str, Any]:
        """For `HubLink.also_tell`."""
        words = {UNREADABLE: self._unreadable, UNSTORED: not self._is_stored}
        return {"alarms": [word for word, holds in words.items() if holds]}

    def post(self, raw: bytes) -> None:
        """Takes a message off the line. Never waits."""
        try:
            self._arrived.put_nowait(raw)
        except queue.Full:
            self._refusals.count("mailbox_full")

    def stop(self) -> None:
        self._arrived.put(None)

    def run(self, pulse: Pulse) -> None:
        """Returns after `stop`."""
        while True:
            pulse()
            try:
                raw = self._arrived.get(timeout=TURN_S)
            except queue.Empty:
                self.look_around()
                continue
            if raw is None:
                return
            self.take(raw)

    def take(self, raw: bytes) -> None:
        """Acts by one message; one that must not be acted on is counted and changes nothing."""
        try:
            orders = self._file.open(raw)
            with self._lock:
                news = self._accept(orders, raw)
        except WireError as error:
            self._refusals.count(error.reason)
            return
        if news:
            self._log.info("orders_taken", version=str(orders.version), in_force=len(orders.in_force))
            self._journal()
        self._tell()
        self._changed()

    def look_around(self) -> None:
        """What could not be stored or journalled is tried again; what has ended by itself is told."""
        with self._lock:
            self._store()
        self._journal()
        self._tell()

    def _set_aside(self, aside_name: str) -> str:
        try:
            return self._file.set_aside(aside_name).name
        except OSError as error:
            return f"nowhere: {error.strerror}"

    def _accept(self, orders: Orders, raw: bytes) -> bool:
        """In force at once, even when the card takes nothing: an evacuation does not wait for a disk."""
        held = self._orders
        if held is not None and orders.version < held.version:
            raise WireError(Refusal.BACKWARDS, f"Orders {held.version} are in force, newer than what came.")
        if held is not None and orders.version == held.version:
            self._store()
            return False
        numbers = {order.number for order in orders.in_force}
        used = [] if self._stored is None else [number for number in self._stored.used if number in numbers]
        self._orders = orders
        self._stored = Stored(raw=raw, received=self._clock.read(), used=used)
        self._is_stored = False
        self._unjournalled = True
        self._unreadable = False
        self._store()
        return True

    def _store(self) -> None:
        if self._is_stored or self._stored is None:
            return
        try:
            self._file.save(self._stored)
        except OSError as error:
            if not self._complained:
                self._log.error(UNSTORED, why=error.strerror)
            self._complained = True
            return
        self._is_stored, self._complained = True, False

    def _journal(self) -> None:
        """A journal without room costs the entry some time, never the order its effect."""
        orders = self._orders
        if not self._unjournalled or orders is None or self._recorder is None:
            return
        numbers = [order.number for order in orders.in_force]
        try:
            self._recorder.record(OrdersTaken(version=orders.version, in_force=numbers))
        except JournalWriteError as error:
            self._log.warning("orders_not_journalled", code=error.code)
            return
        self._unjournalled = False

    def _tell(self) -> None:
        now = self.in_force()
        if now != self._told:
            self._told = now
            self._changed()


def _holds(order: Order, orders: Orders, stored: Stored, now: Reading) -> bool:
    """Only an order for one person ends by itself: when it is spent, or `until_at`.

    How long that is counts from when it came, so that a clock that is wrong does not make it longer; in another
    boot the wall clock alone is left, and an order whose end nobody can tell has ended.
    """
    if order.kind is not OrderKind.LET_THROUGH:
        return True
    if order.number in stored.used or order.until_at is None:
        return False
    sure = now.confidence is Confidence.SYNCHRONISED
    if sure and now.wall_time >= order.until_at:
        return False
    if now.boot_id != stored.received.boot_id:
        return sure
    return timedelta(seconds=now.seconds_since(stored.received)) < order.until_at - orders.said_at


def _nobody() -> None:
    """Nobody listens before the parts are put together."""
