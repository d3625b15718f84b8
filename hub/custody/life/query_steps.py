"""What was done with a query, step by step, read from its rows."""

from __future__ import annotations

from collections.abc import Sequence

from hub.custody.facts.kinds import read_value
from hub.custody.facts.records import Fact
from hub.custody.life.queries import QUERY, Query
from hub.sentences import Sentence


def steps_of(history: Sequence[Fact]) -> list[tuple[Fact, Sentence]]:
    """Each of its rows, in the order in which they were recorded, with what happened then."""
    found: list[tuple[Fact, Sentence]] = []
    before: Query | None = None
    for row in history:
        value = read_value(QUERY, row.value)
        found.append((row, _step(before, value)))
        before = value
    return found


def _step(before: Query | None, value: Query) -> Sentence:
    if before is None:
        return Sentence("Asked")
    if value.result and not before.result:
        return Sentence("Answered")
    if before.result and not value.result:
        return Sentence("Asked again")
    if value.owner != before.owner:
        return Sentence("Given to %(login)s", {"login": value.owner})
    return Sentence("Corrected")
