"""Disclosures by partner and purpose, agreements due, messages that came in, and doubts about liberty. Pure."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hub.sentences import Sentence
from hub.sharing.catalogue import EXCHANGES, PURPOSES
from hub.statistics.control.thresholds import small
from hub.statistics.review.content import Bar, Bars, Block, Paragraph, Section, Table, Text, plain, said
from hub.statistics.review.evidence import Agreed, Evidence
from hub.statistics.review.sections.numbers import NONE, median_of
from hub.statistics.review.small import told

OVERDUE = Sentence("overdue")


def disclosures(found: Evidence) -> Section:
    """What was shared with whom for what."""
    title = said("Disclosures by partner and purpose")
    if not found.shared:
        return Section("disclosures", title, (Paragraph(said("Nothing was shared with anybody.")),))
    k = found.smallest
    together: Counter[str] = Counter()
    for one in found.shared:
        # With a small part in it, the sum would tell that part beside the others.
        together[one.agency] += 0 if small(one.shared, k) else one.shared
    longest = max(together.values()) or 1
    blocks: list[Block] = [
        Paragraph(
            said(
                "Each line of the log of disclosures is one act of sharing: one person told of to one partner, or one "
                "set of figures. Asked in vain: no agreement allowed it, and nothing was shared."
            )
        ),
        Bars(
            said("Acts of sharing by partner"),
            said(
                "One bar for each partner: how many acts of sharing, without lines of fewer than %(smallest)s.",
                smallest=k,
            ),
            tuple(
                Bar(plain(found.agencies.get(agency, agency)), many / longest, plain(many))
                for agency, many in together.most_common()
            ),
        ),
        Table(
            said("Acts of sharing by partner, exchange and purpose"),
            (
                said("Partner"), said("Exchange"), said("Purpose"), said("Shared"), said("Confirmed"),
                said("Asked in vain"),
            ),
            (False, False, False, True, True, True),
            tuple(
                (
                    plain(found.agencies.get(one.agency, one.agency)), exchange_words(one.exchange),
                    purpose_words(one.purpose), told(one.shared, k), told(one.received, k), told(one.in_vain, k),
                )
                for one in found.shared
            ),
        ),
    ]  # fmt: skip
    return Section("disclosures", title, tuple(blocks))


def exchange_words(code: str) -> Text:
    """An exchange in words; its code where this version does not know it."""
    return said(EXCHANGES[code].label) if code in EXCHANGES else plain(code)


def purpose_words(code: str) -> Text:
    """A purpose in words; its code where this version does not know it."""
    return said(PURPOSES[code]) if code in PURPOSES else plain(code or "–")


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
            _day(one.review_on), _day(one.ends_on), said(OVERDUE) if is_overdue(one, day) else NONE,
        )
        for one in ordered
    )  # fmt: skip
    return Section(
        "agreements",
        title,
        (
            Table(
                said("Agreements, the next to be reviewed first"),
                (
                    said("Agreement"), said("Partner"), said("Version"), said("State"), said("Review"), said("Ends"),
                    said("Due"),
                ),
                (False, False, True, False, False, False, False),
                rows,
            ),
        ),
    )  # fmt: skip


def is_overdue(one: Agreed, day: date) -> bool:
    """Whether it should have been reviewed by then."""
    return one.in_force and one.review_on is not None and one.review_on < day


def _day(on: date | None) -> Text:
    return NONE if on is None else said("%(day)s", day=on)


def messages(found: Evidence) -> Section:
    """What partners sent, and what became of it."""
    title = said("Messages of partners")
    if not found.came_in:
        return Section("messages", title, (Paragraph(said("No partner sent anything.")),))
    rows = tuple(
        (
            plain(found.agencies.get(one.agency, one.agency)), exchange_words(one.exchange), plain(one.received),
            plain(one.accepted), plain(one.corrected), plain(one.refused), plain(one.doubles), plain(one.open),
            median_of(one.delay),
        )
        for one in found.came_in
    )  # fmt: skip
    columns = (
        "Partner", "Message", "Came", "Accepted", "Put right", "Refused", "Doubles", "Open", "Half decided within",
    )  # fmt: skip
    return Section(
        "messages",
        title,
        (
            Table(
                said("Messages and what was decided"),
                tuple(said(one) for one in columns),
                (False, False, *([True] * 7)),
                rows,
            ),
        ),
    )


def doubts(found: Evidence) -> Section:
    """The liberty docket over the year."""
    title, k = said("Doubts about liberty"), found.smallest
    if not found.doubts:
        return Section("doubts", title, (Paragraph(said("The liberty docket had no finding in the year.")),))
    return Section(
        "doubts",
        title,
        (
            Paragraph(
                said(
                    "The liberty docket looks every day for people whose authority to be held is in doubt. Open: not "
                    "closed by the end of the reference day."
                )
            ),
            Table(
                said("Findings by check"),
                (said("Check"), said("Opened"), said("Closed"), said("Open")),
                (False, True, True, True),
                tuple(
                    (said(one.words), told(one.opened, k), told(one.closed, k), told(one.open, k))
                    for one in found.doubts
                ),
            ),
        ),
    )
