"""Tables of release dates: policies and what was decided about them, reckonings with their signatures, holidays."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import Date, ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id


class PolicyRow(Base):
    """A version of a policy as it was written down; `value` is the JSON of a Policy, `replaces_id` the one before."""

    __tablename__ = "release_policies"

    id: Mapped[Id]
    value: Mapped[str] = mapped_column(Text)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("release_policies.id"))
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]


class PolicyAct(StrEnum):
    """What was decided about a policy, in this order; each once."""

    ACCEPTED = "accepted"
    """Signed by a second person: in force from here on."""
    WITHDRAWAL_PROPOSED = "withdrawal_proposed"
    WITHDRAWN = "withdrawn"
    """Of a draft by anybody who may; of one in force by a second person."""


class PolicyDecision(Base):
    """One decision about a policy."""

    __tablename__ = "policy_decisions"
    __table_args__ = (UniqueConstraint("policy_id", "act"),)

    id: Mapped[Id]
    policy_id: Mapped[int] = mapped_column(ForeignKey("release_policies.id"))
    act: Mapped[str] = mapped_column(String(24))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(300))


class Trial(Base):
    """Everybody reckoned as if a policy were accepted, or withdrawn; `last_booking_id` says how far it has come."""

    __tablename__ = "policy_trials"

    id: Mapped[Id]
    policy_id: Mapped[int] = mapped_column(ForeignKey("release_policies.id"), index=True)
    withdraws: Mapped[bool]
    started_by: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime]
    total: Mapped[int]
    done: Mapped[int]
    last_booking_id: Mapped[int]
    last_fact_id: Mapped[int] = mapped_column(BIG)
    moved_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Difference(Base):
    """Whose date a trial changes. `moved_days` is positive for later, None where one of the two has no date."""

    __tablename__ = "policy_differences"
    __table_args__ = (UniqueConstraint("trial_id", "booking_id"),)

    id: Mapped[Id]
    trial_id: Mapped[int] = mapped_column(ForeignKey("policy_trials.id"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"))
    old_outcome: Mapped[str] = mapped_column(String(16))
    old_on: Mapped[date | None] = mapped_column(Date)
    new_outcome: Mapped[str] = mapped_column(String(16))
    new_on: Mapped[date | None] = mapped_column(Date)
    moved_days: Mapped[int | None]
    past: Mapped[bool]
    was_verified: Mapped[bool]


class ReckoningRow(Base):
    """A reckoning that an officer signed first. `inputs` is the JSON of the case, `result` that of the reckoning.

    `digest` is over what a change of makes the signatures void: the inputs, the rules used and the dates.
    """

    __tablename__ = "reckonings"

    id: Mapped[Id]
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    inputs: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(16))
    release_on: Mapped[date | None] = mapped_column(Date)
    full_term_on: Mapped[date | None] = mapped_column(Date)
    reckoned_by: Mapped[str] = mapped_column(String(64))
    reckoned_at: Mapped[datetime]


class SignatureAct(StrEnum):
    """What the second officer said."""

    VERIFIED = "verified"
    REFUSED = "refused"


class Signature(Base):
    """The second officer's word on a reckoning: one, whatever it is."""

    __tablename__ = "reckoning_signatures"

    id: Mapped[Id]
    reckoning_id: Mapped[int] = mapped_column(ForeignKey("reckonings.id"), unique=True)
    act: Mapped[str] = mapped_column(String(12))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(300))


class Holiday(Base):
    """A day on which nobody is released where a policy says so, once a second person has signed it.

    `withdraws_id` takes an earlier row back: how days were taken out before that needed two persons as well.
    """

    __tablename__ = "release_holidays"

    id: Mapped[Id]
    on: Mapped[date] = mapped_column(Date)
    name: Mapped[str] = mapped_column(String(80))
    authority: Mapped[str] = mapped_column(String(200))
    withdraws_id: Mapped[int | None] = mapped_column(ForeignKey("release_holidays.id"), unique=True)
    recorded_by: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime]


class HolidayDecision(Base):
    """One decision about a holiday, as about a policy; each once."""

    __tablename__ = "holiday_decisions"
    __table_args__ = (UniqueConstraint("holiday_id", "act"),)

    id: Mapped[Id]
    holiday_id: Mapped[int] = mapped_column(ForeignKey("release_holidays.id"))
    act: Mapped[str] = mapped_column(String(24))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(300))


for _kept in (PolicyRow, PolicyDecision, ReckoningRow, Signature, Holiday, HolidayDecision):
    protect(cast(Table, _kept.__table__))
