"""Officers, referrals and an officer's word at the terminal, without sensor, hub or page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from argon2 import PasswordHasher

from edge.attestation.attesting import Attesting
from edge.attestation.forms import AttestQuestion, FingerState, FingerStep, Home, PeopleQuestion, Signed
from edge.attestation.guard import LOCK_S, MOST_AT_TERMINAL, PAUSES_S, PinGuard
from edge.attestation.home import warnings_of
from edge.attestation.letting import LettingThrough
from edge.attestation.officers import IDLE_S, MOST_SESSIONS, Officers
from edge.attestation.people import MOST_SHOWN, search
from edge.attestation.referrals import CALL_S, LAPSE_S, MOST_OPEN, Referrals
from edge.attestation.verbs import OfficerVerbs, remember
from edge.clock import Reading
from edge.decision import NO_ORDERS, InForce
from edge.errors import DeskRefusedError, JournalFullError
from edge.inmate.moments import Moment, Sign
from edge.plan.held import held_plan
from edge.plan.planned import Planned
from edge.plan.presence import Whereabouts
from edge.plan.rules import Entry, judge
from edge.ports import Light, RollFacts
from edge.roll_copy import Content, RollCopy
from wire.happenings import (
    Attestation,
    Decision,
    EntryReference,
    Evidence,
    Happening,
    Outcome,
    Passage,
    SignIn,
)
from wire.journal import Clock as Confidence
from wire.orders import Order, OrderKind
from wire.plan import GatePass, Plan
from wire.provisioning import CheckpointSettings
from wire.roll import RollOfficer, RollPerson
from wire.settings import GateKind, PassageRules
from wire.state import Health
from wire.versions import Version

PLACE = CheckpointSettings(checkpoint="block-a-in", from_zone="yard", to_zone="block-a")
RULES = PassageRules(tries=3, retry_s=10.0, lamp_s=1.5, expected_fmr=1e-5, site_fmr=1e-6)
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PIN = "481526"
LUZ = RollOfficer(login="gomez", name="GOMEZ, Luz", pin=HASHER.hash(PIN))
TOM = RollOfficer(login="tillett", name="", pin="not a hash at all")
EVIDENCE = Evidence(
    outcome=Outcome.NO_MATCH,
    quality=60,
    score=4.0,
    runner_up=3.1,
    searched=280,
    expected=90,
    image_ms=1.0,
    decision_ms=1.0,
)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def person(number: str, name: str, zones: list[str], **more: Any) -> RollPerson:
    return RollPerson(person=number, fingers=[], zones=zones, name=name, **more)


ANA = person("P-000001", "ARANA, Ana", ["block-a"], photo=b"jpeg", language="es")
BETO = person("P-000002", "BOL, Beto", ["block-a"], attested=True)
CIRA = person("P-000003", "CHÁN, Cira", ["yard"])
PEOPLE = {who.person: who for who in (ANA, BETO, CIRA)}


@dataclass
class World:
    """Clock, journal, roll copy, front and ring of one terminal, and the list of what was done."""

    now_s: float = 1_000.0
    boot: str = "b" * 32
    kept: list[Happening] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    full: bool = False
    people: Mapping[str, RollPerson] = field(default_factory=lambda: PEOPLE)
    officers: tuple[RollOfficer, ...] = (LUZ, TOM)
    fingers: frozenset[str] = frozenset()
    planned: Planned | None = None

    def __post_init__(self) -> None:
        self.referrals = Referrals()
        self.guard = PinGuard()
        self.signing = Officers(
            lambda: self.officers,
            self,
            PLACE.checkpoint,
            now=lambda: self.now_s,
            new_token=iter(f"token-{nth}" for nth in range(1_000)).__next__,
            guard=self.guard,
            asks_finger=lambda login: login in self.fingers,
        )
        roll = cast(RollCopy, self)
        self.attesting = Attesting(
            PLACE, roll, self.referrals, self, self, self, self.light, forbids=self.forbids
        )
        self.verbs = OfficerVerbs(
            roll,
            self.referrals,
            self.signing,
            self.attesting,
            self,
            home,
            lambda who: self.forbids(who) is None,
        ).verbs()

    def forbids(self, who: RollPerson) -> str | None:
        """As the agent asks its plan, with an officer's word."""
        permitted = PLACE.to_zone in who.zones
        if self.planned is None:
            return None if permitted else "zone_not_allowed"
        at = self.read().wall_time
        entry = Entry(who.person, permitted, PLACE.from_zone, PLACE.to_zone, at, with_officer=True)
        found = judge(entry, self.planned.plan, self.planned.where)
        return None if found.decision is Decision.ADMIT else found.rule

    def ask(self, verb: str, question: Any) -> Any:
        assert isinstance(question, self.verbs[verb].form)
        return self.verbs[verb].act(question)

    # the clock
    def read(self) -> Reading:
        wall = NOON + timedelta(seconds=self.now_s)
        return Reading(self.boot, int(self.now_s * 1000), wall, Confidence.SYNCHRONISED)

    # the journal
    def record(self, happening: Happening) -> EntryReference:
        if self.full:
            raise JournalFullError("The disk is full.")
        self.kept.append(happening)
        self.done.append(f"kept {happening.KIND}")
        reference = entry(len(self.kept))
        self.referrals.note(reference, self.read(), happening)
        return reference

    def has_room(self) -> bool:
        return not self.full

    # the roll copy
    def content(self) -> Content:
        return cast(Content, SimpleNamespace(people=self.people, officers=self.officers))

    def facts(self, _content: Content) -> RollFacts:
        return RollFacts(Version(1, 5), 12, {})

    # front and ring
    def show(self, moment: Moment) -> None:
        self.done.append(f"shown {moment.sign}")

    def grant(self) -> None:
        self.done.append("opened")

    def light(self, light: Light) -> None:
        self.done.append(f"lit {light.name}")

    # what the tests do
    def sign_in(self, login: str = "gomez", pin: str = PIN) -> str:
        return self.signing.sign_in(login, pin).token

    def refer(self, rule: str = "not_recognised", **more: Any) -> EntryReference:
        return self.record(passage(rule, **more))


