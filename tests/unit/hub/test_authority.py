"""The hub's own certificate authority: what it makes, keeps, renews and refuses."""

from __future__ import annotations

import base64
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store

from hub.terminals.authority import Authority, open_authority, prepare_authority
from hub.terminals.errors import KeysError, RequestError
from hub.terminals.key_files import read_private, read_signing_key, write_private
from wire.keys import public_bytes

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return prepare_authority(tmp_path_factory.mktemp("hub") / "keys", hosts=["10.0.0.5", "hub.test"], now=NOW)


def request_pem(name: str, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
    return request.public_bytes(Encoding.PEM).decode()


def load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def common_name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def purposes(certificate: x509.Certificate) -> list[x509.ObjectIdentifier]:
    return list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_root_signs_leaves_only_for_ten_years(authority: Authority) -> None:
    root = authority.certificate
    basic = root.extensions.get_extension_for_class(x509.BasicConstraints)
    usage = root.extensions.get_extension_for_class(x509.KeyUsage)
    assert basic.critical
    assert (basic.value.ca, basic.value.path_length) == (True, 0)
    assert usage.critical
    assert usage.value.key_cert_sign
    assert not usage.value.digital_signature
    assert timedelta(days=3650) < root.not_valid_after_utc - NOW < timedelta(days=3655)
    root.verify_directly_issued_by(root)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "10.0.0.5", "hub.test"])
@pytest.mark.parametrize("server", ["broker", "web"])
def test_servers_are_known_by_loopback_and_the_given_hosts(
    authority: Authority, server: str, host: str
) -> None:
    leaf = load(authority.folder / f"{server}.pem")
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert host in [str(name.value) for name in names]
    assert purposes(leaf) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_a_strict_verifier_accepts_the_brokers_certificate(authority: Authority) -> None:
    verifier = (
        PolicyBuilder()
        .store(Store([authority.certificate]))
        .time(NOW)
        .build_server_verifier(x509.DNSName("localhost"))
    )
    chain = verifier.verify(load(authority.folder / "broker.pem"), [])
    assert len(chain) == 2


@pytest.mark.parametrize("process", ["hub-ingest", "hub-web"])
def test_each_hub_process_is_a_client_of_its_own_name(authority: Authority, process: str) -> None:
    leaf = load(authority.folder / f"{process}.pem")
    assert common_name(leaf) == process
    assert purposes(leaf) == [ExtendedKeyUsageOID.CLIENT_AUTH]


def test_only_the_owner_may_read(authority: Authority) -> None:
    assert stat.S_IMODE(authority.folder.stat().st_mode) == 0o700
    keys = list(authority.folder.glob("*.key"))
    assert {key.name for key in keys} == {
        "ca.key", "signing.key", "broker.key", "web.key", "hub-ingest.key", "hub-web.key",
        "receiving.key", "release.key",
    }  # fmt: skip
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}
    assert not list(authority.folder.glob("*.new"))


def test_secrets_stay_out_of_the_printed_form(authority: Authority) -> None:
    assert "signing_key" not in repr(authority)
    assert "_key" not in repr(authority)


def test_preparing_again_changes_nothing(tmp_path: Path) -> None:
    first = prepare_authority(tmp_path / "keys", now=NOW)
    before = snapshot(first.folder)
    second = prepare_authority(tmp_path / "keys", now=NOW + timedelta(days=30))
    assert snapshot(first.folder) == before
    assert second.verifying_key == first.verifying_key


def test_a_new_host_is_added_and_none_forgotten(tmp_path: Path) -> None:
    prepare_authority(tmp_path / "keys", hosts=["10.0.0.5"], now=NOW)
    key = (tmp_path / "keys" / "broker.key").read_bytes()
    prepare_authority(tmp_path / "keys", hosts=["10.0.0.6"], now=NOW)
    names = load(tmp_path / "keys" / "broker.pem").extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert {"10.0.0.5", "10.0.0.6"} <= {str(name.value) for name in names.value}
    assert (tmp_path / "keys" / "broker.key").read_bytes() == key


def test_a_certificate_that_runs_out_is_renewed(tmp_path: Path) -> None:
    prepare_authority(tmp_path / "keys", now=NOW)
    later = NOW + timedelta(days=310)
    prepare_authority(tmp_path / "keys", now=later)
    for process in ("broker", "web", "hub-ingest", "hub-web"):
        assert load(tmp_path / "keys" / f"{process}.pem").not_valid_after_utc > later + timedelta(days=360)


