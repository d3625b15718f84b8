"""Who walks in the simulated prison, and the fingers they have: invented names, prints of nobody or of a folder."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching.synthesis import Finger
from simulation.facility import BLOCKS, Facility
from simulation.masters import load_masters
from simulation.sensor.fingers import NoPrints, Print, folder_of_prints
from simulation.sensor.models import Model

Image = NDArray[np.uint8]

_GIVEN = (
    "Amado Bernard Calvin Dario Elroy Fermin Gilroy Hubert Ishmael Jarvis Kenrick Leroy Marlon Nestor Oswald "
    "Percival Quincy Rudolfo Selwyn Tomas Uriah Valdemar Winston Xavier Yorick Zacarias"
).split()
_SURNAMES = (
    "Acorn Birdsong Cantle Drumly Eastway Fennick Garroway Hollin Inkster Jessamy Kettlow Lorimay Marchpane "
    "Nettlefold Oxbow Pellaway Quillter Rushmere Saltash Thornby Underlea Vantage Wexcombe Yarrowby Zeldin"
).split()
_POSITIONS = (2, 7)
"""Right and left index finger (ISO/IEC 19794-2)."""


class HeldFinger(Protocol):
    """One finger somebody has. `position` is the ISO finger code."""

    @property
    def label(self) -> str: ...

    @property
    def position(self) -> int: ...

    def enrolment(self) -> list[Image]:
        """The two images it is enrolled with."""

    def touch(self, nth: int) -> Image:
        """What the sensor sees at its `nth` touch; never an image of the enrolment."""


@dataclass(frozen=True)
class SyntheticFinger:
    """A finger of nobody: each touch is a fresh impression."""

    label: str
    position: int
    master: Finger
    model: Model

    def enrolment(self) -> list[Image]:
        return [self._impression(seed) for seed in (1, 2)]

    def touch(self, nth: int) -> Image:
        return self._impression(10 + nth)

    def _impression(self, seed: int) -> Image:
        return self.master.impression(seed, width=self.model.width, height=self.model.height, grey_levels=16)


@dataclass(frozen=True)
class FolderFinger:
    """A finger in a folder: enrolled with its two lowest impressions, offered by the others in turn."""

    position: int
    prints: tuple[Print, ...]
    model: Model

    @property
    def label(self) -> str:
        return self.prints[0].finger

    def enrolment(self) -> list[Image]:
        return [chosen.image(self.model) for chosen in self.prints[:2]]

    def touch(self, nth: int) -> Image:
        return self.prints[2 + nth % (len(self.prints) - 2)].image(self.model)


@dataclass(frozen=True)
class Walker:
    """Somebody in the simulation. `index` is the place in the cast; enrolled people come first."""

    index: int
    surname: str
    given: str
    born_on: date
    home: str
    zones: tuple[str, ...]
    enrolled: bool
    fingers: tuple[HeldFinger, ...]

    @property
    def place_in_home(self) -> int:
        """How many of the cast live in the same block and come before."""
        return self.index // len(BLOCKS)


def synthetic_fingers(
    count: int, seed: int, cache: Path, model: Model, said: Callable[[str], None]
) -> list[list[HeldFinger]]:
    """Two fingers each for `count` people, made by `matching.synthesis`; masters are kept in `cache`."""
    masters = load_masters([seed * 100_000 + i for i in range(2 * count)], cache, said)
    held = [
        SyntheticFinger(f"synthetic-{i}", _POSITIONS[i % 2], master, model)
        for i, master in enumerate(masters)
    ]
    return [list(held[i : i + 2]) for i in range(0, len(held), 2)]


def folder_fingers(folder: Path, model: Model) -> list[list[HeldFinger]]:
    """Fingers of a folder, two to a person, enrolled with the two lowest impressions and offered by the others.

    Fingers named `<person>-<finger>` are paired within their person. A finger with fewer than three impressions
    cannot be both enrolled and offered and is left out. Raises NoPrints when nobody is left.
    """
    by_person: dict[str, list[list[Print]]] = {}
    for finger, prints in folder_of_prints(folder).items():
        if len(prints) >= 3:
            by_person.setdefault(finger.partition("-")[0] if "-" in finger else "", []).append(prints)
    people: list[list[HeldFinger]] = [
        [
            FolderFinger(position, tuple(prints), model)
            for prints, position in zip(pair, _POSITIONS, strict=False)
        ]
        for fingers in by_person.values()
        for pair in (fingers[i : i + 2] for i in range(0, len(fingers), 2))
    ]
    if not people:
        raise NoPrints(
            f"{folder} holds no finger with three impressions or more: two to enrol, the others to offer."
        )
    return people


def cast(
    hands: list[list[HeldFinger]], facility: Facility, not_enrolled: int, rng: random.Random
) -> list[Walker]:
    """People with those hands; the last `not_enrolled` of a shuffled cast are on nobody's roll."""
    order = list(hands)
    rng.shuffle(order)
    walkers = []
    for index, fingers in enumerate(order):
        home = facility.blocks[index % len(facility.blocks)]
        walkers.append(
            Walker(
                index=index,
                surname=_SURNAMES[index % len(_SURNAMES)],
                given=_GIVEN[(index * 7 + index // len(_SURNAMES)) % len(_GIVEN)],
                born_on=date(1970, 1, 1) + timedelta(days=rng.randrange(12_000)),
                home=home,
                zones=facility.allowed(home),
                enrolled=index < len(order) - not_enrolled,
                fingers=tuple(fingers),
            )
        )
    return walkers
