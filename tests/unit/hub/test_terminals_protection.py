"""Halves of keys, renewals, and two devices with one key, at the hub."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.database import session_scope
from hub.ingest.answers import Answers
from hub.ingest.doorkeeper import Delivery
from hub.ingest.intake import Taken, take_in
from hub.ingest.releasing import answer_release, answer_renewal
from hub.settings import BrokerSettings, Settings
from hub.terminals.authority import prepare_authority
from hub.terminals.certificates import new_key
from hub.terminals.key_files import BROKER, INGEST, WEB_SERVER, certificate_path
from hub.terminals.protection.actions import destroy_half, releases
from hub.terminals.protection.records import RollHalf
from hub.terminals.records import Terminal
from hub.terminals.renewal.actions import MOST_A_DAY, renewals
from hub.terminals.renewal.desk import RenewalDesk
from hub.terminals.renewal.issuing import Renewer
from hub.terminals.upkeep import LOOK_EVERY, Upkeep
from wire import release, renewal
from wire.codec import Strict, decode
from wire.envelope import HUB, open_envelope, sign
from wire.errors import Refusal
from wire.keys import OpeningKey, SigningKey
from wire.sealing import unseal
from wire.topics import Channel, topic

from .ingest_world import NOON, Gate, World, make_template, open_world

BOOT = "ab" * 16


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hub") / "keys"
    prepare_authority(folder, now=NOON)
    return folder


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    world = open_world(template, tmp_path)
    yield world
    world.engine.dispose()


def _say(world: World, gate: Gate, channel: Channel, body: Strict, answers: Answers, at: datetime) -> Taken:
    raw = sign(channel.value, gate.name, HUB, body, gate.signing_key)
    with session_scope(world.sessions) as session:
        return take_in(session, [Delivery(topic(gate.name, channel), raw, at)], at, answers=answers)


def _release(world: World, gate: Gate, keys: Path, nonce: bytes = b"n" * 16) -> release.Released:
    asked = release.Release(nonce=nonce, boot_id=BOOT)
    answers = {Channel.RELEASE: answer_release(keys)}
    ((name, reply),) = _say(world, gate, Channel.RELEASE, asked, answers, NOON).replies
    assert (name, reply.channel, reply.kind) == (gate.name, Channel.RELEASED, release.BACK)
    assert isinstance(reply.body, release.Released)
    return reply.body


def _half(gate: Gate, said: release.Released) -> bytes:
    context = release.release_context(gate.name, said.nonce)
    return decode(unseal(said.sealed, gate.opening_key, context), release.Half).half


def _id(session: Session, gate: Gate) -> int:
    return session.scalars(select(Terminal.id).where(Terminal.name == gate.name)).one()


# Halves of keys


def test_a_terminal_that_is_cut_off_gets_no_half(world: World, keys: Path) -> None:
    gate = world.grant(Gate("gate-1"))
    world.cut_off(gate)
    asked = release.Release(nonce=b"n" * 16, boot_id=BOOT)
    taken = _say(world, gate, Channel.RELEASE, asked, {Channel.RELEASE: answer_release(keys)}, NOON)
    assert taken.replies == []
    assert [reason for _, reason in taken.refused] == [Refusal.CUT_OFF]
    assert world.count(RollHalf) == 0


def test_a_hub_without_its_release_key_says_so(world: World, tmp_path: Path) -> None:
    said = _release(world, world.grant(Gate("gate-1")), tmp_path)
    assert said.sealed == b""
    assert "key" in said.why


def test_a_half_locked_with_another_key_is_not_given_out(world: World, keys: Path, tmp_path: Path) -> None:
    gate = world.grant(Gate("gate-1"))
    _release(world, gate, keys)
    prepare_authority(tmp_path / "other", now=NOON)
    said = _release(world, gate, tmp_path / "other")
    assert said.sealed == b""
    assert said.why


def test_a_destroyed_half_is_gone_and_never_made_anew(world: World, keys: Path) -> None:
    gate = world.grant(Gate("gate-1"))
    _release(world, gate, keys)
    with session_scope(world.sessions) as session:
        assert destroy_half(session, _id(session, gate), NOON)
        assert not destroy_half(session, _id(session, gate), NOON)
    said = _release(world, gate, keys)
    assert said.sealed == b""
    assert "destroyed" in said.why
    given = world.ask(lambda session: [one.given for one in releases(session, _id(session, gate))])
    assert given == [False, True]


def test_the_same_half_comes_at_each_boot_sealed_to_its_terminal(world: World, keys: Path) -> None:
    gate, other = world.grant(Gate("gate-1")), world.grant(Gate("gate-2"))
    first = _half(gate, _release(world, gate, keys))
    again = _release(world, gate, keys, nonce=b"m" * 16)
    assert _half(gate, again) == first
    assert _half(other, _release(world, other, keys)) != first
    with pytest.raises(Exception, match="not sealed"):
        unseal(again.sealed, OpeningKey.generate(), release.release_context("gate-1", again.nonce))
    locked = world.ask(lambda session: session.get_one(RollHalf, _id(session, gate)).locked)
    assert first not in locked


# Renewals


def _request(name: str) -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(new_key(), hashes.SHA256())
    return made.public_bytes(Encoding.PEM).decode()


class Counter:
    """The renewals' side of the hub: ingest takes wishes, the broker's process decides, a desk tells."""

    def __init__(self, world: World, keys: Path) -> None:
        self.world = world
        self.key = SigningKey.generate()
        self.sent: list[tuple[str, bytes]] = []
        self.renewer = Renewer(world.sessions, keys)
        authority = (keys / "ca.pem").read_text()
        self.desk = RenewalDesk(world.sessions, self.key, authority, self._send)

    def _send(self, where: str, raw: bytes) -> bool:
        self.sent.append((where, raw))
        return True

    def ask(self, gate: Gate, request: str, at: datetime = NOON) -> list[renewal.Renewed]:
        body = renewal.Renewal(certificate_request=request)
        taken = _say(self.world, gate, Channel.RENEWAL, body, {Channel.RENEWAL: answer_renewal}, at)
        assert taken.refused == []
        return [reply.body for _, reply in taken.replies if isinstance(reply.body, renewal.Renewed)]

    def turn(self, at: datetime = NOON) -> list[renewal.Renewed]:
        self.renewer.tick(at)
        self.desk.tick(at)
        sent, self.sent = self.sent, []
        key = self.key.public_key()
        return [
            decode(
                open_envelope(raw, kind=renewal.BACK, sender=HUB, receiver=where.split("/")[2], key=key),
                renewal.Renewed,
            )
            for where, raw in sent
        ]


@pytest.fixture
def counter(world: World, keys: Path) -> Counter:
    return Counter(world, keys)


def test_a_request_in_anothers_name_or_without_proof_is_refused(world: World, counter: Counter) -> None:
    gate = world.grant(Gate("gate-1"))
    world.take(gate.state())
    for request in (_request("gate-2"), "rubbish", _request("hub-ingest")):
        (said,) = counter.ask(gate, request)
        assert said.certificate == ""
        assert said.why
    assert counter.turn() == []


def test_a_terminal_cut_off_meanwhile_gets_no_certificate(world: World, counter: Counter) -> None:
    gate = world.grant(Gate("gate-1"))
    world.take(gate.state())
    counter.ask(gate, _request("gate-1"))
    world.cut_off(gate)
    assert counter.turn() == []
    (kept,) = world.ask(lambda session: renewals(session, _id(session, gate)))
    assert kept.certificate is None
    assert kept.why


def test_asking_without_end_is_refused_after_a_few_a_day(world: World, counter: Counter) -> None:
    gate = world.grant(Gate("gate-1"))
    world.take(gate.state())
    for _ in range(MOST_A_DAY):
        assert counter.ask(gate, _request("gate-1")) == []
    (refused,) = counter.ask(gate, _request("gate-1"))
    assert "too many" in refused.why
    assert counter.ask(gate, _request("gate-1"), NOON + timedelta(days=2)) == []


def test_an_answer_for_somebody_away_waits_for_them(world: World, counter: Counter) -> None:
    gate = world.grant(Gate("gate-1"))
    world.take(gate.state(session=1))
    counter.ask(gate, _request("gate-1"))
    world.take(gate.state(session=1, online=False))
    assert counter.turn() == []
    world.take(gate.state(session=2))
    assert len(counter.turn()) == 1


def test_a_new_key_is_certified_in_the_terminals_name_and_noted(
    world: World, counter: Counter, keys: Path
) -> None:
    gate = world.grant(Gate("gate-1"))
    world.take(gate.state())
    request = _request("gate-1")
    assert counter.ask(gate, request) == []
    (said,) = counter.turn()
    fresh = x509.load_pem_x509_certificate(said.certificate.encode())
    assert fresh.subject.rfc4514_string() == "CN=gate-1"
    assert fresh.public_key() == x509.load_pem_x509_csr(request.encode()).public_key()
    assert said.authority == (keys / "ca.pem").read_text()
    noted = world.ask(lambda session: session.get_one(Terminal, _id(session, gate)))
    assert noted.certificate_until_at == fresh.not_valid_after_utc
    assert noted.certificate_fingerprint == fresh.fingerprint(hashes.SHA256()).hex()
    assert counter.turn() == [], "told once"
    counter.ask(gate, request)
    (again,) = counter.turn()
    assert again == said, "the same key gets the same certificate, however often its answer was lost"


def test_the_hubs_own_certificates_are_renewed_while_it_runs(world: World, tmp_path: Path) -> None:
    data = tmp_path / "hub"
    data.mkdir()
    settings = Settings(data, "sqlite://", BrokerSettings())
    started = datetime(2026, 3, 1, tzinfo=UTC)
    prepare_authority(settings.keys, now=started)
    paths = [certificate_path(settings.keys, process) for process in (BROKER, WEB_SERVER, INGEST)]
    before = [path.read_bytes() for path in paths]
    upkeep = Upkeep(settings, world.sessions, started)
    assert not upkeep.tick(started + timedelta(days=200))
    assert [path.read_bytes() for path in paths] == before
    late = started + timedelta(days=320)
    assert upkeep.tick(late)
    assert all(
        x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc > late + timedelta(days=300)
        for path in paths
    )
    assert not upkeep.tick(late + LOOK_EVERY * 2)


# Two devices with the same keys


def _boots(world: World, gate: Gate, *boots: tuple[int, str]) -> None:
    for number, (session, boot) in enumerate(boots):
        speaking = replace(gate, boot_id=boot * 16)
        world.take(speaking.state(session=session, at=NOON + timedelta(minutes=number)))


def test_a_boot_after_another_is_only_a_restart(world: World) -> None:
    _boots(world, world.grant(Gate("gate-1")), (1, "aa"), (2, "aa"), (3, "bb"), (4, "cc"), (5, "cc"))
    assert world.alarms() == []


def test_an_old_state_that_comes_late_proves_nothing(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    _boots(world, gate, (1, "aa"), (5, "bb"), (1, "aa"), (4, "aa"))
    retained = replace(gate, boot_id="aa" * 16).state(session=6, retained=True, at=NOON + timedelta(hours=1))
    world.take(retained)
    assert world.alarms() == []


def test_a_boot_that_comes_back_is_a_second_device_with_the_same_keys(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    _boots(world, gate, (1, "aa"), (2, "bb"), (3, "aa"))
    assert world.alarms() == ["two_devices"]
    _boots(world, gate, (4, "bb"), (5, "aa"), (6, "bb"))
    assert world.alarms() == ["two_devices"], "they take turns: one alarm an hour"
    speaking = replace(gate, boot_id="aa" * 16)
    world.take(speaking.state(session=7, at=NOON + timedelta(hours=3)))
    assert world.alarms() == ["two_devices"] * 2
