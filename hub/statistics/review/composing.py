"""The whole review, section by section. Pure."""

from __future__ import annotations

import msgspec

from hub.statistics.review.blocks import Paragraph, Table, has_something, plain, said
from hub.statistics.review.content import Content, Section
from hub.statistics.review.evidence import Evidence
from hub.statistics.review.rules import RULES, derived
from hub.statistics.review.sections import brief, due, figures, files, sharing

_ORDER = (
    brief.brief, figures.indicators, files.completeness, files.timeliness, files.corrections, files.sources,
    sharing.disclosures, due.agreements, sharing.messages, sharing.doubts,
)  # fmt: skip


def content_of(found: Evidence, revision: int = 1) -> Content:
    """What the review says before anybody edits it: the same for the same evidence."""
    sections = (*(make(found) for make in _ORDER), _rules(), figures.annex(found))
    span = found.span
    return Content(
        place=found.place,
        year=span.year,
        revision=revision,
        begins_on=span.period.first_on,
        reference_on=span.reference_on,
        known_at=span.known_at,
        smallest=found.smallest,
        sections=tuple(_without_empty(one) for one in sections),
        recommendations=derived(found),
    )


def _without_empty(section: Section) -> Section:
    kept = tuple(block for block in section.blocks if has_something(block))
    return msgspec.structs.replace(section, blocks=kept)


def _rules() -> Section:
    return Section(
        "rules",
        said("Annex: rules of the recommendations"),
        (
            Paragraph(
                said(
                    "Each recommendation comes from one of these rules, or was added by the writer. The thresholds are "
                    "choices of this policy, not law."
                )
            ),
            Table(
                said("Rules and their thresholds"),
                (said("Rule"), said("It recommends something when"), said("Threshold")),
                (False, False, True),
                tuple((plain(one.cited), said(one.condition), said(one.held_against)) for one in RULES),
            ),
        ),
    )
