"""Figures of the month that is over, drafted by one person and frozen by another, for the observatory to fetch."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from hub import settings
from hub.accounts.audit import Actor
from hub.biometrics.vault_key import open_vault
from hub.database import make_engine, make_sessions, session_scope
from hub.statistics.periods import period_of
from hub.statistics.publishing.drafting import draft
from hub.statistics.publishing.freezing import freeze, signer_of
from hub.web.formats import SITE_ZONE
from simulation.staff import AUDITOR, DIRECTOR

_WHY: Final = "The month is over"


def publish(hub: Path) -> int | None:
    """The number of the publication; None where so few people are held that nothing may be told."""
    found = settings.load(hub)
    engine = make_engine(found.database)
    sessions, key = make_sessions(engine), signer_of(open_vault(found.keys))
    at = datetime.now(UTC)
    last = period_of(f"{_month_before(at.astimezone(SITE_ZONE).date()):%Y-%m}")
    try:
        with session_scope(sessions) as session:
            made = draft(session, last, why=_WHY, actor=Actor(AUDITOR[0], "demo"), at=at, known_at=at)
            number, held = made.id, made.held
        if held:
            return None
        with session_scope(sessions) as session:
            freeze(session, number, actor=Actor(DIRECTOR[0], "demo"), at=datetime.now(UTC), key=key)
    finally:
        engine.dispose()
    return number


def _month_before(today: date) -> date:
    return today.replace(day=1) - timedelta(days=1)
