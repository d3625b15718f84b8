"""A hundred terminals come back after a day offline while people go on scanning: a real broker, ingest and screen.

Longer than other modules: one story with its terminals, its people and its screen, read from top to bottom.
"""

from __future__ import annotations

import ssl
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from sqlalchemy.orm import Session

from hub import settings
from hub.accounts.actions import add_account, change_password
from hub.accounts.audit import OPERATOR
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Role
from hub.custody.actions import open_booking, register_person
from hub.custody.rules import PersonFacts, Sex
from hub.database import make_engine, make_sessions, session_scope
from hub.movements.site.files import read_site
from hub.movements.site.importing import import_site
from hub.terminals.actions import grant, note_grant
from hub.terminals.authority import Authority, open_authority
from hub.terminals.certificates import key_pem, new_key
from simulation.bench.entries import entry, passage
from simulation.onlooker import Onlooker
from simulation.processes import ProcessFailed, Service, free_port, run
from simulation.progress import Progress
from simulation.report import percentiles
from wire.codec import decode
from wire.envelope import Envelope
from wire.journal import Ack, genesis, link, seal_batch
from wire.keys import OpeningKey, SigningKey, public_bytes
from wire.provisioning import Broker, CheckpointSettings, Request
from wire.topics import Channel, topic

TERMINALS: Final = 100
LIVE_TERMINALS: Final = 10
ENTRIES: Final = 200_000
PEOPLE: Final = 1_200
LIVE_PER_S: Final = 5.0
A_BATCH: Final = 256
WINDOW: Final = 4
"""Batches of the backlog under way at once, as a terminal's settings have it."""
LEAST_LIVE_S: Final = 10.0
PATIENCE_S: Final = 1_800.0
_BOOTED: Final = datetime.now(UTC) - timedelta(days=2)


