"""Scans of papers: what is taken, how it is kept, who opens it, and that nothing in it runs."""

from __future__ import annotations

import hashlib
import io

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError
from werkzeug.test import TestResponse

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.biometrics.documents.actions import Scan, attach, open_document
from hub.biometrics.documents.records import Document
from hub.biometrics.documents.sniffing import MAX_BYTES, media_type_of
from hub.biometrics.vault import shred_person
from hub.custody.facts.records import Fact
from hub.database import session_scope
from hub.sentences import RefusedError

from .site_world import World, post

CLERK = Actor("clerk", "10.0.0.5")
PDF = b"%PDF-1.7\nthe order of a court\n%%EOF\n"
ADD = "/people/P-000001/documents/new"


def image(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("L", (40, 60), 200).save(out, format=kind)
    return out.getvalue()


def add(client: FlaskClient, raw: bytes, name: str = "scan.pdf", **form: object) -> TestResponse:
    fields = {"title": "Order W 1", "sort": "order", "scan": (io.BytesIO(raw), name), **form}
    return post(client, ADD, fields)


@pytest.fixture
def rita(world: World) -> FlaskClient:
    world.site()
    world.person()
    return world.browser("rita", Role.RECORDS_OFFICER)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "scan_empty"),
        (b"<html><script>alert(1)</script>", "scan_unreadable"),
        (b"MZ\x90\x00 a program called order.pdf", "scan_unreadable"),
        (b"%PDF-1.7 cut off", "scan_broken"),
        (image("PNG")[:20], "scan_broken"),
        (b"%PDF-" + b"0" * MAX_BYTES, "scan_too_large"),
    ],
)
def test_what_is_no_scan_is_refused_with_a_sentence(raw: bytes, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        media_type_of(raw)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("raw", "media_type"),
    [
        (PDF, "application/pdf"),
        (image("JPEG"), "image/jpeg"),
        (image("PNG"), "image/png"),
        (image("TIFF"), "image/tiff"),
    ],
)
def test_the_type_is_what_the_bytes_are(raw: bytes, media_type: str) -> None:
    assert media_type_of(raw) == media_type


def test_a_faulty_form_keeps_what_was_typed(rita: FlaskClient) -> None:
    answer = add(rita, b"hello", title="Order W 7", dated_on="2026-11-31")
    assert answer.status_code == 400
    assert 'value="Order W 7"' in answer.text
    assert 'value="2026-11-31"' in answer.text


def test_a_file_of_50_mb_is_refused_before_it_is_read(world: World, rita: FlaskClient) -> None:
    for address in (ADD, "/people/P-000001/photo/new", "/people/P-000001/facts/new/alias"):
        answer = rita.post(
            address,
            content_type="multipart/form-data; boundary=x",
            environ_overrides={"CONTENT_LENGTH": str(50 * 1024 * 1024)},
        )
        assert answer.status_code == 413, address
        assert "at most" in answer.text
        assert "Nothing was stored" in answer.text


def test_a_scan_is_locked_listed_with_its_hash_and_opened_as_it_was(world: World, rita: FlaskClient) -> None:
    assert add(rita, PDF, "SECRET-NAME.pdf").status_code == 303
    digest = hashlib.sha256(PDF).hexdigest()
    page = rita.get("/people/P-000001").text
    assert f"SHA-256 {digest}" in page
    assert "Order W 1 (Order of a court)" in page
    answer = rita.get("/people/P-000001/documents/1")
    assert answer.data == PDF
    with session_scope(world.sessions, writes=False) as session:
        row = session.scalars(select(Document)).one()
        assert b"court" not in row.sealed
        trail = [(line.act, line.detail) for line in session.scalars(select(AuditEntry))]
    assert ("document.look", f"document 1 {digest[:16]}") in trail


@pytest.mark.sqlite
def test_what_the_file_was_called_is_kept_nowhere(world: World, rita: FlaskClient) -> None:
    add(rita, PDF, "SECRET-NAME.pdf")
    kept = [path for path in world.folder.iterdir() if path.name.startswith("hub.sqlite")]
    assert kept
    assert not any(b"SECRET-NAME" in path.read_bytes() for path in kept)


