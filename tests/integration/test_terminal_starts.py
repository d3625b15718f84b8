"""Starting a terminal: what is wrong is said in a sentence, and what only damages one part stops nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edge.journal_file import connect
from tests.integration.terminal_at_work import HubDouble, Terminal
from tests.ports import free_port

from ..waiting import until

BLANK = np.full((288, 256), 255, np.uint8)


def pims_edge(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edge", *words], capture_output=True, text=True, timeout=60, check=False
    )


def refused(terminal: Terminal) -> str:
    """What `run` says when it refuses to start: on the last line in words, before it in the log."""
    done = pims_edge("run", "--data", str(terminal.folder.root))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Agent ready" not in done.stdout
    lines = done.stderr.strip().splitlines()
    assert json.loads(lines[-2])["event"] == "not_started"
    return lines[-1]


def test_no_terminal_in_the_folder(tmp_path: Path) -> None:
    done = pims_edge("run", "--data", str(tmp_path / "nothing"))
    assert done.returncode == 2
    assert "pims-edge init" in done.stderr.splitlines()[-1]


def test_a_setting_out_of_range_is_named(terminal: Terminal) -> None:
    content = json.loads(terminal.folder.settings.read_text())
    content["settings"]["1"]["passage"]["tries"] = 99
    terminal.folder.settings.write_text(json.dumps(content))
    assert "passage.tries" in refused(terminal)


def test_settings_that_are_no_json(terminal: Terminal) -> None:
    terminal.folder.settings.write_text('{"settings": {"1":')
    assert "is damaged" in refused(terminal)


def test_a_key_that_others_may_read(terminal: Terminal) -> None:
    (terminal.folder.keys / "sign.key").chmod(0o644)
    assert "chmod 600" in refused(terminal)


def test_a_grant_of_another_terminal(terminal: Terminal) -> None:
    hub = HubDouble()
    hub.take_in(terminal.folder, terminal.settings, free_port())
    grant = terminal.folder.grant
    grant.write_text(grant.read_text().replace('"terminal": "block-a"', '"terminal": "block-z"'))
    assert "is for terminal block-z" in refused(terminal)


def test_a_second_agent_on_the_same_folder(terminal: Terminal) -> None:
    terminal.front.emulator.start()
    terminal.agent.start()
    assert "Another agent already runs" in refused(terminal)
    assert terminal.agent.alive


def test_a_journal_of_a_newer_version_is_left_alone(terminal: Terminal) -> None:
    terminal.front.emulator.start()
    terminal.agent.start()
    terminal.agent.stop()
    connection = connect(terminal.folder.journal)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert "newer version" in refused(terminal)
    assert not (terminal.folder.root / "set-aside").exists()


def test_a_damaged_journal_and_roll_are_put_aside_and_the_terminal_works(terminal: Terminal) -> None:
    terminal.front.emulator.start()
    terminal.agent.start()
    terminal.front.offer(BLANK)
    terminal.agent.stop()
    connection = connect(terminal.folder.journal)
    connection.execute("UPDATE entries SET raw = X'00' WHERE sequence = 1")
    connection.close()
    terminal.folder.roll.write_bytes(b"rubbish")
    verified = pims_edge("journal", "verify", "--data", str(terminal.folder.root))
    assert verified.returncode == 1
    assert "broken at entry 1" in verified.stdout
    terminal.agent.start()
    assert terminal.starts()[0].set_aside
    status = json.loads(pims_edge("status", "--data", str(terminal.folder.root), "--json").stdout)
    assert len(status["set_aside"]) == 2
    assert status["running"]
    assert terminal.front.offer(BLANK) == "REFER"


def test_a_terminal_without_a_grant_journals_and_refers(terminal: Terminal) -> None:
    terminal.front.emulator.start()
    terminal.agent.start()
    assert terminal.front.offer(BLANK) == "REFER"
    assert terminal.answered() == ["REFER"]
    assert "no_grant" in terminal.agent.log.read_text()


def test_status_reads_a_terminal_at_work_and_one_at_rest(terminal: Terminal) -> None:
    terminal.front.emulator.start()
    terminal.agent.start()
    terminal.front.offer(BLANK)
    words = ("status", "--data", str(terminal.folder.root), "--json")
    at_work = json.loads(pims_edge(*words).stdout)
    assert (at_work["running"], at_work["journalled"], at_work["queue_depth"]) == (True, 2, 2)
    terminal.agent.stop()
    at_rest = json.loads(pims_edge(*words).stdout)
    assert (at_rest["running"], at_rest["journalled"], at_rest["trouble"]) == (False, 2, [])
    assert pims_edge("journal", "verify", "--data", str(terminal.folder.root)).returncode == 0
    assert "committed" in pims_edge(*words[:-1]).stdout


def test_log_lines_are_json_and_hold_no_person(terminal: Terminal) -> None:
    terminal.front.emulator.start()
    terminal.agent.start()
    terminal.front.offer(BLANK)
    terminal.agent.stop()
    for line in terminal.agent.log.read_text().splitlines():
        assert {"at", "level", "part", "event"} <= set(json.loads(line))


def test_a_wrong_model_and_a_wrong_grant_on_the_command_line(tmp_path: Path) -> None:
    words = ["init", "--data", str(tmp_path / "t"), "--terminal", "gate-1", "--sensor-port", "/dev/none"]
    wrong = pims_edge(*words, "--model", "turnstile")
    assert wrong.returncode == 2
    assert "cell_block" in wrong.stderr
    assert pims_edge(*words, "--model", "gate").returncode == 0
    lost = pims_edge("install-grant", "--data", str(tmp_path / "t"), str(tmp_path / "absent.json"))
    assert lost.returncode == 2
    assert "absent.json" in lost.stderr
    assert "Traceback" not in lost.stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of six megabytes, where we may mount one."""
    place = tmp_path / "card"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(
            f"a full disk needs a small file system, and mounting one failed: {mounted.stderr.strip()}"
        )
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


