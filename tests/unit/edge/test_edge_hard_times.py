"""A card that can only be read, and a clock in another century: nothing is lost, and the gate learns its way back."""

from __future__ import annotations

import io
import sqlite3
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from edge.clock import Reading
from edge.condition_file import ConditionFile
from edge.errors import JournalWriteError
from edge.journal import Room, open_journal
from edge.journal_mark import Follower, MarkFile
from edge.log import Log
from edge.uplink import Identity, can_judge_dates, tls_context
from wire.journal import Clock
from wire.keys import SigningKey

AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
BEGINS, ENDS = AT - timedelta(days=1), AT + timedelta(days=365)
READING = Reading("ab" * 16, 1_000, AT, Clock.UNSURE)


# --- a card that became read-only


def test_nothing_is_taken_on_a_card_that_cannot_be_written_and_it_goes_on_after(tmp_path: Path) -> None:
    journal, _ = open_journal(
        tmp_path / "journal.sqlite", "gate-1", Room(1 << 30, 0, 0), lambda: b"j" * 16, lambda: "aside"
    )
    journal.append(READING, "passage", b"before")
    real_open = journal._open

    def read_only() -> sqlite3.Connection:
        connection = real_open()
        connection.execute("PRAGMA query_only = ON")  # SQLite's answer is that of a read-only card
        return connection

    journal._open = read_only  # type: ignore[method-assign]
    journal._writer = read_only()
    for _try in range(2):
        with pytest.raises(JournalWriteError, match="SQLITE_READONLY"):
            journal.append(READING, "passage", b"meanwhile")
    assert journal.standing().last == 1
    assert len(journal.read(1, 1, 1 << 20).entries) == 1  # what is there still goes to the hub
    journal._open = real_open  # type: ignore[method-assign]
    with pytest.raises(JournalWriteError):
        journal.append(READING, "passage", b"the last one over the old connection")
    assert journal.append(READING, "passage", b"after") == 2
    journal.close()


def test_small_files_that_cannot_be_written_stop_nothing(tmp_path: Path) -> None:
    journal, _ = open_journal(
        tmp_path / "journal.sqlite", "gate-1", Room(1 << 30, 0, 0), lambda: b"j" * 16, lambda: "aside"
    )
    nowhere = tmp_path / "gone"
    log = io.StringIO()
    follower = Follower(
        journal,
        MarkFile(nowhere / "mark", "gate-1", SigningKey.generate()),
        Log("journal", log),
        lambda: None,
    )
    follower.idle(1.0)
    follower.idle(6.0)
    ConditionFile(nowhere / "condition.json", lambda: {"sensor": "ok"}).look(1.0)
    assert "mark_not_kept" in log.getvalue()
    journal.close()


# --- a clock of another century


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    """Valid for a year from the first of May."""
    return made(tmp_path, BEGINS, ENDS)


def made(tmp_path: Path, begins: datetime, ends: datetime) -> Identity:
    """A certificate that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gate-1")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dated = built.not_valid_before(begins).not_valid_after(ends).serial_number(1)
    certificate = dated.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    paths = [tmp_path / name for name in ("tls.pem", "tls.key", "authority.pem")]
    paths[0].write_bytes(certificate)
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    paths[2].write_bytes(certificate)
    return Identity(*paths)


@pytest.mark.parametrize("now", [datetime(1970, 1, 2, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)])
def test_a_clock_that_nobody_sets_may_not_judge_certificates(identity: Identity, now: datetime) -> None:
    unsure = Reading("ab" * 16, 1, now, Clock.UNSURE)
    assert not can_judge_dates(unsure, identity.certificate)


def test_a_clock_that_fits_its_certificate_or_is_set_by_others_may(identity: Identity) -> None:
    assert can_judge_dates(READING, identity.certificate)
    late = Reading("ab" * 16, 1, ENDS + timedelta(days=9), Clock.SYNCHRONISED)
    assert can_judge_dates(late, identity.certificate)


def test_an_own_certificate_that_cannot_be_read_changes_nothing(identity: Identity, tmp_path: Path) -> None:
    assert can_judge_dates(READING, tmp_path / "missing.pem")


def test_only_dates_are_let_go_of_never_the_authority(identity: Identity) -> None:
    strict, timeless = tls_context(identity), tls_context(identity, timeless=True)
    no_check_time = 0x200000  # X509_V_FLAG_NO_CHECK_TIME
    assert not strict.verify_flags & no_check_time
    assert timeless.verify_flags & no_check_time
    for context in (strict, timeless):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname


@pytest.mark.parametrize("timeless", [False, True])
def test_a_broker_whose_certificate_has_ended_is_met_only_without_a_clock(
    tmp_path: Path, timeless: bool
) -> None:
    identity = made(tmp_path, datetime(2019, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(identity.certificate, identity.key)
    client = tls_context(identity, timeless=timeless)
    client.check_hostname = False
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(to_client, to_server)
    far = server.wrap_bio(to_server, to_client, server_side=True)
    outcome = _shake_hands(near, far)
    assert outcome == ("" if timeless else "certificate has expired")


def _shake_hands(near: ssl.SSLObject, far: ssl.SSLObject) -> str:
    """What the client said against it, empty when it was taken in."""
    for _turn in range(6):
        for end in (near, far):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                return error.verify_message
            except ssl.SSLError:
                return ""
    return ""
