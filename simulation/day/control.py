"""What is done at the hub during the day: by pages, as whoever has the right to do it fills them in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from hub.custody.absence import Why
from hub.web.formats import SITE_ZONE
from simulation.visitor import CannotSignIn, Visitor

_NUMBER: Final = re.compile(r"/(\d+)(?:$|\?)")
_WHY: Final = "The day in ten minutes"

MOVES: Final = {"grace_s": 15, "way_s": 45}
PLACES: Final = {"least_step_s": 0, "unknown_step_s": 10}
ALARMS: Final = {"down_s": 8}
COUNTS: Final = {"announce_s": 10, "per_person_number_ms": 100, "per_person_named_ms": 200}
"""Limits of a day that takes minutes, in the units of their names."""


class Control:
    """`supervisor` plans and keeps apart, `room` leads and clears the count, `director` sets limits."""

    def __init__(self, supervisor: Visitor, room: Visitor, director: Visitor) -> None:
        self.supervisor, self.room, self.director = supervisor, room, director

    def sign_in(self) -> None:
        for one in (self.supervisor, self.room, self.director):
            one.sign_in()

    def set_limits(self) -> None:
        """From now on things take as long as they do on this day."""
        self.director.fill("/moves/rules", {**_texts(MOVES), "reason": _WHY})
        self.director.fill("/location-rules", {**_texts(PLACES), "reason": _WHY})
        self.director.fill("/counts/rules", {**_texts(COUNTS), "reason": _WHY})
        self.supervisor.fill("/alarms/limits", _texts(ALARMS))

    def plan_moves(
        self, people: Iterable[str], to: str, reason: str, now: datetime, *, one_way: bool = False
    ) -> None:
        """A pass for each, from now on for half an hour; CannotSignIn when anything speaks against one of them."""
        numbers = list(people)
        form = {
            **self.supervisor.form("/moves/plan"),
            "people": " ".join(numbers),
            "to": to,
            "start": "",
            "reason": reason,
            "escort": "NONE",
            "officer": "",
            "from_at": _local(now),
            "there_at": _local(now + timedelta(minutes=5)),
            "until_at": _local(now + timedelta(minutes=30)),
            **({"one_way": "1"} if one_way else {}),
        }
        page = self.supervisor.look("/moves/plan", form | {"act": "look"})
        against = [number for number in numbers if not _is_ticked(page, number)]
        if against:
            raise CannotSignIn(f"Something speaks against the move of {', '.join(against)} to {to}.")
        self.supervisor.submit("/moves/plan", form | {"person": numbers, "listed": numbers, "act": "keep"})

    def keep_apart(self, one: str, other: str) -> None:
        """From now on these two must not meet."""
        wanted = {
            "other": other,
            "role": "VICTIM",
            "other_role": "PERPETRATOR",
            "restriction": "BLOCK",
            "reason": "A fight at breakfast",
            "authorised_by": "Shift supervisor",
        }
        self.supervisor.fill(f"/people/{one}/keep-apart", wanted)

    def cancel_pass(self, number: int, why: str) -> None:
        """The move does not take place any more."""
        path = f"/moves/{number}"
        self.supervisor.submit(path, {**self.supervisor.form(path), "act": "cancel", "reason": why})

    def plan_convoy(self, people: Iterable[str], now: datetime) -> int:
        """Everybody's date in court, and the vehicle that takes them; the convoy's number."""
        trips = []
        for number in people:
            wanted = {
                "person": number,
                "why": Why.COURT.value,
                "where_to": "Harbour Magistrate's Court",
                "reference": "Production order of today",
                "leave_at": _local(now),
                "due_back_at": _local(now + timedelta(hours=4)),
            }
            trips.append(str(_number_in(self.supervisor.fill("/external/new", wanted))))
        vehicle = {"name": "Morning court", "vehicle": "Van 2", "driver": "Ida Coc", "escorts": "2 officers"}
        wanted_here = {**self.supervisor.form("/external"), **vehicle, "trip": trips}
        return _number_in(self.supervisor.submit("/external/convoys", wanted_here))

    def announce(self, units: Iterable[str]) -> int:
        """A formal count of these units; its number."""
        form = {"kind": "FORMAL", "scope": "units", "units": list(units), "name": "Afternoon"}
        return _number_in(self.room.submit("/counts", {**self.room.form("/counts"), **form}))

    def lead(self, count: int, act: str, *, units: Iterable[str] = (), note: str = "") -> None:
        """Stop movement, let the units count, or have units count again."""
        form = {**self.room.form(f"/counts/{count}"), "act": act, "units": list(units), "note": note}
        self.room.submit(f"/counts/{count}/lead", form)

    def clear(self, count: int) -> None:
        """The control room clears the count; CannotSignIn while it does not agree."""
        form = {**self.room.form(f"/counts/{count}"), "note": "Recounted; everybody was seen."}
        self.room.submit(f"/counts/{count}/clear", form)

    def back_from_court(self, convoy: int, now: datetime) -> None:
        """The whole convoy is back: everybody on board is ticked."""
        path = f"/external/convoys/{convoy}"
        page = self.supervisor.read(path)
        trips = re.findall(r'name="trip" value="(\d+)"', page)
        form = {**self.supervisor.form(path), "trip": trips, "at": _local(now), "zone": "", "act": "back"}
        self.supervisor.submit(path, form)


def _texts(limits: Mapping[str, int]) -> dict[str, str]:
    return {name: str(value) for name, value in limits.items()}


def _local(at: datetime) -> str:
    """As a browser writes it into an input, with the seconds."""
    return at.astimezone(SITE_ZONE).strftime("%Y-%m-%dT%H:%M:%S")


def _number_in(path: str) -> int:
    found = _NUMBER.search(path)
    if found is None:
        raise CannotSignIn(f"The hub led to {path}, which has no number.")
    return int(found.group(1))


def _is_ticked(page: str, number: str) -> bool:
    return re.search(rf'name="person" value="{number}"[^>]*\bchecked\b', page) is not None
