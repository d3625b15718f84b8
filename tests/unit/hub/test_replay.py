"""Playing an hour back: who may, what is written down, and what the reel says of what was known when."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import select

from hub.accounts.audit import OPERATOR
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.control_room.replay.bundles import State
from hub.control_room.replay.happenings import away_in
from hub.control_room.replay.records import ReplayBundle
from hub.control_room.replay.reel import Reel, holding, reel
from hub.control_room.replay.site_then import site_then
from hub.custody.records import Person
from hub.database import session_scope
from hub.movements import feed
from hub.movements.records import FeedKind, Zone
from hub.movements.site.editing import put
from hub.movements.site.holding import everything
from hub.movements.whereabouts.limits import DEFAULTS
from hub.movements.whereabouts.proofs import Key, NewProof, Source
from hub.movements.whereabouts.prove import prove, withdraw
from hub.terminals.records import TerminalStateChange

from .site_world import NOON, World, post

HOUR = NOON - timedelta(hours=2)
END = HOUR + timedelta(hours=1)
"""Ten to eleven at the site; now it is noon."""
COUNT = b"c" * 16
ASKED = "/replay?day=2026-11-22&at=10:00&minutes=60"


def seen(
    world: World,
    person: Person,
    zone: str,
    at: datetime,
    *,
    heard_at: datetime | None = None,
    number: int = 1,
) -> None:
    """Somebody was counted in a zone, as the hub heard at a time."""
    with session_scope(world.sessions) as session:
        zone_id = session.scalars(select(Zone.id).where(Zone.code == zone)).one()
        proof = NewProof(person.id, zone_id, Source.COUNT, at, Key("hub", COUNT, number), evidence="count 1")
        feed.append(session, prove(session, [proof], heard_at or at))


def played(world: World, known_at: datetime | None = None) -> Reel:
    with session_scope(world.sessions, writes=False) as session:
        return reel(session, HOUR, END, world.at, known_at)


def trail_of(world: World) -> list[tuple[str, str, str]]:
    with session_scope(world.sessions, writes=False) as session:
        wanted = select(AuditEntry.act, AuditEntry.detail, AuditEntry.why).where(
            AuditEntry.act.like("replay%")
        )
        return [(row.act, row.detail, row.why) for row in session.execute(wanted.order_by(AuditEntry.id))]


def test_only_those_whose_work_it_is_play_an_hour_and_fewer_take_it_out(world: World) -> None:
    earlier_site(world)
    officer, watcher = world.browser("olga", Role.OFFICER), world.browser("carl", Role.CONTROL_ROOM)
    assert officer.get(ASKED).status_code == 403
    assert watcher.get(ASKED).status_code == 200
    assert "/replay/bundles" not in watcher.get(ASKED).text
    assert watcher.get("/replay/bundles").status_code == 403
    assert world.browser("dora", Role.DIRECTOR).get("/replay/bundles").status_code == 200


def test_a_time_that_is_none_is_said_and_nothing_typed_is_lost(world: World) -> None:
    earlier_site(world)
    client = world.browser("carl", Role.CONTROL_ROOM)
    for asked, sentence in (
        ("day=2026-11-31&at=10:00&minutes=60", "Write the day as in 2026-11-22 and the time as in 14:05."),
        ("day=2026-11-22&at=14:00&minutes=60", "That time is not over yet."),
        ("day=2026-11-20&at=14:00&minutes=4000", "Choose at most 24 hours at once."),
    ):
        answer = client.get(f"/replay?{asked}")
        assert (answer.status_code, sentence in answer.text) == (409, True)
        assert asked.split("&")[0].removeprefix("day=") in answer.text
    assert client.get("/replay/hour?from=x&to=y").status_code == 400
    assert client.get("/replay/hour?from=2026-11-22T10:00&to=2026-11-22T11:00").status_code == 400
    assert trail_of(world) == []


def test_each_hour_that_is_played_is_written_down(world: World) -> None:
    earlier_site(world)
    person = world.person()
    seen(world, person, "block-a", HOUR + timedelta(minutes=1))
    client = world.browser("carl", Role.CONTROL_ROOM)
    page = client.get(ASKED)
    assert 'data-zone="block-a"' in page.text
    answer = client.get(f"/replay/hour?from={HOUR.isoformat()}&to={END.isoformat()}".replace("+", "%2B"))
    found: dict[str, Any] = json.loads(answer.data)
    assert [(one["person"], one["zone"]) for one in found["seen"]] == [(person.number, "block-a")]
    assert trail_of(world) == [
        ("replay.look", "2026-11-22T16:00:00Z/2026-11-22T17:00:00Z", "purpose:oversight")
    ]


def test_a_proof_that_came_late_is_there_with_when_it_came(world: World) -> None:
    earlier_site(world)
    person = world.person()
    seen(world, person, "yard", HOUR - timedelta(hours=1), number=1)
    seen(
        world, person, "block-a", HOUR + timedelta(minutes=10), heard_at=END + timedelta(minutes=30), number=2
    )
    seen(
        world,
        person,
        "workshop",
        HOUR - timedelta(minutes=5),
        heard_at=HOUR + timedelta(minutes=20),
        number=3,
    )
    found = played(world)
    assert [(one.zone, one.known_at) for one in found.before] == [
        ("yard", HOUR - timedelta(hours=1)),
        ("workshop", HOUR + timedelta(minutes=20)),
    ]
    assert [(one.zone, one.known_at) for one in found.seen] == [("block-a", END + timedelta(minutes=30))]
    then = played(world, known_at=HOUR)
    assert ([one.zone for one in then.before], list(then.seen)) == (["yard"], [])


def test_what_was_taken_back_stays_in_the_reel_with_when(world: World) -> None:
    earlier_site(world)
    person = world.person()
    seen(world, person, "block-a", HOUR + timedelta(minutes=10))
    with session_scope(world.sessions) as session:
        withdraw(session, [person.id], "hub", COUNT, None, world.at, "wrong person")
    assert [one.withdrawn_at for one in played(world).seen] == [world.at]
    assert [one.withdrawn_at for one in played(world, known_at=END).seen] == [None]


def test_who_was_never_seen_and_who_was_not_there_any_more_are_told_apart(world: World) -> None:
    earlier_site(world)
    world.at = HOUR - timedelta(days=1)
    unseen = world.person("Ash", "Ben")
    world.at = NOON
    found = {one.number: one.stays for one in played(world).people}
    assert found == {unseen.number: [(HOUR - timedelta(days=1), None)]}


def test_two_places_at_once_are_marked_as_on_the_live_screen(world: World) -> None:
    earlier_site(world)
    person = world.person()
    with session_scope(world.sessions) as session:
        zones = {row.code: row.id for row in session.execute(select(Zone.id, Zone.code))}
        at = HOUR + timedelta(minutes=10)
        proofs = [
            NewProof(
                person.id,
                zones[zone],
                Source.PAPER,
                at + timedelta(minutes=number),
                Key("paper", bytes([number]) * 16, 1),
                earliest_at=at - timedelta(minutes=5),
                latest_at=at + timedelta(minutes=9),
            )
            for number, zone in enumerate(("block-a", "workshop"), 1)
        ]
        prove(session, proofs, at + timedelta(minutes=20))
    assert [one.doubts for one in played(world).seen] == [(), ("two_places",)]


def test_the_map_has_the_names_of_that_hour(world: World) -> None:
    earlier_site(world)
    rename(world, "workshop", "Tailors")
    with session_scope(world.sessions, writes=False) as session:
        now = {one.code: one.name for one in site_then(session, world.at + timedelta(minutes=1)).zones}
        then = {one.code: one.name for one in site_then(session, HOUR).zones}
    assert (now["workshop"], then["workshop"]) == ("Tailors", "Workshop")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], [(0, 60)]),
        ([(-30, True)], []),
        ([(-30, True), (-10, False)], [(0, 60)]),
        ([(-30, True), (20, False), (45, True)], [(20, 45)]),
        ([(-30, True), (20, False), (30, False), (45, True), (50, False)], [(20, 45), (50, 60)]),
        ([(15, True)], [(0, 15)]),
    ],
)
def test_when_a_terminal_was_not_heard(
    changes: list[tuple[int, bool]], expected: list[tuple[int, int]]
) -> None:
    heard = [(HOUR + timedelta(minutes=minute), online) for minute, online in changes]
    found = away_in(heard, HOUR, END)
    minutes = timedelta(minutes=1)
    assert [((a - HOUR) // minutes, (b - HOUR) // minutes) for a, b in found] == expected


def test_terminals_alarms_and_how_long_proofs_hold_are_in_the_reel(world: World) -> None:
    earlier_site(world)
    terminal_id = world.terminal()
    with session_scope(world.sessions) as session:
        for minute, online in ((-90, True), (20, False), (40, True)):
            at = HOUR + timedelta(minutes=minute)
            session.add(
                TerminalStateChange(
                    terminal_id=terminal_id, session=1, online=online, sensor="ok", heard_at=at
                )
            )
        told = {"what": "door_forced", "terminal": "a-1", "at": (HOUR + timedelta(minutes=5)).isoformat()}
        feed.append(session, [feed.Line(HOUR + timedelta(minutes=5), FeedKind.ALARM, told)])
    found = played(world)
    # It was granted at noon only, as the test's world has it, so it is none of that hour's terminals.
    assert [one.terminal for one in found.away] == []
    assert [(band.kind, band.words, band.from_at) for band in found.bands] == [
        ("alarm", "A door was opened that nobody had released", HOUR + timedelta(minutes=5))
    ]
    assert found.holds[0].of["CELL"]["scan"][0] > 0


def test_holds_change_where_the_night_begins_and_ends() -> None:
    evening = NOON.replace(hour=23)  # 17:00 at the site
    found = holding(DEFAULTS, evening, evening + timedelta(hours=14))
    assert [(one.from_at - evening) // timedelta(minutes=15) for one in found] == [0, 8, 52]
    assert found[0].of["CELL locked"] != found[1].of["CELL locked"]
    assert found[0].of["CELL locked"] == found[2].of["CELL locked"]


def test_a_bundle_is_asked_for_with_a_reason_that_is_written_down(world: World) -> None:
    earlier_site(world)
    client = world.browser("dora", Role.DIRECTOR)
    form: dict[str, object] = {"day": "2026-11-22", "at": "10:00", "minutes": "60", "recipient": "The court"}
    # Without a folder, as in a test, it cannot be made by the pages.
    answer = post(client, "/replay/bundles", {**form, "reason": "Order of the court of 1 March"})
    assert (answer.status_code, "Use the command" in answer.text) == (409, True)
    assert client.get("/replay/bundles/7").status_code == 404
    with session_scope(world.sessions) as session:
        session.add(bundle(State.READY))
        session.add(bundle(State.FAILED, problem="disk"))
    listed = client.get("/replay/bundles").text
    assert "ready to be fetched" in listed
    assert "could not be made" in listed
    shown = client.get("/replay/bundles/1").text
    assert "python -I verifier.py replay-1.zip" in shown
    assert "Make room there" in client.get("/replay/bundles/2/standing").text
    gone = fetched(client)
    assert (gone.status_code, "not on this hub any more" in gone.text) == (409, True)
    assert [act for act, _, _ in trail_of(world)] == []


def fetched(client: FlaskClient) -> Any:
    return post(client, "/replay/bundles/1/fetch", {}, page="/replay/bundles/1")


def bundle(state: State, **changed: Any) -> ReplayBundle:
    return ReplayBundle(
        asked_at=NOON,
        asked_by="dora",
        from_at=HOUR,
        to_at=END,
        recipient="The court",
        reason="Order of the court of 1 March",
        state=state.value,
        made_at=NOON if state is State.READY else None,
        digest="ab" * 32,
        **changed,
    )


def earlier_site(world: World) -> None:
    """The site, entered long before the hour."""
    world.at = NOON - timedelta(days=2)
    world.site()
    world.at = NOON


def rename(world: World, code: str, name: str) -> None:
    with session_scope(world.sessions) as session:
        form = everything(session).zones[code]
        put(session, [replace(form, name=name)], reason="Used by tailors now", actor=OPERATOR, at=world.at)
