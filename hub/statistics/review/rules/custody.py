"""What rules say of those in custody: doubts about their liberty, room, and figures that became worse. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hub.sentences import Sentence
from hub.statistics.definitions import INDICATORS
from hub.statistics.indicators.balancing import CODE as DOES_NOT_ADD_UP
from hub.statistics.review.evidence import Evidence
from hub.statistics.review.rules.model import Found, Rule, counted, per_cent, share_of
from hub.statistics.review.sections.figures import totals_of

_WATCHED: Final = ("unsentenced_share", "remand_median_days", "remand_over_limit", "deaths", "assaults")


def in_doubt(found: Evidence, rule: Rule) -> Iterator[Found]:
    """Of each check of the docket."""
    for one in found.doubts:
        if one.open >= max(rule.threshold, found.smallest):
            values = {"check": one.words, "many": f"{one.open:,}"}
            yield Found(
                one.code,
                counted(one.open),
                Sentence("%(check)s: %(many)s still open on the reference day.", values),
                Sentence("Settle with police and courts what keeps these open: %(check)s.", values),
            )


def any_doubt(found: Evidence, rule: Rule) -> Iterator[Found]:
    """Of the docket as a whole: it counts checks, for people may be few."""
    checks = sum(one.open > 0 for one in found.doubts)
    if checks >= rule.threshold:
        yield Found(
            "docket",
            counted(checks),
            Sentence("Checks with findings open on the reference day: %(checks)s.", {"checks": checks}),
            Sentence("Go through the liberty docket with police and courts in the first month of the year."),
        )


def crowded(found: Evidence, rule: Rule) -> Iterator[Found]:
    """Of the prison."""
    shown, _before = totals_of(found)
    if "occupancy" in shown.cells and shown.told("occupancy"):
        value = shown.cells["occupancy"].value or 0
        if value > rule.threshold:
            yield Found(
                "occupancy",
                per_cent(value),
                Sentence("Occupancy was %(value)s per cent.", {"value": f"{value:.0f}"}),
                Sentence(
                    "Bring the occupancy before the ministry, with the remand cases that could be heard first."
                ),
            )


def worse(found: Evidence, rule: Rule) -> Iterator[Found]:
    """Of the indicators that ought not to rise."""
    now, then = totals_of(found)
    for code in _WATCHED:
        if code not in now.cells or not (now.told(code) and then.told(code)):
            continue
        before, after = then.cells[code].value or 0, now.cells[code].value or 0
        rise = share_of(after - before, before)
        if rise > rule.threshold:
            values = {
                "indicator": INDICATORS[code].words,
                "before": f"{before:,.1f}",
                "after": f"{after:,.1f}",
            }
            yield Found(
                code,
                per_cent(f"+{rise:,.1f}"),
                Sentence("%(indicator)s: %(before)s the year before, %(after)s now.", values),
                Sentence(
                    "Find out why it rose, and report before the middle of the year: %(indicator)s.", values
                ),
            )


def does_not_add_up(found: Evidence, _rule: Rule) -> Iterator[Found]:
    """Of each figure that is held back because it does not."""
    for code, cell in totals_of(found)[0].cells.items():
        if cell.held is not None and cell.held.code == DOES_NOT_ADD_UP:
            values = {"indicator": INDICATORS[code].words}
            yield Found(
                code,
                Sentence("held back"),
                Sentence("%(indicator)s: the parts do not make the whole.", values),
                Sentence("Find the entry that is wrong and correct it: %(indicator)s.", values),
            )
