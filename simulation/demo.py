"""`./pims demo`: a small prison with people who walk, to look at or to be measured."""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from simulation.day.shown import Shown
from simulation.day.site import DAY_PRISON
from simulation.day.stage import NotAsExpected
from simulation.facility import SMALL_PRISON, YARD, Facility
from simulation.killing import Killer
from simulation.masters import CACHE
from simulation.onlooker import Onlooker
from simulation.options import arguments
from simulation.people import Walker, cast, folder_fingers, synthetic_fingers
from simulation.prison import Plan, Prison, broker_kind
from simulation.processes import ProcessFailed, free_port, is_free
from simulation.progress import Progress
from simulation.report import build
from simulation.sensor import FAST256
from simulation.sensor.fingers import NoPrints
from simulation.staff import AUDITOR, DIRECTOR, RECORDS, employ
from simulation.stopping import SIGNALS, on_signals
from simulation.telling import tell_report
from simulation.trial_report import Seen, trial_report
from simulation.trials import Trials
from simulation.truth import Truth
from simulation.visitor import CannotSignIn
from simulation.walking import Walking

_NOT_ENROLLED_SHARE = 10
_DRAIN_S = 90.0
_ROLL_S = 60.0
_AFTER_S = 180.0
"""After the last scan: the terminal without the hub comes back, and whoever was killed last."""
_STOPPED = 130
_STEP_UP_S = (0.3, 1.2)
"""Seconds in which the next person steps up to a gate; all gates of the demo share one machine's processor."""


