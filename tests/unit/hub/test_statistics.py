"""Figures of a register made by hand: each answer was worked out on paper first."""

from __future__ import annotations

from datetime import date

import pytest

from hub.accounts.audit import OPERATOR
from hub.custody.facts.actions import Statement, state
from hub.custody.facts.records import Fact
from hub.custody.legal import (
    CHARGE,
    HEARING,
    LEGAL_STATUS,
    Charge,
    Hearing,
    LegalStatus,
    ReleaseReason,
    Status,
)
from hub.custody.rules import Sex
from hub.custody.sentencing.forms import SENTENCE, Imposed, SentenceType, Term
from hub.custody.stays import HOME, Home
from hub.custody.who.origin import NATIONALITY, Nationality
from hub.database import session_scope
from hub.statistics.definitions import ARRIVED, DEPARTED, INDICATORS
from hub.statistics.periods import Period, months, period_of, year_of

from .site_world import World
from .statistics_world import JANUARY, Register, at

FEBRUARY = period_of("2026-02")


@pytest.fixture
def register(world: World) -> Register:
    return Register(world)


def test_periods_have_codes_that_lead_back_to_them() -> None:
    for one in (
        JANUARY,
        year_of(2024),
        Period(date(2026, 1, 5), date(2026, 1, 5)),
        *months(date(2024, 1, 9), date(2024, 12, 1)),
    ):
        assert period_of(one.code) == one
    assert period_of("2024-02").days == 29


def test_nobody_at_all_gives_noughts_and_says_what_cannot_be_said(register: Register) -> None:
    figures = register.figures()
    assert figures.cube("population").cell(JANUARY).value == 0
    share = figures.cube("unsentenced_share").cell(JANUARY)
    assert share.value is None
    assert share.held is not None
    assert share.held.code == "nobody"
    assert {cube.indicator.code for cube in figures.cubes.values()} == {
        *INDICATORS,
        ARRIVED.code,
        DEPARTED.code,
    }


def test_a_period_that_is_not_over_is_held_back(register: Register) -> None:
    register.admit(at("2026-01-05"))
    cell = register.figures(period_of("2026-11")).cube("population").cell("2026-11")
    assert cell.held is not None
    assert cell.held.code == "not_over"
    then = register.figures(known=at("2026-01-20")).cube("population").cell(JANUARY)
    assert then.held is not None


def test_population_and_its_flow(register: Register) -> None:
    first = register.admit(at("2025-12-20"))
    register.admit(at("2025-12-31", 23), sex=Sex.FEMALE)
    second = register.admit(at("2026-01-10"))
    register.release(first, at("2026-01-15"))
    register.release(second, at("2026-01-31", 23))
    runaway = register.admit(at("2026-01-02"))
    row = register.escape(runaway, at("2026-01-20"))
    register.retake(row, at("2026-02-03"))
    figures = register.figures(JANUARY, FEBRUARY)

    def value(code: str, period: Period) -> object:
        return figures.cube(code).cell(period).value

    # Two at the turn of the year, two in, two out, one escaped: one. In February the one retaken: two.
    assert [
        value(code, JANUARY)
        for code in ("opening", "admissions", "retaken", "releases", "left_unlawfully", "population")
    ] == [2, 2, 0, 2, 1, 1]
    assert [
        value(code, FEBRUARY)
        for code in ("opening", "admissions", "retaken", "releases", "left_unlawfully", "population")
    ] == [1, 0, 1, 0, 0, 2]
    assert figures.cube("population", "SEX").cell(JANUARY, "F").value == 1
    assert figures.cube("population", "SEX", "JUVENILE").cell(JANUARY, "F", "ADULT").value == 1
    assert figures.cube("releases", "REASON").cell(JANUARY, "bail").value == 2
    # Nights: the first 14, the second 21, the woman 31, the runaway 18.
    assert figures.cube("average_population").cell(JANUARY).count == 14 + 21 + 31 + 18
    assert figures.cube("stay_median_days").cell(JANUARY).value == (26 + 21) / 2


def test_who_is_moved_to_another_site_neither_leaves_nor_comes(register: Register) -> None:
    booking = register.admit(at("2025-12-01"))
    for cell, day in (("a-1", "2025-12-01"), ("farm-7", "2026-01-10"), ("a-2", "2026-01-20")):
        register.state(booking, HOME, Home(zone="block-a", cell=cell), at(day))
    figures = register.figures()
    flow = ("opening", "admissions", "releases", "left_unlawfully", "retaken", "population")
    assert [figures.cube(code).cell(JANUARY).value for code in flow] == [1, 0, 0, 0, 0, 1]
    assert figures.cube("average_population").cell(JANUARY).value == 1


