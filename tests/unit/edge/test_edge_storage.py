"""Small files: whole after a failure, closed to others, refused when damaged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tinydb import TinyDB

from edge.errors import SettingsError, StartError
from edge.storage import AtomicStorage, read_secret, write_durably


def test_what_is_written_is_read_back_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    write_durably(path, b"one")
    write_durably(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["settings.json"]


def test_old_content_stands_when_the_new_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.json"
    write_durably(path, b"old")

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_durably(path, b"new")
    assert path.read_bytes() == b"old"


def test_tinydb_over_it_keeps_documents(tmp_path: Path) -> None:
    path = tmp_path / "counters.json"
    with TinyDB(path, storage=AtomicStorage) as database:
        database.table("counters").insert({"session": 7})
    with TinyDB(path, storage=AtomicStorage) as database:
        assert database.table("counters").all() == [{"session": 7}]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="rovision the terminal again"):
        AtomicStorage(path).read()


def test_a_key_file_open_to_others_is_refused_and_not_read_out(tmp_path: Path) -> None:
    path = tmp_path / "sign.key"
    path.write_bytes(b"secret-material")
    path.chmod(0o640)
    with pytest.raises(StartError, match="chmod 600") as refused:
        read_secret(path)
    assert "secret" not in str(refused.value)
    path.chmod(0o600)
    assert read_secret(path) == b"secret-material"
    with pytest.raises(StartError, match="cannot be read"):
        read_secret(tmp_path / "absent.key")


_WRITER = """
import sys, itertools, json
from pathlib import Path
from edge.storage import AtomicStorage
storage = AtomicStorage(Path(sys.argv[1]))
print("go", flush=True)
for number in itertools.count():
    storage.write({"counters": {"1": {"number": number, "padding": "x" * (number % 5000)}}})
"""


def test_killed_at_any_instant_it_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "counters.json"
    for round_number in range(8):
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.01 + 0.007 * round_number)
        writer.kill()
        writer.wait()
        writer.stdout.close()
        if path.exists():
            assert "number" in json.loads(path.read_bytes())["counters"]["1"]
    assert path.exists()
