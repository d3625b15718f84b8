"""Self-test, status and support bundle: what they find, and what never leaves with them."""

from __future__ import annotations

import json
import os
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from edge.__main__ import main
from edge.clock import Reading
from edge.counters import Counters
from edge.journal import Room, open_journal
from edge.locking import held
from edge.protection import AtRest, RollKeys
from edge.provisioning import Folder, make_terminal, prepare
from edge.roll_file import FORM, RollFile, StoredRoll
from edge.selftest import Check, printed, run_selftest
from edge.settings import Settings, load, settings_of
from edge.status import read_status
from edge.support import write_bundle
from wire.codec import encode
from wire.journal import Clock
from wire.roll import RollFinger, RollPerson
from wire.versions import Version

AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
NAME, NUMBER, PASSWORD = "Marisol Castellanos", "P-004711", 0x5EC2E75A
TEMPLATE = b"FMR\0 20\0" + bytes(range(40, 140))
"""Bytes that stand for a print; nobody matches here."""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A terminal with keys, a roll of one person, and a journal of three entries."""
    folder = Folder(tmp_path / "terminal")
    prepare(folder)
    made = settings_of(
        "gate", terminal="gate-1", sensor={"port": str(tmp_path / "no-sensor"), "password": PASSWORD}
    )
    make_terminal(folder, made)
    _file(folder, made).save(_roll())
    journal, _ = open_journal(
        folder.journal, "gate-1", Room(1 << 30, 0, 0), lambda: b"j" * 16, lambda: "aside"
    )
    for _ in range(3):
        journal.append(Reading("ab" * 16, 1, AT, Clock.UNSURE), "passage", NUMBER.encode())
    journal.close()
    return folder


def _file(folder: Folder, settings: Settings) -> RollFile:
    return RollFile(folder.roll, RollKeys(folder, AtRest.NONE, {}), settings.terminal)


def _roll() -> StoredRoll:
    person = RollPerson(
        person=NUMBER, zones=["yard"], fingers=[RollFinger(position=1, template=TEMPLATE)], name=NAME
    )
    return StoredRoll(form=FORM, version=Version(1, 7), people=[person])


def _found(checks: list[Check]) -> dict[str, Check]:
    return {check.name: check for check in checks}


# --- self-test


def test_each_fault_is_found_and_says_what_to_do(folder: Folder) -> None:
    (folder.keys / "sign.key").chmod(0o644)
    folder.certificate.write_text("no certificate")
    folder.roll.write_bytes(folder.roll.read_bytes()[:-1])
    raw = bytearray(folder.journal.read_bytes())
    at = raw.find(NUMBER.encode())
    raw[at] ^= 1
    folder.journal.write_bytes(raw)
    found = _found(run_selftest(folder, load(folder.settings)))
    for name in ("keys", "certificate", "roll", "journal", "sensor"):
        assert found[name].ok is False, name
        assert found[name].do, name
    assert "chmod 600" in found["keys"].says


def test_a_whole_terminal_without_a_sensor_fails_by_its_sensor_alone(folder: Folder) -> None:
    found = run_selftest(folder, load(folder.settings))
    assert [check.name for check in found if check.ok is False] == ["sensor"]
    assert "1 people, 1 fingers" in _found(found)["roll"].says
    assert "entry 3" in _found(found)["journal"].says
    assert "3 wait" in _found(found)["journal"].says


def test_what_the_running_agent_has_is_left_to_it(folder: Folder) -> None:
    with held(folder.lock):
        assert _found(run_selftest(folder, load(folder.settings)))["sensor"].ok is None


def test_a_copy_that_waits_for_the_hub_is_no_fault(folder: Folder) -> None:
    settings = load(folder.settings)
    settings = msgspec.structs.replace(
        settings, protection=msgspec.structs.replace(settings.protection, at_rest="hub_released")
    )
    keys = RollKeys(folder, AtRest.HUB_RELEASED, {})
    keys.release(os.urandom(32))
    RollFile(folder.roll, keys, "gate-1").save(_roll())
    assert _found(run_selftest(folder, settings))["roll"].ok is None


def test_the_printed_result_sums_up() -> None:
    paper = printed([Check("keys", True, "whole"), Check("disk", False, "slow", "Replace it.")])
    assert "-> Replace it." in paper
    assert paper.splitlines()[-1] == "NOT OK: disk."
    assert printed([Check("keys", True, "whole")]).splitlines()[-1] == "Everything that was tried is OK."


def test_the_command_answers_by_its_status(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", "--data", str(folder.root), "--json"]) == 1
    checks = json.loads(capsys.readouterr().out)
    assert {check["name"] for check in checks} >= {"keys", "disk", "engine", "sensor", "protection"}


# --- status


def test_status_tells_ages_versions_and_the_last_failure_in_words(folder: Folder) -> None:
    counters = Counters(folder.counters)
    counters.note_confirmed(Reading("ab" * 16, 1, datetime.now(UTC), Clock.UNSURE), AT)
    folder.condition.write_text('{"sensor": "silence", "connection": "", "alarms": ["room"]}')
    settings = load(folder.settings)
    assert read_status(folder, settings).sensor is None  # nobody runs: what was said last is no longer so
    with held(folder.lock):
        found = read_status(folder, settings)
    assert (found.sensor, found.connection, found.alarms) == ("silence", "connected", ["room"])
    assert (found.roll_version, found.roll_people, found.protection) == ("1.7", 1, "none")
    assert found.roll_age_s is not None
    assert (found.queue_depth, found.trouble) == (3, [])


@pytest.mark.parametrize("content", ["{", "[]", '{"facts": {"1": {"confirmed": [1]}}}'])
def test_status_reads_on_over_damaged_counters(folder: Folder, content: str) -> None:
    folder.counters.write_text(content)
    found = read_status(folder, load(folder.settings))
    assert found.roll_age_s is None
    assert any("counters" in line for line in found.trouble)


# --- support bundle


def _secrets(folder: Folder) -> dict[str, bytes]:
    """Everything that must not leave, in each form in which it could."""
    keys = {path.name: path.read_bytes() for path in folder.keys.iterdir()}
    found: dict[str, bytes] = {"template": TEMPLATE, "name": NAME.encode(), "number": NUMBER.encode()}
    found["password"] = str(PASSWORD).encode()
    found["entry"] = encode(NUMBER.encode())
    for name, raw in keys.items():
        found[name] = raw
        found[f"{name} in hexadecimal"] = raw.hex().encode()
    return found


def test_the_bundle_holds_nothing_that_must_not_leave(folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "bundle.tar.gz"
    names = write_bundle(folder, load(folder.settings), path, AT)
    with tarfile.open(path) as bundle:
        content = {entry.name: _read(bundle, entry) for entry in bundle.getmembers()}
    assert {Path(name).name for name in content} == set(names)
    for name, raw in content.items():
        for what, secret in _secrets(folder).items():
            assert secret not in raw, f"{what} is in {name}"
    assert b"gate-1" in content["pims-gate-1/status.json"]
    assert b"journal.sqlite" in content["pims-gate-1/files.txt"]
    assert "password" not in json.loads(content["pims-gate-1/settings.json"])["sensor"]


def _read(bundle: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    file = bundle.extractfile(entry)
    assert file is not None
    return file.read()


def test_a_bundle_replaces_no_file(
    folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bundle.tar.gz"
    path.write_text("mine")
    assert main(["support-bundle", "--data", str(folder.root), "--out", str(path)]) == 2
    assert path.read_text() == "mine"
    assert "bundle.tar.gz" in capsys.readouterr().err
