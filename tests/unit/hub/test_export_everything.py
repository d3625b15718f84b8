"""The whole register in open formats: complete, hashed, and harmless in a spreadsheet."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select

from hub.__main__ import main
from hub.accounts.records import Account, AuditEntry
from hub.biometrics.records import Finger, Photo
from hub.biometrics.vault import shred_person
from hub.custody.facts.records import Fact
from hub.database import make_engine, make_sessions, session_scope
from hub.keeping.export.age import PIECE_BYTES, AgeError, Locking, as_made, new_passphrase, unlocked
from hub.keeping.export.commands import open_export
from hub.keeping.export.everything import export_everything, rows_in_all
from hub.keeping.export.package import ExportError, Package, guarded, into_folder
from hub.keeping.export.tables import HELD_BACK, TAKEN
from hub.settings import load

from ...databases import chosen
from .site_world import World


def _export(world: World, folder: Path, *, with_fingers: bool = False, unread: int = 0) -> dict[str, object]:
    package = Package(into_folder(folder), lambda _rows: None)
    with session_scope(world.sessions, writes=False) as session:
        export_everything(session, world.vault, package, at=world.at, with_fingers=with_fingers)
        expected = rows_in_all(session, with_fingers=with_fingers)
    plain = [one for one in package.written if one.name.startswith(("schema/", "README", "manifest"))]
    assert package.rows - len(plain) == expected - unread, "the progress would not reach its end"
    found: dict[str, object] = json.loads((folder / "manifest.json").read_text())
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_folder_in_use_is_refused(world: World, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(ExportError, match="not empty"):
        _export(world, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_everything_is_there_once_and_what_the_manifest_says(world: World, tmp_path: Path) -> None:
    world.site()
    person = world.person("Núñez", "Ana")
    world.passage(person)
    folder = tmp_path / "out"
    manifest = _export(world, folder)
    for file in manifest["files"]:  # type: ignore[attr-defined]
        raw = (folder / file["name"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == file["sha256"]
        assert (folder / file["name"]).stat().st_mode & 0o077 == 0
    assert _rows(folder / "people.csv")[0]["surname"] == "Núñez"
    assert _rows(folder / "stays.csv")[0]["person"] == "P-000001"
    assert _rows(folder / "movements.csv")[0]["to"] == "block-a"
    assert _rows(folder / "facts" / "order.csv")[0]["reference"] == "W 1/2026"
    facts = [json.loads(line) for line in (folder / "facts.jsonl").read_text("utf-8").splitlines()]
    with session_scope(world.sessions, writes=False) as session:
        assert len(facts) == session.scalar(select(func.count()).select_from(Fact))
    assert facts[0]["value"] == {"born_on": "1990-05-01", "given": "Ana", "sex": "F", "surname": "Núñez"}
    assert "corrects" in (folder / "README.md").read_text()


def test_what_is_damaged_is_named_and_keeps_nothing_else_from_leaving(world: World, tmp_path: Path) -> None:
    person = world.person()
    with session_scope(world.sessions) as session:
        lock = world.vault.make_person_key(session, person.id, at=world.at)
        for number, sealed in ((1, b"damaged"), (2, lock.lock(b"jpeg", "photo", 0, 2))):
            session.add(
                Photo(
                    person_id=person.id,
                    number=number,
                    sealed_page=sealed,
                    sealed_small=b"",
                    taken_at=world.at,
                    recorded_at=world.at,
                    recorded_by="rita",
                )
            )
    _export(world, tmp_path / "out")
    assert [row["file"] for row in _rows(tmp_path / "out" / "damaged.csv")] == ["photos/P-000001-1-front.jpg"]
    assert (tmp_path / "out" / "photos" / "P-000001-2-front.jpg").read_bytes() == b"jpeg"


def test_half_of_a_register_in_the_clear_stays_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, while it is unlocked."""

    def pieces(*_: object) -> Iterator[bytes]:
        yield b"names"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hub.keeping.export.commands.unlocked", pieces)
    (tmp_path / "in.age").touch()
    with pytest.raises(ExportError):
        open_export(tmp_path / "in.age", tmp_path / "out.zip", "x")
    assert not (tmp_path / "out.zip").exists()


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert guarded(cell) == "'" + cell


