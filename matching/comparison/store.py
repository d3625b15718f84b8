"""The enrolled prints, packed for the kernels, and views of them that later changes leave alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.comparison.cylinders import ROW_WORDS, Cylinders

_FIRST_ROWS: Final = 1024
_FIRST_PRINTS: Final = 32
_GROWTH: Final = 1.5
_MOST_DEAD: Final = 0.5
"""Share of rows that belong to nobody any more at which the rest is moved together."""


@dataclass(frozen=True, eq=False, slots=True)
class Snapshot:
    """All prints enrolled at one moment.

    - `rows`: uint64 (any, ROW_WORDS); print i has the rows `spans[i, 0]` to `spans[i, 1]` (int64)
    - `extents_px2`: float64 (n,), of each print
    - `owners`: int32 (n,), index into `keys` of each print
    - `keys`: may be longer than what the owners refer to
    """

    rows: NDArray[np.uint64]
    spans: NDArray[np.int64]
    extents_px2: NDArray[np.float64]
    owners: NDArray[np.int32]
    keys: list[str]

    def __len__(self) -> int:
        return len(self.owners)


class Store:
    """Prints by key. Not thread-safe by itself; a snapshot stays as it is whatever happens to the store.

    Adding writes only past the end of what any snapshot shows; removing and growing make new arrays.
    """

    def __init__(self) -> None:
        self._rows = np.empty((_FIRST_ROWS, ROW_WORDS), dtype=np.uint64)
        self._spans = np.empty((_FIRST_PRINTS, 2), dtype=np.int64)
        self._extents_px2 = np.empty(_FIRST_PRINTS, dtype=np.float64)
        self._owners = np.empty(_FIRST_PRINTS, dtype=np.int32)
        self._keys: list[str] = []
        self._identities: dict[str, int] = {}
        self._prints = 0
        self._used = 0

    def __len__(self) -> int:
        return self._prints

    def __contains__(self, key: object) -> bool:
        return key in self._identities

    def snapshot(self) -> Snapshot:
        count = self._prints
        return Snapshot(
            self._rows[: self._used],
            self._spans[:count],
            self._extents_px2[:count],
            self._owners[:count],
            self._keys,
        )

    def add(self, key: str, cylinders: Cylinders) -> None:
        end = self._used + len(cylinders)
        self._rows = _with_room(self._rows, self._used, end)
        self._spans = _with_room(self._spans, self._prints, self._prints + 1)
        self._extents_px2 = _with_room(self._extents_px2, self._prints, self._prints + 1)
        self._owners = _with_room(self._owners, self._prints, self._prints + 1)
        self._rows[self._used : end] = cylinders.rows
        self._spans[self._prints] = self._used, end
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
        self._spans = self._spans[: self._prints][stay]
        self._extents_px2 = self._extents_px2[: self._prints][stay]
        self._owners = self._owners[: self._prints][stay]
        self._prints -= removed
        alive = int((self._spans[:, 1] - self._spans[:, 0]).sum())
        if alive < (1 - _MOST_DEAD) * self._used:
            self._move_together()
        return removed

    def _identity(self, key: str) -> int:
        if key not in self._identities:
            self._identities[key] = len(self._keys)
            self._keys.append(key)
        return self._identities[key]

    def _move_together(self) -> None:
        old, fresh = self.snapshot(), Store()
        for (start, end), extent_px2, owner in zip(old.spans, old.extents_px2, old.owners, strict=True):
            fresh.add(old.keys[owner], Cylinders(old.rows[start:end], float(extent_px2)))
        vars(self).update(vars(fresh))


def _with_room(array: NDArray[Any], used: int, wanted: int) -> NDArray[Any]:
    """The array, or a larger copy of its used part."""
    if wanted <= len(array):
        return array
    larger = np.empty((max(wanted, int(len(array) * _GROWTH)), *array.shape[1:]), dtype=array.dtype)
    larger[:used] = array[:used]
    return larger
