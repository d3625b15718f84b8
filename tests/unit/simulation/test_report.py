"""The comparison of truth and hub finds each kind of fault, and passes a run without any."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from simulation.facility import SMALL_PRISON, YARD
from simulation.killing import VICTIMS, Killer, Victim
from simulation.onlooker import Arrival
from simulation.options import arguments
from simulation.people import Walker, cast, folder_fingers
from simulation.report import HubView, build
from simulation.sensor import FAST256
from simulation.sensor.fingers import NoPrints
from simulation.truth import ADMIT, AGAIN, INTERRUPTED, REFUSE, Kill, Scan, Touch, Truth
from simulation.walking import Walking

NUMBERS = {0: "P-1", 1: "P-2"}
GATES = {"gate": "hall", "block": "cells"}


def touch(walker: int, at: float, lamp: str | None, terminal: str = "gate") -> Touch:
    lamp_at = None if lamp is None else at + 0.2
    return Touch(terminal, walker, f"f{walker}", 1, at, image_sent_at=at + 0.1, lamp=lamp, lamp_at=lamp_at)


def scan(walker: int, *touches: Touch) -> Scan:
    last = touches[-1].lamp
    return Scan(
        touches[0].terminal, walker, list(touches), INTERRUPTED if last in {None, AGAIN} else str(last)
    )


def entry(
    sequence: int, at: float, decision: str | None, person: str | None, terminal: str = "gate"
) -> dict[str, Any]:
    return {
        "terminal": terminal,
        "journal_id": "j",
        "sequence": sequence,
        "kind": "attempt" if decision is None else "passage",
        "wall_time": datetime.fromtimestamp(at, UTC).isoformat(),
        "decision": decision,
        "person": person,
    }


class Run:
    """A sound run of three scans; tests break one thing in it."""

    def __init__(self) -> None:
        self.truth = Truth()
        for each in (
            scan(0, touch(0, 100.0, ADMIT)),
            scan(1, touch(1, 101.0, AGAIN), touch(1, 102.0, REFUSE)),
            scan(9, touch(9, 103.0, "REFER")),
        ):
            self.truth.add(each)
        self.journal = [
            entry(1, 100.1, "ADMIT", "P-1"),
            entry(2, 101.1, None, None),
            entry(3, 102.1, "REFUSE", "P-2"),
            entry(4, 103.1, "REFER", None),
        ]
        self.movements: list[dict[str, Any]] = [{"terminal": "gate", "journal_id": "j", "sequence": 1}]
        self.positions = [
            {"person": "P-1", "zone": "hall", "source": "scan"},
            {"person": "P-2", "zone": YARD, "source": "scan"},
        ]
        self.journalled = 4

    def report(self) -> tuple[dict[str, Any], list[str]]:
        view = HubView(self.journal, self.movements, self.positions, self.journalled)
        arrivals = [Arrival(("gate", "j", 1), 100.15)]
        return build(self.truth, view, NUMBERS, GATES, YARD, arrivals)


def lose_an_entry(run: Run) -> None:
    del run.journal[0]


def write_an_entry_twice(run: Run) -> None:
    run.journal.append(run.journal[0])


def move_somebody_twice(run: Run) -> None:
    run.movements.append(run.movements[0])


def admit_one_as_another(run: Run) -> None:
    run.journal[0]["person"] = "P-2"


def admit_a_stranger(run: Run) -> None:
    run.truth.add(scan(9, touch(9, 104.0, ADMIT)))
    run.journal.append(entry(5, 104.1, "ADMIT", "P-1"))


def say_other_than_the_lamp(run: Run) -> None:
    run.journal[3]["decision"] = "REFUSE"


def decide_without_a_finger(run: Run) -> None:
    run.journal.append(entry(5, 110.0, "ADMIT", "P-1"))


def light_without_a_finger(run: Run) -> None:
    run.truth.add_stray("gate", ADMIT, 110.0)


def misplace_somebody(run: Run) -> None:
    run.positions[0]["zone"] = "cells"


def keep_an_entry_back(run: Run) -> None:
    run.journalled += 1


@pytest.mark.parametrize(
    "fault",
    [
        lose_an_entry,
        write_an_entry_twice,
        move_somebody_twice,
        admit_one_as_another,
        admit_a_stranger,
        say_other_than_the_lamp,
        decide_without_a_finger,
        light_without_a_finger,
        misplace_somebody,
        keep_an_entry_back,
    ],
)
def test_a_fault_is_found(fault: Callable[[Run], None]) -> None:
    run = Run()
    fault(run)
    assert run.report()[1] != []


def test_a_sound_run_is_sound_and_adds_up() -> None:
    report, wrong = Run().report()
    assert wrong == []
    parts = ("admitted", "refused", "referred", "interrupted")
    assert sum(report[part] for part in parts) == report["scans"] == 3
    assert (report["false_non_matches"], report["first_attempts"]) == (1, 2)
    assert report["decision_to_screen_ms"]["p50"] == pytest.approx(50.0, abs=1)
    assert report["finger_to_lamp_ms"]["p50"] == pytest.approx(200.0, abs=1)


def test_an_interrupted_scan_may_be_on_record_or_not() -> None:
    for on_record in (False, True):
        run = Run()
        run.truth.add(scan(0, touch(0, 105.0, None, "block")))
        if on_record:
            run.journal.append(entry(1, 105.1, "ADMIT", "P-1", "block"))
            run.positions[0]["zone"] = "cells"
        run.journalled = len(run.journal)
        report, wrong = run.report()
        assert wrong == []
        assert report["interrupted"] == 1


def test_times_under_a_kill_are_not_the_products() -> None:
    run = Run()
    run.truth.add_kill(Kill("hub", "web", 99.0, 101.0))
    report, _ = run.report()
    assert report["decision_to_screen_ms"]["p50"] is None
    assert report["kills"] == {**dict.fromkeys(VICTIMS, 0), "hub": 1}


def test_times_under_the_kill_of_an_agencys_program_count() -> None:
    run = Run()
    run.truth.add_kill(Kill("partner", "police", 99.0, 101.0))
    report, _ = run.report()
    assert report["decision_to_screen_ms"]["p50"] is not None


class Immortal:
    """Stands in for a process of the product: only counts what is done to it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.killed = 0

    def kill(self) -> None:
        self.killed += 1

    def start(self) -> None: ...


