"""Facts of one kind of everybody, as columns: what held from when until when, as known at a time.

The same rule as `hub.custody.facts.reading.holding`, for all moments at once: of the rows that nothing overtook the
latest in effect counts, of two that took effect at once the later one; the end of one is the beginning of the next.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar, cast

import msgspec
import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.custody.facts.kinds import Kind
from hub.custody.facts.reading import standing
from hub.custody.facts.records import Act, Fact

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ALWAYS: Final = np.iinfo(np.int64).max
"""The end of what has none; microseconds since 1970 otherwise."""
AT_ONCE: Final = 50_000
_F: Final = Fact.__table__.c
_COLUMNS: Final = (
    _F.id, _F.person_id, _F.booking_id, _F.item, _F.act, _F.corrects_id, _F.effective_at, _F.value,
)  # fmt: skip

V = TypeVar("V", bound=msgspec.Struct)
Codes = Callable[[Sequence[V]], Ints]
"""Values into whole numbers: a row for each value, as many columns as are wanted."""


@dataclass(frozen=True)
class Timeline:
    """What held: for row i `codes[i]` of person, stay (-1: none) and item, after `starts[i]` and up to `ends[i]`."""

    person: Ints
    stay: Ints
    item: Ints
    starts: Ints
    ends: Ints
    codes: Ints

    def at(self, moment: int) -> Bools:
        """Which rows held at the end of the time before `moment`: what begins at that very moment comes after it."""
        found: Bools = (self.starts < moment) & (self.ends >= moment)
        return found

    def part(self, which: Bools | Ints) -> Timeline:
        """Only these rows."""
        return Timeline(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


_NONE: Final = np.zeros(0, np.int64)
NOTHING: Final = Timeline(_NONE, _NONE, _NONE, _NONE, _NONE, np.zeros((0, 1), np.int64))


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Within, millions of small rows are made and let go: looking among them for circles takes longer than that."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Row(NamedTuple):
    id: int
    act: str
    corrects_id: int | None


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    return round(at.timestamp() * 1_000_000)


def raw(session: Session, wanted: Select[Any]) -> Sequence[Any]:
    """Rows as the driver gives them: making rows of SQLAlchemy's of millions takes as long as the reading itself.

    Times are text on SQLite; `raw_times` takes both.
    """
    cursor = session.connection().execute(wanted).cursor
    assert cursor is not None
    return cursor.fetchall()


def raw_times(moments: Sequence[Any]) -> Ints:
    """Microseconds since 1970 of times as the driver gave them."""
    if moments and isinstance(moments[0], str):
        return np.array(moments, "M8[us]").astype(np.int64)
    return times(moments)


def times(moments: Sequence[datetime]) -> Ints:
    """The same for many."""
    seconds = np.fromiter((moment.timestamp() for moment in moments), np.float64, len(moments))
    return np.rint(seconds * 1_000_000).astype(np.int64)


def read(
    session: Session, kind: Kind[Any], form: type[V], codes: Codes[V], width: int, known_at: datetime | None
) -> Timeline:
    """The timeline of a kind. `form` has the fields that are wanted of its values, `codes` makes `width` numbers."""
    rows = _Gathered(msgspec.json.Decoder(list[form]), codes)  # type: ignore[valid-type]
    for part in _parts(session, kind.name, known_at):
        rows.add(part)
    return rows.timeline(width, many=kind.many, per_stay=kind.per.value == "booking")


def _parts(session: Session, kind: str, known_at: datetime | None) -> Iterator[Sequence[Any]]:
    """Plain rows in the order of their numbers; a part is let go before the next is read."""
    after = 0
    while True:
        wanted = select(*_COLUMNS).where(_F.kind == kind, _F.id > after).order_by(_F.id).limit(AT_ONCE)
        if known_at is not None:
            wanted = wanted.where(_F.recorded_at <= known_at)
        found = raw(session, wanted)
        if found:
            yield found
            after = found[-1][0]
        if len(found) < AT_ONCE:
            return


class _Gathered:
    """Columns as they come in."""

    def __init__(self, decoder: msgspec.json.Decoder[list[Any]], codes: Codes[Any]) -> None:
        self._decoder, self._codes = decoder, codes
        self._parts: list[tuple[Any, ...]] = []
        self._correcting: list[_Row] = []

    def add(self, part: Sequence[Any]) -> None:
        ids, persons, stays, items, acts, corrects, effective, values = zip(*part, strict=True)
        many = len(ids)
        read = self._decoder.decode(f"[{','.join(values)}]")
        self._parts.append(
            (
                np.fromiter(ids, np.int64, many),
                np.fromiter(persons, np.int64, many),
                np.fromiter((-1 if one is None else one for one in stays), np.int64, many),
                np.fromiter(
                    (own if one is None else one for one, own in zip(items, ids, strict=True)), np.int64, many
                ),
                np.fromiter((_ACTS[act] for act in acts), np.int8, many),
                raw_times(effective),
                self._codes(read).reshape(many, -1),
            )
        )
        self._correcting += [
            _Row(one, act, wrong)
            for one, act, wrong in zip(ids, acts, corrects, strict=True)
            if wrong is not None
        ]

    def timeline(self, width: int, *, many: bool, per_stay: bool) -> Timeline:
        if not self._parts:
            return NOTHING if width == 1 else replace(NOTHING, codes=np.zeros((0, width), np.int64))
        ids, person, stay, item, act, starts, codes = (
            np.concatenate(one) for one in zip(*self._parts, strict=True)
        )
        counts = act != _WITHDRAWN
        if self._correcting:
            counts &= ~np.isin(ids, self._overtaken())
        key = item if many else (stay if per_stay else person)
        order = np.lexsort((ids, starts, key))
        order = order[counts[order]]
        key, starts = key[order], starts[order]
        ends = np.full(len(order), ALWAYS)
        same = key[1:] == key[:-1]
        ends[:-1][same] = starts[1:][same]
        stated = act[order] == _STATED
        kept = order[stated]
        return Timeline(person[kept], stay[kept], item[kept], starts[stated], ends[stated], codes[kept])

    def _overtaken(self) -> Ints:
        """Rows that another one corrects or withdraws, by the rule for the file: they are few."""
        correcting = {row.id for row in self._correcting}
        wrong = {row.corrects_id for row in self._correcting if row.corrects_id is not None}
        # What a corrected row itself says does not matter to the rule, unless it corrects something too.
        linked = [*self._correcting, *(_Row(one, Act.STATES.value, None) for one in wrong - correcting)]
        stands = {row.id for row in standing(cast(Any, linked))}
        return np.fromiter((row.id for row in linked if row.id not in stands), np.int64)


_ACTS: Final = {Act.STATES.value: 0, Act.ENDS.value: 1, Act.WITHDRAWS.value: 2}
_STATED: Final = 0
_WITHDRAWN: Final = 2
