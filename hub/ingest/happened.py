"""What each kind of entry changes beside passages: one taker for a kind, in the entry's own transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.ingest.areas import take_area_reset
from hub.ingest.attested import take_attestation, take_sign_in
from hub.ingest.clocks import Moment
from hub.ingest.counted import take_count_mark, take_count_slip, take_out_count
from hub.ingest.doors import take_door
from hub.ingest.escorts import take_escort_begun, take_escort_ended
from hub.ingest.obeyed import take_configuration, take_orders
from hub.ingest.of_units import take_alarm_taken, take_call, take_shift
from hub.ingest.storing import Arrived
from hub.movements.feed import Line
from wire.happenings import (
    AlarmTaken,
    AreaResetDone,
    Attestation,
    Call,
    ConfigurationTaken,
    CountMark,
    Door,
    EscortBegun,
    EscortEnded,
    Happening,
    OrdersTaken,
    OutCount,
    ShiftTaken,
    SignIn,
    Slip,
)

Take = Callable[[Session, Arrived, Moment, Any, datetime], list[Line]]
"""(session, entry, when it happened, what it says, now) -> lines for the feed. Entries come in order of `Moment.at`."""

TAKERS: Mapping[type[Happening], Take] = {
    Attestation: take_attestation,
    SignIn: take_sign_in,
    ConfigurationTaken: take_configuration,
    OrdersTaken: take_orders,
    Door: take_door,
    Slip: take_count_slip,
    CountMark: take_count_mark,
    OutCount: take_out_count,
    EscortBegun: take_escort_begun,
    EscortEnded: take_escort_ended,
    AreaResetDone: take_area_reset,
    ShiftTaken: take_shift,
    Call: take_call,
    AlarmTaken: take_alarm_taken,
}
"""Kinds without a taker only tell the feed, by `hub.ingest.telling`."""


def take(session: Session, one: Arrived, moment: Moment, said: Happening, now: datetime) -> list[Line]:
    """Apply one entry that is no passage; its feed lines."""
    taker = TAKERS.get(type(said))
    return [] if taker is None else taker(session, one, moment, said, now)
