"""A configuration of the hub: refused from the past and by name, tried on probation, kept, or taken back."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.clock import Reading
from edge.configuration.front import Front, front_of
from edge.configuration.keeper import Around, Configurations
from edge.configuration.probation import GRACE_S, HUB_GRACE_S, Judgement, Seen, judge
from edge.configuration.starting import MOST_STARTS, Start, begin, give_up
from edge.configuration.stored import Stored, Trial, content_of, read_stored
from edge.counters import Counters
from edge.decision import NO_ORDERS, InForce
from edge.downlink import Downlink
from edge.log import Log
from edge.refusals import Refusals
from edge.settings import Settings, settings_of
from wire.configuration import KIND, Configuration
from wire.envelope import HUB, sign
from wire.happenings import ConfigurationTaken, EntryReference, Happening
from wire.journal import Clock
from wire.keys import SigningKey
from wire.versions import Version

NOON = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
FINE = Front(works=True, in_service=True)
FIRST, SECOND = Version(1, 1), Version(1, 2)


def base() -> Settings:
    return settings_of("gate", terminal="gate-1", sensor={"port": "/dev/pims-sensor"})


def content(**passage: Any) -> dict[str, Any]:
    """What the gate's file says, with some keys of [passage] changed."""
    plain = content_of(base())
    plain["passage"] = {**plain["passage"], **passage}
    return plain


@dataclass
class World:
    """One terminal over all its starts, with a clock that stands until it is moved."""

    folder: Path
    key: SigningKey = field(default_factory=SigningKey.generate)
    log_text: io.StringIO = field(default_factory=io.StringIO)
    front: Front = FINE
    seconds: float = 0.0
    said: int = 0
    entries: list[Happening] = field(default_factory=list)
    told: int = 0
    restarts: int = 0
    in_force: InForce = NO_ORDERS

    def __post_init__(self) -> None:
        self.log = Log("test", self.log_text)
        self.refusals = Refusals(self.log)

    @property
    def path(self) -> Path:
        return self.folder / "configuration.json"

    def start(self) -> Configurations:
        """The next start of the agent."""
        self.begun = begin(self.path, base(), self.log)
        self.entries += self.begun.happened
        self.seconds += 100
        made = Configurations(
            self.begun,
            Downlink("gate-1", self.key.public_key(), self.refusals),
            self.refusals,
            Counters(self.folder / "counters.json"),
            self,
            now=lambda: self.seconds,
            log=self.log,
        )
        made.connect(Around(self, lambda: self.front, self._tell, self._restart, lambda: self.in_force))
        return made

    def say(
        self, version: Version, settings: dict[str, Any] | bytes | None, *, at_s: int | None = None
    ) -> bytes:
        """A message of the hub; each is said a second after the one before."""
        self.said += 1
        raw = json.dumps(settings).encode() if isinstance(settings, dict) else settings
        said_at = NOON + timedelta(seconds=self.said if at_s is None else at_s)
        told = Configuration(version=version, said_at=said_at, settings=raw, probation_s=30.0)
        return sign(KIND, HUB, "gate-1", told, self.key)

    def read(self) -> Reading:
        return Reading("b" * 32, int(self.seconds * 1000), NOON, Clock.SYNCHRONISED)

    def record(self, happening: Happening) -> EntryReference:
        self.entries.append(happening)
        return EntryReference(terminal="gate-1", journal_id=bytes(16), sequence=len(self.entries))

    def has_room(self) -> bool:
        return True

    def outcomes(self) -> list[tuple[str, str]]:
        return [
            (str(one.version), one.outcome) for one in self.entries if isinstance(one, ConfigurationTaken)
        ]

    def _tell(self) -> None:
        self.told += 1

    def _restart(self) -> None:
        self.restarts += 1


@pytest.fixture
def world(quick_path: Path) -> World:
    return World(quick_path)


