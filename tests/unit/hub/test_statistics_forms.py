"""Forms that others ask for: lines as asked, parts that make up the whole, never a nought for what nobody knows."""

from __future__ import annotations

from datetime import date

import pytest

from hub.accounts.audit import OPERATOR
from hub.custody.facts.actions import Statement, state
from hub.custody.legal import LegalStatus, ReleaseReason
from hub.custody.rules import Sex
from hub.custody.who.origin import NATIONALITY, Nationality
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.statistics.cells import Cell
from hub.statistics.entered.actions import enter
from hub.statistics.entered.records import Entered
from hub.statistics.forms import Form, un_cts, world_prison_brief
from hub.statistics.indicators import compute
from hub.statistics.periods import Period, period_of, year_of
from hub.statistics.showing import table_of_form

from .site_world import World
from .statistics_inventing import Inventor
from .statistics_world import JANUARY, RITA, Register, at
from .statistics_writing import Writer
from .test_statistics_reckoned import NOW


@pytest.fixture
def register(world: World) -> Register:
    return Register(world)


def survey(register: Register, period: Period = JANUARY) -> dict[str, Cell]:
    return {line.code: line.cell for line in un_cts(register.figures(period), period).lines}


def brief(register: Register, period: Period = JANUARY) -> Form:
    return world_prison_brief(register.figures(period), period, dict.fromkeys(Entered))


def why(cell: Cell) -> str:
    return "" if cell.held is None else cell.held.code


def test_the_parts_of_the_survey_make_up_the_whole(world: World) -> None:
    world.site()
    with session_scope(world.sessions) as session:
        Writer(session, Inventor(28).truth, zone_id=1).write()
    periods = (year_of(2024), year_of(2025))
    with session_scope(world.sessions, writes=False) as session:
        figures = compute(session, periods, at=NOW)
    for period in periods:
        form = un_cts(figures, period)
        lines = {line.code: line.cell.count for line in form.lines}
        assert len(lines) == len(form.lines), "a code is that of one line"
        assert lines["held"] > 5
        parts = ("unsentenced", "convicted_unsentenced", "sentenced", "other_status")
        assert sum(lines[code] for code in parts) == lines["held"]
        for cut, codes in (
            ("SEX", "FM"),
            ("JUVENILE", ("ADULT", "JUVENILE")),
            ("CITIZENSHIP", ("NATIONAL", "FOREIGN")),
        ):
            for what in ("held", "unsentenced"):
                assert sum(lines[f"{what}_{code}"] for code in (*codes, f"{cut}__U")) == lines[what]
        assert sum(lines[f"sentenced_SEX_{code}"] for code in ("F", "M", "_U")) == lines["sentenced"]
        assert sum(lines[f"deaths_{code}"] for code in ("F", "M", "SEX__U")) == lines["deaths"]
        assert lines["releases"] + lines["deaths"] == figures.cube("releases").cell(period).count


def test_what_nobody_wrote_down_is_not_a_nought(register: Register) -> None:
    people = [register.admit(at("2025-12-01"), sex=Sex.MALE, born=None) for _ in range(3)]
    register.admit(at("2025-12-01"), status=LegalStatus.SENTENCED, sex=Sex.FEMALE, born=None)
    asked = survey(register)
    assert [why(asked[f"held_{code}"]) for code in ("NATIONAL", "FOREIGN", "JUVENILE")] == [
        "not_recorded"
    ] * 3
    assert [why(asked[f"sentenced_{code}"]) for code in ("ICCS_01", "SENTENCE_Y1T3")] == ["not_recorded"] * 2
    assert (asked["held_F"].value, asked["unsentenced_F"].value, asked["sentenced_ICCS__U"].value) == (
        1,
        0,
        1,
    )
    told = {line.code: line for line in brief(register).lines}
    assert (told["female"].cell.value, told["pretrial"].cell.value) == (25, 75)
    assert [why(told[code].cell) for code in ("foreign", "juvenile")] == ["not_recorded"] * 2
    # Once it is known of two of the four the share is of the two, and the line says who is left out.
    for booking, country in zip(people, ("BZ", "MX"), strict=False):
        with session_scope(register.world.sessions) as session:
            said = Statement(NATIONALITY, Nationality(country), at("2025-12-02"), "asked")
            state(session, booking.person_id, said, actor=RITA, at=at("2025-12-02"))
    foreign = next(line for line in brief(register).lines if line.code == "foreign")
    assert foreign.cell.value == 50
    assert str(foreign.remark) == "Of 2 of 4 people it is not recorded; they are left out."
    assert "Of 2 of 4 people it is not recorded" in table_of_form(brief(register))
    assert survey(register)["held_FOREIGN"].value == 1


