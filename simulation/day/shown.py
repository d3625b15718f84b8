"""The prison of the day, opened and played: before somebody who looks on, or headless for its report alone."""

from __future__ import annotations

import argparse
import random
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Final

from simulation.day.cast import FEWEST, Cast, give_parts
from simulation.day.exchanged import Exchanged
from simulation.day.play import close, play, report
from simulation.day.records import Records
from simulation.day.site import BLOCK_A
from simulation.day.staff import Staff, at_their_desks, employ_staff
from simulation.day.stage import Stage, now
from simulation.day.welcome import welcome, worth_a_look
from simulation.day.word import Word
from simulation.masters import CACHE
from simulation.officer import page_of
from simulation.people import HeldFinger, Walker, cast, synthetic_fingers
from simulation.prison import Prison
from simulation.progress import Progress
from simulation.sensor import FAST256
from simulation.staff import AUDITOR, CONTROL_ROOM, DIRECTOR, OTHERS, RECORDS, RECORDS_TOO, Member, employ
from simulation.stopping import on_signals
from simulation.telling import tell_report
from simulation.visitor import Visitor
from simulation.walking import Walking

_MORE: Final = tuple(who for who in OTHERS if who not in (CONTROL_ROOM, DIRECTOR))
_ROLLS_S: Final = 180.0
_MOST: Final = 40
"""People of a folder of prints who take part: with more the day takes longer and shows no more."""
_LEFT_TO_ONLOOKERS: Final = 4
"""Messages of agencies on which nobody here decides, and every request by finger."""
_BETWEEN_S: Final = 20.0
"""Between two chapters, for somebody who looks on: the day takes about ten minutes then."""


class Shown:
    """One day from start to end."""

    def __init__(self, chosen: argparse.Namespace, prison: Prison, progress: Progress, quiet: bool) -> None:
        self.chosen, self.prison, self.progress, self.quiet = chosen, prison, progress, quiet
        self.stop = threading.Event()

    def whole(self, hands: list[list[HeldFinger]] | None) -> int:
        """0 when everything was noticed, 1 when not; before an onlooker 0, once they stop it."""
        self.prison.open_hub()
        if not self.chosen.day:
            welcome(self.prison)
        walkers = self._walkers(hands)
        # Before the gates: each account holds the database while its secrets are made, and the gates write too.
        self.progress("accounts and PINs of those who work today")
        employed = employ_staff(self.prison)
        members = [employ(self.prison.hub, who) for who in self._more()]
        if not self.chosen.no_sharing:
            self._open_to_agencies(employed.director, {one.login: one for one in members})
        self.prison.open_gates()
        if self.prison.agencies is not None:
            self.prison.agencies.opened()
        if not self.chosen.day:
            self._tell_logins(employed, members)
        numbers = self.prison.enrol(walkers, self.progress.counting)
        if self.prison.agencies is not None:
            self.prison.agencies.know(walkers[0], numbers[walkers[0].index])
        stage = self._stage(give_parts(walkers, numbers), employed)
        stage.records = self._records(members)
        stage.began_at = now()
        if self.chosen.day:
            return self._reported(stage)
        self._looked_at(stage, walkers)
        return 0

    def _more(self) -> Sequence[tuple[str, str, str]]:
        if not self.chosen.day:
            return _MORE
        return () if self.chosen.no_sharing else (RECORDS, RECORDS_TOO, AUDITOR)

    def _records(self, members: Sequence[Member]) -> Records | None:
        """The records office at its pages, signed in; None where no agency takes part."""
        if self.prison.agencies is None:
            return None
        ruth = next(one for one in members if one.login == RECORDS_TOO[0])
        office = Visitor(self.prison.plan.web_port, ruth.login, ruth.password)
        office.sign_in()
        return Records(office, self.prison.supervisor, ruth.password)

    def _open_to_agencies(self, director: Member, members: Mapping[str, Member]) -> None:
        signers = (director, members[AUDITOR[0]])
        leaves = 0 if self.chosen.day else _LEFT_TO_ONLOOKERS
        ruth = members[RECORDS_TOO[0]]
        self.prison.open_to_agencies(members[RECORDS[0]], signers, leaves=leaves, decides=ruth)

    def _walkers(self, hands: list[list[HeldFinger]] | None) -> list[Walker]:
        """Everybody enrolled; where a folder has prints of too few, made ones fill up."""
        held = list(hands or [])[:_MOST]
        missing = (FEWEST if hands else self.chosen.people) - len(held)
        if missing > 0:
            held += synthetic_fingers(missing, self.chosen.seed, CACHE, FAST256, self.progress.counting)
        return cast(held, self.prison.plan.facility, 0, random.Random(self.chosen.seed))

    def _stage(self, parts: Cast, staff: Staff) -> Stage:
        control, posts = at_their_desks(self.prison, staff)
        hub = self.prison.hub
        stage = Stage(
            self.prison,
            parts,
            control,
            posts,
            Word(hub),
            self.progress,
            began_at=now(),
            exchanged=Exchanged(hub),
            plays_on=not self.chosen.day,
        )
        self.progress("the roll goes out to the terminals, sealed to each")
        for unit in posts:
            numbers = {parts.number(one) for one in parts.everybody if one.home == unit}
            stage.wait(
                f"the roll of {len(numbers)} people at {unit}",
                lambda unit=unit, numbers=numbers: self.prison.knows(unit, numbers) or None,  # type: ignore[misc]
                _ROLLS_S,
            )
        return stage

    def _tell_logins(self, staff: Staff, members: list[Member]) -> None:
        page, address = page_of(self.prison, BLOCK_A)
        self.prison.pages.append(page)
        known = staff.members() | {one.login: one.password for one in members}
        worth_a_look(self.prison, staff.officers, known, address)

    def _reported(self, stage: Stage) -> int:
        diary = play(stage, self.progress)
        self.progress("waiting until the hub has everything")
        told, wrong = report(stage, diary, drained=close(stage))
        tell_report(told, wrong, self.chosen.report, self.progress, quiet=self.quiet)
        for name, detected in told["detected"].items():
            self.progress(f"{name}: {'detected' if detected else 'NOT DETECTED'}")
        return 1 if wrong else 0

    def _looked_at(self, stage: Stage, walkers: list[Walker]) -> None:
        """The day, and then people who walk as they like until somebody stops it."""
        play(stage, self.progress, lambda: time.sleep(_BETWEEN_S))
        on_signals(lambda *_: self.stop.set())
        rng = random.Random(self.chosen.seed)
        houses = [one for one in self.prison.gatehouses if self.prison.is_alive(one.gate.terminal)]
        walking = Walking(houses, walkers, None, self.chosen.seed)
        walking.pause_s = lambda: rng.uniform(1.0, 5.0)
        self.progress("the day is over; people walk on as they like until Ctrl-C")
        walking.start()
        while not self.stop.wait(1.0) and not walking.join(0.0):
            self.progress.counting(f"{walking.made} scans so far; Ctrl-C stops")
        walking.stop()
