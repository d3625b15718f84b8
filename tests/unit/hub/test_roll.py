"""The roll's way to terminals: sealed to one of them, once at a time, never back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from hub.biometrics.records import Finger
from hub.biometrics.vault import Vault
from hub.custody.actions import open_booking_of
from hub.custody.changes import note_change
from hub.database import session_scope
from hub.movements.permitting import permit_zones
from hub.roll.actions import current_version, raise_epoch
from hub.roll.desk import FIRST_PATIENCE, RollDesk
from hub.roll.rules import MAX_CHUNK_BYTES, Need, base_of, chunks, need
from wire.codec import MAX_MESSAGE_BYTES, decode, encode
from wire.envelope import HUB, open_envelope
from wire.errors import WireError
from wire.keys import OpeningKey, SigningKey
from wire.roll import KIND, MAX_CHUNK_PERSONS, RollChanges, RollFinger, RollPerson, RollUpdate, seal_context
from wire.sealing import unseal
from wire.versions import NOTHING, Version

from .ingest_world import NOON, Gate, World, make_template, open_world

RECORD = b"FMR\0 20\0" + bytes(300)
VAULT = Vault(b"v" * 32)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    world = open_world(template, tmp_path)
    yield world
    world.engine.dispose()


def _enrol(world: World, person_id: int) -> None:
    with session_scope(world.sessions) as session:
        lock = VAULT.make_person_key(session, person_id, at=NOON)
        for position in (2, 7):
            sealed = lock.lock(RECORD, "template", position, 1)
            session.add(
                Finger(
                    person_id=person_id,
                    position=position,
                    impression=1,
                    quality=80,
                    sealed_template=sealed,
                    sealed_image=b"",
                    enrolled_at=NOON,
                    enrolled_by="test",
                )
            )
        permit_zones(session, person_id, ["yard", "block-a"], NOON)
        note_change(session, person_id, NOON)


def _version(world: World) -> Version:
    found: Version = world.ask(current_version)
    return found


@dataclass
class Post:
    """What left for terminals; `open` is false while the broker is away."""

    key: SigningKey = field(default_factory=SigningKey.generate)
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    open: bool = True

    def send(self, topic: str, payload: bytes) -> bool:
        if self.open:
            self.sent.append((topic, payload))
        return self.open

    def updates(self, gate: Gate) -> list[RollUpdate]:
        """Updates that reached `gate` since the last look."""
        mine = [payload for topic, payload in self.sent if topic == f"pims/down/{gate.name}/roll"]
        self.sent = [one for one in self.sent if one[0] != f"pims/down/{gate.name}/roll"]
        key = self.key.public_key()
        return [
            decode(open_envelope(raw, kind=KIND, sender=HUB, receiver=gate.name, key=key), RollUpdate)
            for raw in mine
        ]


def _content(gate: Gate, update: RollUpdate) -> RollChanges:
    context = seal_context(gate.name, update.to, update.part)
    return decode(unseal(update.sealed, gate.opening_key, context), RollChanges)


def _desk(world: World, post: Post) -> RollDesk:
    return RollDesk(world.sessions, VAULT, post.key, post.send)


def test_nobody_is_told_who_is_away_or_cut_off(world: World) -> None:
    _enrol(world, 1)
    away, cut = world.grant(Gate("away")), world.grant(Gate("cut"))
    world.take(away.state(session=1), cut.state(session=1))
    world.take(away.state(session=1, online=False))
    world.cut_off(cut)
    post = Post()
    assert _desk(world, post).tick(NOON) == 0
    assert post.sent == []


def test_an_update_opens_at_its_terminal_only(world: World) -> None:
    _enrol(world, 1)
    gate = world.grant(Gate("gate-1"))
    world.take(gate.state())
    post = Post()
    assert _desk(world, post).tick(NOON) == 1
    (update,) = post.updates(gate)
    with pytest.raises(WireError):
        unseal(update.sealed, OpeningKey.generate(), seal_context(gate.name, update.to, 1))
    with pytest.raises(WireError):
        unseal(update.sealed, gate.opening_key, seal_context("gate-2", update.to, 1))
    assert (update.base, update.to, update.part, update.parts) == (NOTHING, _version(world), 1, 1)
    assert _content(gate, update) == RollChanges(
        upserts=[
            RollPerson(
                person="P-000001",
                fingers=[RollFinger(position=2, template=RECORD), RollFinger(position=7, template=RECORD)],
                zones=["block-a", "yard"],
            )
        ],
        removals=[],
    )


def test_only_one_update_is_on_its_way_until_the_terminal_answers_or_patience_ends(world: World) -> None:
    _enrol(world, 1)
    gate = world.grant(Gate("gate-1"))
    world.take(gate.state())
    post = Post()
    desk = _desk(world, post)
    assert desk.tick(NOON) == 1
    _enrol(world, 2)
    assert desk.tick(NOON + timedelta(seconds=1)) == 0
    assert desk.tick(NOON + FIRST_PATIENCE) == 1
    again = NOON + FIRST_PATIENCE
    assert desk.tick(again + FIRST_PATIENCE) == 0, "patience grows"
    assert desk.tick(again + 2 * FIRST_PATIENCE) == 1


def test_a_terminal_that_connects_anew_is_told_at_once(world: World) -> None:
    _enrol(world, 1)
    gate = world.grant(Gate("gate-1"))
    world.take(gate.state(session=1))
    desk = _desk(world, Post())
    assert desk.tick(NOON) == 1
    world.take(gate.state(session=2))
    assert desk.tick(NOON + timedelta(seconds=1)) == 1


def test_a_broker_that_is_away_counts_as_not_sent(world: World) -> None:
    _enrol(world, 1)
    gate = world.grant(Gate("gate-1"))
    world.take(gate.state())
    post = Post(open=False)
    desk = _desk(world, post)
    assert desk.tick(NOON) == 0
    post.open = True
    assert desk.tick(NOON + timedelta(seconds=1)) == 1


def test_a_difference_holds_who_changed_and_who_left(world: World) -> None:
    for person in (1, 2, 3):
        _enrol(world, person)
    gate = world.grant(Gate("gate-1"))
    held = _version(world)
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, 2)
        assert booking is not None
        booking.released_at = NOON
        note_change(session, 2, NOON)
        permit_zones(session, 3, ["yard", "workshop"], NOON)
    world.take(gate.state(roll=held))
    post = Post()
    _desk(world, post).tick(NOON)
    updates = post.updates(gate)
    assert {(update.base, update.to) for update in updates} == {(held, _version(world))}
    content = [_content(gate, update) for update in updates]
    assert [number for part in content for number in part.removals] == ["P-000002"]
    assert [(one.person, one.zones) for part in content for one in part.upserts] == [
        ("P-000003", ["workshop", "yard"])
    ]


def test_a_current_copy_is_confirmed_so_that_its_age_is_known(world: World) -> None:
    _enrol(world, 1)
    gate = world.grant(Gate("gate-1"))
    world.take(gate.state(roll=_version(world)))
    post = Post()
    desk = _desk(world, post)
    for second in range(60):
        desk.tick(NOON + timedelta(seconds=second))
    updates = post.updates(gate)
    assert len(updates) == 3
    assert {(one.base, one.to, one.parts, one.sealed) for one in updates} == {
        (_version(world), _version(world), 1, b"")
    }
    said = [one.said_at for one in updates]
    assert all(later - earlier <= timedelta(seconds=30) for earlier, later in itertools.pairwise(said))


def test_a_raised_epoch_replaces_every_copy(world: World) -> None:
    _enrol(world, 1)
    gate = world.grant(Gate("gate-1"))
    world.take(gate.state(roll=Version(1, 900)))
    with session_scope(world.sessions) as session:
        assert raise_epoch(session, NOON) == 2
    post = Post()
    _desk(world, post).tick(NOON)
    (update,) = post.updates(gate)
    assert (update.base, update.to.epoch) == (NOTHING, 2)


def test_a_copy_ahead_of_the_hub_is_an_alarm_once_and_is_never_sent_back(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    world.take(gate.state(roll=Version(1, 900)))
    post = Post()
    desk = _desk(world, post)
    for second in range(3):
        assert desk.tick(NOON + timedelta(seconds=second)) == 0
    assert world.alarms() == ["roll_ahead"]


def test_a_wrong_vault_key_sends_nothing(world: World) -> None:
    _enrol(world, 1)
    gate = world.grant(Gate("gate-1"))
    world.take(gate.state())
    post = Post()
    with pytest.raises(WireError):
        RollDesk(world.sessions, Vault(b"w" * 32), post.key, post.send).tick(NOON)
    assert post.sent == []


# Rules

versions = st.builds(Version, st.integers(0, 3), st.integers(0, 5))


@given(versions, versions)
def test_an_update_always_leads_forward_from_what_is_held_or_from_nothing(held: Version, to: Version) -> None:
    wanted = need(held, to)
    assert (wanted is Need.NOTHING) == (held == to)
    assert (wanted is Need.HUB_IS_BEHIND) == (held > to)
    assert base_of(wanted, held) in (held, NOTHING)
    if wanted is Need.DIFFERENCE:
        assert held.epoch == to.epoch


@given(
    st.lists(st.integers(0, 40), max_size=450),
    st.lists(st.integers(0, 9), max_size=5),
)
def test_every_part_fits_a_message_and_nothing_is_left_out(fingers: list[int], gone: list[int]) -> None:
    people = [
        RollPerson(
            person=f"P-{number:06d}",
            fingers=[RollFinger(position=1, template=bytes(4096))] * count,
            zones=[],
        )
        for number, count in enumerate(fingers)
    ]
    removals = [f"R-{number}" for number in gone]
    parts = chunks(people, removals)
    assert parts
    assert [one for part in parts for one in part.upserts] == people
    assert [one for part in parts for one in part.removals] == removals
    for part in parts:
        assert len(part.upserts) <= MAX_CHUNK_PERSONS
        assert len(encode(part)) <= MAX_CHUNK_BYTES + 10_000
        assert len(encode(part)) < MAX_MESSAGE_BYTES // 2


def test_people_without_fingers_are_not_on_the_copy(world: World) -> None:
    with session_scope(world.sessions) as session:
        permit_zones(session, 1, ["yard"], NOON)
    gate = world.grant(Gate("gate-1"))
    world.take(gate.state())
    post = Post()
    _desk(world, post).tick(NOON)
    (update,) = post.updates(gate)
    assert _content(gate, update) == RollChanges(upserts=[], removals=[])
    assert world.ask(lambda s: s.scalars(select(Finger)).all()) == []
