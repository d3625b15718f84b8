"""Officer first, then the group, counted in and counted through: at the glass, in the journal, across a restart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from edge.clock import Reading
from edge.decision import Circumstances, InForce
from edge.escorts import Escorts, Touch
from edge.inmate.moments import Sign
from edge.officer_fingers import OfficerFingers
from edge.passage import Passages, Reply, Taking
from edge.plan.held import held_plan
from edge.plan.planned import Planned
from edge.plan.presence import Whereabouts
from edge.ports import Capture, Finding, Light, RollFacts
from matching import Template
from wire.happenings import (
    Attempt,
    Decision,
    EntryReference,
    EscortBegun,
    EscortEnded,
    Happening,
    Outcome,
    Passage,
)
from wire.journal import Clock
from wire.plan import EscortNeed, GatePass, Plan
from wire.provisioning import CheckpointSettings
from wire.roll import RollFinger, RollOfficer
from wire.settings import PassageRules
from wire.versions import Version

AT = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)
PLACE = CheckpointSettings(checkpoint="gate-out", from_zone="reception", to_zone="sally")
RULES = PassageRules(tries=2, second_tries=0, retry_s=10.0, lamp_s=1.5, expected_fmr=1e-5, site_fmr=1e-6)
OFFICER = "luz"
IMAGE = Capture(np.zeros((4, 4), dtype=np.uint8), 500.0, 0.0)


def pass_(person: str, group: int = 7, need: EscortNeed = EscortNeed.GROUP, begin: int = -5) -> GatePass:
    begins = AT + timedelta(minutes=begin)
    return GatePass(
        number=int(person[-2:]),
        person=person,
        zones=["reception", "sally", "outside"],
        from_at=begins,
        until_at=begins + timedelta(hours=1),
        late_until_at=begins + timedelta(hours=1),
        reason="COURT",
        escort=need,
        group=group,
    )


CONVOY = [pass_(f"P-0000{number}") for number in (11, 12, 13)]
CLINIC = [pass_(f"P-0000{number}", group=8) for number in (21, 22)]
ALONE = [pass_("P-000031", 0, EscortNeed.OFFICER), pass_("P-000032", 0, EscortNeed.OFFICER)]


@dataclass
class World:
    """One gate: its plan, its clock, its journal, and the finger that lies on the glass."""

    passes: list[GatePass]
    at: datetime = AT
    kept: list[Happening] = field(default_factory=list)
    entered: dict[str, datetime] = field(default_factory=dict)
    finger: Finding | None = None
    orders: InForce = field(default_factory=InForce)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """The agent starts; the journal is what it was."""
        told = [(reference(nth), self.read(), said) for nth, said in enumerate(self.kept, 1)]
        self.escorts = Escorts(PLACE, self.planned, self, longest_s=60.0)
        self.escorts.remember(told)
        self.escorts.connect(self)
        self.passages = Passages(
            PLACE,
            RULES,
            self,
            self,
            lambda: 0.0,
            lambda: Circumstances(
                gate="perimeter", orders=self.orders, rules_age_s=1, planned=self.planned()
            ),
            taking=Taking(self.escorts, lambda probe: OFFICER if probe == OFFICER else None),
        )

    def planned(self) -> Planned:
        content = Plan(
            passes=self.passes,
            pairs=[],
            rooms=[],
            curfews=[],
            resets=[],
            needs_pass=["sally"],
            site_zone="UTC",
        )
        plan = held_plan(content, Version(1, 3), PLACE.from_zone, PLACE.to_zone)
        where = Whereabouts(PLACE.to_zone, entered=dict(self.entered))
        taken = self.escorts.taken()
        return Planned(plan, where, PLACE.from_zone, self.at, 5, taken)

    def read(self) -> Reading:
        return Reading("ab" * 16, int(self.at.timestamp() * 1000), self.at, Clock.SYNCHRONISED)

    def record(self, happening: Happening) -> EntryReference:
        self.kept.append(happening)
        key = reference(len(self.kept))
        self.escorts.note(key, self.read(), happening)
        if isinstance(happening, Passage) and happening.decision is Decision.ADMIT and happening.person:
            self.entered[happening.person] = self.at
        return key

    def has_room(self) -> bool:
        return True

    def roll(self) -> RollFacts:
        return RollFacts(Version(1, 5), 4, {one.person: frozenset() for one in self.passes})

    def identify(self, *_asked: Any) -> tuple[Finding, RollFacts]:
        assert self.finger is not None
        return self.finger, self.roll()

    def offer(self, who: str) -> Reply:
        """A finger on the glass: a person's number, or the officer's login; anything else is a stranger's."""
        self.at += timedelta(seconds=5)
        known = who in self.roll().zones
        outcome = Outcome.MATCH if known else Outcome.NO_MATCH
        self.finger = Finding(outcome, who if known else None, 80, "", 9.0, 1.0, 2, 1, probe=who)
        self.escorts.look()
        reply = self.passages.finger(IMAGE, 0.0)
        self.escorts.look()
        return reply

    def rule(self, who: str) -> str:
        self.offer(who)
        last = [one for one in self.kept if isinstance(one, Passage)][-1]
        return last.rule

    def ended(self) -> EscortEnded:
        return next(one for one in reversed(self.kept) if isinstance(one, EscortEnded))


