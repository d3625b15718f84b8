"""What rings and goes up by the clock alone: alarms that nobody answers, terminals that fell silent, the test alarm."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.control_room.rules import SILENT_AFTER
from hub.control_room.watching import Watch
from hub.database import session_scope
from hub.movements.alarms import handling
from hub.movements.alarms.codes import CALL, TERMINAL_DOWN, TEST, CloseReason
from hub.movements.alarms.desk import AlarmDesk
from hub.movements.alarms.handling import Seen
from hub.movements.alarms.limits import Limits, set_limits
from hub.movements.alarms.raising import Cause, raise_alarm
from hub.movements.alarms.reading import OpenAlarm, open_alarms
from hub.movements.alarms.records import Alarm, AlarmTrial
from hub.movements.orders.actions import give
from hub.movements.orders.receipts import note_receipt
from hub.terminals.records import TerminalState
from wire.orders import OrderKind
from wire.versions import Version

from .site_world import World

SAM = Actor("sam", "192.0.2.4")


@pytest.fixture
def desks(world: World) -> list[AlarmDesk]:
    world.site()
    with session_scope(world.sessions) as session:
        set_limits(session, Limits(tests=False), world.at, actor=SAM, at=world.at)
    return [AlarmDesk(world.sessions), AlarmDesk(world.sessions)]


def alarms(world: World) -> list[OpenAlarm]:
    with session_scope(world.sessions, writes=False) as session:
        return open_alarms(session, world.at)


def tick(world: World, *ticking: AlarmDesk | Watch, seconds: float = 1.0) -> int:
    world.later(seconds=seconds)
    return sum(one.tick(world.at) for one in ticking)


def test_nobody_answers_a_call_and_it_goes_up_once_a_step_however_many_look(
    world: World, desks: list[AlarmDesk]
) -> None:
    with session_scope(world.sessions) as session:
        raise_alarm(session, Cause(CALL, "a-1:1"), world.at)
    assert tick(world, *desks, seconds=29) == 0
    assert tick(world, *desks) == 1
    assert [alarm.escalation for alarm in alarms(world)] == [1]
    assert tick(world, *desks, seconds=30) == 1
    assert tick(world, *desks, seconds=9_999) == 0, "it is with the director"
    (alarm,) = alarms(world)
    assert (alarm.escalation, alarm.closed_at) == (2, None)


def test_what_somebody_has_acknowledged_goes_up_when_it_stays_open_too_long(
    world: World, desks: list[AlarmDesk]
) -> None:
    with session_scope(world.sessions) as session:
        number = raise_alarm(session, Cause("sensor", "a-1"), world.at)
        handling.acknowledge(session, [Seen(number, 1)], actor=SAM, at=world.at)
    assert tick(world, *desks, seconds=3_599) == 0
    assert tick(world, *desks, seconds=2) == 1


def test_a_flood_does_not_put_off_its_own_escalation(world: World, desks: list[AlarmDesk]) -> None:
    for _ in range(20):
        with session_scope(world.sessions) as session:
            raise_alarm(session, Cause("sensor", "a-1"), world.at)
        tick(world, *desks, seconds=10)
    assert [(alarm.count, alarm.escalation) for alarm in alarms(world)] == [(20, 1)]


# --- the test alarm


@pytest.mark.usefixtures("world")
def test_a_hub_without_terminals_or_from_this_very_shift_rings_no_test(world: World) -> None:
    world.site()
    desk = AlarmDesk(world.sessions)
    assert tick(world, desk) == 0
    world.terminal()
    assert tick(world, desk) == 0


def test_each_shift_rings_one_test_and_a_missed_one_is_news(world: World) -> None:
    world.site()
    world.terminal()
    two = [AlarmDesk(world.sessions), AlarmDesk(world.sessions)]
    world.later(hours=6, minutes=14)
    assert tick(world, *two) == 0, "a quarter of an hour after the beginning, not before"
    world.later(minutes=1)
    assert tick(world, *two) == 1
    (test,) = alarms(world)
    assert test.code == TEST
    assert tick(world, *two) == 0
    with session_scope(world.sessions) as session:
        handling.acknowledge(session, [Seen(test.id, 1)], actor=SAM, at=world.at)
    world.later(hours=12)
    assert tick(world, *two) == 1
    assert [alarm.code for alarm in alarms(world)] == [TEST]
    world.later(hours=12)
    tick(world, *two)
    assert sorted(alarm.code for alarm in alarms(world)) == [TEST, TEST, "test_missed"]
    with session_scope(world.sessions, writes=False) as session:
        assert len(session.scalars(select(AlarmTrial)).all()) == 3


# --- terminals


def hear(world: World, terminal: int, *, online: bool = True) -> None:
    with session_scope(world.sessions) as session:
        session.merge(
            TerminalState(
                terminal_id=terminal,
                session=1,
                online=online,
                said_at=world.at,
                heard_at=world.at,
                software="0.1.0",
                boot_id="0" * 32,
                roll_epoch=1,
                roll_counter=0,
                refused_from_hub=0,
            )
        )


def test_a_terminal_that_goes_is_an_alarm_after_a_while_and_its_return_is_noted(world: World) -> None:
    world.site()
    terminal, watches = world.terminal(), [Watch(world.sessions), Watch(world.sessions)]
    hear(world, terminal)
    assert tick(world, *watches) == 0
    hear(world, terminal, online=False)
    assert tick(world, *watches, seconds=9) == 0, "a short break is none"
    assert tick(world, *watches, seconds=3) == 1
    (alarm,) = alarms(world)
    assert (alarm.code, alarm.terminal, alarm.checkpoint, alarm.zone) == (
        TERMINAL_DOWN,
        "a-1",
        "a-in",
        "block-a",
    )
    assert tick(world, *watches, seconds=60) == 0
    hear(world, terminal)
    assert tick(world, *watches) == 1
    assert alarms(world)[0].over_at == world.at
    hear(world, terminal, online=False)
    assert tick(world, *watches, seconds=11) == 1
    assert [(one.id, one.count, one.over_at) for one in alarms(world)] == [(alarm.id, 2, None)]


def test_silence_while_the_hub_was_away_is_no_terminals_fault(world: World) -> None:
    world.site()
    hear(world, world.terminal())
    world.later(hours=5)
    watch = Watch(world.sessions)
    assert tick(world, watch) == 0
    assert tick(world, watch, seconds=SILENT_AFTER.total_seconds() + 1) == 1


def test_a_contradiction_is_over_when_the_place_is_known_again_and_the_next_one_rings_anew(
    world: World,
) -> None:
    world.site()
    ana, watch = world.person(), Watch(world.sessions)

    def seen_twice() -> None:
        world.passage(ana)
        world.passage(ana, to_zone="workshop", terminal="w-1")

    seen_twice()
    assert (watch.tick(world.at), codes_over(world)) == (0, [("two_places", False)])
    world.later(minutes=10)
    world.passage(ana, to_zone="workshop")
    assert (watch.tick(world.at), codes_over(world)) == (1, [("two_places", True)])
    world.later(minutes=10)
    seen_twice()
    assert codes_over(world) == [("two_places", False)]


def codes_over(world: World) -> list[tuple[str, bool]]:
    with session_scope(world.sessions, writes=False) as session:
        return [(row.code, row.over_at is not None) for row in session.scalars(select(Alarm))]


def test_an_order_that_a_terminal_does_not_confirm_in_time_is_an_alarm_until_it_does(world: World) -> None:
    world.site()
    hear(world, world.terminal())
    watch = Watch(world.sessions)
    with session_scope(world.sessions) as session:
        give(session, OrderKind.LOCKDOWN, reason="Fire", actor=SAM, now=world.at)
    assert tick(world, watch, seconds=9) == 0
    assert tick(world, watch, seconds=2) == 1
    (alarm,) = alarms(world)
    assert (alarm.code, alarm.terminal) == ("order_unconfirmed", "a-1")
    with session_scope(world.sessions) as session:
        note_receipt(session, 1, Version(1, 1), world.at)
    assert tick(world, watch) == 1
    assert alarms(world)[0].over_at == world.at


def test_what_somebody_closed_is_not_news_while_it_goes_on_and_is_when_it_comes_again(world: World) -> None:
    world.site()
    terminal, watch = world.terminal(), Watch(world.sessions)
    hear(world, terminal)
    tick(world, watch)
    hear(world, terminal, online=False)
    assert tick(world, watch, seconds=12) == 1
    with session_scope(world.sessions) as session:
        seen = [Seen(alarms(world)[0].id, 1)]
        handling.close(session, seen, CloseReason.REPAIRED, "", actor=SAM, at=world.at)
    assert tick(world, watch, seconds=60) == 0, "somebody knows of it"
    hear(world, terminal)
    assert tick(world, watch) == 0
    hear(world, terminal, online=False)
    assert tick(world, watch, seconds=12) == 1, "another silence is another cause"
