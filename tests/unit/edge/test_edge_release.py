"""The hub's half of a key: asked for while it is missed, taken from the hub alone, kept in memory alone."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import pytest

from edge.counters import Counters
from edge.downlink import Downlink
from edge.errands import Errands
from edge.log import Log
from edge.protection import AtRest, RollKeys
from edge.provisioning import Folder
from edge.refusals import Refusals
from edge.release import LONGEST_PATIENCE_S, KeyRelease
from edge.roll_copy import RollCopy
from edge.roll_file import RollFile
from wire.codec import decode, encode
from wire.envelope import HUB, open_envelope, sign
from wire.keys import OpeningKey, SealingKey, SigningKey
from wire.release import BACK, KIND, Half, Release, Released, release_context
from wire.roll import RollChanges, RollUpdate, seal_context
from wire.sealing import seal
from wire.topics import Channel
from wire.versions import NOTHING, Version

from .test_edge_roll_copy import AT, FakeClock, FakeGallery, person

HALF = b"h" * 32
V5 = Version(1, 5)


class Scene:
    """A terminal with a roll copy on its card, started anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = Folder(folder)
        self.folder.keys.mkdir()
        self.signing, self.opening, self.hub = (
            SigningKey.generate(),
            OpeningKey.generate(),
            SigningKey.generate(),
        )
        self.log = io.StringIO()
        self.nonces = itertools.count()

    def start(self, chosen: AtRest) -> None:
        log = Log("roll", self.log)
        self.refusals = Refusals(log)
        self.keys = RollKeys(self.folder, chosen, {})
        self.file = RollFile(self.folder.roll, self.keys, "gate-1")
        self.copy = RollCopy(
            self.file,
            FakeGallery,
            terminal="gate-1",
            to_zone="block-a",
            opening_key=self.opening,
            counters=Counters(self.folder.counters),
            clock=FakeClock(),
            log=log,
        )
        self.copy.load("aside")
        self.release = KeyRelease(
            "gate-1",
            (self.signing, self.opening),
            self.file,
            self.keys,
            self.copy,
            Downlink("gate-1", self.hub.public_key(), self.refusals),
            self.refusals,
            FakeClock(),
            log,
            new_nonce=lambda: next(self.nonces).to_bytes(16, "big"),
            aside_name=lambda: "aside",
        )

    def ask(self, now_s: float = 0.0) -> Release | None:
        raw = self.release.next_word(now_s)
        if raw is None:
            return None
        key = self.signing.public_key()
        return decode(open_envelope(raw, kind=KIND, sender="gate-1", receiver=HUB, key=key), Release)

    def answer(self, asked: Release, half: bytes = HALF, to: SealingKey | None = None) -> bytes:
        context = release_context("gate-1", asked.nonce)
        sealed = seal(encode(Half(half=half)), to or self.opening.public_key(), context)
        return sign(BACK, HUB, "gate-1", Released(nonce=asked.nonce, sealed=sealed), self.hub)

    def receive_roll(self) -> None:
        changes = encode(RollChanges(upserts=[person(1)], removals=[]))
        sealed = seal(changes, self.opening.public_key(), seal_context("gate-1", V5, 1))
        self.copy.receive(RollUpdate(base=NOTHING, to=V5, part=1, parts=1, sealed=sealed, said_at=AT))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    scene = Scene(tmp_path)
    scene.start(AtRest.HUB_RELEASED)
    asked = scene.ask()
    assert asked is not None
    scene.release.take(scene.answer(asked), 0.0)
    scene.receive_roll()
    scene.start(AtRest.HUB_RELEASED)
    return scene


def test_without_the_hub_nobody_is_known_and_it_is_said(scene: Scene) -> None:
    assert scene.copy.is_locked
    assert scene.copy.content().version == NOTHING
    assert scene.copy.content().people == {}
    assert scene.copy.tell()["protection"] == "hub_released"
    assert "roll_copy_locked" in scene.log.getvalue()


