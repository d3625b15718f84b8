"""A frozen review stays as it was: for those who ask again, for those who edit the database, and for other programs."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from hub.__main__ import REFUSED, main
from hub.accounts.permissions import Role
from hub.biometrics.vault_key import open_vault, prepare_vault
from hub.database import session_scope
from hub.statistics.review.actions import add
from hub.statistics.review.paper.annexes import CHECK
from hub.statistics.review.reading.kept import standing_of
from hub.statistics.review.records import Review
from hub.statistics.review.showing import pdf_file, touched_papers
from hub.statistics.review.signing import is_genuine

from .review_world import DIRECTOR, WRITER, frozen, made, year_world
from .site_world import World, post

EDITS = {
    "a figure": "UPDATE review_seals SET content = replace(content, 'Admissions', 'Departures')",
    "who signed": "UPDATE review_seals SET sealed = replace(sealed, '\"rosa\"', '\"rita\"')",
    "the year": "UPDATE review_seals SET year = 2025",
    "the key": "UPDATE review_seals SET public_key = :other",
    "the signature": "UPDATE review_seals SET signature = :other",
}
"""What somebody who has the database in hand could try."""


def _edit(world: World, statement: str) -> None:
    """With the guards taken away first, as only somebody can who owns the database."""
    table = statement.split()[1]
    sqlite = world.engine.dialect.name == "sqlite"
    guard = f"{table}_no_update" if sqlite else f"{table}_append_only ON {table}"
    with session_scope(world.sessions) as session:
        session.execute(text(f"DROP TRIGGER IF EXISTS {guard}"))
        values = {"other": bytes(32)} if ":other" in statement else {}
        assert session.execute(text(statement), values).rowcount >= 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("what", EDITS)
def test_whatever_is_edited_in_the_database_the_seal_does_not_hold_and_all_say_so(
    world: World, what: str
) -> None:
    row = made(world)
    frozen(world, row, WRITER, DIRECTOR)
    reader = world.browser("abel", Role.AUDITOR)
    assert "The seal holds" in reader.get(f"/review/{row.id}").text
    _edit(world, EDITS[what])
    page = reader.get(f"/review/{row.id}").text
    assert "The seal does not hold. Do not use this review" in page
    assert "The seal holds" not in page
    paper = PdfReader(io.BytesIO(reader.get(f"/review/{row.id}/pdf/en").data)).pages[0].extract_text()
    assert "The seal does not hold" in " ".join(paper.split())
    assert "Signed by the director" not in paper


def test_a_seal_of_another_year_is_none_of_this_one(world: World) -> None:
    """Content, seal and signature are genuine, and stand in the place of others."""
    row = made(world)
    frozen(world, row, WRITER, DIRECTOR)
    _edit(world, "UPDATE review_seals SET revision = 2")
    with session_scope(world.sessions, writes=False) as session:
        seal = standing_of(session, session.get_one(Review, row.id)).seal
    assert seal is not None
    assert not is_genuine(world.vault, seal)


def test_nothing_that_is_asked_of_a_frozen_review_changes_it(world: World) -> None:
    year_world(world)
    row = made(world)
    frozen(world, row, WRITER, DIRECTOR)
    writer, director = world.browser("rosa"), world.browser("dora", Role.DIRECTOR)
    address = f"/review/{row.id}"
    before = {kind: writer.get(f"{address}/{kind}/en").data for kind in ("pdf", "html")}
    with session_scope(world.sessions, writes=False) as session:
        digest = standing_of(session, session.get_one(Review, row.id)).digest
    key = "item_missing:next_of_kin"
    tries = (
        (writer, "recommendations", {"act": "reword", "key": key, "text": "Otherwise"}),
        (writer, "recommendations", {"act": "drop", "key": key, "reason": "x"}),
        (writer, "recommendations", {"act": "add", "text": "x"}),
        (writer, "sign", {"digest": digest}),
        (director, "freeze", {"digest": digest}),
        (director, "freeze", {"digest": digest}),
    )
    for browser, verb, form in tries:
        assert post(browser, f"{address}/{verb}", dict(form), page="/review").status_code == 409
    after = {kind: writer.get(f"{address}/{kind}/en").data for kind in ("pdf", "html")}
    assert after == before


def test_the_paper_is_the_one_that_was_handed_out_however_it_would_be_set_now(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    year_world(world)
    row = made(world)
    seal = frozen(world, row, WRITER, DIRECTOR)
    sealed = json.loads(seal.sealed)
    with session_scope(world.sessions, writes=False) as session:
        one = standing_of(session, session.get_one(Review, row.id))
    assert set(sealed["papers"]) == {"pdf/en", "pdf/es", "html/en", "html/es"}
    for (kind, language), raw in one.papers.items():
        assert sealed["papers"][f"{kind}/{language}"] == hashlib.sha256(raw).hexdigest()
    # A later version of this program, that sets the same words otherwise.
    monkeypatch.setattr("hub.statistics.review.showing.pdf_of", lambda *_: b"set anew")
    assert pdf_file(world.vault, one, "en") == one.papers["pdf", "en"]
    _edit(world, "UPDATE review_papers SET raw = :other")
    with session_scope(world.sessions, writes=False) as session:
        touched = standing_of(session, session.get_one(Review, row.id))
    assert pdf_file(world.vault, touched, "en") == b"set anew", (
        "what the seal does not cover is not handed out"
    )
    assert touched_papers(world.vault, touched) == ["html/en", "html/es", "pdf/en", "pdf/es"]


def test_that_a_kept_paper_was_touched_or_taken_is_said_on_the_page(world: World) -> None:
    row = made(world)
    frozen(world, row, WRITER, DIRECTOR)
    reader, said = (
        world.browser("abel", Role.AUDITOR),
        "papers that were kept of it were changed in the database since",
    )
    assert said not in reader.get(f"/review/{row.id}").text
    _edit(world, "UPDATE review_papers SET raw = :other WHERE kind = 'pdf' AND language = 'es'")
    page = reader.get(f"/review/{row.id}").text
    assert "The seal holds" in page
    assert f"{said}: pdf/es." in page
    _edit(world, "UPDATE review_papers SET kind = 'gone' WHERE kind = 'html'")
    assert f"{said}: html/en, html/es, pdf/es." in reader.get(f"/review/{row.id}").text
    assert reader.get(f"/review/{row.id}/html/en").status_code == 200
    spanish = reader.get(f"/review/{row.id}", headers={"Accept-Language": "es"}).text
    assert "se cambiaron en la base de datos" in spanish


@pytest.mark.skipif(not shutil.which("openssl") or not shutil.which("jq"), reason="needs openssl and jq")
def test_another_program_checks_the_seal_with_the_commands_that_the_review_prints(
    world: World, tmp_path: Path
) -> None:
    row = made(world)
    frozen(world, row, WRITER, DIRECTOR)
    reader = world.browser("abel", Role.AUDITOR)
    answer = reader.get(f"/review/{row.id}/seal.zip")
    zipfile.ZipFile(io.BytesIO(answer.data)).extractall(tmp_path)
    name = "data-policy-review-2026-1"

    def check() -> list[tuple[int, str]]:
        found = []
        for command in CHECK:
            line = command.replace("NAME", name)
            ran = subprocess.run(
                ["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False
            )
            found.append((ran.returncode, ran.stdout.strip()))
        return found

    assert check() == [(0, "same content"), (0, "Signature Verified Successfully")]
    for ending, place in (("json", 0), ("seal.json", 1), ("seal.sig", 1)):
        path = tmp_path / f"{name}.{ending}"
        raw = path.read_bytes()
        path.write_bytes(raw[:-9] + bytes([raw[-9] ^ 1]) + raw[-8:])
        assert check()[place][0] != 0, ending
        path.write_bytes(raw)
    assert reader.get("/review/99/seal.zip").status_code == 404


def test_a_draft_has_no_files_of_a_seal(world: World) -> None:
    row = made(world)
    assert world.browser("abel", Role.AUDITOR).get(f"/review/{row.id}/seal.zip").status_code == 404


def test_the_command_writes_out_what_is_frozen_and_refuses_what_was_touched(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = world.settings().keys
    keys.mkdir()
    prepare_vault(keys)
    world.vault = open_vault(keys)
    row = made(world)
    with session_scope(world.sessions) as session:
        add(session, row.id, "Buy a scanner", actor=WRITER, at=world.at)
    frozen(world, row, WRITER, DIRECTOR)
    data, out = str(world.folder), tmp_path / "out"
    asked = ["review", "freeze", "--data", data, "--year", "2026", "--out", str(out)]
    assert main(asked) == 0
    assert {"".join(path.suffixes) for path in out.iterdir()} == {
        ".pdf", ".html", ".json", ".seal.json", ".seal.sig", ".seal.pem"
    }  # fmt: skip
    capsys.readouterr()
    _edit(world, "UPDATE review_seals SET content = replace(content, 'scanner', 'printer')")
    assert main(asked) == REFUSED
    assert "does not hold" in capsys.readouterr().err


def test_an_edit_that_is_taken_back_makes_the_signature_void_all_the_same(world: World) -> None:
    year_world(world)
    row = made(world)
    writer = world.browser("rosa")
    address, key = f"/review/{row.id}", "item_missing:next_of_kin"
    with session_scope(world.sessions, writes=False) as session:
        digest = standing_of(session, session.get_one(Review, row.id)).digest
    assert post(writer, f"{address}/sign", {"digest": digest}, page=address).status_code == 303
    post(writer, f"{address}/recommendations", {"act": "drop", "key": key, "reason": "x"}, page=address)
    post(writer, f"{address}/recommendations", {"act": "restore", "key": key}, page=address)
    with session_scope(world.sessions, writes=False) as session:
        one = standing_of(session, session.get_one(Review, row.id))
    assert one.signed is None
    assert [(each.by, each.act, each.key) for each in one.content.worked] == [
        ("rosa", "dropped", key),
        ("rosa", "restored", key),
    ]
