"""What the hub makes of deliveries: refusals first, then everything that can happen to an authentic entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.database import session_scope
from hub.ingest import aside
from hub.ingest.aside import refused_messages
from hub.ingest.doorkeeper import Delivery
from hub.ingest.export import EXPORTS
from hub.ingest.records import AsideCount, Fork, KeptAside, Quarantined, StoredEntry
from hub.movements.records import FeedItem, Movement
from hub.terminals.actions import note_grant
from wire.codec import MAX_MESSAGE_BYTES, Strict, encode
from wire.errors import Refusal
from wire.happenings import Decision, SensorTrouble
from wire.journal import Span
from wire.keys import SigningKey
from wire.provisioning import CheckpointSettings

from .ingest_world import NOON, Gate, World, make_template, open_world

ASH, BIRCH = "P-000001", "P-000002"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    world = open_world(template, tmp_path)
    yield world
    world.engine.dispose()


@pytest.fixture
def gate(world: World) -> Gate:
    return world.grant(Gate("gate-1"))


def _refused(world: World) -> dict[str, int]:
    return dict(world.ask(refused_messages))


# Refusals


def test_an_unknown_terminal_advances_nothing(world: World) -> None:
    stranger = Gate("stranger")
    stranger.passes(ASH)
    taken = world.take(stranger.batch())
    assert taken.acks == []
    assert _refused(world) == {"unknown_terminal": 1}
    assert world.count(StoredEntry) == world.count(FeedItem) == 0


def test_a_forged_signature_advances_nothing(world: World, gate: Gate) -> None:
    gate.passes(ASH)
    assert world.take(gate.batch(key=SigningKey.generate())).acks == []
    assert _refused(world) == {"forged": 1}
    assert world.zone_of(ASH) is None


def test_a_terminal_that_was_cut_off_is_refused_with_its_own_good_key(world: World, gate: Gate) -> None:
    gate.passes(ASH)
    world.take(gate.batch())
    world.cut_off(gate)
    gate.passes(BIRCH)
    assert world.take(gate.batch(2), gate.state()).acks == []
    assert _refused(world) == {"cut_off": 2}
    assert world.committed(gate) == 1


def test_a_batch_on_another_terminals_topic_is_refused(world: World, gate: Gate) -> None:
    other = world.grant(Gate("gate-2"))
    gate.passes(ASH)
    stolen = Delivery("pims/up/gate-2/journal", gate.batch().raw, gate.clock)
    assert world.take(stolen).acks == []
    assert _refused(world) == {"wrong_sender": 1}
    assert world.committed(other) == 0


@pytest.mark.parametrize(
    ("topic", "raw", "reason"),
    [
        ("pims/up/gate-1/journal", b"\xc1 not msgpack", Refusal.MALFORMED),
        ("pims/up/gate-1/journal", b"", Refusal.MALFORMED),
        ("pims/up/gate-1/journal", bytes(MAX_MESSAGE_BYTES + 1), Refusal.OVERSIZE),
        ("pims/up/gate-1/state", b"\x80", Refusal.MALFORMED),
        ("pims/up/gate-1/ack", b"\x80", Refusal.WRONG_KIND),
        ("pims/down/gate-1/ack", b"\x80", Refusal.WRONG_KIND),
        ("", b"", Refusal.WRONG_KIND),
    ],
)
def test_malformed_messages_are_counted_and_kept_aside(
    world: World, gate: Gate, topic: str, raw: bytes, reason: Refusal
) -> None:
    gate.passes(ASH)
    taken = world.take(Delivery(topic, raw, gate.clock), gate.batch())
    assert _refused(world) == {reason.value: 1}
    assert [terminal for terminal, _ in taken.acks] == ["gate-1"], "a good batch beside it goes through"


def test_what_is_kept_aside_is_bounded(world: World, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "MAX_KEPT_PER_REASON", 3)
    bad = Delivery("pims/up/gate-1/journal", b"\xc1" * 10_000, gate.clock)
    world.take(*[bad] * 7)
    assert _refused(world) == {"malformed": 7}
    kept = world.ask(lambda s: s.scalars(select(KeptAside)).all())
    assert len(kept) == 3
    assert {(len(one.raw), one.size_bytes) for one in kept} == {(aside.MAX_KEPT_BYTES, 10_000)}
    assert world.ask(lambda s: list(EXPORTS["refusals"](s))) == [{"reason": "malformed", "messages": 7}]


# Order, gaps, repeats


def test_a_passage_becomes_a_movement_a_position_and_a_line_of_the_feed(world: World, gate: Gate) -> None:
    gate.passes(ASH)
    taken = world.take(gate.batch())
    ((terminal, ack),) = taken.acks
    assert (terminal, ack.committed, ack.committed_link, ack.ahead) == ("gate-1", 1, gate.links[0], [])
    assert ack.backed_up == 0
    assert world.zone_of(ASH) == "block-a"
    assert world.count(Movement) == 1
    (line,) = world.feed("passage")
    assert line["decision"] == "ADMIT"
    assert (line["person"], line["name"]) == (ASH, "ASH, Test")
    assert (line["from_zone"], line["to_zone"], line["late"]) == ("yard", "block-a", False)
    assert (line["journal"], line["sequence"]) == (gate.journal_id.hex(), 1)


def test_a_replay_is_acknowledged_again_and_applied_once(world: World, gate: Gate) -> None:
    gate.passes(ASH)
    gate.passes(BIRCH)
    world.take(gate.batch())
    again = world.take(gate.batch(), gate.batch(2))
    assert [(ack.committed, ack.committed_link) for _, ack in again.acks] == [(2, gate.links[1])]
    assert again.duplicates == 3
    assert world.count(Movement) == world.count(StoredEntry) == len(world.feed("passage")) == 2


def test_entries_beyond_a_gap_are_held_and_join_when_it_closes(world: World, gate: Gate) -> None:
    for _ in range(12):
        gate.passes(ASH)
    ((_, ack),) = world.take(gate.batch(4, 5), gate.batch(8, 8), gate.batch(10, 12)).acks
    assert ack.committed == 0
    assert ack.ahead == [Span(first=4, last=5), Span(first=8, last=8), Span(first=10, last=12)]
    ((_, ack),) = world.take(gate.batch(1, 3)).acks
    assert (ack.committed, ack.committed_link) == (5, gate.links[4])
    ((_, ack),) = world.take(gate.batch(6, 9)).acks
    assert (ack.committed, ack.committed_link, ack.ahead) == (12, gate.links[11], [])
    assert world.count(Movement) == 12
    assert world.alarms() == []


def test_a_long_stretch_beyond_a_gap_is_walked_over_whole(world: World, gate: Gate) -> None:
    for _ in range(1300):
        gate.tries()
    for first in range(2, 1300, 256):
        world.take(gate.batch(first, min(first + 255, 1300)))
    assert world.committed(gate) == 0
    world.take(gate.batch(1, 1))
    assert world.committed(gate) == 1300


def test_refused_people_stand_before_the_checkpoint_and_referrals_move_nobody(
    world: World, gate: Gate
) -> None:
    gate.passes(ASH, Decision.REFUSE)
    gate.passes(BIRCH, Decision.REFER)
    gate.passes(None, Decision.REFER)
    world.take(gate.batch())
    assert world.zone_of(ASH) == "yard"
    assert world.zone_of(BIRCH) is None
    assert world.count(Movement) == 0
    assert [line["decision"] for line in world.feed("passage")] == ["REFUSE", "REFER", "REFER"]


def test_the_feed_tells_attempts_starts_and_sensor_trouble_in_order(world: World, gate: Gate) -> None:
    gate.starts()
    gate.tries()
    gate.passes(ASH)
    gate.says(SensorTrouble(trouble="silence"))
    gate.says(SensorTrouble(trouble="none"))
    gate.starts(set_aside=True)
    world.take(gate.batch())
    told = world.ask(lambda s: s.scalars(select(FeedItem).order_by(FeedItem.id)).all())
    assert [(item.kind, item.payload.get("what")) for item in told] == [
        ("terminal", "started"),
        ("attempt", None),
        ("passage", None),
        ("alarm", "sensor"),
        ("terminal", "sensor"),
        ("terminal", "started"),
        ("alarm", "journal_set_aside"),
    ]


# Forks


def test_the_same_key_with_another_hash_is_a_fork_and_both_are_kept(world: World, gate: Gate) -> None:
    for _ in range(3):
        gate.passes(ASH)
    world.take(gate.batch())
    twin = gate.twin(2)
    twin.passes(BIRCH)
    ((_, ack),) = world.take(twin.batch(3)).acks
    assert (ack.committed, ack.committed_link) == (3, gate.links[2])
    rows = world.ask(lambda s: s.scalars(select(StoredEntry).where(StoredEntry.sequence == 3)).all())
    assert {(row.link, row.canonical, row.status) for row in rows} == {
        (gate.links[2], True, "applied"),
        (twin.links[2], False, "fork"),
    }
    assert world.alarms() == ["fork"]
    assert world.zone_of(BIRCH) is None
    world.take(twin.batch(3))
    assert world.alarms() == ["fork"], "the same fork again is no news"
    assert world.count(Fork) == 1


def test_a_fork_that_leaves_before_what_is_held_never_advances(world: World, gate: Gate) -> None:
    """A card restored from an old copy writes on: its entries do not follow what the hub holds."""
    for _ in range(5):
        gate.passes(ASH)
    twin = gate.twin(3)
    for _ in range(5):
        twin.passes(BIRCH)
    world.take(gate.batch())
    for first in (6, 7, 8):
        ((_, ack),) = world.take(twin.batch(first, first)).acks
        assert (ack.committed, ack.committed_link) == (5, gate.links[4])
        assert ack.ahead == []
    assert world.alarms() == ["fork"], "one alarm, not one for each entry of the branch"
    gate.passes(ASH)
    world.take(gate.batch(6))
    assert world.committed(gate) == 6, "the branch that the hub follows goes on"


def test_when_the_gap_closes_the_chain_decides_and_not_who_came_first(world: World, gate: Gate) -> None:
    for _ in range(8):
        gate.passes(ASH)
    twin = gate.twin(4)
    for _ in range(4):
        twin.passes(BIRCH)
    world.take(gate.batch(1, 3))
    world.take(twin.batch(7, 8))  # ahead of a gap: cannot be told from the true ones yet
    world.take(gate.batch(4, 8))
    assert world.committed(gate) == 8
    held = world.ask(
        lambda s: s.scalars(
            select(StoredEntry.link).where(StoredEntry.canonical).order_by(StoredEntry.sequence)
        ).all()
    )
    assert list(held) == gate.links
    assert "fork" in world.alarms()


def test_both_branches_in_one_transaction(world: World, gate: Gate) -> None:
    gate.passes(ASH)
    twin = gate.twin(0)
    twin.passes(BIRCH)
    world.take(gate.batch(), twin.batch())
    assert world.committed(gate) == 1
    assert world.alarms() == ["fork"]


# Quarantine


class Stranger(Strict, frozen=True):
    word: str


def test_what_cannot_be_applied_waits_for_a_person_and_blocks_nobody(world: World, gate: Gate) -> None:
    gate.write("from-the-future", encode(Stranger(word="x")))
    gate.write("passage", b"\x80")
    gate.passes("P-999999")
    gate.passes(ASH, checkpoint="nowhere")
    gate.passes(ASH, to_zone="nowhere")
    gate.passes(None, Decision.ADMIT)
    gate.passes(ASH)
    ((_, ack),) = world.take(gate.batch()).acks
    assert ack.committed == 7
    reasons = world.ask(lambda s: s.scalars(select(Quarantined.reason).order_by(Quarantined.id)).all())
    assert list(reasons) == [
        "unknown_kind",
        "bad_body",
        "unknown_person",
        "unknown_checkpoint",
        "unknown_zone",
        "admitted_nobody",
    ]
    assert world.alarms() == ["quarantined"] * 6
    assert world.zone_of(ASH) == "block-a"
    assert world.count(Movement) == 1


def test_a_terminal_moves_nobody_at_another_place_than_its_own(world: World, gate: Gate) -> None:
    gate.passes(ASH, checkpoint="workshop", to_zone="workshop")
    gate.passes(ASH, to_zone="workshop")
    gate.passes(ASH, from_zone="workshop")
    ((_, ack),) = world.take(gate.batch()).acks
    assert ack.committed == 3
    assert world.ask(lambda s: s.scalars(select(Quarantined.reason)).all()) == ["other_place"] * 3
    assert world.zone_of(ASH) is None
    assert world.count(Movement) == 0


def test_a_terminal_that_was_moved_is_believed_of_its_former_place(world: World, gate: Gate) -> None:
    former = CheckpointSettings(checkpoint="workshop", from_zone="yard", to_zone="workshop")
    with session_scope(world.sessions) as session:
        note_grant(session, gate.name, former, NOON)
    gate.passes(ASH, checkpoint="workshop", to_zone="workshop")
    world.take(gate.batch(historical=True))
    assert world.zone_of(ASH) == "workshop"
    assert world.alarms() == []


def test_without_trust_everything_is_stored_and_nothing_applied(world: World, gate: Gate) -> None:
    gate.passes(ASH)
    ((_, ack),) = world.take(gate.batch(), trusting=False).acks
    assert ack.committed == 1
    assert world.zone_of(ASH) is None
    assert world.ask(lambda s: s.scalars(select(Quarantined.reason)).all()) == ["failed"]


# The live picture


def test_a_backlog_never_moves_the_live_picture_back(world: World, gate: Gate) -> None:
    workshop = world.grant(Gate("gate-2", checkpoint="workshop", journal_id=b"k" * 16))
    gate.passes(ASH)  # noon, delivered late
    workshop.clock += timedelta(minutes=5)
    workshop.passes(ASH)
    world.take(workshop.batch())
    world.take(gate.batch(historical=True, at=workshop.clock + timedelta(minutes=1)))
    assert world.zone_of(ASH) == "workshop"
    assert world.count(Movement) == 2, "the movement itself is a fact all the same"
    assert [line["late"] for line in world.feed("passage")] == [False, True]


def test_a_backlog_is_told_as_late_even_where_nothing_newer_is_known(world: World, gate: Gate) -> None:
    gate.tries()
    gate.passes(ASH)
    world.take(gate.batch(historical=True))
    assert [line["late"] for kind in ("attempt", "passage") for line in world.feed(kind)] == [True, True]
    assert world.zone_of(ASH) == "block-a"


def test_a_clock_that_runs_ahead_cannot_hold_a_person_in_place(world: World, gate: Gate) -> None:
    workshop = world.grant(Gate("gate-2", checkpoint="workshop", journal_id=b"k" * 16))
    real = gate.clock
    gate.clock = real.replace(year=2099)
    gate.booted_at = gate.clock - timedelta(hours=1)
    gate.passes(ASH)
    world.take(gate.batch(at=real))
    workshop.clock = real + timedelta(seconds=10)
    workshop.passes(ASH)
    world.take(workshop.batch())
    assert world.zone_of(ASH) == "workshop"


def test_any_order_of_arrival_ends_in_the_same_place(world: World, gate: Gate) -> None:
    gate.passes(ASH, Decision.REFUSE)
    gate.passes(ASH)
    gate.passes(ASH, Decision.REFUSE)
    for one in (3, 1, 2):
        world.take(gate.batch(one, one))
    assert world.zone_of(ASH) == "yard"
    assert world.committed(gate) == 3


def test_counts_are_kept_for_every_reason_apart(world: World, gate: Gate) -> None:
    gate.passes(ASH)
    stranger = Gate("stranger")
    stranger.passes(ASH)
    world.take(stranger.batch(), gate.batch(key=SigningKey.generate()), stranger.batch())
    assert _refused(world) == {"unknown_terminal": 2, "forged": 1}
    assert world.count(AsideCount) == 2
