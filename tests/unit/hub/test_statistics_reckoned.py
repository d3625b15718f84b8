"""Two ways of reckoning, the product's by columns and a plain one by cases, agree on every cell of every figure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from hub.database import session_scope
from hub.statistics.cells import TOTAL, Cell, Figures
from hub.statistics.definitions import INDICATORS
from hub.statistics.indicators import compute
from hub.statistics.indicators.balancing import CODE
from hub.statistics.periods import Period, month_of, months_of, year_of

from .site_world import World
from .statistics_inventing import Inventor
from .statistics_knowing import day_of, midnight
from .statistics_reckoner import Reckoner
from .statistics_truth import Person, Said, Stay, Truth
from .statistics_world import at
from .statistics_writing import Writer

NOW = midnight(date(2027, 6, 1))
PERIODS = (
    *months_of(2024)[:4], month_of(date(2025, 12, 1)), month_of(date(2026, 1, 1)), year_of(2024), year_of(2025),
    Period(date(2024, 2, 29), date(2024, 2, 29)), Period(date(2023, 12, 20), date(2024, 1, 10)),
)  # fmt: skip
KNOWN = (None, midnight(date(2026, 2, 1)), midnight(date(2024, 5, 15)))


def written(world: World, truth: Truth) -> None:
    world.site()
    world.at = NOW
    with session_scope(world.sessions) as session:
        Writer(session, truth, zone_id=1).write()


def figures_of(world: World, *periods: Period, known: datetime | None) -> Figures:
    with session_scope(world.sessions, writes=False) as session:
        return compute(session, periods, at=NOW, known_at=known)


def differences(figures: Figures, truth: Truth, known: datetime | None) -> list[str]:
    """Cells in which the two do not agree; one that is held back counts as one where the plain way says something."""
    reckoner, found = Reckoner(truth, known or NOW), []
    for period in figures.periods:
        if period.ends_at > (known or NOW):
            continue
        answers = reckoner.answers(period.first_on, period.last_on, day_of(known or NOW))
        contradictory = reckoner.contradictory(answers, midnight(period.first_on), period.ends_at)
        found += [f"{one} {period.code} is given, and does not add up" for one in contradictory
                  if code_of(figures.cube(one).cell(period)) != CODE]  # fmt: skip
        for name, cube in figures.cubes.items():
            code, *cuts = name.split(".")
            if code not in INDICATORS:
                continue  # What only disclosure control reckons with is given to nobody.
            for key, cell in cube.cells.items():
                if key[0] != period.code:
                    continue
                wanted = {cut: one for cut, one in zip(cuts, key[1:], strict=True) if one != TOTAL}
                if code in contradictory and code_of(cell) == CODE:
                    continue
                expected = special(reckoner, code, period, wanted, answers)
                if expected is None and code in answers:
                    expected = answers[code].of(wanted)
                told = said(cell)
                if expected != told:
                    found.append(f"{name} {key}: plain {expected}, columns {told}")
    return found


def special(reckoner: Reckoner, code: str, period: Period, wanted: dict[str, str], answers: object) -> object:
    """What is no count of cases."""
    if code == "average_population":
        mean = reckoner.average(period.first_on, period.last_on)
        return float(mean), int(mean * period.days), period.days
    if code in ("capacity", "occupancy"):
        places = reckoner.capacity(period.last_on)
        if places is None or (code == "occupancy" and not places):
            return (None, 0, None) if places is None else (None, people(answers), 0)
        if code == "capacity":
            return places, places, None
        return float(Fraction(100 * people(answers), places)), people(answers), places
    if code == "docket_days":
        days, stretches = reckoner.doubt(period.first_on, period.last_on)
        return float(days), stretches, None
    if code.startswith("returned_") and code not in answers:  # type: ignore[operator]
        return None, 0, None
    return None


def people(answers: object) -> int:
    total: int = answers["population"].total  # type: ignore[index]
    return total


def code_of(cell: Cell) -> str:
    return "" if cell.held is None else cell.held.code


def said(cell: Cell) -> tuple[object, int, int | None]:
    return cell.value, cell.count, cell.base


def said_at(value: object, day: str, hour: float = 12, known: str | None = None) -> Said:
    since = at(day, 0) + timedelta(hours=hour)
    return Said(value, since, since if known is None else at(known))


def stay(
    person: int, day: str, hour: float, status: str, released: tuple[str, float, str] | None = None
) -> Stay:
    came = said_at(None, day, hour)
    came.value = came.since
    found = Stay(person, came, statuses=[Said(status, came.since, came.known)])
    if released is not None:
        gone = said_at(None, *released[:2])
        gone.value = (gone.since, released[2])
        found.releases = [gone]
    return found


def awkward() -> Truth:
    """Eight people of whom each was once counted wrongly somewhere."""
    born = (
        date(2000, 1, 1),
        None,
        date(1980, 1, 1),
        date(1970, 1, 1),
        date(2006, 2, 15),
        *[date(1990, 1, 1)] * 3,
    )
    people = [Person([said_at((sex, day), "2023-11-01")]) for sex, day in zip("MFMMFMMF", born, strict=True)]
    people[7].nations = [[said_at("GT", "2024-02-10")]]
    stays = [
        stay(0, "2024-02-10", 8, "REMAND", ("2024-02-10", 17, "bail")),  # came and went on one day
        stay(1, "2024-01-05", 12, "REMAND", ("2024-01-20", 12, "bail")),  # and back within three
        stay(1, "2024-01-23", 12, "REMAND"),
        stay(2, "2023-12-01", 12, "SENTENCED"),  # escaped for a fortnight
        stay(3, "2024-01-15", 12, "REMAND", ("2024-02-29", 23.5, "died")),
        stay(4, "2024-01-10", 12, "REMAND"),  # sentenced on the day she came of age
        stay(5, "2024-02-01", -1 / 3600, "REMAND"),  # a second before midnight
        stay(6, "2024-02-01", 0, "REMAND"),  # at the stroke of it
    ]
    stays[3].away = [[said_at("escaped", "2024-02-05")]]
    stays[3].away[0][0].ended = (at("2024-02-20"), at("2024-02-21"))
    stays[4].admission.corrected = (at("2024-02-02"), at("2024-02-02"), at("2024-03-10"))
    stays[5].statuses.append(said_at("SENTENCED", "2024-02-15"))
    stays[5].sentences = [[said_at(("term", (1, 6, 0, 0), None), "2024-02-15")]]
    return Truth(people, stays, merges=[(1, 7, at("2024-03-05"))])


def test_a_small_prison_whose_figures_were_worked_out_on_paper(world: World) -> None:
    truth = awkward()
    written(world, truth)
    january, february = months_of(2024)[:2]
    flow = ("opening", "admissions", "retaken", "releases", "left_unlawfully", "population")
    for known, in_january, in_february in (
        (None, [1, 4, 0, 1, 0, 4], [4, 3, 1, 2, 1, 5]),
        # That the man who died had come in February, and not in January, was found in March.
        (at("2024-03-02"), [1, 5, 0, 1, 0, 5], [5, 2, 1, 2, 1, 5]),
    ):
        figures = figures_of(world, january, february, known=known)
        assert differences(figures, truth, known) == []

        def value(name: str, period: Period, *categories: str, told: Figures = figures) -> object:
            return told.cubes[name].cell(period, *categories).value

        assert [value(code, january) for code in flow] == in_january
        assert [value(code, february) for code in flow] == in_february
        # On remand at the end of February: the woman who came back, and the two of midnight; of five.
        assert value("unsentenced_share", february) == 60
        assert (value("remand_median_days", february), value("remand_p90_days", february)) == (29, 37)
        assert [value("population.JUVENILE", one, "JUVENILE") for one in (january, february)] == [1, 0]
        assert [value("sentenced.SENTENCE", february, band) for band in ("Y1T3", "_U")] == [1, 1]
        assert (value("deaths", february), value("population.AGE", february, "_U")) == (1, 1)
        # Where she is from stands in the other file, joined in March: from then on it is known of January too.
        assert value("population.CITIZENSHIP", january, "FOREIGN") == (1 if known is None else 0)
    figures = figures_of(world, february, known=None)
    # Nights: four of 29, the runaway 14, the one who died 27, who came and went on one day none.
    assert figures.cube("average_population").cell(february).count == 4 * 29 + 14 + 27
    # Stays that ended: nought days and 27.
    assert figures.cube("stay_median_days").cell(february).value == 13.5


@pytest.mark.parametrize(
    "seed", [10, 28, pytest.param(22, marks=pytest.mark.long), pytest.param(210, marks=pytest.mark.long)]
)
def test_every_cell_of_a_prison_made_up_at_random_is_what_the_plain_way_gives(
    world: World, seed: int
) -> None:
    truth = Inventor(seed).truth
    written(world, truth)
    for known in KNOWN:
        figures = figures_of(world, *PERIODS, known=known)
        assert {cube.indicator.code for cube in figures.cubes.values()} >= set(INDICATORS)
        assert differences(figures, truth, known) == []
