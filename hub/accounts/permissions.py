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
    PROVISION_TERMINALS = "provision_terminals"
    """Take terminals in, after comparing the code that they show."""
    ANSWER_REFERRALS = "answer_referrals"
    """Answer for people whom a terminal did not recognise: those at one's own post, or all for those on watch."""
    HANDLE_ALARMS = "handle_alarms"
    """Look after alarms, and close them with a note."""
    SET_POSTS = "set_posts"
    """Say who stands where in a shift, and how long a referral may wait."""
    RE_ENROL = "re_enrol"
    """Deal with people whose fingers have to be taken again."""
    APPROVE_PROCEDURES = "approve_procedures"
    """Let somebody without a usable finger pass by another way, and review it."""
    TAKE_PHOTOS = "take_photos"
    """Add a photo to a file."""
    CONFIGURE_TERMINALS = "configure_terminals"
    """Say what terminals shall run by, and send it out in stages."""
    GIVE_ORDERS = "give_orders"
    """Order a lockdown or an evacuation."""
    END_ORDERS = "end_orders"
    """End a lockdown or an evacuation."""
    CUT_OFF_TERMINALS = "cut_off_terminals"
    """End a terminal's right to speak, and report one stolen."""
    SAY_WHO_IS_TOLD = "say_who_is_told"
    """Write down who has to be told when a terminal was stolen."""


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
        {
            Permission.WATCH,
            Permission.SEE_PEOPLE,
            Permission.ADMIT_PEOPLE,
            Permission.SEE_TERMINALS,
            Permission.PROVISION_TERMINALS,
            Permission.ANSWER_REFERRALS,
            Permission.HANDLE_ALARMS,
            Permission.SET_POSTS,
            Permission.RE_ENROL,
            Permission.APPROVE_PROCEDURES,
            Permission.TAKE_PHOTOS,
            Permission.CONFIGURE_TERMINALS,
            Permission.GIVE_ORDERS,
            Permission.END_ORDERS,
            Permission.CUT_OFF_TERMINALS,
            Permission.SAY_WHO_IS_TOLD,
        }
    ),
    Role.SHIFT_SUPERVISOR: frozenset(
        {
            Permission.WATCH,
            Permission.SEE_PEOPLE,
            Permission.SEE_TERMINALS,
            Permission.ANSWER_REFERRALS,
            Permission.HANDLE_ALARMS,
            Permission.SET_POSTS,
            Permission.APPROVE_PROCEDURES,
            Permission.GIVE_ORDERS,
            Permission.END_ORDERS,
            Permission.CUT_OFF_TERMINALS,
        }
    ),
    Role.CONTROL_ROOM: frozenset(
        {
            Permission.WATCH,
            Permission.SEE_PEOPLE,
            Permission.SEE_TERMINALS,
            Permission.ANSWER_REFERRALS,
            Permission.HANDLE_ALARMS,
            Permission.GIVE_ORDERS,
        }
    ),
    Role.RECORDS_OFFICER: frozenset(
        {
            Permission.SEE_PEOPLE,
            Permission.ADMIT_PEOPLE,
            Permission.RE_ENROL,
            Permission.TAKE_PHOTOS,
        }
    ),
    Role.OFFICER: frozenset({Permission.WATCH, Permission.ANSWER_REFERRALS}),
    Role.TECHNICIAN: frozenset(
        {
            Permission.SEE_TERMINALS,
            Permission.PROVISION_TERMINALS,
            Permission.CONFIGURE_TERMINALS,
            Permission.CUT_OFF_TERMINALS,
        }
    ),
}


def permissions_of(role: str) -> frozenset[str]:
    """What `role` may do once signed in; nothing for a role that this version does not know."""
    if role not in Role._value2member_map_:
        return frozenset()
    return frozenset({Permission.SIGNED_IN, *ALLOWED[Role(role)]})
