"""Alarms: one row for a cause, every step kept, nothing closed by itself, storms that do not hide life."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.movements import feed
from hub.movements.alarms import handling
from hub.movements.alarms.codes import CALL, CODES, ENDS, TEST, CloseReason, ended_by
from hub.movements.alarms.handling import Seen
from hub.movements.alarms.limits import DEFAULT, Limits, fault_of, limits_at, set_limits, shift_began
from hub.movements.alarms.raising import Cause, over, raise_alarm
from hub.movements.alarms.reading import OpenAlarm, acknowledged, open_alarms, steps_of
from hub.movements.alarms.rules import goes_up_at, place_in_queue, storms, urgency
from hub.movements.records import FeedItem, FeedKind
from hub.sentences import RefusedError, Sentence

from .site_world import NOON, World, sign_in, token_of

CARLA = Actor("carla", "192.0.2.3")


def ring(world: World, what: str = "fork", terminal: str = "a-1", **more: object) -> None:
    with session_scope(world.sessions) as session:
        told = {"what": what, "terminal": terminal, "at": world.at.isoformat(), **more}
        feed.append(session, [feed.Line(world.at, FeedKind.ALARM, told)])


def alarms(world: World) -> list[OpenAlarm]:
    with session_scope(world.sessions, writes=False) as session:
        return open_alarms(session, world.at)


def seen(*found: OpenAlarm) -> list[Seen]:
    return [Seen(alarm.id, alarm.count) for alarm in found]


def close(world: World, alarm: OpenAlarm, words: str = "Looked at both cards") -> None:
    with session_scope(world.sessions) as session:
        handling.close(session, seen(alarm), CloseReason.DEALT_WITH, words, actor=CARLA, at=world.at)


def acknowledge(world: World, alarm: OpenAlarm) -> int:
    with session_scope(world.sessions) as session:
        return handling.acknowledge(session, seen(alarm), actor=CARLA, at=world.at)


def steps(world: World, number: int) -> list[str]:
    with session_scope(world.sessions, writes=False) as session:
        return [step.step for step in steps_of(session, number)]


# --- refusals


def test_life_is_not_closed_without_words_and_nothing_without_a_known_reason(world: World) -> None:
    ring(world, CALL)
    (alarm,) = alarms(world)
    with pytest.raises(RefusedError, match="Write what was found"):
        close(world, alarm, " a ")
    with session_scope(world.sessions) as session, pytest.raises(RefusedError):
        handling.close(session, seen(alarm), CloseReason.OTHER, "", actor=CARLA, at=world.at)
    assert len(alarms(world)) == 1


def test_what_is_closed_or_never_was_takes_no_act(world: World) -> None:
    ring(world)
    (alarm,) = alarms(world)
    close(world, alarm)
    for number in (alarm.id, 99):
        with session_scope(world.sessions) as session, pytest.raises(RefusedError, match="closed already"):
            handling.acknowledge(session, [Seen(number, 1)], actor=CARLA, at=world.at)
        with session_scope(world.sessions) as session, pytest.raises(RefusedError, match="closed already"):
            handling.on_the_way(session, number, "olga", at=world.at)


def test_one_that_rings_while_somebody_closes_stays_open(world: World) -> None:
    ring(world)
    (alarm,) = alarms(world)
    ring(world)
    with pytest.raises(RefusedError, match="rang again"):
        close(world, alarm)
    assert [one.count for one in alarms(world)] == [2]


def test_it_is_given_only_to_somebody_who_may_act(world: World) -> None:
    ring(world)
    world.account("tina", Role.TECHNICIAN)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError, match="Choose an officer"):
        handling.assign(session, seen(*alarms(world)), "tina", actor=CARLA, at=world.at)


def test_the_director_to_whom_it_goes_up_can_take_and_close_it(world: World) -> None:
    ring(world)
    director = browser_of(world, "dana", Role.DIRECTOR)
    page = director.get("/control-room/alarms/1")
    form = {"csrf_token": token_of(page), "alarm": "1:1"}
    assert "with dana" in director.post("/control-room/alarms", data={**form, "act": "take"}).text
    done = director.post("/control-room/alarms", data={**form, "close": "DEALT_WITH", "note": "Asked"})
    assert "This alarm is closed." in done.text


# --- one cause, one row


def test_the_same_cause_again_is_one_row_and_others_stand_beside_it(world: World) -> None:
    world.site()
    world.terminal("a-1", "a-in")
    for _ in range(3):
        ring(world)
        world.later(minutes=1)
    ring(world, terminal="w-1")
    ring(world, "sensor")
    ring(world, "referral_unanswered")
    found = alarms(world)
    assert [(one.code, one.terminal, one.count) for one in found] == [
        ("fork", "w-1", 1),
        ("fork", "a-1", 3),
        ("sensor", "a-1", 1),
    ]
    assert found[1].raised_at == world.at - timedelta(minutes=3)
    assert (found[1].zone, found[1].checkpoint) == ("block-a", "a-in")


def test_a_flood_of_one_cause_is_counted_and_not_written_down_each_time(world: World) -> None:
    for _ in range(50):
        ring(world, "door_held_open")
        world.later(seconds=1)
    (alarm,) = alarms(world)
    assert alarm.count == 50
    assert steps(world, alarm.id) == ["RAISED"]


def test_a_cause_that_ended_stays_until_somebody_closes_it_and_rings_anew_when_it_comes_back(
    world: World,
) -> None:
    ring(world, "door_forced")
    (alarm,) = alarms(world)
    acknowledge(world, alarm)
    with session_scope(world.sessions) as session:
        told = {"what": "door_forced_over", "terminal": "a-1", "at": world.at.isoformat()}
        feed.append(session, [feed.Line(world.at, FeedKind.TERMINAL, told)])
        assert not over(session, "door_forced", "a-1", world.at), "it was noted already"
    assert alarms(world)[0].over_at == world.at
    world.later(days=200)
    assert len(alarms(world)) == 1, "nothing closes by itself"
    ring(world, "door_forced")
    (again,) = alarms(world)
    assert (again.id, again.over_at, again.acknowledged_at) == (alarm.id, None, None)
    assert steps(world, alarm.id) == ["RAISED", "ACKNOWLEDGED", "OVER", "AGAIN"]


def test_a_repetition_of_what_somebody_looks_after_does_not_ring_but_each_call_for_help_does(
    world: World,
) -> None:
    for what, rings in (("fork", False), (CALL, True)):
        ring(world, what)
        alarm = next(one for one in alarms(world) if one.code == what)
        acknowledge(world, alarm)
        ring(world, what)
        again = next(one for one in alarms(world) if one.code == what)
        assert (again.acknowledged_at is None) is rings
        assert again.count == 2


def test_raising_writes_line_and_row_and_who_acknowledged_is_told_by_key(world: World) -> None:
    world.site()
    person = world.person()
    words = Sentence("Pass %(number)s is late", {"number": 7})
    cause = Cause("pass_overdue", "pass:7", person_id=person.id, evidence={"pass": 7}, words=words)
    with session_scope(world.sessions) as session:
        first = raise_alarm(session, cause, world.at)
        assert raise_alarm(session, cause, world.at) == first
        assert acknowledged(session, "pass_overdue", ["pass:7"]) == {}
    (alarm,) = alarms(world)
    assert (str(alarm.title), alarm.person, alarm.count) == ("Pass 7 is late", "P-000001", 2)
    acknowledge(world, alarm)
    close(world, alarm)
    with session_scope(world.sessions, writes=False) as session:
        assert acknowledged(session, "pass_overdue", ["pass:7", "pass:8"]) == {"pass:7": ("carla", world.at)}
        lines = session.scalars(select(FeedItem.payload)).all()
    assert [line["what"] for line in lines] == ["pass_overdue"] * 2
    assert lines[0]["person"] == "P-000001"


def test_every_act_is_a_step_and_stands_in_the_trail(world: World) -> None:
    world.account("olga", Role.OFFICER)
    ring(world)
    (alarm,) = alarms(world)
    with session_scope(world.sessions) as session:
        assert handling.acknowledge(session, seen(alarm), actor=CARLA, at=world.at) == 1
        assert handling.acknowledge(session, seen(alarm), actor=CARLA, at=world.at) == 0
        handling.assign(session, seen(alarm), "olga", actor=CARLA, at=world.at)
        handling.note(session, seen(alarm), "Both cards are here", actor=CARLA, at=world.at)
        handling.escalate(session, seen(alarm), "", actor=CARLA, at=world.at)
        handling.escalate(session, seen(alarm), "", actor=CARLA, at=world.at)
        with pytest.raises(RefusedError, match="director already"):
            handling.escalate(session, seen(alarm), "", actor=CARLA, at=world.at)
        handling.on_the_way(session, alarm.id, "olga", at=world.at)
    assert alarms(world)[0].holder == "olga"
    close(world, alarms(world)[0])
    assert steps(world, alarm.id) == [
        *("RAISED", "ACKNOWLEDGED", "ASSIGNED", "NOTED", "ESCALATED", "ESCALATED", "ON_THE_WAY", "CLOSED"),
    ]
    with session_scope(world.sessions, writes=False) as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("alarm."))).all()
    assert acts == [
        f"alarm.{what}" for what in ("acknowledge", "assign", "note", "escalate", "escalate", "close")
    ]


# --- rules


@dataclass(frozen=True)
class Shown:
    """What the rules need to know of an alarm."""

    id: int = 1
    code: str = "sensor"
    rank: int = 3
    raised_at: datetime = NOON
    asked_at: datetime = NOON
    acknowledged_at: datetime | None = None
    over_at: datetime | None = None
    escalation: int = 0
    escalated_at: datetime | None = None


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("alarm", "found"),
    [
        (Shown(), 3),
        (Shown(escalation=1), 2),
        (Shown(escalation=2), 2),
        (Shown(rank=1, code=CALL, escalation=2), 1),
        (Shown(rank=5, code=TEST, escalation=2), 5),
        (Shown(over_at=NOON), 3),
        (Shown(over_at=NOON, acknowledged_at=NOON), 4),
        (Shown(rank=5, over_at=NOON, acknowledged_at=NOON), 5),
    ],
)
def test_urgency_rises_by_waiting_but_never_to_life(alarm: Shown, found: int) -> None:
    assert urgency(alarm) == found


@pytest.mark.parametrize(
    ("alarm", "up_after_s"),
    [
        (Shown(), 180),
        (Shown(rank=1, code=CALL), 30),
        (Shown(escalation=1, escalated_at=after(180)), 360),
        (Shown(escalation=2, escalated_at=after(360)), None),
        (Shown(acknowledged_at=after(20)), 20 + 3_600),
        (Shown(acknowledged_at=after(20), over_at=after(30)), None),
        (Shown(acknowledged_at=after(20), escalation=1, escalated_at=after(3_620)), 3_620 + 3_600),
    ],
)
def test_when_an_alarm_goes_up(alarm: Shown, up_after_s: int | None) -> None:
    expected = None if up_after_s is None else after(up_after_s)
    assert goes_up_at(alarm, DEFAULT) == expected


def test_the_queue_shows_the_worst_then_what_nobody_has_then_the_newest() -> None:
    life = Shown(1, CALL, 1)
    old, new = Shown(2), Shown(3, raised_at=after(5))
    taken = Shown(4, raised_at=after(9), acknowledged_at=after(10))
    risen = Shown(5, escalation=1)
    assert sorted([taken, old, new, life, risen], key=place_in_queue) == [life, risen, new, old, taken]


TWENTY = [Shown(number, "terminal_down", 3, after(number * 10)) for number in range(1, 21)]


def test_a_storm_is_one_and_life_is_never_in_it() -> None:
    calls = [Shown(100 + number, CALL, 1, after(number)) for number in range(9)]
    few = [Shown(200 + number, "sensor", 3, after(number)) for number in range(3)]
    (storm,) = storms([*TWENTY, *calls, *few], DEFAULT)
    assert (storm.group, storm.members) == ("terminals", tuple(range(1, 21)))


def test_two_waves_far_apart_are_two_storms() -> None:
    later = [
        replace(alarm, id=alarm.id + 50, raised_at=alarm.raised_at + timedelta(hours=1)) for alarm in TWENTY
    ]
    assert [storm.members[0] for storm in storms([*TWENTY, *later], DEFAULT)] == [1, 51]


@given(st.permutations(TWENTY))
def test_storms_do_not_depend_on_the_order(shuffled: list[Shown]) -> None:
    assert storms(shuffled, DEFAULT) == storms(TWENTY, DEFAULT)


def test_each_code_is_ranked_and_its_end_is_known() -> None:
    assert all(1 <= code.rank <= 5 for code in CODES.values())
    assert ended_by("door_duress_over") == "door_duress"
    assert (ended_by("lockdown_over"), ended_by("online")) == (None, None)
    assert set(ENDS.values()) <= set(CODES)


# --- limits and shifts


@pytest.mark.parametrize(
    "wrong",
    [
        Limits(answer_s=(30, 60)),
        Limits(deal_s=(1,) * 6),
        Limits(answer_s=(60, 30, 180, 1_800, 3_600)),
        Limits(shift_s=600, test_s=600),
    ],
)
def test_limits_that_cannot_be_meant_are_refused(world: World, wrong: Limits) -> None:
    assert fault_of(wrong) is not None
    with session_scope(world.sessions) as session, pytest.raises(RefusedError):
        set_limits(session, wrong, world.at, actor=CARLA, at=world.at)


def test_limits_hold_from_their_day_on_and_not_before(world: World) -> None:
    tomorrow = world.at + timedelta(days=1)
    with session_scope(world.sessions) as session:
        with pytest.raises(RefusedError, match="now or later"):
            set_limits(session, DEFAULT, world.at - timedelta(seconds=1), actor=CARLA, at=world.at)
        set_limits(session, Limits(storm_from=9), tomorrow, actor=CARLA, at=world.at)
    with session_scope(world.sessions, writes=False) as session:
        assert limits_at(session, world.at) == DEFAULT
        assert limits_at(session, tomorrow).storm_from == 9


@pytest.mark.parametrize(
    ("limits", "now", "began"),
    [
        (DEFAULT, NOON, NOON - timedelta(hours=6)),
        (DEFAULT, NOON + timedelta(hours=6), NOON + timedelta(hours=6)),
        (DEFAULT, NOON + timedelta(hours=17, minutes=59), NOON + timedelta(hours=6)),
        (
            Limits(shift_s=200, shift_from_s=0, test_s=20),
            NOON + timedelta(seconds=399),
            NOON + timedelta(seconds=200),
        ),
    ],
)
def test_when_the_shift_began(limits: Limits, now: datetime, began: datetime) -> None:
    assert shift_began(limits, now) == began


# --- the drawer


def browser_of(world: World, login: str, role: Role) -> FlaskClient:
    world.account(login, role)
    browser = world.app().test_client()
    assert sign_in(browser, login).status_code == 303
    return browser


def test_the_drawer_refuses_strangers_and_shows_acts_on_and_closes_alarms(world: World) -> None:
    world.site()
    world.terminal("a-1", "a-in")
    ring(world)
    assert browser_of(world, "olga", Role.OFFICER).get("/control-room/alarms/1").status_code == 403
    carla = browser_of(world, "carla", Role.CONTROL_ROOM)
    assert carla.get("/control-room/alarms/9").status_code == 404
    page = carla.get("/control-room/alarms/1")
    assert "Two different journal entries claim one place" in page.text
    assert "Block A, entry" in page.text
    form = {"csrf_token": token_of(page), "alarm": "1:1"}
    assert carla.post("/control-room/alarms", data={**form, "act": "explode"}).status_code == 400
    assert "with carla" in carla.post("/control-room/alarms", data={**form, "act": "take"}).text
    refused = carla.post("/control-room/alarms", data={**form, "act": "note", "note": "x"})
    assert refused.status_code == 409
    assert "Write what was found" in refused.text
    assert 'value="x"' in refused.text, "nothing typed is lost"
    done = carla.post("/control-room/alarms", data={**form, "close": "REPAIRED", "note": "New card"})
    assert "This alarm is closed." in done.text
    assert "Closed: Repaired, carla: New card" in done.text


def test_a_storm_is_acknowledged_and_closed_in_one_act(world: World) -> None:
    for number in range(6):
        ring(world, "sensor", f"t-{number}")
    carla = browser_of(world, "carla", Role.CONTROL_ROOM)
    numbers = [alarm.id for alarm in alarms(world)]
    page = carla.get("/control-room/alarms", query_string={"id": numbers})
    assert "6 alarms at once" in page.text
    assert "whose cause has ended" not in page.text
    with session_scope(world.sessions) as session:
        assert over(session, "sensor", "t-2", world.at)
        last = session.scalars(select(FeedItem).order_by(FeedItem.id.desc()).limit(1)).one()
        assert (last.payload["what"], last.payload["terminal"]) == ("sensor_over", "t-2"), (
            "the end has its place"
        )
    page = carla.get("/control-room/alarms", query_string={"id": numbers})
    assert "Close the 1 whose cause has ended" in page.text
    token = {"csrf_token": token_of(page)}
    carla.post("/control-room/alarms", data={**token, "close": "DEALT_WITH", "alarm": [f"{numbers[3]}:1"]})
    assert len(alarms(world)) == 5
    form = {**token, "alarm": [f"{number}:1" for number in numbers]}
    carla.post("/control-room/alarms", data={**form, "close": "DEALT_WITH"})
    assert alarms(world) == []
