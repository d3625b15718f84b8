"""A real agent process, with a sensor on a pty in front of it and a hub of twenty verbs behind it."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from numpy.typing import NDArray
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from edge.journal_file import connect_to_look
from edge.provisioning import Folder, install_grant, make_terminal, prepare
from edge.settings import Settings, settings_of
from simulation.sensor import FAST256, SensorEmulator, Watcher
from simulation.sensor.lamp import seen
from wire.codec import decode, encode
from wire.envelope import HUB, open_envelope, sign
from wire.happenings import Attempt, Happening, Passage, Started, read_body
from wire.journal import Ack, Entry, genesis, open_batch
from wire.keys import SigningKey, public_bytes
from wire.provisioning import Broker, CheckpointSettings, Grant, read_request, to_json
from wire.roll import KIND as ROLL
from wire.roll import RollChanges, RollOfficer, RollPerson, RollUpdate, seal_context
from wire.sealing import seal
from wire.state import KIND as STATE
from wire.state import State
from wire.topics import Channel, everything_up, parse, topic
from wire.unit import KIND as UNIT
from wire.unit import UnitPicture, UnitUpdate
from wire.unit import seal_context as unit_context
from wire.versions import NOTHING, Version

from ..waiting import PATIENCE_S, until

PLACE = CheckpointSettings(checkpoint="block-a-in", from_zone="yard", to_zone="block-a")
ANSWERS = ("ADMIT", "REFUSE", "REFER", "AGAIN")
Image = NDArray[np.uint8]


class Mosquitto:
    """A broker on loopback without keys: who may say what is tested elsewhere."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self._configuration = folder / "mosquitto.conf"
        self._configuration.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
        assert program is not None, "mosquitto is not installed: apt-get install mosquitto"
        self._process = subprocess.Popen(
            [program, "-c", str(self._configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        assert until(self._answers)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class HubDouble:
    """Verifies and keeps what terminals send, acknowledges it, and seals a roll to them."""

    def __init__(self) -> None:
        self.key = SigningKey.generate()
        self.entries: dict[tuple[bytes, int], Entry] = {}
        self.links: dict[tuple[bytes, int], bytes] = {}
        self.forks: list[Entry] = []
        self.states: list[State] = []
        self.batches: list[tuple[int, int, bool]] = []
        self.silent = False
        self.grant: Grant | None = None
        self._terminal_key: Any = None
        self._sealing_key: Any = None
        self._client: Client | None = None
        self._said = 0

    def connect(self, port: int) -> None:
        """Connects as hub; again after a broker was killed."""
        client = Client(CallbackAPIVersion.VERSION2, client_id="hub-double")
        client.on_message = self._hear
        client.on_connect = lambda *_facts: client.subscribe(
            [(everything_up(Channel.STATE), 1), (everything_up(Channel.JOURNAL), 1)]
        )
        client.reconnect_delay_set(1, 1)
        client.connect("127.0.0.1", port)
        client.loop_start()
        self._client = client

    def close(self) -> None:
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()

    def take_in(self, folder: Folder, settings: Settings, port: int, *, mqtt5: bool = True) -> None:
        """Grants what the terminal in `folder` asks for."""
        from wire.keys import sealing_key, verifying_key

        request = read_request(folder.request.read_bytes())
        self._terminal_key = verifying_key(request.verifying_key)
        self._sealing_key = sealing_key(request.sealing_key)
        certificate, authority = _certified(request.certificate_request)
        self.grant = Grant(
            terminal=request.terminal,
            certificate=certificate,
            authority=authority,
            hub_verifying_key=public_bytes(self.key.public_key()),
            checkpoint=PLACE,
            broker=Broker(host="127.0.0.1", port=port, tls=False, mqtt5=mqtt5),
        )
        install_grant(folder, settings, to_json(self.grant))

    def update(
        self,
        people: list[RollPerson],
        to: Version,
        base: Version = NOTHING,
        officers: list[RollOfficer] | None = None,
    ) -> RollUpdate:
        changes = encode(RollChanges(upserts=people, removals=[], officers=officers))
        sealed = seal(changes, self._sealing_key, seal_context(self.name, to, 1))
        return RollUpdate(base=base, to=to, part=1, parts=1, sealed=sealed, said_at=datetime.now(UTC))

    def send_roll(self, update: RollUpdate) -> None:
        self._say(Channel.ROLL, sign(ROLL, HUB, self.name, update, self.key))

    def send_unit(self, picture: UnitPicture) -> None:
        """A later picture than any before it."""
        now = datetime.now(UTC)
        version = Version(1, int(now.timestamp() * 1000))
        sealed = seal(encode(picture), self._sealing_key, unit_context(self.name, version))
        update = UnitUpdate(version=version, said_at=now, sealed=sealed)
        self._say(Channel.UNIT, sign(UNIT, HUB, self.name, update, self.key))

    @property
    def name(self) -> str:
        assert self.grant is not None
        return self.grant.terminal

    def happenings(self) -> list[Happening]:
        """In the order of their journals, oldest first."""
        ordered = [self.entries[key] for key in sorted(self.entries, key=lambda key: key[1])]
        return [body for entry in ordered if (body := read_body(entry)) is not None]

    def passages(self) -> list[Passage]:
        return [item for item in self.happenings() if isinstance(item, Passage)]

    def _hear(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        address = parse(message.topic)
        if address is None or not message.payload or self.grant is None or address.terminal != self.name:
            return
        if address.channel is Channel.STATE:
            raw = open_envelope(
                message.payload, kind=STATE, sender=self.name, receiver=HUB, key=self._terminal_key
            )
            self.states.append(decode(raw, State))
        elif not self.silent:
            self._take_batch(message.payload)

    def _take_batch(self, raw: bytes) -> None:
        batch, linked = open_batch(raw, sender=self.name, key=self._terminal_key)
        self.batches.append((batch.first, batch.first + len(linked) - 1, batch.historical))
        for item in linked:
            key = (batch.journal_id, item.entry.sequence)
            if self.links.setdefault(key, item.link) == item.link:
                self.entries[key] = item.entry
            else:
                self.forks.append(item.entry)
        self.acknowledge(batch.journal_id)

    def acknowledge(self, journal_id: bytes) -> None:
        committed = 0
        while (journal_id, committed + 1) in self.entries:
            committed += 1
        mark = self.links.get((journal_id, committed), genesis(self.name, journal_id))
        body = Ack(
            journal_id=journal_id,
            committed=committed,
            committed_link=mark,
            ahead=[],
            backed_up=0,
            hub_time=datetime.now(UTC),
        )
        self._say(Channel.ACK, sign(Channel.ACK.value, HUB, self.name, body, self.key))

    def _say(self, channel: Channel, raw: bytes) -> None:
        self.publish(topic(self.name, channel), raw)

    def publish(self, where: str, raw: bytes) -> None:
        assert self._client is not None
        self._client.publish(where, raw, qos=1)


def _certified(request: str) -> tuple[str, str]:
    """A certificate for that request and the authority it is of, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    asked = x509.load_pem_x509_csr(request.encode())

    def certify(subject: x509.Name, public: Any) -> str:
        now = datetime.now(UTC)
        built = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
        dated = built.not_valid_before(now).not_valid_after(now + timedelta(days=2))
        signed = dated.serial_number(x509.random_serial_number()).sign(key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM).decode()

    return certify(asked.subject, asked.public_key()), certify(issuer, key.public_key())


class Front:
    """The sensor's glass and ring, as the person before it has them."""

    def __init__(self, port: Path) -> None:
        self.port = port
        self.answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.all_answers: list[str] = []
        self.emulator = SensorEmulator(port, FAST256, watcher=Watcher(on_light=self._on_light))

    def _on_light(self, control: int, speed: int, colour: int, count: int, _at: float) -> None:
        told = seen(control, speed, colour, count).told
        if told in ANSWERS:
            self.all_answers.append(told)
            self.answers.put(told)

    def offer(self, image: Image, patience_s: float = PATIENCE_S) -> str | None:
        """Lays a finger on the glass until the ring answers; what it said, None when it said nothing in time."""
        while not self.answers.empty():
            self.answers.get()
        self.emulator.place(image)
        try:
            return self.answers.get(timeout=patience_s)
        except queue.Empty:
            return None
        finally:
            self.emulator.lift()
            time.sleep(0.1)


class AgentProcess:
    """`pims-edge run` as a process of its own."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.log = folder.root.parent / f"{folder.root.name}.log"
        self._process: subprocess.Popen[str] | None = None
        self._ready = threading.Event()

    def start(self, *, wait: bool = True, most_file_bytes: int | None = None) -> None:
        """With `most_file_bytes` a write that would make a file larger fails, as on a broken card."""
        self._ready.clear()
        limit = ["prlimit", f"--fsize={most_file_bytes}"] if most_file_bytes else []
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        with self.log.open("a") as errors:
            self._process = subprocess.Popen(
                [*limit, sys.executable, "-m", "edge", "run", "--data", str(self.folder.root)],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment,
            )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        if wait:
            assert self.wait_ready(), self.log.read_text()

    def wait_ready(self, patience_s: float = 60.0) -> bool:
        return until(lambda: self._ready.is_set() or not self.alive, patience_s) and self._ready.is_set()

    @property
    def is_ready(self) -> bool:
        return self._ready.is_set()

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(60)

    def wait(self) -> int:
        assert self._process is not None
        return self._process.wait(60)

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == "Agent ready":
                self._ready.set()


class Terminal:
    """Everything of one terminal, made in `root`."""

    def __init__(self, root: Path, name: str = "block-a", model: str = "cell_block") -> None:
        self.folder = Folder(root / name)
        self.front = Front(root / f"sensor-{name}")
        sensor = {"port": str(self.front.port), "baud": 57_600}
        self.settings = settings_of(model, terminal=name, sensor=sensor)
        prepare(self.folder)
        make_terminal(self.folder, self.settings)
        self.agent = AgentProcess(self.folder)

    def journalled(self) -> list[Happening]:
        """What stands in the journal's file, read from outside."""
        connection = connect_to_look(self.folder.journal)
        try:
            rows = connection.execute("SELECT raw FROM entries ORDER BY sequence").fetchall()
        finally:
            connection.close()
        bodies = [read_body(decode(raw, Entry)) for (raw,) in rows]
        return [body for body in bodies if body is not None]

    def answered(self) -> list[str]:
        """The lamps that the journal accounts for, in order."""
        told = {Attempt: lambda item: "AGAIN", Passage: lambda item: item.decision.value}
        return [told[type(item)](item) for item in self.journalled() if type(item) in told]

    def starts(self) -> list[Started]:
        return [item for item in self.journalled() if isinstance(item, Started)]

    def close(self) -> None:
        if self.agent.alive:
            self.agent.kill()
        self.front.emulator.stop()
