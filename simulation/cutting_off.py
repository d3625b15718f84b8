"""A terminal is cut off while somebody goes on scanning at it: how long until nothing that it says counts."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from edge.provisioning import Folder, load_keys
from hub import settings
from hub.database import make_engine, make_sessions, session_scope
from hub.ingest.aside import refused_messages
from hub.ingest.doorkeeper import Delivery, Doorkeeper
from simulation.disks import standing
from simulation.gatehouse import Gatehouse
from simulation.onlooker import Onlooker
from simulation.people import Walker
from simulation.prison import Prison
from simulation.processes import ProcessFailed
from simulation.trial_report import CutOff
from simulation.truth import Truth
from wire.echo import KIND, Echo
from wire.envelope import HUB, sign
from wire.errors import Refusal, WireError
from wire.topics import Channel, topic

_PATIENCE_S = 60.0
_POLL_S = 0.05


def cut_off(prison: Prison, house: Gatehouse, stranger: Walker, supervisor: Onlooker) -> CutOff:
    """Cuts off, on the hub's page, the terminal of a house where nobody stands and that owes the hub nothing.

    The stranger scans there until the hub and the broker have refused what it says; then the device is carried away.
    """
    terminal = house.gate.terminal
    before = standing(prison.data_of(terminal)).last
    prison.cut_off_at[terminal] = before
    page = f"/terminals/{terminal}/cut-off"
    form = supervisor.form(page) | {"reason": "carried away"}
    with (
        _somebody_scanning(house, stranger),
        _watch(_hub_refusal(prison, terminal)) as hub,
        _watch(_live_refusal(prison, terminal)) as live,
    ):
        begun = time.time()
        supervisor.submit(page, form)
        returned = time.time()
        hub_at, live_at = hub(), live()
    prison.carry_away(terminal)
    held = standing(prison.data_of(terminal))
    return CutOff(
        terminal=terminal,
        returned_at=returned,
        hub_s=max(0.0, hub_at - begun),
        live_s=max(0.0, live_at - begun),
        written_afterwards=held.last - before,
    )


@contextmanager
def _somebody_scanning(house: Gatehouse, stranger: Walker) -> Iterator[None]:
    """Scans one after the other, written down apart: no hub will ever hear of most of them."""
    kept, house.truth = house.truth, Truth()
    enough, touches = threading.Event(), count(1_000)

    def scan() -> None:
        while not enough.is_set():
            house.scan(stranger, lambda: next(touches))

    thread = threading.Thread(target=scan, daemon=True)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()
        house.truth = kept


@contextmanager
def _watch(happened: Callable[[], float | None]) -> Iterator[Callable[[], float]]:
    """Looks from now on when it happened, by the wall clock; what is given waits for the answer."""
    found: list[float] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(_POLL_S):
            if (at := happened()) is not None:
                found.append(at)
                return

    def answer() -> float:
        thread.join(_PATIENCE_S)
        if not found:
            raise ProcessFailed(f"a terminal that was cut off was still heard {_PATIENCE_S:.0f} s later")
        return found[0]

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield answer
    finally:
        over.set()
        thread.join()


def _hub_refusal(prison: Prison, terminal: str) -> Callable[[], float | None]:
    """Whether ingest's doorkeeper turns away what this terminal signs with its own key."""
    sessions = make_sessions(make_engine(settings.load(prison.hub).database))
    key = load_keys(Folder(prison.data_of(terminal))).signing

    def refused() -> float | None:
        now = datetime.now(UTC)
        raw = sign(KIND, terminal, HUB, Echo(number=1, boot_id="0" * 32, boot_time_ms=1, said_at=now), key)
        with session_scope(sessions, writes=False) as session:
            try:
                Doorkeeper(session).open(Delivery(topic(terminal, Channel.ECHO), raw, now))
            except WireError as refusal:
                return time.time() if refusal.reason is Refusal.CUT_OFF else None
        return None

    return refused


def _live_refusal(prison: Prison, terminal: str) -> Callable[[], float | None]:
    """When what was said on the terminal's live session was first refused: by mosquitto, else by ingest itself."""
    if prison.plan.broker == "mosquitto":
        return _publish_refused(prison.logs / f"{terminal}.log")
    sessions = make_sessions(make_engine(settings.load(prison.hub).database))

    def counted() -> float | None:
        with session_scope(sessions, writes=False) as session:
            return time.time() if refused_messages(session).get(Refusal.CUT_OFF.value) else None

    return counted


def _publish_refused(log: Path) -> Callable[[], float | None]:
    """The instant of the terminal's own line that says so, of those written from now on."""
    heard = log.stat().st_size

    def said() -> float | None:
        nonlocal heard
        with log.open("rb") as lines:
            lines.seek(heard)
            fresh = lines.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        heard += len(whole)
        for line in whole.splitlines():
            if b'"publish_refused"' in line:
                return datetime.fromisoformat(json.loads(line)["at"]).timestamp()
        return None

    return said
