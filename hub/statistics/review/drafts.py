"""A derived review with what the writer did to it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from hub.statistics.review.blocks import Table, Text
from hub.statistics.review.content import Change, Content, Entry, Recommendation, Section, Worked
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
    by: str
    at: datetime


def edited(content: Content, edits: Iterable[Edit]) -> Content:
    """The content with every edit carried out in order, each on record with who did it and when.

    One about a recommendation that is no more changes nothing, and is on record all the same.
    """
    found = {one.key: one for one in content.recommendations}
    worked: list[Worked] = []
    for edit in edits:
        worked.append(Worked(edit.at, edit.by, edit.act.value, edit.key))
        one = found.get(edit.key)
        if edit.act is Act.ADDED:
            one = Recommendation(edit.key, "", Text(), Text(), Text(), text=edit.text)
        if one is not None:
            found[edit.key] = msgspec.structs.replace(
                _changed(one, edit), changed_by=edit.by, changed_at=edit.at
            )
    return msgspec.structs.replace(content, recommendations=tuple(found.values()), worked=tuple(worked))


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
    """Every number of every table, by the table's title, the heading words of its row and its column."""
    found: dict[tuple[Text, ...], Text] = {}
    for table in section.blocks:
        if not isinstance(table, Table):
            continue
        words = [place for place, is_number in enumerate(table.numeric) if not is_number]
        for row in table.rows:
            # The table's title too: tables of two partners have rows of the same words.
            heading = (table.title, *(row[place] for place in words))
            for place, is_number in enumerate(table.numeric):
                if is_number:
                    found[(*heading, table.columns[place])] = row[place]
    return found