def entry(sequence: int) -> EntryReference:
    return EntryReference(terminal="block-a", journal_id=bytes(16), sequence=sequence)


def home() -> Home:
    return Home(
        terminal="block-a",
        model="cell_block",
        checkpoint="block-a-in",
        from_zone="yard",
        to_zone="block-a",
        connected=True,
        sensor="ok",
        in_service=True,
        roll_version="1.5",
        roll_age_s=12,
        rules_version=None,
        rules_age_s=None,
        people=3,
        officers=2,
        queue=0,
        clock_sure=True,
    )


def passage(rule: str, decision: Decision = Decision.REFER, **more: Any) -> Passage:
    facts: dict[str, Any] = {"person": None, "attempt": 5, **more}
    return Passage(
        checkpoint=PLACE.checkpoint,
        from_zone=PLACE.from_zone,
        to_zone=PLACE.to_zone,
        decision=decision,
        rule=rule,
        evidence=EVIDENCE,
        roll_version=Version(1, 5),
        roll_age_s=12,
        **facts,
    )


def why(refused: pytest.ExceptionInfo[DeskRefusedError]) -> str:
    assert len(refused.value.sentence) > 20
    return refused.value.reason


@pytest.fixture
def world() -> World:
    return World()


# signing in


@pytest.mark.parametrize(("login", "pin"), [("gomez", "000000"), ("nobody", PIN), ("tillett", PIN)])
def test_a_wrong_pin_signs_nobody_in_and_is_on_record(world: World, login: str, pin: str) -> None:
    with pytest.raises(DeskRefusedError) as refused:
        world.sign_in(login, pin)
    assert why(refused) == "wrong_pin"
    known = None if login == "nobody" else login
    assert world.kept == [SignIn(checkpoint="block-a-in", officer=known, outcome="wrong_pin", wrong=1)]


