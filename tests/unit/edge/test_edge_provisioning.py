"""Taking a terminal in: keys made once and kept closed, a grant checked before anything is changed."""

from __future__ import annotations

import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from edge.__main__ import main
from edge.errors import ProvisioningError, StartError
from edge.provisioning import Folder, install_grant, load_grant, load_keys, make_terminal, prepare
from edge.settings import Settings, load, settings_of
from edge.uplink import Identity, tls_context
from wire.keys import SigningKey, public_bytes
from wire.provisioning import Broker, CheckpointSettings, Grant, Request, fingerprint, read_request, to_json

AT = datetime(2026, 5, 1, tzinfo=UTC)


class Authority:
    """A hub's certificate authority, as small as can be."""

    def __init__(self, name: str = "Test authority") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self._sign(self.name, self.key.public_key())
        self.hub_key = SigningKey.generate()

    def _sign(self, subject: x509.Name, key: object) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)  # type: ignore[arg-type]
            .serial_number(x509.random_serial_number())
            .not_valid_before(AT)
            .not_valid_after(AT + timedelta(days=365))
            .sign(self.key, hashes.SHA256())
        )

    def grant(self, request: Request, broker: Broker | None = None) -> Grant:
        asked = x509.load_pem_x509_csr(request.certificate_request.encode())
        return Grant(
            terminal=request.terminal,
            certificate=_pem(self._sign(asked.subject, asked.public_key())),
            authority=_pem(self.certificate),
            hub_verifying_key=public_bytes(self.hub_key.public_key()),
            checkpoint=CheckpointSettings(checkpoint="gate-in", from_zone="yard", to_zone="gate-hall"),
            broker=broker or Broker(host="10.0.0.1", port=8883, tls=True, mqtt5=True),
        )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "gate-1")
    prepare(folder)
    make_terminal(folder, settings())
    return folder


def settings(name: str = "gate-1") -> Settings:
    return settings_of("gate", terminal=name, sensor={"port": "/dev/pims-sensor"})


def request_of(folder: Folder) -> Request:
    return read_request(folder.request.read_bytes())


def test_keys_are_closed_to_others_and_not_in_the_request(folder: Folder) -> None:
    raw = folder.request.read_bytes()
    for path in folder.keys.iterdir():
        assert path.stat().st_mode & 0o077 == 0
        assert path.read_bytes().hex().encode() not in raw
        assert path.read_bytes() not in raw
    assert folder.keys.stat().st_mode & 0o077 == 0
    assert folder.root.stat().st_mode & 0o077 == 0


def test_the_request_asks_with_the_terminals_own_keys(folder: Folder) -> None:
    request, keys = request_of(folder), load_keys(folder)
    assert request.terminal == "gate-1"
    assert request.verifying_key == public_bytes(keys.signing.public_key())
    assert request.sealing_key == public_bytes(keys.opening.public_key())
    asked = x509.load_pem_x509_csr(request.certificate_request.encode())
    assert asked.is_signature_valid
    assert asked.subject.rfc4514_string() == "CN=gate-1"


def test_repeating_it_keeps_the_keys(folder: Folder) -> None:
    before = {path.name: path.read_bytes() for path in folder.keys.iterdir()}
    seen = make_terminal(folder, settings())
    assert {path.name: path.read_bytes() for path in folder.keys.iterdir()} == before
    assert seen == fingerprint(request_of(folder).verifying_key)


def test_one_folder_holds_one_terminal(folder: Folder) -> None:
    with pytest.raises(ProvisioningError, match="already holds terminal gate-1"):
        make_terminal(folder, settings("gate-2"))


@pytest.mark.parametrize("name", ["Gate", "gate 1", "-gate", "hub", "a/b", "g" * 41, "+"])
def test_a_name_that_no_topic_can_hold_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProvisioningError, match="cannot name a terminal"):
        make_terminal(Folder(tmp_path), settings(name))


def test_a_grant_is_put_in_place(folder: Folder) -> None:
    authority = Authority()
    grant = authority.grant(request_of(folder))
    seen = install_grant(folder, settings(), to_json(grant))
    assert load_grant(folder, settings()) == grant
    assert folder.certificate.read_text() == grant.certificate
    assert seen == fingerprint(grant.hub_verifying_key)
    with pytest.raises(ProvisioningError, match="taken in already"):
        make_terminal(folder, settings())


