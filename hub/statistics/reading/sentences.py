"""How long people serve: each sentence with those it follows, in bands of length, as each stood at its time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import msgspec
import numpy as np
from sqlalchemy.orm import Session

from hub.custody.sentencing.forms import SENTENCE, SentenceType
from hub.custody.sentencing.terms import Term
from hub.statistics.cuts import BAND_FROM, SENTENCE_BAND
from hub.statistics.reading.timelines import ALWAYS, Ints, Timeline, read


class _Sentence(msgspec.Struct):
    type: SentenceType
    term: Term = Term()
    consecutive_to: int | None = None


def sentences_of(
    session: Session, own: Callable[[Timeline], Timeline], known_at: datetime | None
) -> Timeline:
    """Sentences by the length of the chain they end, in bands, the longest last. `own` gives the stays their rows."""
    told = _with_chains(own(read(session, SENTENCE, _Sentence, _codes, 3, known_at)))
    lengths = told.codes[:, 0]
    band = np.searchsorted(np.array(BAND_FROM), lengths, "right") - 1
    band = np.where(lengths == ALWAYS, SENTENCE_BAND.codes().index("NO_END"), band)
    found = replace(told, codes=band[:, None])
    return found.part(np.argsort(band, kind="stable"))


def _with_chains(told: Timeline) -> Timeline:
    """Twelfths of days of each with those it follows, ALWAYS without an end; anew from when one of them changed."""
    length, follows, endless = told.codes.T
    alone = np.where(endless != 0, ALWAYS, length)
    chained = np.flatnonzero((follows >= 0) & (endless == 0))
    if not len(chained):
        return replace(told, codes=alone[:, None])
    stretches = _Stretches(told)
    pieces = [(int(row), *piece) for row in chained for piece in stretches.of(int(row))]
    others = np.setdiff1d(np.arange(len(length)), chained)
    rows, starts, ends, whole = np.array(pieces, np.int64).reshape(-1, 4).T
    chosen = told.part(np.concatenate((others, rows)))
    return replace(
        chosen,
        starts=np.concatenate((told.starts[others], starts)),
        ends=np.concatenate((told.ends[others], ends)),
        codes=np.concatenate((alone[others], whole))[:, None],
    )


class _Stretches:
    """Rows of each sentence in order of time: what it was, from when until when."""

    def __init__(self, told: Timeline) -> None:
        self._rows: dict[int, list[tuple[int, int, int, int, int]]] = {}
        self._told = told
        columns = (told.starts, told.ends, *told.codes.T)
        for item, *row in zip(told.item.tolist(), *(column.tolist() for column in columns), strict=True):
            self._rows.setdefault(item, []).append(tuple(row))
        for rows in self._rows.values():
            rows.sort()

    def of(self, row: int) -> Iterator[tuple[int, int, int]]:
        """From when until when, and how long the chain was meanwhile."""
        starts, ends = int(self._told.starts[row]), int(self._told.ends[row])
        edges = sorted({starts, ends, *(edge for edge in self._edges(row) if starts < edge < ends)})
        for begins, until in pairwise(edges):
            yield begins, until, self._length(row, begins)

    def _edges(self, row: int) -> Iterator[int]:
        """When anything changed of what it follows."""
        seen, waiting = set(), [int(self._told.codes[row, 1])]
        while waiting:
            item = waiting.pop()
            if item in seen:
                continue
            seen.add(item)
            for begins, until, _length, follows, _endless in self._rows.get(item, ()):
                yield from (begins, until)
                waiting.append(follows)

    def _length(self, row: int, moment: int) -> int:
        """Right after a moment."""
        total, item, _endless = (int(one) for one in self._told.codes[row])
        seen = {int(self._told.item[row])}
        while item not in seen:
            seen.add(item)
            held = self._at(item, moment)
            if held is None:
                break
            length, item, endless = held
            if endless:
                return int(ALWAYS)
            total += length
        return total

    def _at(self, item: int, moment: int) -> tuple[int, int, int] | None:
        rows = self._rows.get(item, [])
        place = bisect_right(rows, moment, key=lambda one: one[0]) - 1
        if place < 0 or rows[place][1] <= moment:
            return None
        return rows[place][2:]


def _codes(values: Sequence[_Sentence]) -> Ints:
    """Twelfths of days, the sentence it follows or -1, and 1 where it has no end."""
    return np.array(
        [
            (
                _twelfths(one.term),
                one.consecutive_to or -1,
                one.type not in (SentenceType.TERM, SentenceType.FINE_IN_DEFAULT),
            )
            for one in values
        ],
        np.int64,
    )


def _twelfths(term: Term) -> int:
    return 12 * 365 * term.years + 365 * term.months + 84 * term.weeks + 12 * term.days