def returning_figures(
    progress: Progress, *, terminals: int = TERMINALS, entries: int = ENTRIES, live_per_s: float = LIVE_PER_S
) -> dict[str, Any]:
    """Key returning: entries and seconds until the hub had confirmed them all, and how long each live scan took from
    its terminal to the screen meanwhile, in ms; `missing` are live scans that never came."""
    with tempfile.TemporaryDirectory(prefix="pims-bench-") as folder, ExitStack() as stack:
        progress(
            f"  {terminals} terminals with {entries:,} entries of yesterday, {live_per_s:g} scans a second now"
        )
        hub = _Hub(Path(folder))
        returning = [hub.terminal(f"back-{number}") for number in range(terminals)]
        live = [hub.terminal(f"live-{number}") for number in range(LIVE_TERMINALS)]
        hub.furnish([*returning, *live])
        for one in returning:
            one.write_backlog(entries // terminals)
        screen = stack.enter_context(hub.running())
        for one in (*returning, *live):
            stack.enter_context(one.connected(hub))
        scans = _Scans(live, live_per_s)
        stack.enter_context(scans.going_on())
        time.sleep(LEAST_LIVE_S / 2)
        begun = time.monotonic()
        for one in returning:
            one.send()
        _wait(returning, progress, begun)
        drained_s = time.monotonic() - begun
        time.sleep(max(2.0, LEAST_LIVE_S - drained_s))
        scans.stop()
        time.sleep(2.0)
    return {"returning": _told(entries, drained_s, scans, screen)}


def _wait(returning: Sequence[_Terminal], progress: Progress, begun: float) -> None:
    while not all(one.is_done for one in returning):
        if time.monotonic() - begun > PATIENCE_S:
            raise ProcessFailed(f"the backlog did not drain within {PATIENCE_S:.0f} s")
        for one in returning:
            one.resend()
        progress.counting(f"    {sum(one.committed for one in returning):,} entries confirmed")
        time.sleep(0.1)


def _told(entries: int, drained_s: float, scans: _Scans, screen: Onlooker) -> dict[str, Any]:
    arrived = {arrival.key: arrival.at for arrival in screen.arrivals}
    delays = [1000 * (arrived[key] - at) for key, at in scans.sent.items() if key in arrived]
    return {
        "entries": entries,
        "drained_s": round(drained_s, 1),
        "entries_per_s": round(entries / drained_s),
        "live": len(scans.sent),
        "missing": len(scans.sent) - len(delays),
        "live_to_screen_ms": {**percentiles(delays), "most": round(max(delays, default=0.0), 1)},
    }


@dataclass
class _Terminal:
    """A device as the hub knows it from outside: it signs, sends, and goes on when it is confirmed."""

    name: str
    number: int
    folder: Path
    signing_key: SigningKey = field(default_factory=SigningKey.generate)
    sequence: int = 0
    committed: int = 0
    batches: list[tuple[int, bytes]] = field(default_factory=list)
    under_way: dict[int, float] = field(default_factory=dict)
    raws: dict[int, bytes] = field(default_factory=dict)
    client: Client | None = None
    last_link: bytes = b""
    turn: threading.Lock = field(default_factory=threading.Lock)

    @property
    def journal_id(self) -> bytes:
        return (self.number + 1).to_bytes(16, "big")

    @property
    def is_done(self) -> bool:
        return not self.batches and not self.under_way

    def request(self) -> Request:
        key = new_key()
        (self.folder / f"{self.name}.key").write_bytes(key_pem(key))
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])
        signed = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
        return Request(
            terminal=self.name,
            certificate_request=signed.public_bytes(Encoding.PEM).decode(),
            verifying_key=public_bytes(self.signing_key.public_key()),
            sealing_key=public_bytes(OpeningKey.generate().public_key()),
        )

    def write_backlog(self, entries: int) -> None:
        """Yesterday's passages, sealed as they will be sent."""
        began = datetime.now(UTC) - timedelta(days=1)
        while self.sequence < entries:
            first, before = self.sequence + 1, self._link()
            raws = [
                self.entry(began + timedelta(seconds=86_000 * self.sequence / entries))
                for _ in range(min(A_BATCH, entries - self.sequence))
            ]
            raw = seal_batch(
                self.name, self.journal_id, first, before, raws, self.signing_key, historical=True
            )
            self.batches.append((self.sequence, raw))

    def entry(self, at: datetime) -> bytes:
        self.sequence += 1
        person = f"P-{1 + (self.number * 37 + self.sequence * 11) % PEOPLE:06d}"
        said = passage(self.name, "yard", f"room-{self.name}", person)
        boot_time_ms = max(0, int((at - _BOOTED).total_seconds() * 1000))
        raw = entry(self.sequence, boot_time_ms, at, said)
        self.last_link = link(self._link(), raw)
        return raw

    def scan(self) -> tuple[str, str, int]:
        """Somebody passes now; the key of the entry."""
        before = self._link()
        raw = self.entry(datetime.now(UTC))
        self._publish(
            seal_batch(
                self.name, self.journal_id, self.sequence, before, [raw], self.signing_key, historical=False
            )
        )
        return self.name, self.journal_id.hex(), self.sequence

    def send(self) -> None:
        """As much of the backlog as may be under way."""
        with self.turn:
            while self.batches and len(self.under_way) < WINDOW:
                last, raw = self.batches.pop(0)
                self.under_way[last] = time.monotonic()
                self.raws[last] = raw
                self._publish(raw)

    def resend(self, after_s: float = 20.0) -> None:
        """What was turned away goes again, as a courier's own timer has it."""
        with self.turn:
            for last, at in self.under_way.items():
                if time.monotonic() - at > after_s:
                    self.under_way[last] = time.monotonic()
                    self._publish(self.raws[last])

    @contextmanager
    def connected(self, hub: _Hub) -> Iterator[None]:
        client = Client(CallbackAPIVersion.VERSION2, client_id=self.name, protocol=MQTTProtocolVersion.MQTTv5)
        context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        context.load_cert_chain(self.folder / f"{self.name}.pem", self.folder / f"{self.name}.key")
        client.tls_set_context(context)
        ready = threading.Event()

        def subscribe(*_: Any) -> None:
            client.subscribe(topic(self.name, Channel.ACK), qos=1)

        client.on_connect = subscribe
        client.on_subscribe = lambda *_: ready.set()
        client.on_message = self._confirmed
        client.connect("127.0.0.1", hub.broker_port)
        client.loop_start()
        try:
            if not ready.wait(60):
                raise ProcessFailed(f"{self.name} was not let in by the broker")
            self.client = client
            yield
        finally:
            client.disconnect()
            client.loop_stop()

    def _confirmed(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        ack = decode(decode(bytes(message.payload), Envelope).body, Ack)
        with self.turn:
            self.committed = max(self.committed, ack.committed)
            for last in [one for one in self.under_way if one <= ack.committed]:
                del self.under_way[last], self.raws[last]
        self.send()

    def _publish(self, raw: bytes) -> None:
        assert self.client is not None
        self.client.publish(topic(self.name, Channel.JOURNAL), raw, qos=1)

    def _link(self) -> bytes:
        return self.last_link or genesis(self.name, self.journal_id)


class _Hub:
    """Broker, ingest and pages in processes of their own, in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "hub"
        self.broker_port = free_port()
        self.web_port = free_port()
        self.login = ("bench", "correct-horse-battery")
        self._terminals = 0
        broker = (
            "--broker",
            "mosquitto",
            "--broker-host",
            "127.0.0.1",
            "--broker-port",
            str(self.broker_port),
        )
        secret = folder / "password"
        run("pims-hub", "init", "--data", str(self.data), *broker, "--admin-password-file", str(secret))

    def terminal(self, name: str) -> _Terminal:
        self._terminals += 1
        return _Terminal(name, self._terminals, self.folder)

    def furnish(self, terminals: Sequence[_Terminal]) -> None:
        """Site, people, an account for the control room, and every terminal granted."""
        found, now = settings.load(self.data), datetime.now(UTC)
        engine = make_engine(found.database)
        authority, passwords = open_authority(found.keys), Passwords()
        with session_scope(make_sessions(engine)) as session:
            import_site(session, read_site(_site(terminals).encode()), actor=OPERATOR, at=now)
            add_account(
                session, self.login[0], Role.CONTROL_ROOM, passwords=passwords, actor=OPERATOR, at=now
            )
            change_password(session, *self.login, passwords=passwords, actor=OPERATOR, at=now)
            for number in range(PEOPLE):
                facts = PersonFacts(f"Ash{number}", "Test", date(1990, 1, 1), Sex.MALE)
                person = register_person(session, facts, actor=OPERATOR, at=now)
                open_booking(session, person, admitted_at=now, recorded_at=now, by="bench")
            for one in terminals:
                self._grant(session, authority, one, now)
        engine.dispose()

    def _grant(self, session: Session, authority: Authority, one: _Terminal, now: datetime) -> None:
        place = CheckpointSettings(checkpoint=one.name, from_zone="yard", to_zone=f"room-{one.name}")
        at = Broker(host="127.0.0.1", port=self.broker_port, tls=True, mqtt5=True)
        granted = grant(session, authority, one.request(), place, at, now)
        note_grant(session, one.name, place, now)
        (self.folder / f"{one.name}.pem").write_text(granted.certificate)
        (self.folder / "ca.pem").write_text(granted.authority)

    @contextmanager
    def running(self) -> Iterator[Onlooker]:
        """Somebody before the control room's screen, with everything behind it running."""
        data, web = ("--data", str(self.data)), ("--port", str(self.web_port), "--plain-http")
        services = [
            Service("broker", ["pims-hub", "broker", *data], "Broker ready", self.folder),
            Service("ingest", ["pims-hub", "ingest", *data], "Ingest ready", self.folder),
            Service("web", ["pims-hub", "web", *data, *web], "Web ready", self.folder),
        ]
        with ExitStack() as stack:
            for one in services:
                one.start()
                stack.callback(one.stop)
            screen = Onlooker(self.web_port, *self.login)
            screen.start()
            stack.callback(screen.stop)
            yield screen


class _Scans:
    """People who scan at the terminals that were never away; `sent` is when, by the key of the entry."""

    def __init__(self, terminals: Sequence[_Terminal], per_s: float) -> None:
        self._terminals = terminals
        self._pause_s = 1 / per_s
        self._stopping = threading.Event()
        self.sent: dict[tuple[str, str, int], float] = {}

    @contextmanager
    def going_on(self) -> Iterator[None]:
        thread = threading.Thread(target=self._scan, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.stop()
            thread.join()

    def stop(self) -> None:
        self._stopping.set()

    def _scan(self) -> None:
        turn = 0
        while not self._stopping.wait(self._pause_s):
            terminal = self._terminals[turn % len(self._terminals)]
            turn += 1
            at = time.time()
            self.sent[terminal.scan()] = at


def _site(terminals: Sequence[_Terminal]) -> str:
    lines = ['[[zone]]\ncode="yard"\nname="Yard"\nkind="MOVEMENT_AREA"']
    for one in terminals:
        lines.append(f'[[zone]]\ncode="room-{one.name}"\nname="Room {one.name}"\nkind="WORKSHOP"')
        gate = f'code="{one.name}"\nname="Gate {one.name}"\nfrom_zone="yard"\nto_zone="room-{one.name}"'
        lines.append(f"[[checkpoint]]\n{gate}")
    return "\n".join(lines)