def test_the_broker_is_spoken_to_in_tls_1_3_only(folder: Folder) -> None:
    install_grant(folder, settings(), to_json(Authority().grant(request_of(folder))))
    context = tls_context(Identity(folder.certificate, folder.tls_key, folder.authority))
    assert context.minimum_version is ssl.TLSVersion.TLSv1_3


def test_what_a_command_makes_is_closed_to_others(folder: Folder) -> None:
    held = os.umask(0o022)
    try:
        main(["status", "--data", str(folder.root)])
        assert os.umask(0o022) == 0o077
    finally:
        os.umask(held)


def test_without_a_grant_there_is_none(folder: Folder) -> None:
    assert load_grant(folder, settings()) is None


def wrong_grants(folder: Folder) -> dict[str, bytes]:
    authority, other = Authority(), Authority()
    request = request_of(folder)
    good = authority.grant(request)
    stranger = Folder(folder.root.parent / "other")
    prepare(stranger)
    make_terminal(stranger, settings())
    anywhere = Broker(host="10.0.0.1", port=1883, tls=False, mqtt5=True)
    return {
        "is for terminal gate-9": to_json(msgspec.structs.replace(good, terminal="gate-9")),
        "not one of its authority": to_json(msgspec.structs.replace(good, authority=_pem(other.certificate))),
        "another key": to_json(authority.grant(request_of(stranger))),
        "only allowed on this machine": to_json(authority.grant(request, anywhere)),
        "not a provisioning document": b"{}",
        "of this version": b"\xff\x00",
        "not one of its authority. ": to_json(msgspec.structs.replace(good, certificate="none")),
    }


@pytest.mark.parametrize("place", range(7))
def test_a_wrong_grant_changes_nothing(folder: Folder, place: int) -> None:
    said, raw = list(wrong_grants(folder).items())[place]
    with pytest.raises(ProvisioningError) as refused:
        install_grant(folder, settings(), raw)
    assert said.strip(". ") in refused.value.sentence
    assert not folder.grant.exists()
    assert not folder.certificate.exists()


def test_an_open_connection_is_allowed_on_loopback(folder: Folder) -> None:
    here = Broker(host="127.0.0.1", port=1883, tls=False, mqtt5=False)
    install_grant(folder, settings(), to_json(Authority().grant(request_of(folder), here)))
    granted = load_grant(folder, settings())
    assert granted is not None
    assert not granted.broker.tls


def test_a_key_that_others_may_read_stops_the_start(folder: Folder) -> None:
    (folder.keys / "open.key").chmod(0o644)
    with pytest.raises(StartError, match="open to other users"):
        load_keys(folder)


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_key_stops_the_start(folder: Folder, content: bytes) -> None:
    (folder.keys / "sign.key").write_bytes(content)
    with pytest.raises(StartError, match="damaged"):
        load_keys(folder)


def test_a_key_that_a_power_cut_left_torn_is_made_anew_before_anybody_knows_it(folder: Folder) -> None:
    for name in ("sign.key", "open.key", "tls.key"):
        (folder.keys / name).write_bytes(b"")
    with pytest.raises(StartError):
        load_keys(folder)
    make_terminal(folder, load(folder.settings))
    load_keys(folder)
    assert read_request(folder.request.read_bytes()).terminal == "gate-1"


def test_root_leaves_nothing_in_another_users_terminal(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if os.geteuid() == 0:
        os.chown(folder.root, 4242, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    before = {path: path.stat().st_mtime_ns for path in folder.root.rglob("*")}
    grant = folder.root.parent / "grant.json"
    for words in (
        ["run"],
        ["protect", "--at-rest", "none"],
        ["install-grant", str(grant)],
        ["init", "--terminal", "gate-1", "--model", "gate", "--sensor-port", "/dev/pims-sensor"],
    ):
        assert main([words[0], "--data", str(folder.root), *words[1:]]) == 2
        assert "belongs to user" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in folder.root.rglob("*")} == before
