"""Agreements due: every one, the next to be reviewed first, with how long there is. Pure."""

from __future__ import annotations

from datetime import date

from hub.sentences import Sentence
from hub.statistics.review.blocks import Paragraph, Table, Text, plain, said
from hub.statistics.review.content import Section
from hub.statistics.review.evidence import Agreed, Evidence
from hub.statistics.review.sections.numbers import NONE


def agreements(found: Evidence) -> Section:
    """Every agreement, those that are due first."""
    title = said("Agreements due")
    if not found.agreed:
        return Section("agreements", title, (Paragraph(said("There is no agreement with anybody.")),))
    day = found.span.reference_on
    ordered = sorted(found.agreed, key=lambda one: (one.review_on or date.max, one.code))
    rows = tuple(
        (
            plain(one.code), plain(found.agencies.get(one.agency, one.agency)), plain(one.version), said(one.state),
            _day(one.review_on), _due(one, day), _day(one.ends_on),
        )
        for one in ordered
    )  # fmt: skip
    return Section(
        "agreements",
        title,
        (
            Paragraph(
                said(
                    "In force: %(in_force)s. To be reviewed by the reference day and not reviewed: %(overdue)s. Over: "
                    "%(over)s.",
                    in_force=sum(one.in_force for one in found.agreed),
                    overdue=sum(is_overdue(one, day) for one in found.agreed),
                    over=sum(one.over for one in found.agreed),
                )
            ),
            Table(
                said("Agreements, the next to be reviewed first"),
                (
                    said("Agreement"), said("Partner"), said("Version"), said("State"), said("Review"), said("Due"),
                    said("Ends"),
                ),
                (False, False, True, False, False, False, False),
                rows,
                said("These are papers, not people: however few they are, they are told."),
            ),
        ),
    )  # fmt: skip


def is_overdue(one: Agreed, day: date) -> bool:
    """Whether it should have been reviewed by then."""
    return one.in_force and one.review_on is not None and one.review_on < day


def until(on: date | None, day: date) -> Sentence:
    """How long it is from `day` until then, or since."""
    days = 0 if on is None else (on - day).days
    if days == 0:
        return Sentence("on this day")
    if days < 0:
        return Sentence("one day late") if days == -1 else Sentence("%(days)s days late", {"days": -days})
    return Sentence("in one day") if days == 1 else Sentence("in %(days)s days", {"days": days})


def _due(one: Agreed, day: date) -> Text:
    if one.over:
        return said("has ended")
    return said(until(one.review_on, day)) if one.in_force and one.review_on is not None else NONE


def _day(on: date | None) -> Text:
    return NONE if on is None else said("%(day)s", day=on)
