"""The whole review, section by section. Pure."""

from __future__ import annotations

from hub.statistics.review.content import Content, Paragraph, Section, Table, plain, said
from hub.statistics.review.evidence import Evidence
from hub.statistics.review.rules import RULES, derived
from hub.statistics.review.sections import figures, files, sharing

_ORDER = (
    figures.indicators, files.completeness, files.timeliness, files.corrections, files.sources, sharing.disclosures,
    sharing.agreements, sharing.messages, sharing.doubts,
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
        sections=sections,
        recommendations=derived(found),
    )


def _rules() -> Section:
    return Section(
        "rules",
        said("Annex: rules of the recommendations"),
        (
            Paragraph(said("Each recommendation comes from one of these rules, or was added by the writer.")),
            Table(
                said("Rules and their thresholds"),
                (said("Rule"), said("It recommends something when")),
                (False, False),
                tuple((plain(one.code), said(one.condition)) for one in RULES),
            ),
        ),
    )