@pytest.mark.parametrize(
    ("raw", "shown"), [(PDF, "attachment"), (image("PNG"), "inline"), (image("TIFF"), "attachment")]
)
def test_nothing_in_a_scan_runs(rita: FlaskClient, raw: bytes, shown: str) -> None:
    add(rita, raw)
    answer = rita.get("/people/P-000001/documents/1")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith(f'{shown}; filename="P-000001-1.')
    assert "sandbox" not in rita.get("/people/P-000001").headers["Content-Security-Policy"]


def test_the_same_scan_again_is_the_same_document(world: World, rita: FlaskClient) -> None:
    add(rita, PDF)
    add(rita, PDF, title="Again")
    with session_scope(world.sessions, writes=False) as session:
        assert len(session.scalars(select(Document.id)).all()) == 1
        assert len(session.scalars(select(Fact.id).where(Fact.kind == "document")).all()) == 1


def test_a_guessed_address_of_another_file_s_scan_leads_nowhere(world: World, rita: FlaskClient) -> None:
    add(rita, PDF)
    world.person("Bol", "Eva")
    assert rita.get("/people/P-000002/documents/1").status_code == 404
    assert rita.get("/people/P-000001/documents/2").status_code == 404
    assert world.browser("tom", Role.TECHNICIAN).get("/people/P-000001/documents/1").status_code == 403


def test_the_clinic_s_scans_are_for_the_clinic(world: World, rita: FlaskClient) -> None:
    nora = world.browser("nora", Role.HEALTH)
    assert add(nora, PDF, title="Letter of the hospital").status_code == 303
    assert "Letter of the hospital" in nora.get("/people/P-000001").text
    assert nora.get("/people/P-000001/documents/1").status_code == 200
    assert "Letter of the hospital" not in rita.get("/people/P-000001").text
    assert rita.get("/people/P-000001/documents/1").status_code == 404


def test_a_scan_taken_back_as_wrong_is_neither_listed_nor_opened(world: World, rita: FlaskClient) -> None:
    add(rita, PDF)
    with session_scope(world.sessions, writes=False) as session:
        row = session.scalars(select(Fact).where(Fact.kind == "document")).one()
    address = f"/people/P-000001/facts/{row.id}/withdraw"
    assert post(rita, address, {"reason": "belongs to another file"}).status_code == 303
    assert "SHA-256" not in rita.get("/people/P-000001").text
    assert rita.get("/people/P-000001/documents/1").status_code == 404
    assert add(rita, PDF).status_code == 303
    assert rita.get("/people/P-000001/documents/1").status_code == 200


@pytest.mark.sqlite
def test_a_scan_that_was_changed_where_it_lies_is_not_shown(world: World, rita: FlaskClient) -> None:
    with session_scope(world.sessions) as session:
        attach(session, world.vault, 1, Scan("x", PDF), title="Order", at=world.at, actor=CLERK)
        lock = world.vault.person_key(session, 1)
        assert lock is not None
        forged = lock.lock(PDF.replace(b"order", b"bribe"), "document", 0, 0)
    with world.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER documents_no_update")
        connection.execute(update(Document).values(sealed=forged))
    answer = rita.get("/people/P-000001/documents/1")
    assert answer.status_code == 409
    assert "not what was handed in" in answer.text


def test_scans_are_added_and_never_changed(world: World, rita: FlaskClient) -> None:
    add(rita, PDF)
    with pytest.raises(DatabaseError, match="append-only"), world.engine.begin() as connection:
        connection.execute(update(Document).values(sha256="0" * 64))


def test_with_the_person_s_key_gone_a_scan_is_gone(world: World, rita: FlaskClient) -> None:
    add(rita, PDF)
    with session_scope(world.sessions) as session:
        shred_person(session, 1)
        assert open_document(session, world.vault, 1, [1]) is None
    assert rita.get("/people/P-000001/documents/1").status_code == 404
    assert rita.get("/people/P-000001").status_code == 200
