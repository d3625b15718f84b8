"""The hub keeps the roll of each day by itself: at its end, or after days that it was down."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.statistics.snapshots.desk import SnapshotDesk
from hub.statistics.snapshots.keeping import broken_seals, keep_missing, kept_on, prove, take
from hub.statistics.snapshots.records import RollSnapshot

from .site_world import World
from .statistics_world import RITA, Register, at


@dataclass
class Hub:
    """A process with its clock, which need not go with the time that passes."""

    register: Register
    clock: datetime
    passed_s: float = 0.0
    desk: SnapshotDesk = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.desk = SnapshotDesk(self.register.world.sessions, lambda: self.passed_s)

    def later(self, **parts: float) -> int:
        """Time passes; gives what the desk kept at once."""
        step = timedelta(**parts)
        self.clock += step
        self.passed_s += step.total_seconds()
        return self.desk.tick(self.clock)

    def ticks(self) -> int:
        """How many it keeps one after the other, without time passing."""
        many = 0
        while self.desk.tick(self.clock):
            many += 1
        return many


@pytest.fixture
def register(world: World) -> Register:
    world.at = at("2026-06-01")
    return Register(world)


@pytest.fixture
def hub(register: Register) -> Hub:
    return Hub(register, at("2026-03-11", 0))


def days(register: Register) -> list[str]:
    """Days in the order in which they were kept."""
    with session_scope(register.world.sessions, writes=False) as session:
        assert broken_seals(session) == []
        return [
            one.isoformat() for one in session.scalars(select(RollSnapshot.day).order_by(RollSnapshot.id))
        ]


def total(register: Register, day: str) -> int:
    """What was kept; the facts have to give it again."""
    with session_scope(register.world.sessions, writes=False) as session:
        row = kept_on(session, date.fromisoformat(day))
        assert row is not None
        assert prove(session, row).same
        return row.total


def test_yesterday_is_kept_once_the_day_has_turned(register: Register, hub: Hub) -> None:
    assert hub.later(hours=1) == 0, "there is no fact yet"
    register.admit(at("2026-03-01"))
    assert hub.later(minutes=4) == 0, "it looks every five minutes"
    assert hub.later(hours=1) == 1
    hub.start()
    assert hub.later(hours=1) == 0
    assert hub.later(hours=21) == 0, "five minutes after midnight it is not settled"
    assert hub.later(minutes=6) == 1
    assert days(register) == ["2026-03-10", "2026-03-11"]
    with session_scope(register.world.sessions, writes=False) as session:
        acts = [row.act for row in session.query(AuditEntry) if row.act.startswith("figures.")]
    assert acts == ["figures.snapshot"] * 2


def test_days_that_the_hub_was_down_are_kept_as_known_at_their_own_end(
    register: Register, hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    stay = register.admit(at("2026-03-01"))
    assert hub.later(hours=1) == 1
    # Five days without a hub. What happened meanwhile was on paper, and is written down on the sixth.
    register.admit(at("2026-03-12"), known=at("2026-03-16", 10))
    register.release(stay, at("2026-03-14"), known=at("2026-03-16", 11))
    # One was recorded by another process in time, so that it was known that midnight.
    register.admit(at("2026-03-13", 9))
    hub.clock = at("2026-03-16", 14)
    hub.start()
    caplog.clear()
    with caplog.at_level(logging.INFO, "hub.statistics"):
        assert hub.ticks() == 5
    assert days(register) == [f"2026-03-{day}" for day in range(10, 16)]
    assert [total(register, f"2026-03-{day}") for day in range(11, 16)] == [1, 1, 2, 2, 2]
    told = [record.__dict__["fields"] for record in caplog.records]
    assert [(one["day"], one["still_missing"]) for one in told] == [
        (f"2026-03-{day}", 15 - day) for day in range(11, 16)
    ]
    assert hub.later(hours=1) == 0, "no doubles"


def test_a_hole_of_earlier_is_filled_and_one_kept_by_hand_calls_for_nothing(
    register: Register, hub: Hub
) -> None:
    register.admit(at("2026-03-01"))
    assert hub.later(hours=1) == 1
    with session_scope(register.world.sessions) as session:
        take(session, date(2026, 3, 13), actor=RITA, at=at("2026-03-14", 1))
        take(session, date(2019, 3, 13), actor=RITA, at=at("2026-03-14", 2))
    hub.clock = at("2026-03-14", 3)
    hub.start()
    assert hub.ticks() == 2
    assert days(register) == ["2026-03-10", "2026-03-13", "2019-03-13", "2026-03-11", "2026-03-12"]


def test_a_clock_that_jumps_back_keeps_nothing_twice(register: Register, hub: Hub) -> None:
    register.admit(at("2026-03-01"))
    assert hub.later(hours=1) == 1
    assert hub.later(hours=24) == 1
    hub.clock -= timedelta(days=3)
    assert hub.later(minutes=1) == 0
    assert hub.later(minutes=20) == 0
    for _hour in range(4 * 24):
        hub.later(hours=1)
    assert days(register) == [f"2026-03-{day}" for day in range(10, 13)]


def test_a_clock_that_was_ahead_for_a_while_leaves_no_roll_of_a_day_to_come(
    register: Register, hub: Hub
) -> None:
    register.admit(at("2026-03-01"))
    assert hub.later(hours=1) == 1
    hub.clock += timedelta(days=40)
    assert [hub.later(minutes=3) for _ in range(3)] == [0, 0, 0]
    hub.clock -= timedelta(days=40)
    assert hub.later(minutes=3) == 0
    assert days(register) == ["2026-03-10"]
    assert hub.later(hours=24) == 1
    assert days(register) == ["2026-03-10", "2026-03-11"]
    # Set ahead for good, it goes on from there once it has been steady for ten minutes.
    hub.clock += timedelta(days=2)
    assert hub.later(minutes=1) == 0
    assert hub.later(minutes=11) == 1
    assert hub.ticks() == 1


def test_two_processes_at_once_keep_a_day_once(register: Register) -> None:
    register.admit(at("2026-03-01"))
    sessions, when = register.world.sessions, at("2026-03-11", 1)
    assert keep_missing(sessions, actor=RITA, at=when) == (date(2026, 3, 10), 0)
    assert keep_missing(sessions, actor=RITA, at=when) == (None, 0)
    assert days(register) == ["2026-03-10"]
