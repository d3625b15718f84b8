"""Terminals: grant, cut off, keys, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from hub.database import Base, make_engine, make_sessions
from hub.terminals import actions
from hub.terminals.authority import Authority, prepare_authority
from hub.terminals.errors import RequestError, UnknownTerminalError
from hub.terminals.overview import overview
from hub.terminals.records import Terminal, TerminalState, TerminalStateChange
from wire.journal import Clock
from wire.keys import OpeningKey, SigningKey, public_bytes
from wire.provisioning import Broker, CheckpointSettings, Grant, Request, read_grant, to_json
from wire.state import Health, JournalEnd, State
from wire.versions import NOTHING, Version

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PLACE = CheckpointSettings(checkpoint="gate-in", from_zone="yard", to_zone="gate-hall")
BROKER = Broker(host="127.0.0.1", port=8883, tls=True, mqtt5=True)
BOOT = "0" * 32


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return prepare_authority(tmp_path_factory.mktemp("hub") / "keys", now=NOW)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = make_engine("sqlite://")
    Base.metadata.create_all(engine, tables=[
        Base.metadata.tables[name] for name in ("terminals", "terminal_states", "terminal_state_changes")
    ])  # fmt: skip
    with make_sessions(engine)() as opened:
        yield opened
    engine.dispose()


def make_request(name: str, *, certified_as: str | None = None) -> Request:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, certified_as or name or "-")])
    key = ec.generate_private_key(ec.SECP256R1())
    pem = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
    return Request(
        terminal=name,
        certificate_request=pem.public_bytes(Encoding.PEM).decode(),
        verifying_key=public_bytes(SigningKey.generate().public_key()),
        sealing_key=public_bytes(OpeningKey.generate().public_key()),
    )


def give(session: Session, authority: Authority, request: Request, at: datetime = NOW) -> Grant:
    return actions.grant(session, authority, request, PLACE, BROKER, at)


def refusal(session: Session, authority: Authority, request: Request) -> str:
    with pytest.raises(RequestError) as caught:
        give(session, authority, request)
    assert caught.value.sentence.endswith((".", "pims-edge init"))
    return caught.value.code


def test_a_grant_holds_all_that_the_terminal_needs(session: Session, authority: Authority) -> None:
    granted = give(session, authority, make_request("gate-a"))
    certificate = x509.load_pem_x509_certificate(granted.certificate.encode())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(granted.authority.encode()))
    assert granted.hub_verifying_key == authority.verifying_key
    assert (granted.terminal, granted.checkpoint, granted.broker) == ("gate-a", PLACE, BROKER)
    assert read_grant(to_json(granted)) == granted
    row = session.scalars(select(Terminal)).one()
    assert row.certificate_fingerprint == certificate.fingerprint(SHA256()).hex()
    assert row.certificate_until_at == certificate.not_valid_after_utc


def test_the_same_device_may_ask_again(session: Session, authority: Authority) -> None:
    request = make_request("gate-a")
    first = give(session, authority, request)
    second = give(session, authority, request, NOW + timedelta(days=300))
    assert first.certificate != second.certificate
    assert len(session.scalars(select(Terminal)).all()) == 1


def test_a_name_is_not_given_to_another_device(session: Session, authority: Authority) -> None:
    give(session, authority, make_request("gate-a"))
    assert refusal(session, authority, make_request("gate-a")) == "name_taken"


def test_a_terminal_that_was_cut_off_does_not_come_back(session: Session, authority: Authority) -> None:
    request = make_request("gate-a")
    give(session, authority, request)
    actions.cut_off(session, "gate-a", NOW, "stolen")
    assert refusal(session, authority, request) == "cut_off"


def test_the_certificate_request_must_be_in_the_terminals_name(
    session: Session, authority: Authority
) -> None:
    assert refusal(session, authority, make_request("gate-a", certified_as="gate-b")) == "other_name"


@pytest.mark.parametrize("name", ["hub", "hub-ingest", "hub-web", "hub-anything", "broker", "web"])
def test_the_hubs_own_names_are_not_given(session: Session, authority: Authority, name: str) -> None:
    assert refusal(session, authority, make_request(name)) in ("reserved_name", "bad_name")


@pytest.mark.parametrize("name", ["Gate", "gate a", "gate/a", "+", "#", "-gate", "g" * 41, "gate\n", "gäte"])
def test_a_name_that_could_be_a_topic_is_refused(session: Session, authority: Authority, name: str) -> None:
    assert refusal(session, authority, make_request(name)) == "bad_name"


def test_a_damaged_certificate_request_is_refused(session: Session, authority: Authority) -> None:
    request = msgspec.structs.replace(make_request("gate-a"), certificate_request="nonsense")
    assert refusal(session, authority, request) == "bad_request"


def test_a_receiving_key_that_seals_nothing_is_refused(session: Session, authority: Authority) -> None:
    request = msgspec.structs.replace(make_request("gate-a"), sealing_key=bytes(32))
    assert refusal(session, authority, request) == "bad_key"


def test_nothing_is_kept_of_a_refused_request(session: Session, authority: Authority) -> None:
    refusal(session, authority, make_request("gate-a", certified_as="gate-b"))
    assert actions.find_keys(session, "gate-a") is None


def test_cut_off_takes_one_terminal_its_right_to_speak(session: Session, authority: Authority) -> None:
    for name in ("gate-b", "gate-a"):
        give(session, authority, make_request(name))
    assert actions.cut_off_names(session) == []
    actions.cut_off(session, "gate-a", NOW, "stolen")
    assert actions.cut_off_names(session) == ["gate-a"]
    active = {
        name: keys.active for name in ("gate-a", "gate-b") if (keys := actions.find_keys(session, name))
    }
    assert active == {"gate-a": False, "gate-b": True}


def test_cutting_off_twice_keeps_the_first_time(session: Session, authority: Authority) -> None:
    give(session, authority, make_request("gate-a"))
    actions.cut_off(session, "gate-a", NOW, "stolen")
    again = actions.cut_off(session, "gate-a", NOW + timedelta(hours=1), "again")
    assert (again.cut_off_at, again.cut_off_reason) == (NOW, "stolen")


def test_cutting_off_nobody_is_said(session: Session) -> None:
    with pytest.raises(UnknownTerminalError, match="terminals list"):
        actions.cut_off(session, "gate-z", NOW, "")


def test_find_keys_gives_what_was_asked_with(session: Session, authority: Authority) -> None:
    request = make_request("gate-a")
    give(session, authority, request)
    keys = actions.find_keys(session, "gate-a")
    assert keys is not None
    assert (keys.verifying_key, keys.sealing_key) == (request.verifying_key, request.sealing_key)
    assert keys.checkpoint == "gate-in"
    assert keys.active


def life(session_number: int, *, sensor: str = "ready", queue: int = 0) -> State:
    return State(
        session=session_number,
        online=True,
        software="0.1.0",
        boot_id=BOOT,
        said_at=NOW,
        roll_version=Version(1, 7),
        journal=JournalEnd(journal_id=bytes(16), last=queue, last_link=bytes(32)),
        health=Health(
            sensor=sensor,
            queue_depth=queue,
            disk_free_mb=None,
            clock=Clock.UNSURE,
            roll_age_s=None,
            refused_from_hub=0,
        ),
    )


def death(session_number: int) -> State:
    return State(
        session=session_number,
        online=False,
        software="0.1.0",
        boot_id=BOOT,
        said_at=NOW - timedelta(hours=1),
        roll_version=NOTHING,
        journal=None,
        health=None,
    )


@pytest.fixture
def terminal_id(session: Session, authority: Authority) -> int:
    give(session, authority, make_request("gate-a"))
    keys = actions.find_keys(session, "gate-a")
    assert keys is not None
    return keys.terminal_id


def presence(session: Session) -> list[tuple[int, bool, str | None]]:
    rows = session.scalars(select(TerminalStateChange).order_by(TerminalStateChange.id))
    return [(row.session, row.online, row.sensor) for row in rows]


def test_a_late_death_of_an_old_session_is_ignored(session: Session, terminal_id: int) -> None:
    assert actions.note_state(session, terminal_id, life(4), NOW)
    assert actions.note_state(session, terminal_id, life(5), NOW)
    assert not actions.note_state(session, terminal_id, death(4), NOW)
    assert session.get_one(TerminalState, terminal_id).online


def test_an_unsynchronised_clock_that_agrees_with_the_hub_is_noted_so(
    session: Session, terminal_id: int
) -> None:
    for later, noted in ((timedelta(seconds=4), actions.AGREES), (timedelta(minutes=4), "unsure")):
        actions.note_state(session, terminal_id, life(4), NOW + later)
        assert session.get_one(TerminalState, terminal_id).clock == noted


def test_a_life_after_its_own_death_is_old_news(session: Session, terminal_id: int) -> None:
    actions.note_state(session, terminal_id, life(4), NOW)
    assert actions.note_state(session, terminal_id, death(4), NOW)
    assert not actions.note_state(session, terminal_id, life(4), NOW)
    assert not session.get_one(TerminalState, terminal_id).online
    assert actions.note_state(session, terminal_id, life(5), NOW)
    assert session.get_one(TerminalState, terminal_id).online


def test_a_death_keeps_the_figures_of_the_life_before(session: Session, terminal_id: int) -> None:
    actions.note_state(session, terminal_id, life(4, queue=3), NOW)
    actions.note_state(session, terminal_id, death(4), NOW + timedelta(minutes=1))
    held = session.get_one(TerminalState, terminal_id)
    assert (held.queue_depth, held.roll_epoch, held.roll_counter, held.journal_last) == (3, 1, 7, 3)
    assert held.said_at == NOW
    assert held.heard_at == NOW + timedelta(minutes=1)


def test_only_changes_of_presence_or_sensor_are_rows(session: Session, terminal_id: int) -> None:
    for number, state in enumerate([life(4), life(4, queue=9), life(4, sensor="silent"), death(4), life(5)]):
        actions.note_state(session, terminal_id, state, NOW + timedelta(seconds=number))
    assert presence(session) == [
        (4, True, "ready"),
        (4, True, "silent"),
        (4, False, "silent"),
        (5, True, "ready"),
    ]


def test_the_history_cannot_be_changed(session: Session, terminal_id: int) -> None:
    actions.note_state(session, terminal_id, life(4), NOW)
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text("UPDATE terminal_state_changes SET online = 0"))


def test_a_first_message_that_is_a_death_is_kept(session: Session, terminal_id: int) -> None:
    assert actions.note_state(session, terminal_id, death(9), NOW)
    assert presence(session) == [(9, False, None)]


def test_the_overview_tells_unheard_from_offline(
    session: Session, authority: Authority, terminal_id: int
) -> None:
    give(session, authority, make_request("gate-b"))
    actions.note_state(session, terminal_id, life(4, queue=2), NOW)
    first, second = overview(session)
    assert (first.name, first.online, first.roll_version, first.queue_depth) == ("gate-a", True, "1.7", 2)
    assert (second.name, second.online, second.heard_at, second.queue_depth) == ("gate-b", False, None, None)


def test_the_changes_of_a_state_are_guarded_from_the_migration_on(tmp_path: Path) -> None:
    from hub.migrations import upgrade

    engine = make_engine(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    upgrade(engine)
    with engine.connect() as connection:
        guarded = connection.execute(
            text(
                "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'terminal_state_changes'"
            )
        ).scalar()
    engine.dispose()
    assert guarded == 2
