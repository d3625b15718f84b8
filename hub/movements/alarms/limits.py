"""How long alarms may wait, what makes a storm, and when shifts begin: dated data, all in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.movements.alarms.codes import LEAST_URGENT, MOST_URGENT
from hub.movements.alarms.records import AlarmLimits
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE, start_of

_Seconds = Annotated[int, msgspec.Meta(ge=1, le=604_800)]


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`answer_s` and `deal_s` are for ranks 1 to 5: unacknowledged for longer, an alarm goes up to the shift
    supervisor, and after as long again to the director; acknowledged and still open for `deal_s`, it goes up too.

    `storm_from` alarms of one group within `storm_s` of each other are shown as one. A repetition within `again_s` of
    the one before is counted, not written down. A terminal is down after `down_s` without connection. Shifts last
    `shift_s`; the first of a day begins `shift_from_s` after midnight at the site. `test_s` after its beginning the
    test alarm rings, where `tests` is on. An order not confirmed after `confirm_s` is an alarm.
    """

    answer_s: Sequence[_Seconds] = (30, 60, 180, 1_800, 3_600)
    deal_s: Sequence[_Seconds] = (600, 1_200, 3_600, 86_400, 7_200)
    storm_from: Annotated[int, msgspec.Meta(ge=2, le=1_000)] = 4
    storm_s: _Seconds = 120
    again_s: _Seconds = 60
    down_s: _Seconds = 10
    shift_s: Annotated[int, msgspec.Meta(ge=30, le=86_400)] = 43_200
    shift_from_s: Annotated[int, msgspec.Meta(ge=0, le=86_399)] = 21_600
    test_s: Annotated[int, msgspec.Meta(ge=0, le=86_400)] = 900
    tests: bool = True
    confirm_s: _Seconds = 10

    def answer(self, rank: int) -> timedelta:
        """How long one of this rank may wait for somebody."""
        return timedelta(seconds=self.answer_s[rank - 1])

    def deal(self, rank: int) -> timedelta:
        """How long one of this rank may stay open after it was acknowledged."""
        return timedelta(seconds=self.deal_s[rank - 1])


DEFAULT: Final = Limits()
"""For a prison of about 1,200."""


def limits_at(session: Session, now: datetime) -> Limits:
    """What holds at `now`."""
    wanted = select(AlarmLimits.settings).where(AlarmLimits.from_at <= now)
    row = session.scalar(wanted.order_by(AlarmLimits.from_at.desc(), AlarmLimits.id.desc()).limit(1))
    return DEFAULT if row is None else msgspec.convert(row, Limits)


def set_limits(session: Session, limits: Limits, from_at: datetime, *, actor: Actor, at: datetime) -> None:
    """Let `limits` hold from `from_at` on; RefusedError when they cannot be meant so."""
    settings = msgspec.to_builtins(limits)
    fault = _out_of_range(settings) or fault_of(limits)
    if fault is not None:
        raise RefusedError("alarm_limits", fault)
    if from_at < at:
        raise RefusedError(
            "alarm_limits", Sentence("Limits begin now or later: what was, was judged already.")
        )
    session.add(AlarmLimits(from_at=from_at, settings=settings, set_at=at, set_by=actor.login[:64]))
    write_down(
        session, at=at, actor=actor, act="alarm.limits", subject="", detail=f"from {from_at.isoformat()}"
    )
    session.flush()


def _out_of_range(settings: dict[str, Any]) -> Sentence | None:
    try:
        msgspec.convert(settings, Limits)
    except msgspec.ValidationError:
        return Sentence(
            "A figure is out of range: times from 1 second to a week, shifts from 30 seconds to a day."
        )
    return None


def fault_of(limits: Limits) -> Sentence | None:
    """What is wrong with limits, None when nothing is."""
    ranks = LEAST_URGENT - MOST_URGENT + 1
    if len(limits.answer_s) != ranks or len(limits.deal_s) != ranks:
        return Sentence("Give a time for each of the five ranks.")
    if any(sooner > later for sooner, later in zip(limits.answer_s, limits.answer_s[1:], strict=False)):
        return Sentence("What is more urgent must not wait longer. Let the times rise from rank 1 to rank 5.")
    if limits.test_s >= limits.shift_s:
        return Sentence("The test alarm must ring before the shift ends.")
    return None


def shift_began(limits: Limits, now: datetime) -> datetime:
    """When the shift of `now` began. Shifts follow each other from the first of the day until midnight's first."""
    midnight = start_of(now.astimezone(SITE_ZONE).date())
    first = midnight + timedelta(seconds=limits.shift_from_s)
    if now < first:
        first -= timedelta(days=1)
    length = timedelta(seconds=limits.shift_s)
    return first + length * ((now - first) // length)
