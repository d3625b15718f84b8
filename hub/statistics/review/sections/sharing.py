"""Disclosures by partner and purpose, agreements due, messages that came in, and doubts about liberty. Pure."""

from __future__ import annotations

from collections import Counter

from hub.sharing.catalogue import EXCHANGES, PURPOSES
from hub.statistics.control.thresholds import small
from hub.statistics.review.blocks import Bar, Bars, Block, Paragraph, Table, Text, plain, said
from hub.statistics.review.content import Section
from hub.statistics.review.evidence import CameIn, Evidence, Shared
from hub.statistics.review.sections.numbers import NONE, median_of
from hub.statistics.review.small import told


def disclosures(found: Evidence) -> Section:
    """What was shared with whom for what: a table for each partner."""
    title = said("Disclosures by partner and purpose")
    if not found.shared:
        return Section("disclosures", title, (Paragraph(said("Nothing was shared with anybody.")),))
    k, together = found.smallest, acts_by_partner(found)
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
                Bar(_partner(found, agency), many / longest, plain(many))
                for agency, many in together.most_common()
            ),
        ),
    ]
    blocks += [_shared_with(found, agency) for agency in together]
    return Section("disclosures", title, tuple(blocks))


def acts_by_partner(found: Evidence) -> Counter[str]:
    """Acts of sharing with each; with a small part in it, the sum would tell that part beside the others."""
    together: Counter[str] = Counter()
    for one in found.shared:
        together[one.agency] += 0 if small(one.shared, found.smallest) else one.shared
    return together


def _shared_with(found: Evidence, agency: str) -> Table:
    k = found.smallest
    lines: list[Shared] = sorted(
        (one for one in found.shared if one.agency == agency), key=lambda one: (one.purpose, one.exchange)
    )
    return Table(
        said("Shared with %(partner)s", partner=found.agencies.get(agency, agency)),
        (said("Purpose"), said("Exchange"), said("Shared"), said("Confirmed"), said("Asked in vain")),
        (False, False, True, True, True),
        tuple(
            (
                purpose_words(one.purpose), exchange_words(one.exchange), told(one.shared, k), told(one.received, k),
                told(one.in_vain, k),
            )
            for one in lines
        ),
    )  # fmt: skip


def _partner(found: Evidence, agency: str) -> Text:
    return plain(found.agencies.get(agency, agency))


def exchange_words(code: str) -> Text:
    """An exchange in words; its code where this version does not know it."""
    return said(EXCHANGES[code].label) if code in EXCHANGES else plain(code)


def purpose_words(code: str) -> Text:
    """A purpose in words; its code where this version does not know it."""
    return said(PURPOSES[code]) if code in PURPOSES else plain(code or "–")


def messages(found: Evidence) -> Section:
    """What partners sent, and what became of it."""
    title = said("Messages of partners")
    if not found.came_in:
        return Section("messages", title, (Paragraph(said("No partner sent anything.")),))
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
                tuple(_message_row(found, one) for one in found.came_in),
                said(
                    "A message tells of one person. Of kinds that came fewer than %(smallest)s times nothing more is "
                    "told; of the others each number is, for what was decided on a paper says nothing of the person.",
                    smallest=found.smallest,
                ),
            ),
        ),
    )


def _message_row(found: Evidence, one: CameIn) -> tuple[Text, ...]:
    """Its outcomes only where it came often enough: one hold that came and was accepted is one person held."""
    head = (_partner(found, one.agency), exchange_words(one.exchange), told(one.received, found.smallest))
    if small(one.received, found.smallest):
        return (*head, *([NONE] * 6))
    outcomes = (one.accepted, one.corrected, one.refused, one.doubles, one.open)
    return (*head, *(plain(many) for many in outcomes), median_of(one.delay))


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
