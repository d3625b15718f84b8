"""The same people in several tables: sums that a reader makes across indicators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.statistics.control.gathered import Linked, Terms, minus
from hub.statistics.control.names import name_of
from hub.statistics.control.plans import Plan
from hub.statistics.cuts import CUTS
from hub.statistics.definitions import INDICATORS
from hub.statistics.periods import Period

_SEXES: Final = tuple({"SEX": sex} for sex in ("F", "M", "_U"))
_AGES: Final = tuple({"AGE": age} for age in ("Y_LT18", "Y_GE18", "_U"))
_CITIZENS: Final = tuple({"CITIZENSHIP": of} for of in ("NATIONAL", "FOREIGN", "_U"))
_SECTIONS: Final = tuple({"ICCS": code} for code in CUTS["ICCS"].codes())
_EVERYBODY: Final[Mapping[str, str]] = {}
_NOT_CRIMINAL: Final = ("CIVIL_PRISONER", "IMMIGRATION_DETAINEE")


def same_people(found: Linked, plan: Plan) -> None:
    """Who is counted in two tables; and who is in the wider of two and not in the narrower."""
    period = plan.period
    for where in (_EVERYBODY, *_SEXES):
        _by_status(found, period, where)
    for group in (_AGES, _CITIZENS):
        _outside(found, period, group)
    if plan.totals_only:
        _of_totals(found, period)
    for month in plan.months:
        _minus_base(found, month, _EVERYBODY)
    for where in _SECTIONS:
        found.rest("not_sentenced", period, where, [(_name("population", period, **where), 1)],
                   [(_name("sentenced", period, **where), 1)])  # fmt: skip
    found.add([(_name("deaths", period), 1), (_name("releases", period, REASON="died"), -1)])
    found.add([(_name("assaults", period), 1), (_name("incidents", period, INCIDENT="assault"), -1)])
    for where in (_EVERYBODY, *_SEXES, *_AGES):
        _of_releases(found, period, where)


def _held(period: Period, where: Mapping[str, str], *statuses: str) -> Terms:
    return [(_name("population", period, **where, LEGAL_STATUS=one), 1) for one in statuses]


def _by_status(found: Linked, period: Period, where: Mapping[str, str]) -> None:
    remand, waiting = _held(period, where, "REMAND"), _held(period, where, "CONVICTED_UNSENTENCED")
    outside = [(_name("population", period, **where), -1), *_held(period, where, *_NOT_CRIMINAL)]
    for code, who in (("unsentenced_share", remand), ("unsentenced_wide_share", remand + waiting)):
        found.add([(_name(code, period, "count", **where), 1), *minus(who)])
        found.add([(_name(code, period, "base", **where), 1), *outside])
    sentenced = _held(period, where, "SENTENCED", "INDETERMINATE_SENTENCE", "RECALL")
    found.add([(_name("sentenced", period, **where), 1), *minus(sentenced)])
    over = [(_name("remand_over_limit", period, **where), 1)]
    found.rest("remand_within_limit", period, where, remand, over)


def _of_totals(found: Linked, period: Period) -> None:
    """Who is in one total and not in the next, where no table says of what status they are."""
    part, base = _name("unsentenced_share", period, "count"), _name("unsentenced_share", period, "base")
    wide = {one: _name("unsentenced_wide_share", period, one) for one in ("count", "rest", "base")}
    found.add([(base, 1), (wide["base"], -1)])
    _minus_base(found, period, _EVERYBODY)
    rests = (
        ("waiting_for_sentence", wide["count"], part),
        ("neither_waiting_nor_sentenced", wide["rest"], _name("sentenced", period)),
        ("remand_within_limit", part, _name("remand_over_limit", period)),
        ("no_assault", _name("incidents", period), _name("assaults", period)),
    )
    for code, more, less in rests:
        found.rest(code, period, _EVERYBODY, [(more, 1)], [(less, 1)])


def _outside(found: Linked, period: Period, group: tuple[dict[str, str], ...]) -> None:
    """Civil prisoners and immigration detainees by age or citizenship: no table has them, and a share tells of them."""
    names = [name for where in group if (name := _minus_base(found, period, where)) is not None]
    if len(names) == len(group):
        found.add([*((name, 1) for name in names), *minus(_held(period, _EVERYBODY, *_NOT_CRIMINAL))])
    for where in group:
        bases = [
            (_name(code, period, "base", **where), factor)
            for code, factor in (("unsentenced_share", 1), ("unsentenced_wide_share", -1))
        ]
        found.add(bases)


def _minus_base(found: Linked, period: Period, where: Mapping[str, str]) -> str | None:
    base = [(_name("unsentenced_share", period, "base", **where), 1)]
    return found.rest("not_criminal", period, where, [(_name("population", period, **where), 1)], base)


def _of_releases(found: Linked, period: Period, where: Mapping[str, str]) -> None:
    found.rest("released_alive", period, where, [(_name("releases", period, **where), 1)],
               [(_name("deaths", period, **where), 1)])  # fmt: skip
    for years in (1, 2):
        now, then = (_name(f"returned_{one}y", period, "count", **where) for one in (years, years + 1))
        found.rest(f"returned_in_year_{years + 1}", period, where, [(then, 1)], [(now, 1)])
        bases = [_name(f"returned_{one}y", period, "base", **where) for one in (years, years + 1)]
        found.add([(bases[0], 1), (bases[1], -1)])


def _name(code: str, period: Period, part: str = "", **where: str) -> str:
    return name_of(INDICATORS[code], period, part, **where)
