"""The hours of counts and every limit, as dated data. Times of the day are minutes at the site, durations seconds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.headcount.records import HeadcountRules
from hub.headcount.values import Limits
from hub.sentences import RefusedError, Sentence
from wire.happenings import CountKind

Minute = Annotated[int, Meta(ge=0, le=1439)]
Seconds = Annotated[int, Meta(ge=0, le=86_400)]


class Hour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A count of the schedule: `minute` of the day at which movement stops."""

    minute: Minute
    kind: CountKind
    name: Annotated[str, Meta(max_length=60)] = ""


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Defaults are those of a prison of 1,200: four counts a day, one of them standing."""

    hours: Annotated[list[Hour], Meta(max_length=24)] = msgspec.field(
        default_factory=lambda: [
            Hour(6 * 60, CountKind.STANDING),
            Hour(11 * 60 + 30, CountKind.FORMAL),
            Hour(16 * 60 + 30, CountKind.FORMAL),
            Hour(21 * 60, CountKind.FORMAL),
        ]
    )
    announces_itself: bool = False
    """Whether the hub announces a count of the schedule by itself; otherwise it says when one is due."""
    announce_s: Seconds = 1_800
    """From the announcement until movement stops."""
    freeze_late_s: Seconds = 120
    """Movement that nobody has stopped this long after it was to stop is asked after."""
    unit_due_s: Seconds = 1_200
    """A unit that has not sent in its slip by then is asked after."""
    not_held_s: Seconds = 900
    """A count of the schedule that nobody announced this long after its hour is said to be missing."""
    per_person_number_ms: Annotated[int, Meta(ge=0, le=60_000)] = 1_000
    per_person_named_ms: Annotated[int, Meta(ge=0, le=60_000)] = 2_000
    same_scan_s: Seconds = 5
    paper_together_s: Seconds = 3_600
    """Counts of one batch from paper that lie this close together are one count."""
    shifts: Annotated[list[Minute], Meta(min_length=1, max_length=12)] = msgspec.field(
        default_factory=lambda: [6 * 60, 14 * 60, 22 * 60]
    )
    """When the running count is printed."""

    @property
    def limits(self) -> Limits:
        return Limits(self.per_person_number_ms, self.per_person_named_ms, self.same_scan_s)


def rules_at(session: Session, now: datetime) -> Rules:
    """What holds at `now`; the defaults where nobody has set anything."""
    wanted = select(HeadcountRules.body).where(HeadcountRules.effective_at <= now)
    body = session.scalar(
        wanted.order_by(HeadcountRules.effective_at.desc(), HeadcountRules.id.desc()).limit(1)
    )
    return Rules() if body is None else msgspec.json.decode(body, type=Rules)


def history(session: Session) -> list[tuple[HeadcountRules, Rules]]:
    """Everything that was ever set, the newest first."""
    rows = session.scalars(select(HeadcountRules).order_by(HeadcountRules.id.desc())).all()
    return [(row, msgspec.json.decode(row.body, type=Rules)) for row in rows]


def set_rules(
    session: Session, rules: Rules, *, effective_at: datetime, reason: str, actor: Actor, at: datetime
) -> None:
    """From `effective_at` on these hold. RefusedError for what no count could be held by."""
    if len(reason.strip()) < 3:
        raise RefusedError("reason", Sentence("Write why, in a few words: it stays with the record."))
    if effective_at < at:
        raise RefusedError(
            "effective", Sentence("Rules hold from now on or later: what was counted stays as it was.")
        )
    if len({hour.minute for hour in rules.hours}) != len(rules.hours):
        raise RefusedError("hours", Sentence("Two counts at the same minute cannot both be held."))
    if len(rules.hours) < 4 or not any(hour.kind is CountKind.STANDING for hour in rules.hours):
        raise RefusedError(
            "hours", Sentence("At least four counts a day are held, and one of them standing.")
        )
    session.add(
        HeadcountRules(
            effective_at=effective_at,
            recorded_at=at,
            recorded_by=actor.login[:64],
            reason=reason.strip()[:200],
            body=msgspec.json.encode(rules).decode(),
        )
    )
    write_down(
        session, at=at, actor=actor, act="count.rules", detail=f"{len(rules.hours)} counts a day", why=reason
    )
