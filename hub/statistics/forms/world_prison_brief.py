"""The lines of a country's page in the World Prison Brief."""

from __future__ import annotations

from collections.abc import Mapping

from hub.sentences import Sentence
from hub.statistics.cells import Figures
from hub.statistics.definitions.model import Unit
from hub.statistics.entered.records import ENTERED, Entered, EnteredFigure
from hub.statistics.forms.lines import Form, Line, entered_line, rate, share_line, where_recorded
from hub.statistics.periods import Period


def world_prison_brief(
    figures: Figures, period: Period, entered: Mapping[Entered, EnteredFigure | None]
) -> Form:
    """As at the end of the period; `entered` has what holds on that day."""
    people = figures.cube("population").cell(period)
    lines = (
        Line("total", Sentence("Prison population, remand included"), people, Unit.PEOPLE),
        entered_line(
            "national",
            ENTERED[Entered.NATIONAL_POPULATION],
            entered[Entered.NATIONAL_POPULATION],
            Unit.PEOPLE,
        ),
        Line(
            "rate",
            Sentence("Prison population per 100,000 people"),
            rate(people, entered[Entered.NATIONAL_POPULATION]),
            Unit.PER_100K,
        ),
        share_line(
            "pretrial",
            Sentence("On remand, of the prison population"),
            figures.cube("population", "LEGAL_STATUS"),
            period,
            "REMAND",
        ),
        share_line(
            "female",
            Sentence("Women and girls, of the prison population"),
            figures.cube("population", "SEX"),
            period,
            "F",
        ),
        share_line(
            "juvenile",
            Sentence("Under 18, of the prison population"),
            figures.cube("population", "JUVENILE"),
            period,
            "JUVENILE",
        ),
        share_line(
            "foreign",
            Sentence("Foreign citizens, of the prison population"),
            figures.cube("population", "CITIZENSHIP"),
            period,
            "FOREIGN",
        ),
        entered_line(
            "establishments",
            ENTERED[Entered.ESTABLISHMENTS],
            entered[Entered.ESTABLISHMENTS],
            Unit.ESTABLISHMENTS,
        ),
        Line("capacity", Sentence("Official capacity"), figures.cube("capacity").cell(period), Unit.PLACES),
        Line(
            "occupancy",
            Sentence("Occupancy, of the official capacity"),
            figures.cube("occupancy").cell(period),
            Unit.PERCENT,
        ),
    )
    note = Sentence("Everybody in custody is counted, civil prisoners and immigration detainees among them.")
    return Form(
        "world_prison_brief",
        Sentence("World Prison Brief"),
        note,
        period,
        where_recorded(lines, figures, period),
    )
