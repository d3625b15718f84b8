"""The year in brief: what somebody who has one minute reads. Pure."""

from __future__ import annotations

from hub.statistics.control.thresholds import small
from hub.statistics.review.blocks import Figure, Glance, Text, plain, said
from hub.statistics.review.content import Section
from hub.statistics.review.evidence import Evidence, Source
from hub.statistics.review.sections.due import is_overdue
from hub.statistics.review.sections.figures import change_of, totals_of, value_of
from hub.statistics.review.sections.files import share_of
from hub.statistics.review.sections.numbers import NONE, ninetieth_of
from hub.statistics.review.sections.sharing import acts_by_partner
from hub.statistics.review.small import WITHHELD


def brief(found: Evidence) -> Section:
    """One figure from each section, none that its section does not tell."""
    figures = (
        _population(found), _complete(found), _late(found), _put_right(found), _shared(found), _in_vain(found),
        _agreements(found), _doubts(found),
    )  # fmt: skip
    return Section("brief", said("The year in brief"), (Glance(figures),))


def _population(found: Evidence) -> Figure:
    now, then = totals_of(found)
    change = change_of("population", then, now)
    note = Text() if change == NONE else said("%(change)s on the year before", change=change.plain)
    return Figure(value_of("population", now), said("people in custody on the reference day"), note)


def _complete(found: Evidence) -> Figure:
    files = found.files
    shown = plain(f"{share_of(files):.1f} %") if files.files else NONE
    if small(files.files, found.smallest):
        shown = said(WITHHELD)
    return Figure(shown, said("of what the Rules ask stands in the files"))


def _late(found: Evidence) -> Figure:
    officers = found.quality.get(Source.OFFICERS)
    delay = None if officers is None else officers.delay
    if delay is not None and small(delay.many, found.smallest):
        delay = None
    return Figure(ninetieth_of(delay), said("within which nine in ten entries of officers were made"))


def _put_right(found: Evidence) -> Figure:
    many = sum(right + back for right, back in found.corrections.values())
    return Figure(plain(many), said("entries put right or taken back"))


def _shared(found: Evidence) -> Figure:
    together = acts_by_partner(found)
    return Figure(
        plain(sum(together.values())),
        said("acts of sharing"),
        said("partners: %(many)s", many=len(together)),
    )


def _in_vain(found: Evidence) -> Figure:
    many = sum(one.in_vain for one in found.shared if not small(one.in_vain, found.smallest))
    return Figure(plain(many), said("times asked for what no agreement allows"))


def _agreements(found: Evidence) -> Figure:
    late = sum(is_overdue(one, found.span.reference_on) for one in found.agreed)
    over = sum(one.over for one in found.agreed)
    return Figure(plain(late), said("agreements whose review is overdue"), said("over: %(many)s", many=over))


def _doubts(found: Evidence) -> Figure:
    return Figure(
        plain(sum(one.open > 0 for one in found.doubts)),
        said("checks of the liberty docket with findings still open"),
    )
