"""A terminal's page: what is wrong with what to do about it, what it holds, and how it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.permissions import Role
from hub.control_room.rules import CERTIFICATE_ENDS_WITHIN, Level, Report, health
from hub.control_room.words import DOORS, SENSORS, TERMINAL_ALARMS
from hub.database import session_scope
from hub.ingest.doorkeeper import VerifiedState
from hub.ingest.states import take_state
from hub.terminals.actions import find_keys
from hub.terminals.health.actions import KEPT_FOR, SAMPLE_EVERY, note_report, reports, samples
from hub.terminals.health.records import TerminalReport, TerminalSample
from wire.journal import Clock
from wire.state import Health, SensorWord, State
from wire.versions import Version

from .site_world import NOON, World, sign_in

ROLE = Role.TECHNICIAN

WELL: dict[str, Any] = {
    "sensor": "ok",
    "queue_depth": 0,
    "disk_free_mb": 9000,
    "clock": Clock.SYNCHRONISED,
    "roll_age_s": 12,
    "refused_from_hub": 0,
    "sensor_baud": 115200,
    "temperature_c": 51.5,
    "undervoltage": False,
    "restarts": 0,
    "clock_offset_ms": 12,
    "echo_ms": 31.0,
    "journal_room_days": 400.0,
    "fingers": 2400,
}


def say(
    world: World, *, session_number: int = 1, online: bool = True, more: Any = None, **facts: Any
) -> None:
    """What ingest does with a state of terminal a-1 that is heard now."""
    state = State(
        session=session_number,
        online=online,
        software="pims-edge 1",
        boot_id="0" * 32,
        said_at=world.at,
        roll_version=Version(1, 3),
        journal=None,
        health=Health(**{**WELL, **facts}) if online else None,
        **(more or {}),
    )
    with session_scope(world.sessions) as session:
        keys = find_keys(session, "a-1")
        assert keys is not None
        take_state(session, VerifiedState(keys, state, world.at, False), world.at)


def sampled(world: World) -> list[TerminalSample]:
    with session_scope(world.sessions, writes=False) as session:
        return list(session.scalars(select(TerminalSample).order_by(TerminalSample.id)))


# --- what is kept


def test_a_week_of_states_leaves_few_samples_and_every_change(world: World) -> None:
    world.site()
    world.terminal()
    for number in range(40):
        say(world, queue_depth=number)
        world.later(seconds=15)
    assert len(sampled(world)) == 1
    say(world, sensor="silence")
    say(world, sensor="silence")
    world.later(seconds=SAMPLE_EVERY.total_seconds())
    say(world, sensor="silence", queue_depth=77)
    assert [(one.sensor, one.queue_depth) for one in sampled(world)] == [
        ("ok", 0),
        ("silence", 0),
        ("silence", 77),
    ]


def test_samples_of_more_than_a_month_ago_go(world: World) -> None:
    world.site()
    world.terminal()
    say(world)
    world.later(seconds=KEPT_FOR.total_seconds() + 60)
    say(world)
    assert len(sampled(world)) == 1


def test_a_death_leaves_a_sample_and_keeps_the_last_report(world: World) -> None:
    world.site()
    terminal_id = world.terminal()
    say(world, queue_depth=3)
    world.later(minutes=1)
    say(world, online=False)
    assert [one.online for one in sampled(world)] == [True, False]
    with session_scope(world.sessions, writes=False) as session:
        found = reports(session)[terminal_id]
        assert found.health is not None
        assert found.health.queue_depth == 3
        assert len(samples(session, terminal_id, NOON - timedelta(days=1))) == 2


def test_a_death_of_a_terminal_that_never_told_anything_leaves_nothing(world: World) -> None:
    world.site()
    world.terminal()
    say(world, online=False)
    assert sampled(world) == []


def test_a_report_in_the_form_of_another_version_is_left_out(world: World) -> None:
    world.site()
    terminal_id = world.terminal()
    with session_scope(world.sessions) as session:
        session.add(TerminalReport(terminal_id=terminal_id, heard_at=world.at, state='{"unknown": 1}'))
    with session_scope(world.sessions, writes=False) as session:
        assert reports(session) == {}


# --- what is wrong, and what to do

REPORT = Report(active=True, heard_at=NOON, online=True, sensor="ok", clock="synchronised", queue_depth=0)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"sensor": "lying"}, "same image"),
        ({"alarms": ["undervoltage"]}, "power supply"),
        ({"alarms": ["hot"]}, "too hot"),
        ({"alarms": ["echo"]}, "Look at the network"),
        ({"alarms": ["room"], "room_days": 2.5}, "room for"),
        ({"clock_offset_ms": -9000}, "differs from the hub's"),
        ({"certificate_until_at": NOON + CERTIFICATE_ENDS_WITHIN - timedelta(days=1)}, "certificate"),
        ({"restarts": 7}, "started anew"),
        ({"configuration_refused": True}, "configuration"),
    ],
)
def test_each_trouble_says_what_to_do(facts: dict[str, Any], word: str) -> None:
    found = health(replace(REPORT, **facts), NOON)
    assert found.level is Level.TROUBLE
    assert [sentence for sentence in found.advice if word in sentence.text]


def test_a_terminal_with_nothing_wrong_asks_for_nothing() -> None:
    found = health(REPORT, NOON)
    assert (found.level, list(found.advice)) == (Level.WELL, [])


def test_every_word_of_the_sensor_is_said_in_words() -> None:
    assert {word.value for word in SensorWord} <= set(SENSORS)


def test_no_word_of_duress_is_on_the_page() -> None:
    assert not [word for word in (*TERMINAL_ALARMS, *DOORS) if "duress" in word]


# --- the page


def test_a_stranger_sees_nothing(world: World) -> None:
    world.site()
    world.terminal()
    assert world.app().test_client().get("/terminals/a-1").status_code in (302, 303, 401)


def test_a_records_officer_may_not_look(world: World) -> None:
    world.site()
    world.terminal()
    world.account("rose", Role.RECORDS_OFFICER)
    browser = world.app().test_client()
    sign_in(browser, "rose")
    assert browser.get("/terminals/a-1").status_code == 403


def test_no_terminal_of_that_name(world: World, client: FlaskClient) -> None:
    assert client.get("/terminals/nobody").status_code == 404


def test_a_terminal_that_was_never_heard_has_a_page(world: World, client: FlaskClient) -> None:
    world.site()
    world.terminal()
    page = client.get("/terminals/a-1").text
    assert "It has not told how it is" in page
    assert "Nothing in seven days" in page


def test_the_page_shows_figures_versions_and_history(world: World, client: FlaskClient) -> None:
    world.site()
    world.terminal()
    say(world, queue_depth=2)
    world.later(minutes=20)
    say(
        world,
        queue_depth=120,
        alarms=["hot", "door_forced", "duress"],
        temperature_c=84.0,
        more={
            "protection": "none",
            "config_version": Version(1, 2),
            "config_refused": Version(1, 4),
            "config_why": "The sensor did not answer with it.",
            "certificate_until": NOON + timedelta(days=200),
        },
    )
    page = client.get("/terminals/a-1").text
    for words in (
        "too hot",
        "door forced",
        "84.0 °C",
        "115200 baud",
        "120 entries wait",
        "The sensor did not answer with it.",
        "whoever has the card can read its roll copy",
        "polyline",
    ):
        assert words in page, words
    assert "duress" not in page
    assert 'href="/terminals/a-1"' in client.get("/terminals").text


def test_the_page_in_spanish(world: World, client: FlaskClient) -> None:
    world.site()
    world.terminal()
    say(world)
    assert "Qué contiene" in client.get("/terminals/a-1", headers={"Accept-Language": "es"}).text


def test_what_is_noted_twice_at_once_is_one_sample(world: World) -> None:
    world.site()
    terminal_id = world.terminal()
    state = State(
        session=1,
        online=True,
        software="x",
        boot_id="0" * 32,
        said_at=NOON,
        roll_version=Version(1, 1),
        journal=None,
        health=Health(**WELL),
    )
    with session_scope(world.sessions) as session:
        note_report(session, terminal_id, state, NOON)
        note_report(session, terminal_id, state, NOON)
    assert len(sampled(world)) == 1
