"""Who must have a second factor, from where, and how many sessions one may hold: what hub.toml says, as rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from types import MappingProxyType
from typing import Final

from hub.accounts.permissions import Role
from hub.errors import HubError
from hub.settings import AccountSettings

FRESH_FOR: Final = timedelta(minutes=10)
"""After proving who one is, grave acts are not asked about again for this long."""
CHALLENGE_LIFE: Final = timedelta(minutes=5)
"""A security key has this long to answer."""
SHORT_WAIT: Final = timedelta(seconds=2)
"""The longest wait after wrong passwords inside the control room's own network."""

MOST_SESSIONS: Final[Mapping[str, int]] = MappingProxyType(
    {
        Role.ADMINISTRATOR: 3,
        Role.SHIFT_SUPERVISOR: 4,
        Role.CONTROL_ROOM: 8,  # the screens on its walls are sessions too
        Role.RECORDS_OFFICER: 3,
        Role.OFFICER: 3,
        Role.TECHNICIAN: 3,
        Role.HEALTH: 3,
        Role.DIRECTOR: 3,
        Role.AUDITOR: 3,
        Role.AGENCY_CLIENT: 1,
    }
)
"""Signed in at one time; one more ends the one that was used longest ago."""

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class SignInRules:
    """`grace` runs from the first sign-in; `site` is the origin that security keys belong to, "" for the request's."""

    factor_roles: frozenset[str] = frozenset()
    grace: timedelta = timedelta(days=7)
    control_room: tuple[Network, ...] = ()
    site: str = ""
    most_sessions: Mapping[str, int] = field(default_factory=lambda: MOST_SESSIONS)

    def must_have_factor(self, role: str) -> bool:
        return role in self.factor_roles

    def is_control_room(self, address: str) -> bool:
        """Whether the address lies in the control room's own network; False for what is no address."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        return any(found in network for network in self.control_room)

    def asks_for_factor(self, role: str, address: str) -> bool:
        """Whether somebody who has a second factor is asked for it: all but the control room on its own network."""
        return not (role == Role.CONTROL_ROOM and self.is_control_room(address))


def rules_from(settings: AccountSettings) -> SignInRules:
    """The rules of one hub.toml; HubError when it names a role that there is not."""
    for role in (*settings.second_factor, *settings.most_sessions):
        if role not in Role._value2member_map_:
            known = ", ".join(each.value for each in Role)
            raise HubError("settings", f"hub.toml: [accounts] names the role {role!r}. There are: {known}.")
    return SignInRules(
        frozenset(settings.second_factor),
        timedelta(days=settings.grace_days),
        tuple(ip_network(text, strict=False) for text in settings.control_room_networks),
        settings.site,
        MappingProxyType({**MOST_SESSIONS, **settings.most_sessions}),
    )


DEFAULT_RULES: Final = rules_from(AccountSettings())
"""What holds where hub.toml says nothing."""
