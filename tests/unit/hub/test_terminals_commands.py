"""`pims-hub terminals ...` as somebody types it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from sqlalchemy.orm import Session

from hub import settings
from hub.errors import HubError
from hub.terminals.authority import prepare_authority
from hub.terminals.commands import register
from hub.terminals.errors import RequestError, UnknownTerminalError
from wire.keys import OpeningKey, SigningKey, public_bytes
from wire.provisioning import CheckpointSettings, Request, fingerprint, read_grant, to_json

from ...databases import new_database


def find_checkpoint(session: Session, code: str) -> CheckpointSettings:
    """Loads half the hub where it is the real one: nobody who writes may wait for that."""
    assert session.connection().get_execution_options().get("pims_reads")
    if code != "gate-in":
        raise HubError("unknown_checkpoint", "There is no checkpoint of that code.")
    return CheckpointSettings(checkpoint=code, from_zone="yard", to_zone="gate-hall")


def pims_hub(*words: object) -> int:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers(), find_checkpoint)
    args = parser.parse_args([str(word) for word in words])
    return int(args.run(args))


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    data = tmp_path / "hub"
    data.mkdir()
    made = settings.write_first(data, database=new_database(data, migrated=True))
    prepare_authority(made.keys)
    return data


@pytest.fixture
def request_file(tmp_path: Path) -> Path:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gate-a")])
    key = ec.generate_private_key(ec.SECP256R1())
    pem = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
    document = Request(
        terminal="gate-a",
        certificate_request=pem.public_bytes(Encoding.PEM).decode(),
        verifying_key=public_bytes(SigningKey.generate().public_key()),
        sealing_key=public_bytes(OpeningKey.generate().public_key()),
    )
    path = tmp_path / "request.json"
    path.write_bytes(to_json(document))
    return path


def grant(hub: Path, request: Path, out: Path, checkpoint: str = "gate-in") -> int:
    return pims_hub("terminals", "grant", "--data", hub, request, "--checkpoint", checkpoint, "--out", out)


def test_grant_list_and_cut_off(
    hub: Path, request_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "grant.json"
    assert grant(hub, request_file, out) == 0
    granted = read_grant(out.read_bytes())
    assert granted.broker.tls
    said = capsys.readouterr().out
    assert said.startswith("Granted: gate-a at gate-in\n")
    assert fingerprint(granted.hub_verifying_key) in said

    assert pims_hub("terminals", "list", "--data", hub, "--json") == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert (line["name"], line["status"], line["online"]) == ("gate-a", "ACTIVE", False)

    assert pims_hub("terminals", "cut-off", "--data", hub, "gate-a", "--reason", "stolen") == 0
    assert capsys.readouterr().out.startswith("Cut off: gate-a.")
    assert pims_hub("terminals", "list", "--data", hub) == 0
    assert capsys.readouterr().out == "gate-a  gate-in  CUT_OFF  never heard\n"


def test_an_unknown_checkpoint_grants_nothing(
    hub: Path, request_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(HubError, match="no checkpoint"):
        grant(hub, request_file, tmp_path / "grant.json", "nowhere")
    pims_hub("terminals", "list", "--data", hub)
    assert capsys.readouterr().out == "No terminal was granted yet.\n"
    assert not (tmp_path / "grant.json").exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"[1, 2]"])
def test_a_file_that_is_no_request_is_refused(hub: Path, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(RequestError, match=r"other\.json: The file is not a provisioning document"):
        grant(hub, path, tmp_path / "grant.json")


def test_a_missing_file_is_named(hub: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"gone\.json cannot be read: No such file"):
        grant(hub, tmp_path / "gone.json", tmp_path / "grant.json")


def test_a_place_that_cannot_be_written_is_named(hub: Path, request_file: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be written"):
        grant(hub, request_file, tmp_path / "no-folder" / "grant.json")
    assert grant(hub, request_file, tmp_path / "grant.json") == 0


def test_cutting_off_an_unknown_terminal_is_said(hub: Path) -> None:
    with pytest.raises(UnknownTerminalError):
        pims_hub("terminals", "cut-off", "--data", hub, "gate-z")
