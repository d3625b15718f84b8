"""The sequence of one enrolment: which finger is asked for, what each touch is worth, when a finger is whole.

No sensor, no file and no clock: touches and an officer's words go in, what to say comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from edge.enrolment import parameters as p
from edge.errors import DeskRefusedError
from wire.enrolment import Unusable


class Print(Protocol):
    """One touch: its template, its quality 0 to 100, and whether it may be enrolled at all."""

    @property
    def template(self) -> Any: ...
    @property
    def quality(self) -> int: ...
    @property
    def minutiae(self) -> int: ...
    @property
    def advice(self) -> str: ...


Compare = Callable[[Any, Any], float]
"""Negative log10 of the false-match rate of two templates."""


class Word(StrEnum):
    """What the page says after a touch or an officer's word."""

    PLACE = "place"
    """The first of a finger: nothing was touched yet."""
    TAKEN = "taken"
    """Kept; another impression of the same finger is wanted."""
    WHOLE = "whole"
    """The finger is whole; the next one is asked for, or all are done."""
    POOR = "poor"
    """Not kept; `advice` says what to change."""
    OTHER_FINGER = "other_finger"
    """Not like the touches before it: another finger, or the first was one. `like` names it where it is known."""
    TAKEN_BEFORE = "taken_before"
    """This is the finger of position `like`, which is given already."""
    BEGUN_ANEW = "begun_anew"
    """Two touches agree against the first, which is given up."""
    LOST = "lost"
    """The sensor did not deliver the image."""
    UNSEALED = "unsealed"
    """The card did not take the finger: it must be taken again."""


@dataclass(frozen=True)
class Said:
    """What to tell the officer now."""

    word: Word = Word.PLACE
    advice: str = ""
    quality: int | None = None
    like: int | None = None
    unlike_known: bool = False
    """The print is not like the one that was enrolled earlier at this position: is it the same person?"""


@dataclass(frozen=True)
class Closed:
    """How a finger ended: so many impressions of that mean quality, or none because it cannot be taken."""

    taken: int
    quality: int
    below: bool = False


@dataclass
class _Open:
    kept: list[Print] = field(default_factory=list)
    poor: list[Print] = field(default_factory=list)
    stray: Print | None = None
    poor_in_a_row: int = 0


@dataclass(frozen=True)
class Whole:
    """A finger that is ready to be sealed."""

    position: int
    prints: tuple[Any, ...]
    below: bool = False
    unusable: Unusable | None = None
    note: str = ""

    @property
    def closed(self) -> Closed:
        quality = round(sum(one.quality for one in self.prints) / len(self.prints)) if self.prints else 0
        return Closed(len(self.prints), quality, self.below)


