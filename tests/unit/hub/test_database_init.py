"""`pims-hub init`: what stands against a hub is said in a sentence, and running it again changes nothing."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import hub.ingest.service  # noqa: F401 - declares the tables that no command names
from hub.__main__ import main
from hub.database import Base, make_engine
from hub.migrations import upgrade


def _init(data: Path, *more: str) -> int:
    return main(["init", "--data", str(data), *more])


def _said(capsys: pytest.CaptureFixture[str]) -> tuple[list[str], str]:
    captured = capsys.readouterr()
    return captured.out.splitlines(), captured.err


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert _init(tmp_path / "file" / "hub") == 2
    assert str(tmp_path / "file" / "hub") in _said(capsys)[1]


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--broker-port", "99999", "broker.port"),
        ("--broker-port", "0", "broker.port"),
        ("--database", "mysql:///x", "sqlite: or postgresql:"),
        ("--database", "postgresql://u:secret@h/x", "password"),
        ("--broker-host", "bad host", "broker.host"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, value: str, named: str
) -> None:
    assert _init(tmp_path / "hub", option, value) == 2
    error = _said(capsys)[1]
    assert named in error
    assert "secret" not in error
    assert not (tmp_path / "hub" / "hub.toml").exists()


def test_a_damaged_database_is_said_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "hub.sqlite").write_bytes(b"this is no database" * 500)
    assert _init(tmp_path / "hub") == 2
    error = _said(capsys)[1]
    assert "cannot be used" in error
    assert "Traceback" not in error


@pytest.mark.parametrize("words", [["export", "journal"], ["terminals", "list"]])
@pytest.mark.parametrize("content", [b"", b"this is no database" * 500])
def test_commands_on_a_database_that_is_lost_or_damaged_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, words: list[str]
) -> None:
    assert _init(tmp_path) == 0
    for file in tmp_path.glob("hub.sqlite*"):
        file.unlink()
    (tmp_path / "hub.sqlite").write_bytes(content)
    capsys.readouterr()
    assert main([*words, "--data", str(tmp_path)]) == 2
    error = _said(capsys)[1]
    assert f"The database of {tmp_path} cannot be used" in error
    assert "SELECT" not in error


def test_a_list_of_numbers_that_cannot_be_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _init(tmp_path) == 0
    (tmp_path / "people.json").write_text('{"people": []}')
    out = tmp_path / "missing" / "numbers.json"
    assert main(["enrol", "--data", str(tmp_path), str(tmp_path / "people.json"), "--json", str(out)]) == 2
    assert f"{out} cannot be written" in _said(capsys)[1]


def test_other_settings_for_a_hub_that_exists_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _init(tmp_path, "--broker-port", "18831") == 0
    assert _init(tmp_path, "--broker-port", "18832") == 2
    assert "--broker-port (18831)" in _said(capsys)[1]


def test_a_lost_vault_key_is_never_replaced_while_fingers_are_locked_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _init(tmp_path) == 0
    with sqlite3.connect(tmp_path / "hub.sqlite") as database:
        database.execute("INSERT INTO persons VALUES (1, 'P-000001', 'A', 'B', NULL, 'male', '2026-03-02')")
        database.execute("INSERT INTO fingers VALUES (1, 1, 2, 1, 80, x'00', x'00', '2026-03-02', 'test')")
    (tmp_path / "keys" / "vault.key").unlink()
    capsys.readouterr()
    assert _init(tmp_path) == 2
    assert "vault.key is missing" in _said(capsys)[1]
    assert not (tmp_path / "keys" / "vault.key").exists()


def test_the_password_is_shown_once_as_the_last_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _init(tmp_path) == 0
    lines = _said(capsys)[0]
    assert lines[-2] == "Administrator: admin"
    assert lines[-1].startswith("Password (shown once): ")
    assert _init(tmp_path) == 0
    assert not any("Password" in line for line in _said(capsys)[0])


def test_a_hub_in_a_folder_open_to_others_is_closed_itself(tmp_path: Path) -> None:
    data = tmp_path / "hub"
    data.mkdir(mode=0o755)
    held = os.umask(0o022)
    try:
        assert _init(data, "--admin-password-file", str(tmp_path / "password")) == 0
    finally:
        os.umask(held)
    assert (data / "hub.sqlite").exists()
    assert [path.name for path in data.rglob("*") if path.stat().st_mode & 0o077] == []


def test_the_password_goes_to_a_file_for_its_owner_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "password"
    assert _init(tmp_path / "hub", "--admin-password-file", str(file)) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().strip()
    assert file.read_text().strip() not in "\n".join(_said(capsys)[0])
    assert (tmp_path / "hub").stat().st_mode & 0o777 == 0o700


def test_without_a_password_file_that_can_be_written_there_is_no_administrator(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _init(tmp_path / "hub", "--admin-password-file", str(tmp_path / "missing" / "file")) == 2
    assert _init(tmp_path / "hub") == 0
    assert any(line.startswith("Password") for line in _said(capsys)[0])


def test_the_migrations_make_exactly_the_tables_of_the_code(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    upgrade(engine)
    upgrade(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()
