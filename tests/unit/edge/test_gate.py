"""The gate put together: an evacuation from before a start holds the lock released before anything else is ready."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from edge.clock import Reading
from edge.gate import Gate
from edge.log import Log
from edge.orders_file import OrdersFile, Stored
from edge.provisioning import Folder, prepare
from edge.refusals import Refusals
from edge.settings import settings_of
from wire.envelope import HUB, sign
from wire.journal import Clock
from wire.keys import SigningKey, public_bytes
from wire.orders import KIND, Order, OrderKind, Orders
from wire.provisioning import Grant
from wire.versions import Version

AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
KEY = SigningKey.generate()
RELAY = 17


class Wall:
    """A clock that stands."""

    def read(self) -> Reading:
        return Reading("ab" * 16, 1_000, AT, Clock.SYNCHRONISED)


@pytest.fixture
def board() -> Iterator[Any]:
    before = Device.pin_factory
    Device.pin_factory = factory = MockFactory()
    yield factory
    factory.reset()
    Device.pin_factory = before


def start(root: Path, kind: OrderKind, **gate: Any) -> Gate:
    folder, clock, log = Folder(root), Wall(), Log("test", io.StringIO())
    prepare(folder)
    order = Order(number=1, kind=kind, since_at=AT, by="supervisor", reason="fire")
    raw = sign(KIND, HUB, "gate-1", Orders(version=Version(1, 1), said_at=AT, in_force=[order]), KEY)
    file = OrdersFile(folder.orders, "gate-1", KEY.public_key())
    file.save(Stored(raw=raw, received=clock.read(), used=[]))
    made = settings_of("gate", terminal="gate-1", sensor={"port": "/dev/pims-sensor"})
    wired = {"relay_enabled": True, "relay_pin": RELAY, "relay_active_high": True, **gate}
    settings = msgspec.structs.replace(made, gate=msgspec.structs.replace(made.gate, **wired))
    grant = cast(Grant, SimpleNamespace(hub_verifying_key=public_bytes(KEY.public_key())))
    return Gate(
        folder, settings, grant, Refusals(log), clock, log, checkpoint="gate", aside_name=lambda: "aside"
    )


@pytest.mark.parametrize("fail", ["secure", "safe"])
def test_in_a_lockdown_a_start_leaves_the_safe_state(board: Any, quick_path: Path, fail: str) -> None:
    gate = start(quick_path, OrderKind.LOCKDOWN, fail=fail)
    assert board.pin(RELAY).state == 0
    gate.close()


@pytest.mark.parametrize("on_evacuate", ["release", "pulse"])
@pytest.mark.parametrize(("fail", "powered"), [("secure", 1), ("safe", 0)])
def test_an_evacuation_from_before_waits_for_nothing_else(
    board: Any, quick_path: Path, fail: str, powered: int, on_evacuate: str
) -> None:
    gate = start(quick_path, OrderKind.EVACUATE, fail=fail, on_evacuate=on_evacuate)
    assert board.pin(RELAY).state == powered
    gate.close()
    assert board.pin(RELAY).state == 0
