"""A file that could not be checked: nobody may disappear because an entry of theirs cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Final

from hub.docket.limits import Limits
from hub.docket.rules.base import Band, Check, Doubt
from hub.docket.snapshot import Snapshot
from hub.sentences import Sentence

_MOST: Final = 5
"""Troubles that are named; whoever mends those sees the next at once."""


def _not_checked(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    if not snapshot.troubles:
        return
    named = [one.what for one in snapshot.troubles[:_MOST]]
    why = reduce(lambda one, more: Sentence("%(one)s %(more)s", {"one": one, "more": more}), named)
    yield Doubt(
        snapshot.admitted_at,
        Sentence("This file could not be checked. %(why)s", {"why": why}),
        rows=tuple(dict.fromkeys(row for one in snapshot.troubles for row in one.rows)),
    )


def _troubles(snapshot: Snapshot) -> str:
    return str([(str(one.what), one.rows) for one in snapshot.troubles])


NOT_CHECKED: Final = Check(
    "not_checked",
    Sentence("File that could not be checked"),
    Sentence("Find the entry that is named, compare it with its paper and correct it. Until then read order, court "
             "dates and date of release from the papers: some checks of this person were not made."),
    Band.LIBERTY, 24, _not_checked, (), _troubles,
)  # fmt: skip

CHECKS: Final = (NOT_CHECKED,)