def test_each_kind_is_killed_at_least_twice() -> None:
    truth = Truth()
    services = [Immortal(kind) for kind in VICTIMS]
    victims = [Victim(service.name, service) for service in services]  # type: ignore[arg-type]
    killer = Killer(victims, lambda: 1.0, truth, seed=3, down_s=0.01)
    killer.start()
    killer.join(30)
    assert [service.killed for service in services] == [2] * len(VICTIMS)
    assert len(truth.kills) == 2 * len(VICTIMS)


def test_a_killer_that_is_stopped_kills_nobody_any_more() -> None:
    services = [Immortal(kind) for kind in VICTIMS]
    victims = [Victim(service.name, service) for service in services]  # type: ignore[arg-type]
    killer = Killer(victims, lambda: 0.0, Truth(), seed=3)
    killer.start()
    killer.stop()
    killer.join(60.0)
    assert [service.killed for service in services] == [0] * len(VICTIMS)


class BrokenGate:
    """A gate at which nobody can be dealt with."""

    gate = SMALL_PRISON.gates[0]

    def scan(self, walker: Walker, touches: Callable[[], int]) -> Scan:
        raise NoPrints("7_3.png is no readable image; remove it or replace it.")


def test_what_breaks_at_a_gate_ends_the_walking_and_is_told(tmp_path: Path) -> None:
    for impression in (1, 2, 3):
        (tmp_path / f"7_{impression}.png").write_bytes(b"")
    walkers = cast(folder_fingers(tmp_path, FAST256), SMALL_PRISON, 0, random.Random(1))
    walking = Walking([BrokenGate()], walkers, 5, seed=1)  # type: ignore[list-item]
    walking.start()
    with pytest.raises(NoPrints, match="no readable image"):
        walking.join(60.0)


def test_a_report_that_could_not_be_written_is_refused_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        arguments(["--headless", "--report", str(tmp_path / "missing" / "out.json")])
    assert "there is no folder" in capsys.readouterr().err


def test_a_folder_without_prints_says_what_is_needed(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no print")
    with pytest.raises(NoPrints, match="holds no images"):
        folder_fingers(tmp_path, FAST256)
    with pytest.raises(NoPrints, match="There is no folder"):
        folder_fingers(tmp_path / "nowhere", FAST256)


def test_a_folder_with_too_few_impressions_says_so(tmp_path: Path) -> None:
    for impression in (1, 2):
        (tmp_path / f"7_{impression}.png").write_bytes(b"")
    with pytest.raises(NoPrints, match="three impressions"):
        folder_fingers(tmp_path, FAST256)


def test_fingers_are_paired_within_a_person_and_some_are_not_enrolled(tmp_path: Path) -> None:
    for finger in ("1-4", "1-5", "1-6", "2-4"):
        for impression in (1, 2, 3):
            (tmp_path / f"{finger}_{impression}.png").write_bytes(b"")
    hands = folder_fingers(tmp_path, FAST256)
    assert [[finger.label for finger in hand] for hand in hands] == [["1-4", "1-5"], ["1-6"], ["2-4"]]
    walkers = cast(hands, SMALL_PRISON, 1, random.Random(1))
    assert [walker.enrolled for walker in walkers] == [True, True, False]
