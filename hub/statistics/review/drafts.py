"""A derived review with what the writer did to it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from hub.statistics.review.content import Change, Content, Entry, Recommendation, Section, Table, Text
from hub.statistics.review.records import Act

MOST_CHANGES = 60
"""Figures listed as changed; a revision that changes more has its table of them cut, and says so by its last line."""


@dataclass(frozen=True)
class Edit:
    """An act upon a recommendation."""

    act: Act
    key: str
    text: str
    reason: str


def edited(content: Content, edits: Iterable[Edit]) -> Content:
    """The content with every edit carried out in order. One about a recommendation that is no more does nothing."""
    found = {one.key: one for one in content.recommendations}
    for edit in edits:
        one = found.get(edit.key)
        if edit.act is Act.ADDED:
            found[edit.key] = Recommendation(edit.key, "", Text(), Text(), Text(), text=edit.text)
        elif one is not None:
            found[edit.key] = _changed(one, edit)
    return msgspec.structs.replace(content, recommendations=tuple(found.values()))


def _changed(one: Recommendation, edit: Edit) -> Recommendation:
    replace = msgspec.structs.replace
    match edit.act:
        case Act.REWORDED:
            return replace(one, text=edit.text)
        case Act.DROPPED:
            return replace(one, dropped=True, reason=edit.reason)
        case Act.RESTORED:
            return replace(one, dropped=False, reason="")
        case _:
            return one


def with_log(content: Content, log: Sequence[Entry], before: Content | None) -> Content:
    """The content with its revision log, and the figures that are others than in the revision before."""
    changes = () if before is None else tuple(_changes(before, content))[:MOST_CHANGES]
    return msgspec.structs.replace(content, log=tuple(log), changes=changes)


def _changes(before: Content, after: Content) -> Iterable[Change]:
    old = {section.code: section for section in before.sections}
    for section in after.sections:
        earlier = old.get(section.code)
        if earlier is not None:
            yield from _changes_of(earlier, section)


def _changes_of(before: Section, after: Section) -> Iterable[Change]:
    """Cells of tables that differ; a line that came or went is told by its first number."""
    cells, later = _cells(before), _cells(after)
    for key in dict.fromkeys((*cells, *later)):
        old, new = cells.get(key, Text()), later.get(key, Text())
        if old != new:
            yield Change((after.title, *key), old, new)


def _cells(section: Section) -> dict[tuple[Text, ...], Text]:
    """Every number of every table, by table's heading words of its row and its column."""
    found: dict[tuple[Text, ...], Text] = {}
    for table in section.blocks:
        if not isinstance(table, Table):
            continue
        words = [place for place, is_number in enumerate(table.numeric) if not is_number]
        for row in table.rows:
            heading = tuple(row[place] for place in words)
            for place, is_number in enumerate(table.numeric):
                if is_number:
                    found[(*heading, table.columns[place])] = row[place]
    return found
