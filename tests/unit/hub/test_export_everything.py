"""The whole register in open formats: complete, hashed, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.accounts.records import AuditEntry
from hub.custody.facts.records import Fact
from hub.database import session_scope
from hub.keeping.export.everything import ExportError, export_everything, guarded

from .site_world import World


def _export(world: World, folder: Path) -> dict[str, object]:
    with session_scope(world.sessions, writes=False) as session:
        export_everything(session, world.vault, folder, at=world.at, told=lambda _line: None)
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


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert guarded(cell) == "'" + cell


def test_a_name_that_looks_like_a_formula_leaves_as_text(world: World, tmp_path: Path) -> None:
    world.person("=cmd|' /C calc'!A0", "Ana")
    _export(world, tmp_path / "out")
    assert _rows(tmp_path / "out" / "people.csv")[0]["surname"].startswith("'=")
    assert _rows(tmp_path / "out" / "facts" / "identity.csv")[0]["surname"].startswith("'=")


def test_the_command_writes_down_that_it_was_done(tmp_path: Path) -> None:
    from hub.__main__ import main
    from hub.database import make_engine, make_sessions

    assert main(["init", "--data", str(tmp_path / "hub")]) == 0
    words = ["export", "everything", "--data", str(tmp_path / "hub"), "--to", str(tmp_path / "out")]
    assert main(words) == 0
    assert main(words) == 2
    engine = make_engine(f"sqlite:///{tmp_path / 'hub' / 'hub.sqlite'}")
    with session_scope(make_sessions(engine), writes=False) as session:
        acts = session.scalars(select(AuditEntry.act)).all()
    engine.dispose()
    assert "register.export" in acts
