"""The live picture: figures that add up, what needs a person, the plan, and the stream that nothing is lost from."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

import hub.control_room
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.control_room.feed_picture import RESUME_LIMIT
from hub.control_room.live import EVERYBODY, Live
from hub.control_room.needs import facts, needs
from hub.control_room.picture import Sections, Viewer, look, sections
from hub.control_room.roll_line import Out, Seen, parts_of
from hub.control_room.rules import SILENT_AFTER, Level, Report, health
from hub.control_room.sections import difference, encode
from hub.control_room.subscriber import QUEUE_LENGTH, Subscriber
from hub.control_room.terminals import terminal_lines
from hub.control_room.views import MOST_SCREENS
from hub.control_room.words import ALARMS, EVENTS, SENSORS
from hub.custody.actions import open_booking, open_booking_of
from hub.custody.records import Booking
from hub.database import session_scope
from hub.movements import feed
from hub.movements.records import FeedKind
from hub.movements.whereabouts.trail import trail
from hub.terminals.records import Status, Terminal, TerminalState
from hub.web.formats import SITE_ZONE
from wire.state import SensorWord

from .site_world import NOON, World, sign_in

ROLE = Role.CONTROL_ROOM

# --- figures


def looked(world: World, viewer: Viewer = EVERYBODY) -> Sections:
    with session_scope(world.sessions, writes=False) as session:
        return sections(session, look(session, world.at), viewer)


def parts(world: World) -> dict[str, int]:
    return {part.code: part.count for part in looked(world)["roll"]["roll"].parts if part.count}


def test_an_empty_hub_has_a_picture(world: World) -> None:
    found = looked(world)
    assert found["roll"]["roll"].in_custody == 0
    assert all(not found[name] for name in ("people", "zones", "terminals", "needs", "moves", "counts"))


def test_the_roll_adds_up_from_two_sides(world: World) -> None:
    world.site()
    people = [world.person(f"Name{number}") for number in range(5)]
    world.passage(people[0])
    world.passage(people[1], "REFUSE", "zone_not_allowed")
    world.passage(people[2], to_zone="workshop")
    roll = looked(world)["roll"]["roll"]
    assert (roll.in_custody, roll.difference) == (5, 0)
    assert parts(world) == {"in": 3, "not_placed": 2}
    assert (roll.unlock, roll.came, roll.went, roll.unlock_difference) == (0, 5, 0, 0)
    world.later(days=1)
    roll = looked(world)["roll"]["roll"]
    assert (roll.unlock, roll.came, roll.went) == (5, 0, 0)


def test_a_release_ends_a_place_and_whoever_is_seen_after_it_is_a_difference_while_that_holds(
    world: World,
) -> None:
    world.site()
    person = world.person()
    world.passage(person)
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        booking.released_at = world.at
    assert shown_roll(world) == (0, 0, 0)
    world.later(minutes=1)
    world.passage(person)
    assert shown_roll(world) == (0, 1, 1)
    world.later(days=2)
    assert shown_roll(world) == (0, 0, 0)
    with session_scope(world.sessions) as session:
        open_booking(session, person, admitted_at=world.at, recorded_at=world.at, by="test")
    # Last proven in the first stay, after its release: a proof that says nothing of this stay.
    with session_scope(world.sessions) as session:
        booking = session.scalars(select(Booking).where(Booking.released_at.is_not(None))).one()
        booking.released_at = world.at - timedelta(days=1)
    assert parts(world) == {"not_placed": 1}
    assert looked(world)["people"][person.number].zone is None


def shown_roll(world: World) -> tuple[int | None, int | None, int]:
    """(in custody, difference, people on the map)."""
    found = looked(world)
    roll = found["roll"]["roll"]
    return roll.in_custody, roll.difference, sum(line.zone is not None for line in found["people"].values())


LEFT = NOON - timedelta(hours=2)


@pytest.mark.parametrize(
    ("kind", "seen_at", "away", "found"),
    [
        (None, None, False, {"not_placed": 1}),
        ("BLOCK", NOON, False, {"in": 1}),
        (None, None, True, {"court": 1}),
        ("BLOCK", LEFT - timedelta(minutes=5), True, {"court": 1}),
        ("OUTSIDE", NOON, True, {"court": 1}),
        ("OUTSIDE", NOON, False, {"outside": 1}),
        ("BLOCK", NOON, True, {"in": 1, "court": 1}),
    ],
)
def test_each_person_is_counted_once_unless_two_records_contradict(
    kind: str | None, seen_at: datetime | None, away: bool, found: dict[str, int]
) -> None:
    seen = {} if kind is None or seen_at is None else {1: Seen(kind, seen_at)}
    out = {1: Out("court", LEFT)} if away else {}
    assert {part.code: part.count for part in parts_of({1}, seen, out) if part.count} == found


def test_a_place_says_until_when_it_proves_and_until_when_it_makes_likely(world: World) -> None:
    world.site()
    person = world.person()
    world.passage(person)
    line = looked(world)["people"][person.number]
    assert line.zone == "block-a"
    assert world.at < line.proven_until_at < line.likely_until_at


def test_whoever_may_be_counting_blind_sees_neither_roll_nor_the_unit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.site()
    person, other = world.person(), world.person("Coc")
    world.passage(person)
    world.passage(other, to_zone="workshop")
    monkeypatch.setattr("hub.control_room.picture.blind_units", lambda _session: frozenset({"block-a"}))
    blind, all_of_it = looked(world, Viewer("en", sees_totals=False)), looked(world)
    assert blind["roll"]["roll"].in_custody is None
    assert set(blind["people"]) == {other.number}
    assert blind["zones"]["block-a"].hidden
    assert set(all_of_it["people"]) == {person.number, other.number}
    assert not all_of_it["zones"]["block-a"].hidden


def test_the_trail_begins_at_midnight_of_the_site(world: World) -> None:
    world.site()
    person, other = world.person(), world.person("Coc")
    world.at = NOON.replace(hour=5, minute=59)  # 23:59 of the day before in Belize
    world.passage(person)
    world.at = NOON
    world.passage(person, "REFUSE", "zone_not_allowed")
    world.passage(other)
    with session_scope(world.sessions, writes=False) as session:
        lines = trail(session, person.id, world.at.astimezone(SITE_ZONE).date(), now=world.at)
    assert [line.decision for line in lines] == ["REFUSE"]


# --- what changes between two looks

ITEMS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3), max_size=6)


@given(st.lists(ITEMS, max_size=6))
def test_a_screen_that_takes_every_change_shows_what_a_new_one_is_shown(steps: list[dict[str, int]]) -> None:
    shown: dict[str, int] = {}
    before = encode({"needs": {}})
    for items in steps:
        after = encode({"needs": {key: {"key": key, "value": value} for key, value in items.items()}})
        raw = difference(NOON, before, after)
        if raw is not None:
            part = json.loads(raw)["needs"]
            shown |= {item["key"]: item["value"] for item in part["set"]}
            if "keys" in part:
                shown = {key: shown[key] for key in part["keys"]}
        assert list(shown.items()) == list(items.items())
        assert (raw is None) == (list(before["needs"].items()) == list(after["needs"].items()))
        before = after


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


def heard(world: World, terminal_id: int, *, online: bool = True, sensor: str = "ok") -> None:
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


def test_the_worse_alarm_comes_before_who_waits_and_dead_terminals_before_those_in_need_of_care(
    world: World,
) -> None:
    world.site()
    world.passage(None, "REFER", "too_close")
    one, two = world.terminal("a-1"), world.terminal("w-1", "w-in")
    heard(world, one, online=False)
    heard(world, two, sensor="garbage")
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


# --- the stream


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    world.site()
    following = Live(world.sessions, lambda: world.at)
    following.start()
    yield following
    following.stop()


def events_of(subscriber: Subscriber) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name, number and data of each event, however many came as one piece."""
    for raw in subscriber.messages():
        for piece in raw.decode().strip().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in piece.splitlines())
            yield fields["event"], fields.get("id", ""), json.loads(fields["data"])