def test_a_release_of_somebody_at_large_takes_nobody_out_of_custody_twice(register: Register) -> None:
    register.admit(at("2025-12-01"))
    booking = register.admit(at("2025-12-02"))
    register.escape(booking, at("2026-01-05"))
    register.release(booking, at("2026-01-25"), reason=ReleaseReason.DIED)
    figures = register.figures(JANUARY)
    assert figures.cube("population").cell(JANUARY).value == 1
    assert figures.cube("releases").cell(JANUARY).value == 1
    assert figures.cube("deaths").cell(JANUARY).value == 1
    assert figures.cube("retaken").cell(JANUARY).value == 0


def test_who_is_in_custody_twice_holds_the_population_back(register: Register) -> None:
    booking = register.admit(at("2025-12-01"))
    with session_scope(register.world.sessions) as session:
        person = session.merge(booking).person
    register.release(booking, at("2026-01-20"), known=at("2026-01-20"))
    register.admit(at("2026-01-10"), known=at("2026-02-01"), person=person)
    figures = register.figures(Period(date(2026, 1, 1), date(2026, 1, 15)), JANUARY, FEBRUARY)
    first = figures.cube("population", "SEX").cell("2026-01-01/2026-01-15", "M")
    assert first.held is not None
    assert first.held.code == "does_not_add_up"
    assert "begins while the same person is in custody already" in str(first.held.why)
    assert figures.cube("population").cell(JANUARY).held == first.held, "it was so for a part of January"
    assert figures.cube("population").cell(FEBRUARY).value == 1


def test_unsentenced_as_the_united_nations_count_it(register: Register) -> None:
    for status, many in (
        (LegalStatus.REMAND, 3), (LegalStatus.CONVICTED_UNSENTENCED, 1), (LegalStatus.SENTENCED, 4),
        (LegalStatus.IMMIGRATION_DETAINEE, 2), (LegalStatus.CIVIL_PRISONER, 1),
    ):  # fmt: skip
        for _ in range(many):
            register.admit(at("2025-12-01"), status=status)
    figures = register.figures()
    assert figures.cube("population").cell(JANUARY).value == 11
    share = figures.cube("unsentenced_share").cell(JANUARY)
    assert (share.value, share.count, share.base) == (37.5, 3, 8)
    assert figures.cube("unsentenced_wide_share").cell(JANUARY).value == 50.0
    assert figures.cube("sentenced").cell(JANUARY).value == 4


def test_how_long_people_wait_on_remand(register: Register) -> None:
    for came in ("2026-01-30", "2026-01-22", "2026-01-02", "2024-01-01"):
        register.admit(at(came))
    turned = register.admit(at("2025-06-01"), status=LegalStatus.IMMIGRATION_DETAINEE)
    register.state(turned, LEGAL_STATUS, Status(status=LegalStatus.REMAND), at("2026-01-12"))
    register.state(turned, LEGAL_STATUS, Status(status=LegalStatus.REMAND), at("2026-01-20"))
    figures = register.figures()
    # To the end of January: 1, 9, 29 and 761 days; the fifth since 12 January without a break: 19.
    assert figures.cube("remand_median_days").cell(JANUARY).value == 19
    assert figures.cube("remand_p90_days").cell(JANUARY).value == 761
    assert figures.cube("remand_over_limit").cell(JANUARY).value == 1


def test_sentences_by_the_length_of_their_chain(register: Register) -> None:
    served = register.admit(at("2025-12-01"), status=LegalStatus.SENTENCED)
    first = register.state(
        served, SENTENCE, Imposed(SentenceType.TERM, date(2025, 12, 1), term=Term(months=6)), at("2025-12-01")
    )
    life = register.admit(at("2025-12-01"), status=LegalStatus.INDETERMINATE_SENTENCE)
    register.state(life, SENTENCE, Imposed(SentenceType.LIFE, date(2025, 12, 1)), at("2025-12-01"))
    register.admit(at("2025-12-01"), status=LegalStatus.SENTENCED)
    cube = register.figures().cube("sentenced", "SENTENCE")
    assert [cube.cell(JANUARY, band).value for band in ("M6T12", "NO_END", "_U", "_T")] == [1, 1, 1, 3]
    follows = Imposed(
        SentenceType.TERM, date(2026, 1, 5), term=Term(years=2, months=6), consecutive_to=first.id
    )
    register.state(served, SENTENCE, follows, at("2026-01-05"))
    cube = register.figures(period_of("2025-12"), JANUARY).cube("sentenced", "SENTENCE")
    assert cube.cell("2025-12", "M6T12").value == 1
    assert cube.cell(JANUARY, "Y3T5").value == 1


