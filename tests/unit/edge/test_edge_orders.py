"""Orders at the terminal: by the hub's key, only forward, on the card before they are said to be held."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edge import orders_file
from edge.clock import Reading
from edge.decision import NO_ORDERS, InForce
from edge.errors import JournalFullError
from edge.log import Log
from edge.orders import OrdersBook
from edge.orders_file import OrdersFile
from edge.refusals import Refusals
from wire.envelope import HUB, sign
from wire.happenings import EntryReference, Happening, OrdersTaken
from wire.journal import Clock
from wire.keys import SigningKey
from wire.orders import KIND, Order, OrderKind, Orders
from wire.versions import Version

AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
HUB_KEY = SigningKey.generate()
TERMINAL = "gate-1"
KEY = EntryReference(terminal=TERMINAL, journal_id=bytes(16), sequence=1)


def order(kind: OrderKind, number: int, **more: Any) -> Order:
    return Order(number=number, kind=kind, since_at=AT, by="supervisor", reason="a reason", **more)


def let_through(number: int, person: str = "P-000001", for_s: float = 60.0) -> Order:
    until = AT + timedelta(seconds=for_s)
    return order(OrderKind.LET_THROUGH, number, person=person, until_at=until)


LOCKDOWN = order(OrderKind.LOCKDOWN, 1)
EVACUATE = order(OrderKind.EVACUATE, 2)


def message(
    counter: int,
    *in_force: Order,
    epoch: int = 1,
    key: SigningKey = HUB_KEY,
    receiver: str = TERMINAL,
    said_at: datetime = AT,
) -> bytes:
    orders = Orders(version=Version(epoch, counter), said_at=said_at, in_force=list(in_force))
    return sign(KIND, HUB, receiver, orders, key)


class World:
    """One terminal's book over a real folder, and what it told."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "orders.signed"
        self.reading = Reading("ab" * 16, 1_000_000, AT, Clock.SYNCHRONISED)
        self.kept: list[OrdersTaken] = []
        self.journal_full = False
        self.changes = 0
        self.output = io.StringIO()
        self.refusals = Refusals(Log("downlink", self.output))
        self.book = self.start()

    def start(self) -> OrdersBook:
        """The agent starts: what is on the card counts."""
        file = OrdersFile(self.path, TERMINAL, HUB_KEY.public_key())
        self.book = OrdersBook(file, self.refusals, self, Log("orders", self.output))
        self.book.load("aside")
        self.book.connect(self, self._changed)
        return self.book

    def read(self) -> Reading:
        return self.reading

    def record(self, happening: Happening) -> EntryReference:
        if self.journal_full:
            raise JournalFullError("full")
        assert isinstance(happening, OrdersTaken)
        self.kept.append(happening)
        return KEY

    def has_room(self) -> bool:
        return not self.journal_full

    def pass_s(self, seconds: float) -> None:
        now = self.reading
        self.reading = replace(
            now,
            boot_time_ms=now.boot_time_ms + int(seconds * 1000),
            wall_time=now.wall_time + timedelta(seconds=seconds),
        )

    def reboot(self, *, clock: Clock = Clock.SYNCHRONISED) -> OrdersBook:
        self.reading = replace(self.reading, boot_id="cd" * 16, boot_time_ms=5_000, confidence=clock)
        return self.start()

    def version(self) -> object:
        told: Mapping[str, Any] = self.book.state()
        return told.get("orders_version")

    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.output.getvalue().splitlines()]

    def _changed(self) -> None:
        self.changes += 1


@pytest.fixture
def world(quick_path: Path) -> World:
    return World(quick_path)


@pytest.mark.parametrize(
    "raw",
    [
        b"no envelope",
        message(5, LOCKDOWN, key=SigningKey.generate()),
        message(5, LOCKDOWN, receiver="gate-2"),
        sign("roll", HUB, TERMINAL, Orders(version=Version(1, 5), said_at=AT, in_force=[]), HUB_KEY),
    ],
)
def test_what_is_not_the_hubs_order_for_us_changes_nothing(world: World, raw: bytes) -> None:
    world.book.take(raw)
    assert world.book.in_force() == NO_ORDERS
    assert (world.refusals.total(), world.version(), world.kept) == (1, None, [])
    assert not world.path.exists()


