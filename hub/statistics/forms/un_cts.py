"""The prison tables of the United Nations Survey of Crime Trends (UN-CTS), as far as a register can fill them."""

from __future__ import annotations

from dataclasses import replace

from hub.sentences import Sentence
from hub.statistics.cells import Cell, Cube, Figures, HeldBack
from hub.statistics.cuts import CUTS, NOT_KNOWN
from hub.statistics.definitions.model import Unit
from hub.statistics.forms.lines import (
    Form,
    Line,
    not_available,
    of_base,
    of_count,
    together,
    unrecorded,
    where_recorded,
)
from hub.statistics.periods import Period

_COUNTED = ("REMAND", "CONVICTED_UNSENTENCED", "SENTENCED", "INDETERMINATE_SENTENCE", "RECALL")
_OUTSIDE = ("CIVIL_PRISONER", "IMMIGRATION_DETAINEE")
_OTHER = tuple(code for code in CUTS["LEGAL_STATUS"].categories if code not in (*_COUNTED, *_OUTSIDE))
"""With these the parts make up all who are held on criminal matters."""
_EVERYBODY = Sentence(
    "Civil prisoners and immigration detainees are among them: who goes is not told apart by status."
)


def un_cts(figures: Figures, period: Period) -> Form:
    """Persons held on the last day of the period, and what happened within it."""
    note = Sentence(
        "Persons held on criminal matters: without civil prisoners and immigration detainees, and therefore fewer "
        "than the prison population. Unsentenced are those on remand."
    )
    lines = [*_held(figures, period), *_sentenced(figures, period), *_flow(figures, period), *_elsewhere()]
    return Form("un_cts", Sentence("UN-CTS, prisons"), note, period, where_recorded(lines, figures, period))


def _held(figures: Figures, period: Period) -> list[Line]:
    share, people = figures.cube("unsentenced_share"), figures.cube("population").cell(period)
    status = figures.cube("population", "LEGAL_STATUS")
    found = [
        _line("held", Sentence("Persons held"), of_base(share.cell(period), people)),
        _line("unsentenced", Sentence("Unsentenced"), of_count(share.cell(period), people)),
        _line(
            "convicted_unsentenced",
            Sentence("Convicted, not yet sentenced"),
            status.cell(period, "CONVICTED_UNSENTENCED"),
        ),
        _line(
            "other_status",
            Sentence("On another authority, or on one that is not recorded"),
            together([status.cell(period, code) for code in _OTHER]),
        ),
    ]
    for cut in ("SEX", "JUVENILE", "CITIZENSHIP"):
        cube = figures.cube("unsentenced_share", cut)
        whole = figures.cube("population", cut)
        missing = unrecorded(cube, period, below=True)
        for code, words in CUTS[cut].categories.items():
            by, name = {"what": _named(cut, code, words)}, _code(cut, code)
            against = whole.cell(period, code)
            lines = [
                _line(
                    f"held_{name}",
                    Sentence("Persons held: %(what)s", by),
                    of_base(cube.cell(period, code), against),
                ),
                _line(
                    f"unsentenced_{name}",
                    Sentence("Unsentenced: %(what)s", by),
                    of_count(cube.cell(period, code), against),
                ),
            ]
            found += lines if code == NOT_KNOWN else _unless(missing, lines)
    return found


def _named(cut: str, code: str, words: Sentence) -> Sentence:
    return words if code != NOT_KNOWN else Sentence("%(cut)s not known", {"cut": CUTS[cut].words})


def _code(cut: str, code: str) -> str:
    """Those whose sex is not known are others than those whose citizenship is not."""
    return code if code != NOT_KNOWN else f"{cut}_{code}"


def _unless(missing: HeldBack | None, lines: list[Line]) -> list[Line]:
    return lines if missing is None else [replace(one, cell=Cell(None, held=missing)) for one in lines]


def _sentenced(figures: Figures, period: Period) -> list[Line]:
    found = [_line("sentenced", Sentence("Sentenced"), figures.cube("sentenced").cell(period))]
    for cut in ("SEX", "ICCS", "SENTENCE"):
        cube = figures.cube("sentenced", cut)
        missing = unrecorded(cube, period)
        for code, words in CUTS[cut].categories.items():
            what = Sentence("Sentenced: %(what)s", {"what": _named(cut, code, words)})
            lines = [_line(f"sentenced_{cut}_{code}", what, cube.cell(period, code))]
            found += lines if code == NOT_KNOWN else _unless(missing, lines)
    return found


def _flow(figures: Figures, period: Period) -> list[Line]:
    releases, admissions = figures.cube("releases", "REASON"), figures.cube("admissions", "LEGAL_STATUS")
    return [
        Line(
            "admissions",
            Sentence("Admitted in the period"),
            together([admissions.cell(period, code) for code in (*_COUNTED, *_OTHER)]),
            Unit.EVENTS,
        ),
        Line(
            "releases",
            Sentence("Released in the period, without deaths"),
            _without_deaths(releases, period),
            Unit.EVENTS,
            remark=_EVERYBODY,
        ),
        Line(
            "deaths",
            Sentence("Died in custody in the period"),
            figures.cube("deaths").cell(period),
            Unit.EVENTS,
            remark=_EVERYBODY,
        ),
        *_deaths(figures.cube("deaths", "SEX"), period),
        Line("capacity", Sentence("Official capacity"), figures.cube("capacity").cell(period), Unit.PLACES),
    ]


def _deaths(cube: Cube, period: Period) -> list[Line]:
    missing = unrecorded(cube, period)
    found = []
    for code, words in CUTS["SEX"].categories.items():
        what = Sentence("Died in custody: %(what)s", {"what": _named("SEX", code, words)})
        line = Line(f"deaths_{_code('SEX', code)}", what, cube.cell(period, code), Unit.EVENTS)
        found += [line] if code == NOT_KNOWN else _unless(missing, [line])
    return found


def _elsewhere() -> list[Line]:
    """What the form has and no file of a prisoner can tell."""
    return [
        not_available(
            "deaths_by_cause",
            Sentence("Died in custody, by cause"),
            Sentence("Not available: causes of death are clinical, and kept with the health service."),
            Unit.EVENTS,
        ),
        not_available(
            "staff",
            Sentence("Staff of the prisons"),
            Sentence("Not available: this register is of people held, not of those employed."),
            Unit.PEOPLE,
        ),
    ]


def _without_deaths(releases: Cube, period: Period) -> Cell:
    return together([releases.cell(period, code) for code in CUTS["REASON"].categories if code != "died"])


def _line(code: str, words: Sentence, cell: Cell) -> Line:
    return Line(code, words, cell, Unit.PEOPLE)