def test_a_crash_between_key_and_certificate_is_mended(tmp_path: Path) -> None:
    made = prepare_authority(tmp_path / "keys", now=NOW)
    (made.folder / "ca.pem").unlink()
    (made.folder / "broker.pem").unlink()
    (made.folder / "web.key.new").write_bytes(b"half")
    (made.folder / "web.key").unlink()
    again = prepare_authority(tmp_path / "keys", now=NOW)
    for process in ("broker", "web", "hub-ingest"):
        load(again.folder / f"{process}.pem").verify_directly_issued_by(again.certificate)


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    write_private(tmp_path / "one.key", b"first")
    with pytest.raises(FileExistsError):
        write_private(tmp_path / "one.key", b"second")
    assert read_private(tmp_path / "one.key") == b"first"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_a_key_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    prepare_authority(tmp_path / "keys", now=NOW)
    (tmp_path / "keys" / "web.key").chmod(mode)
    with pytest.raises(KeysError, match=r"Others may read the key web\.key\. Close it: chmod 600 /"):
        prepare_authority(tmp_path / "keys", now=NOW)
    with pytest.raises(KeysError, match="chmod 600"):
        open_authority(tmp_path / "keys")
    with pytest.raises(KeysError, match="chmod 600"):
        read_private(tmp_path / "keys" / "web.key")


def test_a_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    prepare_authority(tmp_path / "keys", now=NOW)
    (tmp_path / "keys").chmod(0o750)
    with pytest.raises(KeysError, match="chmod 700"):
        open_authority(tmp_path / "keys")


def test_a_lost_authority_key_is_not_made_anew(tmp_path: Path) -> None:
    prepare_authority(tmp_path / "keys", now=NOW)
    (tmp_path / "keys" / "ca.key").unlink()
    with pytest.raises(KeysError, match=r"ca\.key is missing\. Restore it"):
        prepare_authority(tmp_path / "keys", now=NOW)


@pytest.mark.parametrize("name", ["ca.key", "ca.pem", "signing.key", "hub-web.key", "broker.pem"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    prepare_authority(tmp_path / "keys", now=NOW)
    (tmp_path / "keys" / name).write_bytes(b"garbage")
    with pytest.raises(KeysError, match=name):
        prepare_authority(tmp_path / "keys", now=NOW)


def test_two_hubs_files_mixed_up_are_noticed(tmp_path: Path) -> None:
    one, two = (prepare_authority(tmp_path / name, now=NOW) for name in ("one", "two"))
    (one.folder / "ca.pem").write_bytes((two.folder / "ca.pem").read_bytes())
    with pytest.raises(KeysError, match="do not belong together"):
        open_authority(one.folder)


def test_no_hub_here(tmp_path: Path) -> None:
    with pytest.raises(KeysError, match="pims-hub init"):
        open_authority(tmp_path / "keys")
    with pytest.raises(KeysError, match="is missing"):
        read_signing_key(tmp_path)


def test_the_signing_key_can_be_read_alone(authority: Authority) -> None:
    assert public_bytes(read_signing_key(authority.folder).public_key()) == authority.verifying_key


def test_a_terminals_certificate_is_for_a_client_in_its_name(authority: Authority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = authority.issue_terminal_certificate(request_pem("somebody-else", key), "gate-in", NOW)
    leaf.verify_directly_issued_by(authority.certificate)
    assert common_name(leaf) == "gate-in"
    assert leaf.public_key() == key.public_key()
    assert purposes(leaf) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    assert timedelta(days=365) <= leaf.not_valid_after_utc - NOW <= timedelta(days=367)
    assert leaf.not_valid_before_utc < NOW


def test_a_request_must_prove_its_key(authority: Authority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    der = bytearray(x509.load_pem_x509_csr(request_pem("gate-in", key).encode()).public_bytes(Encoding.DER))
    der[-1] ^= 1
    forged = x509.load_der_x509_csr(bytes(der)).public_bytes(Encoding.PEM).decode()
    with pytest.raises(RequestError, match="not signed by its own key") as caught:
        authority.issue_terminal_certificate(forged, "gate-in", NOW)
    assert caught.value.code == "not_proven"


@pytest.mark.parametrize("pem", ["", "nonsense", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END"])
def test_a_damaged_request_is_refused(authority: Authority, pem: str) -> None:
    with pytest.raises(RequestError, match="cannot be read"):
        authority.issue_terminal_certificate(pem, "gate-in", NOW)


def test_another_kind_of_key_is_refused(authority: Authority) -> None:
    pem = request_pem("gate-in", rsa.generate_private_key(65537, 2048))
    with pytest.raises(RequestError, match="P-256"):
        authority.issue_terminal_certificate(pem, "gate-in", NOW)


def test_random_bytes_never_raise_anything_else(authority: Authority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    raw = x509.load_pem_x509_csr(request_pem("gate-in", key).encode()).public_bytes(Encoding.DER)

    for position in range(0, len(raw), 3):
        broken = bytearray(raw)
        broken[position] ^= 0x41
        body = base64.encodebytes(bytes(broken)).decode()
        pem = f"-----BEGIN CERTIFICATE REQUEST-----\n{body}-----END CERTIFICATE REQUEST-----\n"
        with pytest.raises(RequestError):
            authority.issue_terminal_certificate(pem, "gate-in", NOW)