def test_wrong_pins_slow_down_and_then_lock_for_minutes(world: World) -> None:
    waits = []
    for _wrong in range(len(PAUSES_S) + 1):
        world.now_s += world.guard.wait_s("gomez", world.now_s)
        with pytest.raises(DeskRefusedError):
            world.sign_in(pin="999999")
        waits.append(world.guard.wait_s("gomez", world.now_s))
    assert waits == [*PAUSES_S, LOCK_S]
    with pytest.raises(DeskRefusedError) as refused:
        world.sign_in()  # the right one, too early: not even looked at
    assert why(refused) == "locked"
    assert [item.outcome for item in world.kept if isinstance(item, SignIn)][-1] == "locked"
    world.now_s += LOCK_S
    assert world.sign_in()
    assert world.guard.wait_s("gomez", world.now_s) == 0


def test_trying_officers_in_turn_locks_the_page_for_all_of_them(world: World) -> None:
    for nth in range(MOST_AT_TERMINAL):
        with pytest.raises(DeskRefusedError):
            world.sign_in(f"guess-{nth}", "999999")
    with pytest.raises(DeskRefusedError) as refused:
        world.sign_in()
    assert why(refused) == "locked"


def test_a_restart_forgives_no_wrong_pin(world: World) -> None:
    for _wrong in range(3):
        world.now_s += world.guard.wait_s("gomez", world.now_s)
        with pytest.raises(DeskRefusedError):
            world.sign_in(pin="999999")
    told = [(entry(nth), world.read(), item) for nth, item in enumerate(world.kept, 1)]
    after = PinGuard()
    remember(told, Referrals(), after, world.read(), 77.0)
    assert after.wait_s("gomez", 77.0) == pytest.approx(PAUSES_S[2])


def test_a_pin_reaches_neither_the_journal_nor_an_answer(world: World) -> None:
    token = world.sign_in()
    with pytest.raises(DeskRefusedError) as refused:
        world.sign_in(pin="777333")
    assert "777333" not in repr(world.kept) + str(refused.value)
    assert PIN not in repr(world.kept) + repr(world.ask("who", Signed(token=token)))


def test_whoever_touches_nothing_for_two_minutes_is_signed_out(world: World) -> None:
    token = world.sign_in()
    world.now_s += IDLE_S - 1
    assert world.signing.login_of(token) == "gomez"
    world.now_s += IDLE_S - 1
    assert world.signing.officer(token, active=False).login == "gomez"  # the page asked, nobody touched it
    world.now_s += 1
    with pytest.raises(DeskRefusedError) as refused:
        world.signing.login_of(token)
    assert why(refused) == "sign_in"


def test_an_officer_who_left_the_roll_is_signed_in_no_longer(world: World) -> None:
    token = world.sign_in()
    world.officers = (TOM,)
    with pytest.raises(DeskRefusedError):
        world.signing.login_of(token)


def test_so_many_sessions_and_no_more(world: World) -> None:
    first = world.sign_in()
    for _officer in range(MOST_SESSIONS):
        world.now_s += 1
        last = world.sign_in()
    assert world.signing.login_of(last) == "gomez"
    with pytest.raises(DeskRefusedError):
        world.signing.login_of(first)


@pytest.mark.parametrize("verb", ["referrals", "who"])
def test_nothing_with_a_name_is_told_to_somebody_not_signed_in(world: World, verb: str) -> None:
    world.refer(candidates=["P-000001"])
    with pytest.raises(DeskRefusedError) as refused:
        world.ask(verb, Signed(token="invented"))
    assert why(refused) == "sign_in"
    with pytest.raises(DeskRefusedError):
        world.ask("people", PeopleQuestion(token="", words=""))
    with pytest.raises(DeskRefusedError):
        world.ask("attest", AttestQuestion(token="", referral=None, person="P-000002", reason="x"))


# referrals