def keep_first(world: World) -> None:
    """Version 1.1 with two tries is kept."""
    world.start().take(world.say(FIRST, content(tries=2)))
    held = world.start()
    held.take(world.say(FIRST, None))
    world.seconds += 31
    held.look()
    assert world.outcomes()[-1] == ("1.1", "kept")


def test_a_terminal_without_a_configuration_runs_by_its_provisioning(world: World) -> None:
    held = world.start()
    assert world.begun.settings == base()
    assert held.version is None
    assert held.age_s() is None
    assert held.state()["config_version"] is None


def test_what_another_hub_says_is_counted_and_changes_nothing(world: World) -> None:
    held = world.start()
    message = Configuration(version=FIRST, said_at=NOON, settings=b"{}", probation_s=30.0)
    held.take(sign(KIND, HUB, "gate-1", message, SigningKey.generate()))
    held.take(sign(KIND, HUB, "gate-2", message, world.key))
    held.take(b"no message")
    assert world.refusals.total() == 3
    assert not world.path.exists()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"tries": 9}, "passage.tries: must be a whole number from 1 to 5"),
        ({"tries": "three"}, "passage.tries"),
        ({"surprise": 1}, "passage.surprise: is not known"),
        ({"site_fmr": 1e-2}, "site_fmr must not be more than expected_fmr"),
    ],
)
def test_wrong_settings_are_refused_by_name_and_said(world: World, wrong: dict[str, Any], named: str) -> None:
    held = world.start()
    held.take(world.say(FIRST, content(**wrong)))
    assert world.outcomes() == [("1.1", "refused")]
    assert held.state()["config_refused"] == FIRST
    assert named in held.state()["config_why"]
    assert world.told == 1
    assert world.restarts == 0


@pytest.mark.parametrize("raw", [b"", b"[1]", b"\xff", b"null"])
def test_settings_that_are_none_are_refused(world: World, raw: bytes) -> None:
    held = world.start()
    held.take(world.say(FIRST, raw))
    assert held.state()["config_refused"] == FIRST


def test_a_refused_version_is_never_tried_again_and_the_next_one_is(world: World) -> None:
    held = world.start()
    held.take(world.say(FIRST, content(tries=9)))
    held.take(world.say(FIRST, content(tries=2)))
    assert world.restarts == 0
    assert world.refusals.total() == 1
    held.take(world.say(SECOND, content(tries=2)))
    assert world.restarts == 1


def test_desired_state_from_the_past_is_refused_and_counted(world: World) -> None:
    keep_first(world)
    held = world.start()
    before = world.refusals.total()
    held.take(world.say(Version(1, 0), content(tries=4)))
    held.take(world.say(Version(0, 9), content(tries=4)))
    assert world.refusals.total() == before + 2
    assert world.restarts == 1  # that of version 1.1
    assert read_stored(world.path).trial is None


def test_a_restored_hub_is_newer_whatever_its_counter_says(world: World) -> None:
    keep_first(world)
    world.start().take(world.say(Version(2, 0), content(tries=4)))
    assert world.restarts == 2


def test_a_hub_whose_clock_was_far_ahead_once_is_heard_again(world: World) -> None:
    keep_first(world)
    held = world.start()
    held.take(world.say(FIRST, None, at_s=70 * 365 * 86_400))
    held.take(world.say(FIRST, None))
    assert world.refusals.total() == 0
    world.start().take(world.say(SECOND, content(tries=4)))
    assert world.start().version == SECOND


@pytest.mark.parametrize("orders", [InForce(evacuate=True), InForce(lockdown=True)])
def test_no_gate_is_started_anew_for_a_configuration_while_it_acts_by_orders(
    world: World, orders: InForce
) -> None:
    world.in_force = orders
    held = world.start()
    held.take(world.say(FIRST, content(tries=2)))
    assert (world.restarts, held.state()["config_on_trial"]) == (0, False)
    world.in_force = NO_ORDERS
    held.take(world.say(FIRST, content(tries=2)))
    assert world.restarts == 1


