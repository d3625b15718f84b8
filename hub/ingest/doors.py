"""Entries of a gate's hardware: what is wrong becomes an alarm, its end and the rest a line about the terminal."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub.ingest.clocks import Moment
from hub.ingest.storing import Arrived
from hub.movements.feed import Line
from hub.movements.records import FeedKind
from wire.happenings import Door

ALARMS: Final = frozenset({"forced", "held_open", "not_opened", "tamper", "duress", "hardware"})

UNTOLD: Final = frozenset({"opened", "closed", "request_exit"})
"""Everyday doings of a door: they stay in the journal, the feed would be nothing else."""


def take_door(_session: Session, one: Arrived, moment: Moment, said: Door, now: datetime) -> list[Line]:
    """The feed's line of one entry, with `door_` before the terminal's word."""
    if said.what in UNTOLD:
        return []
    told = {
        "what": f"door_{said.what}",
        "terminal": one.keys.name,
        "checkpoint": said.checkpoint,
        "journal": one.journal_id.hex(),
        "sequence": one.linked.entry.sequence,
        "at": moment.at.isoformat(),
        "clock_sure": moment.sure,
        "late": one.historical,
    }
    kind = FeedKind.ALARM if said.what in ALARMS else FeedKind.TERMINAL
    return [Line(now, kind, told)]
