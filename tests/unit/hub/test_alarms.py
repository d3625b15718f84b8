"""Alarms stay until somebody closes them; the same alarm again is one line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.movements import feed
from hub.movements.alarms import SHOWN_FOR, OpenAlarm, close_alarm, open_alarms, take_alarm
from hub.movements.records import FeedKind
from hub.movements.referral_desk import UNANSWERED
from hub.sentences import RefusedError

from .site_world import World, sign_in, token_of

CARLA = Actor("carla", "192.0.2.3")


def ring(world: World, what: str = "fork", terminal: str = "a-1") -> None:
    with session_scope(world.sessions) as session:
        told = {"what": what, "terminal": terminal, "at": world.at.isoformat()}
        feed.append(session, [feed.Line(world.at, FeedKind.ALARM, told)])


def alarms(world: World) -> list[OpenAlarm]:
    with session_scope(world.sessions, writes=False) as session:
        return open_alarms(session, world.at)


def close(world: World, item: int, note: str = "Looked at both cards") -> None:
    with session_scope(world.sessions) as session:
        close_alarm(session, item, note, actor=CARLA, at=world.at)


def test_without_a_note_it_stays_open(world: World) -> None:
    ring(world)
    with pytest.raises(RefusedError):
        close(world, alarms(world)[0].newest.id, " a ")
    assert len(alarms(world)) == 1


def test_what_is_no_open_alarm_can_neither_be_taken_nor_closed(world: World) -> None:
    ring(world)
    with pytest.raises(RefusedError):
        close(world, 99)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError):
        take_alarm(session, 99, actor=CARLA, at=world.at)


def test_the_same_alarm_again_is_one_line_and_others_stand_beside_it(world: World) -> None:
    for _ in range(3):
        ring(world)
        world.later(minutes=1)
    ring(world, terminal="w-1")
    ring(world, "cut_tail")
    ring(world, UNANSWERED)
    found = alarms(world)
    assert [(alarm.what, alarm.terminal, alarm.count) for alarm in found] == [
        ("cut_tail", "a-1", 1),
        ("fork", "w-1", 1),
        ("fork", "a-1", 3),
    ]
    assert found[2].first_at == world.at - timedelta(minutes=3)


def test_it_stays_for_days_and_is_gone_when_closed_and_comes_anew(world: World) -> None:
    ring(world)
    world.later(days=3)
    ring(world)
    (alarm,) = alarms(world)
    with session_scope(world.sessions) as session:
        take_alarm(session, alarm.newest.id, actor=CARLA, at=world.at)
    assert alarms(world)[0].taken_by == "carla"
    close(world, alarm.newest.id)
    assert alarms(world) == []
    with pytest.raises(RefusedError):
        close(world, alarm.newest.id)
    ring(world)
    assert [one.count for one in alarms(world)] == [1]
    world.later(seconds=SHOWN_FOR.total_seconds())
    assert alarms(world) == []


def test_one_that_rings_while_somebody_closes_stays_open(world: World) -> None:
    ring(world)
    seen = alarms(world)[0].newest.id
    ring(world)
    close(world, seen)
    assert [one.newest.id for one in alarms(world)] == [seen + 1]


# --- the drawer


def browser_of(world: World, login: str, role: Role) -> FlaskClient:
    world.account(login, role)
    browser = world.app().test_client()
    assert sign_in(browser, login).status_code == 303
    return browser


def test_the_drawer_shows_takes_and_closes_and_each_act_is_written_down(world: World) -> None:
    world.site()
    ring(world)
    assert browser_of(world, "olga", Role.OFFICER).get("/control-room/alarms/1").status_code == 403
    carla = browser_of(world, "carla", Role.CONTROL_ROOM)
    assert carla.get("/control-room/alarms/9").status_code == 404
    page = carla.get("/control-room/alarms/1")
    assert "Two different journal entries claim one place" in page.text
    form = {"csrf_token": token_of(page)}
    assert "with carla" in carla.post("/control-room/alarms/1", data={**form, "act": "take"}).text
    refused = carla.post("/control-room/alarms/1", data={**form, "act": "close", "note": ""})
    assert refused.status_code == 409
    assert "Write what was found" in refused.text
    done = carla.post("/control-room/alarms/1", data={**form, "act": "close", "note": "Looked at it"})
    assert "This alarm is closed." in done.text
    with session_scope(world.sessions, writes=False) as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("alarm."))).all()
    assert acts == ["alarm.take", "alarm.close"]