def reference(sequence: int) -> EntryReference:
    return EntryReference(terminal="gate-1", journal_id=bytes(16), sequence=sequence)


def test_nobody_of_a_group_goes_before_the_officer_and_the_reason_is_the_missing_escort() -> None:
    world = World([*CONVOY])
    reply = world.offer("P-000011")
    assert (reply.light, reply.moment.sign, reply.opens) == (Light.REFUSE, Sign.WAIT_OFFICER, False)
    assert world.rule("P-000012") == "escort_missing"


def test_the_officer_begins_the_group_is_counted_through_and_the_last_one_ends_it() -> None:
    world = World([*CONVOY])
    begun = world.offer(OFFICER)
    assert (begun.light, begun.moment.sign, begun.moment.count, begun.opens) == (
        Light.AGAIN,
        Sign.ESCORT,
        (0, 3),
        False,
    )
    first = world.offer("P-000012")
    assert (first.light, first.moment.sign, first.moment.count, first.opens) == (
        Light.ADMIT,
        Sign.GO,
        (1, 3),
        True,
    )
    assert world.offer("P-000011").moment.count == (2, 3)
    assert world.rule("P-000013") == "escorted"
    assert world.kept[0] == EscortBegun(
        checkpoint="gate-out", officer=OFFICER, group=7, expected=["P-000011", "P-000012", "P-000013"]
    )
    assert world.ended() == EscortEnded(
        checkpoint="gate-out",
        officer=OFFICER,
        group=7,
        passed=["P-000012", "P-000011", "P-000013"],
        missing=[],
    )
    assert world.rule("P-000011") == "escort_missing", "the escort is over"


@pytest.mark.parametrize("how", ["finger", "time"])
def test_whoever_was_not_counted_through_is_missing_by_number(how: str) -> None:
    world = World([*CONVOY])
    world.offer(OFFICER)
    world.offer("P-000011")
    if how == "finger":
        ended = world.offer(OFFICER)
        assert (ended.light, ended.moment.sign, ended.moment.count) == (Light.REFER, Sign.ESCORT, (1, 3))
    else:
        world.at += timedelta(seconds=61)
        assert world.escorts.taken() == frozenset()
        world.escorts.look()
    assert (world.ended().passed, world.ended().missing) == (["P-000011"], ["P-000012", "P-000013"])


def test_of_several_groups_the_first_person_says_which_one_it_is() -> None:
    world = World([*CONVOY, *CLINIC])
    assert world.offer(OFFICER).moment.count == (0, 5)
    assert world.rule("P-000022") == "escorted"
    assert world.rule("P-000011") == "escort_missing"
    assert world.rule("P-000021") == "escorted"
    assert (world.ended().group, world.ended().missing) == (8, [])


def test_people_taken_one_by_one_are_missed_by_nobody() -> None:
    world = World([*ALONE])
    world.offer(OFFICER)
    assert world.rule("P-000032") == "escorted"
    world.offer(OFFICER)
    assert (world.ended().group, world.ended().passed, world.ended().missing) == (0, ["P-000032"], [])