def test_a_name_that_looks_like_a_formula_leaves_as_text(world: World, tmp_path: Path) -> None:
    world.person("=cmd|' /C calc'!A0", "Ana")
    _export(world, tmp_path / "out")
    assert _rows(tmp_path / "out" / "people.csv")[0]["surname"].startswith("'=")
    assert _rows(tmp_path / "out" / "facts" / "identity.csv")[0]["surname"].startswith("'=")


def test_every_table_is_taken_along_or_held_back_with_a_reason(world: World) -> None:
    known = set(inspect(world.engine).get_table_names()) - {"alembic_version"}
    assert known - TAKEN - set(HELD_BACK) == set(), "say in hub/keeping/export/tables.py which it is"
    assert (TAKEN | set(HELD_BACK)) - known == set()
    assert TAKEN & set(HELD_BACK) == set()


def test_nothing_that_opens_anything_leaves(world: World, tmp_path: Path) -> None:
    world.account("rita")
    _export(world, tmp_path / "out")
    with session_scope(world.sessions, writes=False) as session:
        secrets = session.scalars(select(Account.password_hash)).all()
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert secrets
    assert not any(secret.encode() in everything for secret in secrets)


def test_other_tables_are_told_with_their_columns(world: World, tmp_path: Path) -> None:
    world.site()
    _export(world, tmp_path / "out")
    assert [row["code"] for row in _rows(tmp_path / "out" / "tables" / "zones.csv")] == [
        "yard",
        "block-a",
        "workshop",
    ]
    told = json.loads((tmp_path / "out" / "schema" / "tables.json").read_text())
    assert {"name": "case_id", "type": "int", "may_be_empty": False, "refers_to": "merge_cases.id"} in told[
        "merge_steps"
    ]["columns"]
    schema = json.loads((tmp_path / "out" / "schema" / "identity.schema.json").read_text())
    assert "surname" in json.dumps(schema)


def test_photos_go_along_and_fingers_only_when_told(
    world: World, tmp_path: Path, prints: dict[tuple[int, int], bytes]
) -> None:
    person = world.person()
    with session_scope(world.sessions) as session:
        lock = world.vault.make_person_key(session, person.id, at=world.at)
        session.add(
            Photo(
                person_id=person.id,
                number=1,
                sealed_page=lock.lock(b"jpeg", "photo", 0, 1),
                sealed_small=b"",
                taken_at=world.at,
                recorded_at=world.at,
                recorded_by="rita",
            )
        )
        session.add(
            Finger(
                person_id=person.id,
                position=2,
                impression=1,
                quality=80,
                sealed_template=lock.lock(b"FMR\0", "template", 2, 1),
                sealed_image=b"",
                enrolled_at=world.at,
                enrolled_by="rita",
            )
        )
    _export(world, tmp_path / "out")
    assert (tmp_path / "out" / "photos" / "P-000001-1-front.jpg").read_bytes() == b"jpeg"
    assert not (tmp_path / "out" / "fingers").exists()
    _export(world, tmp_path / "more", with_fingers=True)
    assert (tmp_path / "more" / "fingers" / "P-000001-2-1.fmr").read_bytes() == b"FMR\0"
    assert "ISO/IEC 19794-2" in (tmp_path / "more" / "README.md").read_text()
    with session_scope(world.sessions) as session:
        shred_person(session, person.id)
    _export(world, tmp_path / "shredded", with_fingers=True, unread=2)
    assert not (tmp_path / "shredded" / "photos").exists()
    assert not (tmp_path / "shredded" / "fingers").exists()


