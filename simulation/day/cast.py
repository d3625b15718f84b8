"""Who does what on the day: people of the walkers, by what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulation.day.site import BLOCK_A, BLOCK_B
from simulation.people import Walker

FEWEST = 16
"""Enrolled people, half of them in each block."""


@dataclass(frozen=True)
class Cast:
    """`hider` stays in the workshop at the count; `twice` is counted in Block A and then in Block B.

    `apart` are two whom an entry of the day keeps apart: the first is in the workshop, the second on the way there.
    `released` goes home by an order of a court, `summoned` gets a date in court, `misread` has a wrong birth on file.
    `late` sets out for the clinic and loiters; `visitors` stand before a terminal that died; `convoy` goes to court.
    """

    numbers: Mapping[int, str]
    workers: tuple[Walker, ...]
    hider: Walker
    twice: Walker
    apart: tuple[Walker, Walker]
    late: Walker
    patient: Walker
    visitors: tuple[Walker, ...]
    convoy: tuple[Walker, ...]
    released: Walker
    summoned: Walker
    misread: Walker
    everybody: tuple[Walker, ...]

    def number(self, walker: Walker) -> str:
        """Person number of a walker."""
        return self.numbers[walker.index]

    def at_home(self, block: str) -> list[Walker]:
        """Of a block, without those at court."""
        return [one for one in self.everybody if one.home == block and one not in self.convoy]


def give_parts(walkers: Sequence[Walker], numbers: Mapping[int, str]) -> Cast:
    """Parts for those who are enrolled; ValueError when they are too few."""
    enrolled = [one for one in walkers if one.index in numbers]
    first = [one for one in enrolled if one.home == BLOCK_A]
    second = [one for one in enrolled if one.home == BLOCK_B]
    if min(len(first), len(second)) < FEWEST // 2:
        raise ValueError(f"the day needs {FEWEST} enrolled people, half of them in each block")
    return Cast(
        numbers=dict(numbers),
        workers=(first[0], first[1], second[0], second[1]),
        hider=first[0],
        twice=first[2],
        apart=(second[0], first[3]),
        late=first[4],
        patient=second[2],
        visitors=(second[3], first[6]),
        convoy=(first[5], second[4], second[5]),
        released=second[7],
        summoned=second[6],
        misread=first[7],
        everybody=tuple(enrolled),
    )
