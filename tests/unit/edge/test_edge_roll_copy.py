"""The roll copy: whole differences only, only forward, closed at rest, and its age known."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from edge.clock import Reading
from edge.counters import Counters
from edge.log import Log
from edge.protection import AtRest, RollKeys
from edge.provisioning import Folder
from edge.refusals import Refusals
from edge.roll_copy import Receipt, RollCopy
from edge.roll_file import RollFile, StoredRoll
from edge.roll_receiver import RollReceiver
from matching import Template
from wire.codec import encode
from wire.envelope import HUB, sign
from wire.errors import Refusal, WireError
from wire.journal import Clock
from wire.keys import OpeningKey, SigningKey
from wire.roll import KIND, RollChanges, RollFinger, RollOfficer, RollPerson, RollUpdate, seal_context
from wire.sealing import lock_at_rest, seal
from wire.versions import NOTHING, Version

AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


def template(seed: int) -> bytes:
    chance = np.random.default_rng(seed)
    count = 12
    return Template(
        x=chance.integers(0, 255, count).astype(np.int16),
        y=chance.integers(0, 287, count).astype(np.int16),
        angle=chance.integers(0, 255, count).astype(np.uint8),
        kind=np.ones(count, np.uint8),
        quality=np.full(count, 80, np.uint8),
        width=256,
        height=288,
    ).to_iso()


def person(number: int, zones: Sequence[str] = ("block-a",), fingers: int = 2, seed: int = 0) -> RollPerson:
    held = [
        RollFinger(position=position + 1, template=template(seed + 100 * number + position))
        for position in range(fingers)
    ]
    return RollPerson(person=f"P-{number:06d}", fingers=held, zones=list(zones))


class FakeClock:
    def __init__(self) -> None:
        self.reading = Reading("ab" * 16, 1_000_000, AT, Clock.SYNCHRONISED)

    def read(self) -> Reading:
        return self.reading

    def pass_s(self, seconds: float) -> None:
        now = self.reading
        self.reading = replace(
            now,
            boot_time_ms=now.boot_time_ms + int(seconds * 1000),
            wall_time=now.wall_time + timedelta(seconds=seconds),
        )


class FakeGallery:
    """Counts templates by person."""

    def __init__(self) -> None:
        self.held: dict[str, int] = {}
        self.enrolments = 0

    def enrol(self, key: str, template: Template) -> None:
        self.held[key] = self.held.get(key, 0) + 1
        self.enrolments += 1

    def remove(self, key: str) -> None:
        del self.held[key]

    def identify(
        self, probe: Template, fmr: float, expected: Collection[str] | None, expected_fmr: float
    ) -> None:
        raise AssertionError("nothing is searched here")


class Terminal:
    """A roll copy with its folder, and a hub that can seal to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.opening = OpeningKey.generate()
        self.log = io.StringIO()
        self.said = 0
        self.counters = Counters(folder / "counters.json")
        self.keys = RollKeys(Folder(folder), AtRest.NONE, {})
        (folder / "keys").mkdir()
        self.copy = self.start()

    def start(self, at_rest: AtRest = AtRest.NONE, environment: Mapping[str, str] | None = None) -> RollCopy:
        self.counters = Counters(self.folder / "counters.json")
        self.keys = RollKeys(Folder(self.folder), at_rest, environment or {})
        copy = RollCopy(
            RollFile(self.folder / "roll.sealed", self.keys, "gate-1"),
            FakeGallery,
            terminal="gate-1",
            to_zone="block-a",
            opening_key=self.opening,
            counters=self.counters,
            clock=self.clock,
            log=Log("roll", self.log),
        )
        self.loaded = copy.load("aside-1")
        self.copy = copy
        return copy

    def gallery(self) -> dict[str, int]:
        gallery = self.copy.content().gallery
        assert isinstance(gallery, FakeGallery)
        return gallery.held

    def update(
        self,
        base: Version,
        to: Version,
        upserts: Sequence[RollPerson] = (),
        removals: Sequence[str] = (),
        part: int = 1,
        parts: int = 1,
        **more: Any,
    ) -> RollUpdate:
        officers = more.pop("officers", None)
        changes = encode(RollChanges(upserts=list(upserts), removals=list(removals), officers=officers))
        sealed = seal(changes, self.opening.public_key(), seal_context("gate-1", to, part))
        self.said += 1
        said_at = AT + timedelta(seconds=self.said)
        return RollUpdate(base=base, to=to, part=part, parts=parts, sealed=sealed, said_at=said_at, **more)

    def confirmation(self, version: Version, **more: Any) -> RollUpdate:
        self.said += 1
        said_at = AT + timedelta(seconds=self.said)
        return RollUpdate(base=version, to=version, part=1, parts=1, sealed=b"", said_at=said_at, **more)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def v(counter: int, epoch: int = 1) -> Version:
    return Version(epoch, counter)


