"""Who goes where: scans that are kept for a terminal yet to come, and a gate that is cleared."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from simulation.faces import draw_face
from simulation.facility import SMALL_PRISON
from simulation.killing import VICTIMS, Killer, Victim
from simulation.options import LEAST_SCANS, arguments
from simulation.people import Walker
from simulation.truth import ADMIT, Scan, Touch, Truth
from simulation.walking import Walking
from tests.waiting import until

WALKERS = [
    Walker(i, "Walker", str(i), date(1990, 1, 1), "block-a", ("yard", "block-a"), True, ()) for i in range(6)
]


class QuickGate:
    """Deals with everybody at once."""

    def __init__(self, place: int, at_work: threading.Semaphore | None = None) -> None:
        self.gate = SMALL_PRISON.gates[place]
        self.seen: Counter[str] = Counter()
        self._at_work = at_work

    def scan(self, walker: Walker, touches: Callable[[], int]) -> Scan:
        if self._at_work is not None:
            self._at_work.acquire()
        self.seen[self.gate.terminal] += 1
        return Scan(
            self.gate.terminal, walker.index, [Touch(self.gate.terminal, walker.index, "f", 1, 0.0)], ADMIT
        )


def test_scans_are_kept_for_a_terminal_that_is_not_there_yet() -> None:
    houses = [QuickGate(0), QuickGate(1)]
    walking = Walking(houses, WALKERS, 20, seed=1)  # type: ignore[arg-type]
    walking.pause_s = lambda: 0.001
    walking.keep_for("new", 3)
    walking.start()
    walking.clear_gate(houses[1])  # type: ignore[arg-type]
    assert until(lambda: walking.made == 17)
    houses[1].gate = replace(houses[1].gate, terminal="new")
    walking.open_gate(houses[1])  # type: ignore[arg-type]
    assert walking.join(30.0)
    assert walking.made == 20
    assert houses[1].seen["new"] == 3
    assert sum(houses[0].seen.values()) + sum(houses[1].seen.values()) == 20


def test_a_gate_is_clear_when_whoever_stood_there_has_gone() -> None:
    at_work = threading.Semaphore(0)
    house = QuickGate(0, at_work)
    walking = Walking([house], WALKERS, None, seed=1)  # type: ignore[list-item]
    walking.start()
    assert until(lambda: walking.made == 1)
    clearing = threading.Thread(target=walking.clear_gate, args=(house,))
    clearing.start()
    clearing.join(0.2)
    assert clearing.is_alive(), "somebody still stands there"
    at_work.release(100)
    clearing.join(30.0)
    assert not clearing.is_alive()
    made = walking.made
    assert made == sum(house.seen.values())
    walking.stop()
    assert walking.made == made


class Immortal:
    """Counts how often it is killed."""

    def __init__(self) -> None:
        self.name, self.killed = "immortal", 0

    def kill(self) -> None:
        self.killed += 1

    def start(self) -> None:
        return


def test_nobody_is_killed_while_somebody_else_has_the_turn() -> None:
    services = [Immortal() for _ in VICTIMS]
    victims = [Victim(kind, service) for kind, service in zip(VICTIMS, services, strict=True)]  # type: ignore[arg-type]
    turn = threading.Lock()
    killer = Killer(victims, lambda: 1.0, Truth(), seed=1, down_s=0.01, turn=turn)
    with turn:
        killer.start()
        threading.Event().wait(0.2)
        assert [service.killed for service in services] == [0] * len(VICTIMS)
    killer.join(30.0)
    assert min(service.killed for service in services) >= 2


def test_too_few_scans_for_all_that_happens_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(["--headless", "--scans", str(LEAST_SCANS - 1)])
    assert f"at least {LEAST_SCANS}" in capsys.readouterr().err
    assert arguments(["--headless", "--scans", str(LEAST_SCANS)]).scans == LEAST_SCANS


def test_a_face_is_the_same_for_the_same_seed_and_another_for_another(tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.jpg" for n in range(3)]
    for seed, path in zip((1, 1, 2), paths, strict=True):
        draw_face(seed, path)
    first, again, other = (path.read_bytes() for path in paths)
    assert first == again != other
