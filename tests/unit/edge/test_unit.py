"""The officer's unit at the terminal: whom it shows, what it hides while a count is blind, and what it journals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from edge.attestation.forms import Nothing, Signed
from edge.decision import InForce
from edge.errors import DeskRefusedError
from edge.ports import Light
from edge.unit.count_forms import CountListQuestion, CountQuestion, MarkQuestion, ScanQuestion, SlipQuestion
from edge.unit.doings import Doings
from edge.unit.forms import AlarmQuestion, CallQuestion, OfUnit, OutQuestion, RollQuestion, ShiftQuestion
from edge.unit.scanning import IDLE_S
from wire.happenings import (
    AlarmTaken,
    Attestation,
    Call,
    CountMark,
    CountMethod,
    Decision,
    EntryReference,
    OutCount,
    OutCountStep,
    ShiftTaken,
    Slip,
)
from wire.unit import CallAnswer, CountPhase
from wire.versions import Version

from .unit_world import (
    NOON,
    OTHER,
    PIN,
    SECOND_PIN,
    UNIT,
    UnitWorld,
    alarm,
    announced,
    number,
    out_count,
    picture,
    somebody,
)


@pytest.fixture
def world() -> UnitWorld:
    return UnitWorld()


def why(refused: pytest.ExceptionInfo[DeskRefusedError]) -> str:
    assert len(refused.value.sentence) > 20
    return refused.value.reason


def slip_of(token: str, observed: int, **more: Any) -> SlipQuestion:
    facts: dict[str, Any] = {
        "session": 7,
        "recount": 0,
        "method": CountMethod.NUMBER,
        "signs_of_life": True,
        "pin": PIN,
        "second": "tillett",
        "second_pin": SECOND_PIN,
    }
    return SlipQuestion(token=token, unit=UNIT, observed=observed, **{**facts, **more})


def begin(world: UnitWorld, token: str, session: int = 7) -> None:
    world.act("count_begin", CountQuestion(token=token, unit=UNIT, session=session))


def let_in(world: UnitWorld, who: str, to_zone: str) -> None:
    """An officer vouched for somebody at this gate."""
    world.record(
        Attestation(
            checkpoint="block-a-in",
            from_zone="yard",
            to_zone=to_zone,
            decision=Decision.ADMIT,
            person=who,
            officer="gomez",
            reason="x",
            referral=None,
            standing=False,
            roll_version=Version(1, 1),
            roll_age_s=1,
        )
    )


# whom it shows


def test_numbers_add_up_and_unproven_is_never_absent(world: UnitWorld) -> None:
    world.picture = picture(
        [
            somebody(1),
            somebody(2, "block-a-yard", ago_s=7_200),  # older than proofs hold there
            somebody(3, OTHER, out="Workshop", out_with="tillett"),
            somebody(4, OTHER),
            somebody(5, None),
            somebody(6, UNIT, assigned=False, home=None),
        ]
    )
    figures = world.act("unit_home", Nothing()).units[0].figures
    assert msgspec.structs.astuple(figures) == (5, 3, 2, 2, 1, 4)
    roll = world.act("unit_roll", RollQuestion(token=world.sign_in(), unit=UNIT))
    assert [(line.person, line.sure) for line in roll.lines if not line.sure] == [
        (number(2), False),
        (number(5), False),
    ]
    assert roll.found == 6


def test_a_place_that_nobody_proves_again_becomes_unproven_with_the_hub_away(world: UnitWorld) -> None:
    world.picture = picture([somebody(1, ago_s=60)])
    assert world.act("unit_home", Nothing()).units[0].figures.unproven == 0
    world.now_s = 3_600.0
    home = world.act("unit_home", Nothing())
    assert (home.units[0].figures.unproven, home.age_s) == (1, 3_600)


def test_what_was_seen_here_is_shown_before_the_hub_says_so_and_gives_way_to_it(world: UnitWorld) -> None:
    world.picture = picture([somebody(1, OTHER, ago_s=60), somebody(2)])
    world.now_s = 30.0
    let_in(world, number(1), UNIT)
    let_in(world, "P-000077", UNIT)  # of another unit, whom the picture does not have
    figures = world.act("unit_home", Nothing()).units[0].figures
    assert (figures.here, figures.visiting) == (3, 1)
    world.doings.settle(2, world.read(), {})
    assert len(world.doings.places()) == 2  # acknowledged just now: the picture may not have it yet
    world.now_s = 60.0
    world.doings.settle(0, world.read(), {number(1): 10.0})
    assert set(world.doings.places()) == {"P-000077"}  # a newer proof of the hub's
    world.doings.settle(2, world.read(), {})
    assert world.doings.places() == {}


def test_a_restart_remembers_what_was_said_here(world: UnitWorld) -> None:
    world.picture = picture(counts=[announced()])
    token = world.sign_in()
    let_in(world, number(1), UNIT)
    begin(world, token)
    world.act("slip", slip_of(token, 8))
    after = Doings()
    told = [
        (EntryReference(terminal="t", journal_id=bytes(16), sequence=nth), world.read(), said)
        for nth, said in enumerate(world.kept, 1)
    ]
    after.remember(told)
    assert set(after.places()) == {number(1)}
    assert [one.said.observed for one in after.slips(UNIT, 7)] == [8]


def test_only_the_terminals_own_units_are_told(world: UnitWorld) -> None:
    with pytest.raises(DeskRefusedError) as refused:
        world.act("unit_roll", RollQuestion(token=world.sign_in(), unit="block-b"))
    assert why(refused) == "no_unit"


@pytest.mark.parametrize(
    ("verb", "question"),
    [
        ("unit_roll", RollQuestion(token="x", unit=UNIT)),
        ("unit_person", MarkQuestion(token="x", unit=UNIT, session=0, person=number(1))),
        ("shift", OfUnit(token="x", unit=UNIT)),
        ("out_counts", OfUnit(token="x", unit=UNIT)),
        ("out_people", RollQuestion(token="x", unit=UNIT)),
        ("counts", OfUnit(token="x", unit=UNIT)),
        ("count_list", CountListQuestion(token="x", unit=UNIT, session=7)),
        ("count_mark", MarkQuestion(token="x", unit=UNIT, session=7, person=number(1))),
        ("count_scan", ScanQuestion(token="x", unit=UNIT, session=7, on=True)),
        ("count_scanned", CountQuestion(token="x", unit=UNIT, session=7)),
        ("count_beds", OfUnit(token="x", unit=UNIT)),
        ("slip", slip_of("x", 8)),
        ("alarms", Signed(token="x")),
        ("alarm_taken", AlarmQuestion(token="x", alarm=3)),
    ],
)
def test_nothing_of_it_is_for_somebody_not_signed_in(world: UnitWorld, verb: str, question: Any) -> None:
    world.picture = picture(counts=[announced()], alarms=[alarm()])
    with pytest.raises(DeskRefusedError) as refused:
        world.act(verb, question)
    assert why(refused) == "sign_in"
    assert world.kept == []


# blind


@pytest.mark.parametrize(
    ("verb", "question"),
    [
        ("unit_roll", lambda token: RollQuestion(token=token, unit=UNIT)),
        ("unit_person", lambda token: MarkQuestion(token=token, unit=UNIT, session=0, person=number(1))),
        ("shift", lambda token: OfUnit(token=token, unit=UNIT)),
        ("take_shift", lambda token: ShiftQuestion(token=token, unit=UNIT, from_officer=None, roll_seen=8)),
    ],
)
@pytest.mark.parametrize("phase", [CountPhase.ANNOUNCED, CountPhase.FROZEN, CountPhase.COUNTING])
def test_from_announcement_until_the_slip_neither_roll_nor_total_is_told(
    world: UnitWorld, verb: str, question: Any, phase: CountPhase
) -> None:
    world.picture = picture(counts=[announced(phase=phase)])
    token = world.sign_in()
    with pytest.raises(DeskRefusedError) as refused:
        world.act(verb, question(token))
    assert why(refused) == "blind"
    assert "8" not in refused.value.sentence
    line = world.act("unit_home", Nothing()).units[0]
    assert (line.figures, line.blind) == (None, True)
    assert world.home().people is None


def test_a_blind_count_lists_nobody_who_was_not_searched_for_and_no_total(world: UnitWorld) -> None:
    world.picture = picture(
        [somebody(nth) for nth in range(1, 41)], counts=[announced(method=CountMethod.BY_NAME)]
    )
    token = world.sign_in()
    begin(world, token)
    assert world.act("count_list", CountListQuestion(token=token, unit=UNIT, session=7)).lines == []
    for page in (0, 1, 9):  # nor can they be leafed through, and so be counted
        question = CountListQuestion(token=token, unit=UNIT, session=7, words="P-", page=page)
        one = world.act("count_list", question)
        assert (one.lines[0].person, len(one.lines), one.found) == (number(1), 6, 6)
    shown = world.act("counts", OfUnit(token=token, unit=UNIT))[0]
    assert (shown.off, shown.candidates, shown.observed) == (None, [], None)
    assert world.act("out_people", RollQuestion(token=token, unit=UNIT)) == []
    assert len(world.act("out_people", RollQuestion(token=token, unit=UNIT, words="arana"))) == 5


def test_the_slip_that_is_signed_here_ends_it_before_the_hub_has_heard(world: UnitWorld) -> None:
    world.picture = picture(counts=[announced()])
    token = world.sign_in()
    begin(world, token)
    world.act("slip", slip_of(token, 8))
    assert not world.act("unit_home", Nothing()).units[0].blind
    shown = world.act("counts", OfUnit(token=token, unit=UNIT))[0]
    assert (shown.blind, shown.observed, shown.waits_for_hub, shown.slips) == (False, 8, True, 1)
    world.committed = len(world.kept)
    assert not world.act("counts", OfUnit(token=token, unit=UNIT))[0].waits_for_hub


def test_a_count_that_is_over_hides_nothing(world: UnitWorld) -> None:
    world.picture = picture(
        counts=[announced(phase=CountPhase.CLEARED), announced(phase=CountPhase.CANCELLED)]
    )
    assert world.act("unit_home", Nothing()).units[0].figures is not None
    assert world.act("counts", OfUnit(token=world.sign_in(), unit=UNIT)) == []


def test_a_count_begun_without_the_hub_is_blind_as_well_and_each_begins_anew(world: UnitWorld) -> None:
    token = world.sign_in()
    for observed in (7, 8):
        begin(world, token, 0)
        assert world.act("unit_home", Nothing()).units[0].blind
        world.now_s += 40
        world.act("slip", slip_of(token, observed, session=0))
        assert not world.act("unit_home", Nothing()).units[0].blind
    slips = [one for one in world.kept if isinstance(one, Slip)]
    assert [(one.session, one.observed, one.took_s) for one in slips] == [(0, 7, 40), (0, 8, 40)]


# slips


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"recount": 1}, "recount_moved"),
        ({"second": "gomez", "second_pin": PIN}, "same_officer"),
        ({"pin": "000000"}, "wrong_pin"),
        ({"second_pin": "000000"}, "wrong_pin"),
        ({"session": 8}, "no_count"),
        ({"method": CountMethod.BY_NAME, "observed": 5}, "marks"),
    ],
)
def test_a_slip_that_does_not_hold_is_refused_and_another_try_is_free(
    world: UnitWorld, more: dict[str, Any], reason: str
) -> None:
    world.picture = picture(counts=[announced()])
    token = world.sign_in()
    begin(world, token)
    with pytest.raises(DeskRefusedError) as refused:
        world.act("slip", msgspec.structs.replace(slip_of(token, 8), **more))
    assert why(refused) == reason
    assert not any(isinstance(one, Slip) for one in world.kept)
    world.act("slip", slip_of(token, 8))
    assert isinstance(world.kept[-1], Slip)


def test_nobody_signs_for_a_walk_that_was_not_begun(world: UnitWorld) -> None:
    world.picture = picture(counts=[announced()])
    token = world.sign_in()
    with pytest.raises(DeskRefusedError) as refused:
        world.act("slip", slip_of(token, 8))
    assert why(refused) == "not_begun"
    begin(world, token)
    world.act("count_leave", CountQuestion(token=token, unit=UNIT, session=7))
    with pytest.raises(DeskRefusedError):
        world.act("slip", slip_of(token, 8))


@pytest.mark.parametrize(
    ("phase", "left_s", "picture_s", "opens_s"),
    [
        (CountPhase.ANNOUNCED, 600, 0, 600),
        (CountPhase.ANNOUNCED, -1, 0, 0),
        (CountPhase.ANNOUNCED, 600, 7_200, None),
        (CountPhase.ANNOUNCED, -1, 7_200, None),
        (CountPhase.FROZEN, -1, 0, None),
        (CountPhase.COUNTING, -1, 0, None),
    ],
    ids=[
        "to come",
        "the hub has not said so",
        "hub away, told by radio",
        "hub away, hour past",
        "frozen",
        "open",
    ],
)
def test_nobody_counts_before_movement_has_stopped(
    world: UnitWorld, phase: CountPhase, left_s: int, picture_s: int, opens_s: int | None
) -> None:
    world.now_s = float(picture_s)
    opens_at = NOON + timedelta(seconds=picture_s + left_s)
    world.picture = picture(counts=[announced(phase=phase, freeze_at=opens_at)])
    token = world.sign_in()
    assert world.act("counts", OfUnit(token=token, unit=UNIT))[0].opens_s == opens_s
    if opens_s is None:
        begin(world, token)
        return
    with pytest.raises(DeskRefusedError) as refused:
        begin(world, token)
    assert why(refused) == "not_open"


@pytest.mark.parametrize("at_hub", [True, False], ids=["slip at the hub", "slip signed here"])
def test_whoever_has_seen_the_totals_does_not_count_again_unasked(world: UnitWorld, at_hub: bool) -> None:
    world.picture = picture(counts=[announced(blind=not at_hub, slips=int(at_hub))])
    token = world.sign_in()
    if not at_hub:
        begin(world, token)
        world.act("slip", slip_of(token, 1))
    with pytest.raises(DeskRefusedError) as refused:
        begin(world, token)
    assert why(refused) == "counted"
    again = announced(phase=CountPhase.RECOUNT, blind=False, slips=1, recount=1)
    world.picture = picture(counts=[again])
    begin(world, token)


def test_with_the_hub_away_a_unit_that_has_signed_may_count_again_by_itself(world: UnitWorld) -> None:
    world.picture = picture(counts=[announced()])
    token = world.sign_in()

    def own() -> str:
        with pytest.raises(DeskRefusedError) as refused:
            begin(world, token, 0)
        return why(refused)

    assert own() == "count_open"
    begin(world, token)
    world.act("slip", slip_of(token, 8))
    assert own() == "count_open", "the hub is there: the control room asks"
    world.now_s += 7_200
    token = world.sign_in()
    begin(world, token, 0)
    assert world.act("unit_home", Nothing()).units[0].blind
    world.act("slip", slip_of(token, 8, session=0))


def test_a_slip_says_who_counted_how_long_and_what_was_seen(world: UnitWorld) -> None:
    world.picture = picture(counts=[announced()])
    token = world.sign_in()
    begin(world, token)
    world.now_s += 95
    world.act("slip", slip_of(token, 8, vacant_beds=["A-03 2"], remarks=" one with a cough "))
    assert world.kept[-1] == Slip(
        checkpoint="block-a-in",
        session=7,
        unit=UNIT,
        recount=0,
        method=CountMethod.NUMBER,
        counters=["gomez", "tillett"],
        observed=8,
        took_s=95,
        signs_of_life=True,
        vacant_beds=["A-03 2"],
        remarks="one with a cough",
    )
    assert PIN not in repr(world.kept)
    assert SECOND_PIN not in repr(world.kept)


def test_an_officer_alone_says_so(world: UnitWorld) -> None:
    world.picture = picture(counts=[announced()])
    token = world.sign_in()
    begin(world, token)
    world.act("slip", slip_of(token, 8, second=None, second_pin=""))
    slip = world.kept[-1]
    assert isinstance(slip, Slip)
    assert slip.counters == ["gomez"]


# by name, by finger


def recounting(method: CountMethod, **more: Any) -> UnitWorld:
    count = announced(phase=CountPhase.RECOUNT, blind=False, slips=1, recount=1, method=method, **more)
    return UnitWorld(picture(counts=[count]))


def test_names_are_marked_once_taken_back_and_counted(world: UnitWorld) -> None:
    world = recounting(CountMethod.BY_NAME, off=-1, candidates=[number(5), "P-000099"])
    token = world.sign_in()
    begin(world, token)

    def mark(who: str | None, taken_back: bool = False) -> int:
        question = MarkQuestion(token=token, unit=UNIT, session=7, person=who, taken_back=taken_back)
        tally: int = world.act("count_mark", question).tally
        return tally

    told = [
        mark(number(1)),
        mark(number(1)),
        mark(number(2)),
        mark(None),
        mark(number(1), True),
        mark(None, True),
    ]
    assert told == [1, 1, 2, 3, 2, 1]
    assert mark(None, True) == 1  # nobody is left to take back
    marks = [one for one in world.kept if isinstance(one, CountMark)]
    assert [(one.person, one.taken_back, one.recount) for one in marks] == [
        (number(1), False, 1),
        (number(2), False, 1),
        (None, False, 1),
        (number(1), True, 1),
        (None, True, 1),
    ]
    shown = world.act("counts", OfUnit(token=token, unit=UNIT))[0]
    assert (shown.off, [one.person for one in shown.candidates]) == (-1, [number(5), "P-000099"])
    world.act("slip", slip_of(token, 1, recount=1, method=CountMethod.BY_NAME))


def test_a_finger_on_the_glass_counts_and_opens_nothing(world: UnitWorld) -> None:
    world = recounting(CountMethod.BY_SCAN)
    token = world.sign_in()
    assert world.touch(number(1)) is None  # the gate has the glass
    with pytest.raises(DeskRefusedError) as refused:
        world.act("count_scan", ScanQuestion(token=token, unit=UNIT, session=7, on=True))
    assert why(refused) == "not_begun"
    begin(world, token)
    world.act("count_scan", ScanQuestion(token=token, unit=UNIT, session=7, on=True))
    lights = [world.touch(number(1)), world.touch(number(1)), world.touch(None), world.touch(number(2))]
    assert lights == [Light.ADMIT, Light.ADMIT, Light.AGAIN, Light.ADMIT]
    state = world.act("count_scanned", CountQuestion(token=token, unit=UNIT, session=7))
    assert (state.on, state.tally, state.said, state.person) == (True, 2, "counted", number(2))
    assert {type(one) for one in world.kept[1:]} == {CountMark}
    world.act("slip", slip_of(token, 2, recount=1, method=CountMethod.BY_SCAN))
    assert world.touch(number(3)) is None


def test_the_gate_has_its_glass_back_in_an_evacuation_and_when_nobody_goes_on(world: UnitWorld) -> None:
    world = recounting(CountMethod.BY_SCAN)
    token = world.sign_in()
    begin(world, token)
    world.act("count_scan", ScanQuestion(token=token, unit=UNIT, session=7, on=True))
    world.orders = InForce(evacuate=True)
    assert world.touch(number(1)) is None
    world.orders = InForce()
    assert world.touch(number(1)) is Light.ADMIT
    world.now_s += IDLE_S + 1
    assert world.touch(number(2)) is None


def test_a_count_that_the_control_room_ended_gives_the_glass_back(world: UnitWorld) -> None:
    world = recounting(CountMethod.BY_SCAN)
    token = world.sign_in()
    begin(world, token)
    world.act("count_scan", ScanQuestion(token=token, unit=UNIT, session=7, on=True))
    world.picture = picture()
    assert world.touch(number(1)) is Light.REFER
    assert world.touch(number(1)) is None


def test_another_recount_begins_its_own_walk(world: UnitWorld) -> None:
    world = recounting(CountMethod.BY_NAME)
    token = world.sign_in()
    begin(world, token)
    again = announced(phase=CountPhase.RECOUNT, blind=False, slips=1, recount=2, method=CountMethod.BY_NAME)
    world.picture = picture(counts=[again])
    assert world.act("counts", OfUnit(token=token, unit=UNIT))[0].begun_s is None
    with pytest.raises(DeskRefusedError) as refused:
        world.act("count_mark", MarkQuestion(token=token, unit=UNIT, session=7, person=number(1)))
    assert why(refused) == "not_begun"


# shifts, out-counts, alarms, help


def test_a_shift_is_taken_over_for_the_number_that_was_shown(world: UnitWorld) -> None:
    token = world.sign_in()
    shown = world.act("shift", OfUnit(token=token, unit=UNIT))
    assert (shown.holder, shown.since_s, shown.figures.assigned) == ("tillett", 7 * 3_600, 8)
    for roll, sender, reason in ((7, "tillett", "roll_moved"), (8, "gomez", "same_officer")):
        with pytest.raises(DeskRefusedError) as refused:
            world.act(
                "take_shift", ShiftQuestion(token=token, unit=UNIT, from_officer=sender, roll_seen=roll)
            )
        assert why(refused) == reason
    question = ShiftQuestion(token=token, unit=UNIT, from_officer="tillett", roll_seen=8, remarks="keys 3")
    after = world.act("take_shift", question)
    assert (after.holder, after.holder_name) == ("gomez", "GOMEZ, Luz")
    assert world.kept[-1] == ShiftTaken(
        checkpoint="block-a-in",
        unit=UNIT,
        officer="gomez",
        from_officer="tillett",
        roll_seen=8,
        remarks="keys 3",
    )
    assert world.act("unit_home", Nothing()).units[0].shift == "GOMEZ, Luz"


def step(token: str, who: str, what: OutCountStep, place: str = OTHER, session: int = 7) -> OutQuestion:
    return OutQuestion(token=token, unit=UNIT, person=who, step=what, place=place, session=session)


@pytest.mark.parametrize(
    ("who", "what", "place", "reason"),
    [
        (number(30), OutCountStep.DECLARED, OTHER, "not_of_unit"),
        (number(1), OutCountStep.DECLARED, "block-a-yard", "not_there"),
        (number(1), OutCountStep.DECLARED, "moon", "not_there"),
        (number(1), OutCountStep.ACCEPTED, UNIT, "gone"),
        (number(2), OutCountStep.ACCEPTED, OTHER, "not_there"),
        (number(3), OutCountStep.ACCEPTED, UNIT, "declared_by_you"),
        (number(1), OutCountStep.WITHDRAWN, OTHER, "gone"),
    ],
)
def test_an_out_count_step_that_cannot_be(
    world: UnitWorld, who: str, what: OutCountStep, place: str, reason: str
) -> None:
    here = {"place": "Block A", "zone": UNIT, "from_unit": "block-b"}
    world.picture = picture(out_counts=[out_count(2), out_count(3, **here)])
    token = world.sign_in()
    with pytest.raises(DeskRefusedError) as refused:
        world.act("out_step", step(token, who, what, place))
    assert why(refused) == reason
    assert not any(isinstance(one, OutCount) for one in world.kept)


def test_out_counts_are_declared_accepted_and_taken_back_without_the_hub(world: UnitWorld) -> None:
    world.picture = picture(
        out_counts=[out_count(9, place="Block A", zone=UNIT, from_unit="block-b", declared_by="tillett")]
    )
    token = world.sign_in()
    assert world.act("unit_home", Nothing()).units[0].to_accept == 1
    lines = world.act("out_step", step(token, number(1), OutCountStep.DECLARED)).lines
    assert [(one.person, one.mine, one.accepted_by, one.on_its_way) for one in lines] == [
        (number(9), True, "", False),
        (number(1), False, "", True),
    ]
    lines = world.act("out_step", step(token, number(9), OutCountStep.ACCEPTED, UNIT)).lines
    assert [one.accepted_by for one in lines if one.person == number(9)] == ["GOMEZ, Luz"]
    said = world.kept[-1]
    assert isinstance(said, OutCount)
    assert (said.unit, said.place) == ("block-b", UNIT)
    lines = world.act("out_step", step(token, number(1), OutCountStep.WITHDRAWN)).lines
    assert number(1) not in [one.person for one in lines]


def test_alarms_of_the_unit_stand_by_rank_and_somebody_is_on_the_way(world: UnitWorld) -> None:
    world.picture = picture(alarms=[alarm(4, 3), alarm(3, 1)])
    token = world.sign_in()
    assert [one.number for one in world.act("alarms", Signed(token=token))] == [3, 4]
    with pytest.raises(DeskRefusedError) as refused:
        world.act("alarm_taken", AlarmQuestion(token=token, alarm=9))
    assert why(refused) == "closed"
    lines = world.act("alarm_taken", AlarmQuestion(token=token, alarm=3))
    assert lines[0].taken_by == "GOMEZ, Luz"
    assert world.kept[-1] == AlarmTaken(checkpoint="block-a-in", alarm=3, officer="gomez")


def test_help_is_heard_only_when_somebody_says_so(world: UnitWorld) -> None:
    assert world.act("call_state", Nothing()).sequence == 0
    world.sign_in()
    state = world.act("call", CallQuestion())
    assert world.kept[-1] == Call(checkpoint="block-a-in", officer=None)
    assert (state.sequence, state.at_hub, state.by) == (2, False, "")
    world.committed = 2
    state = world.act("call_state", Nothing())
    assert (state.at_hub, state.by) == (True, "")  # the hub has it, and nobody has read it
    world.picture = picture(calls=[CallAnswer(sequence=1, by="reyes", at=NOON)])
    assert world.act("call_state", Nothing()).by == ""
    world.picture = picture(calls=[CallAnswer(sequence=2, by="reyes", at=NOON)])
    assert world.act("call_state", Nothing()).by == "reyes"
    world.now_s += 1_000
    assert world.act("call_state", Nothing()).sequence == 0


def test_whoever_is_signed_in_is_named_by_the_call(world: UnitWorld) -> None:
    world.act("call", CallQuestion(token=world.sign_in()))
    assert world.kept[-1] == Call(checkpoint="block-a-in", officer="gomez")
    world.act("call", CallQuestion(token="long gone"))
    assert world.kept[-1] == Call(checkpoint="block-a-in", officer=None)