def test_it_starts_empty_and_asks_for_everything(terminal: Terminal) -> None:
    assert terminal.copy.content().version == NOTHING
    assert terminal.copy.age_s() is None


def test_the_whole_roll_arrives_in_chunks_and_appears_at_once(terminal: Terminal) -> None:
    first = terminal.update(NOTHING, v(5), [person(1), person(2)], part=1, parts=2)
    second = terminal.update(NOTHING, v(5), [person(3, zones=["yard"])], part=2, parts=2)
    assert terminal.copy.receive(second) is Receipt.WAITING
    assert terminal.gallery() == {}
    assert terminal.copy.content().version == NOTHING
    assert terminal.copy.receive(first) is Receipt.APPLIED
    assert terminal.gallery() == {"P-000001": 2, "P-000002": 2, "P-000003": 2}
    assert terminal.copy.content().expected == {"P-000001", "P-000002"}
    assert terminal.copy.content().version == v(5)


def test_a_difference_changes_removes_and_keeps(terminal: Terminal) -> None:
    terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1), person(2), person(3)]))
    before = terminal.copy.content().gallery
    assert isinstance(before, FakeGallery)
    enrolled = before.enrolments
    moved = person(2, zones=["yard"])
    again = person(3, fingers=1, seed=7)
    change = terminal.update(v(5), v(9), [moved, again, person(4)], ["P-000001", "P-000077"])
    assert terminal.copy.receive(change) is Receipt.APPLIED
    assert terminal.gallery() == {"P-000002": 2, "P-000003": 1, "P-000004": 2}
    assert terminal.copy.content().zones["P-000002"] == {"yard"}
    assert before.enrolments == enrolled + 3  # whose fingers did not change are not enrolled again


def test_somebody_without_fingers_comes_and_goes(terminal: Terminal) -> None:
    terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1, fingers=0)]))
    terminal.copy.receive(terminal.update(v(5), v(6), [person(1, fingers=1)]))
    terminal.copy.receive(terminal.update(v(6), v(7), [person(1, fingers=0)]))
    assert terminal.gallery() == {}
    terminal.copy.receive(terminal.update(v(7), v(8), [], ["P-000001"]))
    assert terminal.copy.content().people == {}


def test_it_survives_a_restart(terminal: Terminal) -> None:
    terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1), person(2)]))
    terminal.clock.pass_s(60)
    terminal.start()
    assert terminal.loaded
    assert terminal.copy.content().version == v(5)
    assert terminal.gallery() == {"P-000001": 2, "P-000002": 2}
    assert terminal.copy.age_s() == 60


def test_nobody_reads_it_off_the_card(terminal: Terminal) -> None:
    terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1)]))
    raw = (terminal.folder / "roll.sealed").read_bytes()
    assert b"P-000001" not in raw
    assert template(100)[30:60] not in raw
    assert (terminal.folder / "roll.sealed").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "other key"])
