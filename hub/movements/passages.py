"""What somebody did at a checkpoint, in the hub's own terms."""

from __future__ import annotations

from dataclasses import dataclass

from hub.movements.rules import Decision, Proof


@dataclass(frozen=True)
class Somebody:
    """A person as the feed shows one; `name` reads SURNAME, Given."""

    id: int
    number: str
    name: str


@dataclass(frozen=True)
class Place:
    """A zone by row and code."""

    id: int
    code: str


@dataclass(frozen=True)
class Passage:
    """A decision at a checkpoint with person and places found. `late` says it is told long after it happened.

    `score`, `needed` (the score asked for) and `quality` are those of the finger, None where no finger was the
    proof. `candidates` are person numbers, likeliest first, as the terminal gave them. An attested passage has the
    officer's login. `on_paper` is one that was written into a book and entered afterwards by `officer`. `by_entry`
    tells that a journal has it: of a word given at the hub, and of a book, there is no entry.
    """

    proof: Proof
    checkpoint: str
    from_zone: Place
    to_zone: Place
    decision: Decision
    rule: str
    person: Somebody | None
    late: bool = False
    score: float | None = None
    quality: int | None = None
    attempt: int = 1
    needed: float | None = None
    second_finger: bool = False
    candidates: tuple[str, ...] = ()
    officer: str | None = None
    on_paper: bool = False
    by_entry: bool = True
    pass_number: int | None = None
    """The pass that let the person in, or that came too early or too late."""
    against: str | None = None
    """Number of whom the person must not meet, when that was the rule."""
    flags: tuple[str, ...] = ()
