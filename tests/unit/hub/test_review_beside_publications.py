"""A review and publications beside each other: whoever has both finds no small number that neither tells."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hub.custody.legal import LegalStatus
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.statistics.control.applying import is_withheld
from hub.statistics.control.attack import Interval, intervals
from hub.statistics.control.model import Equation
from hub.statistics.periods import period_of
from hub.statistics.publishing.reading import frozen, published_figures
from hub.statistics.review.actions import make
from hub.statistics.review.evidence import Evidence
from hub.statistics.review.gathering import gather, span_of
from hub.statistics.review.sections.figures import indicators, totals_of

from .publishing_world import prison_of, published
from .review_world import DIRECTOR, WRITER, english
from .review_world import frozen as sealed
from .site_world import World
from .statistics_world import Register, at

IN, OUT = ("opening", "admissions", "retaken"), ("releases", "left_unlawfully", "population")
_FLOW = Equation((*((code, 1) for code in IN), *((code, -1) for code in OUT)))


def gathered(world: World, year: int, when: str) -> Evidence:
    world.at = at(when)
    with session_scope(world.sessions, writes=False) as session:
        return gather(session, span_of(year, world.at))


def told_by_publication(world: World, period: str) -> dict[str, float | None]:
    with session_scope(world.sessions, writes=False) as session:
        figures = published_figures(frozen(session, period)[-1])
    return {name: cube.cell(period).value for name, cube in figures.cubes.items() if "." not in name}


def left_of(told: dict[str, float | None], code: str, least: int = 0) -> Interval:
    """What the sum of the flow leaves of a number that is not told."""
    shown = {one: int(told[one] or 0) for one in (*IN, *OUT) if told[one] is not None}
    hidden = {one: least for one in (*IN, *OUT) if one not in shown}
    return intervals(shown, hidden, [_FLOW], [code])[code]


def test_a_year_that_is_published_is_told_as_published(world: World) -> None:
    """One escape: of the publication two numbers are held, and the review holds the same two."""
    prison_of(world)
    published(world)
    found = gathered(world, 2025, "2026-02-05")
    now = totals_of(found)[0]
    given = told_by_publication(world, "2025")
    assert {code: cell.value for code, cell in now.cells.items()} == given
    assert given["left_unlawfully"] is None
    both = {code: given[code] if given[code] is not None else now.cells[code].value for code in given}
    assert left_of(both, "left_unlawfully").protects(5), "with what the other tells neither gives it away"
    texts = [english(block.text) for block in indicators(found).blocks[:2] if hasattr(block, "text")]
    assert "The figures of 2025 are those that were published, in revision 1." in texts


def test_what_was_recorded_since_changes_nothing_of_what_was_published(world: World) -> None:
    register = prison_of(world)
    published(world)
    register.admit(at("2025-12-10"), known=world.at + timedelta(days=1))
    now = totals_of(gathered(world, 2025, "2026-02-05"))[0]
    assert now.cells["population"].value == told_by_publication(world, "2025")["population"] == 36


def test_of_part_of_a_published_year_no_difference_of_a_few_is_told(world: World) -> None:
    """Ten were released in 2025, two of them after 14 December: eight up to then would tell of the two."""
    prison_of(world)
    published(world)
    then = totals_of(gathered(world, 2026, "2026-12-15"))[1]
    given = told_by_publication(world, "2025")
    for code in ("admissions", "releases", "left_unlawfully", "retaken", "deaths"):
        value, whole = then.cells[code].value, given[code]
        if value is not None and whole is not None:
            assert not 0 < abs(whole - value) < 5, code


def test_months_that_are_published_are_reckoned_with(world: World) -> None:
    """Six came in January, published; eight up to the middle of February: two in between."""
    register = Register(world)
    for day in range(1, 41):
        register.admit(at("2025-03-01") + timedelta(days=day))
    for day in range(6, 12):
        register.admit(at(f"2026-01-{day:02}"))
    for day in (3, 4):
        register.admit(at(f"2026-02-{day:02}"))
    world.at = at("2026-02-10")
    assert totals_of(gathered(world, 2026, "2026-02-15"))[0].cells["admissions"].value == 8
    published(world, period_of("2026-01"))
    now = totals_of(gathered(world, 2026, "2026-02-15"))[0]
    assert is_withheld(now.cells["admissions"])


def test_of_one_status_no_other_is_reckoned(world: World) -> None:
    """Where nothing is published the review guards every sum, not the balance alone: all but three are sentenced."""
    register = Register(world)
    for one in range(30):
        status = LegalStatus.REMAND if one % 2 else LegalStatus.SENTENCED
        register.admit(at("2025-03-01") + timedelta(days=one), status=status)
    for one in range(3):
        register.admit(at("2025-05-01") + timedelta(days=one), status=LegalStatus.CONVICTED_UNSENTENCED)
    now = totals_of(gathered(world, 2025, "2026-02-05"))[0]
    assert now.cells["population"].value == 33
    told = [code for code in ("sentenced", "unsentenced_share", "unsentenced_wide_share") if now.told(code)]
    assert "sentenced" not in told or "unsentenced_share" not in told, "the rest of 33 would be the three"


def test_the_population_of_months_is_the_one_that_was_published(world: World) -> None:
    register = prison_of(world)
    published(world)
    for one in range(9):
        register.admit(at("2025-10-10"), known=world.at + timedelta(days=1), born=date(1970 + one, 1, 1))
    found = gathered(world, 2025, "2026-02-05")
    assert found.told["2025-12"]["population"].value == 36


def test_a_review_is_made_anew_when_figures_were_published_since(world: World) -> None:
    prison_of(world)
    world.at = at("2026-02-05")
    with session_scope(world.sessions) as session:
        row = make(session, 2025, "", actor=WRITER, at=world.at)
    world.at += timedelta(hours=1)
    published(world)
    with pytest.raises(RefusedError) as refused:
        sealed(world, row, WRITER, DIRECTOR)
    assert refused.value.code == "published_since"
    with session_scope(world.sessions) as session:
        anew = make(session, 2025, "", actor=WRITER, at=world.at + timedelta(hours=1))
    sealed(world, anew, WRITER, DIRECTOR)