def test_forged_strange_and_old_answers_open_nothing(scene: Scene) -> None:
    asked = scene.ask()
    assert asked is not None
    old = scene.answer(asked)
    asked = scene.ask(100.0)
    assert asked is not None
    sealed_to_another = scene.answer(asked, to=OpeningKey.generate().public_key())
    forged = sign(BACK, HUB, "gate-1", Released(nonce=asked.nonce, sealed=b"x"), SigningKey.generate())
    for raw in (old, sealed_to_another, forged, b"rubbish"):
        scene.release.take(raw, 0.0)
    assert scene.copy.is_locked
    assert scene.refusals.total() == 3
    scene.release.take(scene.answer(asked), 0.0)
    assert not scene.copy.is_locked


def test_a_refusal_is_said(scene: Scene) -> None:
    asked = scene.ask()
    assert asked is not None
    said = Released(nonce=asked.nonce, sealed=b"", why="This key was destroyed.")
    scene.release.take(sign(BACK, HUB, "gate-1", said, scene.hub), 0.0)
    assert scene.copy.is_locked
    assert "This key was destroyed." in scene.log.getvalue()


def test_another_half_than_the_one_it_was_locked_with_puts_the_copy_aside(scene: Scene) -> None:
    asked = scene.ask()
    assert asked is not None
    scene.release.take(scene.answer(asked, half=b"o" * 32), 0.0)
    assert not scene.copy.is_locked
    assert scene.copy.content().version == NOTHING
    assert not scene.folder.roll.exists()


def test_it_goes_on_asking_at_least_every_quarter_of_a_minute(scene: Scene) -> None:
    asked = [second for second in range(120) if scene.ask(float(second)) is not None]
    assert asked[0] == 0
    pauses = [later - earlier for earlier, later in itertools.pairwise(asked)]
    assert max(pauses) <= LONGEST_PATIENCE_S
    assert len(asked) < 20


def test_the_half_brings_the_copy_back_and_is_asked_for_no_more(scene: Scene) -> None:
    asked = scene.ask()
    assert asked is not None
    scene.release.take(scene.answer(asked), 0.0)
    assert scene.copy.content().version == V5
    assert list(scene.copy.content().people) == ["P-000001"]
    assert scene.ask(1_000.0) is None
    assert all(HALF not in path.read_bytes() for path in scene.folder.root.rglob("*") if path.is_file())


def test_a_roll_that_came_before_the_half_is_stored_with_it(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.start(AtRest.HUB_RELEASED)
    scene.receive_roll()
    assert not scene.folder.roll.exists()
    assert "roll_not_stored" in scene.log.getvalue()
    asked = scene.ask()
    assert asked is not None
    scene.release.take(scene.answer(asked), 0.0)
    assert scene.folder.roll.exists()
    assert scene.copy.content().version == V5


def test_leaving_the_hubs_half_needs_it_once_more(scene: Scene) -> None:
    scene.start(AtRest.NONE)
    assert scene.copy.is_locked
    asked = scene.ask()
    assert asked is not None
    scene.release.take(scene.answer(asked), 0.0)
    assert scene.copy.tell()["protection"] == "none"
    scene.start(AtRest.NONE)
    assert scene.copy.content().version == V5
    assert scene.ask() is None


def test_errands_say_what_is_due_and_hand_over_what_arrives(scene: Scene) -> None:
    errands = Errands([scene.release], scene.refusals, Log("errands", scene.log))
    said: list[tuple[Channel, bytes]] = []
    changed: list[int] = []

    def turn() -> None:
        errands.turn(lambda channel, raw: said.append((channel, raw)), lambda: changed.append(1), 0.0)

    turn()
    assert [channel for channel, _ in said] == [Channel.RELEASE]
    key = scene.signing.public_key()
    body = open_envelope(said[0][1], kind=KIND, sender="gate-1", receiver=HUB, key=key)
    errands.handlers()[Channel.RELEASED](scene.answer(decode(body, Release)))
    turn()
    assert changed == [1]
    assert not scene.copy.is_locked


def test_a_card_that_fails_stops_no_errand_for_good(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    errands = Errands([scene.release], scene.refusals, Log("errands", scene.log))
    said: list[bytes] = []

    def turn() -> None:
        errands.turn(lambda _channel, raw: said.append(raw), lambda: None, 0.0)

    def broken(_file: RollFile) -> AtRest:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(RollFile, "lies_under", broken)
        turn()
        turn()
        assert scene.copy.tell()["protection"] == ""
    assert said == []
    assert scene.log.getvalue().count("errand_failed") == 1
    turn()
    assert len(said) == 1
    assert scene.copy.tell()["protection"] == "hub_released"