def main(words: Sequence[str] | None = None, *, quiet: bool = False, facility: Facility | None = None) -> int:
    """Exit status 0 when all went well, 1 when truth and hub disagree, 2 when the demo could not be set up.

    `facility` None: the prison of the day, or for a run that is measured the smaller one.

    130 when it was stopped before its end. `quiet` keeps the report off the output; the steps are told all the same.
    """
    chosen = arguments(words)
    if chosen.port and not is_free(chosen.port):
        print(f"Port {chosen.port} is taken. Choose another with --port, or leave it out.", file=sys.stderr)
        return 2
    if facility is None:
        facility = DAY_PRISON if chosen.day or not chosen.headless else SMALL_PRISON
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        return _demonstrate(chosen, quiet, facility)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _demonstrate(chosen: argparse.Namespace, quiet: bool, facility: Facility) -> int:
    folder = Path(tempfile.mkdtemp(prefix="pims-demo-"))
    progress = Progress()
    prison: Prison | None = None
    status = 2
    try:
        on_signals(signal.default_int_handler)  # until people walk, a stop breaks off whatever is going on
        hands = folder_fingers(chosen.prints, FAST256) if chosen.prints is not None else None
        plan = Plan(
            folder=folder,
            facility=facility,
            broker=broker_kind(chosen.broker),
            web_port=chosen.port or free_port(),
            baud=chosen.baud,
            backend=chosen.backend,
            seed=chosen.seed,
            invented=chosen.invented,
        )
        prison = Prison(plan, Truth(), progress)
        if chosen.day or not chosen.headless:
            status = Shown(chosen, prison, progress, quiet).whole(hands)
        else:
            status = _Run(chosen, prison, progress, quiet).whole(hands)
    except KeyboardInterrupt:
        status = _STOPPED
    except (ProcessFailed, NoPrints, CannotSignIn, NotAsExpected) as error:
        progress(f"This did not work: {error}")
    finally:
        on_signals(signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        if prison is not None:
            progress("stopping")
            prison.stop()
        if chosen.keep or status not in (0, _STOPPED):
            progress(f"data and logs are in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return status


class _Run:
    """One measured run from start to end."""

    def __init__(
        self,
        chosen: argparse.Namespace,
        prison: Prison,
        progress: Progress,
        quiet: bool,
    ) -> None:
        self.chosen, self.prison, self.progress, self.quiet = chosen, prison, progress, quiet
        self.stop = threading.Event()

    def whole(self, hands: list[list[Any]] | None) -> int:
        self.prison.open_hub()
        if not self.chosen.no_sharing:
            self._open_to_agencies()
        if hands is None:
            count = self.chosen.people + max(1, round(self.chosen.people / (_NOT_ENROLLED_SHARE - 1)))
            hands = synthetic_fingers(count, self.chosen.seed, CACHE, FAST256, self.progress.counting)
        not_enrolled = max(1, round(len(hands) / _NOT_ENROLLED_SHARE))
        walkers = cast(hands, self.prison.plan.facility, not_enrolled, random.Random(self.chosen.seed))
        self.prison.open_gates()
        if self.prison.agencies is not None:
            self.prison.agencies.opened()
        numbers = self.prison.enrol(walkers, self.progress.counting)
        if self.prison.agencies is not None:
            self.prison.agencies.know(walkers[0], numbers[0])
        self._wait_for_rolls(len(numbers))
        on_signals(lambda *_: self.stop.set())
        return self._measured(walkers, numbers)

    def _open_to_agencies(self) -> None:
        # One after the other, before anybody else writes: each account holds the database while its secret is made.
        writer, *signers = (employ(self.prison.hub, who) for who in (RECORDS, DIRECTOR, AUDITOR))
        self.prison.open_to_agencies(writer, signers)

    def _wait_for_rolls(self, people: int) -> None:
        self.progress("the roll goes out to the terminals, sealed to each")
        deadline = time.monotonic() + _ROLL_S
        while not self.prison.have_rolls(people):
            if time.monotonic() > deadline:
                raise ProcessFailed(f"the terminals did not receive the roll within {_ROLL_S:.0f} s")
            time.sleep(0.3)

    def _measured(self, walkers: list[Walker], numbers: dict[int, str]) -> int:
        walking = Walking(self.prison.gatehouses, walkers, self.chosen.scans, self.chosen.seed)
        watch = self.prison.supervisor
        onlooker = Onlooker(self.prison.plan.web_port, watch.login, watch.password)
        onlooker.start()

        def done() -> float:
            return float(walking.made / self.chosen.scans)

        trials = None
        if not self.chosen.no_trials:
            trials = Trials(self.prison, walking, onlooker, walkers[-1], len(numbers), done)
        beside: list[Trials | Killer] = [trials] if trials is not None else []
        if self.chosen.kill:
            beside.append(self._killer(walking, trials, done))
            if self.prison.agencies is not None:
                victims = self.prison.agencies.keep_busy(list(numbers.values()), self.chosen.seed)
                beside.append(Killer(victims, done, self.prison.truth, self.chosen.seed))
        try:
            if not self._walked(walking, beside):
                return _STOPPED
        finally:
            for one in beside:
                one.stop()
        drained = self._drain()
        onlooker.stop()
        return self._report(numbers, onlooker, trials.seen() if trials is not None else None, drained)

    def _walked(self, walking: Walking, beside: Sequence[Trials | Killer]) -> bool:
        """Whether all scans were made and all else is over; False when it was stopped before."""
        rng = random.Random(self.chosen.seed)
        walking.pause_s = lambda: rng.uniform(*_STEP_UP_S)
        self.progress(f"{self.chosen.scans} scans")
        walking.start()
        for one in beside:
            one.start()
        while not walking.join(0.2):
            self.progress.counting(f"{walking.made} of {self.chosen.scans} scans")
            if self.stop.is_set():
                walking.stop()
                return False
            if any(one.failure is not None for one in beside):
                walking.stop()
        for one in beside:
            one.join(_AFTER_S)
        return True

    def _killer(self, walking: Walking, trials: Trials | None, done: Callable[[], float]) -> Killer:
        hit = self.prison.gatehouses if trials is None else trials.hit
        turn = None if trials is None else trials.turn
        victims = self.prison.victims(hit, walking.close_gate, walking.open_gate)
        return Killer(victims, done, self.prison.truth, self.chosen.seed, turn=turn)

    def _drain(self) -> bool:
        """Whether the hub acknowledged all that the terminals journalled, in time."""
        self.progress("waiting until the hub has everything")
        deadline = time.monotonic() + _DRAIN_S
        while self.prison.owed():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.3)
        time.sleep(0.5)  # the screen's last events
        return True

    def _report(self, numbers: dict[int, str], onlooker: Onlooker, seen: Seen | None, drained: bool) -> int:
        gates = {gate.terminal: gate.to_zone for gate in self.prison.plan.facility.gates}
        gates |= {house.gate.terminal: house.gate.to_zone for house in self.prison.gatehouses}
        truth, arrivals = self.prison.truth, onlooker.arrivals
        report, wrong = build(truth, self.prison.view(), numbers, gates, YARD, arrivals)
        if seen is not None:
            tried, wrong_there = trial_report(seen, self.prison.export("journal"), arrivals, truth.scans)
            report |= tried
            wrong += wrong_there
        if self.prison.agencies is not None:
            self.progress("what partners hold beside what the hub holds")
            shared = self.prison.agencies.compared()
            report["sharing"] = shared.report
            wrong += [f"sharing: {one}" for one in shared.wrong]
        if not drained:
            wrong.append(f"the terminals still held entries {_DRAIN_S:.0f} s after the last scan")
        if report["scans"] != self.chosen.scans:
            wrong.append(f"{report['scans']} scans were made, {self.chosen.scans} were asked for")
        report |= {
            "broker": self.prison.plan.broker,
            "extractor": "leader",
            "people_enrolled": len(numbers),
            "wrong": wrong,
        }
        tell_report(report, wrong, self.chosen.report, self.progress, quiet=self.quiet)
        self.progress("truth and hub agree" if not wrong else f"{len(wrong)} things are wrong")
        return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
