"""From a task of the hub to templates in its vault: a real sensor line, real fingers, a cut in the middle."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import matching
from edge.agent import Agent
from edge.desk.server import Verb
from edge.downlink import Downlink
from edge.enrolment.desk import EnrolmentDesk
from edge.enrolment.forms import CannotBeTaken, DeskView, Look, OfFinger, OfTask, Photo
from edge.enrolment.judging import pack
from edge.errors import DeskRefusedError
from edge.log import Log
from edge.passage import Passages
from edge.refusals import Refusals
from edge.sensor import Sensor, SensorSettings
from edge.sensor.opening import open_reader
from hub.biometrics.actions import fingers_of, templates_for
from hub.database import session_scope
from hub.ingest.doorkeeper import Delivery
from hub.reception.desk import asking
from hub.reception.desk.records import FingerTask
from hub.reception.desk.rules import Status
from matching.synthesis import make_finger
from simulation.sensor import FAST256, SensorEmulator
from wire.enrolment import Unusable
from wire.envelope import HUB, sign
from wire.happenings import Happening
from wire.roll import RollOfficer
from wire.topics import Channel, topic

from ..unit.hub.desk_world import ADA, Desk, Hub
from ..unit.hub.ingest_world import Gate, World, make_template, open_world
from ..waiting import PATIENCE_S

Image = NDArray[np.uint8]
TASK = "a" * 32


@dataclass
class Officers:
    """One officer is signed in, behind the token "good"."""

    prolonged: int = 0
    login: str = "officer-7"

    def officer(self, token: str, *, active: bool = True) -> RollOfficer:
        if token != "good":
            raise DeskRefusedError("sign_in", "Nobody is signed in.")
        self.prolonged += active
        return RollOfficer(login=self.login, name="Officer Seven", pin="")


@dataclass
class Kept:
    """A journal that takes everything."""

    kept: list[Happening] = field(default_factory=list)

    def record(self, happening: Happening) -> Any:
        self.kept.append(happening)

    def has_room(self) -> bool:
        return True


class Bench:
    """The desk's terminal in one thread, its glass, and the hub behind it; the line between them may be cut."""

    def __init__(self, folder: Path, hub: Hub, sensor: Sensor, emulator: SensorEmulator) -> None:
        self.folder = folder
        self.hub = hub
        self.gate = Gate("desk-1")
        hub.world.grant(self.gate)
        self.desk = Desk(self.gate, hub)
        self.emulator = emulator
        self._sensor = sensor
        self.officers = Officers()
        self.connected = True
        self.lost: list[bytes] = []
        self.start()

    def start(self) -> None:
        """The agent anew, from what is on the card."""
        log = Log("test", io.StringIO())
        self.enrolment = EnrolmentDesk(
            self.folder / "enrolment",
            self.gate.name,
            matching,
            self.gate.opening_key,
            self.gate.signing_key,
            Downlink(self.gate.name, self.hub.signing.public_key(), Refusals(log)),
            sensor="zfm",
            now=lambda: datetime.now(UTC),
            log=log,
        )
        self.enrolment._tell = self._up
        self.verbs = self.enrolment.verbs(self.officers)
        nobody: Any = None
        self.agent = Agent(
            self._sensor,
            _NoPassages(nobody, nobody, nobody, nobody, lambda: 0.0),
            Kept(),
            lamp_s=0.3,
            now=time.monotonic,
            sleep=time.sleep,
            log=log,
            ready=lambda: None,
            station=self.enrolment.station,
        )
        self.now_s = 0.0

    def _up(self, channel: Channel, raw: bytes) -> None:
        if not self.connected:
            self.lost.append(raw)
            return
        taken = self.hub.take(Delivery(topic(self.gate.name, channel), raw, self.hub.at))
        assert not taken.refused
        for terminal, reply in taken.replies:
            assert terminal == self.gate.name
            self._down(sign(reply.kind, HUB, terminal, reply.body, self.hub.signing))

    def _down(self, raw: bytes) -> None:
        self.enrolment.handlers()[Channel.DESK](raw)

    def tick(self) -> None:
        """A second of the desk's thread and of the hub's desks."""
        self.now_s += 1000
        self.enrolment._sending.tick(self.now_s)
        self.hub.later(seconds=60)
        self.hub.said.clear()
        if self.connected and self.hub.tick():
            self._down(self.hub.said[-1][1])

    def ask(self, verb: str, question: Any) -> Any:
        found: Verb = self.verbs[verb]
        assert isinstance(question, found.form)
        return found.act(question)

    def view(self) -> DeskView:
        shown = self.ask("enrol_view", Look(token="good"))
        assert isinstance(shown, DeskView)
        return shown

    def touch(self, image: Image) -> str:
        """A finger on the glass until the desk has judged it; the word that the page says."""
        before = self.enrolment.station.serial
        self.emulator.place(image)
        self._turn_until(lambda: self._glass() == "lift" and self.enrolment.station.serial > before)
        self.emulator.lift()
        self._turn_until(lambda: self._glass() == "empty")
        shown = self.view().open
        assert shown is not None
        return shown.said

    def _glass(self) -> str:
        session = self.enrolment.station.session()
        return "" if session is None else session.glass

    def _turn_until(self, there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not there():
            assert time.monotonic() < deadline, self.view()
            self.agent.turn()


class _NoPassages(Passages):
    def finger(self, capture: object, seen_at: float) -> Any:
        raise AssertionError("a finger of the desk went to the passages")


@pytest.fixture(scope="module")
def fingers() -> dict[tuple[str, int], Image]:
    """Two fingers of nobody, three touches of each."""
    made = {"index": make_finger(1), "thumb": make_finger(2)}
    return {
        (name, touch): finger.impression(touch, grey_levels=16)
        for name, finger in made.items()
        for touch in (1, 2, 3)
    }


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def bench(tmp_path: Path, template: Path) -> Iterator[Bench]:
    world: World = open_world(template, tmp_path)
    port = tmp_path / "sensor"
    emulator = SensorEmulator(port, FAST256)
    emulator.start()
    sensor = open_reader(SensorSettings(port=str(port)))
    bench = Bench(tmp_path / "desk", Hub(world), sensor, emulator)
    bench.hub.take(bench.gate.state())
    bench.tick()
    yield bench
    sensor.close()
    emulator.stop()
    world.engine.dispose()


def ask_for(bench: Bench, positions: list[int]) -> None:
    bench.hub.ask(bench.desk, positions=positions)
    bench.tick()
    assert [one.task for one in bench.view().tasks] == [TASK]


def test_the_page_shows_nothing_to_whoever_is_not_signed_in(bench: Bench) -> None:
    ask_for(bench, [2])
    for verb, question in (
        ("enrol_view", Look(token="")),
        ("enrol_begin", OfTask(token="bad", task=TASK)),
        ("enrol_photo", OfTask(token="bad", task=TASK)),
        ("enrol_redo", OfFinger(token="bad", position=2)),
        ("enrol_unusable", CannotBeTaken(token="bad", reason=Unusable.WORN)),
        ("enrol_keep_best", Look(token="bad")),
        ("enrol_leave", Look(token="bad")),
        ("enrol_finish", Look(token="bad")),
    ):
        with pytest.raises(DeskRefusedError, match="Nobody is signed in"):
            bench.ask(verb, question)
    assert bench.ask("enrol_photo", OfTask(token="good", task=TASK)) == Photo(jpeg=b"")


def test_whoever_is_signed_in_answers_for_the_next_finger(bench: Bench) -> None:
    ask_for(bench, [2])
    bench.ask("enrol_begin", OfTask(token="good", task=TASK))
    bench.officers.login = "officer-9"
    bench.view()
    session = bench.enrolment.station.session()
    assert session is not None
    assert session.operator == "officer-9"


def test_a_page_that_renews_itself_prolongs_nothing(bench: Bench) -> None:
    ask_for(bench, [2])
    bench.officers.prolonged = 0
    for _look in range(3):
        bench.view()
    assert bench.officers.prolonged == 0


def test_what_is_not_there_is_refused_in_words(bench: Bench) -> None:
    with pytest.raises(DeskRefusedError, match="taken this task back"):
        bench.ask("enrol_begin", OfTask(token="good", task=TASK))
    with pytest.raises(DeskRefusedError, match="No capture is open"):
        bench.ask("enrol_finish", Look(token="good"))


def test_from_a_task_to_templates_in_the_vault(bench: Bench, fingers: dict[tuple[str, int], Image]) -> None:
    """With a wrong finger, a finger given twice, a cut of power, and a line that is away for a while."""
    ask_for(bench, [2, 1, 3])
    bench.ask("enrol_begin", OfTask(token="good", task=TASK))
    assert bench.touch(fingers["index", 1]) == "taken"
    assert bench.touch(fingers["thumb", 1]) == "other_finger"
    assert bench.touch(fingers["index", 2]) == "taken"
    assert bench.touch(fingers["index", 3]) == "whole"
    assert bench.touch(fingers["index", 1]) == "taken_before"
    assert bench.touch(fingers["thumb", 1]) == "taken"

    bench.start()  # the power was cut: the whole finger is there, the other begins anew, and nothing can be read
    assert bench.view().open is None
    _nothing_readable(bench.folder, fingers["index", 1])
    shown = bench.ask("enrol_begin", OfTask(token="good", task=TASK)).open
    assert (shown.position, shown.taken, [one.state for one in shown.fingers]) == (
        1,
        0,
        ["taken", "now", "open"],
    )
    with pytest.raises(DeskRefusedError, match="still open"):
        bench.ask("enrol_finish", Look(token="good"))
    for touch in (1, 2, 3):
        bench.touch(fingers["thumb", touch])
    bench.ask("enrol_unusable", CannotBeTaken(token="good", reason=Unusable.BANDAGED, note="until Friday"))

    bench.connected = False
    assert bench.ask("enrol_finish", Look(token="good")).to_send == 1
    bench.tick()
    assert bench.lost
    bench.start()
    bench.connected = True
    for _second in range(3):
        bench.tick()
    assert bench.hub.work.step()
    assert bench.hub.findings() == {2: "stored", 1: "stored", 3: "unusable"}
    bench.tick()
    bench.tick()
    assert (bench.view().to_send, bench.view().tasks) == (0, [])
    assert not list((bench.folder / "enrolment").glob("*/*"))
    with session_scope(bench.hub.world.sessions, writes=False) as session:
        assert [(one.position, one.impressions) for one in fingers_of(session, 1)] == [(1, 3), (2, 3)]
        records = templates_for(session, bench.hub.vault, [1])[1]
    probe = matching.extract(fingers["index", 2], 500)
    scores = {at: matching.compare(probe, matching.Template.from_iso(record)) for at, record in records}
    assert scores[2] > 5 > scores[1]


def test_a_task_that_the_hub_takes_back_ends_under_the_officers_hands(
    bench: Bench, fingers: dict[tuple[str, int], Image]
) -> None:
    ask_for(bench, [2, 1])
    bench.ask("enrol_begin", OfTask(token="good", task=TASK))
    bench.ask("enrol_unusable", CannotBeTaken(token="good", reason=Unusable.MISSING))
    with session_scope(bench.hub.world.sessions) as session:
        asking.cancel(session, session.get_one(FingerTask, 1), actor=ADA, at=bench.hub.at)
    bench.tick()
    assert (bench.view().open, bench.view().tasks, bench.view().notice) == (None, [], "cancelled")
    bench.tick()
    assert not list((bench.folder / "enrolment").glob("*/*"))
    assert bench.hub.task().status == Status.CANCELLED


def test_a_card_that_is_full_loses_the_finger_and_says_so(
    bench: Bench, fingers: dict[tuple[str, int], Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_for(bench, [2])
    bench.ask("enrol_begin", OfTask(token="good", task=TASK))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(bench.enrolment.station._cabinet, "keep", full)
        shown = bench.ask("enrol_unusable", CannotBeTaken(token="good", reason=Unusable.WORN)).open
    assert (shown.said, shown.position) == ("unsealed", 2)
    shown = bench.ask("enrol_unusable", CannotBeTaken(token="good", reason=Unusable.WORN)).open
    assert shown.complete


def test_a_damaged_card_costs_the_finger_not_the_desk(bench: Bench) -> None:
    ask_for(bench, [2, 1])
    bench.ask("enrol_begin", OfTask(token="good", task=TASK))
    bench.ask("enrol_unusable", CannotBeTaken(token="good", reason=Unusable.WORN))
    (bench.folder / "enrolment" / TASK / "2.sealed").write_bytes(b"\xff" * 50)
    (bench.folder / "enrolment" / "book").write_bytes(b"\xff" * 50)
    bench.start()
    assert not bench.view().told
    for _second in range(2):
        bench.tick()
    shown = bench.ask("enrol_begin", OfTask(token="good", task=TASK)).open
    assert (shown.position, [one.state for one in shown.fingers]) == (2, ["now", "open"])


def test_a_capture_that_was_forgotten_takes_no_finger_of_somebody_else(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_for(bench, [2])
    bench.ask("enrol_begin", OfTask(token="good", task=TASK))
    station = bench.enrolment.station
    assert station.wants_finger()
    monkeypatch.setattr(station, "_monotonic", lambda: time.monotonic() + 301)
    assert not station.wants_finger()
    assert bench.view().notice == "idle"


def _nothing_readable(folder: Path, image: Image) -> None:
    """No file of the card holds the image, packed or not, nor opens as one; whoever has the card has no finger."""
    packed = pack(image, dpi=500, sensor="", at=datetime.now(UTC), quality=0).packed
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        raw = path.read_bytes()
        assert packed[10:60] not in raw
        assert image.tobytes()[:200] not in raw
        assert path.stat().st_mode & 0o077 == 0
