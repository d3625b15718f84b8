"""By which rules recommendations are derived: each has a name, a condition with its threshold, and its words. Pure.

A threshold is a choice of this policy, not a law: it stands here once, and is printed with each review.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hub.custody.catalogue import KINDS
from hub.custody.who.rules_7_and_8 import ITEMS
from hub.sentences import Sentence
from hub.sharing.catalogue import EXCHANGES
from hub.statistics.control.thresholds import small
from hub.statistics.definitions import INDICATORS
from hub.statistics.indicators.balancing import CODE as DOES_NOT_ADD_UP
from hub.statistics.review.content import Recommendation, said
from hub.statistics.review.evidence import SOURCES, Evidence
from hub.statistics.review.sections.figures import totals_of

_ITEMS: Final = {item.code: item for item in ITEMS}


@dataclass(frozen=True)
class Found:
    """Something that a rule came upon: `about` names it among others of the rule; what shows it; what to do."""

    about: str
    evidence: Sentence
    advice: Sentence


@dataclass(frozen=True)
class Rule:
    """`threshold` and `least`, the number below which nothing is said, stand in `condition` in words."""

    code: str
    threshold: float
    least: int
    text: str
    find: Callable[[Evidence, Rule], Iterator[Found]]

    @property
    def condition(self) -> Sentence:
        return Sentence(self.text, {"threshold": f"{self.threshold:g}", "least": self.least})


def derived(found: Evidence) -> tuple[Recommendation, ...]:
    """Everything that the rules recommend, in the order of the rules."""
    return tuple(
        Recommendation(
            f"{rule.code}:{one.about}", rule.code, said(rule.condition), said(one.evidence), said(one.advice)
        )
        for rule in RULES
        for one in rule.find(found, rule)
    )


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


def _incomplete(found: Evidence, rule: Rule) -> Iterator[Found]:
    files = found.files
    share = _percent(files.there, files.asked)
    if files.files >= rule.least and share < rule.threshold:
        yield Found(
            "files",
            Sentence("The files hold %(share)s per cent of what the Rules ask.", {"share": f"{share:.1f}"}),
            Sentence("Set aside time each week to complete files, the longest held first."),
        )


def _item_missing(found: Evidence, rule: Rule) -> Iterator[Found]:
    for code, (asked, gone) in found.missing.items():
        if asked < max(rule.least, found.smallest) or small(gone, found.smallest):
            continue
        if _percent(gone, asked) <= rule.threshold:
            continue
        shown = f"{_percent(gone, asked):.0f}"
        if small(asked - gone, found.smallest):
            shown = f"> {rule.threshold:.0f}"
        values = {"item": _ITEMS[code].words, "share": shown}
        yield Found(
            code,
            Sentence("%(item)s: missing in %(share)s per cent of the files.", values),
            Sentence("Ask for it at every reception, and of those already held: %(item)s.", values),
        )


def _late(found: Evidence, rule: Rule) -> Iterator[Found]:
    for kind, delay in found.delays.items():
        if delay.many >= max(rule.least, found.smallest) and delay.p90_hours > rule.threshold:
            values = {"kind": KINDS[kind].words, "days": f"{delay.p90_hours / 24:.1f}"}
            yield Found(
                kind,
                Sentence("%(kind)s: one in ten was recorded more than %(days)s days after.", values),
                Sentence("Find out where the papers lie before they are entered: %(kind)s.", values),
            )


def _wrong_source(found: Evidence, rule: Rule) -> Iterator[Found]:
    for source, one in found.quality.items():
        share = _percent(one.corrected + one.withdrawn, one.statements)
        if one.statements >= rule.least and share > rule.threshold:
            values = {"source": SOURCES[source], "share": f"{share:.1f}"}
            yield Found(
                source.value,
                Sentence("%(source)s: %(share)s per cent of the entries had to be put right.", values),
                Sentence("Go through the corrections with those who enter it: %(source)s.", values),
            )


def _refused(found: Evidence, rule: Rule) -> Iterator[Found]:
    for one in found.came_in:
        share = _percent(one.refused, one.received)
        if one.received >= rule.least and share > rule.threshold:
            values = {
                "partner": found.agencies.get(one.agency, one.agency), "share": f"{share:.0f}",
                "exchange": EXCHANGES[one.exchange].label if one.exchange in EXCHANGES else one.exchange,
            }  # fmt: skip
            yield Found(
                f"{one.agency}.{one.exchange}",
                Sentence("%(partner)s, %(exchange)s: %(share)s per cent were refused.", values),
                Sentence("Agree with %(partner)s on what a message has to hold: %(exchange)s.", values),
            )


def _doubled(found: Evidence, rule: Rule) -> Iterator[Found]:
    for one in found.came_in:
        share = _percent(one.doubles, one.received)
        if one.received >= rule.least and share > rule.threshold:
            values = {"partner": found.agencies.get(one.agency, one.agency), "share": f"{share:.0f}"}
            yield Found(
                f"{one.agency}.{one.exchange}",
                Sentence("%(partner)s: %(share)s per cent of the messages came twice.", values),
                Sentence(
                    "Ask the engineers of %(partner)s to give each message one number and keep it.", values
                ),
            )


def _review_due(found: Evidence, rule: Rule) -> Iterator[Found]:
    limit = found.span.reference_on + timedelta(days=int(rule.threshold))
    for one in found.agreed:
        if one.in_force and one.review_on is not None and one.review_on <= limit:
            values = {"code": one.code, "day": one.review_on}
            yield Found(
                one.code,
                Sentence("The agreement %(code)s is to be reviewed on %(day)s.", values),
                Sentence("Review the agreement %(code)s with the partner and sign its next version.", values),
            )


def _ends_soon(found: Evidence, rule: Rule) -> Iterator[Found]:
    limit = found.span.reference_on + timedelta(days=int(rule.threshold))
    for one in found.agreed:
        if one.over or (one.in_force and one.ends_on is not None and one.ends_on <= limit):
            ends = Sentence("The agreement %(code)s is over.", {"code": one.code})
            if not one.over:
                ends = Sentence(
                    "The agreement %(code)s ends on %(day)s.", {"code": one.code, "day": one.ends_on}
                )
            yield Found(
                one.code,
                ends,
                Sentence(
                    "Decide whether to agree anew, before exchange stops: %(code)s.", {"code": one.code}
                ),
            )


def _in_vain(found: Evidence, rule: Rule) -> Iterator[Found]:
    k = found.smallest
    for agency in sorted({one.agency for one in found.shared}):
        many = sum(one.in_vain for one in found.shared if one.agency == agency and not small(one.in_vain, k))
        if many >= max(rule.least, int(rule.threshold)):
            values = {"partner": found.agencies.get(agency, agency), "many": f"{many:,}"}
            yield Found(
                agency,
                Sentence("%(partner)s asked %(many)s times for what no agreement allows.", values),
                Sentence("Find out what %(partner)s needs, and agree on it or say why not.", values),
            )


def _in_doubt(found: Evidence, rule: Rule) -> Iterator[Found]:
    for one in found.doubts:
        if one.open >= max(rule.threshold, found.smallest):
            values = {"check": one.words, "many": f"{one.open:,}"}
            yield Found(
                one.code,
                Sentence("%(check)s: %(many)s still open on the reference day.", values),
                Sentence("Settle with police and courts what keeps these open: %(check)s.", values),
            )


def _any_doubt(found: Evidence, rule: Rule) -> Iterator[Found]:
    checks = sum(one.open > 0 for one in found.doubts)
    if checks >= rule.threshold:
        yield Found(
            "docket",
            Sentence("Checks with findings open on the reference day: %(checks)s.", {"checks": checks}),
            Sentence("Go through the liberty docket with police and courts in the first month of the year."),
        )


def _crowded(found: Evidence, rule: Rule) -> Iterator[Found]:
    shown, _before = totals_of(found)
    if "occupancy" in shown.cells and shown.told("occupancy"):
        value = shown.cells["occupancy"].value or 0
        if value > rule.threshold:
            yield Found(
                "occupancy",
                Sentence("Occupancy was %(value)s per cent.", {"value": f"{value:.0f}"}),
                Sentence(
                    "Bring the occupancy before the ministry, with the remand cases that could be heard first."
                ),
            )


def _worse(found: Evidence, rule: Rule) -> Iterator[Found]:
    now, then = totals_of(found)
    for code in ("unsentenced_share", "remand_median_days", "remand_over_limit", "deaths", "assaults"):
        if code not in now.cells or not (now.told(code) and then.told(code)):
            continue
        before, after = then.cells[code].value or 0, now.cells[code].value or 0
        if before and _percent(after - before, before) > rule.threshold:
            values = {
                "indicator": INDICATORS[code].words,
                "before": f"{before:,.1f}",
                "after": f"{after:,.1f}",
            }
            yield Found(
                code,
                Sentence("%(indicator)s: %(before)s the year before, %(after)s now.", values),
                Sentence(
                    "Find out why it rose, and report before the middle of the year: %(indicator)s.", values
                ),
            )


def _does_not_add_up(found: Evidence, _rule: Rule) -> Iterator[Found]:
    for code, cell in totals_of(found)[0].cells.items():
        if cell.held is not None and cell.held.code == DOES_NOT_ADD_UP:
            values = {"indicator": INDICATORS[code].words}
            yield Found(
                code,
                Sentence("%(indicator)s: the parts do not make the whole.", values),
                Sentence("Find the entry that is wrong and correct it: %(indicator)s.", values),
            )


RULES: Final = (
    Rule(
        "files_incomplete", 95, 1, "Files hold less than %(threshold)s per cent of what Rules 7 and 8 ask.",
        _incomplete,
    ),
    Rule(
        "item_missing", 10, 5,
        "Something the Rules ask for is missing in more than %(threshold)s per cent of at least %(least)s files.",
        _item_missing,
    ),
    Rule(
        "recorded_late", 72, 10,
        "Of at least %(least)s entries of a kind one in ten is recorded more than %(threshold)s hours after.", _late,
    ),
    Rule(
        "source_put_right", 5, 20,
        "Of at least %(least)s entries of a source more than %(threshold)s per cent had to be put right.",
        _wrong_source,
    ),
    Rule(
        "messages_refused", 10, 10,
        "Of at least %(least)s messages of a kind more than %(threshold)s per cent were refused.", _refused,
    ),
    Rule(
        "messages_double", 5, 20,
        "Of at least %(least)s messages of a kind more than %(threshold)s per cent came twice.", _doubled,
    ),
    Rule("review_due", 90, 0, "An agreement is to be reviewed within %(threshold)s days, or was to be.", _review_due),
    Rule("agreement_ends", 90, 0, "An agreement ends within %(threshold)s days, or is over.", _ends_soon),
    Rule("asked_in_vain", 10, 5, "A partner asked %(threshold)s times or more for what is not agreed.", _in_vain),
    Rule(
        "in_doubt", 5, 0,
        "A check of the docket has %(threshold)s findings or more open on the reference day.", _in_doubt,
    ),
    Rule("any_doubt", 1, 0, "A doubt about liberty is open on the reference day.", _any_doubt),
    Rule("crowded", 100, 0, "Occupancy is more than %(threshold)s per cent.", _crowded),
    Rule("worse", 20, 0, "Remand, deaths or assaults rose by more than %(threshold)s per cent.", _worse),
    Rule("does_not_add_up", 0, 0, "A figure does not add up.", _does_not_add_up),
)  # fmt: skip
"""In the order in which the review gives their recommendations."""
