"""Independent random streams: one per purpose, so that a change in one leaves the others as they were."""

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What a stream is for; part of its seed."""

    CLASS = 1
    FLOW = 2
    RIDGES = 3
    SKIN = 4
    CONDITIONS = 5
    IMPRESSION = 6
    DRAWN = 7
    DRAWN_TOUCH = 8


def generator(purpose: Purpose, *seeds: int) -> np.random.Generator:
    """The stream of these seeds, each 0 or more; ValueError when one is negative."""
    for seed in seeds:
        if seed < 0:
            raise ValueError(f"a seed must be 0 or more, not {seed}")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([int(purpose), *seeds])))