def test_a_configuration_that_failed_is_taken_back_when_the_evacuation_is_over(world: World) -> None:
    world.start().take(world.say(FIRST, content(tries=2)))
    held = world.start()
    before = world.restarts
    world.front = Front(works=False, in_service=True)
    world.seconds += 1_000
    world.in_force = InForce(evacuate=True)
    held.look()
    assert world.restarts == before
    world.in_force = NO_ORDERS
    held.look()
    assert world.restarts == before + 1


def test_a_good_configuration_is_tried_and_kept(world: World) -> None:
    held = world.start()
    held.take(world.say(FIRST, content(tries=2)))
    assert world.restarts == 1
    held = world.start()
    assert world.begun.settings.passage.tries == 2
    assert world.begun.settings.sensor == base().sensor
    assert (held.version, held.state()["config_on_trial"]) == (FIRST, True)
    held.take(world.say(FIRST, None))
    world.seconds += 29
    held.look()
    assert world.outcomes() == [("1.1", "applied")]
    world.seconds += 2
    held.look()
    assert world.outcomes() == [("1.1", "applied"), ("1.1", "kept")]
    assert held.state()["config_on_trial"] is False
    world.start()
    assert world.begun.settings.passage.tries == 2
    assert world.begun.trial is None


def test_the_same_content_under_a_new_version_needs_no_start_anew(world: World) -> None:
    held = world.start()
    held.take(world.say(SECOND, content()))
    assert world.restarts == 0
    assert held.version == SECOND
    assert world.outcomes() == [("1.2", "kept")]
    assert held.age_s() == 0


def test_a_message_while_one_is_on_trial_waits_for_its_end(world: World) -> None:
    world.start().take(world.say(FIRST, content(tries=2)))
    held = world.start()
    held.take(world.say(SECOND, content(tries=4)))
    assert world.restarts == 1
    world.seconds += 31
    held.look()
    held.take(world.say(SECOND, content(tries=4)))
    assert world.restarts == 2


@pytest.mark.parametrize("starts", range(1, MOST_STARTS + 1))
def test_cuts_and_crashes_within_the_probation_end_in_the_kept_one(world: World, starts: int) -> None:
    keep_first(world)
    world.start().take(world.say(SECOND, content(tries=4)))
    for _ in range(starts):
        world.start()
        assert world.begun.settings.passage.tries == 4
    for _ in range(MOST_STARTS + 1 - starts):
        world.start()
    assert world.begun.settings.passage.tries == 2
    assert world.begun.version == FIRST
    assert world.outcomes()[-1] == ("1.2", "reverted")
    assert read_stored(world.path).newest() == SECOND


def test_a_cut_before_the_first_start_still_tries(world: World) -> None:
    world.start().take(world.say(FIRST, content(tries=2)))
    assert read_stored(world.path).trial is not None
    world.start()
    assert world.begun.settings.passage.tries == 2


