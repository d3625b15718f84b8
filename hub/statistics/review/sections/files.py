"""Completeness, timeliness, corrections, and how good each source was. Pure."""

from __future__ import annotations

from hub.custody.catalogue import KINDS
from hub.custody.who.rules_7_and_8 import ITEMS
from hub.statistics.control.thresholds import small
from hub.statistics.review.blocks import Bar, Bars, Paragraph, Table, Text, plain, said
from hub.statistics.review.content import Section
from hub.statistics.review.evidence import SOURCES, Completeness, Evidence, Quality, Source
from hub.statistics.review.sections.numbers import NONE, median_of, ninetieth_of, percent
from hub.statistics.review.small import WITHHELD, told

_ITEMS = {item.code: item for item in ITEMS}


def completeness(found: Evidence) -> Section:
    """What Nelson Mandela Rules 7 and 8 ask of each file, and what is missing."""
    files, k = found.files, found.smallest
    blocks: list[Paragraph | Table | Bars] = []
    if not files.files:
        blocks.append(
            Paragraph(
                said("Nobody was in custody at the end of the reference day, so no file was looked at.")
            )
        )
        return Section("completeness", said("Completeness"), tuple(blocks))
    if small(files.files, k):
        words = said(
            "Fewer than %(smallest)s files were looked at, so that nothing of them is told.", smallest=k
        )
        return Section("completeness", said("Completeness"), (Paragraph(words),))
    blocks.append(
        Paragraph(
            said(
                "The files of everybody in custody at the end of the reference day were held against Rules 7 and 8 of "
                "the Nelson Mandela Rules. Of what they ask, %(share)s per cent is there. Files looked at: %(files)s.",
                share=f"{share_of(files):.1f}",
                files=f"{files.files:,}",
            )
        )
    )
    rows, bars = [], []
    for code, (asked, gone) in found.missing.items():
        item = _ITEMS[code]
        rows.append(
            (said(item.words), plain(item.rule), told(asked, k), told(gone, k), _share(asked, gone, k))
        )
        if not _hidden(asked, gone, k):
            bars.append(Bar(said(item.words), (asked - gone) / asked, percent(asked - gone, asked)))
    blocks.append(
        Bars(
            said("Files that hold each thing"),
            said("One bar for each thing that the Rules ask for: the share of files that hold it."),
            tuple(sorted(bars, key=lambda bar: bar.size)),
        )
    )
    blocks.append(
        Table(
            said("What the files lack"),
            (
                said("Asked for"),
                said("Rule"),
                said("Files that hold it or should"),
                said("Missing in"),
                said("Complete"),
            ),
            (False, False, True, True, True),
            tuple(rows),
            said("A share is not told where it would tell of fewer than %(smallest)s files.", smallest=k),
        )
    )
    return Section("completeness", said("Completeness"), tuple(blocks))


def share_of(files: Completeness) -> float:
    """What is there of what is asked, in per cent."""
    return 100 * files.there / files.asked if files.asked else 100.0


def _hidden(asked: int, gone: int, k: int) -> bool:
    return any(small(one, k) for one in (asked, gone, asked - gone))


def _share(asked: int, gone: int, k: int) -> Text:
    return said(WITHHELD) if _hidden(asked, gone, k) else percent(asked - gone, asked)


def timeliness(found: Evidence) -> Section:
    """How long after it happened something was recorded."""
    rows = [
        (said(KINDS[kind].words), plain(delay.many), median_of(delay), ninetieth_of(delay))
        for kind, delay in found.delays.items()
        if not small(delay.many, found.smallest)
    ]
    blocks: list[Paragraph | Table] = [
        Paragraph(
            said(
                "From the time at which something happened, or took effect, to the time at which it stood in the "
                "file. What was brought in from an old register is left out, for it is late by its nature."
            )
        )
    ]
    if rows:
        blocks.append(
            Table(
                said("Delay by kind of entry"),
                (said("Entry"), said("How many"), said("Half within"), said("Nine in ten within")),
                (False, True, True, True),
                tuple(rows),
                said("Kinds with fewer than %(smallest)s entries are left out.", smallest=found.smallest),
            )
        )
    else:
        blocks.append(Paragraph(said("Too little was recorded in the year to say how late it was.")))
    return Section("timeliness", said("Timeliness"), tuple(blocks))


def corrections(found: Evidence) -> Section:
    """What was put right in the year."""
    if not found.corrections:
        return Section("corrections", said("Corrections"), (Paragraph(said("Nothing was put right.")),))
    rows = [
        (said(KINDS[kind].words) if kind in KINDS else plain(kind), plain(right), plain(back))
        for kind, (right, back) in sorted(found.corrections.items(), key=lambda one: -sum(one[1]))
    ]
    return Section(
        "corrections",
        said("Corrections"),
        (
            Paragraph(
                said(
                    "Entries that a later one took the place of, and entries that were taken back because they were "
                    "never so. Both stay readable, with who put them right and why."
                )
            ),
            Table(
                said("Put right by kind of entry"),
                (said("Entry"), said("Corrected"), said("Taken back")),
                (False, True, True),
                tuple(rows),
                said(
                    "Corrections are counted, not people: one file can be put right many times. So they are told "
                    "however few."
                ),
            ),
        ),
    )


def sources(found: Evidence) -> Section:
    """How good each source was."""
    if not found.quality:
        return Section(
            "sources",
            said("Quality of each source"),
            (Paragraph(said("No source told anything in the year.")),),
        )
    first = Table(
        said("What came from each source, and how late"),
        (
            said("Source"), said("Entries"), said("Half within"), said("Nine in ten within"), said("Files complete"),
        ),
        (False, True, True, True, True),
        tuple(
            (
                said(SOURCES[source]), plain(one.statements), median_of(one.delay), ninetieth_of(one.delay),
                _complete(one.files, found.smallest),
            )
            for source, one in _ordered(found)
        ),
        said(
            "Entries are counted, not people: they are told however few. Files complete: what Rules 7 and 8 ask of the "
            "files whose admission came from this source, in per cent, where they are not fewer than %(smallest)s.",
            smallest=found.smallest,
        ),
    )  # fmt: skip
    second = Table(
        said("What had to be put right, refused, or came twice"),
        (
            said("Source"), said("Corrected"), said("Taken back"), said("Share put right"), said("Refused"),
            said("Doubles"),
        ),
        (False, True, True, True, True, True),
        tuple(
            (
                said(SOURCES[source]),
                NONE if source is Source.TERMINALS else plain(one.corrected),
                plain(one.withdrawn),
                percent(one.corrected + one.withdrawn, one.statements),
                plain(one.refused),
                told(one.doubles, found.smallest),
            )
            for source, one in _ordered(found)
        ),
        said("Doubles: messages sent twice, rows of somebody known already, and files found to be of one person."),
    )  # fmt: skip
    return Section("sources", said("Quality of each source"), (first, second))


def _complete(files: Completeness, k: int) -> Text:
    return said(WITHHELD) if small(files.files, k) else percent(files.there, files.asked)


def _ordered(found: Evidence) -> list[tuple[Source, Quality]]:
    return [(source, found.quality[source]) for source in Source if source in found.quality]
