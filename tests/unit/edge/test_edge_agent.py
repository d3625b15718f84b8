"""The loop at the glass: journal before lamp, one answer a finger, and nothing that ends it."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from edge.agent import BARRED_S, COVERED_S, IDLE_S, Agent
from edge.errors import JournalFullError
from edge.inmate.moments import Moment
from edge.log import Log
from edge.passage import Passages
from edge.ports import Capture, Finding, Light, Likely, RollFacts
from edge.sensor import Parameters, SensorGarbage, SensorHealth, SensorLost, SensorSilent
from wire.happenings import (
    Attempt,
    Decision,
    EntryReference,
    Happening,
    Outcome,
    Passage,
    SensorTrouble,
    Started,
)
from wire.provisioning import CheckpointSettings
from wire.settings import PassageRules
from wire.versions import Version

PLACE = CheckpointSettings(checkpoint="block-a-in", from_zone="yard", to_zone="block-a")
RULES = PassageRules(tries=3, second_tries=0, retry_s=10.0, lamp_s=1.5, expected_fmr=1e-5, site_fmr=1e-6)
ROLL = RollFacts(Version(1, 5), 10, {"P-000001": frozenset({"block-a"}), "P-000002": frozenset({"yard"})})
ADMITTED = Finding(Outcome.MATCH, "P-000001", 80, "", 9.0, 1.0, 4, 1)
REFUSED = Finding(Outcome.MATCH, "P-000002", 80, "", 9.0, 1.0, 4, 1)
NOBODY = Finding(Outcome.NO_MATCH, None, 80, "", 1.0, 0.5, 4, 1)
STARTED = Started(software="test", roll_version=Version(0, 0), set_aside=False)
NO_ANSWER = (Light.READY, Light.BUSY, Light.OFF, Light.CALLING)
IMAGE_S, DECISION_S = 0.4, 0.1


class World:
    """A sensor, a journal and a clock that keep one list of what was done, in order."""

    def __init__(self) -> None:
        self.now = 100.0
        self.done: list[str] = []
        self.kept: list[Happening] = []
        self.glass = False
        self.findings: deque[Finding] = deque()
        self.sensor_error: Exception | None = None
        self.capture_error: Exception | None = None
        self.full = False
        self.room = True
        self.ready = 0
        self.shown: list[Light] = []
        self.firsts: list[tuple[Finding | None, int]] = []
        self.calls = False

    # the clock
    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def monotonic(self) -> float:
        return self.now

    # the journal
    def record(self, happening: Happening) -> EntryReference:
        if self.full:
            raise JournalFullError("The disk is full.")
        self.kept.append(happening)
        self.done.append(f"kept {happening.KIND}")
        return EntryReference(terminal="gate-a", journal_id=bytes(16), sequence=len(self.kept))

    def has_room(self) -> bool:
        return self.room

    # the identifier
    def identify(
        self, capture: Capture, first: Finding | None = None, touches: int = 1
    ) -> tuple[Finding, RollFacts]:
        self.firsts.append((first, touches))
        self.now += DECISION_S
        return self.findings.popleft(), ROLL

    def roll(self) -> RollFacts:
        return ROLL

    # the sensor
    def _touch(self) -> None:
        if self.sensor_error is not None:
            raise self.sensor_error

    def open(self) -> Parameters:
        return self.parameters()

    def wait_for_finger(self, timeout_s: float) -> bool:
        self._touch()
        if not self.glass:
            self.now += timeout_s
        return self.glass

    def finger_present(self) -> bool:
        self._touch()
        return self.glass

    def capture(self) -> Capture | None:
        self._touch()
        self.now += IMAGE_S
        if self.capture_error is not None:
            raise self.capture_error
        return Capture(np.zeros((288, 256), np.uint8), 500.0, self.now) if self.glass else None

    def show(self, light: Light) -> None:
        self._touch()
        self.shown.append(light)
        self.done.append(f"lit {light.name}")

    def parameters(self) -> Parameters:
        raise AssertionError("the agent need not ask")

    def health(self) -> SensorHealth:
        raise AssertionError("the agent need not ask")

    def close(self) -> None:
        self.done.append("closed")

    def be_ready(self) -> None:
        self.ready += 1

    def answers(self) -> list[str]:
        return [light.name for light in self.shown if light not in NO_ANSWER]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def agent(world: World) -> Agent:
    passages = Passages(PLACE, RULES, world, world, world.monotonic)
    return Agent(
        world,
        passages,
        world,
        lamp_s=RULES.lamp_s,
        now=world.monotonic,
        sleep=world.sleep,
        log=Log("agent", io.StringIO()),
        ready=world.be_ready,
        first=[STARTED],
    )


def offer(world: World, agent: Agent, finding: Finding) -> None:
    """A finger is laid on the glass, answered, and lifted."""
    world.findings.append(finding)
    world.glass = True
    agent.turn()
    world.glass = False
    agent.turn()


def until(agent: Agent, condition: Callable[[], bool]) -> None:
    for _turn in range(1_000):
        if condition():
            return
        agent.turn()
    raise AssertionError("it did not come to that")


def test_the_entry_is_kept_before_the_lamp_is_lit(world: World, agent: Agent) -> None:
    offer(world, agent, ADMITTED)
    passage = world.done.index("kept passage")
    assert world.done[passage + 1] == "lit ADMIT"
    assert world.done[0] == "kept started"


def test_the_entry_says_what_was_decided_and_how_long_it_took(world: World, agent: Agent) -> None:
    offer(world, agent, REFUSED)
    kept = world.kept[-1]
    assert isinstance(kept, Passage)
    assert (kept.decision, kept.rule, kept.person) == (Decision.REFUSE, "zone_not_allowed", "P-000002")
    assert (kept.from_zone, kept.to_zone, kept.checkpoint) == ("yard", "block-a", "block-a-in")
    assert (kept.attempt, kept.roll_version, kept.roll_age_s) == (1, Version(1, 5), 10)
    assert kept.evidence.image_ms == pytest.approx(IMAGE_S * 1000)
    assert kept.evidence.decision_ms == pytest.approx(DECISION_S * 1000)


def test_three_fingers_that_nobody_has_make_two_attempts_and_a_referral(world: World, agent: Agent) -> None:
    for _finger in range(3):
        offer(world, agent, NOBODY)
    assert world.answers() == ["AGAIN", "AGAIN", "REFER"]
    assert [item.attempt for item in world.kept[1:] if isinstance(item, Attempt | Passage)] == [1, 2, 3]
    offer(world, agent, NOBODY)
    assert world.answers()[-1] == "AGAIN"


def test_attempts_of_somebody_who_went_away_do_not_count_for_the_next(world: World, agent: Agent) -> None:
    offer(world, agent, NOBODY)
    offer(world, agent, NOBODY)
    world.now += RULES.retry_s + 0.1
    offer(world, agent, NOBODY)
    assert world.answers() == ["AGAIN", "AGAIN", "AGAIN"]


def test_a_finger_that_stays_is_answered_once(world: World, agent: Agent) -> None:
    world.findings.append(ADMITTED)
    world.glass = True
    for _turn in range(50):
        agent.turn()
    assert world.answers() == ["ADMIT"]
    world.glass = False
    agent.turn()
    offer(world, agent, REFUSED)
    assert world.answers() == ["ADMIT", "REFUSE"]


def test_a_finger_that_never_goes_is_reported_as_a_covered_glass(world: World, agent: Agent) -> None:
    world.findings.append(ADMITTED)
    world.glass = True
    agent.turn()
    world.now += COVERED_S + 1
    agent.turn()
    assert agent.condition.sensor == "covered"
    world.glass = False
    agent.turn()
    assert agent.condition.sensor == "ok"


def test_the_answer_stays_lit_for_its_time_and_then_the_ring_is_ready(world: World, agent: Agent) -> None:
    offer(world, agent, ADMITTED)
    lit_at = world.now
    until(agent, lambda: world.shown[-1] is Light.READY)
    assert RULES.lamp_s - 0.1 <= world.now - lit_at <= RULES.lamp_s + IDLE_S + 0.1


def test_the_next_person_need_not_wait_for_the_lamp(world: World, agent: Agent) -> None:
    offer(world, agent, ADMITTED)
    began = world.now
    offer(world, agent, REFUSED)
    assert world.answers() == ["ADMIT", "REFUSE"]
    assert world.now - began < RULES.lamp_s


def test_a_finger_that_is_gone_before_its_image_leaves_no_trace(world: World, agent: Agent) -> None:
    world.glass = True
    world.capture = lambda: None  # type: ignore[method-assign]
    agent.turn()
    assert [item.KIND for item in world.kept] == ["started"]
    assert world.shown[-1] is Light.READY


@pytest.mark.parametrize("error", [SensorGarbage("half an image"), SensorSilent("nothing came")])
def test_an_interrupted_image_is_the_sensors_doing(world: World, agent: Agent, error: Exception) -> None:
    agent.turn()
    world.glass, world.capture_error = True, error
    agent.turn()
    attempt = next(item for item in world.kept if isinstance(item, Attempt))
    assert (attempt.advice, attempt.attempt, attempt.evidence.outcome) == ("sensor", 1, Outcome.POOR_QUALITY)
    assert world.done.index("kept attempt") < world.done.index("lit AGAIN")
    world.glass, world.capture_error = False, None
    agent.turn()
    for _finger in range(3):
        offer(world, agent, NOBODY)
    assert world.answers() == ["AGAIN", "AGAIN", "AGAIN", "REFER"]
    troubles = [item.trouble for item in world.kept if isinstance(item, SensorTrouble)]
    assert troubles == ["garbage" if isinstance(error, SensorGarbage) else "silence", "none"]


def test_a_lost_sensor_is_journalled_once_and_waited_for(world: World, agent: Agent) -> None:
    agent.turn()
    world.sensor_error = SensorLost("unplugged")
    for _turn in range(20):
        agent.turn()
    assert agent.condition.sensor == "lost"
    world.sensor_error = None
    agent.turn()
    agent.turn()
    assert [item.trouble for item in world.kept if isinstance(item, SensorTrouble)] == ["lost", "none"]
    offer(world, agent, ADMITTED)
    assert world.answers() == ["ADMIT"]


def test_a_sensor_lost_with_a_finger_on_it_lights_and_keeps_nothing_false(world: World, agent: Agent) -> None:
    agent.turn()
    world.glass, world.capture_error = True, SensorLost("unplugged in the middle")
    agent.turn()
    assert world.answers() == []
    assert not any(isinstance(item, Attempt | Passage) for item in world.kept)


def test_without_a_sensor_it_is_not_ready_and_then_ready_once(world: World, agent: Agent) -> None:
    world.sensor_error = SensorLost("absent")
    for _turn in range(5):
        agent.turn()
    assert world.ready == 0
    world.sensor_error = None
    for _turn in range(5):
        agent.turn()
    assert world.ready == 1


def test_a_full_journal_lights_no_admit_and_refers_until_there_is_room(world: World, agent: Agent) -> None:
    agent.turn()
    world.full = True
    offer(world, agent, ADMITTED)
    assert world.answers() == ["REFER"]
    assert not agent.condition.in_service
    assert [item.KIND for item in world.kept] == ["started"]
    world.full = False
    world.now += BARRED_S
    agent.turn()
    assert agent.condition.in_service
    offer(world, agent, ADMITTED)
    assert world.answers() == ["REFER", "ADMIT"]


def test_below_the_disks_reserve_no_finger_is_taken(world: World, agent: Agent) -> None:
    world.room = False
    world.glass = True
    for _turn in range(10):
        agent.turn()
    assert world.shown == [Light.REFER]
    assert world.kept == []


def test_what_could_not_be_kept_is_kept_when_there_is_room_again(world: World, agent: Agent) -> None:
    world.full = True
    agent.turn()
    world.sensor_error = SensorLost("unplugged")
    world.now += BARRED_S
    agent.turn()
    world.full, world.sensor_error = False, None
    world.now += BARRED_S
    until(agent, lambda: bool(world.kept))
    assert isinstance(world.kept[0], Started)


def test_a_stop_leaves_the_ring_dark_and_the_port_free(world: World, agent: Agent) -> None:
    turns = iter([True, True, False])
    agent.run(lambda: next(turns))
    assert world.done[-2:] == ["lit OFF", "closed"]


def test_a_stop_without_a_sensor_ends_all_the_same(world: World, agent: Agent) -> None:
    world.sensor_error = SensorLost("absent")
    turns = iter([True, False])
    agent.run(lambda: next(turns))
    assert world.done[-1] == "closed"


def make_agent(world: World, rules: PassageRules = RULES, **more: Any) -> Agent:
    return Agent(
        world,
        Passages(PLACE, rules, world, world, world.monotonic),
        world,
        lamp_s=rules.lamp_s,
        now=world.monotonic,
        sleep=world.sleep,
        log=Log("agent", io.StringIO()),
        ready=world.be_ready,
        **more,
    )


def test_while_somebody_waits_for_the_officer_the_resting_light_says_so_and_the_next_may_come(
    world: World,
) -> None:
    agent = make_agent(world, calling=lambda: world.calls)
    agent.turn()
    assert world.shown[-1] is Light.READY
    world.calls = True
    agent.turn()
    assert world.shown[-1] is Light.CALLING
    offer(world, agent, ADMITTED)
    assert world.answers() == ["ADMIT"]
    until(agent, lambda: world.shown[-1] is Light.CALLING)
    world.calls = False
    agent.turn()
    assert world.shown[-1] is Light.READY


def test_an_officers_word_is_lit_for_its_time(world: World) -> None:
    agent = make_agent(world)
    agent.turn()
    agent.answer(Light.ADMIT)
    agent.turn()
    assert world.shown[-1] is Light.ADMIT
    until(agent, lambda: world.shown[-1] is Light.READY)


class Desk:
    """A station that takes fingers while it is open."""

    def __init__(self) -> None:
        self.open = True
        self.told: list[str] = []

    def wants_finger(self) -> bool:
        return self.open

    def finger(self, capture: Capture, seen_at: float) -> Light:
        self.told.append("finger")
        return Light.ADMIT

    def interrupted(self, seen_at: float) -> Light:
        self.told.append("interrupted")
        return Light.AGAIN

    def lifted(self) -> None:
        self.told.append("lifted")


def test_a_station_takes_the_fingers_while_it_wants_them(world: World) -> None:
    desk = Desk()
    agent = make_agent(world, station=desk)
    offer(world, agent, NOBODY)
    assert desk.told == ["finger", "lifted"]
    assert world.kept == []
    world.capture_error, world.glass = SensorGarbage("half an image"), True
    agent.turn()
    assert desk.told[-1] == "interrupted"
    world.capture_error, world.glass, desk.open = None, False, False
    agent.turn()
    world.findings.clear()
    offer(world, agent, ADMITTED)
    assert [item.decision for item in world.kept if isinstance(item, Passage)] == [Decision.ADMIT]


TWO = PassageRules(tries=2, second_tries=2, retry_s=10.0, lamp_s=1.5, expected_fmr=1e-5, site_fmr=1e-6)


def unknown(**likely: float) -> Finding:
    found = tuple(Likely(who, score) for who, score in likely.items())
    return replace(NOBODY, candidates=found, probe=object())


def test_another_finger_is_joined_with_the_likeliest_first_one(world: World) -> None:
    agent = make_agent(world, TWO)
    weak, strong = unknown(ana=2.0), unknown(ana=6.0, ben=3.5)
    for found in (weak, strong, unknown(cal=3.1), unknown(dan=1.0)):
        offer(world, agent, found)
    assert world.answers() == ["AGAIN"] * 3 + ["REFER"]
    assert world.firsts == [(None, 1), (None, 1), (strong, 2), (strong, 4)]
    passage = world.kept[-1]
    assert isinstance(passage, Passage)
    assert (passage.attempt, passage.candidates) == (4, ["ana", "ben", "cal"])


def test_a_clean_match_of_somebody_else_begins_a_series_of_their_own(world: World) -> None:
    agent = make_agent(world, TWO)
    unsure = replace(ADMITTED, unsure=True, candidates=(Likely("P-000001", 8.8),), probe=object())
    offer(world, agent, unsure)
    assert world.answers() == ["AGAIN"]
    offer(world, agent, REFUSED)
    passage = world.kept[-1]
    assert isinstance(passage, Passage)
    assert (passage.person, passage.attempt) == ("P-000002", 1)


def test_a_match_in_doubt_asks_for_another_finger_and_keeps_who_it_may_be(world: World) -> None:
    agent = make_agent(world, TWO)
    unsure = replace(ADMITTED, unsure=True, candidates=(Likely("P-000001", 8.8),), probe=object())
    for found in (unsure, unknown(), unknown()):
        offer(world, agent, found)
    passage = world.kept[-1]
    assert isinstance(passage, Passage)
    assert (passage.decision, passage.rule) == (Decision.REFER, "second_finger")
    assert passage.candidates == ["P-000001"]
    offer(world, agent, replace(ADMITTED, second_finger=True, needed=8.4))
    confirmed = world.kept[-1]
    assert isinstance(confirmed, Passage)
    assert (confirmed.evidence.second_finger, confirmed.evidence.needed) == (True, 8.4)
    assert confirmed.candidates == []


class Gate:
    """A front that writes into the world's one list what was shown and when the lock was released."""

    def __init__(self, world: World) -> None:
        self.done = world.done
        self.shown: list[str] = []

    def show(self, moment: Moment) -> None:
        self.shown.append(moment.sign)

    def grant(self) -> None:
        self.done.append("granted")


