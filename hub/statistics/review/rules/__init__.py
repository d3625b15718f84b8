"""By which rules recommendations are derived: each has a number, a condition with its threshold, and its words. Pure.

A threshold is a choice of this policy, not a law: it stands here once, and is printed with each review.
"""

from __future__ import annotations

from typing import Final

from hub.statistics.review.blocks import said
from hub.statistics.review.content import Recommendation
from hub.statistics.review.evidence import Evidence
from hub.statistics.review.rules import custody, entering, partners
from hub.statistics.review.rules.model import Rule

_PER_CENT: Final = "%(number)s per cent"
_HOURS: Final = "%(number)s h"
_DAYS: Final = "%(number)s days"
_MANY: Final = "%(number)s"

RULES: Final = (
    Rule(
        1, "in_doubt", 5, 0,
        "A check of the docket has %(threshold)s findings or more open on the reference day.",
        _MANY, custody.in_doubt,
    ),
    Rule(
        2, "any_doubt", 1, 0, "A doubt about liberty is open on the reference day.", _MANY, custody.any_doubt
    ),
    Rule(3, "crowded", 100, 0, "Occupancy is more than %(threshold)s per cent.", _PER_CENT, custody.crowded),
    Rule(
        4, "worse", 20, 0, "Remand, deaths or assaults rose by more than %(threshold)s per cent.",
        _PER_CENT, custody.worse,
    ),
    Rule(5, "does_not_add_up", 0, 0, "A figure does not add up.", _MANY, custody.does_not_add_up),
    Rule(
        6, "files_incomplete", 95, 1, "Files hold less than %(threshold)s per cent of what Rules 7 and 8 ask.",
        _PER_CENT, entering.incomplete,
    ),
    Rule(
        7, "item_missing", 10, 5,
        "Something the Rules ask for is missing in more than %(threshold)s per cent of at least %(least)s files.",
        _PER_CENT, entering.item_missing,
    ),
    Rule(
        8, "recorded_late", 72, 10,
        "Of at least %(least)s entries of a kind one in ten is recorded more than %(threshold)s hours after.",
        _HOURS, entering.late,
    ),
    Rule(
        9, "source_put_right", 5, 20,
        "Of at least %(least)s entries of a source more than %(threshold)s per cent had to be put right.",
        _PER_CENT, entering.wrong_source,
    ),
    Rule(
        10, "messages_refused", 10, 10,
        "Of at least %(least)s messages of a kind more than %(threshold)s per cent were refused.",
        _PER_CENT, partners.refused,
    ),
    Rule(
        11, "messages_double", 5, 20,
        "Of at least %(least)s messages of a kind more than %(threshold)s per cent came twice.",
        _PER_CENT, partners.doubled,
    ),
    Rule(
        12, "review_due", 90, 0, "An agreement is to be reviewed within %(threshold)s days, or was to be.",
        _DAYS, partners.review_due,
    ),
    Rule(
        13, "agreement_ends", 90, 0, "An agreement ends within %(threshold)s days, or is over.",
        _DAYS, partners.ends_soon,
    ),
    Rule(
        14, "asked_in_vain", 10, 5, "A partner asked %(threshold)s times or more for what is not agreed.",
        _MANY, partners.in_vain,
    ),
)  # fmt: skip
"""In the order in which the review gives their recommendations: somebody's liberty before everything."""


def derived(found: Evidence) -> tuple[Recommendation, ...]:
    """Everything that the rules recommend, in the order of the rules, each citing its rule, figure and threshold."""
    return tuple(
        Recommendation(
            f"{rule.code}:{one.about}", rule.code, said(rule.condition), said(one.evidence), said(one.advice),
            number=rule.cited, figure=said(one.figure), threshold=said(rule.held_against),
        )
        for rule in RULES
        for one in rule.find(found, rule)
    )  # fmt: skip
