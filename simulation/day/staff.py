"""Who works on the day: two officers at the page of each unit, one in the control room, and the director."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from simulation.day.control import Control
from simulation.day.post import Post
from simulation.day.site import BLOCK_A, BLOCK_B
from simulation.officer import OLGA, Officer, post_officer
from simulation.prison import Prison
from simulation.staff import CONTROL_ROOM, DIRECTOR, Member, employ
from simulation.visitor import Visitor

_OF_UNIT: Final = {
    BLOCK_A: (OLGA, ("omar", "Omar Teck")),
    BLOCK_B: (("petra", "Petra Sho"), ("pablo", "Pablo Ack")),
}


@dataclass(frozen=True)
class Staff:
    """`officers` are at the terminals of their units; `room` and `director` at the hub."""

    officers: dict[str, tuple[Officer, Officer]]
    room: Member
    director: Member

    def members(self) -> dict[str, str]:
        """Logins and passwords at the hub."""
        return {one.login: one.password for one in (self.room, self.director)}


def employ_staff(prison: Prison) -> Staff:
    """Makes their accounts and PINs, one after the other: each holds the database while its secret is made."""
    points = {gate.terminal: gate.checkpoint for gate in prison.plan.facility.gates}
    officers = {
        unit: (post_officer(prison, points[unit], first), post_officer(prison, points[unit], second))
        for unit, (first, second) in _OF_UNIT.items()
    }
    return Staff(officers, employ(prison.hub, CONTROL_ROOM), employ(prison.hub, DIRECTOR))


def at_their_desks(prison: Prison, staff: Staff) -> tuple[Control, dict[str, Post]]:
    """The hub's pages and the terminals' desks, each with whoever sits there; nobody is signed in yet."""
    port, supervisor = prison.plan.web_port, prison.supervisor
    control = Control(
        *(Visitor(port, one.login, one.password) for one in (supervisor, staff.room, staff.director))
    )
    posts = {unit: Post(prison.data_of(unit), unit, pair) for unit, pair in staff.officers.items()}
    return control, posts
