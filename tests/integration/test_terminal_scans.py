"""A real agent process from finger to hub: decided, journalled, lit, sent, acknowledged; alone and together."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import matching
from matching.synthesis import make_finger
from tests.integration.terminal_at_work import Front, HubDouble, Mosquitto, Terminal
from wire.happenings import Attempt, Decision, Outcome, Passage, SensorTrouble, Started
from wire.roll import RollFinger, RollPerson
from wire.versions import NOTHING, Version

from ..waiting import until

ANA, BEN, NOBODY = 11, 12, 13
Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def touch() -> Callable[[int, int], Image]:
    """Impression `nth` of the finger of somebody."""
    fingers = {seed: make_finger(seed) for seed in (ANA, BEN, NOBODY)}

    def impression(seed: int, nth: int) -> Image:
        image: Image = fingers[seed].impression(nth, width=256, height=288, grey_levels=16)
        return image

    return impression


@pytest.fixture(scope="module")
def people(touch: Callable[[int, int], Image]) -> list[RollPerson]:
    """Ana may enter the block, Ben may not."""

    def held(seed: int) -> list[RollFinger]:
        prints = [matching.extract(touch(seed, nth)) for nth in (1, 2)]
        return [RollFinger(position=2, template=found.to_iso()) for found in prints]

    return [
        RollPerson(person="P-000001", fingers=held(ANA), zones=["yard", "block-a"]),
        RollPerson(person="P-000002", fingers=held(BEN), zones=["yard"]),
    ]


def everything_there(hub: HubDouble, terminal: Terminal) -> bool:
    """And nothing of it twice in two forms."""
    assert hub.forks == []
    return len(hub.entries) == len(terminal.journalled())


@pytest.mark.parametrize("mqtt5", [True, pytest.param(False, marks=pytest.mark.long)])
def test_a_scan_travels_from_the_glass_to_the_hub(
    broker: Mosquitto,
    hub: HubDouble,
    terminal: Terminal,
    people: list[RollPerson],
    touch: Callable[[int, int], Image],
    mqtt5: bool,
) -> None:
    broker.start()
    hub.take_in(terminal.folder, terminal.settings, broker.port, mqtt5=mqtt5)
    hub.connect(broker.port)
    terminal.front.emulator.start()
    terminal.agent.start()
    assert until(lambda: any(state.online for state in hub.states))
    assert hub.states[0].roll_version == NOTHING
    assert terminal.front.offer(touch(ANA, 5)) == "REFER"  # nobody is known yet
    hub.send_roll(hub.update(people, Version(1, 2)))
    assert until(lambda: hub.states[-1].roll_version == Version(1, 2))
    assert terminal.front.offer(touch(ANA, 6)) == "ADMIT"
    assert terminal.front.offer(touch(BEN, 7)) == "REFUSE"
    assert [terminal.front.offer(touch(NOBODY, nth)) for nth in (1, 2, 3, 4, 5)] == ["AGAIN"] * 4 + ["REFER"]
    assert until(lambda: everything_there(hub, terminal))
    told = [(item.decision, item.rule, item.person) for item in hub.passages()]
    assert told == [
        (Decision.REFER, "no_roll", None),
        (Decision.ADMIT, "expected", "P-000001"),
        (Decision.REFUSE, "zone_not_allowed", "P-000002"),
        (Decision.REFER, "not_recognised", None),
    ]
    evidence = hub.passages()[1].evidence
    assert evidence.outcome is Outcome.MATCH
    assert (evidence.searched, evidence.expected) == (4, 1)
    assert 0 < evidence.decision_ms < 60_000
    assert [item.attempt for item in hub.happenings() if isinstance(item, Attempt)] == [1, 2, 3, 4]
    assert terminal.agent.stop() == 0
    assert until(lambda: not hub.states[-1].online)
    assert hub.states[-1].session == hub.states[0].session


def test_the_last_will_speaks_for_a_killed_agent_and_the_next_session_is_later(
    broker: Mosquitto, hub: HubDouble, terminal: Terminal
) -> None:
    broker.start()
    hub.take_in(terminal.folder, terminal.settings, broker.port)
    hub.connect(broker.port)
    terminal.front.emulator.start()
    terminal.agent.start()
    assert until(lambda: bool(hub.states))
    first = hub.states[0].session
    terminal.agent.kill()
    assert until(lambda: not hub.states[-1].online)
    assert (hub.states[-1].session, hub.states[-1].health) == (first, None)
    terminal.agent.start()
    assert until(lambda: hub.states[-1].online)
    assert hub.states[-1].session > first


def test_it_works_alone_and_delivers_when_the_broker_comes(
    broker: Mosquitto,
    hub: HubDouble,
    terminal: Terminal,
    people: list[RollPerson],
    touch: Callable[[int, int], Image],
) -> None:
    hub.take_in(terminal.folder, terminal.settings, broker.port)
    terminal.front.emulator.start()
    broker.start()
    hub.connect(broker.port)
    terminal.agent.start()
    assert until(lambda: bool(hub.states))
    hub.send_roll(hub.update(people, Version(1, 2)))
    assert until(lambda: hub.states[-1].roll_version == Version(1, 2))
    terminal.agent.stop()
    broker.kill()
    hub.close()
    terminal.agent.start()
    assert terminal.front.offer(touch(ANA, 8)) == "ADMIT"
    assert terminal.front.offer(touch(BEN, 9)) == "REFUSE"
    broker.start()
    hub.connect(broker.port)
    assert until(lambda: everything_there(hub, terminal))
    assert [item.decision for item in hub.passages()] == [Decision.ADMIT, Decision.REFUSE]
    assert terminal.agent.alive


def test_a_hub_that_stays_silent_holds_up_nobody_and_gets_everything_in_the_end(
    broker: Mosquitto,
    hub: HubDouble,
    terminal: Terminal,
    touch: Callable[[int, int], Image],
) -> None:
    broker.start()
    hub.silent = True
    hub.take_in(terminal.folder, terminal.settings, broker.port)
    hub.connect(broker.port)
    terminal.front.emulator.start()
    terminal.agent.start()
    for nth in range(3):
        assert terminal.front.offer(touch(ANA, nth)) == "REFER"
    assert hub.entries == {}
    hub.silent = False
    assert until(lambda: everything_there(hub, terminal))


@pytest.mark.long
def test_killed_at_random_instants_it_loses_no_entry_whose_lamp_was_lit(
    broker: Mosquitto,
    hub: HubDouble,
    terminal: Terminal,
    touch: Callable[[int, int], Image],
) -> None:
    broker.start()
    hub.take_in(terminal.folder, terminal.settings, broker.port)
    hub.connect(broker.port)
    terminal.front.emulator.start()
    chance = random.Random(4)
    kills = 3
    for number in range(kills):
        terminal.agent.start()
        walking = threading.Thread(target=_walk, args=(terminal.front, touch, terminal.agent))
        walking.start()
        answered = len(terminal.front.all_answers)
        assert until(lambda answered=answered: len(terminal.front.all_answers) > answered + 1)  # type: ignore[misc]
        time.sleep(chance.uniform(0.0, 0.6))  # somewhere in the next scan
        terminal.agent.kill()
        walking.join()
        time.sleep(0.3)  # what was on the serial line still reaches the ring
        lit, kept = terminal.front.all_answers, terminal.answered()
        assert len(kept) >= len(lit)
        assert len(kept) - len(lit) <= number + 1  # at most the one of each kill was kept and never lit
    terminal.agent.start()
    assert until(lambda: everything_there(hub, terminal))
    assert len(terminal.starts()) == kills + 1
    assert not any(start.set_aside for start in terminal.starts())
    assert len(terminal.front.all_answers) > kills


def _walk(front: Front, touch: Callable[[int, int], Image], agent: object) -> None:
    nth = 20
    while getattr(agent, "alive", False):
        nth += 1
        front.offer(touch(ANA, nth), patience_s=4.0)


def test_a_sensor_that_comes_late_and_goes_is_waited_for(
    terminal: Terminal, touch: Callable[[int, int], Image]
) -> None:
    terminal.agent.start(wait=False)
    assert until(lambda: "sensor_trouble" in terminal.agent.log.read_text())
    assert not terminal.agent.is_ready
    terminal.front.emulator.start()
    assert terminal.agent.wait_ready()
    assert terminal.front.offer(touch(ANA, 1)) == "REFER"
    terminal.front.emulator.stop()
    assert until(lambda: terminal.agent.log.read_text().count('"trouble": "lost"') == 2)
    terminal.front.emulator.start()
    assert until(lambda: terminal.agent.log.read_text().count("sensor_sound") == 2)
    assert terminal.front.offer(touch(ANA, 2)) == "REFER"
    assert terminal.agent.stop() == 0
    kept = terminal.journalled()
    assert [item.trouble for item in kept if isinstance(item, SensorTrouble)] == ["lost", "none"] * 2
    assert len([item for item in kept if isinstance(item, Passage)]) == 2


def test_a_finger_that_is_not_lifted_is_one_scan(
    terminal: Terminal, touch: Callable[[int, int], Image]
) -> None:
    terminal.front.emulator.start()
    terminal.agent.start()
    terminal.front.emulator.place(touch(ANA, 3))
    assert until(lambda: len(terminal.front.all_answers) == 1)
    time.sleep(2.5)
    terminal.front.emulator.lift()
    assert terminal.front.all_answers == ["REFER"]
    assert terminal.answered() == ["REFER"]


def test_a_card_that_lost_its_newest_entries_begins_a_new_journal_and_keeps_the_old(
    broker: Mosquitto,
    hub: HubDouble,
    terminal: Terminal,
    touch: Callable[[int, int], Image],
) -> None:
    broker.start()
    hub.take_in(terminal.folder, terminal.settings, broker.port)
    hub.connect(broker.port)
    terminal.front.emulator.start()
    terminal.agent.start()
    assert terminal.front.offer(touch(ANA, 1)) == "REFER"
    assert until(lambda: everything_there(hub, terminal))
    terminal.agent.stop()
    earlier = terminal.folder.journal.read_bytes()
    terminal.agent.start()
    for nth in (2, 3):
        assert terminal.front.offer(touch(ANA, nth)) == "REFER"
    assert until(lambda: len(hub.passages()) == 3)
    terminal.agent.stop()
    terminal.folder.journal.write_bytes(earlier)  # as if the card had lied about its last writes
    terminal.agent.start()
    assert until(lambda: any(isinstance(item, Started) and item.set_aside for item in hub.happenings()))
    assert terminal.front.offer(touch(ANA, 4)) == "REFER"
    assert until(lambda: len(hub.passages()) == 4)
    assert len({journal_id for journal_id, _sequence in hub.entries}) == 2
    assert len(list((terminal.folder.root / "set-aside").iterdir())) == 1
    assert terminal.agent.alive