def test_a_damaged_file_is_set_aside_and_the_copy_starts_empty(terminal: Terminal, damage: str) -> None:
    terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1)]))
    path = terminal.folder / "roll.sealed"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    if damage != "other key":
        path.write_bytes({"flipped": bytes(raw), "cut": bytes(raw[:50]), "empty": b""}[damage])
    if damage == "other key":
        (terminal.folder / "keys" / "roll.key").write_bytes(b"o" * 32)
    terminal.start()
    assert not terminal.loaded
    assert terminal.copy.content().version == NOTHING
    assert terminal.gallery() == {}
    assert (terminal.folder / "set-aside" / "aside-1" / "roll.sealed").exists()
    assert "roll_copy_set_aside" in terminal.log.getvalue()


@pytest.mark.parametrize("what", ["read_bytes", "replace"])
def test_a_card_that_gives_or_takes_nothing_keeps_no_gate_from_starting(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    (terminal.folder / "roll.sealed").write_bytes(b"torn by a cut")
    real = getattr(Path, what)

    def broken(path: Path, *facts: Any) -> Any:
        if path.name == "roll.sealed":
            raise OSError(30, "Read-only file system")
        return real(path, *facts)

    with monkeypatch.context() as card:
        card.setattr(Path, what, broken)
        terminal.start()
    assert not terminal.loaded
    assert "roll_copy_unread" in terminal.log.getvalue()
    assert terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1)])) is Receipt.APPLIED
    assert terminal.gallery() == {"P-000001": 2}


def test_what_goes_backwards_is_refused(terminal: Terminal) -> None:
    terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1)]))
    for old in (v(4), v(99, epoch=0)):
        with pytest.raises(WireError) as refused:
            terminal.copy.receive(terminal.update(NOTHING, old, [person(2)]))
        assert refused.value.reason is Refusal.BACKWARDS
    assert terminal.gallery() == {"P-000001": 2}


def test_a_restored_hub_replaces_the_copy_by_a_higher_epoch(terminal: Terminal) -> None:
    terminal.copy.receive(terminal.update(NOTHING, v(500), [person(1)]))
    assert terminal.copy.receive(terminal.update(NOTHING, v(3, epoch=2), [person(2)])) is Receipt.APPLIED
    assert terminal.gallery() == {"P-000002": 2}


def test_a_difference_from_something_else_is_not_applied(terminal: Terminal) -> None:
    terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1)]))
    assert terminal.copy.receive(terminal.update(v(4), v(8), [], ["P-000001"])) is Receipt.STALE
    assert terminal.copy.receive(terminal.update(NOTHING, v(5), [person(9)])) is Receipt.STALE
    assert terminal.gallery() == {"P-000001": 2}


def test_chunks_of_two_differences_are_never_mixed(terminal: Terminal) -> None:
    terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1)], part=1, parts=2))
    terminal.copy.receive(terminal.update(NOTHING, v(6), [person(2)], part=2, parts=2))
    assert terminal.copy.content().version == NOTHING
    terminal.copy.receive(terminal.update(NOTHING, v(6), [person(3)], part=1, parts=2))
    assert terminal.gallery() == {"P-000002": 2, "P-000003": 2}


def test_a_chunk_sealed_for_another_place_changes_nothing(terminal: Terminal) -> None:
    good = terminal.update(NOTHING, v(5), [person(1)])
    moved = RollUpdate(base=NOTHING, to=v(6), part=1, parts=1, sealed=good.sealed, said_at=good.said_at)
    with pytest.raises(WireError) as refused:
        terminal.copy.receive(moved)
    assert refused.value.reason is Refusal.UNSEALABLE
    assert terminal.copy.content().version == NOTHING
    assert terminal.copy.receive(good) is Receipt.APPLIED


def test_a_template_that_cannot_be_read_costs_one_finger_only(terminal: Terminal) -> None:
    broken = RollPerson(
        person="P-000001",
        fingers=[RollFinger(position=1, template=b"rubbish"), RollFinger(position=2, template=template(1))],
        zones=["block-a"],
    )
    terminal.copy.receive(terminal.update(NOTHING, v(5), [broken, person(2)]))
    assert terminal.gallery() == {"P-000001": 1, "P-000002": 2}
    assert '"templates_unreadable", "count": 1' in terminal.log.getvalue()
    assert "P-000001" not in terminal.log.getvalue()


