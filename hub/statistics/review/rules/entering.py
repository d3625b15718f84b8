"""What rules say of the register itself: what is missing, late, or had to be put right. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hub.custody.catalogue import KINDS
from hub.custody.who.rules_7_and_8 import ITEMS
from hub.sentences import Sentence
from hub.statistics.control.thresholds import small
from hub.statistics.review.evidence import SOURCES, Evidence
from hub.statistics.review.rules.model import Found, Rule, per_cent, share_of

_ITEMS: Final = {item.code: item for item in ITEMS}


def incomplete(found: Evidence, rule: Rule) -> Iterator[Found]:
    """Of the files together."""
    files = found.files
    share = share_of(files.there, files.asked)
    if files.files >= max(rule.least, found.smallest) and share < rule.threshold:
        yield Found(
            "files",
            per_cent(share),
            Sentence("The files hold %(share)s per cent of what the Rules ask.", {"share": f"{share:.1f}"}),
            Sentence("Set aside time each week to complete files, the longest held first."),
        )


def item_missing(found: Evidence, rule: Rule) -> Iterator[Found]:
    """Of each thing that the Rules ask, where neither those who have it nor those who lack it are few."""
    for code, (asked, gone) in found.missing.items():
        share = share_of(gone, asked)
        if asked < max(rule.least, found.smallest) or small(gone, found.smallest) or share <= rule.threshold:
            continue
        few = small(asked - gone, found.smallest)
        shown = f"> {rule.threshold:.0f}" if few else f"{share:.0f}"
        values = {"item": _ITEMS[code].words, "share": shown}
        yield Found(
            code,
            per_cent(shown),
            Sentence("%(item)s: missing in %(share)s per cent of the files.", values),
            Sentence("Ask for it at every reception, and of those already held: %(item)s.", values),
        )


def late(found: Evidence, rule: Rule) -> Iterator[Found]:
    """Of each kind of entry."""
    for kind, delay in found.delays.items():
        if delay.many >= max(rule.least, found.smallest) and delay.p90_hours > rule.threshold:
            values = {"kind": KINDS[kind].words, "days": f"{delay.p90_hours / 24:.1f}"}
            yield Found(
                kind,
                Sentence("%(number)s h", {"number": f"{delay.p90_hours:,.1f}"}),
                Sentence("%(kind)s: one in ten was recorded more than %(days)s days after.", values),
                Sentence("Find out where the papers lie before they are entered: %(kind)s.", values),
            )


def wrong_source(found: Evidence, rule: Rule) -> Iterator[Found]:
    """Of each source."""
    for source, one in found.quality.items():
        share = share_of(one.corrected + one.withdrawn, one.statements)
        if one.statements >= rule.least and share > rule.threshold:
            values = {"source": SOURCES[source], "share": f"{share:.1f}"}
            yield Found(
                source.value,
                per_cent(share),
                Sentence("%(source)s: %(share)s per cent of the entries had to be put right.", values),
                Sentence("Go through the corrections with those who enter it: %(source)s.", values),
            )
