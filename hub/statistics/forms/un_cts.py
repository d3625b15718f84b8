"""The prison tables of the United Nations Survey of Crime Trends (UN-CTS), as far as a register can fill them."""

from __future__ import annotations

from hub.sentences import Sentence
from hub.statistics.cells import Cell, Cube, Figures
from hub.statistics.cuts import CUTS
from hub.statistics.definitions.model import Unit
from hub.statistics.forms.lines import Form, Line, of_base, of_count, together
from hub.statistics.periods import Period


def un_cts(figures: Figures, period: Period) -> Form:
    """Persons held on the last day of the period, and what happened within it."""
    note = Sentence(
        "Persons held on criminal matters: without civil prisoners and immigration detainees, and therefore fewer "
        "than the prison population. Unsentenced are those on remand."
    )
    lines = (*_held(figures, period), *_sentenced(figures, period), *_flow(figures, period))
    return Form("un_cts", Sentence("UN-CTS, prisons"), note, period, lines)


def _held(figures: Figures, period: Period) -> list[Line]:
    share, people = figures.cube("unsentenced_share"), figures.cube("population").cell(period)
    found = [
        _line("held", Sentence("Persons held"), of_base(share.cell(period), people)),
        _line("unsentenced", Sentence("Unsentenced"), of_count(share.cell(period), people)),
        _line(
            "convicted_unsentenced",
            Sentence("Convicted, not yet sentenced"),
            figures.cube("population", "LEGAL_STATUS").cell(period, "CONVICTED_UNSENTENCED"),
        ),
    ]
    for cut in ("SEX", "JUVENILE", "CITIZENSHIP"):
        cube = figures.cube("unsentenced_share", cut)
        whole = figures.cube("population", cut)
        for code, words in CUTS[cut].categories.items():
            by = {"what": words}
            against = whole.cell(period, code)
            found += [
                _line(
                    f"held_{code}",
                    Sentence("Persons held: %(what)s", by),
                    of_base(cube.cell(period, code), against),
                ),
                _line(
                    f"unsentenced_{code}",
                    Sentence("Unsentenced: %(what)s", by),
                    of_count(cube.cell(period, code), against),
                ),
            ]
    return found


def _sentenced(figures: Figures, period: Period) -> list[Line]:
    found = [_line("sentenced", Sentence("Sentenced"), figures.cube("sentenced").cell(period))]
    for cut in ("SEX", "ICCS", "SENTENCE"):
        cube = figures.cube("sentenced", cut)
        found += [
            _line(
                f"sentenced_{cut}_{code}",
                Sentence("Sentenced: %(what)s", {"what": words}),
                cube.cell(period, code),
            )
            for code, words in CUTS[cut].categories.items()
        ]
    return found


def _flow(figures: Figures, period: Period) -> list[Line]:
    releases = figures.cube("releases", "REASON")
    return [
        Line(
            "admissions",
            Sentence("Admitted in the period"),
            figures.cube("admissions").cell(period),
            Unit.EVENTS,
        ),
        Line(
            "releases",
            Sentence("Released in the period, without deaths"),
            _without_deaths(releases, period),
            Unit.EVENTS,
        ),
        Line(
            "deaths",
            Sentence("Died in custody in the period"),
            figures.cube("deaths").cell(period),
            Unit.EVENTS,
        ),
        Line("capacity", Sentence("Official capacity"), figures.cube("capacity").cell(period), Unit.PLACES),
    ]


def _without_deaths(releases: Cube, period: Period) -> Cell:
    return together([releases.cell(period, code) for code in CUTS["REASON"].categories if code != "died"])


def _line(code: str, words: Sentence, cell: Cell) -> Line:
    return Line(code, words, cell, Unit.PEOPLE)