def test_offence_citizenship_age_and_home(register: Register) -> None:
    young = register.admit(at("2025-12-01"), born=date(2008, 2, 1))
    register.state(young, CHARGE, Charge(iccs="0502", offence="Theft"), at("2025-12-01"))
    worse = register.state(young, CHARGE, Charge(iccs="0101", offence="Murder"), at("2026-01-10"))
    register.state(young, NATIONALITY, Nationality("GT"), at("2025-12-01"))
    register.state(young, NATIONALITY, Nationality("BZ"), at("2025-12-01"))
    abroad = register.admit(at("2025-12-01"), born=None, sex=Sex.UNKNOWN)
    register.state(abroad, NATIONALITY, Nationality("MX"), at("2025-12-01"))
    december = period_of("2025-12")
    figures = register.figures(december, JANUARY, FEBRUARY)
    offence = figures.cube("population", "ICCS")
    assert [offence.cell(one, "05").value for one in (december, JANUARY)] == [1, 0]
    assert [offence.cell(one, "01").value for one in (december, JANUARY)] == [0, 1]
    citizens = figures.cube("population", "CITIZENSHIP")
    assert [citizens.cell(JANUARY, code).value for code in ("NATIONAL", "FOREIGN")] == [1, 1]
    young_ones = figures.cube("population", "JUVENILE")
    assert [young_ones.cell(one, "JUVENILE").value for one in (JANUARY, FEBRUARY)] == [1, 0]
    assert young_ones.cell(JANUARY, "_U").value == 1
    with session_scope(register.world.sessions) as session:
        acquitted = Charge(iccs="0101", offence="Murder", outcome="Acquitted", decided_on=date(2026, 2, 5))
        row = session.get_one(Fact, worse.id)
        said = Statement(CHARGE, acquitted, at("2026-02-05"), "order 9", booking_id=row.booking_id)
        state(session, row.person_id, said, actor=OPERATOR, at=at("2026-02-05"), item=row.id)
    offence = register.figures(JANUARY, FEBRUARY).cube("population", "ICCS")
    assert [offence.cell(one, "01").value for one in (JANUARY, FEBRUARY)] == [1, 0]
    assert offence.cell(FEBRUARY, "05").value == 1


def test_who_comes_back_within_the_years(register: Register) -> None:
    people = []
    for _ in range(4):
        booking = register.admit(at("2020-01-01"))
        with session_scope(register.world.sessions) as session:
            people.append(session.merge(booking).person)
        register.release(
            booking, at("2021-03-10"), reason=ReleaseReason.DIED if len(people) == 4 else ReleaseReason.BAIL
        )
    register.release(register.admit(at("2022-03-10"), person=people[0]), at("2025-12-01"))
    register.admit(at("2023-03-11"), person=people[1])
    figures = register.figures(year_of(2021), year_of(2025))
    shares = [figures.cube(f"returned_{years}y").cell("2021") for years in (1, 2, 3)]
    assert [(one.count, one.base) for one in shares] == [(1, 3), (1, 3), (2, 3)]
    early = figures.cube("returned_1y").cell("2025")
    assert early.held is not None
    assert early.held.code == "too_early"


def test_courts_and_an_answer_that_is_missing(register: Register) -> None:
    booking = register.admit(at("2025-12-01"))
    for day, outcome, produced in (
        (5, "remanded", True),
        (6, "not_produced", None),
        (7, "", None),
        (8, "adjourned", True),
    ):
        when = at("2026-01-09")
        value = Hearing("Belmopan", at(f"2026-01-{day:02}"), "mention", outcome=outcome, produced=produced)
        known = at("2026-01-01") if not outcome else when
        register.state(booking, HEARING, value, known)
    figures = register.figures()
    met = figures.cube("produced_share").cell(JANUARY)
    assert (met.count, met.base) == (2, 3)
    assert figures.cube("hearings_unanswered").cell(JANUARY).value == 1


def test_what_happens_at_the_stroke_of_midnight_belongs_to_the_day_that_begins(register: Register) -> None:
    stroke = at("2026-02-01", 0)
    register.release(register.admit(at("2026-01-05")), stroke)
    register.admit(stroke)
    figures = register.figures(JANUARY, FEBRUARY)
    months_told = [
        [figures.cube(code).cell(one).value for code in ("opening", "admissions", "releases", "population")]
        for one in (JANUARY, FEBRUARY)
    ]
    assert months_told == [[0, 1, 0, 1], [1, 1, 1, 1]]
    assert figures.cube("average_population").cell(JANUARY).count == 27