def test_the_command_locks_what_leaves_and_writes_down_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = tmp_path / "hub", tmp_path / "out.zip.age"
    assert main(["init", "--data", str(data), *chosen(data)]) == 0
    words = ["export", "everything", "--data", str(data), "--to", str(out)]
    assert main(words) == 2
    assert "why the register is taken out" in capsys.readouterr().err
    words += ["--reason", "ordered by the court"]
    assert main(words) == 0
    said = capsys.readouterr().out
    (tmp_path / "passphrase").write_text(said.partition("than the file): ")[2].split()[0])
    assert out.stat().st_mode & 0o077 == 0
    assert main(words) == 2
    assert "never overwritten" in capsys.readouterr().err
    unlocked = ["open-export", "--from", str(out), "--to", str(tmp_path / "r.zip"), "--passphrase-file"]
    (tmp_path / "wrong").write_text("0000-0000-0000-0000-0000-0000")
    assert main([*unlocked, str(tmp_path / "wrong")]) == 2
    assert "does not open the file" in capsys.readouterr().err
    assert not (tmp_path / "r.zip").exists()
    assert main([*unlocked, str(tmp_path / "passphrase")]) == 0
    with zipfile.ZipFile(tmp_path / "r.zip") as packed:
        manifest = json.loads(packed.read("manifest.json"))
        for file in manifest["files"]:
            assert hashlib.sha256(packed.read(file["name"])).hexdigest() == file["sha256"]
    engine = make_engine(load(data).database)
    with session_scope(make_sessions(engine), writes=False) as session:
        whys = session.scalars(select(AuditEntry.why).where(AuditEntry.act == "export.command")).all()
    engine.dispose()
    assert list(whys) == ["ordered by the court"]


def test_in_the_clear_is_a_folder_of_its_own_and_has_to_be_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = tmp_path / "hub", tmp_path / "out"
    assert main(["init", "--data", str(data), *chosen(data)]) == 0
    words = ["export", "everything", "--data", str(data), "--reason", "a move", "--to", str(out)]
    assert main([*words, "--in-the-clear"]) == 0
    assert (out / "people.csv").exists()
    assert main([*words, "--in-the-clear"]) == 2
    assert "not empty" in capsys.readouterr().err


# What locks it.


def test_a_file_that_another_makers_age_locked_is_opened_too() -> None:
    made_by_age_1_1_1 = base64.b64decode(
        "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBkQWwzWmFNWk9yK0kyT3JsSi9GYzlRIDE4Cktpb2Z0b3RMdFJMMDRQekcwWlc0WFV6"
        "WkZ6a2d4VmtDWUliZGRmOGtQVG8KLS0tIHIyNndCSkR2cGowSVcvUDNueVl5bmR3ejBNdkhicGovVmVvcDU1MjdxdmMKDiBgekoncbxgV6GI"
        "hGAiKZjXXvJhftrQfR7QsdVkuAY6c3q4xD2MmxFgUiMY7i8="
    )
    found = unlocked(io.BytesIO(made_by_age_1_1_1), "F0FK v6zj 66e6 p3xy 5w7d ze4y")
    assert b"".join(found) == b"Hello from age\n"


@pytest.mark.parametrize("length", [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES])
def test_what_was_locked_comes_back_and_a_cut_or_changed_file_does_not(length: int) -> None:
    plain, out = bytes(range(256)) * (length // 256 + 1), io.BytesIO()
    plain = plain[:length]
    locking = Locking(out, "pass", work=2)
    locking.write(plain)
    locking.close()
    whole = out.getvalue()
    assert b"".join(unlocked(io.BytesIO(whole), "pass")) == plain
    changed = [whole[:cut] for cut in (10, 60, len(whole) - 1)]
    for place in (3, 30, 90, len(whole) - 1):
        changed.append(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    for spoilt in changed:
        with pytest.raises(AgeError):
            list(unlocked(io.BytesIO(spoilt), "pass"))


def test_a_file_that_would_eat_the_memory_is_refused() -> None:
    header = (
        b"age-encryption.org/v1\n-> scrypt "
        + b"A" * 22
        + b" 40\n"
        + b"A" * 43
        + b"\n--- "
        + b"A" * 43
        + b"\n"
    )
    with pytest.raises(AgeError, match="damaged"):
        list(unlocked(io.BytesIO(header), "pass"))


def test_a_passphrase_has_120_bits_and_survives_paper() -> None:
    made = new_passphrase(bytes(range(15)))
    assert re.fullmatch(r"([0-9a-hjkmnp-tv-z]{4}-){5}[0-9a-hjkmnp-tv-z]{4}", made)
    assert as_made(made.upper().replace("-", " ").replace("0", "o")) == made
    assert as_made("of another maker") == "of another maker"
    assert len({new_passphrase(bytes([bit] + [0] * 14)) for bit in range(256)}) == 256
