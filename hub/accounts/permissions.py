"""Who may do what: the whole table on one page. Nothing is allowed that does not stand here."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """One thing that a page or a command does. Every route names exactly one."""

    PUBLIC = "public"
    """Without signing in: the sign-in page itself, its styles, and the language."""
    SIGNED_IN = "signed_in"
    """Whoever is signed in: signing out, one's own password."""
    WATCH = "watch"
    """See the live picture of the control room, names included."""
    SEE_PEOPLE = "see_people"
    """Find people and open their files; each look is written down."""
    ADMIT_PEOPLE = "admit_people"
    """Take a person in on an order, with fingers."""
    SEE_TERMINALS = "see_terminals"
    """See how terminals are doing."""


class Role(StrEnum):
    """What somebody is here for; each account has one."""

    ADMINISTRATOR = "administrator"
    SHIFT_SUPERVISOR = "shift_supervisor"
    CONTROL_ROOM = "control_room"
    RECORDS_OFFICER = "records_officer"
    OFFICER = "officer"
    TECHNICIAN = "technician"


ALLOWED: Final[dict[Role, frozenset[Permission]]] = {
    Role.ADMINISTRATOR: frozenset(
        {Permission.WATCH, Permission.SEE_PEOPLE, Permission.ADMIT_PEOPLE, Permission.SEE_TERMINALS}
    ),
    Role.SHIFT_SUPERVISOR: frozenset({Permission.WATCH, Permission.SEE_PEOPLE, Permission.SEE_TERMINALS}),
    Role.CONTROL_ROOM: frozenset({Permission.WATCH, Permission.SEE_PEOPLE, Permission.SEE_TERMINALS}),
    Role.RECORDS_OFFICER: frozenset({Permission.SEE_PEOPLE, Permission.ADMIT_PEOPLE}),
    Role.OFFICER: frozenset({Permission.WATCH}),
    Role.TECHNICIAN: frozenset({Permission.SEE_TERMINALS}),
}


def permissions_of(role: str) -> frozenset[str]:
    """What `role` may do once signed in; nothing for a role that this version does not know."""
    if role not in Role._value2member_map_:
        return frozenset()
    return frozenset({Permission.SIGNED_IN, *ALLOWED[Role(role)]})
