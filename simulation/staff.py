"""People who work at the simulated hub: accounts with passwords of this prison only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulation.processes import ProcessFailed, run

SUPERVISOR: Final = ("sam", "shift_supervisor", "Sam Tillett")
"""Watches the screen, gives orders and cuts terminals off."""
CONTROL_ROOM: Final = ("cora", "control_room", "Cora Mai")
DIRECTOR: Final = ("dan", "director", "Dan Usher")
RECORDS: Final = ("rita", "records_officer", "Rita Choc")
"""Writes agreements with agencies."""
RECORDS_TOO: Final = ("ruth", "records_officer", "Ruth Tzul")
"""Decides on what agencies send, at screens of her own: whoever looks on signs in as the other."""
AUDITOR: Final = ("audrey", "auditor", "Audrey Flowers")
"""Signs agreements, with the director."""
ADMINISTRATOR: Final = ("admin", "administrator")
"""Login and role of the account that the hub makes for itself."""
OTHERS: Final = (
    CONTROL_ROOM,
    RECORDS,
    RECORDS_TOO,
    ("hana", "health", "Hana Pop"),
    DIRECTOR,
    AUDITOR,
)
_SHOWN_ONCE = re.compile(r"shown once\): (\S+)")


@dataclass(frozen=True)
class Member:
    """How to sign in at the hub."""

    login: str
    role: str
    password: str

    def __repr__(self) -> str:
        return f"Member({self.login})"


def employ(hub: Path, who: tuple[str, str, str], *, keep_password: bool = True) -> Member:
    """Make the account at the hub."""
    login, role, name = who
    words = ["pims-hub", "accounts", "add", "--data", str(hub), login, "--role", role, "--name", name]
    return Member(login, role, secret_in(run(*words, *(["--keep-password"] if keep_password else []))))


def secret_in(said: str) -> str:
    """What a command of the hub showed once."""
    found = _SHOWN_ONCE.search(said)
    if found is None:
        raise ProcessFailed("the hub's command did not show what it made")
    return found.group(1)


def lines(members: Mapping[str, str]) -> str:
    """Logins and passwords, one a line, for whoever looks at the demo."""
    return "".join(f"  {login:<14} {password}\n" for login, password in members.items())
