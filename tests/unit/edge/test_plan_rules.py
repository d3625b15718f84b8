"""What a plan lets a person do at a gate: each rule by name, their order, and what nobody is refused by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.plan.held import HeldPlan, held_plan
from edge.plan.presence import LastSeen, Whereabouts
from edge.plan.rules import BY_HOURS, FOR_NOBODY, REFERRING, Entry, Judged, judge
from wire.happenings import Decision
from wire.plan import AreaReset, Curfew, EscortNeed, GatePass, KeepApart, Plan, ZoneRoom
from wire.versions import Version

AT = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)
"""A Monday, 9 in the morning at the site."""
ANN, BEN, CAL = "P-000001", "P-000002", "P-000003"
HOME, YARD, CLINIC = "block-a", "yard", "clinic"


def minutes(count: float) -> datetime:
    return AT + timedelta(minutes=count)


def pass_(
    person: str = ANN,
    begin: float = -10,
    end: float = 60,
    late: float | None = None,
    *,
    number: int = 123,
    way: tuple[str, ...] = (HOME, YARD, CLINIC),
    escort: EscortNeed = EscortNeed.NONE,
) -> GatePass:
    return GatePass(
        number=number,
        person=person,
        zones=list(way),
        from_at=minutes(begin),
        until_at=minutes(end),
        late_until_at=minutes(end if late is None else late),
        reason="CLINIC",
        escort=escort,
    )


def plan(
    *passes: GatePass,
    pairs: tuple[KeepApart, ...] = (),
    most: int | None = None,
    curfews: tuple[Curfew, ...] = (),
    needs_pass: bool = True,
    reset: datetime | None = None,
    known_until: datetime | None = None,
    passback: bool = True,
    site_zone: str = "America/Belize",
    gate: tuple[str, str] = (YARD, CLINIC),
) -> HeldPlan:
    said = Plan(
        passes=list(passes),
        pairs=list(pairs),
        rooms=[] if most is None else [ZoneRoom(zone=CLINIC, most=most)],
        curfews=list(curfews),
        resets=[] if reset is None else [AreaReset(zone=CLINIC, at=reset)],
        needs_pass=[CLINIC] if needs_pass else [],
        site_zone=site_zone,
        passback=passback,
        known_until_at=known_until,
    )
    return held_plan(said, Version(1, 1), *gate)


def entry(person: str = ANN, **more: object) -> Entry:
    made = Entry(person=person, permitted=False, from_zone=YARD, to_zone=CLINIC, at=AT)
    return replace(made, **more)  # type: ignore[arg-type]


def presence(
    *seen: tuple[str, str, float], fresh: bool = True, count: int | None = None, sure: bool = True
) -> Whereabouts:
    """`seen` is (person, zone, minutes ago)."""
    return Whereabouts(
        CLINIC,
        {who: LastSeen(zone, minutes(-ago), sure) for who, zone, ago in seen},
        {} if count is None else {CLINIC: count},
        AT,
        fresh,
    )


NOBODY = presence()
APART = (KeepApart(one=ANN, other=BEN, zones=[CLINIC]),)


def rule(found: Judged) -> tuple[str, str]:
    return found.decision.value, found.rule


@pytest.mark.parametrize(
    ("held", "who", "expected"),
    [
        (None, entry(), "REFUSE zone_not_allowed"),
        (plan(needs_pass=False), entry(), "REFUSE zone_not_allowed"),
        (plan(), entry(), "REFUSE no_pass"),
        (plan(), entry(permitted=True), "REFUSE no_pass"),
        (plan(pass_(begin=30)), entry(), "REFUSE pass_not_yet"),
        (plan(pass_(begin=30)), entry(clock_sure=False), "REFER clock_unsure"),
        (plan(pass_(begin=-90, end=-30)), entry(), "REFUSE pass_over"),
        (plan(pass_(begin=-90, end=-30)), entry(clock_sure=False), "REFER clock_unsure"),
        (plan(pass_(begin=-90, end=-30), pass_(begin=30, number=5)), entry(), "REFUSE pass_not_yet"),
        (plan(pass_(BEN)), entry(), "REFUSE no_pass"),
        (plan(known_until=minutes(-1)), entry(), "REFER plan_old"),
        (plan(pass_(begin=-90, end=-30), known_until=minutes(-1)), entry(), "REFER plan_old"),
        (plan(known_until=minutes(1)), entry(), "REFUSE no_pass"),
        (plan(pass_(escort=EscortNeed.OFFICER)), entry(), "REFUSE escort_missing"),
        (plan(pass_(escort=EscortNeed.GROUP)), entry(), "REFUSE escort_missing"),
        (plan(pass_()), entry(guarded=True), "REFER needs_officer"),
        (None, entry(permitted=True, guarded=True), "REFER needs_officer"),
    ],
)
def test_who_may_not_go_is_told_by_the_name_of_the_rule(
    held: HeldPlan | None, who: Entry, expected: str
) -> None:
    assert rule(judge(who, held, NOBODY)) == tuple(expected.split())


@pytest.mark.parametrize(
    ("held", "who", "expected", "number", "flags"),
    [
        (None, entry(permitted=True), "expected", None, ()),
        (plan(needs_pass=False), entry(permitted=True), "expected", None, ()),
        (plan(pass_(), needs_pass=False), entry(permitted=True), "expected", 123, ()),
        (plan(pass_()), entry(), "pass", 123, ()),
        (plan(pass_(begin=-60, end=-5, late=5)), entry(), "pass", 123, ("late",)),
        (plan(pass_(begin=-60, end=-5, late=5), pass_(number=7)), entry(), "pass", 7, ()),
        (plan(pass_(escort=EscortNeed.OFFICER), pass_(number=7)), entry(), "pass", 7, ()),
        (plan(pass_(escort=EscortNeed.OFFICER)), entry(escorted=True), "escorted", 123, ()),
        (plan(pass_(escort=EscortNeed.GROUP)), entry(escorted=True, guarded=True), "escorted", 123, ()),
        (
            plan(pass_(escort=EscortNeed.OFFICER), needs_pass=False),
            entry(permitted=True),
            "expected",
            123,
            (),
        ),
    ],
)
def test_who_may_go_goes_with_the_pass_on_record(
    held: HeldPlan | None, who: Entry, expected: str, number: int | None, flags: tuple[str, ...]
) -> None:
    assert judge(who, held, NOBODY) == Judged(Decision.ADMIT, expected, number, flags=flags)


@pytest.mark.parametrize("hours_ago", [0, 2, 20])
def test_a_pass_that_is_over_still_takes_its_person_home(hours_ago: float) -> None:
    back = plan(pass_(begin=-60 * hours_ago - 120, end=-60 * hours_ago - 30), gate=(CLINIC, YARD))
    going = entry(from_zone=CLINIC, to_zone=YARD)
    assert judge(going, back, Whereabouts(YARD)) == Judged(Decision.ADMIT, "pass", 123, flags=("late",))
    early = plan(pass_(begin=30), gate=(CLINIC, YARD))
    assert rule(judge(going, early, Whereabouts(YARD))) == ("REFUSE", "pass_not_yet")


def test_on_the_way_back_nobody_is_late_before_the_time_for_it_is_over() -> None:
    timely = msgspec.structs.replace(pass_(begin=-60, end=-5), back_by_at=minutes(5))
    going = entry(from_zone=CLINIC, to_zone=YARD)
    found = judge(going, plan(timely, gate=(CLINIC, YARD)), Whereabouts(YARD))
    assert found == Judged(Decision.ADMIT, "pass", 123)
    assert rule(judge(entry(), plan(timely), NOBODY)) == ("REFUSE", "pass_over")


NIGHT = Curfew(
    zones=[CLINIC], from_minute=20 * 60, until_minute=6 * 60, weekdays=[0, 1, 2, 3, 4], name="Night"
)
MONDAY = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour_utc", "day", "holds"),
    [
        (15, 0, False),  # Monday 9:00 at the site
        (26, 0, True),  # Monday 20:00
        (25.98, 0, False),  # Monday 19:59
        (35, 0, True),  # Tuesday 5:00, of Monday's night
        (36, 0, False),  # Tuesday 6:00
        (11, 0, False),  # Monday 5:00: Sunday has none
        (11, 5, True),  # Saturday 5:00, of Friday's night
        (27, 5, False),  # Saturday 21:00
    ],
)
def test_a_curfew_holds_by_the_hours_of_the_site_over_midnight(
    hour_utc: float, day: int, holds: bool
) -> None:
    held = plan(curfews=(NIGHT,), needs_pass=False)
    at = MONDAY + timedelta(days=day, hours=hour_utc)
    found = judge(entry(permitted=True, at=at), held, NOBODY)
    assert rule(found) == (("REFUSE", "curfew") if holds else ("ADMIT", "expected"))


def test_in_a_curfew_a_pass_goes_on_and_an_unsure_clock_asks_the_officer() -> None:
    at = MONDAY + timedelta(hours=28)
    out = pass_(begin=12 * 60, end=14 * 60)
    held = plan(out, curfews=(NIGHT,), needs_pass=False)
    assert judge(entry(permitted=True, at=at), held, NOBODY) == Judged(Decision.ADMIT, "pass", 123)
    assert rule(judge(entry(BEN, permitted=True, at=at), held, NOBODY)) == ("REFUSE", "curfew")
    unsure = entry(BEN, permitted=True, at=at, clock_sure=False)
    assert rule(judge(unsure, held, NOBODY)) == ("REFER", "clock_unsure")
    nowhere = plan(curfews=(NIGHT,), needs_pass=False, site_zone="Nowhere/Atall")
    assert rule(judge(entry(permitted=True), nowhere, NOBODY)) == ("REFER", "clock_unsure")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (presence((BEN, CLINIC, 5)), "REFUSE keep_apart"),
        (presence((BEN, YARD, 5)), "ADMIT pass"),
        (presence((BEN, CLINIC, 5), sure=False), "REFER keep_apart_unknown"),
        (presence((BEN, YARD, 5), sure=False), "ADMIT pass"),
        (presence((BEN, CLINIC, 5), fresh=False), "REFER keep_apart_unknown"),
        (presence((BEN, YARD, 5), fresh=False), "REFER keep_apart_unknown"),
        (presence(), "REFER keep_apart_unknown"),
        (presence((CAL, CLINIC, 5), (BEN, YARD, 1)), "ADMIT pass"),
    ],
)
def test_two_who_must_not_meet_do_not_and_what_is_not_known_is_asked(
    where: Whereabouts, expected: str
) -> None:
    held = plan(pass_(), pass_(BEN, number=9), pairs=APART)
    found = judge(entry(), held, where)
    assert rule(found) == tuple(expected.split())
    assert found.against == (None if expected == "ADMIT pass" else BEN)
    assert found.pass_number == 123
    assert found.flags == (("presence_old",) if not where.fresh else ())


def test_who_came_in_here_is_known_here_before_the_hub_says_so() -> None:
    held = plan(pass_(), pass_(BEN, number=9), pairs=APART)
    told = presence((BEN, YARD, 30))
    inside = replace(told, entered={BEN: minutes(-0.05)})
    assert rule(judge(entry(), held, inside)) == ("REFUSE", "keep_apart")
    left = presence((BEN, YARD, 1))
    assert rule(judge(entry(), held, replace(left, entered={BEN: minutes(-3)}))) == ("ADMIT", "pass")
    alone = replace(presence(fresh=False), entered={BEN: minutes(-0.5)}, recent_from=minutes(-1))
    assert rule(judge(entry(), held, alone)) == ("REFUSE", "keep_apart")
    long_ago = replace(alone, entered={BEN: minutes(-90)})
    assert rule(judge(entry(), held, long_ago)) == ("REFER", "keep_apart_unknown")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (presence(count=9), "ADMIT"),
        (presence(count=10), "REFUSE"),
        (presence(count=12), "REFUSE"),
        (presence(count=12, fresh=False), "ADMIT"),
        (presence(), "ADMIT"),
        (presence((ANN, CLINIC, 5), count=10), "ADMIT"),
        (replace(presence(count=8), entered={BEN: AT, CAL: AT}), "REFUSE"),
        (replace(presence((BEN, CLINIC, 0), (CAL, CLINIC, 0), count=8), entered={BEN: AT, CAL: AT}), "ADMIT"),
        (replace(presence(count=9), entered={BEN: minutes(-5)}), "ADMIT"),
    ],
)
def test_a_full_zone_takes_nobody_in_as_far_as_anybody_can_count(where: Whereabouts, expected: str) -> None:
    found = judge(entry(), plan(pass_(), most=10, passback=False), where)
    assert found.decision.value == expected
    assert (found.rule == "zone_full") is (expected == "REFUSE")


def test_with_an_old_word_a_full_zone_goes_on_and_the_record_says_so() -> None:
    assert judge(entry(), plan(pass_(), most=10), presence(count=12, fresh=False)).flags == ("presence_old",)


@pytest.mark.parametrize(
    ("held", "where", "flags"),
    [
        (plan(pass_()), presence((ANN, CLINIC, 5)), ("passback",)),
        (plan(pass_()), presence((ANN, YARD, 5)), ()),
        (plan(pass_()), presence((ANN, CLINIC, 5), sure=False), ()),
        (plan(pass_(), passback=False), presence((ANN, CLINIC, 5)), ()),
        (plan(pass_(), reset=minutes(-2)), presence((ANN, CLINIC, 5)), ()),
        (plan(pass_(), reset=minutes(-20)), presence((ANN, CLINIC, 5)), ("passback",)),
        (plan(pass_()), replace(presence(), entered={ANN: minutes(-0.05)}), ("passback",)),
        (plan(pass_()), replace(presence(), entered={ANN: minutes(-5)}), ()),
        (
            plan(pass_()),
            replace(presence(fresh=False), entered={ANN: minutes(-5)}),
            ("passback", "presence_old"),
        ),
    ],
)
def test_coming_in_again_without_having_left_is_noted_and_never_refused(
    held: HeldPlan, where: Whereabouts, flags: tuple[str, ...]
) -> None:
    assert judge(entry(), held, where) == Judged(Decision.ADMIT, "pass", 123, flags=flags)


@pytest.mark.parametrize(
    ("held", "who", "where", "lifted"),
    [
        (plan(pass_(escort=EscortNeed.OFFICER)), entry(), NOBODY, True),
        (plan(pass_(begin=-90, end=-30)), entry(), NOBODY, True),
        (plan(known_until=minutes(-1)), entry(), NOBODY, True),
        (plan(pass_(), pairs=APART), entry(), NOBODY, True),
        (plan(pass_(), most=1), entry(), presence(count=3), True),
        (plan(pass_()), entry(guarded=True), NOBODY, True),
        (plan(pass_(), pairs=APART), entry(), presence((BEN, CLINIC, 1)), False),
        (plan(pass_(begin=30)), entry(), NOBODY, False),
        (plan(), entry(), NOBODY, False),
        (None, entry(), NOBODY, False),
    ],
)
def test_an_officers_word_lifts_what_is_theirs_to_judge(
    held: HeldPlan | None, who: Entry, where: Whereabouts, lifted: bool
) -> None:
    alone, together = judge(who, held, where), judge(replace(who, with_officer=True), held, where)
    assert alone.decision is not Decision.ADMIT
    assert (together.decision is Decision.ADMIT) is lifted
    assert lifted or (together.rule == alone.rule and alone.rule in FOR_NOBODY)


def test_where_several_rules_forbid_the_first_of_the_order_is_named() -> None:
    """May they be there, then with whom, then how many, and last whether a scan alone opens this gate."""
    full = presence((BEN, CLINIC, 1), count=99)
    escorted = pass_(escort=EscortNeed.OFFICER)
    held = plan(escorted, pairs=APART, most=1, curfews=(NIGHT,))
    named = [
        judge(entry(at=minutes(-30), guarded=True), held, full).rule,
        judge(entry(guarded=True), held, full).rule,
        judge(entry(guarded=True, escorted=True), held, full).rule,
        judge(entry(CAL, guarded=True, escorted=True), plan(pass_(CAL), pairs=APART, most=1), full).rule,
        judge(entry(CAL, guarded=True), plan(pass_(CAL), pairs=APART), full).rule,
    ]
    assert named == ["pass_not_yet", "escort_missing", "keep_apart", "zone_full", "needs_officer"]


times = st.integers(-300, 300)


@given(
    windows=st.lists(st.tuples(times, st.integers(0, 200), st.booleans()), max_size=4),
    permitted=st.booleans(),
    needs_pass=st.booleans(),
    sure=st.booleans(),
    guarded=st.booleans(),
    escorted=st.booleans(),
    fresh=st.booleans(),
    other=st.sampled_from(["clinic", "yard", None]),
)
def test_whatever_is_planned_the_rule_fits_the_decision(
    windows: list[tuple[int, int, bool]],
    permitted: bool,
    needs_pass: bool,
    sure: bool,
    guarded: bool,
    escorted: bool,
    fresh: bool,
    other: str | None,
) -> None:
    passes = [
        pass_(
            begin=begin, end=begin + length, escort=EscortNeed.OFFICER if need else EscortNeed.NONE, number=n
        )
        for n, (begin, length, need) in enumerate(windows)
    ]
    held = plan(*passes, pairs=APART, needs_pass=needs_pass)
    where = presence(*([(BEN, other, 1)] if other else []), fresh=fresh)
    who = entry(permitted=permitted, clock_sure=sure, guarded=guarded, escorted=escorted)
    found = judge(who, held, where)
    assert (found.decision is Decision.REFER) is (found.rule in REFERRING)
    assert sure or found.rule not in BY_HOURS
    assert (found.decision is Decision.ADMIT) is (found.rule in {"expected", "pass", "escorted"})
    assert not (guarded and found.decision is Decision.ADMIT and not escorted)
    if other == CLINIC and fresh:
        assert found.decision is not Decision.ADMIT


def test_who_is_expected_is_who_may_come_now_and_nobody_of_tomorrow() -> None:
    held = plan(pass_(begin=-90, end=-30), pass_(BEN, begin=600, end=660), pass_(CAL, begin=20))
    assert held.opens_soon(AT) == {ANN, CAL}, "whoever went comes back, however late"
