"""A unit from the hub's desk to an officer's page and back: both sides real, the broker a list."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from edge.attestation.forms import Nothing
from edge.clock import Reading
from edge.downlink import Downlink
from edge.errors import DeskRefusedError
from edge.log import Log
from edge.protection import AtRest, RollKeys
from edge.provisioning import Folder, prepare
from edge.refusals import Refusals
from edge.roll_content import Receipt
from edge.sealed_copy import SealedCopy
from edge.unit.count_forms import CountQuestion, MarkQuestion, SlipQuestion
from edge.unit.forms import AlarmQuestion, CallQuestion, OfUnit, RollQuestion, ShiftQuestion, UnitFigures
from edge.unit.picture import EMPTY, Known
from hub.accounts.audit import OPERATOR, Actor
from hub.custody.actions import assign_home, open_booking_of
from hub.custody.records import Person
from hub.database import session_scope
from hub.headcount.leading import Asked, announce, begin, freeze
from hub.headcount.loading import facts_of
from hub.headcount.reading import open_sessions
from hub.headcount.records import Headcount
from hub.headcount.rules import reckon
from hub.movements.alarms.handling import Seen, acknowledge
from hub.movements.alarms.records import Alarm, AlarmStep
from hub.movements.records import Zone
from hub.roll.actions import raise_epoch
from hub.terminals.protection.records import TerminalHolding
from hub.units.desk import CONFIRM_EVERY, UnitDesk
from hub.units.records import UnitHolding, UnitShift
from hub.units.shifts import holders
from wire.errors import Refusal, WireError
from wire.happenings import CountKind, CountMethod, EntryReference, Happening
from wire.journal import Clock
from wire.keys import SigningKey
from wire.topics import Channel, parse
from wire.unit import KIND, CountPhase, UnitPicture, UnitUpdate, seal_context
from wire.versions import Version

from ..unit.edge.unit_world import PIN, SECOND_PIN, UnitWorld
from ..unit.hub.ingest_world import NOON, Gate, World, make_template, open_world

UNIT = "block-a"
REYES = Actor("reyes", "10.0.0.2")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


class Page(UnitWorld):
    """The agent's side of the page, over the copy that came from the hub and a journal that goes to it."""

    checkpoint = "block-a"

    def __init__(self, site: Site) -> None:
        self.site = site
        super().__init__()

    def known(self) -> Known:
        copy = self.site.copy
        return Known(copy.content() or EMPTY, copy.said_at(), copy.age_s(), self.read(), self.doings, {})

    def read(self) -> Reading:
        return self.site.read()

    def record(self, happening: Happening) -> EntryReference:
        reference = EntryReference(
            terminal=self.site.gate.name,
            journal_id=self.site.gate.journal_id,
            sequence=len(self.site.gate.raws) + 1,
        )
        self.site.gate.clock = self.site.at
        self.site.gate.says(happening)
        self.doings.note(reference, self.read(), happening)
        return reference