def test_a_full_disk_takes_the_terminal_out_of_service_until_there_is_room(small_disk: Path) -> None:
    terminal = Terminal(small_disk)
    terminal.agent.log = small_disk.parent / "agent.log"
    content = json.loads(terminal.folder.settings.read_text())
    content["settings"]["1"]["journal"] = {"most_mb": 16, "reserve_mb": 1, "low_mb": 2}
    terminal.folder.settings.write_text(json.dumps(content))
    terminal.front.emulator.start()
    try:
        terminal.agent.start()
        assert terminal.front.offer(BLANK) == "REFER"
        kept = len(terminal.journalled())
        filler = small_disk / "filler"
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        filler.write_bytes(bytes(free - (200 << 10)))
        assert until(lambda: "out_of_service" in terminal.agent.log.read_text())
        before = len(terminal.front.all_answers)
        terminal.front.offer(BLANK, patience_s=1.5)
        assert set(terminal.front.all_answers[before:]) <= {"REFER"}
        assert len(terminal.journalled()) == kept
        assert terminal.agent.alive
        filler.unlink()
        assert until(lambda: "in_service" in terminal.agent.log.read_text().replace("out_of_service", ""))
        assert terminal.front.offer(BLANK) == "REFER"
        assert len(terminal.journalled()) == kept + 1
    finally:
        terminal.close()


def test_a_card_that_fails_in_the_middle_of_a_write_lights_nothing_false(terminal: Terminal) -> None:
    """The journal's file may not grow past a limit of the process: SQLite sees a write that fails."""
    terminal.front.emulator.start()
    terminal.agent.start(most_file_bytes=96 << 10)
    answers = [terminal.front.offer(BLANK, patience_s=3.0) for _finger in range(3)]
    assert set(answers) == {"REFER"}
    for _finger in range(40):
        if "journal_unwritable" in terminal.agent.log.read_text():
            break
        terminal.front.offer(BLANK, patience_s=3.0)
    assert until(lambda: "journal_unwritable" in terminal.agent.log.read_text())
    assert terminal.agent.alive
    terminal.agent.kill()
    kept = len(terminal.answered())
    terminal.agent.start()
    assert len(terminal.answered()) >= kept
    assert not terminal.starts()[-1].set_aside
