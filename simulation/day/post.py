"""An officer at a terminal's page: everything is asked of the agent at its socket, as the page asks it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from edge.attestation.forms import Nothing, Session, SignInQuestion
from edge.attestation.forms import Officer as Known
from edge.desk.client import Desk
from edge.errors import DeskAbsentError, DeskRefusedError
from edge.provisioning import Folder
from edge.unit.count_forms import CountQuestion, CountShown, MarkQuestion, SlipQuestion, SlipTaken
from edge.unit.forms import OfUnit, OutCounts, OutQuestion, ShiftQuestion, ShiftShown, UnitHome
from simulation.officer import Officer
from wire.codec import Strict
from wire.happenings import CountMethod, OutCountStep

T = TypeVar("T")

LOOK_S: Final = 0.15
"""Until an officer has looked at one person; the rules of the day's counts ask for less."""
NAMED_S: Final = 0.3
_SIGN_IN_AGAIN: Final = "sign_in"


class Post:
    """Two officers at the page of one unit's terminal: the first acts, the second counts with them."""

    def __init__(self, data: Path, unit: str, officers: tuple[Officer, Officer]) -> None:
        self.unit = unit
        self.first, self.second = officers
        self._desk = Desk(Folder(data).desk)
        self._token = ""

    def knows_them(self) -> bool:
        """Whether the terminal has heard from the hub that both may sign in here."""
        try:
            known = {one.login for one in self._desk.ask("officers", Nothing(), list[Known])}
        except DeskAbsentError:
            return False
        if not {self.first.login, self.second.login} <= known:
            return False
        self._sign_in(self.second)
        self._sign_in(self.first)
        return True

    def has_picture(self, people: int) -> bool:
        """Whether the terminal has the hub's picture of the unit, with so many people who live there."""
        home = self._desk.ask("unit_home", Nothing(), UnitHome)
        figures = [one.figures for one in home.units if one.unit == self.unit]
        return any(one is not None and one.assigned == people for one in figures)

    def take_over(self) -> ShiftShown:
        """Signs for the number on the unit's roll."""
        shown = self._ask("shift", OfUnit(token=self._token, unit=self.unit), ShiftShown)
        question = ShiftQuestion(
            token=self._token, unit=self.unit, from_officer=None, roll_seen=shown.figures.assigned
        )
        return self._ask("take_shift", question, ShiftShown)

    def count(self, session: int) -> CountShown | None:
        """A count as the page shows it, None while it is not known here."""
        found = self._ask("counts", OfUnit(token=self._token, unit=self.unit), list[CountShown])
        return next((one for one in found if one.session == session), None)

    def count_heads(self, session: int, people: int) -> SlipTaken:
        """Walks past everybody who is there and signs the number alone."""
        self._begin(session)
        time.sleep(LOOK_S * (people + 1))
        return self._sign(session, 0, CountMethod.NUMBER, people)

    def count_names(self, session: int, recount: int, people: Iterable[str]) -> SlipTaken:
        """Marks each person who is there by name, and signs."""
        self._begin(session)
        marked = 0
        for number in people:
            time.sleep(NAMED_S)
            question = MarkQuestion(token=self._token, unit=self.unit, session=session, person=number)
            self._ask("count_mark", question, CountShown)
            marked += 1
        time.sleep(NAMED_S)
        return self._sign(session, recount, CountMethod.BY_NAME, marked)

    def out(self, step: OutCountStep, person: str, place: str, session: int) -> OutCounts:
        """Declares, accepts or takes back that somebody is counted elsewhere."""
        return self._ask(
            "out_step",
            OutQuestion(
                token=self._token, unit=self.unit, person=person, step=step, place=place, session=session
            ),
            OutCounts,
        )

    def _begin(self, session: int) -> None:
        self._ask(
            "count_begin", CountQuestion(token=self._token, unit=self.unit, session=session), CountShown
        )

    def _sign(self, session: int, recount: int, method: CountMethod, observed: int) -> SlipTaken:
        slip = SlipQuestion(
            token=self._token,
            unit=self.unit,
            session=session,
            recount=recount,
            method=method,
            observed=observed,
            signs_of_life=True,
            pin=self.first.pin,
            second=self.second.login,
            second_pin=self.second.pin,
        )
        return self._ask("slip", slip, SlipTaken)

    def _ask(self, verb: str, question: Strict, answer: type[T]) -> T:
        """Signs in anew where the page had been left alone for too long."""
        try:
            return self._desk.ask(verb, question, answer)
        except DeskRefusedError as error:
            if error.reason != _SIGN_IN_AGAIN:
                raise
        self._sign_in(self.first)
        return self._desk.ask(verb, _with_token(question, self._token), answer)

    def _sign_in(self, officer: Officer) -> None:
        question = SignInQuestion(login=officer.login, pin=officer.pin)
        self._token = self._desk.ask("sign_in", question, Session).token


def _with_token(question: Strict, token: str) -> Strict:
    return msgspec.structs.replace(question, token=token)
