"""The live picture: figures that add up, what needs a person, the plan, and the stream that nothing is lost from."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

import hub.control_room
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.control_room.live import QUEUE_LENGTH, RESUME_LIMIT, Live, Subscriber
from hub.control_room.needs import facts, needs
from hub.control_room.picture import picture
from hub.control_room.plan import GAP, HEIGHT, LOW, WIDTH, Way, draw
from hub.control_room.rules import SILENT_AFTER, Level, Report, health
from hub.control_room.terminals import terminal_lines
from hub.control_room.views import MOST_SCREENS
from hub.control_room.words import ALARMS, EVENTS, SENSORS
from hub.custody.actions import open_booking_of
from hub.database import session_scope
from hub.movements import feed
from hub.movements.records import FeedKind
from hub.reception.whereabouts import UNPROVEN_AFTER, is_unproven, trail_today
from hub.terminals.records import Status, Terminal, TerminalState
from wire.state import SensorWord

from .site_world import NOON, World, sign_in

ROLE = Role.CONTROL_ROOM

# --- figures


def test_an_empty_hub_has_a_picture(world: World) -> None:
    with session_scope(world.sessions, writes=False) as session:
        found = picture(session, world.at, "en")
    assert found.situation.roll.in_custody == 0
    assert list(found.people) == list(found.feed) == list(found.situation.needs) == []


def test_the_roll_adds_up_from_two_sides(world: World) -> None:
    world.site()
    people = [world.person(f"Name{number}") for number in range(5)]
    world.passage(people[0])
    world.passage(people[1], "REFUSE", "zone_not_allowed")
    world.passage(people[2], to_zone="workshop")
    with session_scope(world.sessions, writes=False) as session:
        found = picture(session, world.at, "en")
    roll = found.situation.roll
    assert (roll.in_custody, roll.in_zones, roll.not_placed) == (5, 3, 2)
    assert {zone.code: zone.count for zone in found.situation.zones} == {
        "yard": 1,
        "block-a": 1,
        "workshop": 1,
    }
    assert sum(person.zone is None for person in found.people) == roll.not_placed


def test_somebody_released_who_still_has_a_place_is_shown_as_a_difference(world: World) -> None:
    world.site()
    person = world.person()
    world.passage(person)
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        booking.released_at = world.at
    with session_scope(world.sessions, writes=False) as session:
        found = picture(session, world.at, "en")
    assert (found.situation.roll.in_custody, found.situation.roll.in_zones) == (0, 1)
    assert [line.number for line in found.people] == ["P-000001"]


@pytest.mark.parametrize(
    ("age", "sure", "unproven"),
    [
        (timedelta(0), True, False),
        (UNPROVEN_AFTER, True, False),
        (UNPROVEN_AFTER + timedelta(seconds=1), True, True),
        (timedelta(0), False, True),
    ],
)
def test_a_place_decays_to_unproven(age: timedelta, sure: bool, unproven: bool) -> None:
    assert is_unproven(NOON - age, NOON, clock_sure=sure) is unproven


def test_the_trail_begins_at_midnight_of_the_site(world: World) -> None:
    world.site()
    person, other = world.person(), world.person("Coc")
    world.at = NOON.replace(hour=5, minute=59)  # 23:59 of the day before in Belize
    world.passage(person)
    world.at = NOON
    world.passage(person, "REFUSE", "zone_not_allowed")
    world.passage(other)
    with session_scope(world.sessions, writes=False) as session:
        trail = trail_today(session, person.number, world.at)
    assert [step.decision for step in trail] == ["REFUSE"]


# --- terminals and needs

WELL = Report(active=True, heard_at=NOON, online=True, sensor="ok", clock="synchronised", queue_depth=0)


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({}, Level.WELL),
        ({"active": False}, Level.CUT_OFF),
        ({"heard_at": None}, Level.UNKNOWN),
        ({"online": False}, Level.DOWN),
        ({"heard_at": NOON - SILENT_AFTER - timedelta(seconds=1)}, Level.DOWN),
        ({"sensor": "silence"}, Level.TROUBLE),
        ({"sensor": "covered"}, Level.TROUBLE),
        ({"sensor": "a word of a later version"}, Level.TROUBLE),
        ({"sensor": "starting"}, Level.WELL),
        ({"sensor": "out_of_service"}, Level.TROUBLE),
        ({"clock": "unsure"}, Level.TROUBLE),
        ({"queue_depth": 51}, Level.TROUBLE),
        ({"disk_free_mb": 10}, Level.TROUBLE),
        ({"roll_age_s": 3601}, Level.TROUBLE),
        ({"sensor": None, "clock": None, "queue_depth": None}, Level.WELL),
    ],
)
def test_level_of_a_terminal(change: dict[str, object], level: Level) -> None:
    from dataclasses import replace

    found = health(replace(WELL, **change), NOON)  # type: ignore[arg-type]
    assert found.level is level
    assert bool(found.advice) is (level is not Level.WELL)


def test_every_word_for_a_sensor_is_said_in_words() -> None:
    assert set(SENSORS) == {word.value for word in SensorWord}


def test_every_alarm_and_event_that_the_hub_tells_is_said_in_words() -> None:
    folder = Path(hub.control_room.__file__).parents[1]
    told = {
        what for path in folder.rglob("*.py") for what in re.findall(r'"what": "(\w+)"', path.read_text())
    }
    assert {"fork", "cut_tail", "quarantined", "started", "received"} <= told
    assert told <= {*ALARMS, *EVENTS}


def hear(world: World, terminal_id: int, *, online: bool = True, sensor: str = "ok") -> None:
    with session_scope(world.sessions) as session:
        session.merge(
            TerminalState(
                terminal_id=terminal_id,
                session=1,
                online=online,
                said_at=world.at,
                heard_at=world.at,
                software="0.1.0",
                boot_id="0" * 32,
                roll_epoch=1,
                roll_counter=0,
                sensor=sensor,
                clock="synchronised",
                queue_depth=0,
                disk_free_mb=9000,
                roll_age_s=1,
                refused_from_hub=0,
            )
        )


def open_needs(world: World, language: str = "en") -> list[tuple[str, str]]:
    with session_scope(world.sessions, writes=False) as session:
        lines = terminal_lines(session, world.at, language)
        return [
            (need.kind, need.title) for need in needs(facts(session, world.at), lines, world.at, language)
        ]


def test_a_referral_is_a_need_until_somebody_answers_it_and_an_admission_never(world: World) -> None:
    world.site()
    world.passage(world.person())
    world.passage(None, "REFER", "not_recognised")
    assert open_needs(world) == [("referral", "Finger not recognised")]
    assert open_needs(world, "es") == [("referral", "Dedo no reconocido")]
    world.later(hours=3)
    assert open_needs(world) == [("referral", "Finger not recognised")]


def test_the_worse_alarm_comes_before_who_waits_and_dead_terminals_before_those_in_need_of_care(world: World) -> None:
    world.site()
    world.passage(None, "REFER", "too_close")
    one, two = world.terminal("a-1"), world.terminal("w-1", "w-in")
    hear(world, one, online=False)
    hear(world, two, sensor="garbage")
    with session_scope(world.sessions) as session:
        payload = {"what": "fork", "terminal": "a-1", "at": world.at.isoformat()}
        feed.append(session, [feed.Line(world.at, FeedKind.ALARM, payload)])
    assert [kind for kind, _ in open_needs(world)] == ["alarm", "referral", "terminal", "terminal", "duty"]
    assert open_needs(world)[0][1] == "Two different journal entries claim one place"


def test_a_terminal_that_was_cut_off_needs_nobody(world: World) -> None:
    world.site()
    terminal = world.terminal()
    with session_scope(world.sessions) as session:
        row = session.get_one(Terminal, terminal)
        row.status, row.cut_off_at = Status.CUT_OFF, world.at
    assert open_needs(world) == []


# --- the plan

CODES = st.lists(st.sampled_from([f"z{number}" for number in range(20)]), max_size=20, unique=True)


@given(CODES, st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=12))
def test_rooms_never_overlap_and_stay_on_the_plan(zones: list[str], pairs: list[tuple[int, int]]) -> None:
    ways = [Way(f"c{place}", f"z{a}", f"z{b}") for place, (a, b) in enumerate(pairs) if a != b]
    plan = draw(zones, ways)
    assert sorted(room.zone for room in plan.rooms) == sorted(zones)
    for room in plan.rooms:
        assert 0 <= room.x < room.right <= WIDTH
        assert 0 <= room.y < room.bottom <= plan.height
    for place, one in enumerate(plan.rooms):
        for other in plan.rooms[place + 1 :]:
            apart = (
                one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y
            )
            assert apart
    assert len(plan.doors) == sum(way.from_zone in zones and way.to_zone in zones for way in ways)


def test_the_zone_with_most_doors_is_in_the_middle() -> None:
    plan = draw(["a", "yard", "b"], [Way("1", "yard", "a"), Way("2", "yard", "b")])
    assert [room.zone for room in plan.rooms if room.middle] == ["yard"]
    assert [(door.checkpoint, door.turn) for door in plan.doors] == [("1", "up"), ("2", "down")]


def test_sixteen_zones_stand_four_in_a_row_with_room_for_their_names() -> None:
    zones = [f"z{number}" for number in range(16)]
    ways = [Way(f"c{zone}", "z0", zone) for zone in zones[1:]]
    plan = draw(zones, ways)
    assert min(room.width for room in plan.rooms) >= (WIDTH - 3 * GAP) // 4
    assert {room.height for room in plan.rooms} == {LOW}
    assert plan.height >= HEIGHT
    walls = [(room.y, room.bottom) for room in plan.rooms]
    assert all(not any(top < door.y < bottom for top, bottom in walls) for door in plan.doors)


# --- the stream


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    world.site()
    following = Live(world.sessions, lambda: world.at)
    following.start()
    yield following
    following.stop()


def hear_events(subscriber: Subscriber, count: int) -> list[tuple[str, dict[str, object]]]:
    """The first `count` feed events."""
    found = []
    for raw in subscriber.messages():
        fields = dict(line.split(": ", 1) for line in raw.decode().strip().splitlines())
        if fields["event"] == "feed":
            found.append((fields["id"], json.loads(fields["data"])))
        if len(found) == count:
            return found
    return found


def test_a_scan_reaches_every_screen_with_the_place_it_proves(world: World, live: Live) -> None:
    person = world.person()
    screens = [live.subscribe("en"), live.subscribe("es")]
    world.passage(person)
    for screen in screens:
        ((number, event),) = hear_events(screen, 1)
        assert number == str(event["id"])
        assert event["decision"] == "ADMIT"
        assert event["person"] == "P-000001"
        assert event["name"] == "NOVELO, Ana"
        position = event["position"]
        assert isinstance(position, dict)
        assert position["zone"] == "block-a"
        assert (event["terminal"], event["sequence"]) == ("a-1", 1)


def test_a_screen_that_does_not_keep_up_is_given_up_and_the_others_go_on(world: World, live: Live) -> None:
    slow, quick = live.subscribe("en"), live.subscribe("en")
    for _ in range(QUEUE_LENGTH + 1):
        slow.offer(b"event: x\n\n")
    world.passage(world.person())
    assert slow.lost
    assert len(hear_events(quick, 1)) == 1
    assert list(slow.messages()) == []


def test_what_was_missed_comes_again_in_order(world: World, live: Live) -> None:
    people = [world.person(f"Name{number}") for number in range(3)]
    for person in people:
        world.passage(person)
    missed = live.missed(1)
    assert missed is not None
    assert [raw.splitlines()[0] for raw in missed] == [b"id: 2", b"id: 3"]


def test_a_number_from_another_hub_or_too_long_ago_starts_anew(world: World, live: Live) -> None:
    assert live.missed(5) is None
    with session_scope(world.sessions) as session:
        feed.append(session, [feed.Line(world.at, FeedKind.ROLL, {"what": "x"})] * (RESUME_LIMIT + 1))
    assert live.missed(0) is None
    assert live.missed(1) is not None


def test_the_follower_survives_an_error(world: World, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    from hub.control_room import live as module

    screen, plain = live.subscribe("en"), module.lines_after
    failed = threading.Event()

    def broken(*_arguments: object) -> object:
        failed.set()
        raise OSError("disk")

    monkeypatch.setattr(module, "lines_after", broken)
    assert failed.wait(60)
    monkeypatch.setattr(module, "lines_after", plain)
    world.passage(world.person())
    assert len(hear_events(screen, 1)) == 1


def test_a_screen_that_opens_while_the_newest_line_is_read_misses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No thread follows here: the steps are the test's own, so that nobody else can be the one who opens the screen.
    world.site()
    follower = Live(world.sessions, lambda: world.at)
    opened: list[Subscriber] = []

    def newest_after_a_screen_opened(session: object) -> int:
        if not opened:
            opened.append(follower.subscribe("en"))
            world.passage(world.person())
        return plain(session)  # type: ignore[arg-type]

    from hub.control_room import live as module

    plain = module.last_id
    monkeypatch.setattr(module, "last_id", newest_after_a_screen_opened)
    follower._step()
    follower._step()
    assert len(hear_events(opened[0], 1)) == 1


def test_nobody_watching_costs_no_queue(world: World, live: Live) -> None:
    screen = live.subscribe("en")
    live.leave(screen)
    assert live.screens == 0


def read_stream(client: FlaskClient, last: str = "") -> Iterator[bytes]:
    headers = {"Last-Event-ID": last} if last else {}
    answer = client.get("/control-room/events", headers=headers, buffered=False)
    assert answer.status_code == 200
    assert answer.mimetype == "text/event-stream"
    return iter(answer.response)


def test_the_stream_resumes_after_the_last_number(client: FlaskClient, world: World) -> None:
    world.site()
    for _ in range(3):
        world.passage(world.person())
    stream = read_stream(client, "2")
    assert next(stream) == b"retry: 1000\n\n"
    assert next(stream).startswith(b"id: 3\nevent: feed\ndata: {")


@pytest.mark.parametrize("last", ["99", "-1", "x", "9" * 30, "\u0663"])
def test_a_strange_last_number_does_no_harm(
    client: FlaskClient, world: World, last: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine the first beat takes a while.
    monkeypatch.setattr("hub.control_room.live.BEAT_EVERY", timedelta(minutes=1))
    world.site()
    stream = read_stream(client, last.encode().decode("latin-1"))
    assert next(stream) == b"retry: 1000\n\n"
    assert next(stream).startswith((b"event: restart", b"event: beat", b"event: situation"))


def test_a_screen_ends_when_its_session_ends(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.control_room import views

    monkeypatch.setattr(views, "CHECK_SESSION_S", 0.0)
    stream = read_stream(client)
    assert next(stream) == b"retry: 1000\n\n"
    assert next(stream).startswith(b"event: ")
    with session_scope(world.sessions) as session:
        from hub.accounts.actions import end_sessions, find_account

        end_sessions(session, find_account(session, "ada").id, at=world.at)
    rest = list(stream)
    assert rest[-1].startswith(b"event: signed-out")
    assert len(rest) < 5


# --- pages


def test_the_picture_is_one_document(client: FlaskClient, world: World) -> None:
    world.site()
    world.passage(world.person())
    document = msgspec.json.decode(client.get("/control-room/picture").data)
    assert set(document) == {"now", "last_id", "unproven_after_s", "situation", "people", "feed"}
    assert document["last_id"] == document["feed"][0]["id"] == 1


def test_the_screen_holds_its_plan_and_words(client: FlaskClient, world: World) -> None:
    world.site()
    world.terminal()
    page = client.get("/control-room").text
    assert page.count("data-zone=") == 3
    assert 'data-terminal-dot="a-1"' in page
    words = json.loads(page.split('id="words">')[1].split("</script>")[0])
    assert words["rules"]["not_recognised"] == "Finger not recognised"


def test_a_trail_is_a_look_that_is_written_down(client: FlaskClient, world: World) -> None:
    world.site()
    world.passage(world.person())
    document = client.get("/control-room/people/P-000001").get_json()
    assert [step["decision"] for step in document["steps"]] == ["ADMIT"]
    assert client.get("/control-room/people/P-9", headers={"Accept": "application/json"}).status_code == 404
    with session_scope(world.sessions, writes=False) as session:
        acts = session.scalars(select(AuditEntry.subject).where(AuditEntry.act == "person.trail")).all()
    assert acts == ["P-000001"]


def test_who_got_the_whole_picture_is_written_down(client: FlaskClient, world: World) -> None:
    world.site()
    client.get("/control-room/picture")
    with session_scope(world.sessions, writes=False) as session:
        acts = session.execute(
            select(AuditEntry.actor, AuditEntry.address).where(AuditEntry.act == "control_room.picture")
        ).all()
    assert [tuple(act) for act in acts] == [("ada", "127.0.0.1")]


def test_screens_leave_threads_for_pages(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Live, "screens", MOST_SCREENS)
    assert client.get("/control-room/events", headers={"Accept": "text/event-stream"}).status_code == 503


def test_terminals_say_what_to_do(client: FlaskClient, world: World) -> None:
    assert "No terminal has been taken in yet" in client.get("/terminals").text
    world.site()
    terminal = world.terminal()
    assert "It was never heard" in client.get("/terminals").text
    hear(world, terminal, sensor="silence")
    page = client.get("/terminals").text
    assert "does not answer" in page
    assert "Wipe the glass" in page
    assert "Block A, entry" in page


def test_the_embedded_broker_is_said_on_both_screens(client: FlaskClient, world: World) -> None:
    embedded = world.app(embedded_broker=True).test_client()
    assert sign_in(embedded, "ada").status_code == 303
    for page in ("/control-room", "/terminals"):
        assert "mbedded broker" in embedded.get(page).text
        assert "mbedded broker" not in client.get(page).text


def test_an_officer_sees_the_screen_and_no_file(world: World) -> None:

    world.site()
    world.account("olga", Role.OFFICER)
    client = world.app().test_client()
    assert sign_in(client, "olga").location == "/"
    assert client.get("/").location == "/officer"
    page = client.get("/control-room").text
    assert 'href="/people"' not in page
    assert client.get("/control-room/people/P-000001").status_code == 403
