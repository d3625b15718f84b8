"""The whole day, headless: whatever is staged in it is noticed, by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulation.day.detected import JUDGES
from simulation.day.script import SCRIPT
from simulation.day.shared import MOMENTS
from simulation.demo import main

pytestmark = pytest.mark.long


def test_everything_that_happens_on_the_day_is_noticed_by_name(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    status = main(["--day", "--report", str(path)], quiet=True)
    report = json.loads(path.read_text())
    assert report["wrong"] == []
    assert report["detected"] == dict.fromkeys((*JUDGES, *MOMENTS), True)
    assert status == 0
    assert (report["lost"], report["duplicated"]) == (0, 0)
    assert report["journalled"] == report["committed"] > report["passages"] > 0
    assert len(report["chapters_s"]) == len(SCRIPT) + 1
    hidden, twice = report["evidence"]["hidden_person"], report["evidence"]["double_counted"]
    assert hidden["hub"]["named_missing"] == [hidden["truth"]["person"]]
    assert list(twice["hub"]["twice"]) == [twice["truth"]["person"]]
    assert hidden["hub"]["cleared_by"] == "cora"
    shared = report["sharing"]
    assert shared["sent"] == shared["received"] == shared["acknowledged"] == shared["fetched"] > 0
    assert (shared["lost"], shared["doubled"], shared["out_of_order"], shared["forged"]) == (0, 0, 0, 0)
    assert shared["put_right"] == len(
        report["evidence"]["correction_fetched_by_whoever_was_told"]["truth"]["copies_right"]
    )
