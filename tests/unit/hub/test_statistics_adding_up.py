"""What does not add up is held back and says which numbers do not agree; what does is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.custody.legal import LegalStatus
from hub.database import session_scope
from hub.statistics.cells import Cell, Cube
from hub.statistics.cuts import CUTS, LEGAL_STATUS
from hub.statistics.definitions import INDICATORS
from hub.statistics.indicators.balancing import CODE, checked
from hub.statistics.indicators.making import median, ninetieth
from hub.statistics.periods import Period, year_of
from hub.statistics.reading.timelines import times
from hub.web.formats import start_of

from .site_world import World
from .statistics_world import Register, happened_slowly, held_slowly

YEAR = year_of(2021)


def whole(code: str, value: int) -> Cube:
    return Cube(INDICATORS[code], (YEAR,), (), {("2021",): Cell(value, value)})


def by_status(convicted: int, remand: int, total: int) -> Cube:
    values = dict.fromkeys(LEGAL_STATUS.codes(), 0) | {"SENTENCED": convicted, "REMAND": remand, "_T": total}
    cells = {("2021", code): Cell(many, many) for code, many in values.items()}
    return Cube(INDICATORS["population"], (YEAR,), (CUTS["LEGAL_STATUS"],), cells)


def test_a_published_sum_that_is_ten_short_is_refused() -> None:
    cubes = {"population": whole("population", 1025), "population.LEGAL_STATUS": by_status(680, 355, 1025)}
    found = checked(cubes, {})
    for cube in found.values():
        for cell in cube.cells.values():
            assert cell.value is None
            assert cell.held is not None
            assert cell.held.code == CODE
    assert "make 1035 and the whole is 1025" in str(found["population"].cell(YEAR).held.why)  # type: ignore[union-attr]
    right = {"population": whole("population", 1035), "population.LEGAL_STATUS": by_status(680, 355, 1035)}
    assert checked(right, {}) == right


def test_a_flow_that_does_not_close_holds_its_parts_back() -> None:
    numbers = {
        "opening": 100,
        "admissions": 20,
        "retaken": 1,
        "releases": 15,
        "left_unlawfully": 2,
        "population": 104,
    }
    cubes = {code: whole(code, many) for code, many in numbers.items()}
    assert checked(cubes, {}) == cubes
    cubes["releases"] = whole("releases", 14)
    found = checked(cubes, {})
    held = found["admissions"].cell(YEAR).held
    assert held is not None
    assert str(held.why) == (
        "100 when it began, 21 in and 16 out make 105, and 104 were counted when it ended: one of them is wrong."
    )
    # The one released was at large already: nobody left custody with that release.
    assert (
        checked({**cubes, "releases": whole("releases", 16)}, {"2021": 1})["opening"].cell(YEAR).held is None
    )


def test_a_category_missing_from_a_two_way_table_is_noticed() -> None:
    cuts = (CUTS["SEX"], CUTS["JUVENILE"])
    codes = [("2021", one, other) for one in (*cuts[0].codes(), "_T") for other in (*cuts[1].codes(), "_T")]
    cells = {key: Cell(0, 0) for key in codes}
    for key in (("2021", "F", "ADULT"), ("2021", "F", "_T"), ("2021", "_T", "ADULT"), ("2021", "_T", "_T")):
        cells[key] = Cell(7, 7)
    right = {
        "population": whole("population", 7),
        "population.SEX.JUVENILE": Cube(INDICATORS["population"], (YEAR,), cuts, cells),
    }
    assert checked(right, {}) == right
    wrong = replace(right["population.SEX.JUVENILE"], cells=cells | {("2021", "M", "_T"): Cell(1, 1)})
    assert checked(right | {"population.SEX.JUVENILE": wrong}, {})["population"].cell(YEAR).held is not None


def test_ranks_are_somebodys() -> None:
    days = times(
        [datetime.fromtimestamp(0).astimezone() + timedelta(microseconds=one) for one in range(1, 11)]
    )
    assert median(days) == 5.5
    assert ninetieth(days) == 9
    assert ninetieth(days[:1]) == 1


_DAY = st.integers(0, 70)
_STAY = st.tuples(
    _DAY, st.integers(1, 60) | st.none(), st.integers(0, 30), st.integers(0, 30),
    st.sampled_from([LegalStatus.REMAND, LegalStatus.SENTENCED, None]), st.integers(1, 20) | st.none(),
)  # fmt: skip


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stays=st.lists(_STAY, min_size=1, max_size=5), known_after=st.integers(10, 130))
def test_any_history_balances_and_is_what_the_facts_say_one_by_one(
    world: World,
    stays: list[tuple[int, int | None, int, int, LegalStatus | None, int | None]],
    known_after: int,
) -> None:
    register, first = Register(world), date(2026, 1, 5)
    world.at = start_of(date(2026, 8, 1))

    def noon(day: int) -> datetime:
        return start_of(first + timedelta(days=day)) + timedelta(hours=12)

    for came, stayed, told_after, gone_told_after, status, away in stays:
        booking = register.admit(noon(came), known=noon(came + told_after), status=status)
        if away is not None:
            row = register.escape(booking, noon(came + away), known=noon(came + away + told_after))
            if away % 2:
                register.retake(row, noon(came + away + 5 + told_after))
        if stayed is not None:
            register.release(
                booking, noon(came + stayed), known=noon(came + max(told_after, stayed) + gone_told_after)
            )
    periods = [
        Period(date(2026, 1, 1), date(2026, 1, 31)),
        Period(date(2026, 2, 1), date(2026, 2, 28)),
        Period(date(2026, 3, 1), date(2026, 3, 31)),
    ]
    known = noon(known_after)
    for as_known in (known, world.at):
        figures = register.figures(*periods, known=as_known)
        with session_scope(world.sessions, writes=False) as session:
            for period in periods:
                if period.ends_at > as_known:
                    continue
                people = figures.cube("population", "LEGAL_STATUS")
                slowly = held_slowly(session, period.ends_at, as_known)
                assert people.cell(period).value == sum(slowly.values())
                assert people.cell(period, "REMAND").value == slowly.get(LegalStatus.REMAND, 0)
                assert people.cell(period, "_U").value == slowly.get(None, 0)
                in_and_out = (
                    figures.cube("admissions").cell(period).value,
                    figures.cube("releases").cell(period).value,
                )
                assert in_and_out == happened_slowly(session, period, as_known)
        for cube in figures.cubes.values():
            assert not [cell for cell in cube.cells.values() if cell.held and cell.held.code == CODE], (
                cube.name
            )


@pytest.mark.parametrize("code", list(INDICATORS))
def test_every_indicator_says_what_it_is(code: str) -> None:
    one = INDICATORS[code]
    assert all(str(words).strip() for words in (one.words, one.definition, one.formula, one.source))
    assert all(cut in CUTS for by in one.cuts for cut in by)