def test_a_start_that_cannot_be_counted_is_not_made(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.start().take(world.say(FIRST, content(tries=2)))

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("edge.configuration.starting.write_stored", broken)
    for _ in range(5):
        world.start()
        assert world.begun.settings == base()
    monkeypatch.undo()
    world.start()
    assert world.begun.settings.passage.tries == 2


def test_a_terminal_that_cannot_start_with_it_gives_it_up_at_once(world: World) -> None:
    world.start().take(world.say(FIRST, content(tries=2)))
    world.start()
    assert give_up(world.begun, "The sensor's port is not there.", world.log)
    held = world.start()
    assert world.begun.settings == base()
    assert held.state()["config_why"] == "The sensor's port is not there."
    assert not give_up(world.begun, "again", world.log)


def test_a_sensor_that_no_longer_answers_takes_it_back(world: World) -> None:
    keep_first(world)
    world.start().take(world.say(SECOND, content(tries=4)))
    held = world.start()
    held.take(world.say(SECOND, None))
    world.front = Front(works=False, in_service=True)
    world.seconds += 31
    held.look()
    assert world.outcomes()[-1] == ("1.2", "applied")
    world.seconds += 30
    held.look()
    assert world.outcomes()[-1] == ("1.2", "reverted")
    world.front = FINE
    held = world.start()
    assert world.begun.settings.passage.tries == 2
    assert held.state()["config_refused"] == SECOND
    assert "sensor" in held.state()["config_why"]


def test_a_damaged_file_is_put_away_and_the_provisioning_runs(world: World) -> None:
    keep_first(world)
    for raw in (b"", b"{", b"[]", b"\xff\xfe", b'{"form": 1, "kept": 3}'):
        world.path.write_bytes(raw)
        held = world.start()
        assert world.begun.settings == base()
        assert held.version is None
        assert not world.path.exists()


def test_a_kept_one_that_this_software_cannot_read_gives_way(world: World) -> None:
    keep_first(world)
    stored = json.loads(world.path.read_text())
    stored["kept"]["settings"]["passage"]["key_of_tomorrow"] = 1
    world.path.write_text(json.dumps(stored))
    assert world.start().version is None
    assert world.begun.settings == base()


def test_age_of_the_rules_outlives_a_start_and_no_old_word_renews_it(world: World) -> None:
    keep_first(world)
    held = world.start()
    assert held.age_s() == 31 + 100
    old = world.say(FIRST, None, at_s=1)
    held.take(old)
    assert held.age_s() == 131
    fresh = world.say(FIRST, None, at_s=500)
    held.take(fresh)
    assert held.age_s() == 0
    world.seconds += 70
    held.take(fresh)
    assert held.age_s() == 70


TRIAL = Trial(version=FIRST, settings={}, probation_s=30.0, sensor_worked=True, in_service=True)
BLIND = msgspec.structs.replace(TRIAL, sensor_worked=False)
BROKEN = Front(works=False, in_service=True)
BARRED = Front(works=True, in_service=False)


@pytest.mark.parametrize(
    ("trial", "running_s", "front", "heard", "judgement"),
    [
        (TRIAL, 0.0, BARRED, False, Judgement.TAKE_BACK),
        (msgspec.structs.replace(TRIAL, in_service=False), 31.0, BARRED, True, Judgement.KEEP),
        (TRIAL, 29.0, FINE, True, Judgement.WAIT),
        (TRIAL, 30.0, FINE, True, Judgement.KEEP),
        (TRIAL, 30.0, BROKEN, True, Judgement.WAIT),
        (TRIAL, 60.0, BROKEN, True, Judgement.TAKE_BACK),
        (BLIND, 30.0, BROKEN, True, Judgement.KEEP),
        (TRIAL, 30.0, FINE, False, Judgement.WAIT),
        (TRIAL, 30.0 + HUB_GRACE_S - 1, FINE, False, Judgement.WAIT),
        (TRIAL, 30.0 + HUB_GRACE_S, FINE, False, Judgement.TAKE_BACK),
        (msgspec.structs.replace(TRIAL, probation_s=1.0), 1.0 + GRACE_S - 1, BROKEN, True, Judgement.WAIT),
    ],
)
def test_the_judgement(
    trial: Trial, running_s: float, front: Front, heard: bool, judgement: Judgement
) -> None:
    found, why = judge(trial, Seen(running_s, front, heard))
    assert found is judgement
    assert bool(why) is (found is Judgement.TAKE_BACK)


def test_the_front_works_when_it_is_ready_and_its_sensor_answers() -> None:
    from edge.agent import Condition

    condition = Condition()
    assert not front_of(condition).works
    condition.ready, condition.sensor = True, "covered"
    assert front_of(condition).works
    condition.sensor = "silence"
    assert not front_of(condition).works


def test_nothing_stored_is_nothing_known(tmp_path: Path) -> None:
    assert read_stored(tmp_path / "configuration.json") == Stored()
    assert isinstance(begin(tmp_path / "configuration.json", base(), Log("test", io.StringIO())), Start)
