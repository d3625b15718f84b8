"""What terminals tell late is summed up on the screens, and nobody who passes now is lost among it."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest

from hub.control_room.feed_picture import picture
from hub.control_room.late import FEW, MOST_LASTS, QUIET
from hub.control_room.live import EVERYBODY, Live
from hub.control_room.picture import Viewer
from hub.control_room.subscriber import Subscriber

from .late_world import Returning
from .site_world import NOON, World

YESTERDAY = NOON - timedelta(days=1)


@pytest.fixture
def returning(world: World, monkeypatch: pytest.MonkeyPatch) -> Returning:
    monkeypatch.setattr("hub.control_room.late.TOLD_EVERY_S", 0.0)
    world.site()
    return Returning(world, [world.person(f"Name{number}") for number in range(10)])


def unthreaded(world: World) -> Live:
    """A follower whose steps are the test's own."""
    follower = Live(world.sessions, lambda: world.at)
    follower._catch_up()
    return follower


def opened(follower: Live, viewer: Viewer = EVERYBODY) -> Subscriber:
    screen = follower.subscribe(viewer)
    follower._look()
    return screen


def told(screen: Subscriber) -> list[tuple[str, dict[str, Any]]]:
    """Name and data of every event that waits for this screen, without the beats."""
    screen.offer(None)
    pieces = [piece for raw in screen.messages() for piece in raw.decode().strip().split("\n\n")]
    fields = [dict(line.split(": ", 1) for line in piece.splitlines()) for piece in pieces]
    return [(one["event"], json.loads(one["data"])) for one in fields if one["event"] != "beat"]


def of(events: list[tuple[str, dict[str, Any]]], name: str) -> list[dict[str, Any]]:
    return [data for kind, data in events if kind == name]


def test_thousands_come_late_while_people_pass_and_every_live_line_arrives(
    world: World, returning: Returning
) -> None:
    live = Live(world.sessions, lambda: world.at)
    live.start()
    try:
        screen, heard, sums = live.subscribe(EVERYBODY), list[int](), list[dict[str, Any]]()
        reader = threading.Thread(target=lambda: read(screen, heard, sums), daemon=True)
        reader.start()
        passed = []
        for turn in range(12):
            for number in range(3):
                returning.comes_back(f"back-{number}", 100, YESTERDAY + timedelta(hours=2 * turn))
            returning.passes_now()
            passed.append(returning.said)
        for _ in range(600):
            if len(heard) >= len(passed) and sums and total(sums[-1]) == 3600:
                break
            threading.Event().wait(0.1)
    finally:
        live.stop()
    assert heard == passed
    assert not screen.lost
    rows = {row["terminal"]: row for row in sums[-1]["terminals"]}
    assert {name: row["passages"] for name, row in rows.items()} == dict.fromkeys(
        ("back-0", "back-1", "back-2"), 1200
    )
    assert rows["back-1"]["decisions"] == {"ADMIT": 1080, "REFUSE": 120}
    assert rows["back-1"]["first_at"] == YESTERDAY.isoformat().replace("+00:00", "Z")
    assert rows["back-2"]["last_sequence"] == passed[-1] - 1
    assert len({one["id"] for one in sums}) == 1, "one line grows"


def read(screen: Subscriber, heard: list[int], sums: list[dict[str, Any]]) -> None:
    for raw in screen.messages():
        for piece in raw.decode().strip().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in piece.splitlines())
            data = json.loads(fields["data"])
            if fields["event"] == "feed":
                assert data["terminal"] == "live"
                heard.append(data["sequence"])
            elif fields["event"] == "late":
                sums.append(data)


def total(late: dict[str, Any]) -> int:
    return sum(row["passages"] for row in late["terminals"])


def test_a_few_that_come_late_keep_their_names(world: World, returning: Returning) -> None:
    follower = unthreaded(world)
    screen = opened(follower)
    returning.comes_back("back", FEW, YESTERDAY)
    follower._step()
    found = told(screen)
    assert of(found, "feed")[0]["name"] == "NAME1, Ana"
    assert len(of(found, "feed")) == FEW
    assert of(found, "late") == []


