"""A short run of the whole prison in which terminal, hub and broker are killed, on both brokers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulation.demo import main

PERCENTILES = {"p50", "p95", "p99"}


@pytest.mark.parametrize("broker", ["mosquitto", "amqtt"])
def test_kills_lose_nothing_double_nothing_and_mistake_nobody(broker: str, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    words = [
        "--headless",
        "--people",
        "9",
        "--scans",
        "48",
        "--kill",
        "--broker",
        broker,
        "--report",
        str(path),
    ]
    status = main(words, quiet=True)
    report = json.loads(path.read_text())
    assert report["wrong"] == []
    assert status == 0
    assert report["scans"] == 48 == sum(report[k] for k in ("admitted", "refused", "referred", "interrupted"))
    assert report["broker"] == broker
    assert min(report["kills"].values()) >= 2
    assert (report["lost"], report["duplicated"], report["positions_agree"]) == (0, 0, True)
    assert (report["false_matches"], report["not_enrolled_admitted"]) == (0, 0)
    assert report["journalled"] == report["committed"] >= report["fingers_offered"] - report["interrupted"]
    for key in ("finger_to_lamp_ms", "image_to_decision_ms", "decision_to_screen_ms"):
        assert set(report[key]) == PERCENTILES


def test_a_folder_without_prints_is_said_and_nothing_is_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--headless", "--prints", str(tmp_path)]) == 2
    assert "holds no images named" in capsys.readouterr().err