def test_a_referral_waits_with_those_it_may_be(world: World) -> None:
    reference = world.refer(candidates=["P-000003", "P-gone"])
    world.refer("needs_officer", person="P-000001", attempt=1)
    world.record(passage("expected", Decision.ADMIT, person="P-000001"))
    world.now_s += 65
    waiting = world.ask("referrals", Signed(token=world.sign_in()))
    assert [(one.rule, one.waiting_s, one.attempts, one.recognised) for one in waiting] == [
        ("not_recognised", 65, 5, False),
        ("needs_officer", 65, 1, True),
    ]
    assert waiting[0].reference == reference
    assert [(who.name, who.may_enter) for who in waiting[0].candidates] == [("CHÁN, Cira", False)]
    assert [(who.name, who.photo) for who in waiting[1].candidates] == [("ARANA, Ana", b"jpeg")]


def test_a_restart_answers_nobody(world: World) -> None:
    answered, open_one = world.refer(), world.refer()
    token = world.sign_in()
    world.attesting.attest("gomez", AttestQuestion(token=token, referral=answered, person=None, reason="x"))
    told = [(entry(nth), world.read(), item) for nth, item in enumerate(world.kept, 1)]
    after = Referrals()
    remember(told, after, PinGuard(), world.read(), 0.0)
    assert [one.reference for one in after.open(world.read())] == [open_one]


def test_the_light_calls_for_a_while_and_the_referral_lapses_in_the_end(world: World) -> None:
    assert not world.referrals.is_calling(world.read())
    world.refer("no_roll")
    assert not world.referrals.is_calling(world.read())  # everybody is referred: no use in calling
    world.refer()
    assert world.referrals.is_calling(world.read())
    world.now_s += CALL_S
    assert not world.referrals.is_calling(world.read())
    assert len(world.referrals.open(world.read())) == 2
    world.now_s += LAPSE_S
    assert world.referrals.open(world.read()) == []


def test_whom_the_hub_let_through_waits_no_longer(world: World) -> None:
    world.refer(candidates=["P-000001", "P-000003"])
    other = world.refer(candidates=["P-000002"])
    world.record(passage("let_through", Decision.ADMIT, person="P-000003"))
    assert [one.reference for one in world.referrals.open(world.read())] == [other]
    world.referrals.close(other)
    assert world.referrals.open(world.read()) == []


@dataclass
class Orders:
    """What the hub ordered for one person, and what else is in force."""

    held: list[Order] = field(default_factory=list)
    in_force: InForce = NO_ORDERS

    def let(self, number: str, referral: EntryReference | None) -> None:
        self.held.append(
            Order(
                number=len(self.held) + 1,
                kind=OrderKind.LET_THROUGH,
                since_at=NOON,
                by="matus",
                reason="Compared with the photo",
                person=number,
                referral=referral,
                until_at=NOON + timedelta(hours=1),
            )
        )

    def used(self, number: int) -> None:
        self.held = [one for one in self.held if one.number != number]


def letting(world: World, orders: Orders, gate: GateKind = "interior") -> LettingThrough:
    return LettingThrough(
        PLACE,
        gate,
        cast(RollCopy, world),
        world.referrals,
        world,
        world,
        world,
        world.light,
        lambda: orders.held,
        lambda: orders.in_force,
        orders.used,
    )


@pytest.mark.parametrize("gate", ["perimeter", "sally_port"])
def test_the_hubs_word_alone_opens_no_guarded_gate(world: World, gate: GateKind) -> None:
    orders = Orders()
    orders.let("P-000001", world.refer())
    letting(world, orders, gate).look()
    assert "opened" not in world.done
    assert len(orders.held) == 1


def test_the_hubs_word_waits_for_the_finger_of_whoever_was_recognised(world: World) -> None:
    orders = Orders()
    orders.let("P-000001", world.refer("roll_old", person="P-000001"))
    orders.let("P-000002", None)
    orders.let("P-000002", EntryReference(terminal="other", journal_id=bytes(16), sequence=1))
    letting(world, orders).look()
    assert "opened" not in world.done
    assert len(orders.held) == 3


@pytest.mark.parametrize("everybody", [InForce(lockdown=True), InForce(evacuate=True)])
def test_the_hubs_word_for_one_is_outranked_by_an_order_for_everybody(
    world: World, everybody: InForce
) -> None:
    orders = Orders(in_force=everybody)
    orders.let("P-000001", world.refer())
    letting(world, orders).look()
    assert "opened" not in world.done


