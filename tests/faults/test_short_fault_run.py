"""A short run of the whole prison in which everything fails that can."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from simulation.demo import main
from simulation.facility import SMALL_PRISON

THREE_GATES = replace(SMALL_PRISON, gates=SMALL_PRISON.gates[1:])
"""One that is killed, one that is kept without the hub and killed, one that is replaced."""
PERCENTILES = {"p50", "p95", "p99"}


def test_faults_lose_nothing_double_nothing_and_mistake_nobody(tmp_path: Path) -> None:
    """One run has it all: kills, a terminal without the hub, one that is cut off and replaced, four agencies.

    `./pims bench faults` makes a longer one, also on the broker that forgets its sessions.
    """
    path = tmp_path / "report.json"
    words = ["--headless", "--people", "6", "--scans", "20", "--kill", "--broker", "mosquitto"]
    status = main([*words, "--report", str(path)], quiet=True, facility=THREE_GATES)
    report = json.loads(path.read_text())
    assert report["wrong"] == []
    assert status == 0
    assert report["scans"] == 20 == sum(report[k] for k in ("admitted", "refused", "referred", "interrupted"))
    assert report["broker"] == "mosquitto"
    assert min(report["kills"].values()) >= 2
    assert (report["lost"], report["duplicated"], report["positions_agree"]) == (0, 0, True)
    assert (report["false_matches"], report["not_enrolled_admitted"]) == (0, 0)
    assert report["journalled"] == report["committed"] >= report["fingers_offered"] - report["interrupted"]
    for key in ("finger_to_lamp_ms", "image_to_decision_ms", "decision_to_screen_ms"):
        assert set(report[key]) == PERCENTILES
    assert report["offline"]["backlog_entries"] >= report["offline"]["scans_meanwhile"] >= 1
    assert report["offline"]["marked_historical"] >= 1
    assert report["cut_off"]["entries_afterwards"] >= 1 > report["cut_off"]["applied_afterwards"]
    assert report["replacement"]["scans_afterwards"] >= 1
    assert report["replacement"]["chain_shown"] is True
    shared = report["sharing"]
    assert (
        shared["sent"]
        == shared["received"]
        == shared["acknowledged"]
        >= shared["decided"]
        == shared["told"]
        > 0
    )
    assert (shared["lost"], shared["doubled"], shared["out_of_order"], shared["forged"]) == (0, 0, 0, 0)
    assert shared["sets_read"] == 1
    assert shared["by_agency"]["courts"]["received"] > 50


def test_a_folder_without_prints_is_said_and_nothing_is_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--headless", "--prints", str(tmp_path)]) == 2
    assert "holds no images named" in capsys.readouterr().err