def test_an_officer_with_nobody_to_take_is_told_so_and_opens_nothing() -> None:
    for passes in ([], [pass_("P-000011", begin=30)]):
        world = World(passes)
        reply = world.offer(OFFICER)
        assert (reply.light, reply.opens, reply.moment.count) == (Light.REFUSE, False, (0, 0))
        assert [type(one) for one in world.kept] == [Attempt]
        assert OFFICER not in repr(world.kept[0]).replace("advice='officer'", "")


def test_who_went_through_is_not_due_here_again_by_the_same_pass() -> None:
    world = World([*CLINIC])
    world.offer(OFFICER)
    world.offer("P-000021")
    world.offer(OFFICER)
    assert world.escorts.due() == {8: ["P-000022"]}


def test_a_stranger_in_between_is_asked_again_and_the_escort_goes_on() -> None:
    world = World([*CLINIC])
    world.offer(OFFICER)
    assert world.offer("nobody").light is Light.AGAIN
    assert world.rule("P-000021") == "escorted"


def test_a_restart_goes_on_counting_where_the_journal_stands() -> None:
    world = World([*CONVOY])
    world.offer(OFFICER)
    world.offer("P-000012")
    world.start()
    assert world.escorts.taken() == {"P-000011", "P-000013"}
    assert world.offer("P-000011").moment.count == (2, 3)
    world.start()
    world.at += timedelta(minutes=10)
    world.escorts.look()
    assert (world.ended().passed, world.ended().missing) == (["P-000012", "P-000011"], ["P-000013"])


def test_in_a_count_only_the_group_under_way_goes_on() -> None:
    world = World([*CLINIC, pass_("P-000041", 0, EscortNeed.NONE)])
    world.escorts.begin(OFFICER, 8)
    world.orders = InForce(hold=True)
    assert world.rule("P-000041") == "count"
    assert world.rule("P-000021") == "escorted"
    assert world.rule("P-000022") == "escorted"
    assert world.rule("P-000021") == "count"
    world.orders = InForce(hold=True, lockdown=True)
    assert world.rule("P-000041") == "lockdown"


def test_by_pin_an_officer_names_the_group_and_another_one_ends_the_first() -> None:
    world = World([*CONVOY, *CLINIC])
    assert not world.escorts.begin(OFFICER, 99)
    assert world.escorts.begin(OFFICER, 7)
    assert world.escorts.taken() == {one.person for one in CONVOY}
    assert world.escorts.begin("tom", 8)
    assert (world.ended().officer, world.ended().group) == (OFFICER, 7)
    assert world.escorts.touch("tom")[0] is Touch.ENDED


def test_officers_fingers_are_searched_apart_and_made_anew_with_the_roster(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    templates = {name: Template.__new__(Template) for name in ("luz", "tom", "odd")}
    of_record = {name.encode(): one for name, one in templates.items()}
    monkeypatch.setattr(Template, "from_iso", staticmethod(lambda raw: of_record[raw]))
    made: list[dict[str, Template]] = []

    class Gallery:
        def __init__(self) -> None:
            self.held: dict[str, Template] = {}
            made.append(self.held)

        def enrol(self, key: str, template: Template) -> None:
            self.held[key] = template

        def identify(self, probe: Template, _fmr: float) -> Any:
            key = next((login for login, held in self.held.items() if held is probe), None)
            outcome = Outcome.NO_MATCH if key is None else Outcome.MATCH
            return SimpleNamespace(outcome=outcome, key=key)

    def officer(login: str, *fingers: str) -> RollOfficer:
        held = [RollFinger(position=2, template=name.encode()) for name in fingers]
        return RollOfficer(login=login, name="", pin="", fingers=held)

    roster = [officer("luz", "luz"), officer("tom")]
    here = OfficerFingers(lambda: roster, Gallery, lambda one, other: 9.0 if one is other else 0.0, fmr=1e-6)
    assert (here.has("luz"), here.has("tom"), here.has("eve")) == (True, False, False)
    assert here.named(templates["luz"]) == "luz"
    assert here.named(templates["odd"]) is None
    assert here.named(None) is None
    assert here.is_of("luz", templates["luz"])
    assert not here.is_of("tom", templates["luz"])
    assert not here.is_of("luz", templates["odd"])
    roster = [officer("tom", "tom")]
    assert here.named(templates["luz"]) is None
    assert here.named(templates["tom"]) == "tom"
    assert len(made) == 2
