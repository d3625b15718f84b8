"""A real agent that decides moves: a plan over a real broker, and an officer's finger on the glass."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

import matching
from matching.synthesis import make_finger
from wire.codec import encode
from wire.envelope import HUB, sign
from wire.happenings import EscortBegun, EscortEnded
from wire.plan import KIND, EscortNeed, GatePass, Plan, PlanUpdate, plan_context
from wire.roll import RollFinger, RollOfficer, RollPerson
from wire.sealing import seal
from wire.topics import Channel
from wire.versions import Version

from ..waiting import until
from .terminal_at_work import HubDouble, Mosquitto, Terminal

ANA, BEN, LUZ = 11, 12, 14
FINGERS = {seed: make_finger(seed) for seed in (ANA, BEN, LUZ)}


def touch(seed: int, nth: int) -> NDArray[np.uint8]:
    image: NDArray[np.uint8] = FINGERS[seed].impression(nth, width=256, height=288, grey_levels=16)
    return image


def held(seed: int) -> list[RollFinger]:
    prints = [matching.extract(touch(seed, nth)) for nth in (1, 2)]
    return [RollFinger(position=2, template=found.to_iso()) for found in prints]


def pass_(number: int, person: str, need: EscortNeed, group: int = 0) -> GatePass:
    begun = datetime.now(UTC) - timedelta(minutes=5)
    return GatePass(
        number=number,
        person=person,
        zones=["yard", "block-a"],
        from_at=begun,
        until_at=begun + timedelta(hours=8),
        late_until_at=begun + timedelta(hours=8),
        reason="VISITS",
        escort=need,
        group=group,
    )


def send_plan(hub: HubDouble, *passes: GatePass) -> None:
    version, now = Version(1, 3), datetime.now(UTC)
    plan = Plan(
        passes=list(passes),
        pairs=[],
        rooms=[],
        curfews=[],
        resets=[],
        needs_pass=[],
        site_zone="America/Belize",
    )
    sealed = seal(encode(plan), hub._sealing_key, plan_context(hub.name, version))
    update = PlanUpdate(version=version, sealed=sealed, said_at=now, session=hub.states[-1].session)
    hub._say(Channel.PLAN, sign(KIND, HUB, hub.name, update, hub.key))


def test_officer_first_then_the_person_and_all_of_it_again_without_the_hub(
    broker: Mosquitto, hub: HubDouble, terminal: Terminal
) -> None:
    broker.start()
    hub.take_in(terminal.folder, terminal.settings, broker.port)
    hub.connect(broker.port)
    terminal.front.emulator.start()
    terminal.agent.start()
    assert until(lambda: any(state.online for state in hub.states))
    people = [
        RollPerson(person="P-000001", fingers=held(ANA), zones=["yard"]),
        RollPerson(person="P-000002", fingers=held(BEN), zones=["yard"]),
    ]
    luz = RollOfficer(login="luz", name="", pin="", fingers=held(LUZ))
    hub.send_roll(hub.update(people, Version(1, 2), officers=[luz]))
    assert until(lambda: hub.states[-1].roll_version == Version(1, 2))
    assert terminal.front.offer(touch(ANA, 5)) == "REFUSE"
    send_plan(
        hub,
        pass_(41, "P-000001", EscortNeed.GROUP, 7),
        pass_(42, "P-000002", EscortNeed.NONE),
        pass_(43, "P-000003", EscortNeed.GROUP, 7),
    )
    assert until(lambda: hub.states[-1].plan_version == Version(1, 3))
    assert terminal.front.offer(touch(ANA, 6)) == "REFUSE"
    assert terminal.front.offer(touch(LUZ, 5)) == "AGAIN"
    assert terminal.front.offer(touch(ANA, 7)) == "ADMIT"

    hub.close()
    broker.kill()
    terminal.agent.kill()
    terminal.agent.start()
    assert terminal.front.offer(touch(BEN, 5)) == "ADMIT"
    assert terminal.front.offer(touch(LUZ, 6)) == "REFER"  # ends what the restart had cut, with one missing
    told = terminal.journalled()
    decided = [(one.rule, one.person, one.pass_number) for one in told if hasattr(one, "pass_number")]
    assert decided == [
        ("zone_not_allowed", "P-000001", None),
        ("escort_missing", "P-000001", 41),
        ("escorted", "P-000001", 41),
        ("pass", "P-000002", 42),
    ]
    (begun,) = [one for one in told if isinstance(one, EscortBegun)]
    assert (begun.officer, begun.group, begun.expected) == ("luz", 7, ["P-000001", "P-000003"])
    ended = [one for one in told if isinstance(one, EscortEnded)]
    assert [(one.passed, one.missing) for one in ended] == [(["P-000001"], ["P-000003"])]