def test_the_lock_is_released_after_the_entry_and_for_nothing_but_an_admission(world: World) -> None:
    gate = Gate(world)
    agent = make_agent(world, front=gate)
    for found in (REFUSED, NOBODY, NOBODY, NOBODY):
        offer(world, agent, found)
    assert "granted" not in world.done
    offer(world, agent, ADMITTED)
    assert world.done[-2:] == ["granted", "lit ADMIT"]
    assert world.done[-3] == "kept passage"
    answers = [sign for sign in gate.shown if sign not in ("come", "busy")]
    assert answers == ["not_here", "again", "again", "officer", "go"]


def test_a_full_journal_releases_no_lock(world: World) -> None:
    gate = Gate(world)
    agent = make_agent(world, front=gate)
    agent.turn()
    world.full = True
    offer(world, agent, ADMITTED)
    assert "granted" not in world.done
    assert gate.shown[-1] == "out_of_service"


def test_without_a_sensor_the_front_says_so_once_and_comes_back(world: World) -> None:
    gate = Gate(world)
    agent = make_agent(world, front=gate)
    agent.turn()
    world.sensor_error = SensorLost("unplugged")
    for _turn in range(5):
        agent.turn()
    assert gate.shown == ["come", "out_of_service"]
    world.sensor_error = None
    for _turn in range(3):
        agent.turn()
    assert gate.shown == ["come", "out_of_service", "come"]
