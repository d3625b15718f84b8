"""A plan from the hub's desk to a gate's decision: both sides real, the broker a list."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from edge.clock import Reading
from edge.decision import Answer, Circumstances, decide
from edge.downlink import Downlink
from edge.log import Log
from edge.plan.keeper import PlanKeeper
from edge.ports import Finding, RollFacts
from edge.protection import AtRest, RollKeys
from edge.provisioning import Folder, prepare
from edge.refusals import Refusals
from hub.accounts.audit import OPERATOR, Actor
from hub.custody.life.keep_aparts import KeptApart, Part, Restriction, keep_apart
from hub.custody.records import Person
from hub.database import session_scope
from hub.movements.passes.planning import Draft, Override, make_passes
from hub.movements.passes.rules import Escort, Reason
from hub.movements.records import Zone
from hub.movements.whereabouts.resets import reset_area
from hub.roll.actions import raise_epoch
from hub.roll.gate_plans.desk import GatePlanDesk
from hub.roll.gate_plans.records import GatePlan
from wire.codec import decode
from wire.envelope import HUB, open_envelope, sign
from wire.happenings import Decision, EntryReference, Outcome, read_body
from wire.journal import Clock, Entry
from wire.keys import SigningKey
from wire.plan import KIND, PRESENCE_KIND, PlanUpdate, PresenceUpdate
from wire.provisioning import CheckpointSettings
from wire.sealing import seal
from wire.settings import PassageRules
from wire.topics import Channel, parse
from wire.versions import Version

from ..unit.hub.ingest_world import NOON, Gate, World, make_template, open_world

RULES = PassageRules(tries=3, retry_s=10.0, lamp_s=1.5, expected_fmr=1e-5, site_fmr=1e-6, presence_old_s=30.0)
ANN, BEN = "P-000001", "P-000002"
SUE = Actor("sue", "10.0.0.2")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@dataclass
class Site:
    """A hub, its desk, and one gate into the workshop with all that a terminal has of plans."""

    world: World
    folder: Path
    at: datetime = NOON
    hub_key: SigningKey = field(default_factory=SigningKey.generate)
    gate: Gate = field(default_factory=lambda: Gate("w-1", "workshop"))
    session: int = 1
    held: list[tuple[Channel, bytes]] = field(default_factory=list)
    connected: bool = True

    def __post_init__(self) -> None:
        prepare(Folder(self.folder))
        self.world.grant(self.gate)
        self.refusals = Refusals(Log("test", io.StringIO()))
        self.desk = GatePlanDesk(self.world.sessions, self.hub_key, self._send)
        self.start()
        self.reconnect()

    def start(self) -> None:
        """The agent starts: what lies on the card counts."""
        log, folder = Log("test", io.StringIO()), Folder(self.folder)
        self.keeper = PlanKeeper(
            folder.root / "plan.sealed",
            RollKeys(folder, AtRest.NONE, {}),
            CheckpointSettings(checkpoint="workshop", from_zone="yard", to_zone="workshop"),
            Downlink(self.gate.name, self.hub_key.public_key(), self.refusals),
            self.refusals,
            self,
            log,
            terminal=self.gate.name,
            opening=self.gate.opening_key,
            session=lambda: self.session,
            presence_old_s=RULES.presence_old_s,
            aside_name=lambda: "aside",
        )
        self.keeper.load("aside")

    def read(self) -> Reading:
        """The terminal's clock, which runs as the hub's does."""
        return Reading("ab" * 16, int(self.at.timestamp() * 1000), self.at, Clock.SYNCHRONISED)

    def reconnect(self) -> None:
        self.session += 1
        self.say_state()

    def say_state(self, *, online: bool = True) -> None:
        self.connected = online
        told = self.keeper.state() if online else {}
        self.gate.clock = self.at
        self.world.take(self.gate.state(self.session, online=online, at=self.at, **told))

    def later(self, **parts: float) -> None:
        self.at += timedelta(**parts)

    def settle(self) -> None:
        """Until nothing more is said: each plan taken is reported."""
        for _turn in range(6):
            self.later(seconds=3)
            said = self.desk.tick(self.at)
            self.say_state()
            if not said:
                return

    def _send(self, topic: str, payload: bytes) -> bool:
        address = parse(topic)
        assert address is not None
        self.held.append((address.channel, payload))
        if self.connected and address.terminal == self.gate.name:
            self.keeper.take(address.channel, payload)
        return True

    def offer(self, number: str, *, permitted: bool = False) -> Answer:
        """Somebody whose finger was recognised beyond doubt."""
        roll = RollFacts(
            Version(1, 1), 5, {who: frozenset(["workshop"] if permitted else []) for who in (ANN, BEN)}
        )
        found = Finding(Outcome.MATCH, number, 80, "", 9.0, 1.0, 2, 1)
        now = Circumstances(planned=self.keeper.planned(), rules_age_s=5)
        answer = decide(found, roll, "workshop", [], RULES, now)
        assert isinstance(answer, Answer)
        return answer

    def person(self, number: str) -> Person:
        with session_scope(self.world.sessions, writes=False) as session:
            return session.scalars(select(Person).where(Person.number == number)).one()

    def zone(self, code: str) -> int:
        with session_scope(self.world.sessions, writes=False) as session:
            return session.scalars(select(Zone.id).where(Zone.code == code)).one()

    def give_pass(
        self, number: str, begin_h: float = 0, hours: float = 2, escort: Escort = Escort.NONE
    ) -> int:
        begin = self.at + timedelta(hours=begin_h)
        draft = Draft(
            self.person(number).id,
            self.zone("workshop"),
            Reason.WORK,
            begin,
            begin + timedelta(minutes=10),
            begin + timedelta(hours=hours),
            escort=escort,
            from_zone_id=self.zone("yard"),
        )
        with session_scope(self.world.sessions) as session:
            (made,) = make_passes(
                session, [draft], override=Override(SUE, "Needed"), actor=OPERATOR, at=self.at
            )
        self.settle()
        return made

    def keep_them_apart(self) -> None:
        apart = KeptApart(
            other=BEN,
            role=Part.VICTIM,
            other_role=Part.PERPETRATOR,
            restriction=Restriction.BLOCK,
            reason="A fight",
        )
        with session_scope(self.world.sessions) as session:
            keep_apart(session, self.person(ANN), apart, actor=OPERATOR, at=self.at)
        self.settle()

    def goes(self, number: str, *, to: str = "workshop", through: Gate | None = None) -> None:
        """Somebody goes through a gate, whose journal the hub has at once."""
        gate = through or self.gate
        gate.clock = self.at
        before = len(gate.raws)
        zones = {"from_zone": "workshop" if to == "yard" else "yard", "to_zone": to}
        gate.passes(number, **zones)
        if gate is self.gate:
            reference = EntryReference(terminal=gate.name, journal_id=gate.journal_id, sequence=before + 1)
            body = read_body(decode(gate.raws[-1], Entry))
            assert body is not None
            self.keeper.entered.note(reference, self.read(), body)
        self.world.take(gate.batch(before + 1, at=self.at))

    def last(self, channel: Channel) -> bytes:
        return next(raw for kept, raw in reversed(self.held) if kept is channel)


@pytest.fixture
def site(template: Path, tmp_path: Path) -> Iterator[Site]:
    world = open_world(template, tmp_path)
    folder = tmp_path / "terminal"
    folder.mkdir()
    made = Site(world, folder)
    made.settle()
    yield made
    world.engine.dispose()


def test_before_the_first_plan_the_rolls_permissions_decide_and_then_each_refusal_names_its_rule(
    site: Site,
) -> None:
    assert site.keeper.state() == {"plan_version": Version(1, 1)}
    assert site.offer(ANN).rule == "zone_not_allowed"
    assert site.offer(ANN, permitted=True).rule == "expected"
    number = site.give_pass(ANN, begin_h=1)
    early = site.offer(ANN)
    assert (early.decision, early.rule, early.pass_number) == (Decision.REFUSE, "pass_not_yet", number)
    site.later(hours=1)
    on_time = site.offer(ANN)
    assert (on_time.decision, on_time.rule, on_time.pass_number) == (Decision.ADMIT, "pass", number)


def test_with_the_hub_away_for_a_day_the_gate_goes_on_by_what_it_holds_across_a_restart(site: Site) -> None:
    first, second = site.give_pass(ANN, 1), site.give_pass(BEN, 20)
    site.say_state(online=False)
    site.later(hours=1)
    site.start()
    assert site.offer(ANN).pass_number == first
    site.later(hours=19)
    assert site.offer(BEN).pass_number == second
    assert site.offer(ANN).rule == "pass_over"
    planned = site.keeper.planned()
    assert planned is not None
    assert planned.age_s is not None
    assert planned.age_s > 19 * 3600
    site.later(hours=12)
    assert (site.offer(ANN).decision, site.offer(ANN).rule) == (Decision.REFER, "plan_old")


def test_who_must_not_meet_is_held_apart_by_both_gates_word_and_asked_about_when_it_is_old(
    site: Site,
) -> None:
    site.give_pass(ANN)
    site.give_pass(BEN)
    site.keep_them_apart()
    assert (site.offer(ANN).rule, site.offer(ANN).against) == ("keep_apart_unknown", BEN)
    out = site.world.grant(Gate("w-out", "workshop-out"))
    site.goes(BEN)
    assert (site.offer(ANN).decision, site.offer(ANN).rule) == (Decision.REFUSE, "keep_apart")
    site.later(seconds=20)
    site.settle()
    assert site.offer(ANN).rule == "keep_apart"
    site.later(seconds=90)
    asked = site.offer(ANN)
    assert (asked.decision, asked.rule, asked.flags) == (
        Decision.REFER,
        "keep_apart_unknown",
        ("presence_old",),
    )
    assert out.raws == []


def test_a_plan_is_said_again_until_it_is_held_and_then_only_confirmed(site: Site) -> None:
    site.connected = False  # the messages are lost on their way
    site.held.clear()
    with session_scope(site.world.sessions) as session:
        reset_area(session, site.zone("workshop"), by="sue", reason="search", at=site.at)
    site.later(seconds=3)
    for expected in (1, 0, 1, 0, 0, 1):
        before = sum(kept is Channel.PLAN for kept, _raw in site.held)
        site.desk.tick(site.at)
        assert sum(kept is Channel.PLAN for kept, _raw in site.held) - before == expected
        site.later(seconds=4)
    site.connected = True
    site.reconnect()
    site.settle()
    planned = site.keeper.planned()
    assert planned is not None
    assert planned.plan.reset_at is not None
    numbers = site.world.count(GatePlan)
    for _minute in range(5):
        site.later(minutes=1)
        site.desk.tick(site.at)
        site.say_state()
    assert site.world.count(GatePlan) == numbers
    age = site.keeper.planned()
    assert age is not None
    assert age.age_s is not None
    assert age.age_s < 90


@pytest.mark.parametrize("channel", [Channel.PLAN, Channel.PRESENCE])
def test_what_is_forged_for_another_or_was_said_before_changes_nothing(site: Site, channel: Channel) -> None:
    site.give_pass(ANN)
    site.keep_them_apart()
    old = site.last(channel)
    site.goes(BEN)
    site.later(seconds=2)
    site.settle()
    before, refused = site.keeper.planned(), site.refusals.total()
    assert before is not None
    other = Gate("w-2", "workshop")
    kind = KIND if channel is Channel.PLAN else PRESENCE_KIND
    form: type[PlanUpdate] | type[PresenceUpdate] = PlanUpdate if channel is Channel.PLAN else PresenceUpdate
    newest = open_envelope(
        site.last(channel), kind=kind, sender=HUB, receiver=site.gate.name, key=site.hub_key.public_key()
    )
    body: PlanUpdate | PresenceUpdate = decode(newest, form)
    later = msgspec.structs.replace(body, said_at=site.at + timedelta(seconds=1))
    sealed_to_other = seal(b"\x80", other.opening_key.public_key(), "plan w-2 1.9")
    bad = [
        old,
        sign(kind, HUB, site.gate.name, later, SigningKey.generate()),
        sign(kind, HUB, other.name, later, site.hub_key),
        sign(kind, HUB, site.gate.name, msgspec.structs.replace(later, sealed=sealed_to_other), site.hub_key),
        sign(kind, HUB, site.gate.name, msgspec.structs.replace(later, session=99), site.hub_key),
        site.last(channel)[:-3],
        b"",
    ]
    for raw in bad:
        site.keeper.take(channel, raw)
    after = site.keeper.planned()
    assert after is not None
    assert (after.plan, after.where) == (before.plan, before.where)
    assert site.refusals.total() > refused


def test_an_older_version_is_refused_and_a_restored_hub_is_newer_than_all_before(site: Site) -> None:
    site.give_pass(ANN)
    held = site.keeper.state()["plan_version"]
    older = PlanUpdate(version=Version(1, 1), sealed=b"x" * 60, said_at=site.at, session=site.session)
    refused = site.refusals.total()
    site.later(seconds=1)
    site.keeper.take(
        Channel.PLAN,
        sign(KIND, HUB, site.gate.name, msgspec.structs.replace(older, said_at=site.at), site.hub_key),
    )
    assert site.refusals.total() == refused + 1
    assert site.keeper.state()["plan_version"] == held
    with session_scope(site.world.sessions) as session:
        raise_epoch(session, site.at)
    site.settle()
    now = site.keeper.state()["plan_version"]
    assert now > held
    assert now.epoch == held.epoch + 1
    assert site.offer(ANN).rule == "pass"


def test_a_hub_restored_without_a_new_epoch_says_so_and_overrules_nobody(site: Site) -> None:
    site.give_pass(ANN)
    ahead = Version(1, 99)
    site.world.take(site.gate.state(site.session + 1, at=site.at, plan_version=ahead))
    site.session += 1
    site.later(seconds=3)
    plans = sum(kept is Channel.PLAN for kept, _raw in site.held)
    site.desk.tick(site.at)
    site.later(seconds=3)
    site.desk.tick(site.at)
    assert sum(kept is Channel.PLAN for kept, _raw in site.held) == plans
    assert site.world.alarms().count("plan_ahead") == 1


def test_a_card_that_holds_another_terminals_plan_or_a_damaged_one_starts_without_it(site: Site) -> None:
    site.give_pass(ANN)
    card = Folder(site.folder).root / "plan.sealed"
    raw = card.read_bytes()
    for damaged in (raw[: len(raw) // 2], raw[:-1] + bytes([raw[-1] ^ 1]), b""):
        card.write_bytes(damaged)
        site.start()
        assert site.keeper.planned() is None
        assert not card.exists()
    site.reconnect()
    site.settle()
    assert site.offer(ANN).rule == "pass"
