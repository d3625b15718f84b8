"""A whole picture from the hub on the card: what is not ours is set aside, what cannot be kept is held all the same."""

from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from edge.clock import Reading
from edge.log import Log
from edge.protection import AtRest, RollKeys
from edge.provisioning import Folder, prepare
from edge.roll_content import Receipt
from edge.sealed_copy import SealedCopy
from wire.codec import encode
from wire.journal import Clock
from wire.keys import OpeningKey
from wire.sealing import seal
from wire.unit import UnitPicture, seal_context
from wire.versions import Version

from .unit_world import picture

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST, SECOND = Version(1, 1), Version(1, 2)


@dataclass
class Card:
    """One terminal's folder, its key and its clock."""

    root: Path
    at_rest: AtRest = AtRest.NONE
    now_s: float = 0.0

    def __post_init__(self) -> None:
        prepare(Folder(self.root))
        self.opening = OpeningKey.generate()
        self.said = io.StringIO()
        self.keys = self.fresh_keys()

    def fresh_keys(self) -> RollKeys:
        """As after a boot: whatever the hub released is forgotten."""
        return RollKeys(Folder(self.root), self.at_rest, {})

    def read(self) -> Reading:
        return Reading(
            "b" * 32, int(self.now_s * 1000), NOON + timedelta(seconds=self.now_s), Clock.SYNCHRONISED
        )

    def copy(self) -> SealedCopy[UnitPicture]:
        return SealedCopy(
            self.root / "unit.sealed",
            self.keys,
            UnitPicture,
            terminal="a-1",
            opening=self.opening,
            context=lambda version: seal_context("a-1", version),
            session=lambda: 1,
            clock=self,
            log=Log("test", self.said),
        )

    def sealed(self, version: Version) -> bytes:
        return seal(encode(picture()), self.opening.public_key(), seal_context("a-1", version))

    def give(self, copy: SealedCopy[UnitPicture], version: Version = FIRST) -> Receipt:
        self.now_s += 1
        return copy.receive(version, self.read().wall_time, 1, self.sealed(version))


@pytest.fixture
def card(quick_path: Path) -> Card:
    return Card(quick_path)


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\x00" * 400])
def test_a_file_that_is_not_whole_is_set_aside_and_the_hub_sends_it_again(card: Card, damage: bytes) -> None:
    card.give(card.copy())
    (card.root / "unit.sealed").write_bytes(damage)
    copy = card.copy()
    assert not copy.load("aside")
    assert (card.root / "set-aside" / "aside" / "unit.sealed").exists()
    assert (copy.content(), copy.version(), copy.age_s()) == (None, None, None)
    assert card.give(copy) is Receipt.APPLIED


def test_the_copy_of_another_terminal_opens_nothing(card: Card) -> None:
    card.give(card.copy())
    (card.root / "keys" / "roll.key").write_bytes(os.urandom(32))
    assert not card.copy().load("aside")


def test_after_a_boot_it_is_closed_until_the_hub_gives_its_half_and_new_ones_are_held_meanwhile(
    quick_path: Path,
) -> None:
    card = Card(quick_path, AtRest.HUB_RELEASED)
    half = os.urandom(32)
    card.keys.release(half)
    card.give(card.copy())
    card.keys = card.fresh_keys()
    locked = card.copy()
    assert not locked.load("aside")
    assert locked.content() is None
    card.keys.release(half)
    locked.unlock("aside")
    assert locked.version() == FIRST

    card.keys = card.fresh_keys()
    without = card.copy()
    without.load("aside")
    (card.root / "keys" / "roll.key").unlink(missing_ok=True)
    assert card.give(without, SECOND) is Receipt.APPLIED
    assert without.version() == SECOND
    card.keys.release(half)
    without.unlock("aside")
    again = card.copy()
    again.load("aside")
    assert again.version() == SECOND


def test_a_card_that_takes_nothing_costs_a_restart_its_memory_and_not_the_present(
    card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_anything: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("edge.sealed_copy.write_durably", full)
    copy = card.copy()
    assert card.give(copy) is Receipt.APPLIED
    assert copy.version() == FIRST
    assert "copy_not_stored" in card.said.getvalue()
    assert "P-0000" not in card.said.getvalue()


def test_a_confirmation_of_something_else_is_none(card: Card) -> None:
    copy = card.copy()
    card.give(copy)
    card.now_s += 50
    assert copy.receive(SECOND, card.read().wall_time, 1, b"") is Receipt.STALE
    assert copy.age_s() == 50
    assert copy.receive(FIRST, card.read().wall_time, 1, b"") is Receipt.CONFIRMED
    assert copy.age_s() == 0


@pytest.mark.parametrize("at_rest", [AtRest.NONE, AtRest.HUB_RELEASED])
def test_of_threads_that_write_their_first_copies_at_once_all_write_under_the_key_that_stays(
    quick_path: Path, at_rest: AtRest
) -> None:
    folder = Folder(quick_path)
    folder.keys.mkdir(parents=True, mode=0o700)
    start = Barrier(4)

    def first(_number: int) -> bytes | None:
        keys = RollKeys(folder, at_rest, {})
        keys.release(b"h" * 32)
        start.wait(10)
        writing = keys.for_writing()
        return None if writing is None else writing[1]

    with ThreadPoolExecutor(4) as pool:
        used = set(pool.map(first, range(4)))
    kept = RollKeys(folder, at_rest, {})
    kept.release(b"h" * 32)
    assert used == {kept.key(at_rest)}
