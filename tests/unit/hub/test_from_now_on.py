"""Rules that shall hold from now on are taken although the clock goes on between two questions for the time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hub.accounts.permissions import Role
from simulation.visitor import fields_of

from .site_world import NOON, World


class Ticking(World):
    """Each question for the time finds it a millisecond later."""

    @property
    def at(self) -> datetime:
        asked: int = self.__dict__.get("asked", 0) + 1
        self.__dict__["asked"] = asked
        return NOON + timedelta(milliseconds=asked)

    @at.setter
    def at(self, at: datetime) -> None:
        """Stays with the ticking."""


@pytest.mark.parametrize(
    ("path", "role", "changed"),
    [
        ("/counts/rules", Role.DIRECTOR, {"announce_s": "60", "reason": "a short day"}),
        ("/location-rules", Role.DIRECTOR, {"unknown_step_s": "10", "reason": "a short day"}),
        ("/alarms/limits", Role.SHIFT_SUPERVISOR, {"down_s": "8"}),
        ("/moves/rules", Role.DIRECTOR, {"way_s": "45", "reason": "a short day"}),
    ],
)
def test_what_is_set_from_now_on_is_taken(
    world: World, path: str, role: Role, changed: dict[str, str]
) -> None:
    world.__class__ = Ticking
    page = world.browser("dora", role)
    answer = page.post(path, data={**fields_of(page.get(path).text, [*changed]), **changed})
    assert answer.status_code == 303, answer.text