def hear(subscriber: Subscriber, wanted: str) -> dict[str, Any]:
    """The data of the next event of this name."""
    return next(data for name, _, data in events_of(subscriber) if name == wanted)


def test_a_screen_is_shown_everything_first_and_then_each_scan_with_the_place_it_proves(
    world: World, live: Live
) -> None:
    person = world.person()
    screens = [live.subscribe(EVERYBODY), live.subscribe(Viewer("es"))]
    for screen in screens:
        picture = hear(screen, "picture")
        assert [line["number"] for line in picture["people"]] == [person.number]
        assert {zone["code"] for zone in picture["zones"]} == {"yard", "block-a", "workshop"}
        assert picture["feed"] == []
    world.passage(person)
    for screen in screens:
        event = hear(screen, "feed")
        assert (event["decision"], event["person"], event["name"]) == ("ADMIT", "P-000001", "NOVELO, Ana")
        assert event["position"]["zone"] == "block-a"
        assert (event["terminal"], event["sequence"]) == ("a-1", 1)
        assert hear(screen, "change")["people"]["set"][0]["zone"] == "block-a"


def test_what_needs_somebody_is_told_in_each_language_and_only_what_changed(world: World, live: Live) -> None:
    screens = {language: live.subscribe(Viewer(language)) for language in ("en", "es")}
    for screen in screens.values():
        hear(screen, "picture")
    world.passage(None, "REFER", "not_recognised")
    for language, title in (("en", "Finger not recognised"), ("es", "Dedo no reconocido")):
        change = hear(screens[language], "change")
        assert [need["title"] for need in change["needs"]["set"]] == [title]
        assert "zones" not in change


