"""Which of the terminal's units this browser looks at, and what pages of it share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import session

from edge.attestation.forms import Home, Nothing, Officer
from edge.kiosk.door import desk
from edge.unit.forms import UnitHome, UnitLine
from wire.happenings import CountKind, CountMethod
from wire.unit import CountPhase

SOURCES: Final[Mapping[str, str]] = {
    "scan": "by finger",
    "attested": "an officer's word",
    "count": "seen in a count",
    "court_list": "court list",
    "escort": "with an escort",
    "paper": "from paper",
}
KINDS: Final[Mapping[CountKind, str]] = {
    CountKind.FORMAL: "Formal count",
    CountKind.STANDING: "Standing count",
    CountKind.INFORMAL: "Informal count",
    CountKind.CENSUS: "Census",
    CountKind.EMERGENCY: "Emergency count",
}
PHASES: Final[Mapping[CountPhase, str]] = {
    CountPhase.ANNOUNCED: "announced",
    CountPhase.FROZEN: "nobody moves",
    CountPhase.COUNTING: "being counted",
    CountPhase.RECOUNT: "count again",
    CountPhase.CLEARED: "cleared",
    CountPhase.CANCELLED: "cancelled",
}
METHODS: Final[Mapping[CountMethod, str]] = {
    CountMethod.NUMBER: "a number",
    CountMethod.BY_NAME: "by name",
    CountMethod.BY_SCAN: "by finger",
    CountMethod.VACANT_BEDS: "empty beds",
}
CHOSEN: Final = "unit"


def unit_home() -> UnitHome:
    """The terminal's units, for anybody."""
    return desk().ask("unit_home", Nothing(), UnitHome)


def chosen(home: UnitHome) -> UnitLine | None:
    """The unit that was chosen at this browser, else the first; None at a terminal that counts none."""
    wanted = session.get(CHOSEN)
    return next((one for one in home.units if one.unit == wanted), next(iter(home.units), None))


def choose(unit: str) -> None:
    session[CHOSEN] = unit


def officers() -> list[Officer]:
    """Everybody who may sign in here."""
    return desk().ask("officers", Nothing(), list[Officer])


def terminal() -> Home:
    return desk().ask("home", Nothing(), Home)


def said_source(source: str) -> str:
    """What proved a place, for people."""
    return SOURCES.get(source.lower(), source)