@dataclass
class Site:
    """A hub with three people in block A, its desk, and the terminal there."""

    world: World
    folder: Path
    at: datetime = NOON
    hub_key: SigningKey = field(default_factory=SigningKey.generate)
    gate: Gate = field(default_factory=lambda: Gate("a-1"))
    session: int = 1
    heard: list[UnitUpdate] = field(default_factory=list)
    sent: int = 0
    connected: bool = True
    offered: int = 0

    def __post_init__(self) -> None:
        prepare(Folder(self.folder))
        self.world.grant(self.gate)
        self.live_in_block_a()
        self.desk = UnitDesk(self.world.sessions, self.hub_key, self._send)
        self.refusals = Refusals(Log("test", io.StringIO()))
        self.start()
        self.page = Page(self)
        self.say_state()
        self.settle()

    def live_in_block_a(self) -> None:
        with session_scope(self.world.sessions) as session:
            session.execute(update(Zone).where(Zone.code == UNIT).values(is_unit=True))
            for person in session.scalars(select(Person)):
                booking = open_booking_of(session, person.id)
                assert booking is not None
                assign_home(session, booking, UNIT, effective_at=self.at, recorded_at=self.at, actor=OPERATOR)

    def start(self) -> None:
        """The agent starts: what lies on the card counts."""
        folder, log = Folder(self.folder), Log("test", io.StringIO())
        self.copy = SealedCopy(
            folder.root / "unit.sealed",
            RollKeys(folder, AtRest.NONE, {}),
            UnitPicture,
            terminal=self.gate.name,
            opening=self.gate.opening_key,
            context=lambda version: seal_context(self.gate.name, version),
            session=lambda: self.session,
            clock=self,
            log=log,
        )
        self.copy.load("aside")

    def read(self) -> Reading:
        return Reading("ab" * 16, int(self.at.timestamp() * 1000), self.at, Clock.SYNCHRONISED)

    def say_state(self, *, online: bool = True, page: bool = True) -> None:
        self.connected = online
        told = {"unit_version": self.copy.version(), "officers_page": page} if online else {}
        self.gate.clock = self.at
        self.world.take(self.gate.state(self.session, online=online, at=self.at, **told))

    def reconnect(self) -> None:
        self.session += 1
        self.say_state()

    def later(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def settle(self) -> None:
        self.later(2)
        self.desk.tick(self.at)
        self.say_state(online=self.connected)

    def deliver(self) -> None:
        """What was journalled goes up, and what it changes comes down."""
        first, self.offered = self.offered + 1, len(self.gate.raws)
        if first <= self.offered:
            self.world.take(self.gate.batch(first, at=self.at))
        self.settle()

    def _send(self, name: str, payload: bytes) -> bool:
        address = parse(name)
        assert address is not None
        assert address.channel is Channel.UNIT
        self.sent += 1
        said = Downlink(self.gate.name, self.hub_key.public_key(), self.refusals).read(
            payload, KIND, UnitUpdate
        )
        assert said is not None
        self.heard.append(said)
        if self.connected:
            self.copy.receive(said.version, said.said_at, said.session, said.sealed)
        return True

    def count(self) -> int:
        """A formal count is announced, nobody moves, and it is counted."""
        with session_scope(self.world.sessions) as session:
            count = announce(session, Asked(CountKind.FORMAL), actor=REYES, at=self.at)
            freeze(session, count, actor=REYES, at=self.at)
            begin(session, count, actor=REYES, at=self.at)
            number = count.id
        self.settle()
        return number

    def figures(self) -> UnitFigures | None:
        found: UnitFigures | None = self.page.act("unit_home", Nothing()).units[0].figures
        return found


@pytest.fixture
def site(template: Path, tmp_path: Path) -> Iterator[Site]:
    world = open_world(template, tmp_path)
    folder = tmp_path / "terminal"
    folder.mkdir()
    yield Site(world, folder)
    world.engine.dispose()


def test_a_terminal_without_an_officers_page_is_told_of_nobody(site: Site) -> None:
    site.say_state(page=False)
    sent = site.sent
    site.later(60)
    site.desk.tick(site.at)
    assert site.sent == sent


def test_the_page_shows_who_belongs_here_and_where_they_were_last_proven(site: Site) -> None:
    figures = site.figures()
    assert figures is not None
    assert (figures.assigned, figures.here, figures.unproven) == (3, 0, 3)
    site.gate.clock = site.at
    site.gate.passes("P-000001")
    site.deliver()
    figures = site.figures()
    assert figures is not None
    assert (figures.here, figures.unproven) == (1, 2)
    roll = site.page.act("unit_roll", RollQuestion(token=site.page.sign_in(), unit=UNIT, only="here"))
    assert [(line.name, line.place, line.source, line.sure) for line in roll.lines] == [
        ("ASH, Test", "Block A", "scan", True)
    ]


def test_it_is_told_at_most_once_a_second_and_confirmed_when_nothing_moves(site: Site) -> None:
    sent = site.sent
    for _turn in range(4):
        site.later(0.2)
        site.desk.tick(site.at)
    assert site.sent == sent
    site.later(CONFIRM_EVERY.total_seconds())
    assert site.copy.age_s() == int(CONFIRM_EVERY.total_seconds())
    site.desk.tick(site.at)
    assert (site.sent, site.heard[-1].sealed, site.copy.age_s()) == (sent + 1, b"", 0)
    assert site.world.count(UnitHolding) == 1


def test_with_the_hub_away_the_copy_lies_on_the_card_and_says_its_age(site: Site) -> None:
    site.say_state(online=False)
    site.later(3_600)
    site.start()
    assert (site.copy.age_s() or 0) >= 3_600
    assert len((site.copy.content() or EMPTY).people) == 3
    assert b"ASH" not in (site.folder / "unit.sealed").read_bytes()


def test_a_hub_that_lost_its_memory_is_still_newer_and_one_restored_raises_the_epoch(site: Site) -> None:
    held = site.copy.version()
    assert held is not None
    site.desk = UnitDesk(site.world.sessions, site.hub_key, site._send)
    site.at -= timedelta(seconds=1)  # its clock was put right as well
    site.later(3)
    site.desk.tick(site.at)
    assert (site.copy.version() or held) > held
    with session_scope(site.world.sessions) as session:
        raise_epoch(session, site.at)
    site.reconnect()
    site.desk = UnitDesk(site.world.sessions, site.hub_key, site._send)
    site.settle()
    assert (site.copy.version() or held).epoch == held.epoch + 1


def test_what_is_old_forged_or_anothers_changes_nothing(site: Site) -> None:
    first = site.heard[0]
    site.count()
    now = site.copy.version()
    assert site.copy.receive(first.version, first.said_at, first.session, first.sealed) is Receipt.STALE
    later = site.at + timedelta(seconds=5)
    with pytest.raises(WireError) as refused:
        site.copy.receive(first.version, later, None, first.sealed)
    assert refused.value.reason is Refusal.BACKWARDS
    with pytest.raises(WireError) as refused:
        site.copy.receive(Version(99, 1), later, None, first.sealed)
    assert refused.value.reason is Refusal.UNSEALABLE
    assert site.copy.receive(Version(99, 1), later, site.session - 1, first.sealed) is Receipt.STALE
    assert site.copy.version() == now


def test_a_count_is_blind_on_the_page_and_the_slip_ends_it_on_both_sides(site: Site) -> None:
    number = site.count()
    token = site.page.sign_in()
    assert site.figures() is None
    with pytest.raises(DeskRefusedError):
        site.page.act("unit_roll", RollQuestion(token=token, unit=UNIT))
    (count,) = site.page.act("counts", OfUnit(token=token, unit=UNIT))
    assert (count.session, count.blind, count.method) == (number, True, CountMethod.NUMBER)
    site.page.act("count_begin", CountQuestion(token=token, unit=UNIT, session=number))
    site.later(60)
    site.page.act(
        "slip",
        SlipQuestion(
            token=token,
            unit=UNIT,
            session=number,
            recount=0,
            method=CountMethod.NUMBER,
            observed=2,
            signs_of_life=True,
            pin=PIN,
            second="tillett",
            second_pin=SECOND_PIN,
        ),
    )
    assert site.figures() is not None
    site.deliver()
    assert site.figures() is not None
    with session_scope(site.world.sessions, writes=False) as session:
        (brief,) = open_sessions(session, site.at)
        assert (brief.units_in, brief.off_minus) == (1, 1)
        assert session.scalars(select(Headcount.id)).all() == [number]
    (count,) = site.page.act("counts", OfUnit(token=token, unit=UNIT))
    assert (count.blind, count.phase in CountPhase) == (False, True)


@pytest.mark.parametrize("announced", [True, False], ids=["announced meanwhile", "announced by nobody"])
def test_a_count_begun_with_the_hub_away_is_blind_and_finds_its_place_when_it_comes_back(
    site: Site, announced: bool
) -> None:
    site.connected = False
    number = site.count() if announced else None
    page, token = site.page, site.page.sign_in()
    assert page.act("counts", OfUnit(token=token, unit=UNIT)) == [], "the terminal has not heard of any"
    page.act("count_begin", CountQuestion(token=token, unit=UNIT, session=0))
    assert site.figures() is None
    people = sorted(one.person for one in (site.copy.content() or EMPTY).people)
    for person, taken_back in ((people[0], False), (people[1], False), (people[2], False), (people[2], True)):
        site.later(10)
        mark = MarkQuestion(token=token, unit=UNIT, session=0, person=person, taken_back=taken_back)
        page.act("count_mark", mark)
    slip = SlipQuestion(
        token=token, unit=UNIT, session=0, recount=0, method=CountMethod.BY_NAME, observed=2,
        signs_of_life=True, pin=PIN, second="tillett", second_pin=SECOND_PIN,
    )  # fmt: skip
    page.act("slip", slip)
    assert site.figures() is not None
    site.later(3_600)
    site.reconnect()
    site.deliver()
    with session_scope(site.world.sessions, writes=False) as session:
        (count,) = session.scalars(select(Headcount)).all()
        assert (count.id == number, count.kind) == (announced, "FORMAL" if announced else "INFORMAL")
        unit = reckon(facts_of(session, count, site.at)).unit(UNIT)
        missing = [session.get_one(Person, one.person).number for one in unit.missing]
        flags = {flag.value for _, found in unit.flags for flag in found}
    assert (unit.off, missing) == (-1, [people[2]])
    assert flags <= {"late"}
    assert site.world.zone_of(people[0]) == UNIT, "a mark proves a place, an hour late as well"
    assert site.world.zone_of(people[2]) != UNIT, "what was taken back proves nothing"


def test_help_is_sent_only_when_the_control_room_has_acknowledged_it(site: Site) -> None:
    site.page.act("call", CallQuestion())
    site.deliver()
    assert site.page.act("call_state", Nothing()).by == ""
    with session_scope(site.world.sessions, writes=False) as session:
        alarm = session.scalars(select(Alarm).where(Alarm.code == "call")).one()
        seen = Seen(alarm.id, alarm.count)
        assert (alarm.terminal, alarm.checkpoint, alarm.rank) == ("a-1", UNIT, 1)
    with session_scope(site.world.sessions) as session:
        acknowledge(session, [seen], actor=REYES, at=site.at)
    site.settle()
    assert site.page.act("call_state", Nothing()).by == "reyes"
    site.later(5)
    site.page.act("call", CallQuestion())  # once more: nobody has heard this one
    site.deliver()
    assert site.page.act("call_state", Nothing()).by == ""


def test_an_officer_on_the_way_is_a_step_of_the_alarm(site: Site) -> None:
    site.page.act("call", CallQuestion())
    site.deliver()
    token = site.page.sign_in()
    (line,) = site.page.act("alarms", OfUnit(token=token, unit=UNIT))
    assert line.words["en"] == "Call for help"
    site.page.act("alarm_taken", AlarmQuestion(token=token, alarm=line.number))
    site.deliver()
    with session_scope(site.world.sessions, writes=False) as session:
        steps = session.execute(select(AlarmStep.step, AlarmStep.by).order_by(AlarmStep.id)).all()
    assert tuple(steps[-1]) == ("ON_THE_WAY", "gomez")


def test_a_shift_taken_over_is_kept_with_what_both_sides_counted(site: Site) -> None:
    token = site.page.sign_in()
    question = ShiftQuestion(token=token, unit=UNIT, from_officer="tillett", roll_seen=3, remarks="keys")
    site.page.act("take_shift", question)
    site.deliver()
    with session_scope(site.world.sessions, writes=False) as session:
        shift = session.scalars(select(UnitShift)).one()
        assert (shift.officer, shift.from_officer, shift.roll_seen, shift.roll_known) == (
            "gomez",
            "tillett",
            3,
            3,
        )
        assert holders(session)[UNIT].officer == "gomez"
    assert [one.officer for one in (site.copy.content() or EMPTY).shifts] == ["gomez"]
    assert site.page.act("shift", OfUnit(token=token, unit=UNIT)).remarks == "keys"
    site.world.take(site.gate.batch(1, at=site.at))  # delivered once more
    assert site.world.count(UnitShift) == 1


def test_the_terminals_page_is_told_in_one_holding(site: Site) -> None:
    assert site.world.count(TerminalHolding) == 1
    site.say_state()
    with session_scope(site.world.sessions, writes=False) as session:
        held = session.scalars(select(UnitHolding)).one()
    assert Version(held.epoch, held.counter) == site.copy.version()