@pytest.mark.parametrize("what", ["read_bytes", "replace"])
def test_a_card_that_gives_nothing_or_takes_nothing_keeps_no_gate_from_starting(
    world: World, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    world.path.write_bytes(b"torn by a cut")

    def broken(*_facts: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as card:
        card.setattr(Path, what, broken)
        world.start()
    assert world.book.in_force() == NO_ORDERS
    assert (world.version(), world.book.health()) == (None, {"alarms": ["orders_unreadable"]})
    world.book.take(message(5, LOCKDOWN))
    assert world.start().in_force() == InForce(lockdown=True)


def test_orders_never_go_back(world: World) -> None:
    world.book.take(message(5, LOCKDOWN))
    world.book.take(message(4))
    assert world.book.in_force() == InForce(lockdown=True)
    assert world.refusals.total() == 1
    world.book.take(message(1, epoch=2))
    assert world.book.in_force() == NO_ORDERS


def test_orders_are_in_force_on_the_card_journalled_and_told(world: World) -> None:
    world.book.take(message(5, LOCKDOWN, EVACUATE))
    assert world.book.in_force() == InForce(evacuate=True, lockdown=True)
    assert world.path.stat().st_mode & 0o077 == 0
    assert world.kept == [OrdersTaken(version=Version(1, 5), in_force=[1, 2])]
    assert world.version() == Version(1, 5)
    assert world.changes > 0


def test_the_same_orders_said_again_are_journalled_once(world: World) -> None:
    world.book.take(message(5, LOCKDOWN))
    world.book.take(message(5, LOCKDOWN))
    assert len(world.kept) == 1
    assert world.refusals.total() == 0


def test_a_lockdown_survives_a_reboot_without_the_hub(world: World) -> None:
    world.book.take(message(5, LOCKDOWN))
    book = world.reboot(clock=Clock.UNSURE)
    assert book.in_force() == InForce(lockdown=True)
    assert world.version() == Version(1, 5)
    book.take(message(6))
    assert world.start().in_force() == NO_ORDERS


def test_a_file_that_is_not_the_hubs_is_put_aside_and_told(world: World) -> None:
    world.book.take(message(5, LOCKDOWN))
    raw = bytearray(world.path.read_bytes())
    raw[len(raw) // 2] ^= 1
    world.path.write_bytes(bytes(raw))
    book = world.start()
    assert book.in_force() == NO_ORDERS
    assert book.health() == {"alarms": ["orders_unreadable"]}
    assert world.version() is None
    assert [path.name for path in world.path.parent.iterdir()] == ["orders.signed.aside"]
    book.take(message(5, LOCKDOWN))
    assert book.health() == {"alarms": []}
    assert book.in_force() == InForce(lockdown=True)


def test_a_full_card_delays_the_report_and_not_the_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:

        def refuse(_path: Path, _raw: bytes) -> None:
            raise OSError(28, "No space left on device")

        full.setattr(orders_file, "write_durably", refuse)
        world.book.take(message(5, EVACUATE))
        world.book.look_around()
        assert world.book.in_force() == InForce(evacuate=True)
        assert world.version() is None
        assert world.book.health() == {"alarms": ["orders_not_stored"]}
        assert world.events().count("orders_not_stored") == 1
    world.book.look_around()
    assert world.version() == Version(1, 5)
    assert world.start().in_force() == InForce(evacuate=True)


def test_a_full_journal_delays_the_entry_and_not_the_order(world: World) -> None:
    world.journal_full = True
    world.book.take(message(5, LOCKDOWN))
    assert world.book.in_force() == InForce(lockdown=True)
    world.journal_full = False
    world.book.look_around()
    world.book.look_around()
    assert len(world.kept) == 1


def test_whom_an_officer_let_through_passes_once_even_over_a_restart(world: World) -> None:
    world.book.take(message(5, let_through(7), let_through(8, "P-000002")))
    assert world.book.in_force().let_through == {"P-000001": 7, "P-000002": 8}
    world.book.used(7)
    assert world.book.in_force().let_through == {"P-000002": 8}
    assert world.start().in_force().let_through == {"P-000002": 8}
    world.book.take(message(6, LOCKDOWN, let_through(7)))
    assert world.book.in_force() == InForce(lockdown=True)


def test_to_let_through_ends_by_itself_and_that_is_told(world: World) -> None:
    world.book.take(message(5, let_through(7, for_s=60)))
    world.pass_s(59)
    assert world.book.in_force().let_through
    before = world.changes
    world.pass_s(1)
    assert not world.book.in_force().let_through
    world.book.look_around()
    assert world.changes == before + 1


def test_a_clock_that_was_put_back_does_not_make_it_longer(world: World) -> None:
    world.book.take(message(5, let_through(7, for_s=60)))
    world.pass_s(61)
    world.reading = replace(world.reading, wall_time=AT - timedelta(days=1), confidence=Clock.UNSURE)
    assert not world.book.in_force().let_through


@pytest.mark.parametrize(("clock", "holds"), [(Clock.SYNCHRONISED, True), (Clock.UNSURE, False)])
def test_after_a_reboot_only_a_sure_clock_knows_that_it_has_not_ended(
    world: World, clock: Clock, holds: bool
) -> None:
    world.book.take(message(5, let_through(7, for_s=60)))
    world.pass_s(10)
    assert bool(world.reboot(clock=clock).in_force().let_through) is holds


def test_the_thread_takes_what_was_posted_and_ends(world: World) -> None:
    world.book.post(message(5, LOCKDOWN))
    world.book.stop()
    beats: list[None] = []
    world.book.run(lambda: beats.append(None))
    assert world.book.in_force() == InForce(lockdown=True)
    assert len(beats) == 2