def test_whom_no_finger_names_is_let_through_once_by_the_officers_word_and_by_no_finger(world: World) -> None:
    orders = Orders()
    referral = world.refer()
    orders.let("P-000001", referral)
    world.done.clear()
    world.full = True
    with pytest.raises(JournalFullError):
        letting(world, orders).look()
    assert world.done == []
    world.full = False
    for _turn in range(3):
        letting(world, orders).look()
    assert world.done == ["kept attestation", "shown go", "opened", "lit ADMIT"]
    said = world.kept[-1]
    assert isinstance(said, Attestation)
    assert (said.person, said.officer, said.referral) == ("P-000001", "matus", referral)
    assert orders.held == []
    orders.let("P-000001", referral)  # as after a power cut before the order was noted as used
    letting(world, orders).look()
    assert world.done.count("opened") == 1


def test_referrals_are_bounded(world: World) -> None:
    for _person in range(MOST_OPEN + 7):
        world.refer()
    assert len(world.referrals.open(world.read())) == MOST_OPEN


# an officer's word


@pytest.mark.parametrize(
    ("referred", "who", "reason", "refusal"),
    [
        (False, "P-000001", "I know her", "try_first"),
        (False, None, "no idea", "unknown"),
        (True, "P-999999", "I know him", "unknown"),
        (True, "P-000001", "   ", "no_reason"),
    ],
)
def test_a_word_that_cannot_be_taken_opens_nothing(
    world: World, referred: bool, who: str | None, reason: str, refusal: str
) -> None:
    reference = world.refer() if referred else None
    world.done.clear()
    question = AttestQuestion(token=world.sign_in(), referral=reference, person=who, reason=reason)
    with pytest.raises(DeskRefusedError) as refused:
        world.ask("attest", question)
    assert why(refused) == refusal
    assert world.done == ["kept sign_in"]
    assert len(world.referrals.open(world.read())) == int(referred)


def test_a_referral_is_answered_once(world: World) -> None:
    question = AttestQuestion(
        token=world.sign_in(), referral=world.refer(), person="P-000001", reason="Compared with the photo"
    )
    world.ask("attest", question)
    with pytest.raises(DeskRefusedError) as refused:
        world.ask("attest", question)
    assert why(refused) == "answered"


def test_what_the_journal_does_not_take_opens_nothing_and_still_waits(world: World) -> None:
    question = AttestQuestion(token=world.sign_in(), referral=world.refer(), person="P-000001", reason="x")
    world.full = True
    world.done.clear()
    with pytest.raises(JournalFullError):
        world.ask("attest", question)
    assert world.done == []
    assert len(world.referrals.open(world.read())) == 1


def test_an_attestation_is_on_disk_before_the_gate_opens(world: World) -> None:
    reference = world.refer(candidates=["P-000001"])
    token = world.sign_in()
    world.done.clear()
    question = AttestQuestion(token=token, referral=reference, person="P-000001", reason="I know her")
    assert world.ask("attest", question).rule == "attested"
    assert world.done == ["kept attestation", f"shown {Sign.GO}", "opened", "lit ADMIT"]
    assert world.kept[-1] == Attestation(
        checkpoint="block-a-in",
        from_zone="yard",
        to_zone="block-a",
        decision=Decision.ADMIT,
        person="P-000001",
        officer="gomez",
        reason="I know her",
        referral=reference,
        standing=False,
        roll_version=Version(1, 5),
        roll_age_s=12,
    )
    assert world.referrals.open(world.read()) == []


@pytest.mark.parametrize(("who", "rule"), [("P-000003", "zone_not_allowed"), (None, "turned_back")])
def test_a_word_does_not_open_what_the_rules_keep_shut(world: World, who: str | None, rule: str) -> None:
    question = AttestQuestion(token=world.sign_in(), referral=world.refer(), person=who, reason="x")
    assert world.ask("attest", question).rule == rule
    assert "opened" not in world.done
    assert world.done[-1] == "lit REFUSE"
    said = world.kept[-1]
    assert isinstance(said, Attestation)
    assert (said.decision, said.person) == (Decision.REFUSE, who)


