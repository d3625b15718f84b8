"""How long moves inside and outside may take: limits in seconds, each with its day and who set it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Final, cast

from sqlalchemy import String, Table, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.accounts.append_only import protect
from hub.accounts.audit import Actor, write_down
from hub.database import Base, Id, once
from hub.sentences import RefusedError, Sentence


@dataclass(frozen=True)
class Limits:
    """How long things may take, in seconds, for a prison of about 1,200.

    `early_s`: so long before the window somebody seen on the way has departed by it. `grace_s` is added to what the
    way takes. After `unaccounted_after_s` more without a proof nobody knows where the person is. `late_s`: so long
    after the window a latecomer is still let in. `converge_s`: so far ahead ways of two who must not meet are
    compared. `plan_ahead_s`: so far ahead series become passes. `away_grace_s` after the time of return an absence is
    overdue; `not_left_after_s` after the time of leaving somebody is told that nobody has left. `way_s` is what a way
    takes on which nobody was timed yet. Somebody overdue from outside is unaccounted for after `away_lost_after_s`
    more. Whoever has a date in court leaves `court_before_s` before it and is due back `court_after_s` after it, and
    whoever has a visit is called `visit_before_s` before it. Whoever goes out of the prison may set out inside
    `out_before_s` before, and has so long inside after the return: for the search, the papers and the way.
    """

    early_s: int = 300
    grace_s: int = 300
    unaccounted_after_s: int = 900
    late_s: int = 1_800
    converge_s: int = 900
    plan_ahead_s: int = 129_600
    away_grace_s: int = 900
    not_left_after_s: int = 900
    way_s: int = 300
    away_lost_after_s: int = 7_200
    court_before_s: int = 5_400
    court_after_s: int = 21_600
    visit_before_s: int = 900
    out_before_s: int = 3_600


class PassRules(Base):
    """What holds of all passes from `recorded_at` on; the newest row counts. Append-only. See `Limits`."""

    __tablename__ = "pass_rules"

    id: Mapped[Id]
    early_s: Mapped[int]
    grace_s: Mapped[int]
    unaccounted_after_s: Mapped[int]
    late_s: Mapped[int]
    converge_s: Mapped[int]
    plan_ahead_s: Mapped[int]
    away_grace_s: Mapped[int]
    not_left_after_s: Mapped[int]
    way_s: Mapped[int]
    away_lost_after_s: Mapped[int]
    court_before_s: Mapped[int]
    court_after_s: Mapped[int]
    visit_before_s: Mapped[int]
    out_before_s: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(64))


protect(cast(Table, PassRules.__table__))

LONGEST_S: Final = 7 * 86_400
NAMES: Final = tuple(one.name for one in fields(Limits))


def limits(session: Session) -> Limits:
    """Those in force; the defaults where nobody ever set any."""
    return once(session, _read)


def _read(session: Session) -> Limits:
    row = session.scalar(select(PassRules).order_by(PassRules.id.desc()).limit(1))
    return Limits() if row is None else Limits(**{name: getattr(row, name) for name in NAMES})


def history(session: Session, known_at: datetime | None = None) -> Sequence[PassRules]:
    """Every setting, or those made until then, the newest first."""
    wanted = select(PassRules).order_by(PassRules.id.desc())
    if known_at is not None:
        wanted = wanted.where(PassRules.recorded_at <= known_at)
    return session.scalars(wanted).all()


def set_limits(session: Session, wanted: Limits, *, reason: str, actor: Actor, at: datetime) -> None:
    """Put other limits in force from now on; RefusedError for one that cannot be, and without a reason."""
    values = asdict(wanted)
    if any(not 0 <= value <= LONGEST_S for value in values.values()) or wanted.unaccounted_after_s < 1:
        raise RefusedError("limits", Sentence("Each limit is a number of seconds, at most a week."))
    if not reason.strip():
        raise RefusedError("reason", Sentence("Write why the limits change: it stays with the record."))
    session.add(
        PassRules(**values, reason=reason.strip()[:300], recorded_at=at, recorded_by=actor.login[:64])
    )
    detail = " ".join(f"{name}={value}" for name, value in values.items())
    write_down(session, at=at, actor=actor, act="pass.rules", detail=detail)
    session.flush()
