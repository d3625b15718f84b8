"""The ingest process between a real broker and a real database: stopped, killed and cut off from both."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from hub import settings
from hub.__main__ import main
from hub.database import make_engine, make_sessions, session_scope
from hub.ingest.aside import refused_messages
from hub.terminals.actions import grant
from hub.terminals.authority import open_authority
from hub.terminals.key_files import read_signing_key
from wire.codec import decode
from wire.envelope import HUB, open_envelope
from wire.journal import Ack
from wire.keys import SigningKey, public_bytes
from wire.provisioning import Broker, CheckpointSettings, Request
from wire.roll import KIND, RollUpdate

from ..databases import chosen
from ..ports import free_port
from ..unit.hub.ingest_world import Gate, furnish
from ..waiting import PATIENCE_S, until
from .broker_at_work import NOW, RunningBroker, Speaker, certificate_request

ASH, BIRCH = "P-000001", "P-000002"
BROKERS = [
    pytest.param(
        "mosquitto",
        marks=pytest.mark.skipif(
            shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin") is None,
            reason="mosquitto is not installed here: apt-get install mosquitto",
        ),
    ),
    pytest.param("amqtt", marks=pytest.mark.long),
]


class Process:
    """`pims-hub ingest` in a process of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.log: list[str] = []

    def start(self) -> Self:
        self.child = subprocess.Popen(
            [sys.executable, "-m", "hub", "ingest", "--data", str(self.data)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def ready(self) -> Self:
        assert self.child.stdout is not None
        assert self.child.stdout.readline() == "Ingest ready\n", self.log
        return self

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.child.send_signal(how)
        return self.child.wait(PATIENCE_S)

    def _listen(self) -> None:
        assert self.child.stderr is not None
        self.log.extend(self.child.stderr)


class Prison:
    """A hub with a running broker, one terminal's connection, and an ingest that tests start and stop."""

    def __init__(self, data: Path, kind: str) -> None:
        self.data = data
        command = ["init", "--data", str(data), "--broker", kind, "--broker-port", str(free_port())]
        command += chosen(data)
        assert main([*command, "--admin-password-file", str(data.parent / "password")]) == 0
        self.hub = settings.load(data)
        self.sessions = make_sessions(make_engine(self.hub.database))
        furnish(self.sessions)
        self.gate = Gate("gate-1", clock=NOW)
        self.broker = RunningBroker(self.hub)
        self.ingest = Process(data)
        self.folder = data.parent / "terminal"
        self.folder.mkdir()
        self._take_in()
        key = read_signing_key(self.hub.keys)
        self.hub_key = key.public_key()

    def _take_in(self) -> None:
        request = Request(
            terminal=self.gate.name,
            certificate_request=certificate_request(self.gate.name, self.folder),
            verifying_key=public_bytes(self.gate.signing_key.public_key()),
            sealing_key=public_bytes(self.gate.opening_key.public_key()),
        )
        place = CheckpointSettings(checkpoint="block-a", from_zone="yard", to_zone="block-a")
        at = Broker(host="127.0.0.1", port=self.hub.broker.port, tls=self.hub.broker.tls, mqtt5=True)
        with session_scope(self.sessions) as session:
            granted = grant(session, open_authority(self.hub.keys), request, place, at, NOW)
        (self.folder / f"{self.gate.name}.pem").write_text(granted.certificate)
        (self.folder / "ca.pem").write_text(granted.authority)

    def connect(self) -> Speaker:
        tls = {"folder": self.folder, "user": self.gate.name} if self.hub.broker.tls else {}
        speaker = Speaker(self.hub.broker.port, self.gate.name, **tls).start().ready()  # type: ignore[arg-type]
        speaker.subscribe(f"pims/down/{self.gate.name}/ack")
        speaker.subscribe(f"pims/down/{self.gate.name}/roll")
        return speaker

    def ack(self, speaker: Speaker, committed: int, patience_s: float = PATIENCE_S) -> Ack | None:
        """The first acknowledgement that reaches `committed`."""
        while (heard := speaker.next(patience_s)) is not None:
            if heard.topic.endswith("/ack"):
                body = open_envelope(
                    heard.payload, kind="ack", sender=HUB, receiver=self.gate.name, key=self.hub_key
                )
                ack = decode(body, Ack)
                if ack.committed >= committed:
                    return ack
        return None

    def export(self, what: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
        capsys.readouterr()
        assert main(["export", what, "--data", str(self.data)]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    def refused(self) -> dict[str, int]:
        with session_scope(self.sessions, writes=False) as session:
            return refused_messages(session)


@pytest.fixture(params=BROKERS)
def prison(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prison]:
    made = Prison(tmp_path / "hub", request.param)
    with made.broker:
        yield made
    if made.ingest.child.poll() is None:
        made.ingest.stop(signal.SIGKILL)


def test_from_a_scan_to_the_export_and_a_clean_stop(
    prison: Prison, capsys: pytest.CaptureFixture[str]
) -> None:
    prison.ingest.start().ready()
    with prison.connect() as speaker:
        prison.gate.passes(ASH)
        forged = prison.gate.batch(key=SigningKey.generate())
        speaker.publish(forged.topic, forged.raw)
        assert until(lambda: prison.refused() == {"forged": 1})
        assert prison.export("journal", capsys) == []
        prison.gate.passes(BIRCH)
        good = prison.gate.batch()
        speaker.publish(good.topic, good.raw)
        ack = prison.ack(speaker, 2)
        assert ack is not None
        assert ack.committed_link == prison.gate.links[1]
    assert prison.ingest.stop() == 0
    lines = prison.export("journal", capsys)
    assert [(line["sequence"], line["status"], line["person"], line["decision"]) for line in lines] == [
        (1, "applied", ASH, "ADMIT"),
        (2, "applied", BIRCH, "ADMIT"),
    ]
    assert lines[0]["terminal"] == "gate-1"
    assert lines[0]["journal_id"] == prison.gate.journal_id.hex()
    assert [(line["person"], line["zone"]) for line in prison.export("positions", capsys)] == [
        (ASH, "block-a"),
        (BIRCH, "block-a"),
    ]
    assert [line["to_zone"] for line in prison.export("movements", capsys)] == ["block-a", "block-a"]
    logged = [json.loads(line) for line in prison.ingest.log]
    assert {line["event"] for line in logged} >= {"subscribed", "entries committed"}
    assert not any("Ash" in line or ASH in line for line in prison.ingest.log)


@pytest.mark.long  # a run of the whole prison kills both, again and again
def test_killed_ingest_and_killed_broker_lose_nothing_and_double_nothing(
    prison: Prison, capsys: pytest.CaptureFixture[str]
) -> None:
    prison.ingest.start().ready()
    speaker = prison.connect()
    for _ in range(3):
        prison.gate.passes(ASH)
    batch = prison.gate.batch()
    speaker.publish(batch.topic, batch.raw)
    assert prison.ack(speaker, 3) is not None
    prison.ingest.stop(signal.SIGKILL)
    for _ in range(3):
        prison.gate.passes(BIRCH)
    away = prison.gate.batch(4)
    speaker.publish(away.topic, away.raw)
    prison.ingest.start().ready()
    # As a courier does: everything past the last acknowledgement, and an earlier piece that needs none.
    for again in (away, batch):
        speaker.publish(again.topic, again.raw)
    assert prison.ack(speaker, 6) is not None
    speaker.stop()
    prison.broker.kill()
    prison.broker.start()
    with prison.connect() as speaker:
        prison.gate.passes(ASH)
        last = prison.gate.batch(7)
        assert until(
            lambda: (speaker.publish(last.topic, last.raw), prison.ack(speaker, 7, 0.5))[1] is not None
        )
    assert prison.ingest.stop() == 0
    assert [line["sequence"] for line in prison.export("journal", capsys)] == [1, 2, 3, 4, 5, 6, 7]
    assert len(prison.export("movements", capsys)) == 7


@pytest.mark.parametrize("prison", ["amqtt"], indirect=True)
def test_a_terminal_that_comes_online_is_brought_up_to_date(prison: Prison) -> None:
    prison.ingest.start().ready()
    with prison.connect() as speaker:
        state = prison.gate.state()
        speaker.publish(state.topic, state.raw, retain=True)
        heard = speaker.next()
        assert heard is not None
        assert heard.topic == "pims/down/gate-1/roll"
        body = open_envelope(heard.payload, kind=KIND, sender=HUB, receiver="gate-1", key=prison.hub_key)
        update = decode(body, RollUpdate)
        assert (update.base.epoch, update.to.epoch, update.part, update.parts) == (0, 1, 1, 1)
        current = prison.gate.state(roll=update.to)
        speaker.publish(current.topic, current.raw, retain=True)
    assert prison.ingest.stop() == 0


@pytest.mark.parametrize("prison", ["amqtt"], indirect=True)
def test_without_a_broker_it_waits_for_one_and_says_so(prison: Prison) -> None:
    prison.broker.stop()
    prison.ingest.start()
    assert until(lambda: any("broker not reached" in line for line in prison.ingest.log))
    assert prison.ingest.child.poll() is None
    prison.broker.start()
    prison.ingest.ready()
    assert prison.ingest.stop() == 0