def test_somebody_with_a_standing_procedure_never_had_to_try(world: World) -> None:
    question = AttestQuestion(token=world.sign_in(), referral=None, person="P-000002", reason="x")
    assert world.ask("attest", question).decision is Decision.ADMIT
    said = world.kept[-1]
    assert isinstance(said, Attestation)
    assert (said.standing, said.referral) == (True, None)


# an officer's finger at the page


def test_after_the_pin_the_officers_finger_signs_in_and_no_other(world: World) -> None:
    world.fingers = frozenset({"gomez"})
    asked = world.signing.sign_in("gomez", PIN)
    assert asked.finger
    with pytest.raises(DeskRefusedError, match="Nobody is signed in"):
        world.signing.officer(asked.token)
    assert not world.signing.claims(lambda _login: False)
    assert world.signing.finger_step(asked.token) == FingerStep(state=FingerState.WAITING, left_s=31)
    assert world.signing.claims(lambda login: login == "gomez")
    assert world.signing.officer(asked.token).login == "gomez"
    assert world.signing.finger_step(asked.token).state is FingerState.DONE
    assert not world.signing.claims(lambda _login: True), "once"
    assert [(one.outcome, one.by) for one in world.kept if isinstance(one, SignIn)] == [
        ("signed_in", "finger_and_pin")
    ]


def test_a_pin_without_its_finger_signs_nobody_in_and_is_on_record(world: World) -> None:
    world.fingers = frozenset({"gomez"})
    asked = world.signing.sign_in("gomez", PIN)
    world.now_s += 31
    assert not world.signing.claims(lambda _login: True)
    assert world.signing.finger_step(asked.token).state is FingerState.OVER
    with pytest.raises(DeskRefusedError):
        world.signing.officer(asked.token)
    assert [one.outcome for one in world.kept if isinstance(one, SignIn)] == ["no_finger"]


def test_where_no_finger_can_be_asked_for_the_pin_alone_signs_in_and_the_journal_says_so(
    world: World,
) -> None:
    assert not world.signing.sign_in("gomez", PIN).finger
    assert [(one.outcome, one.by) for one in world.kept if isinstance(one, SignIn)] == [("signed_in", "pin")]


# an officer's word and the plan

PASS = GatePass(
    number=7,
    person="P-000003",
    zones=["yard", "block-a"],
    from_at=NOON,
    until_at=NOON + timedelta(seconds=900),
    late_until_at=NOON + timedelta(seconds=900),
    reason="VISITS",
)


def planned(*passes: GatePass, **more: Any) -> Planned:
    content = Plan(
        passes=list(passes), pairs=[], rooms=[], curfews=[], resets=[], needs_pass=[], site_zone="UTC", **more
    )
    plan = held_plan(content, Version(1, 1), PLACE.from_zone, PLACE.to_zone)
    return Planned(plan, Whereabouts(PLACE.to_zone), PLACE.from_zone, NOON)


def test_whom_the_plan_refuses_the_officer_may_let_through_where_it_is_theirs_to_judge(world: World) -> None:
    world.planned = planned(PASS)
    token = world.signing.sign_in("gomez", PIN).token
    refused = world.refer(decision=Decision.REFUSE, rule="pass_over", person="P-000003")
    assert not world.referrals.is_calling(world.read()), "a refusal calls nobody"
    said = world.ask(
        "attest", AttestQuestion(token=token, referral=refused, person="P-000003", reason="Late from visits")
    )
    assert (said.decision, said.rule) == (Decision.ADMIT, "attested")


