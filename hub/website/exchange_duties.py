"""What the process that carries does besides: telling of corrections, lists by the calendar, and the weekly census."""

from __future__ import annotations

from datetime import datetime

from hub.database import Sessions
from hub.sharing.census.running import run_due
from hub.sharing.corrections.telling import Corrector
from hub.sharing.outbox.worker import Duties
from hub.sharing.pull.periodic import send_due


def duties(sessions: Sessions) -> Duties:
    """For one database."""

    def weekly(at: datetime) -> None:
        run_due(sessions, at)
        send_due(sessions, at)

    return Duties(Corrector(), weekly)
