"""SIGKILL for terminals, hub, broker, and whatever speaks with agencies, at random instants, and their return."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from simulation.processes import ProcessFailed, Service
from simulation.truth import Kill, Truth

VICTIMS = ("terminal", "hub", "broker", "agencies", "exchange", "partner")
"""The prison's own processes, and the agencies' programs, which have to stand the same."""
_EACH = 2
_RIPE_S = 4.0
_LOOK_S = 0.02


@dataclass(frozen=True)
class Victim:
    """A process that may be killed; `fell` and `rose` tell whoever stands before it.

    `ripe` says when it is in the midst of something that must not be lost: waited for, but not for ever.
    """

    kind: str
    service: Service
    fell: Callable[[], None] = lambda: None
    rose: Callable[[], None] = lambda: None
    ripe: Callable[[], bool] = lambda: True


class Killer:
    """Kills each kind of its victims twice, at instants spread by chance over the progress of a run.

    `progress` gives the share of the run that is done, 0 to 1. Kills lie between 8 % and 85 % of it, so that the
    last ones can recover within the run. `down_s` is the longest time that a killed process stays away. Whoever holds
    `turn` has the place to themselves.
    """

    def __init__(
        self,
        victims: list[Victim],
        progress: Callable[[], float],
        truth: Truth,
        seed: int,
        down_s: float = 1.5,
        turn: threading.Lock | None = None,
    ) -> None:
        self._rng = random.Random(seed)
        self._down_s = down_s
        self._progress = progress
        self._truth = truth
        by_kind: dict[str, list[Victim]] = {}
        for victim in victims:
            by_kind.setdefault(victim.kind, []).append(victim)
        kinds = list(by_kind) * _EACH
        self._rng.shuffle(kinds)
        turns = dict.fromkeys(by_kind, 0)
        self._plan: list[tuple[float, Victim]] = []
        for instant, kind in zip(sorted(self._rng.uniform(0.08, 0.85) for _ in kinds), kinds, strict=True):
            # Each process of a kind has its turn before one has a second.
            self._plan.append((instant, by_kind[kind][turns[kind] % len(by_kind[kind])]))
            turns[kind] += 1
        self._turn = turn or threading.Lock()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._stopping = threading.Event()
        self.failure: Exception | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Kills nobody any more; returns when whoever was killed last is back."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def join(self, timeout_s: float) -> None:
        """Waits for the last return; raises what went wrong in a restart, or that it takes too long."""
        self._thread.join(timeout_s)
        if self.failure is not None:
            raise self.failure
        if self._thread.is_alive():
            raise ProcessFailed(f"not everything was killed and back {timeout_s:.0f} s after the last scan")

    def _work(self) -> None:
        try:
            for instant, victim in self._plan:
                while self._progress() < instant and not self._stopping.wait(_LOOK_S):
                    pass
                ripe_by = time.monotonic() + _RIPE_S
                while not victim.ripe() and time.monotonic() < ripe_by and not self._stopping.wait(_LOOK_S):
                    pass
                if self._stopping.is_set():
                    return
                time.sleep(self._rng.uniform(0, self._down_s / 4))
                with self._turn:
                    self._strike(victim)
        except Exception as error:  # noqa: BLE001 - carried to the caller of join
            self.failure = error

    def _strike(self, victim: Victim) -> None:
        killed_at = time.time()
        victim.service.kill()
        victim.fell()
        time.sleep(self._rng.uniform(self._down_s / 8, self._down_s))
        victim.service.start()
        victim.rose()
        self._truth.add_kill(Kill(victim.kind, victim.service.name, killed_at, time.time()))