def test_what_the_register_cannot_know_is_said_with_the_reason(register: Register) -> None:
    gone = register.admit(at("2025-12-01"))
    register.release(gone, at("2026-01-10"), reason=ReleaseReason.DIED)
    asked = survey(register)
    assert (asked["deaths"].value, asked["deaths_M"].value, asked["deaths_F"].value) == (1, 1, 0)
    assert [why(asked[code]) for code in ("deaths_by_cause", "staff", "capacity")] == [
        "not_available", "not_available", "no_capacity",
    ]  # fmt: skip
    assert asked["held"].value == 0, "a prison that is empty after a death is empty"


def test_of_a_time_before_the_register_nothing_is_told(register: Register) -> None:
    register.admit(at("2025-12-01"))
    before = period_of("2019")
    assert {why(cell) for cell in survey(register, before).values()} == {
        "nothing_recorded", "not_available", "no_capacity",
    }  # fmt: skip
    assert all(line.cell.value is None for line in brief(register, before).lines)
    assert survey(register)["held"].value == 1


def test_who_is_held_on_no_criminal_matter_is_not_in_the_survey(register: Register) -> None:
    register.admit(at("2026-01-05"))
    register.admit(at("2026-01-06"), status=LegalStatus.IMMIGRATION_DETAINEE)
    gone = register.admit(at("2026-01-07"), status=LegalStatus.CIVIL_PRISONER)
    register.release(gone, at("2026-01-10"))
    lines = {line.code: line for line in un_cts(register.figures(JANUARY), JANUARY).lines}
    assert (lines["held"].cell.value, lines["admissions"].cell.value) == (1, 1)
    assert (lines["releases"].cell.value, str(lines["releases"].remark)[:14]) == (1, "Civil prisoner")


def test_a_year_that_is_not_over_has_blank_lines(register: Register) -> None:
    register.admit(at("2025-12-01"))
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    assert {why(cell) for cell in survey(register, period).values()} == {"not_over", "not_available"}


def test_forms_are_blank_with_a_reason_until_somebody_enters_what_no_file_holds(register: Register) -> None:
    for sex in (Sex.FEMALE, Sex.MALE, Sex.MALE, Sex.MALE):
        register.admit(at("2025-12-01"), sex=sex)
    register.admit(at("2025-12-01"), status=LegalStatus.IMMIGRATION_DETAINEE)
    figures = register.figures()
    blank = {
        line.code: line.cell for line in world_prison_brief(figures, JANUARY, dict.fromkeys(Entered)).lines
    }
    assert blank["total"].value == 5
    assert blank["female"].value == 20.0
    assert blank["pretrial"].value == 80.0
    for code in ("rate", "national", "capacity", "occupancy", "establishments"):
        assert blank[code].held is not None
    with session_scope(register.world.sessions) as session:
        with pytest.raises(RefusedError, match="where the figure comes from"):
            enter(
                session,
                Entered.NATIONAL_POPULATION,
                400_000,
                date(2025, 1, 1),
                " ",
                actor=OPERATOR,
                at=register.world.at,
            )
        nation = enter(
            session,
            Entered.NATIONAL_POPULATION,
            400_000,
            date(2025, 1, 1),
            "Census",
            actor=OPERATOR,
            at=register.world.at,
        )
        enter(
            session,
            Entered.OFFICIAL_CAPACITY,
            4,
            date(2025, 1, 1),
            "Order 4",
            actor=OPERATOR,
            at=register.world.at,
        )
    figures = register.figures()
    filled = {
        line.code: line.cell.value
        for line in world_prison_brief(
            figures, JANUARY, {**dict.fromkeys(Entered), Entered.NATIONAL_POPULATION: nation}
        ).lines
    }
    assert filled["rate"] == 1.25
    assert filled["occupancy"] == 125.0
    asked = {line.code: line.cell.value for line in un_cts(figures, JANUARY).lines}
    assert asked["held"] == 4
    assert asked["unsentenced"] == 4
    assert asked["held_F"] == 1