def test_from_one_more_on_they_are_a_sum_of_all(world: World, returning: Returning) -> None:
    follower = unthreaded(world)
    screen = opened(follower)
    returning.comes_back("back", FEW, YESTERDAY)
    follower._step()
    returning.comes_back("back", 1, YESTERDAY + timedelta(hours=1))
    returning.attempts_late("back", 3)
    follower._step()
    found = told(screen)
    assert len(of(found, "feed")) == FEW
    (late,) = of(found, "late")
    (row,) = late["terminals"]
    assert (row["passages"], row["attempts"], row["first_sequence"], row["last_sequence"]) == (5, 3, 1, 8)
    assert late["id"] not in {line["id"] for line in of(found, "feed")}


def test_a_person_late_by_order_alone_is_live(world: World, returning: Returning) -> None:
    follower = unthreaded(world)
    screen = opened(follower)
    passages = returning.passages("live", 20, NOON - timedelta(minutes=30), late=False)
    returning.apply(passages[10:])
    returning.apply(passages[:10])
    follower._step()
    found = told(screen)
    assert [line["late"] for line in of(found, "feed")] == [False] * 10 + [True] * 10
    assert of(found, "late") == []


@pytest.mark.parametrize("pause", [QUIET, MOST_LASTS])
def test_another_return_has_a_line_of_its_own(world: World, returning: Returning, pause: timedelta) -> None:
    follower = unthreaded(world)
    screen = opened(follower)
    returning.comes_back("back", 10, YESTERDAY)
    follower._step()
    world.at += pause + timedelta(seconds=1)
    returning.comes_back("other", 20, YESTERDAY)
    follower._step()
    sums = of(told(screen), "late")
    assert [total(late) for late in sums] == [10, 20]
    assert sums[0]["id"] != sums[1]["id"]


def test_a_screen_that_opens_later_is_shown_the_sum_and_the_live_lines(
    world: World, returning: Returning
) -> None:
    for turn in range(3):
        returning.passes_now()
        returning.comes_back("back", 100, YESTERDAY + timedelta(hours=2 * turn))
    lines = json.loads(picture(world.sessions, EVERYBODY, world.at))["feed"]
    assert [line["kind"] for line in lines] == ["passage", "passage", "late", "passage"]
    assert total(lines[2]) == 300
    (told_first,) = of(told(opened(unthreaded(world))), "picture")
    assert told_first["feed"] == lines


def test_what_was_missed_comes_whole_where_it_is_live_however_much_came_late(
    world: World, returning: Returning
) -> None:
    returning.passes_now()
    returning.comes_back("back", 1500, YESTERDAY)
    returning.passes_now()
    follower = unthreaded(world)
    pieces = [raw.decode() for raw in follower.missed(1)]
    assert [piece.split("event: ")[1].split("\n")[0] for piece in pieces] == ["feed", "late"]
    assert '"terminal":"live"' in pieces[0]
    assert total(json.loads(pieces[1].split("data: ")[1])) == 1500


def test_a_sum_tells_whoever_may_be_counting_nothing_of_the_unit(
    world: World, returning: Returning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.control_room.picture.blind_units", lambda _session: frozenset({"block-a"}))
    follower = unthreaded(world)
    blind, seeing = opened(follower, Viewer("en", sees_totals=False)), opened(follower)
    returning.comes_back("a", 10, YESTERDAY)
    returning.comes_back("w", 7, YESTERDAY, to_zone="workshop")
    follower._step()
    assert [row["terminal"] for row in of(told(blind), "late")[0]["terminals"]] == ["w"]
    assert [row["terminal"] for row in of(told(seeing), "late")[0]["terminals"]] == ["a", "w"]


def test_the_sum_is_told_once_a_second_however_often_it_grows(
    world: World, returning: Returning, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = unthreaded(world)
    screen = opened(follower)
    for turn in range(5):
        returning.comes_back("back", 10, YESTERDAY + timedelta(hours=turn))
        follower._step()
        monkeypatch.setattr("hub.control_room.late.TOLD_EVERY_S", 1e9)
    monkeypatch.setattr("hub.control_room.late.TOLD_EVERY_S", 0.0)
    follower._step()
    assert [total(late) for late in of(told(screen), "late")] == [10, 50]