def test_the_age_starts_again_with_each_confirmation(terminal: Terminal) -> None:
    terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1)]))
    terminal.clock.pass_s(40)
    assert terminal.copy.age_s() == 40
    confirmation = terminal.confirmation(v(5))
    assert terminal.copy.receive(confirmation) is Receipt.CONFIRMED
    assert terminal.copy.age_s() == 0
    terminal.clock.pass_s(30)
    assert terminal.copy.receive(confirmation) is Receipt.STALE
    assert terminal.copy.receive(terminal.confirmation(v(4))) is Receipt.STALE
    assert terminal.copy.age_s() == 30


def test_a_jump_of_the_wall_clock_does_not_change_the_age(terminal: Terminal) -> None:
    terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1)]))
    terminal.clock.pass_s(10)
    terminal.clock.reading = replace(terminal.clock.reading, wall_time=AT + timedelta(days=3_000))
    assert terminal.copy.age_s() == 10


def test_whoever_leaves_is_out_even_when_the_disk_is_full(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1), person(2)]))

    def full(_self: RollFile, _stored: StoredRoll) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(RollFile, "save", full)
    terminal.copy.receive(terminal.update(v(5), v(6), [], ["P-000001"]))
    assert terminal.gallery() == {"P-000002": 2}
    assert "roll_not_stored" in terminal.log.getvalue()
    terminal.start()
    assert terminal.copy.content().version == v(5)  # and the hub is told so, and says it again


def test_a_bad_signature_is_refused_and_counted(terminal: Terminal) -> None:
    hub, stranger = SigningKey.generate(), SigningKey.generate()
    log = io.StringIO()
    refusals = Refusals(Log("downlink", log))
    changes: list[int] = []
    receiver = RollReceiver(
        "gate-1", hub.public_key(), terminal.copy, refusals, changed=lambda: changes.append(1)
    )
    update = terminal.update(NOTHING, v(5), [person(1)])
    for raw in (
        sign(KIND, HUB, "gate-1", update, stranger),
        sign(KIND, HUB, "gate-2", update, hub),
        sign("ack", HUB, "gate-1", update, hub),
        b"rubbish",
    ):
        receiver.take(raw)
    assert refusals.total() == 4
    assert terminal.copy.content().version == NOTHING
    assert changes == []
    assert '"reason": "forged"' in log.getvalue()
    receiver.take(sign(KIND, HUB, "gate-1", update, hub))
    assert terminal.copy.content().version == v(5)
    assert changes == [1]


# What of the roll it is, and in which session it was said


def test_a_confirmation_of_another_session_proves_nothing(terminal: Terminal) -> None:
    terminal.counters.next_session(AT)
    old = terminal.counters.session()
    terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1)], session=old))
    terminal.clock.pass_s(100)
    terminal.counters.next_session(AT)
    assert terminal.copy.receive(terminal.confirmation(v(5), session=old)) is Receipt.STALE
    assert terminal.copy.age_s() == 100
    now = terminal.counters.session()
    assert terminal.copy.receive(terminal.confirmation(v(5), session=now)) is Receipt.CONFIRMED
    assert terminal.copy.age_s() == 0


def test_an_update_of_another_session_is_not_applied(terminal: Terminal) -> None:
    terminal.counters.next_session(AT)
    old = terminal.counters.session()
    kept = terminal.update(NOTHING, v(5), [person(1)], session=old)
    terminal.counters.next_session(AT)
    assert terminal.copy.receive(kept) is Receipt.STALE
    assert terminal.copy.content().people == {}


