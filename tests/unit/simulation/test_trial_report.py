"""What the trials report, and each kind of fault in them that ends a run with status 1."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from simulation.onlooker import Arrival
from simulation.trial_report import CutOff, Seen, trial_report
from simulation.truth import ADMIT, Outage, Scan, Touch

OUTAGE = Outage("block-b", cut_at=100.0, mended_at=150.0, drained_at=154.0)
CUT = CutOff("shop", returned_at=130.0, hub_s=0.2, live_s=0.9, written_afterwards=5)
SEEN = Seen(OUTAGE, backlog=2, cut=CUT, successor="shop-2", replacement_s=9.5, chain_shown=True)


def entry(terminal: str, sequence: int, written: float, received: float) -> dict[str, Any]:
    return {
        "terminal": terminal,
        "journal_id": "j",
        "sequence": sequence,
        "wall_time": datetime.fromtimestamp(written, UTC).isoformat(),
        "received_at": datetime.fromtimestamp(received, UTC).isoformat(),
    }


def scan(terminal: str, at: float) -> Scan:
    return Scan(terminal, 1, [Touch(terminal, 1, "f", 1, at, lamp=ADMIT, lamp_at=at + 0.2)], ADMIT)


class Run:
    """A sound run; tests break one thing in it."""

    def __init__(self) -> None:
        self.seen = SEEN
        self.journal = [
            entry("block-b", 1, 105.0, 152.0),  # history by the time the line is mended
            entry("block-b", 2, 145.0, 152.0),  # of the last moments: live
            entry("block-b", 3, 153.0, 153.02),
            entry("shop", 1, 110.0, 110.1),
        ]
        self.late = {1: True, 2: False, 3: False}
        self.scans = [scan("block-b", 104.8), scan("block-b", 144.8), scan("shop-2", 160.0)]

    def report(self) -> tuple[dict[str, Any], list[str]]:
        arrivals = [Arrival(("block-b", "j", number), 152.5, late) for number, late in self.late.items()]
        return trial_report(self.seen, self.journal, arrivals, self.scans)


@pytest.fixture
def run() -> Run:
    return Run()


def only(wrong: list[str]) -> str:
    assert len(wrong) == 1, wrong
    return wrong[0]


def test_nothing_is_found_in_a_sound_run(run: Run) -> None:
    report, wrong = run.report()
    assert wrong == []
    offline = report["offline"]
    assert (offline["seconds"], offline["scans_meanwhile"], offline["backlog_entries"]) == (50.0, 2, 2)
    assert (offline["backlog_drained_s"], offline["marked_historical"]) == (4.0, 1)
    assert offline["live_delay_ms"]["p50"] == pytest.approx(20.0)
    assert report["cut_off"]["live_session_dead_after_s"] == 0.9
    assert report["replacement"] == {"seconds": 9.5, "scans_afterwards": 1, "chain_shown": True}


def test_an_entry_of_a_terminal_that_was_cut_off_must_not_be_taken(run: Run) -> None:
    run.journal.append(entry("shop", 2, 131.0, 131.1))
    report, wrong = run.report()
    assert "took entries of shop" in only(wrong)
    assert report["cut_off"]["applied_afterwards"] == 1


def test_a_backlog_that_comes_as_live_is_wrong(run: Run) -> None:
    run.late[1] = False
    assert "not marked historical" in only(run.report()[1])


def test_a_live_entry_that_comes_as_history_is_wrong(run: Run) -> None:
    run.late[3] = True
    assert "that were not" in only(run.report()[1])


def test_an_outage_without_scans_proves_nothing(run: Run) -> None:
    run.seen = replace(SEEN, backlog=0)
    assert "gathered nothing" in only(run.report()[1])


def test_a_cut_off_after_which_nobody_scanned_proves_nothing(run: Run) -> None:
    run.seen = replace(SEEN, cut=replace(CUT, written_afterwards=0))
    assert "nothing was written at shop" in only(run.report()[1])


def test_a_replacement_must_be_used_and_shown(run: Run) -> None:
    run.scans.pop()
    assert "nobody scanned at shop-2" in only(run.report()[1])
    run.scans.append(scan("shop-2", 160.0))
    run.seen = replace(SEEN, chain_shown=False)
    assert "does not show" in only(run.report()[1])
