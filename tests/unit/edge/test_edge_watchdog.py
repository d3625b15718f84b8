"""What systemd hears of us, and that nothing but a thread of our own can stop it hearing that we live."""

from __future__ import annotations

import io
import json
import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.clock import Reading
from edge.courier import Courier
from edge.downlink import Downlink
from edge.echo import MISSED, EchoSounder
from edge.journal import Room, open_journal
from edge.log import Log
from edge.messenger import Messenger, Voice
from edge.notify import Notify
from edge.recording import batch_sealer
from edge.refusals import Refusals
from edge.threads import Threads
from edge.uplink import Connected, Disconnected
from edge.watchdog import HUNG, Watchdog
from hub.lifeline import Notify as HubNotify
from wire.journal import Clock
from wire.keys import SigningKey
from wire.settings import CourierSettings

AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
DAY_S = 86_400
STEP_S = 60
ALLOWED_S = 120.0


class Ear:
    """systemd's end of the notify socket."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._socket.setblocking(False)

    def heard(self) -> list[str]:
        found = []
        while True:
            try:
                found.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return found

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def ear(tmp_path: Path) -> Ear:
    return Ear(tmp_path)


@pytest.mark.parametrize("kind", [Notify, HubNotify])
def test_without_systemd_nothing_is_said(kind: type[Notify]) -> None:
    quiet = kind({})
    quiet.ready()
    quiet.alive()
    assert quiet.period_s() is None


@pytest.mark.parametrize("kind", [Notify, HubNotify])
def test_a_socket_that_nobody_reads_stops_nothing(kind: type[Notify], tmp_path: Path) -> None:
    kind({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready()


@pytest.mark.parametrize("kind", [Notify, HubNotify])
def test_systemd_hears_every_word(kind: type[Notify], ear: Ear) -> None:
    notify = kind({"NOTIFY_SOCKET": str(ear.path), "WATCHDOG_USEC": "30000000"})
    notify.ready()
    notify.status("at work,\nand well")
    notify.alive()
    notify.stopping()
    assert ear.heard() == ["READY=1", "STATUS=at work, and well", "WATCHDOG=1", "STOPPING=1"]
    assert notify.period_s() == 10.0
    ear.close()


class Bench:
    """Threads, a watchdog over them, and a clock that the test moves."""

    def __init__(self, ear: Ear) -> None:
        self.now = 1_000.0
        self.stream = io.StringIO()
        self.ended: list[int] = []
        self.threads = Threads(Log("threads", self.stream), now=lambda: self.now)
        notify = Notify({"NOTIFY_SOCKET": str(ear.path)})
        self.watchdog = Watchdog(self.threads, notify, Log("watchdog", self.stream), end=self.ended.append)


def test_one_hung_thread_ends_the_process_and_is_named(ear: Ear) -> None:
    bench = Bench(ear)
    lively, hung = bench.threads.beat("agent", ALLOWED_S), bench.threads.beat("uplink", ALLOWED_S)
    for _minute in range(4):
        bench.now += 60
        lively()
        bench.watchdog.look()
    assert bench.ended == [HUNG, HUNG]  # each look would have ended it
    assert ear.heard().count("WATCHDOG=1") == 2  # after one and two minutes of its silence
    said = [json.loads(line) for line in bench.stream.getvalue().splitlines()]
    assert (said[0]["event"], said[0]["threads"]) == ("thread_hung", "uplink")
    assert hung.is_overdue()


def test_a_dead_thread_is_not_vouched_for(ear: Ear) -> None:
    bench = Bench(ear)

    def break_down() -> None:
        raise RuntimeError

    bench.threads.start("roll", break_down)
    bench.threads.join(30.0)
    bench.watchdog.look()
    assert ear.heard() == []
    assert bench.ended == []  # the agent's own loop sees it and stops in order


def test_a_long_transfer_and_a_rest_are_no_hang(ear: Ear) -> None:
    bench = Bench(ear)
    agent, roll = bench.threads.beat("agent", ALLOWED_S), bench.threads.beat("roll", ALLOWED_S)
    roll.rest()
    for _scan in range(60):
        agent()
        bench.now += 40  # an image at 9,600 baud
        bench.watchdog.look()
    assert bench.ended == []


def test_a_thread_that_came_to_its_end_is_not_missed(ear: Ear) -> None:
    bench = Bench(ear)
    beat = bench.threads.beat("errand", ALLOWED_S)
    done = threading.Event()
    bench.threads.start("errand", done.set, beat)
    bench.threads.join(30.0)
    bench.now += 10_000
    bench.watchdog.look()
    assert bench.ended == []


# --- a day without the hub

COURIER = CourierSettings(window=2, resend_s=5.0, resend_most_s=60.0, live_s=30.0, state_s=15.0)
ECHO_S = 30.0


class Gate:
    """The messenger's thread, turned by the test: its line takes everything, and no answer ever comes."""

    def __init__(self, folder: Path, bench: Bench) -> None:
        self.bench = bench
        self.sent = 0
        self.reconnects: list[float] = []
        key, hub_key = SigningKey.generate(), SigningKey.generate().public_key()
        log = Log("messenger", bench.stream)
        refusals = Refusals(log)
        self.journal, _ = open_journal(
            folder / "journal.sqlite", "gate-1", Room(1 << 30, 0, 0), lambda: b"j" * 16, lambda: "aside"
        )
        self.echo = EchoSounder(
            Downlink("gate-1", hub_key, refusals),
            self,
            log,
            every_s=ECHO_S,
            seal=lambda _echo: b"echo",
            reconnect=lambda: self.reconnects.append(bench.now),
            changed=lambda: None,
        )
        self.messenger = Messenger(
            "gate-1",
            hub_key,
            Courier(self.journal, batch_sealer("gate-1", key), COURIER, 0),
            self.journal,
            self,
            Voice(lambda _session, _online: b"state", lambda: None),
            refusals,
            state_s=COURIER.state_s,
            handlers={},
            now=lambda: bench.now,
            log=log,
            sounder=self.echo,
            beat=bench.threads.beat("messenger", ALLOWED_S),
        )

    def read(self) -> Reading:
        passed = self.bench.now - 1_000.0
        return Reading("ab" * 16, int(self.bench.now * 1000), AT + timedelta(seconds=passed), Clock.UNSURE)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, wait: bool = False) -> bool:
        self.sent += 1
        return True


@pytest.mark.parametrize("broker_there", [True, False])
def test_the_hub_away_for_a_day_never_starves_the_watchdog(
    ear: Ear, tmp_path: Path, broker_there: bool
) -> None:
    bench = Bench(ear)
    gate = Gate(tmp_path, bench)
    gate.messenger.post(Connected(1) if broker_there else Disconnected())
    alive = 0
    for turn in range(DAY_S // STEP_S):
        if turn % 60 == 0:
            gate.journal.append(gate.read(), "passage", b"x")
        gate.messenger.turn(0.0)
        bench.watchdog.look()
        alive += ear.heard().count("WATCHDOG=1")
        bench.now += STEP_S
    assert bench.ended == []
    assert alive == DAY_S // STEP_S
    assert gate.journal.standing().last == DAY_S // STEP_S // 60
    assert gate.echo.fails is broker_there
    if broker_there:
        # Made anew after three missed echoes, then ever more rarely: an hour apart at the end.
        assert 20 < len(gate.reconnects) < 40
        assert MISSED * ECHO_S <= gate.reconnects[0] - 1_000.0 <= MISSED * ECHO_S + STEP_S
        assert gate.sent > 0
    gate.journal.close()