def test_what_the_plan_forbids_to_everybody_no_officers_word_lifts(world: World) -> None:
    early = msgspec.structs.replace(
        PASS, from_at=NOON + timedelta(hours=5), until_at=NOON + timedelta(hours=6)
    )
    world.planned = planned(early)
    token = world.signing.sign_in("gomez", PIN).token
    reference = world.refer(candidates=["P-000003"])
    asked = AttestQuestion(token=token, referral=reference, person="P-000003", reason="Says so")
    said = world.ask("attest", asked)
    assert (said.decision, said.rule) == (Decision.REFUSE, "pass_not_yet")
    assert "wait_officer" in " ".join(world.done)
    early_one = world.refer(decision=Decision.REFUSE, rule="pass_not_yet", person="P-000003")
    assert world.referrals.find(early_one, world.read()) is None


# people


@pytest.mark.parametrize("words", ["chan", "CHÁN cira", "000003", "P000003", "p-000003", "cira, chan"])
def test_people_are_found_by_what_can_be_typed_with_gloves(world: World, words: str) -> None:
    found = search(world.content(), lambda _who: True, words)
    assert [who.person for who in found.people] == ["P-000003"]


def test_standing_procedures_come_first_and_the_rest_is_counted() -> None:
    many = {f"P-{nth:06}": person(f"P-{nth:06}", f"DOE, {nth:02}", ["yard"]) for nth in range(10, 40)}
    found = search(World(people={**many, **PEOPLE}).content(), lambda _who: True, "")
    assert found.people[0].person == "P-000002"
    assert (len(found.people), found.found) == (MOST_SHOWN, 33)


def test_the_first_page_names_nobody(world: World) -> None:
    world.refer(candidates=["P-000001"])
    told = repr(world.verbs["home"].act(None))
    assert "P-000001" not in told
    assert "ARANA" not in told


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"connected": False}, ["away"]),
        ({"connected": None}, ["no_hub"]),
        ({"people": 0}, ["no_roll"]),
        ({"roll_age_s": None}, ["roll_old"]),
        ({"roll_age_s": RULES.roll_old_s + 1}, ["roll_old"]),
        ({"rules_version": "1.2", "rules_age_s": RULES.rules_old_s + 1}, ["rules_old"]),
        ({"clock_sure": False}, ["clock"]),
        ({"sensor": "lost"}, ["sensor"]),
        ({"sensor": "covered"}, ["covered"]),
        ({"in_service": False, "officers": 0}, ["out_of_service", "no_officers"]),
        ({"queue": 100_000}, ["queue"]),
    ],
)
def test_the_first_page_warns(change: dict[str, Any], expected: list[str]) -> None:
    import msgspec

    said = msgspec.structs.replace(home(), **change)
    assert warnings_of(said, None, RULES, wants_officers=True) == expected


def test_alarms_of_door_and_disk_are_said_in_words_of_the_page() -> None:
    health = Health(
        sensor="ok",
        queue_depth=0,
        disk_free_mb=10,
        clock=Confidence.SYNCHRONISED,
        roll_age_s=1,
        refused_from_hub=0,
        alarms=["door_forced", "room", "hot"],
    )
    assert warnings_of(home(), health, RULES, wants_officers=True) == ["door", "disk"]


def test_in_a_lockdown_an_officer_lets_through_whom_no_finger_lets_through(world: World) -> None:
    roll = cast(RollCopy, world)
    orders = InForce(lockdown=True)
    locked = Attesting(PLACE, roll, world.referrals, world, world, world, world.light, lambda: orders)
    said = locked.attest("bgarcia", AttestQuestion(token="", referral=None, person="P-000001", reason="fire"))
    assert said.decision is Decision.ADMIT
    kept = world.kept[-1]
    assert isinstance(kept, Attestation)
    assert (kept.officer, kept.standing, kept.referral) == ("bgarcia", False, None)


def test_in_an_evacuation_no_zone_holds_back_whom_an_officer_lets_out(world: World) -> None:
    roll, orders = cast(RollCopy, world), InForce(evacuate=True, lockdown=True)
    out = Attesting(PLACE, roll, world.referrals, world, world, world, world.light, lambda: orders)
    said = out.attest("bgarcia", AttestQuestion(token="", referral=None, person="P-000003", reason="fire"))
    assert (said.decision, world.done[-3:]) == (Decision.ADMIT, ["shown go", "opened", "lit ADMIT"])