def test_lines_of_a_unit_that_is_counted_blind_are_not_told_to_whoever_may_be_counting(
    world: World, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.control_room.picture.blind_units", lambda _session: frozenset({"block-a"}))
    olga = live.subscribe(Viewer("en", sees_totals=False))
    hear(olga, "picture")
    world.passage(world.person())
    world.passage(world.person("Coc"), to_zone="workshop")
    assert hear(olga, "feed")["to_zone"] == "workshop"


def test_a_screen_that_does_not_keep_up_is_given_up_and_the_others_go_on(world: World, live: Live) -> None:
    slow, quick = live.subscribe(EVERYBODY), live.subscribe(EVERYBODY)
    for _ in range(QUEUE_LENGTH + 1):
        slow.offer(b"event: x\n\n")
    world.passage(world.person())
    assert slow.lost
    assert hear(quick, "feed")["person"] == "P-000001"
    assert list(slow.messages()) == []


def test_what_was_missed_comes_again_in_order(world: World, live: Live) -> None:
    people = [world.person(f"Name{number}") for number in range(3)]
    for person in people:
        world.passage(person)
    assert [raw.splitlines()[0] for raw in live.missed(1)] == [b"id: 2", b"id: 3"]


def test_a_number_from_another_hub_or_too_long_ago_starts_anew(world: World, live: Live) -> None:
    assert live.missed(5) == []
    with session_scope(world.sessions) as session:
        feed.append(session, [feed.Line(world.at, FeedKind.ROLL, {"what": "x"})] * (RESUME_LIMIT + 1))
    assert live.missed(0) == []
    assert len(live.missed(1)) == RESUME_LIMIT


def test_the_followers_survive_an_error(world: World, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    from hub.control_room import live as module

    screen, plain = live.subscribe(EVERYBODY), module.lines_after
    failed = threading.Event()

    def broken(*_arguments: object) -> object:
        failed.set()
        raise OSError("disk")

    monkeypatch.setattr(module, "lines_after", broken)
    assert failed.wait(60)
    monkeypatch.setattr(module, "lines_after", plain)
    world.passage(world.person())
    assert hear(screen, "feed")["person"] == "P-000001"


def test_a_screen_that_opens_later_is_shown_the_lines_before_it_and_misses_none(world: World) -> None:
    # No thread follows here: the steps are the test's own, so that nobody else can be the one who opens the screen.
    world.site()
    follower = Live(world.sessions, lambda: world.at)
    first = follower.subscribe(EVERYBODY)
    world.passage(world.person())
    follower._step()
    follower._look()
    second = follower.subscribe(EVERYBODY)
    assert [line["id"] for line in hear(second, "picture")["feed"]] == [1]
    world.passage(world.person("Coc"))
    follower._step()
    assert hear(second, "feed")["id"] == 2
    assert hear(first, "feed")["id"] == 1


def test_nobody_watching_costs_no_queue(world: World, live: Live) -> None:
    screen = live.subscribe(EVERYBODY)
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
    monkeypatch.setattr("hub.control_room.live.BEAT_S", 60.0)
    world.site()
    stream = read_stream(client, last.encode().decode("latin-1"))
    assert next(stream) == b"retry: 1000\n\n"
    assert next(stream).startswith((b"event: picture", b"event: beat"))


def test_a_screen_ends_when_its_session_ends(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.control_room import views

    monkeypatch.setattr(views, "CHECK_SESSION_S", 0.0)
    monkeypatch.setattr("hub.control_room.live.BEAT_S", 0.2)
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
    parts = {"zones", "people", "roll", "terminals", "needs", "moves", "counts"}
    assert set(document) == {"now", "last_id", "feed", *parts}
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
    panel = client.get("/control-room/people/P-000001", headers={"X-Fragment": "1"}).text
    assert "Yard → Block A. Admitted: Expected here" in panel
    assert "<html" not in panel
    assert client.get("/control-room/people/P-9", headers={"Accept": "application/json"}).status_code == 404
    with session_scope(world.sessions, writes=False) as session:
        acts = session.scalars(select(AuditEntry.subject).where(AuditEntry.act == "person.trail")).all()
    assert acts == ["P-000001"]
    before = client.get("/control-room/people/P-000001?day=2026-11-21").text
    assert "Trail: 21 Nov 2026" in before
    assert "Nothing is known of this day" in before
    assert "Trail: today" in client.get("/control-room/people/P-000001?day=2027-01-01").text
    assert "Trail: today" in client.get("/control-room/people/P-000001?day=x").text


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
    heard(world, terminal, sensor="silence")
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
