"""The enrolled prints, packed for the kernels, and views of them that later changes leave alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.comparison.bits import LANE_WORDS
from matching.comparison.cylinders import Cylinders
from matching.comparison.planes import BLOCK, PLANES, read_rows, write_rows

_FIRST_BLOCKS: Final = 4
_FIRST_PRINTS: Final = 32
_GROWTH: Final = 1.5
_MOST_DEAD: Final = 0.5
"""Share of places that belong to nobody any more at which the rest is moved together."""


@dataclass(frozen=True, eq=False, slots=True)
class Snapshot:
    """All prints enrolled at one moment.

    - `planes`, `metas`: uint64 (blocks, PLANES, LANE_WORDS) and (blocks, BLOCK), see `planes`
    - `spans`: int64 (n, 2), rising; print i has the places `spans[i, 0]` to `spans[i, 1]`, place p is place
      p % BLOCK of block p // BLOCK
    - `extents_px2`: float64 (n,), of each print
    - `owners`: int32 (n,), index into `keys` of each print
    - `keys`: may be longer than what the owners refer to
    """

    planes: NDArray[np.uint64]
    metas: NDArray[np.uint64]
    spans: NDArray[np.int64]
    extents_px2: NDArray[np.float64]
    owners: NDArray[np.int32]
    keys: list[str]

    def __len__(self) -> int:
        return len(self.owners)

    def rows(self, index: int) -> NDArray[np.uint64]:
        """Cylinder rows of one print."""
        rows: NDArray[np.uint64] = read_rows(self.planes, self.metas, *self.spans[index])
        return rows


class Store:
    """Prints by key. Not thread-safe by itself; a snapshot stays as it is whatever happens to the store.

    Adding sets only bits past the end of what any snapshot shows; removing and growing make new arrays.
    """

    def __init__(self) -> None:
        self._planes = np.zeros((_FIRST_BLOCKS, PLANES, LANE_WORDS), dtype=np.uint64)
        self._metas = np.zeros((_FIRST_BLOCKS, BLOCK), dtype=np.uint64)
        self._spans = np.empty((_FIRST_PRINTS, 2), dtype=np.int64)
        self._extents_px2 = np.empty(_FIRST_PRINTS, dtype=np.float64)
        self._owners = np.empty(_FIRST_PRINTS, dtype=np.int32)
        self._keys: list[str] = []
        self._identities: dict[str, int] = {}
        self._prints = 0
        self._used = 0
        self._dead = 0

    def __len__(self) -> int:
        return self._prints

    def __contains__(self, key: object) -> bool:
        return key in self._identities

    def snapshot(self) -> Snapshot:
        count = self._prints
        return Snapshot(
            self._planes,
            self._metas,
            self._spans[:count],
            self._extents_px2[:count],
            self._owners[:count],
            self._keys,
        )

    def belonging_to(self, keys: Iterable[str]) -> NDArray[np.bool_]:
        """Which prints of a snapshot taken now are those of the keys; keys that are not enrolled have none."""
        wanted = np.zeros(len(self._keys) + 1, dtype=np.bool_)
        wanted[[self._identities.get(key, -1) for key in keys]] = True
        wanted[-1] = False
        return wanted[self._owners[: self._prints]]

    def add(self, key: str, cylinders: Cylinders) -> None:
        start = self._used
        end = start + len(cylinders)
        blocks_used, blocks = -(-self._used // BLOCK), -(-end // BLOCK)
        self._planes = _with_room(self._planes, blocks_used, blocks)
        self._metas = _with_room(self._metas, blocks_used, blocks)
        self._spans = _with_room(self._spans, self._prints, self._prints + 1)
        self._extents_px2 = _with_room(self._extents_px2, self._prints, self._prints + 1)
        self._owners = _with_room(self._owners, self._prints, self._prints + 1)
        write_rows(cylinders.rows, self._planes, self._metas, start)
        self._spans[self._prints] = start, end
        self._extents_px2[self._prints] = cylinders.extent_px2
        self._owners[self._prints] = self._identity(key)
        self._prints += 1
        self._used = end

    def remove(self, key: str) -> int:
        """Forget all prints of a key; how many there were."""
        identity = self._identities.pop(key, None)
        if identity is None:
            return 0
        stay = self._owners[: self._prints] != identity
        removed = self._prints - int(stay.sum())
        lengths = np.diff(self._spans[: self._prints], axis=1)
        self._dead += int(lengths[~stay].sum())
        self._spans = self._spans[: self._prints][stay]
        self._extents_px2 = self._extents_px2[: self._prints][stay]
        self._owners = self._owners[: self._prints][stay]
        self._prints -= removed
        if self._dead > _MOST_DEAD * self._used:
            self._move_together()
        return removed

    def _identity(self, key: str) -> int:
        if key not in self._identities:
            self._identities[key] = len(self._keys)
            self._keys.append(key)
        return self._identities[key]

    def _move_together(self) -> None:
        old, fresh = self.snapshot(), Store()
        for index, owner in enumerate(old.owners):
            fresh.add(old.keys[owner], Cylinders(old.rows(index), float(old.extents_px2[index])))
        vars(self).update(vars(fresh))


def _with_room(array: NDArray[Any], used: int, wanted: int) -> NDArray[Any]:
    """The array, or a larger copy of its used part."""
    if wanted <= len(array):
        return array
    larger = np.zeros((max(wanted, int(len(array) * _GROWTH)), *array.shape[1:]), dtype=array.dtype)
    larger[:used] = array[:used]
    return larger
