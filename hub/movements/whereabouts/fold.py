"""Where all proofs of somebody together put them. Pure; any order of arrival, and any repetition, ends the same.

What is kept of the proofs is enough to add any other one later: the last in order and the one before it; the time
`since_at` at which the surest of them began; and each that may have been after that. Each of the three is a greatest
of something over the whole set, so it does not matter when which proof came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from hub.movements.whereabouts.proofs import Proven


class Basis(msgspec.Struct, frozen=True, array_like=True):
    """What the fold keeps beside the last proof: the one before it, and which may have been after it."""

    before: Proven | None
    since_at: datetime
    open: tuple[Proven, ...]
    """Proofs that may be later than the surest one, the latest of each zone and journal; most often the last alone."""


class Held(msgspec.Struct, frozen=True):
    """The fold over some proofs of a person."""

    last: Proven
    basis: Basis


def begin(first: Proven) -> Held:
    """The fold over one proof."""
    return Held(first, Basis(None, first.earliest_at, (first,)))


def add(held: Held | None, new: Proven) -> Held:
    """The fold with one proof more."""
    if held is None:
        return begin(new)
    last, basis = held.last, held.basis
    if new in (last, basis.before):
        return held
    last, before = _last_two(last, basis.before, new)
    since_at = max(basis.since_at, new.earliest_at)
    return Held(last, Basis(before, since_at, _still_open((*basis.open, new), since_at)))


def fold(proofs: Iterable[Proven]) -> Held | None:
    """The fold over all proofs, None over none."""
    held: Held | None = None
    for one in proofs:
        held = add(held, one)
    return held


Nested = Callable[[int, int], bool]
"""Whether two zones are one, or one lies in the other: then proofs of both say the same."""


def rivals(held: Held, nested: Nested) -> list[Proven]:
    """Proofs that put the person elsewhere and may be the later ones, the latest first.

    Within one journal the sequence says which was first, however little its times are worth.
    """
    last = held.last
    found = [
        one
        for one in held.basis.open
        if not nested(one.zone_id, last.zone_id)
        and not (_same_journal(one, last) and one.sequence < last.sequence)
    ]
    return sorted(found, key=lambda one: (one.latest_at, one.order), reverse=True)


def _last_two(last: Proven, before: Proven | None, new: Proven) -> tuple[Proven, Proven | None]:
    if new.order > last.order:
        return new, last
    if before is None or new.order > before.order:
        return last, new
    return last, before


def _still_open(proofs: tuple[Proven, ...], since_at: datetime) -> tuple[Proven, ...]:
    if len(proofs) == 2 and proofs[0].latest_at < since_at:
        return proofs[1:]  # as nearly always: a sure clock said that it was later
    kept: dict[tuple[int, str, bytes], Proven] = {}
    for one in proofs:
        if one.latest_at < since_at:
            continue
        place = (one.zone_id, one.terminal, one.journal_id)
        other = kept.get(place)
        if other is None or (one.latest_at, one.order) > (other.latest_at, other.order):
            kept[place] = one
    return tuple(sorted(kept.values(), key=lambda one: one.order))


def _same_journal(one: Proven, other: Proven) -> bool:
    return (one.terminal, one.journal_id) == (other.terminal, other.journal_id)
