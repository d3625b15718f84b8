"""Topic names: `pims/up/<terminal>/...` towards the hub, `pims/down/<terminal>/...` towards the terminal.

The broker's access list is written with the same prefix, so a terminal can publish only below its own name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")


class Channel(StrEnum):
    """What a topic carries; the first block goes up, the second down."""

    JOURNAL = "journal"
    STATE = "state"
    ECHO = "echo"
    RENEWAL = "renewal"
    RELEASE = "release"
    ENROLMENT = "enrolment"

    ACK = "ack"
    ROLL = "roll"
    CONFIG = "config"
    ORDERS = "orders"
    ECHOED = "echoed"
    RENEWED = "renewed"
    RELEASED = "released"
    DESK = "desk"
    PLAN = "plan"
    PRESENCE = "presence"
    UNIT = "unit"


UPWARD = frozenset(
    {
        Channel.JOURNAL,
        Channel.STATE,
        Channel.ECHO,
        Channel.RENEWAL,
        Channel.RELEASE,
        Channel.ENROLMENT,
    }
)


@dataclass(frozen=True)
class Address:
    """A parsed topic."""

    terminal: str
    channel: Channel


def is_terminal_name(name: str) -> bool:
    """True for 1 to 40 lower-case letters, digits and hyphens, not starting with a hyphen.

    The alphabet keeps a name from ever holding a topic level or a wildcard. `hub` and names that begin with `hub-`
    are the hub's own.
    """
    return _NAME.match(name) is not None and name.split("-", maxsplit=1)[0] != "hub"


def topic(terminal: str, channel: Channel) -> str:
    """Topic of one channel of one terminal; ValueError when the name is not a terminal name."""
    if not is_terminal_name(terminal):
        raise ValueError("A terminal name has 1 to 40 lower-case letters, digits and hyphens.")
    way = "up" if channel in UPWARD else "down"
    return f"pims/{way}/{terminal}/{channel}"


def everything_up(channel: Channel) -> str:
    """Subscription of the hub for one upward channel of every terminal."""
    return f"pims/up/+/{channel}"


def parse(name: str) -> Address | None:
    """Address of a topic, or None when it is not one of ours."""
    parts = name.split("/")
    if len(parts) != 4 or parts[0] != "pims" or not is_terminal_name(parts[2]):
        return None
    if parts[3] not in Channel._value2member_map_:
        return None
    channel = Channel(parts[3])
    return Address(parts[2], channel) if name == topic(parts[2], channel) else None