class Capturing:
    """Fingers `positions`, `wanted` impressions of each. `known` are templates enrolled earlier, by position.

    A finger becomes whole by `touch`, `keep_best` or `unusable`, which give it back to be sealed; only `close` ends
    it, once it is on the card.
    """

    def __init__(
        self,
        positions: Sequence[int],
        wanted: int,
        compare: Compare,
        *,
        known: Mapping[int, Sequence[Any]] | None = None,
        closed: Mapping[int, Closed] | None = None,
    ) -> None:
        self._positions = list(positions)
        self._wanted = wanted
        self._compare = compare
        self._known = {position: list(found) for position, found in (known or {}).items()}
        self._closed = {at: end for at, end in (closed or {}).items() if at in self._positions}
        self._given: dict[int, list[Any]] = {}
        self._open = _Open()
        self.said = Said()
        self.position = self._next()

    @property
    def positions(self) -> list[int]:
        return list(self._positions)

    @property
    def wanted(self) -> int:
        return self._wanted

    @property
    def closed(self) -> dict[int, Closed]:
        return dict(self._closed)

    @property
    def taken(self) -> int:
        """Impressions kept so far of the finger that is asked for."""
        return len(self._open.kept)

    @property
    def complete(self) -> bool:
        return self.position is None

    @property
    def may_keep_best(self) -> bool:
        """After so many poor touches, when one of them may be enrolled at all."""
        enough = self._open.poor_in_a_row >= p.TRIES
        return self.position is not None and enough and bool(self._open.poor or self._open.kept)

    @property
    def is_hard(self) -> bool:
        """Whether the finger resists: the officer is told that it may be left out."""
        return self._open.poor_in_a_row >= p.TRIES

    def touch(self, one: Print) -> Whole | None:
        """Takes a touch of the finger that is asked for; the whole finger when it was the last one wanted."""
        if self.position is None:
            return None
        if one.advice or one.quality < p.WANTED_QUALITY or one.minutiae < p.LEAST_MINUTIAE:
            self._note_poor(one)
            return None
        like = self._looks_like(one)
        if like is not None:
            self.said = Said(Word.TAKEN_BEFORE, quality=one.quality, like=like)
            return None
        if not self._hangs_together(one):
            return self._note_stray(one)
        self._open.kept.append(one)
        return self._after_kept(one, Word.TAKEN)

    def interrupted(self) -> None:
        """An image that did not arrive: not the finger's fault."""
        self.said = Said(Word.LOST)

    def keep_best(self) -> Whole:
        """Ends a finger that gives nothing better with the best of its touches; DeskRefusedError when none will do."""
        position = self._asked()
        best: list[Print] = list(self._open.kept)
        for one in sorted(self._open.poor, key=lambda item: -item.quality):
            strange = self._looks_like(one) is not None or not self._alike(one, best)
            if len(best) < self._wanted and not strange:
                best.append(one)
        if not self.may_keep_best or not best:
            raise DeskRefusedError("none_to_keep", "No touch of this finger can be kept. Try again.")
        return Whole(position, tuple(best), below=True)

    def unusable(self, reason: Unusable, note: str) -> Whole:
        """Ends a finger that cannot be taken."""
        return Whole(self._asked(), (), unusable=reason, note=note)

    def redo(self, position: int) -> None:
        """Takes a finger again from its first touch, also one that was whole."""
        if position not in self._positions:
            raise DeskRefusedError("not_wanted", "This finger is not asked for.")
        self._closed.pop(position, None)
        self._given.pop(position, None)
        self._turn_to(position, Said())

    def close(self, whole: Whole) -> None:
        """The finger is on the card: the next one is asked for."""
        self._closed[whole.position] = whole.closed
        self._given[whole.position] = [one.template for one in whole.prints]
        quality = whole.closed.quality if whole.prints else None
        self._turn_to(self._next(), Said(Word.WHOLE, quality=quality, unlike_known=self.said.unlike_known))

    def not_sealed(self) -> None:
        """The card did not take the finger: it begins anew."""
        self._turn_to(self.position, Said(Word.UNSEALED))

    def _asked(self) -> int:
        if self.position is None:
            raise DeskRefusedError("all_done", "All fingers are done. Finish, or take one again.")
        return self.position

    def _next(self) -> int | None:
        return next((at for at in self._positions if at not in self._closed), None)

    def _turn_to(self, position: int | None, said: Said) -> None:
        self.position, self._open, self.said = position, _Open(), said

    def _note_poor(self, one: Print) -> None:
        opened = self._open
        opened.poor_in_a_row += 1
        if one.quality >= p.LEAST_QUALITY and one.minutiae >= p.LEAST_MINUTIAE:
            opened.poor = sorted([*opened.poor, one], key=lambda item: -item.quality)[: p.KEPT_POOR]
        self.said = Said(Word.POOR, one.advice, one.quality)

    def _note_stray(self, one: Print) -> Whole | None:
        """Two touches that agree against one outvote it; a single one is only told."""
        opened = self._open
        if len(opened.kept) == 1 and opened.stray is not None and self._alike(one, [opened.stray]):
            opened.kept, opened.stray = [opened.stray, one], None
            return self._after_kept(one, Word.BEGUN_ANEW)
        opened.stray = one
        self.said = Said(Word.OTHER_FINGER, quality=one.quality)
        return None

    def _after_kept(self, one: Print, word: Word) -> Whole | None:
        self._open.poor_in_a_row = 0
        self.said = Said(word, quality=one.quality, unlike_known=self._is_unlike_known(one))
        if len(self._open.kept) < self._wanted:
            return None
        assert self.position is not None
        return Whole(self.position, tuple(self._open.kept))

    def _hangs_together(self, one: Print) -> bool:
        return not self._open.kept or self._alike(one, self._open.kept)

    def _alike(self, one: Print, others: Sequence[Print]) -> bool:
        if not others:
            return True
        return any(self._compare(one.template, other.template) >= p.IMPRESSIONS_SCORE for other in others)

    def _looks_like(self, one: Print) -> int | None:
        """Another position whose finger this is: given in this session, or enrolled earlier."""
        for found in (self._given, self._known):
            for position, templates in found.items():
                if position == self.position or (found is self._known and position in self._given):
                    continue
                if any(self._compare(one.template, other) >= p.SAME_FINGER_SCORE for other in templates):
                    return position
        return None

    def _is_unlike_known(self, one: Print) -> bool:
        known = self._known.get(self.position or 0, [])
        return bool(known) and all(
            self._compare(one.template, other) < p.IMPRESSIONS_SCORE for other in known
        )
