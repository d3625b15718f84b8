"""A register whose year 2025 can be published: forty men, six women of whom one is on remand, a boy, an escape."""

from __future__ import annotations

from datetime import date, datetime

from hub.accounts.audit import Actor
from hub.custody.legal import LegalStatus
from hub.custody.rules import Sex
from hub.database import session_scope
from hub.statistics.periods import Period, period_of
from hub.statistics.publishing.drafting import draft
from hub.statistics.publishing.freezing import freeze, signer_of

from .site_world import World
from .statistics_world import Register, at

DORA, ABEL = Actor("dora", "10.0.0.7"), Actor("abel", "10.0.0.8")
YEAR, DECEMBER = period_of("2025"), period_of("2025-12")
LATER = at("2026-02-01")


def prison_of(world: World) -> Register:
    """Recorded as it happened; the clock stands in February 2026."""
    world.at = LATER
    register = Register(world)
    for one in range(40):
        status = LegalStatus.REMAND if one % 3 else LegalStatus.SENTENCED
        booking = register.admit(at(f"2025-{1 + one % 11:02}-10"), status=status, born=date(1960 + one, 5, 1))
        if one % 4 == 0:
            register.release(booking, at(f"2025-12-{1 + one % 20:02}"))
        if one == 5:
            register.escape(booking, at("2025-12-20"))
    for one in range(6):
        status = LegalStatus.SENTENCED if one else LegalStatus.REMAND
        register.admit(at("2025-05-03"), sex=Sex.FEMALE, status=status)
    register.admit(at("2025-06-03"), born=date(2009, 1, 1))
    return register


def drafted(world: World, period: Period = YEAR, why: str = "", *, known_at: datetime | None = None) -> int:
    """A draft of Dora's; its number."""
    with session_scope(world.sessions) as session:
        return draft(session, period, why=why, actor=DORA, at=world.at, known_at=known_at).id


def published(world: World, period: Period = YEAR, why: str = "") -> int:
    """The same, frozen by Abel."""
    number = drafted(world, period, why)
    with session_scope(world.sessions) as session:
        freeze(session, number, actor=ABEL, at=world.at, key=signer_of(world.vault))
    return number