def test_an_old_confirmation_does_not_make_the_copy_look_fresh_after_a_restart(terminal: Terminal) -> None:
    terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1)]))
    terminal.clock.pass_s(400)
    replayed = terminal.confirmation(v(5))
    assert terminal.copy.receive(replayed) is Receipt.CONFIRMED
    terminal.clock.pass_s(1_000)
    terminal.start()
    assert terminal.copy.receive(replayed) is Receipt.STALE
    assert terminal.copy.age_s() == 1_000
    assert terminal.copy.receive(terminal.confirmation(v(5))) is Receipt.CONFIRMED


def test_a_hub_whose_clock_was_set_back_still_confirms_in_a_new_session(terminal: Terminal) -> None:
    terminal.counters.next_session(AT)
    far = terminal.update(NOTHING, v(5), [person(1)], session=terminal.counters.session())
    terminal.copy.receive(replace_time(far, AT + timedelta(days=20_000)))
    terminal.start()
    terminal.counters.next_session(AT)
    confirmation = terminal.confirmation(v(5), session=terminal.counters.session())
    assert terminal.copy.receive(confirmation) is Receipt.CONFIRMED


def replace_time(update: RollUpdate, said_at: datetime) -> RollUpdate:
    return msgspec.structs.replace(update, said_at=said_at)


def test_a_whole_roll_of_another_scope_replaces_one_of_the_same_version(terminal: Terminal) -> None:
    terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1), person(2)], scope="site"))
    assert terminal.copy.receive(terminal.confirmation(v(5), scope="zones-x")) is Receipt.STALE
    narrower = terminal.update(NOTHING, v(5), [person(1)], scope="zones-x")
    assert terminal.copy.receive(narrower) is Receipt.APPLIED
    assert terminal.gallery() == {"P-000001": 2}
    assert terminal.copy.tell() == {"protection": "none", "roll_scope": "zones-x"}
    assert terminal.copy.receive(terminal.confirmation(v(5), scope="zones-x")) is Receipt.CONFIRMED
    assert terminal.copy.receive(narrower) is Receipt.STALE
    terminal.start()
    assert terminal.copy.content().scope == "zones-x"


OFFICERS = [RollOfficer(login="mena", name="Mena", pin="$argon2id$v=19$x")]


def test_officers_come_with_the_roll_and_change_alone(terminal: Terminal) -> None:
    terminal.copy.receive(terminal.update(NOTHING, v(5), [person(1)], officers=OFFICERS, scope="site page-a"))
    terminal.copy.receive(terminal.update(v(5), v(6), [person(2)], scope="site page-a"))
    assert terminal.copy.content().officers == tuple(OFFICERS)
    terminal.start()
    assert terminal.copy.content().officers == tuple(OFFICERS)
    changed = terminal.update(v(6), v(6), officers=[], scope="site page-b")
    assert terminal.copy.receive(changed) is Receipt.APPLIED
    assert terminal.copy.content().officers == ()
    assert len(terminal.copy.content().people) == 2


def test_who_has_a_standing_procedure_is_known_without_fingers(terminal: Terminal) -> None:
    known = RollPerson(person="P-000001", fingers=[], zones=["block-a"], attested=True)
    terminal.copy.receive(terminal.update(NOTHING, v(5), [known, person(2)]))
    facts = terminal.copy.facts(terminal.copy.content())
    assert facts.attested == {"P-000001"}
    assert facts.languages["P-000001"] == "en"


def test_a_copy_of_the_first_form_is_read_and_written_anew(terminal: Terminal) -> None:
    first = {"form": 1, "version": v(5), "people": [person(1)]}
    key = b"k" * 32
    (terminal.folder / "keys" / "roll.key").write_bytes(key)
    (terminal.folder / "keys" / "roll.key").chmod(0o600)
    (terminal.folder / "roll.sealed").write_bytes(lock_at_rest(encode(first), key, "roll gate-1"))
    terminal.start()
    assert terminal.gallery() == {"P-000001": 2}
    terminal.copy.receive(terminal.update(v(5), v(6), [person(2)]))
    terminal.start()
    assert terminal.gallery() == {"P-000001": 2, "P-000002": 2}
